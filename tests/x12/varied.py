"""Professional claims of every sort that our guide knows, and what both kinds are made of, made from a number: the same number makes the same claim."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.x12.claim_837p import (
    Address,
    Ambulance,
    Attachment,
    BillingProvider,
    ClaimAdjustment,
    Condition,
    Dated,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    Subscriber,
)
from shared.x12.npi import with_check_digit

START = date(2025, 3, 1)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = ("J209", "R05", "I10", "E119", "M1611", "S52501A", "Z0000", "K219", "N390", "F329", "R0602")
VISITS = ("99213", "99214", "99203", "36415", "80053", "71046", "93000", "20610", "97110", "90834")
DRUGS = ("J3301", "J1100", "J0696", "J1885")
NDCS = ("00003029320", "00641036725", "00409733201", "63323016201")
TAXONOMIES = ("207Q00000X", "207R00000X", "208D00000X", "363LF0000X")
FILING = ("MB", "MC", "CI", "BL", "HM", "12", "16", "CH", "VA", "WC", "11")
MODIFIERS = ("25", "59", "LT", "RT", "TC", "26", "76", "GA")
Chance = tuple[float, Callable[[], Any]]


class Making:
    """What both kinds of claims are made of."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.r = Random(number)
        self.day = START + timedelta(days=self.r.randrange(300))

    def happens(self, share: float) -> bool:
        return self.r.random() < share

    def word(self, least: int = 2, most: int = 12) -> str:
        return "".join(self.r.choices(LETTERS, k=self.r.randint(least, most)))

    def npi(self) -> str:
        return with_check_digit(f"1{self.r.randrange(10**8):08d}")

    def some(self, of: Sequence[Any], least: int, most: int) -> list[Any]:
        return self.r.sample(list(of), min(len(of), self.r.randint(least, most)))

    def party(self, born: bool = True) -> Party:
        made = Party(
            "ZZ" + self.word(),
            self.word(),
            self.word(1, 8) if self.happens(0.2) else "",
            f"{self.r.randint(1, 9999)} {self.word(3)} ST",
            self.word(3),
            self.r.choice(["NY", "CA", "TX", "PR"]),
            self.r.choice(["10001", "100010000"]),
            street2="APT 1" if self.happens(0.2) else "",
            suffix="JR" if self.happens(0.1) else "",
        )
        if born:
            made.born_on = self.day - timedelta(days=self.r.randint(1, 36_000))
            made.sex = self.r.choice("MFU")
        return made

    def billing(self, alone: bool = False) -> BillingProvider:
        """An organisation, or a person who works alone."""
        made = BillingProvider(
            "ZZ" + self.word(),
            self.npi(),
            f"{self.r.randrange(10**9):09d}",
            self.r.choice(TAXONOMIES) if self.happens(0.8) else "",
            f"{self.r.randint(1, 9999)} NOWHERE RD",
            self.word(3),
            "NY",
            "100010000",
            first=self.word() if alone else "",
            tax_id_kind=self.r.choice(["EI", "SY"]) if alone else "EI",
        )
        if self.happens(0.3):
            made.pay_to = Address("PO BOX 1", self.word(3), "NY", "100010001")
        if self.happens(0.3):
            made.contact_name, made.contact_phone = self.word(), "5550100001"
        return made

    def subscriber(self, order: int, party: Party, relation: str = "18") -> Subscriber:
        made = Subscriber(order, f"XX{self.r.randrange(10**7)}", party, relation)
        made.filing_indicator = self.r.choice(FILING)
        if self.happens(0.4):
            made.group_number = f"G{self.number}"
        elif self.happens(0.3):
            made.group_name = self.word()
        return made

    def payer(self, order: int) -> Payer:
        made = Payer("PAYER " + self.word(), f"SYN{order}{self.r.randrange(1000)}")
        if self.happens(0.2):
            made.street, made.city, made.state, made.zip = "1 A ST", "TOWN", "NY", "10001"
        return made

    def covered(self, c: Any) -> None:
        """Who is insured, who is the patient, who pays before and after."""
        order = self.r.choice([1, 1, 1, 2, 2, 3])
        c.subscriber = self.subscriber(order, self.party())
        c.payer = self.payer(order)
        if self.happens(0.35):
            c.patient, c.patient_relation = self.party(), self.r.choice(["01", "19", "G8", "53"])
            c.subscriber.relation = ""
        for earlier in range(1, order):
            self.earlier(c, earlier)
        if self.happens(0.15):
            later = self.subscriber(order + 1, self.party(born=False))
            c.prior.append(PriorPayer(later, self.payer(order + 1)))

    def earlier(self, c: Any, order: int) -> None:
        """An earlier payer that decided the lines, or only the claim as a whole; it balances to the cent."""
        who = self.subscriber(order, self.party(born=False), self.r.choice(["18", "01", "19"]))
        prior = PriorPayer(who, self.payer(order), 0, [])
        if self.happens(0.5):
            prior.payer_control = f"ICN{self.number}"
        if self.happens(0.3) and isinstance(c, ProfessionalClaim):
            prior.signature_source = "P"
        on = self.day + timedelta(days=self.r.randint(20, 60))
        if self.happens(0.25):
            prior.paid_on = on
            prior.paid_cents, prior.cas = self.split(c.total_cents)
            if self.happens(0.5):
                prior.patient_owes_cents = self.r.randint(0, 10_000)
        else:
            for line in c.lines:
                paid, cas = self.split(line.charge_cents)
                prior.paid_cents = (prior.paid_cents or 0) + paid
                decided = PriorLine(prior.payer.payer_id, paid, line.procedure, cas=cas, paid_on=on)
                decided.modifiers = list(line.modifiers)
                decided.qualifier = "HC" if line.procedure else ""
                decided.units = max(line.units, 1)
                decided.revenue_code = getattr(line, "revenue_code", "")
                if self.happens(0.3):
                    decided.patient_owes_cents = self.r.randint(0, 5_000)
                line.prior = [*line.prior, decided]
        if self.happens(0.3):
            prior.remarks = self.some(["MA01", "N130", "MA18", "N30"], 1, 3)
        c.prior.append(prior)

    def split(self, cents: int) -> tuple[int, list[ClaimAdjustment]]:
        """Paid, and in one to eight reasons why not all."""
        reasons = self.some(
            [("CO", "45"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "23"), ("CO", "253"),
             ("CO", "97"), ("PI", "94"), ("PR", "96"), ("CO", "59"), ("CO", "151"), ("CO", "16"),
             ("CO", "18"), ("CO", "22")],
            1,
            self.r.choice([2, 3, 9]),
        )  # fmt: skip
        cas, rest = [], cents
        for group, reason in sorted(reasons):
            part = self.r.randint(1, max(1, rest // 2)) if rest > 1 else 0
            if part:
                cas.append(ClaimAdjustment(group, reason, part))
                rest -= part
        return rest, cas

    def person(self, role: str, taxonomy: str = "") -> Provider:
        made = Provider(role, "ZZ" + self.word(), self.word(), npi=self.npi(), taxonomy=taxonomy)
        if self.happens(0.2):
            made.references = [Reference("G2", self.word())]
        if self.happens(0.1):
            made.suffix = "JR"
        return made

    def place(self, role: str, npi: bool = True) -> Provider:
        made = Provider(role, "ZZ" + self.word(), organisation=True)
        made.npi = self.npi() if npi else ""
        made.street, made.city, made.state, made.zip = "5 C ST", "TOWN", "NY", "100010000"
        return made

    def drug(self, line: Any) -> None:
        """LIN and CTP."""
        line.ndc = self.r.choice(NDCS)
        line.ndc_unit = self.r.choice(["F2", "GR", "ME", "ML", "UN"])
        line.ndc_units = self.r.choice(["1", "0.5", "12", "2.25"])
        if self.happens(0.3):
            line.prescription = f"RX{self.number}"

    def extras(self, c: Any) -> None:
        """Authorization, references, attachments, a note; and whether it stands for an earlier claim."""
        c.frequency = self.r.choice(["1", "1", "1", "7", "8"])
        if c.frequency in "78":
            c.payer_control = f"ICN{self.number}"
        if self.happens(0.2):
            c.authorization = f"AUTH{self.number}"
        if self.happens(0.2):
            c.references = [Reference("EA", f"CHART{self.number}"), Reference("D9", "TRACE1")]
        if self.happens(0.15):
            c.attachments = [Attachment(self.r.choice(["OZ", "B3", "DA"]), "EL", "ACN1")]
        if self.happens(0.2):
            c.note = "NOTE " + self.word()
        c.assignment = self.r.choice("AAAC")
        c.benefits_assigned = self.r.choice("YYYN")
        c.release = self.r.choice("YYI")
        if self.happens(0.1):
            c.delay_reason = self.r.choice(["1", "7", "11"])
        if self.happens(0.2) and isinstance(c, ProfessionalClaim):
            c.signature_source = "P"


def professional(number: int) -> ProfessionalClaim:
    """A professional claim."""
    m = Making(number)
    place = m.r.choice(["11", "11", "22", "23", "12", "21"])
    made = ProfessionalClaim(
        f"P{number:07d}", 0, place, "1", Subscriber(1, "", Party("")), Payer("", ""), [], []
    )
    made.providers, made.prior, made.dates, made.conditions = [], [], [], []
    made.diagnoses = m.some(CODES, 1, 3) if m.happens(0.8) else m.r.choices(CODES, k=12)
    count = m.r.choice([1, 1, 2, 3, 4, 6, 50 if m.happens(0.2) else 5])
    for n in range(1, count + 1):
        made.lines.append(_service(m, n, made))
    if m.happens(0.1):
        _ambulance(m, made)
    made.total_cents = sum(line.charge_cents for line in made.lines)
    m.extras(made)
    m.covered(made)
    _professional_details(m, made)
    return made


def _service(m: Making, n: int, c: ProfessionalClaim) -> ServiceLine:
    pointers = list(range(1, len(c.diagnoses) + 1))
    line = ServiceLine(
        m.r.choice(VISITS), m.r.randint(0, 500_000), m.r.choice([1, 1, 2, 4]), m.day, []
    )
    line.pointers, line.line_control = m.some(pointers, 1, 4), f"L{m.number}-{n}"
    line.modifiers = m.some(MODIFIERS, 0, m.r.choice([0, 1, 4]))
    line.place_of_service = c.place_of_service if m.happens(0.9) else "81"
    line.providers, line.prior = [], []
    sort = m.r.random()
    if sort < 0.1:
        line.procedure, line.unit_code, line.units = "00142", "MJ", m.r.randint(1, 600)
        line.modifiers = ["QK", "P1"]
    elif sort < 0.25:
        line.procedure = m.r.choice(DRUGS)
        m.drug(line)
    elif sort < 0.3:
        line.units, line.quantity = 0, "0.5"
    if m.happens(0.1):
        line.service_to = m.day + timedelta(days=m.r.randint(1, 20))
    if m.happens(0.1):
        line.note = "LINE " + m.word()
    if m.happens(0.1):
        line.references = [Reference("X4", "99D9999999")]
    if m.happens(0.15):
        line.providers.append(m.person("82", m.r.choice(TAXONOMIES)))
    if m.happens(0.15):
        line.providers.append(m.person("DK"))
    if m.happens(0.05):
        line.emergency = "Y"
    if m.happens(0.05):
        line.description = "WORDS"
    if m.happens(0.05):
        line.dates = [Dated("304", m.day - timedelta(days=9))]
    if m.happens(0.1):
        line.epsdt = "Y"
    if m.happens(0.1):
        line.family_planning = "Y"
    if m.happens(0.1):
        line.copay_exempt = "0"
    return line


def _ambulance(m: Making, c: ProfessionalClaim) -> None:
    """A ride: CR1 and CRC, picked up and dropped off; the miles on a line of their own."""
    c.place_of_service = m.r.choice(["41", "42"])
    for line in c.lines:
        line.place_of_service = c.place_of_service
    c.ambulance = Ambulance(m.r.choice("ABCDE"), str(m.r.randint(1, 300)), "150")
    if m.happens(0.3):
        c.ambulance.round_trip, c.ambulance.stretcher = "REASON", "REASON"
    c.conditions = [Condition("07", m.r.choice("YN"), m.some(["01", "04", "06", "09"], 1, 4))]
    c.providers += [m.place("PW", npi=False), m.place("45", npi=False)]
    c.providers[-2].last = ""
    c.lines[0].procedure, c.lines[0].ambulance_patients = "A0427", m.r.choice([None, 2])


def _professional_details(m: Making, c: ProfessionalClaim) -> None:
    if m.happens(0.15):
        c.accident_causes = m.some(["AA", "EM", "OA"], 1, 2)
        c.accident_state = "NY"
        c.dates.append(Dated("439", m.day - timedelta(days=2)))
    if m.happens(0.2):
        c.dates.append(Dated("431", m.day - timedelta(days=5)))
    if c.place_of_service == "21":
        c.dates += [Dated("435", m.day), Dated("096", m.day + timedelta(days=3))]
    if m.happens(0.5):
        c.rendering_last, c.rendering_first, c.rendering_npi = "ZZDOC", m.word(), m.npi()
        c.rendering_taxonomy = m.r.choice(["", *TAXONOMIES])
    if m.happens(0.3):
        c.providers.append(m.person("DN"))
    if m.happens(0.3):
        c.providers.append(m.place("77"))
    if m.happens(0.1):
        c.providers.append(m.person("DQ"))
    if m.happens(0.1) and "00142" in {line.procedure for line in c.lines}:
        c.anesthesia_procedures = ["44970", "44960"][: m.r.randint(1, 2)]
    if m.happens(0.1):
        c.condition_codes = ["W2"]
    if m.happens(0.1):
        c.references = [*c.references, Reference("X4", "99D9999999")]
    if m.happens(0.1) and c.frequency == "1":
        c.patient_paid_cents = m.r.randint(1, 10_000)
    if m.happens(0.05):
        c.special_program = m.r.choice(["02", "03", "05", "09"])
