"""Reading the loops that both kinds of claims share; what has no name in the model is kept as it stands."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from shared.x12.claim_loops.model import (
    Address,
    Ambulance,
    Attachment,
    Batch,
    BillingProvider,
    ClaimAdjustment,
    ClaimBody,
    Condition,
    Dated,
    LineBody,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    Provider,
    Reference,
    Subscriber,
)
from shared.x12.dates import day_or_none, first_day, last_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el, padded

C = TypeVar("C", bound=ClaimBody)
L = TypeVar("L", bound=LineBody)
Reader = Callable[[int, list[str]], bool]

ORDERS = {letter: n for n, letter in enumerate("PSTABCDEFGH", 1)} | {"U": 0}
_ENDS = frozenset({"CLM", "HL"})
_NO_ADDRESS = Address()
"""Where the address of somebody is read to whom the model gives none; never looked at."""


class ClaimReading(Generic[C, L]):
    """A claim set as it is read. `claims` gives each claim when it is complete, for files of any size."""

    tags: tuple[str, ...] = (
        *("BHT", "HL", "PRV", "SBR", "PAT", "NM1", "N3", "N4", "PER", "DMG", "REF", "CLM", "AMT"),
        *("NTE", "CAS", "LX", "DTP", "LIN", "CTP", "SVD", "OI", "PWK", "CRC", "MOA"),
    )

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
        self.address: Party | BillingProvider | Payer | Provider | Address = _NO_ADDRESS
        self.strange = False

    def claims(self) -> Iterator[C]:
        """Every claim as soon as it is read."""
        waiting: C | None = None
        readers = {tag: getattr(self, tag.lower()) for tag in self.tags}.get
        element = self.set.delimiters.element
        for first, texts in self.set.batches():
            for place, text in enumerate(texts, first):
                segment = text.split(element)
                tag = segment[0]
                if waiting is not None and tag in _ENDS:
                    yield waiting
                    waiting = None
                    self.set.pinned = place
                reader = readers(tag)
                if reader is None or not reader(place, segment):
                    (self.line or self.claim or self.batch).unknown.append(segment)
                elif tag == "CLM":
                    waiting = self.claim
        if waiting is not None:
            yield waiting

    # -- what the sets do differently --------------------------------------------------------------

    @abstractmethod
    def new_claim(self, place: int, s: list[str]) -> C:
        """The claim that this CLM starts."""

    def new_date(self, place: int, what: str, s: list[str]) -> bool:
        """A DTP of claim or line with a name of its own; False when it has none."""
        return False

    # -- levels ------------------------------------------------------------------------------------

    def bht(self, place: int, s: list[str]) -> bool:
        b, s = self.batch, padded(s, 7)
        b.purpose, b.reference, b.on, b.hhmm, b.kind = s[2], s[3], day_or_none(s[4]), s[5], s[6]
        return True

    def hl(self, place: int, s: list[str]) -> bool:
        self.level = el(s, 3)
        self.claim = self.line = self.prior = self.prior_line = self.here = None
        self.address, self.strange = _NO_ADDRESS, False
        if self.level == "20":
            self.billing = BillingProvider("", "", "", tax_id_kind="")
            if not self.batch.billing.name:
                self.batch.billing = self.billing
        elif self.level == "22":
            self.subscriber = Subscriber(1, "", Party(""))
            self.payer, self.patient, self.relation = Payer("", ""), None, ""
        elif self.level == "23":
            self.patient, self.relation = Party(""), ""
        return True

    def sbr(self, place: int, s: list[str]) -> bool:
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
        return True

    def pat(self, place: int, s: list[str]) -> bool:
        if self.claim is not None or self.patient is None:
            return False
        self.relation = el(s, 1)
        return len(s) <= 2

    # -- who ---------------------------------------------------------------------------------------

    def nm1(self, place: int, s: list[str]) -> bool:
        s = padded(s, 10)
        who = s[1]
        self.here, self.address, self.strange = None, _NO_ADDRESS, False
        if self.claim is None:
            taken = self._name_before_claim(who, s)
        elif self.prior is not None:
            taken = self._name_of_prior(who, s)
        else:
            taken = self._provider(who, s)
        self.strange = not taken
        return taken

    def _name_before_claim(self, who: str, s: list[str]) -> bool:
        b = self.billing
        if who == "41":
            self.batch.submitter_name, self.batch.submitter_id = s[3], s[9]
        elif who == "40":
            self.batch.receiver_name, self.batch.receiver_id = s[3], s[9]
        elif who == "85":
            b.name, b.first, b.npi = s[3], s[4], s[9]
            self.here = self.address = b
        elif who == "87":
            b.pay_to = self.address = Address()
        elif who == "IL":
            self.subscriber.member_id = s[9]
            self._person(self.subscriber.party, s)
        elif who == "PR":
            self.payer.name, self.payer.payer_id = s[3], s[9]
            self.here = self.address = self.payer
        elif who == "QC" and self.patient is not None:
            self._person(self.patient, s)
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
        self.here = self.address = made
        if who == "82" and c is not None and owner is c and s[2] == "1" and not s[5]:
            c.rendering_last, c.rendering_first, c.rendering_npi = s[3], s[4], s[9]
            made.references = c.rendering_references
        else:
            owner.providers.append(made)
        return True

    def n3(self, place: int, s: list[str]) -> bool:
        if self.strange:
            return False
        s = padded(s, 3)
        self.address.street, self.address.street2 = s[1], s[2]
        return self.address is not _NO_ADDRESS

    def n4(self, place: int, s: list[str]) -> bool:
        if self.strange:
            return False
        s = padded(s, 4)
        a = self.address
        a.city, a.state, a.zip = s[1], s[2], s[3]
        return a is not _NO_ADDRESS and len(s) <= 4

    def per(self, place: int, s: list[str]) -> bool:
        s = padded(s, 5)
        if self.level == "" and not self.batch.contact_name:
            self.batch.contact_name, self.batch.contact_phone = s[2], s[4]
        elif self.here is self.billing and not self.billing.contact_name:
            self.billing.contact_name, self.billing.contact_phone = s[2], s[4]
        else:
            return False
        return len(s) <= 5

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
        return True

    def dmg(self, place: int, s: list[str]) -> bool:
        if not isinstance(self.here, Party):
            return False
        self.here.born_on, self.here.sex = self.taker.day(el(s, 2), place, 2), el(s, 3)
        return True

    # -- the claim ---------------------------------------------------------------------------------

    def clm(self, place: int, s: list[str]) -> bool:
        self.line = self.prior = self.prior_line = self.here = None
        self.address, self.strange = _NO_ADDRESS, False
        s = padded(s, 21)
        if s[5] and self.component not in s[5]:
            self.taker.note(place, "CLM05 has no parts: its separator is not the one of ISA16", 5)
        claim = self.claim = self.new_claim(place, s)
        claim.billing, claim.segment = self.billing, place
        claim.patient, claim.patient_relation = self.patient, self.relation
        claim.signature, claim.assignment = s[6], s[7]
        claim.benefits_assigned, claim.release, claim.delay_reason = s[8], s[9], s[20]
        return True

    def lx(self, place: int, s: list[str]) -> bool:
        self.prior = self.prior_line = self.here = None
        self.strange = False
        return True

    def ref(self, place: int, s: list[str]) -> bool:
        if self.strange or len(s) != 3:
            return False
        what, value = s[1], s[2]
        if self.here is not None:
            return self._reference_of(what, value)
        owner = self.line or self.claim
        if owner is None or self.prior is not None:
            return False
        if self.line is not None:
            if what == "6R":
                self.line.line_control = value
                return True
            if what == "XZ" and self.line.ndc:
                self.line.prescription = value
                return True
        elif self.claim is not None and what == "F8" and not self.claim.payer_control:
            self.claim.payer_control = value
            return True
        elif self.claim is not None and what == "G1" and not self.claim.authorization:
            self.claim.authorization = value
            return True
        owner.references.append(Reference(what, value))
        return True

    def _reference_of(self, what: str, value: str) -> bool:
        assert self.here is not None
        if self.here is self.billing and what in ("EI", "SY") and not self.billing.tax_id:
            self.billing.tax_id, self.billing.tax_id_kind = value, what
        elif self.prior is not None and self.here is self.prior.payer and what == "F8":
            self.prior.payer_control = value
        else:
            self.here.references.append(Reference(what, value))
        return True

    def dtp(self, place: int, s: list[str]) -> bool:
        s = padded(s, 4)
        what = s[1]
        if self.strange:
            return False
        if self.new_date(place, what, s):
            return True
        if first_day(s[3]) is None:
            self.taker.note(place, "not a date", 3, "8", severity="warning")
            return False
        if what == "573" and self.prior_line is not None:
            self.prior_line.paid_on = first_day(s[3])
        elif what == "573" and self.prior is not None:
            self.prior.paid_on = first_day(s[3])
        else:
            return self._other_date(what, s)
        return True

    def _other_date(self, what: str, s: list[str]) -> bool:
        owner = self.line or self.claim
        day = first_day(s[3])
        if owner is None or day is None or self.prior_line is not None:
            return False
        hhmm = s[3][8:12] if s[2] == "DT" else ""
        owner.dates.append(Dated(what, day, last_day(s[3]), hhmm))
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        s = padded(s, 3)
        what, cents = s[1], self.money(s[2], place, 2)
        if self.prior_line is not None:
            if what != "EAF":
                return False
            self.prior_line.patient_owes_cents = cents
        elif self.prior is not None:
            names = {"D": "paid_cents", "EAF": "patient_owes_cents", "A8": "noncovered_cents"}
            if what not in names:
                return False
            setattr(self.prior, names[what], cents)
        elif (owner := self.line or self.claim) is not None:
            owner.amounts[what] = cents
        else:
            return False
        return True

    def nte(self, place: int, s: list[str]) -> bool:
        if self.strange or len(s) != 3:
            return False
        if self.line is not None:
            if self.line.note or s[1] not in ("ADD", "TPO"):
                return False
            self.line.note = s[2]
        elif self.claim is not None and not self.claim.note:
            self.claim.note_kind, self.claim.note = s[1], s[2]
        else:
            return False
        return True

    def pwk(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None:
            return False
        s = padded(s, 7)
        owner.attachments.append(Attachment(s[1], s[2], s[6]))
        return True

    def crc(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None:
            return False
        owner.conditions.append(Condition(el(s, 1), el(s, 2), [code for code in s[3:] if code]))
        return True

    def ambulance_of(self, s: list[str]) -> Ambulance:
        """A CR1."""
        s = padded(s, 11)
        return Ambulance(s[4], s[6], s[2], s[9], s[10])

    # -- earlier payers ------------------------------------------------------------------------------

    def cas(self, place: int, s: list[str]) -> bool:
        owner = self.prior_line or self.prior
        if owner is None:
            return False
        s = padded(s, len(s) + 2)
        for at in range(2, len(s) - 2, 3):
            if s[at] or s[at + 1]:
                units = self.taker.units(s[at + 2], place, at + 2) if s[at + 2] else None
                cents = self.money(s[at + 1], place, at + 1)
                owner.cas.append(ClaimAdjustment(s[1], s[at], cents, units))
        return True

    def oi(self, place: int, s: list[str]) -> bool:
        if self.prior is None:
            return False
        self.prior.benefits_assigned, self.prior.release = el(s, 3), el(s, 6)
        return True

    def moa(self, place: int, s: list[str]) -> bool:
        if self.prior is None or any(s[1:3]) or any(s[8:]):
            return False
        self.prior.remarks = [code for code in s[3:8] if code]
        return True

    # -- lines -------------------------------------------------------------------------------------

    def lin(self, place: int, s: list[str]) -> bool:
        if self.line is None or el(s, 2) != "N4":
            return False
        self.line.ndc, self.here = el(s, 3), None
        return True

    def ctp(self, place: int, s: list[str]) -> bool:
        if self.line is None or not self.line.ndc:
            return False
        self.line.ndc_units = el(s, 4)
        self.line.ndc_unit = el(s, 5).split(self.component)[0]
        return True

    def svd(self, place: int, s: list[str]) -> bool:
        if self.line is None:
            return False
        t, s = self.taker, padded(s, 6)
        what = t.parts(s[3], 2)
        self.here, self.strange = None, False
        self.prior_line = PriorLine(
            s[1],
            self.money(s[2], place, 2),
            what[1],
            [m for m in what[2:6] if m],
            t.units(s[5], place, 5),
            qualifier=what[0],
            revenue_code=s[4],
        )
        self.line.prior.append(self.prior_line)
        return True
