"""Institutional claims of every sort that our guide knows, made from a number: the same number makes the same claim."""

from datetime import timedelta

from shared.x12.claim_837i import (
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueAmount,
)
from shared.x12.claim_837p import Party, Payer, Subscriber
from tests.x12.varied import CODES, DRUGS, MODIFIERS, TAXONOMIES, VISITS, Making


def institutional(number: int) -> InstitutionalClaim:
    """An institutional claim: a stay, or a visit to one of many kinds of facilities."""
    m = Making(number)
    facility = m.r.choice(["11", "11", "12", "13", "13", "14", "18", "21", "22", "32", "71", "83"])
    made = InstitutionalClaim(
        f"I{number:07d}", 0, facility, "1", Subscriber(1, "", Party("")), Payer("", ""), [], []
    )
    made.providers, made.prior = [m.person("71", m.r.choice(TAXONOMIES))], []
    days = m.r.randint(1, 20) if made.inpatient else m.r.choice([0, 0, 3])
    made.statement_from, made.statement_to = m.day, m.day + timedelta(days=days)
    for n in range(1, m.r.choice([1, 2, 3, 5, 8, 40]) + 1):
        made.lines.append(_revenue(m, n, made, days))
    made.total_cents = sum(line.charge_cents for line in made.lines)
    m.extras(made)
    m.covered(made)
    made.admission_type = m.r.choice("1239")
    made.admission_source = m.r.choice("1245")
    made.patient_status = m.r.choice(["01", "02", "03", "06", "20"])
    poa = "YNUW" if made.inpatient else [""]
    made.diagnoses = [Diagnosis(code, m.r.choice(poa)) for code in m.some(CODES, 1, 11)]
    if m.happens(0.1):
        made.diagnoses = [Diagnosis(f"I{n}", m.r.choice(poa)) for n in range(10, 35)]
    _stay(m, made) if made.inpatient else _visit(m, made)
    _institutional_details(m, made)
    return made


def _revenue(m: Making, n: int, c: InstitutionalClaim, days: int) -> RevenueLine:
    line = RevenueLine(m.r.choice(["0300", "0305", "0450", "0510"]), m.r.randint(0, 900_000), 1)
    line.line_control, line.providers, line.prior = f"L{m.number}-{n}", [], []
    if n == 1 and c.inpatient:
        line.revenue_code, line.units, line.unit_code = "0120", max(days, 1), "DA"
        return line
    line.procedure, line.service_from = m.r.choice(VISITS), m.day
    line.modifiers = m.some(MODIFIERS, 0, 2)
    if m.happens(0.2):
        line.revenue_code, line.procedure = "0636", m.r.choice(DRUGS)
        m.drug(line)
    if m.happens(0.2) and days:
        line.service_to = m.day + timedelta(days=m.r.randint(1, days))
    if m.happens(0.2):
        line.noncovered_cents = m.r.randint(0, line.charge_cents)
    if m.happens(0.1):
        line.providers.append(m.person("72"))
    if m.happens(0.1):
        line.quantity, line.units = "1.5", 1
    if m.happens(0.05):
        line.description = "WORDS"
    return line


def _stay(m: Making, c: InstitutionalClaim) -> None:
    c.admitted_on, c.admitted_hhmm = m.day, m.r.choice(["", "0830", "2359"])
    if m.happens(0.7):
        c.discharged_hhmm = "1400"
    c.admitting_diagnosis = m.r.choice(CODES)
    if m.happens(0.6):
        c.drg = f"{m.r.randint(1, 999):03d}"
    for _ in range(m.r.choice([0, 1, 3, 14])):
        c.procedures.append(Procedure(m.r.choice(["0SR9019", "3E0T3BZ", "0DTJ4ZZ"]), m.day))
    if c.procedures:
        c.providers.append(m.person("72"))


def _visit(m: Making, c: InstitutionalClaim) -> None:
    if m.happens(0.4) and c.facility_code == "13":
        c.reasons_for_visit = m.some(CODES, 1, 3)
    if c.facility_code in ("21", "22", "32") and m.happens(0.5):
        c.admitted_on = m.day - timedelta(days=2)


def _institutional_details(m: Making, c: InstitutionalClaim) -> None:
    until = c.statement_to or m.day
    if m.happens(0.3):
        c.external_causes = [Diagnosis("W010XXA", c.diagnoses[0].poa)]
    for code in m.some(["11", "A1", "45", "10"], 0, 3) if m.happens(0.5) else ():
        c.occurrences.append(Occurrence(code, m.day))
    if m.happens(0.3):
        c.occurrences.insert(0, Occurrence("74", m.day, until))
    for code in m.some(["80", "A2", "45", "01", "54"], 0, 4) if m.happens(0.5) else ():
        c.values.append(ValueAmount(code, m.r.randint(0, 99_999)))
    if m.happens(0.4):
        c.condition_codes = m.some([f"{n:02d}" for n in range(1, 40)], 1, m.r.choice([3, 20]))
    if m.happens(0.2):
        c.providers.append(m.place("77"))
    if m.happens(0.2):
        c.providers.append(m.person("DN"))
    if m.happens(0.1):
        c.providers.append(m.person("ZZ"))
    if m.happens(0.1):
        c.rendering_last, c.rendering_first, c.rendering_npi = "ZZDOC", m.word(), m.npi()
    if m.happens(0.2):
        c.patient_owes_cents = m.r.randint(1, 99_999)
