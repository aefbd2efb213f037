"""Reading the loops that both kinds of claims share; what has no name in the model is kept as it stands."""

from abc import abstractmethod
from collections.abc import Callable, Iterator

from shared.x12.claim_loops.levels import NO_ADDRESS, C, L
from shared.x12.claim_loops.model import (
    Ambulance,
    Attachment,
    ClaimAdjustment,
    Condition,
    Dated,
    PriorLine,
    Reference,
)
from shared.x12.claim_loops.usual import ENOUGH, UsualReading
from shared.x12.dates import first_day
from shared.x12.fields import NOTHING, el, ends, padded
from shared.x12.runs import starts

_ENDS = frozenset({"CLM", "HL"})
_SPANS = frozenset({"D8", "RD8"})
_WITH_DAY = frozenset({*_SPANS, "DT"})


class _Readers(dict[str, Callable[[int, list[str]], bool]]):
    """Who reads a segment, by its id; what has no name in the model nobody takes."""

    def __missing__(self, tag: str) -> Callable[[int, list[str]], bool]:
        return _nobody


def _nobody(place: int, s: list[str]) -> bool:
    return False


class ClaimReading(UsualReading[C, L]):
    """A claim set as it is read. `claims` gives each claim when it is complete, for files of any size."""

    tags: tuple[str, ...] = (
        *("BHT", "HL", "PRV", "SBR", "PAT", "NM1", "N3", "N4", "PER", "DMG", "REF", "CLM", "AMT"),
        *("NTE", "CAS", "LX", "DTP", "LIN", "CTP", "SVD", "OI", "PWK", "CRC", "MOA"),
    )

    note_of_line = "ADD"
    """The usual kind of a line's note."""

    def claims(self) -> Iterator[C]:
        """Every claim as soon as it is read."""
        if self.set.pinned is None:
            self.set.pinned = 0  # The first claim is held whole too.
        readers = _Readers({tag: getattr(self, tag.lower()) for tag in self.tags})
        runs, element, end = self.runs(), self.set.delimiters.element, self.set.delimiters.segment
        find = starts(self.set.delimiters, tuple(runs))
        refused, due = 0, ENOUGH
        for first, whole in self.set.stretches():
            place, at, size = first, 0, len(whole)
            while at < size:
                if place > due:
                    due = place + ENOUGH
                    if self.seldom_usual(place, refused):
                        runs.clear()
                run = runs.get(whole[at : at + 3])
                if run is not None:
                    match, take, ends_claim = run
                    if found := match(whole, at):
                        if ends_claim and self.claim is not None:
                            yield self.claim
                            self.claim, self.set.pinned = None, place
                        if reached := take(place, found):
                            place, at = reached
                            continue
                        refused += 1
                # What follows here is read segment by segment, up to where it may look as usual again.
                following = find(whole, at) if runs else None
                stop = following.end() if following is not None else size
                for text in whole[at : stop - 1].split(end):
                    segment = text.split(element)
                    tag = segment[0]
                    if tag in _ENDS and self.claim is not None:
                        yield self.claim
                        self.set.pinned = place
                    if not readers[tag](place, segment):
                        (self.line or self.claim or self.batch).unknown.append(segment)
                    place += 1
                at = stop
        if self.claim is not None:
            yield self.claim

    # -- what the sets do differently --------------------------------------------------------------

    @abstractmethod
    def new_claim(self, place: int, s: list[str]) -> C:
        """The claim that this CLM starts."""

    def new_date(self, place: int, what: str, s: list[str]) -> bool:
        """A DTP of claim or line with a name of its own; False when it has none."""
        return False

    # -- the claim ---------------------------------------------------------------------------------

    def clm(self, place: int, s: list[str]) -> bool:
        self.line = self.prior = self.prior_line = self.here = None
        self.address, self.strange, self.counted = NO_ADDRESS, False, []
        plain = ends(s, 20) and not any((*s[3:5], *s[13:20]))
        if len(s) < 21:
            s = [*s, *NOTHING]
        if s[5] and self.component not in s[5]:
            self.taker.note(place, "CLM05 has no parts: its separator is not the one of ISA16", 5)
        claim = self.claim = self.new_claim(place, s)
        claim.billing, claim.segment = self.billing, place
        claim.patient, claim.patient_relation = self.patient, self.relation
        claim.signature, claim.assignment = s[6], s[7]
        claim.benefits_assigned, claim.release, claim.delay_reason = s[8], s[9], s[20]
        claim.signature_source = s[10]
        return plain and self._usual_place(s[5])

    def _usual_place(self, text: str) -> bool:
        """Whether CLM05 is place, the usual kind of place, frequency."""
        _, kind, *more = self.taker.parts(text, 3)
        return kind in (self.kind_of_place, "") and len(more) == 1

    def lx(self, place: int, s: list[str]) -> bool:
        self.prior = self.prior_line = self.here = None
        self.address, self.strange = NO_ADDRESS, False
        self.counted.append(el(s, 1))
        return len(s) == 2 or ends(s, 1)

    def ref(self, place: int, s: list[str]) -> bool:
        if self.strange or len(s) != 3:
            return False
        _, what, value = s
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
        if self.strange:
            return False
        if len(s) < 4:
            s = padded(s, 4)
        what = s[1]
        if s[2] in _SPANS and (s[2] == "RD8") != ("-" in s[3]) and first_day(s[3]) is not None:
            sentence = "a day is not written as its qualifier says"
            self.taker.note(place, sentence, 2, "7", severity="warning", rule="date.form")
        if self.new_date(place, what, s):
            return len(s) == 4 or ends(s, 3)
        if first_day(s[3]) is None:
            undated = self.taker.undated if s[2] in _WITH_DAY else "warning"
            self.taker.note(place, "not a date", 3, "8", undated)
            return False
        if what == "573" and self.prior_line is not None:
            self.prior_line.paid_on = first_day(s[3])
        elif what == "573" and self.prior is not None:
            self.prior.paid_on = first_day(s[3])
        else:
            return self._other_date(place, what, s) and ends(s, 3)
        return ends(s, 3)

    def _other_date(self, place: int, what: str, s: list[str]) -> bool:
        owner = self.line or self.claim
        day = first_day(s[3])
        if owner is None or day is None or self.prior_line is not None:
            return False
        hhmm = s[3][8:12] if s[2] == "DT" else ""
        owner.dates.append(Dated(what, day, self.taker.until(s[3], place, 3), hhmm))
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
        return ends(s, 2)

    def nte(self, place: int, s: list[str]) -> bool:
        if self.strange or len(s) != 3:
            return False
        if self.line is not None:
            if self.line.note or s[1] not in ("ADD", "TPO"):
                return False
            self.line.note = s[2]
            if s[1] != self.note_of_line:
                self.line.note_kind = s[1]
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
        return ends(s, 6) and not any(s[3:5]) and s[5] in ("AC", "")

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

    def is_plain_ambulance(self, s: list[str]) -> bool:
        """Whether a CR1 says nothing but what an `Ambulance` holds: pounds and miles, and no older elements."""
        s = padded(s, 11)
        return (
            s[1] == ("LB" if s[2] else "") and s[5] == "DH" and not any((s[3], s[7], s[8], *s[11:]))
        )

    # -- earlier payers ------------------------------------------------------------------------------

    def cas(self, place: int, s: list[str]) -> bool:
        owner = self.prior_line or self.prior
        if owner is None:
            return False
        s = padded(s, len(s) + 2)
        for at in range(2, len(s) - 2, 3):
            if s[at] or s[at + 1] or s[at + 2]:
                units = self.taker.units(s[at + 2], place, at + 2) if s[at + 2] else None
                cents = self.money(s[at + 1], place, at + 1)
                owner.cas.append(ClaimAdjustment(s[1], s[at], cents, units))
        return True

    def oi(self, place: int, s: list[str]) -> bool:
        if self.prior is None:
            return False
        s = padded(s, 7)
        self.prior.benefits_assigned, self.prior.release = s[3], s[6]
        self.prior.signature_source = s[4]
        return ends(s, 6) and not (s[1] or s[2] or s[5])

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
        return ends(s, 3) and not s[1]

    def ctp(self, place: int, s: list[str]) -> bool:
        if self.line is None or not self.line.ndc:
            return False
        self.line.ndc_units = el(s, 4)
        self.line.ndc_unit, _, more = el(s, 5).partition(self.component)
        return ends(s, 5) and not (more or any(s[1:4]))

    def svd(self, place: int, s: list[str]) -> bool:
        if self.line is None:
            return False
        t, s = self.taker, padded(s, 7)
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
            bundled_into=s[6],
        )
        self.line.prior.append(self.prior_line)
        return ends(s, 6) and len(what) <= 6
