"""The clearinghouse: takes files from the outbound folder and answers with TA1, 999, 277CA and 271."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from shared.x12 import read_file
from shared.x12.ack_999 import Ack999, Fault999, Set999, write_999
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837p import ProfessionalClaim, read_837p
from shared.x12.claim_ack_277ca import ClaimAck277, ClaimStatus277, ProviderAck277, write_277ca
from shared.x12.eligibility_270 import Inquiry270, read_270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, write_271
from shared.x12.envelope import Interchange, TransactionSet, kind_of
from shared.x12.remittance_835 import Plb
from shared.x12.writing import Header
from simulator import weights
from simulator.adjudicate import Decision, Payer, correction, reversal, supplement
from simulator.chance import Chance
from simulator.pay_run import Treasury

LATE_277CA_DAYS = (6, 18)


@dataclass(frozen=True, slots=True)
class Answer:
    """A file for a service's door, on a day."""

    on: date
    service: str
    name: str
    data: bytes


@dataclass(slots=True)
class Taken:
    """A claim that passed the gate."""

    claim: ProfessionalClaim
    payer: str
    batch: str
    on: date


@dataclass(slots=True)
class Clearinghouse:
    """All receivers at once. `payers` gives our payer code by X12 payer id."""

    chance: Chance
    treasury: Treasury
    payer_codes: dict[str, str]
    faults: bool = True
    files: int = 0
    claim_files: int = 0
    received: dict[str, int] = field(default_factory=dict)
    claims_taken: int = 0
    number: int = 0
    answers: list[Answer] = field(default_factory=list)
    acks: list[tuple[date, str, ClaimAck277]] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    decided: dict[str, Decision] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def collect(self, outbound: Path, today: date) -> int:
        """Take what is new in the outbound folder; how many files."""
        found = 0
        for path in sorted(outbound.rglob("*")):
            relative = str(path.relative_to(outbound))
            if relative in self._seen or relative.startswith("ready") or not path.is_file():
                continue
            self._seen.add(relative)
            self._take(path.read_bytes(), today)
            found += 1
        return found

    def due(self, today: date) -> list[Answer]:
        """Answers to deliver up to this day, in order."""
        self._write_acks(today)
        ready = [a for a in self.answers if a.on <= today]
        self.answers = [a for a in self.answers if a.on > today]
        return ready

    # -- one file ----------------------------------------------------------------------------------------

    def _take(self, data: bytes, today: date) -> None:
        self.files += 1
        read = read_file(data)
        for one in read.interchanges:
            for group in one.groups:
                kinds = {kind_of(s) for s in group.sets}
                if "837P" in kinds:
                    self._claims(one, group.sets, today)
                elif "270" in kinds:
                    self._inquiries(one, group.sets, today)

    def _header(self, one: Interchange, on: date) -> Header:
        self.number += 1
        number = 700_000_000 + self.number
        return Header(one.isa[8].strip(), one.isa[6].strip(), number, number, on)

    def _say(self, on: date, service: str, name: str, data: bytes) -> None:
        self.answers.append(Answer(on, service, name, data))
        if self.faults and self.chance.happens(weights.REPEATED_FILE, "repeated", name):
            self.answers.append(Answer(on + timedelta(days=1), service, name, data))

    def _claims(self, one: Interchange, sets: list[TransactionSet], today: date) -> None:
        self.claim_files += 1
        name = f"{one.isa[8].strip()}-{one.control}"
        if self.faults and self.claim_files == 4:
            ta1 = write_ta1(self._header(one, today), [Ta1(one.control, "R", "024", today)])
            self._say(today, "submission", f"TA1-{name}", ta1)
            return
        taken = [s for s in sets if not self._refuses_set(s)]
        answered = [
            Set999("837", s.control, "A" if s in taken else "R", [] if s in taken else [_fault(s)])
            for s in sets
        ]
        code = "A" if len(taken) == len(sets) else ("P" if taken else "R")
        ack = Ack999(
            "HC", sets[0].gs06, "005010X222A1", code, answered, len(sets), len(sets), len(taken)
        )
        self._say(today, "submission", f"999-{name}", write_999(self._header(one, today), [ack]))
        for one_set in taken:
            self._set(one, one_set, today)

    def _refuses_set(self, one: TransactionSet) -> bool:
        if not self.faults or self.received.get("refused set"):
            return False
        if self.claim_files >= 7 and sum(1 for s in one.segments if s[0] == "CLM") >= 2:
            self.received["refused set"] = 1
            return True
        return False

    def _set(self, one: Interchange, one_set: TransactionSet, today: date) -> None:
        claims, _ = read_837p(one_set)
        batch = next((s[3] for s in one_set.segments if s[0] == "BHT"), "")
        by_payer: dict[str, list[Taken]] = defaultdict(list)
        gate: list[ClaimStatus277] = []
        for claim in claims:
            code = self.payer_codes.get(claim.payer.payer_id, "")
            attempt = f"{claim.frequency}/{one.control}/{one_set.control}"
            self.claims_taken += 1
            gate.append(self._at_gate(claim, attempt, today))
            if gate[-1].accepted:
                by_payer[code].append(Taken(claim, code, batch, today))
        if claims:  # Within hours: whoever collected in the morning has answered by the evening.
            self._ack(one, "AY", "SYNTHETIC CLEARINGHOUSE", "CLEAR1", batch, claims[0], gate, today)
        for code in sorted(by_payer):
            self._payer(one, code, by_payer[code], today)

    def _at_gate(self, claim: ProfessionalClaim, attempt: str, today: date) -> ClaimStatus277:
        made = _status(claim, "A1", "19", today)
        made.clearinghouse_trace = f"CH{self.chance.below(10**10, 'ch', claim.clm01, attempt):010d}"
        fresh = claim.frequency == "1" and claim.subscriber.order == 1 and not claim.note
        if (
            fresh
            and self.chance.happens(weights.GATE_REJECTED, "gate", claim.clm01)
            and self._first(claim, "gate")
        ):
            made.category, made.status_code, made.entity = "A7", "164", "IL"
            made.message = "MEMBER ID DOES NOT FIT THE PAYER"
        return made

    def _first(self, claim: ProfessionalClaim, what: str) -> bool:
        """A claim meets each trouble once: the second time it was fixed."""
        return self._once(f"{what}/{claim.clm01}")

    def _once(self, key: str) -> bool:
        self.received[key] = self.received.get(key, 0) + 1
        return self.received[key] == 1

    def _payer(self, one: Interchange, code: str, taken: list[Taken], today: date) -> None:
        payer = Payer(code, taken[0].claim.payer.payer_id, self.chance)
        said: list[ClaimStatus277] = []
        late: list[ClaimStatus277] = []
        on = today + timedelta(days=2)
        for t in taken:
            c = t.claim
            attempt = f"{c.frequency}/{c.note}/{c.subscriber.order}"
            status = _status(c, "A2", "20", on)
            status.payer_control = payer.control(c.clm01, attempt)
            fresh = c.frequency == "1" and c.subscriber.order == 1 and not c.note
            refused = fresh and self.chance.happens(
                weights.GATE_REJECTED_AFTER_CLEARINGHOUSE, "payer gate", c.clm01
            )
            if refused and self._first(c, "payer gate"):
                status.category, status.status_code, status.payer_control = "A3", "562", ""
                said.append(status)
                continue
            if self.faults and self.chance.happens(weights.PAID_BEFORE_277CA, "early", c.clm01):
                late.append(status)
            elif not (
                self.faults and self.chance.happens(weights.SILENT_277CA, "silent 277CA", c.clm01)
            ):
                said.append(status)
            self._adjudicate(payer, t, status.payer_control, attempt)
        ids = (taken[0].batch, taken[0].claim)
        if said:
            self._ack(one, "PR", taken[0].claim.payer.name, payer.payer_id, *ids, said, on)
        if late:
            after = on + timedelta(days=LATE_277CA_DAYS[1] + 12)
            self._ack(one, "PR", taken[0].claim.payer.name, payer.payer_id, *ids, late, after)

    def _adjudicate(self, payer: Payer, t: Taken, control: str, attempt: str) -> None:
        clm01, chance = t.claim.clm01, self.chance
        if self.faults and chance.happens(weights.SILENT_835, "silent 835", clm01):
            self.silent.append(clm01)
            return
        h = weights.habits_of(payer.code, t.on)
        wait = h.first_day + chance.below(h.spread_days, "days", clm01, attempt)
        on = t.on + timedelta(days=wait)
        if t.claim.frequency == "8":
            self._void(clm01, on)
            return
        decision = payer.decide(t.claim, attempt, control, on)
        self.decided[clm01] = decision
        self.treasury.add(decision, on, None, self._interest(decision, wait, on))
        if decision.crosses_to:
            second = supplement(decision, f"SUP{chance.below(10**10, 'sup', clm01):010d}", on)
            self.treasury.add(second, on + timedelta(days=9))
        elif self.faults and not decision.denied and decision.claim.paid_cents > 0:
            self._later(decision, on, clm01)

    def _void(self, clm01: str, on: date) -> None:
        """Frequency 8: what was decided last is taken back, and nothing takes its place."""
        decision = self.decided.pop(clm01, None)
        if decision is not None:
            self.treasury.add(decision, on, [reversal(decision)])

    def _interest(self, decision: Decision, wait: int, on: date) -> list[Plb]:
        """Interest on what is paid late: it raises the payment, so its PLB is negative."""
        if wait <= weights.INTEREST_AFTER_DAY or decision.claim.paid_cents <= 0:
            return []
        cents = max(decision.claim.paid_cents * 4 // 1_000, 1)
        year_end = date(on.year, 12, 31)
        return [Plb("L6", -cents, decision.claim.payer_control, decision.npi, year_end)]

    def _later(self, decision: Decision, on: date, clm01: str) -> None:
        chance = self.chance
        soon = chance.happens(weights.REVERSED, "reversed", clm01)
        late = chance.happens(weights.REVERSED_LATE, "reversed late", clm01)
        if (soon or late) and decision.claim.lines:
            again = correction(decision, decision.claim.payer_control + "C", 1_500)
            pair = [reversal(decision), again.claim]
            days = 20 if soon else weights.REVERSED_LATE_DAYS
            self.decided[clm01] = again
            self.treasury.add(decision, on + timedelta(days=days), pair)
        elif chance.happens(weights.PAID_TWICE, "twice", clm01):
            self.treasury.add(decision, on + timedelta(days=14))
            # The payer notices, and keeps the second payment back from a later check.
            back = Plb("WO", decision.claim.paid_cents, clm01, decision.npi, date(on.year, 12, 31))
            self.treasury.add(decision, on + timedelta(days=40), [], [back])

    def _ack(
        self,
        one: Interchange,
        sender: str,
        name: str,
        sender_id: str,
        batch: str,
        first: ProfessionalClaim,
        statuses: list[ClaimStatus277],
        on: date,
    ) -> None:
        billing = first.billing
        assert billing is not None
        ack = ClaimAck277(
            sender,
            name,
            sender_id,
            batch,
            on,
            receiver_name="CLAIMLOG",
            receiver_id=one.isa[6].strip(),
            providers=[ProviderAck277(billing.name, billing.npi, statuses)],
        )
        self.acks.append((on, one.isa[8].strip(), ack))

    def _write_acks(self, today: date) -> None:
        """A day's 277CAs of one sender leave in one file, a set for each of our batches."""
        ready = [a for a in self.acks if a[0] <= today]
        self.acks = [a for a in self.acks if a[0] > today]
        by_sender: dict[tuple[str, str, str], list[ClaimAck277]] = defaultdict(list)
        for _, receiver, ack in ready:
            by_sender[receiver, ack.sender, ack.sender_id].append(ack)
        for (receiver, sender, _), acks in sorted(by_sender.items(), key=lambda item: item[0]):
            self.number += 1
            number = 700_000_000 + self.number
            header = Header(receiver, acks[0].receiver_id, number, number, today)
            data = write_277ca(header, acks)
            self._say(today, "adjudication_tracking", f"277CA-{sender}-{number}", data)

    # -- eligibility -------------------------------------------------------------------------------------

    def _inquiries(self, one: Interchange, sets: list[TransactionSet], today: date) -> None:
        for one_set in sets:
            inquiries, _ = read_270(one_set)
            answers = [self._answer(i) for i in inquiries]
            header = self._header(one, today)
            data = write_271(header, "0001", one.control, answers)
            self._say(today, "eligibility", f"271-{one.control}-{one_set.control}", data)

    def _answer(self, i: Inquiry270) -> Answer271:
        made = Answer271(
            i.trace,
            i.last,
            i.first,
            i.member_id,
            i.payer_name,
            i.payer_id,
            i.provider_name,
            i.provider_npi,
        )
        if i.dependent is not None:
            made.dependent = True
            made.last, made.first = i.dependent.last, i.dependent.first
        happens = self.chance.happens
        if happens(weights.PAYER_DOWN, "aaa", i.trace) and self._once(f"aaa/{i.trace}"):
            made.rejections = [Rejection("42", "R", "2100C")]
        elif happens(weights.INQUIRY_REJECTED, "unknown", i.trace):
            made.rejections = [Rejection("75", "C", "2100C")]
        elif happens(weights.COVERAGE_INACTIVE, "inactive", i.trace):
            made.benefits = [Benefit("6", "IND", ["30"])]
        else:
            made.benefits = [
                Benefit("1", "IND", ["30"], "SYNTHETIC PLAN"),
                Benefit("A", "IND", ["98"], basis_points=2_000),
                Benefit("C", "IND", ["30"], "", "29", self.chance.below(60_000, "left", i.trace)),
            ]
        return made


def _status(c: ProfessionalClaim, category: str, code: str, on: date) -> ClaimStatus277:
    who = c.patient or c.subscriber.party
    return ClaimStatus277(
        c.clm01,
        category,
        code,
        c.total_cents,
        effective_on=on,
        patient_last=who.last,
        patient_first=who.first,
        patient_id=c.subscriber.member_id,
        service_on=c.lines[0].service_from,
    )


def _fault(one: TransactionSet) -> Fault999:
    """The set's first claim is the offender: its subscriber's name segment."""
    places: Iterator[int] = (n for n, s in enumerate(one.segments) if s[:2] == ["NM1", "IL"])
    return Fault999("NM1", next(places) + 2, "8", "2010BA", "9", "7")
