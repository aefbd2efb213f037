"""The levels of a claim set and who is named in it: billing provider, subscriber, patient, payers, providers."""

from typing import Generic, TypeVar

from shared.x12.claim_loops.hierarchy import ClaimLevels
from shared.x12.claim_loops.model import (
    Address,
    Batch,
    BillingProvider,
    ClaimBody,
    LineBody,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    Provider,
    Reference,
    Subscriber,
)
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el, ends, padded

C = TypeVar("C", bound=ClaimBody)
L = TypeVar("L", bound=LineBody)

LETTERS = "UPSTABCDEFGH"
"""SBR01 by the order of a payer; it is not known of the first."""
ORDERS = {letter: n for n, letter in enumerate(LETTERS)}
TAX_NUMBERS = {"24": "EI", "34": "SY"}
"""NM108 of older guides, by which somebody is named by a tax number, and the REF01 that says it since."""
_NAMED_BY_LESS = frozenset({"PR", "QC", "40", "41", "85", "87"})
"""NM101 of those whose whole name the model does not hold."""
_NPIS = ("XX", "", *TAX_NUMBERS)
_IDS = {"IL": ("MI", ""), "PR": ("PI", ""), "40": ("46", ""), "41": ("46", "")}
"""NM108 by NM101, where it says no more than that NM109 is the usual number; of providers that is the NPI."""
NO_ADDRESS = Address()
"""Stands where nobody is whose address the model keeps: an N3 or N4 is kept as it came."""


class LevelReading(Generic[C, L]):
    """The state of reading a claim set, and the segments that say who is who."""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.taker = Taker(one)
        self.money = self.taker.money
        self.component = one.delimiters.component
        self.billing = BillingProvider("", "", "")
        self.batch: Batch[C] = Batch(
            one.control, "", None, "", "", "", "", "", "", "", self.billing, [], "", ""
        )
        self.level = ""
        self.subscriber = Subscriber(1, "", Party(""))
        self.payer = Payer("", "")
        self.patient: Party | None = None
        self.relation = ""
        self.claim: C | None = None
        self.line: L | None = None
        self.prior: PriorPayer | None = None
        self.prior_line: PriorLine | None = None
        self.here: Party | BillingProvider | Payer | Provider | None = None
        self.address: Party | BillingProvider | Payer | Provider | Address = NO_ADDRESS
        self.strange = False
        self.counted: list[str] = []
        """The numbers (LX01) of the claim's lines."""
        self.levels: ClaimLevels | None = None
        """Who judges the levels as they come, in a stream."""

    # -- levels ------------------------------------------------------------------------------------

    def bht(self, place: int, s: list[str]) -> bool:
        b, s = self.batch, padded(s, 7)
        b.purpose, b.reference, b.on, b.hhmm, b.kind = (
            s[2],
            s[3],
            self.taker.day(s[4], place, 4),
            s[5],
            s[6],
        )
        return ends(s, 6)

    def hl(self, place: int, s: list[str]) -> bool:
        if self.levels is not None:
            self.levels.see(place, s)
        self.level = el(s, 3)
        self.claim = self.line = self.prior = self.prior_line = self.here = None
        self.address, self.strange = NO_ADDRESS, False
        if self.level == "20":
            self.billing = BillingProvider("", "", "", tax_id_kind="")
            if not self.batch.billing.name:
                self.batch.billing = self.billing
        elif self.level == "22":
            self.subscriber = Subscriber(1, "", Party(""))
            self.payer, self.patient, self.relation = Payer("", ""), None, ""
        elif self.level == "23":
            self.patient, self.relation = Party(""), ""
        return len(s) == 5 or ends(s, 4)

    def sbr(self, place: int, s: list[str]) -> bool:
        if len(s) < 10:
            s = padded(s, 10)
        order = ORDERS.get(s[1], 0)
        made = Subscriber(order, "", Party(""), s[2], s[9], s[5], s[3], s[4])
        self.here, self.strange = None, False
        if self.claim is None:
            self.subscriber = made
        elif self.line is None:
            self.prior = PriorPayer(made, Payer("", ""), benefits_assigned="", release="")
            self.claim.prior.append(self.prior)
        else:
            return False
        return order > 0 and not (s[6] or s[7] or s[8]) and (len(s) == 10 or ends(s, 9))

    def pat(self, place: int, s: list[str]) -> bool:
        if self.claim is not None or self.patient is None:
            return False
        self.relation = el(s, 1)
        return len(s) <= 2

    # -- who ---------------------------------------------------------------------------------------

    def nm1(self, place: int, s: list[str]) -> bool:
        if len(s) < 10:
            s = padded(s, 10)
        who = s[1]
        self.here, self.address, self.strange = None, NO_ADDRESS, False
        if self.claim is None:
            taken = self._name_before_claim(who, s)
        elif self.prior is not None:
            taken = self._name_of_prior(who, s)
        else:
            taken = self._provider(who, s)
        self.strange = not taken
        if (
            s[6]
            or not taken
            or s[8] not in _IDS.get(who, _NPIS)
            or (who in _NAMED_BY_LESS and not self._plain(who, s))
        ):
            return False
        return len(s) == 10 or ends(s, 9)

    def _plain(self, who: str, s: list[str]) -> bool:
        """Whether somebody who is named by less has no more than that; a provider of a claim always."""
        if self.claim is not None and who != "PR":
            return True
        if who == "QC":
            return not (s[8] or s[9])
        if who == "87":
            return not any(s[3:10])
        if who == "85":
            return not (s[5] or s[7])
        return not (s[4] or s[5] or s[7])

    def _name_before_claim(self, who: str, s: list[str]) -> bool:
        b = self.billing
        if who == "IL":
            self.subscriber.member_id = s[9]
            self._person(self.subscriber.party, s)
        elif who == "PR":
            self.here = self.address = payer = self.payer
            payer.name, payer.payer_id = s[3], s[9]
        elif who == "QC" and self.patient is not None:
            self._person(self.patient, s)
        elif who == "85":
            b.name, b.first = s[3], s[4]
            if s[8] in TAX_NUMBERS:
                b.tax_id, b.tax_id_kind = s[9], TAX_NUMBERS[s[8]]
            else:
                b.npi = s[9]
            self.here = self.address = b
        elif who == "87":
            b.pay_to = self.address = Address()
        elif who == "41":
            self.batch.submitter_name, self.batch.submitter_id = s[3], s[9]
        elif who == "40":
            self.batch.receiver_name, self.batch.receiver_id = s[3], s[9]
        else:
            return False
        return True

    def _name_of_prior(self, who: str, s: list[str]) -> bool:
        assert self.prior is not None
        if who == "IL":
            self.prior.subscriber.member_id = s[9]
            self._person(self.prior.subscriber.party, s)
        elif who == "PR":
            self.prior.payer.name, self.prior.payer.payer_id = s[3], s[9]
            self.here = self.address = self.prior.payer
        else:
            return False
        return True

    def _person(self, party: Party, s: list[str]) -> None:
        party.last, party.first, party.middle, party.suffix = s[3], s[4], s[5], s[7]
        party.organisation = s[2] == "2"
        self.here = self.address = party

    def _provider(self, who: str, s: list[str]) -> bool:
        owner = self.line or self.claim
        assert owner is not None
        c = self.claim
        made = Provider(who, s[3], s[4], s[5], s[9], organisation=s[2] == "2")
        if s[7]:
            made.suffix = s[7]
        if s[8] in TAX_NUMBERS:
            made.npi, made.references = "", [Reference(TAX_NUMBERS[s[8]], s[9])]
        self.here = self.address = made
        if who == "82" and c is not None and owner is c and s[2] == "1" and not (s[5] or s[7]):
            c.rendering_last, c.rendering_first, c.rendering_npi = s[3], s[4], made.npi
            c.rendering_references += made.references
            made.references = c.rendering_references
            self.address = NO_ADDRESS  # The claim keeps none of them.
        else:
            owner.providers.append(made)
        return True

    def n3(self, place: int, s: list[str]) -> bool:
        a = self.address
        if self.strange or a is NO_ADDRESS or a.street or a.street2:
            return False
        count = len(s)
        a.street, a.street2 = s[1] if count > 1 else "", s[2] if count > 2 else ""
        return count <= 3

    def n4(self, place: int, s: list[str]) -> bool:
        a = self.address
        if self.strange or a is NO_ADDRESS or a.city or a.state or a.zip:
            return False
        if len(s) < 4:
            s = padded(s, 4)
        a.city, a.state, a.zip = s[1], s[2], s[3]
        return len(s) <= 4

    def per(self, place: int, s: list[str]) -> bool:
        s = padded(s, 5)
        by_phone = s[3] in ("TE", "")
        phone = s[4] if by_phone else ""
        if self.level == "" and not self.batch.contact_name:
            self.batch.contact_name, self.batch.contact_phone = s[2], phone
        elif self.here is self.billing and not self.billing.contact_name:
            self.billing.contact_name, self.billing.contact_phone = s[2], phone
        else:
            return False
        return len(s) <= 5 and by_phone

    def prv(self, place: int, s: list[str]) -> bool:
        code = el(s, 3)
        if self.claim is None and el(s, 1) == "BI":
            self.billing.taxonomy = code
        elif isinstance(self.here, Provider):
            self.here.taxonomy = code
            if self.here.role == "82" and self.line is None and self.claim is not None:
                self.claim.rendering_taxonomy = code
        else:
            return False
        return ends(s, 3) and el(s, 2) in ("PXC", "ZZ")

    def dmg(self, place: int, s: list[str]) -> bool:
        party = self.here
        if not isinstance(party, Party):
            return False
        if len(s) < 4:
            s = padded(s, 4)
        party.born_on, party.sex = self.taker.day(s[2], place, 2), s[3]
        return ends(s, 3)
