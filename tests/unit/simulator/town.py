"""Claims as a simulated payer gets them."""

from datetime import date

from shared.streams import account_number, claim_number
from shared.x12 import read_file
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
from shared.x12.remittance_835 import RemitClaim, Remittance, read_835
from shared.x12.writing import Header
from simulator.books import Books

BOOKS = Books.load()
FACILITY = BOOKS.facilities[0]
IDS = {p["payer"]: p["payer_id"] for p in BOOKS.payers}
NAMES = {p["payer"]: p["name"] for p in BOOKS.payers}
JUNE = date(2026, 6, 1)
BILLING = BillingProvider(
    FACILITY["name"],
    FACILITY["npi"],
    FACILITY["tax_id"],
    FACILITY["taxonomy"],
    FACILITY["street"],
    FACILITY["city"],
    FACILITY["state"],
    FACILITY["zip"],
)


def claim(
    number: int, payer: str = "BLUE", on: date = JUNE, *, frequency: str = "1", lines: int = 2
) -> ProfessionalClaim:
    """Claim `number` to a payer: lines of 100.00 and 50.00 in turn."""
    account = account_number("demo", "TOWN", str(number))
    who = Party("ZZTESTA", "QUINN", "", "2 NOWHERE RD", "ANYTOWN", "NY", "10001", date(1980, 2, 3))
    who.sex = "F"
    services = [
        ServiceLine(
            "G0438",
            10_000 if n % 2 == 0 else 5_000,
            1,
            on,
            [1],
            line_control=f"{account}-{n + 1:03d}",
        )
        for n in range(lines)
    ]
    for one in services:
        one.place_of_service = "11"
    made = ProfessionalClaim(
        claim_number(account, 1),
        sum(s.charge_cents for s in services),
        "11",
        frequency,
        Subscriber(1, f"ZZZ{number:07d}", who, filing_indicator="BL"),
        Payer(NAMES[payer], IDS[payer]),
        services,
        ["E119"],
    )
    made.billing = BILLING
    made.rendering_npi = BOOKS.renderers[0]
    made.rendering_last, made.rendering_first = "PROVIDER", "SYNTHETIC"
    made.payer_control = "ICN1" if frequency != "1" else ""
    return made


def file_837(claims: list[ProfessionalClaim], isa13: int, on: date = JUNE) -> bytes:
    """One interchange with one set of these claims."""
    names = ("CLAIMLOG", "CLAIMLOG", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR1")
    made = Batch837("0001", f"{isa13:09d}0001", on, "0800", *names, BILLING, claims)
    return write_837p(Header("CLAIMLOG", "CLEAR1", isa13, isa13, on), [made])


def remittances(data: bytes) -> list[Remittance]:
    """Every 835 of a file."""
    return [read_835(one)[0] for one in read_file(data).sets()]


def left_over(claim: RemitClaim) -> int:
    """What a claim payment does not explain of its charge, in cents: 0 when it balances."""
    return claim.charge_cents - claim.paid_cents - claim.adjusted_cents()
