"""How a payer decides a claim: allowed, patient's part, sequestration, or a denial. Every line balances."""

from dataclasses import dataclass, field
from datetime import date

from shared.x12.claim_837p import ProfessionalClaim, ServiceLine
from shared.x12.remittance_835 import Cas, RemitClaim, RemitLine
from simulator import weights
from simulator.chance import Chance
from simulator.weights import DenialHabit

DEDUCTIBLE_SHARE = {1: 7_000, 2: 4_500, 3: 2_500}
"""Share of claims that still meet the deductible, by month; heavy early in the year, 600 afterwards."""
LATER_DEDUCTIBLE_SHARE = 600


@dataclass(slots=True)
class Decision:
    """A payer's word on one claim, kept so that it can be reversed and corrected."""

    claim: RemitClaim
    payer: str
    tax_id: str
    npi: str
    denied: bool
    crosses_to: str = ""
    source: ProfessionalClaim | None = None
    prior_payer: str = ""
    notes: list[str] = field(default_factory=list)


def share(cents: int, basis_points: int) -> int:
    """Part of an amount, rounded half up."""
    return (cents * basis_points + 5_000) // 10_000


class Payer:
    """One payer's habits."""

    def __init__(self, code: str, payer_id: str, chance: Chance) -> None:
        self.code = code
        self.payer_id = payer_id
        self.chance = chance

    def control(self, clm01: str, attempt: str) -> str:
        """The payer control number it gives."""
        return f"ICN{self.chance.below(10**12, 'icn', self.code, clm01, attempt):012d}"

    def decide(self, claim: ProfessionalClaim, attempt: str, control: str, on: date) -> Decision:
        """Pay or deny; a corrected or resent claim is paid."""
        habit = self._denial(claim, attempt)
        lines = [self._line(claim, n, line, habit, on) for n, line in enumerate(claim.lines)]
        paid = sum(line.paid_cents for line in lines)
        patient = sum(c.cents for line in lines for c in line.cas if c.group == "PR")
        crosses = weights.SUPPLEMENT if self._crosses(claim) and habit is None else ""
        status = "19" if crosses else str(min(claim.subscriber.order, 3))
        made = RemitClaim(
            claim.clm01,
            status,
            claim.total_cents,
            paid,
            patient,
            claim.subscriber.filing_indicator,
            control,
            claim.place_of_service,
            claim.frequency,
            patient_last=(claim.patient or claim.subscriber.party).last,
            patient_first=(claim.patient or claim.subscriber.party).first,
            patient_id=claim.subscriber.member_id,
            service_from=claim.lines[0].service_from,
            received_on=on,
            remarks=["MA18"] if crosses else [],
            crossover_name="SYNTHETIC SUPPLEMENT" if crosses else "",
            crossover_id="SUPP1" if crosses else "",
            lines=lines,
        )
        if habit is None and not claim.prior and self._in_one_amount(claim):
            gather(made)
        billing = claim.billing
        assert billing is not None
        return Decision(
            made, self.code, billing.tax_id, billing.npi, habit is not None, crosses, claim
        )

    def _in_one_amount(self, claim: ProfessionalClaim) -> bool:
        return self.chance.happens(weights.CLAIM_LEVEL, "claim level", claim.clm01)

    def _crosses(self, claim: ProfessionalClaim) -> bool:
        secondary = [p for p in claim.prior if p.paid_cents is None]
        return self.code == "MEDB" and any(p.payer.payer_id == "SUPP1" for p in secondary)

    def _denial(self, claim: ProfessionalClaim, attempt: str) -> DenialHabit | None:
        first = claim.frequency == "1" and not claim.note and claim.subscriber.order == 1
        if not first or not self.chance.happens(weights.INITIAL_DENIAL, "denied", claim.clm01):
            return None
        habits = [(h, h.weight) for h in weights.DENIALS]
        return self.chance.weighted(habits, "denial", claim.clm01)

    def _line(
        self,
        claim: ProfessionalClaim,
        n: int,
        line: ServiceLine,
        habit: DenialHabit | None,
        on: date,
    ) -> RemitLine:
        made = RemitLine(
            line.procedure,
            line.charge_cents,
            0,
            modifiers=list(line.modifiers),
            units=line.units,
            service_from=line.service_from,
            line_control=line.line_control,
        )
        if habit is not None and (habit.whole or n == 0):
            made.cas = [Cas(habit.group, habit.carc, line.charge_cents)]
            made.remarks = [habit.rarc] if habit.rarc else []
        elif claim.prior and any(p.paid_cents is not None for p in claim.prior):
            self._secondary(line, made)
        else:
            self._pay(claim, n, line, made, on)
        return made

    def _pay(
        self, claim: ProfessionalClaim, n: int, line: ServiceLine, made: RemitLine, on: date
    ) -> None:
        h = weights.habits_of(self.code, line.service_from or on)
        allowed = share(line.charge_cents, h.allowed)
        if self._underpays(claim, n):
            allowed = share(allowed, weights.UNDERPAID_ALLOWS)
        made.allowed_cents = allowed
        rest = allowed
        cas = [Cas("CO", "45", line.charge_cents - allowed)]
        month = line.service_from.month if line.service_from else 12
        meets = self.chance.happens(
            DEDUCTIBLE_SHARE.get(month, LATER_DEDUCTIBLE_SHARE), "deductible", claim.clm01
        )
        if h.deductible_cents and meets:
            taken = min(rest, h.deductible_cents // 6)
            cas.append(Cas("PR", "1", taken))
            rest -= taken
        if h.copay_cents and n == 0 and rest:
            taken = min(rest, h.copay_cents)
            cas.append(Cas("PR", "3", taken))
            rest -= taken
        if h.coinsurance and rest:
            taken = share(rest, h.coinsurance)
            cas.append(Cas("PR", "2", taken))
            rest -= taken
        if h.sequestration and rest:
            taken = share(rest, h.sequestration)
            cas.append(Cas("CO", "253", taken))
            rest -= taken
        made.cas = [c for c in cas if c.cents]
        made.paid_cents = rest

    def _underpays(self, claim: ProfessionalClaim, n: int) -> bool:
        contracted = self.code in weights.CONTRACTED and self.code != "MEDB"
        return contracted and self.chance.happens(weights.UNDERPAID, "underpaid", claim.clm01, n)

    def _secondary(self, line: ServiceLine, made: RemitLine) -> None:
        """Pay four fifths of what the earlier payer left to the patient."""
        left = sum(c.cents for p in line.prior for c in p.cas if c.group == "PR")
        paid = share(left, 8_000)
        made.paid_cents = paid
        made.cas = [Cas("OA", "23", line.charge_cents - left)] if line.charge_cents - left else []
        if left - paid:
            made.cas.append(Cas("PR", "2", left - paid))


def gather(claim: RemitClaim) -> None:
    """Leave the lines out: the same money at claim level, an adjustment for each reason."""
    sums: dict[tuple[str, str], int] = {}
    for line in claim.lines:
        for cas in line.cas:
            sums[cas.group, cas.reason] = sums.get((cas.group, cas.reason), 0) + cas.cents
    claim.cas = [Cas(group, reason, cents) for (group, reason), cents in sums.items()]
    claim.lines = []


def supplement(primary: Decision, control: str, on: date) -> Decision:
    """What the supplemental insurer pays on a claim that Medicare crossed over: the patient's part, all of it."""
    lines = []
    for line in primary.claim.lines:
        left = sum(c.cents for c in line.cas if c.group == "PR")
        rest = line.charge_cents - left
        lines.append(
            RemitLine(
                line.procedure,
                line.charge_cents,
                left,
                modifiers=list(line.modifiers),
                units=line.units,
                service_from=line.service_from,
                line_control=line.line_control,
                cas=[Cas("OA", "23", rest)] if rest else [],
            )
        )
    c = primary.claim
    made = RemitClaim(
        c.clp01,
        "2",
        c.charge_cents,
        sum(line.paid_cents for line in lines),
        0,
        "CI",
        control,
        c.facility_code,
        "1",
        patient_last=c.patient_last,
        patient_first=c.patient_first,
        patient_id=c.patient_id,
        service_from=c.service_from,
        received_on=on,
        lines=lines,
    )
    return Decision(made, weights.SUPPLEMENT, primary.tax_id, primary.npi, False)


def reversal(decision: Decision) -> RemitClaim:
    """CLP02 22: the same claim with every sign turned."""
    c = decision.claim
    return RemitClaim(
        c.clp01,
        "22",
        -c.charge_cents,
        -c.paid_cents,
        0,
        c.filing_indicator,
        c.payer_control,
        c.facility_code,
        c.frequency,
        cas=[Cas(a.group, a.reason, -a.cents) for a in c.cas],
        patient_last=c.patient_last,
        patient_first=c.patient_first,
        patient_id=c.patient_id,
        service_from=c.service_from,
        lines=[
            RemitLine(
                x.procedure,
                -x.charge_cents,
                -x.paid_cents,
                modifiers=list(x.modifiers),
                units=x.units,
                service_from=x.service_from,
                line_control=x.line_control,
                cas=[Cas(a.group, a.reason, -a.cents) for a in x.cas],
            )
            for x in c.lines
        ],
    )


def correction(decision: Decision, control: str, less_basis_points: int) -> Decision:
    """The claim decided again with a smaller allowance: less paid, more written off, same patient part."""
    c = decision.claim
    lines = []
    for x in c.lines:
        cut = share(x.paid_cents, less_basis_points)
        cas = [
            Cas(a.group, a.reason, a.cents) for a in x.cas if (a.group, a.reason) != ("CO", "45")
        ]
        old = sum(a.cents for a in x.cas if (a.group, a.reason) == ("CO", "45"))
        if old + cut:
            cas.insert(0, Cas("CO", "45", old + cut))
        lines.append(
            RemitLine(
                x.procedure,
                x.charge_cents,
                x.paid_cents - cut,
                modifiers=list(x.modifiers),
                units=x.units,
                service_from=x.service_from,
                line_control=x.line_control,
                cas=cas,
            )
        )
    made = RemitClaim(
        c.clp01,
        "1",
        c.charge_cents,
        sum(x.paid_cents for x in lines),
        c.patient_cents,
        c.filing_indicator,
        control,
        c.facility_code,
        c.frequency,
        remarks=["MA67"],
        patient_last=c.patient_last,
        patient_first=c.patient_first,
        patient_id=c.patient_id,
        service_from=c.service_from,
        lines=lines,
    )
    return Decision(made, decision.payer, decision.tax_id, decision.npi, False)
