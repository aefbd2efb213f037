"""The X12 files and models that are measured: made here, the same in every run, and about nobody."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from shared.x12.claim_837p import (
    Batch837,
    BillingProvider,
    Party,
    Payer,
    ProfessionalClaim,
    ServiceLine,
    Subscriber,
    write_837p,
)
from shared.x12.npi import with_check_digit
from shared.x12.remittance_835 import Cas, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header

DAY = date(2026, 1, 5)
NPI, NPI2 = with_check_digit("199999999"), with_check_digit("188888888")
HEADER = Header("CLAIMLOG", "CLEARING", 17, 18, DAY)
CLAIMS_OF_A_SET = 500
BILLING = BillingProvider(
    "SYNTHETIC CLINIC", NPI, "999999999", "207Q00000X", "1 NOWHERE RD", "ANYTOWN", "NY", "100010000"
)
OFFICE = ("CLAIMLOG", "CLAIMLOG01", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR01")
PAYER = Payer("SYNTHETIC PAYER", "SYN01")


def claim(number: int) -> ProfessionalClaim:
    """One to three lines, the subscriber being the patient; about 18 segments."""
    party = Party(f"ZZ{number % 977}", f"Q{number % 89}", "", f"{number % 9973} NOWHERE RD")
    party.city, party.state, party.zip, party.sex = "ANYTOWN", "NY", "10001", "F"
    party.born_on = date(1950 + number % 60, 1 + number % 12, 1 + number % 28)
    lines = [
        ServiceLine("99213", 10_000 + (number * 7 + n) % 5_000, 1, DAY, [1], modifiers=["25"])
        for n in range(1 + number % 3)
    ]
    for n, line in enumerate(lines):
        line.line_control, line.place_of_service = f"C{number}-{n}", "11"
    made = ProfessionalClaim(
        f"CLM{number:09d}", sum(line.charge_cents for line in lines), "11", "1",
        Subscriber(1, f"XX{number:09d}", party, filing_indicator="MB"), PAYER, lines, ["J209"],
    )  # fmt: skip
    made.rendering_last, made.rendering_first, made.rendering_npi = "ZZDOC", "QUINN", NPI2
    return made


def batches(claims: int) -> Iterator[Batch837]:
    """Sets of claims."""
    for first in range(0, claims, CLAIMS_OF_A_SET):
        control = f"{first // CLAIMS_OF_A_SET + 1:04d}"
        of_set = [claim(n) for n in range(first, min(first + CLAIMS_OF_A_SET, claims))]
        yield Batch837(control, f"B{control}", DAY, "0800", *OFFICE, BILLING, of_set)


def paid(number: int) -> RemitClaim:
    """Three lines, each billed 100.00, paid 60.00, 25.00 contractual and 15.00 coinsurance."""
    lines = []
    for n in range(3):
        line = RemitLine("99213", 10_000, 6_000, modifiers=["25"], service_from=DAY)
        line.cas = [Cas("CO", "45", 2_500), Cas("PR", "2", 1_500)]
        line.line_control, line.allowed_cents = f"C{number}-{n}", 7_500
        lines.append(line)
    made = RemitClaim(f"CLM{number:09d}", "1", 30_000, 18_000, 4_500, "MB", f"ICN{number}", "11")
    made.patient_last, made.patient_first = f"ZZ{number % 977}", f"Q{number % 89}"
    made.patient_id, made.frequency, made.lines = f"XX{number:09d}", "1", lines
    return made


def remittances(claims: int) -> Iterator[Remittance]:
    """Payments of claims, each in balance."""
    for first in range(0, claims, CLAIMS_OF_A_SET):
        made = Remittance("I", 0, paid_on=DAY, trn03="1999999999")
        made.trn02, made.control = f"CHECK{first}", f"{first // CLAIMS_OF_A_SET + 1:04d}"
        made.payer_name, made.payer_id, made.produced_on = "SYNTHETIC PAYER", "SYN01", DAY
        made.payer_street, made.payer_city = "3 NOWHERE RD", "ANYTOWN"
        made.payer_state, made.payer_zip = "NY", "10001"
        made.payer_contact, made.payer_phone = "PROVIDER HELP", "5550100003"
        made.payee_name, made.payee_npi, made.payee_tax_id = "SYNTHETIC CLINIC", NPI, "999999999"
        made.claims = [paid(n) for n in range(first, min(first + CLAIMS_OF_A_SET, claims))]
        made.amount_cents = sum(c.paid_cents for c in made.claims)
        yield made


def make_files(folder: Path, claims: int) -> dict[str, Path]:
    """One size of each file, and ten times of those whose memory is asked for."""
    made = {}
    for name, count in (("1x", claims), ("10x", claims * 10), ("small", max(claims // 20, 50))):
        for kind in ("837P", "835"):
            path = folder / f"{kind}-{name}.x12"
            if kind == "837P":
                path.write_bytes(write_837p(HEADER, list(batches(count))))
            else:
                path.write_bytes(write_835(HEADER, list(remittances(count))))
            made[f"{kind} {name}"] = path
    return made
