"""How often what happens, as dated data; `UNSOURCED` marks a guess that no source confirmed.

Rates are basis points (hundredths of a percent) unless named otherwise.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

UNSOURCED = "unsourced"


class PayerHabits(NamedTuple):
    """How a payer pays: share of the charge allowed, patient's part, days, weekday of the pay run."""

    share: int
    allowed: int
    coinsurance: int
    copay_cents: int
    deductible_cents: int
    sequestration: int
    first_day: int
    spread_days: int
    pay_weekday: int
    secondary: int
    source: str


_2026: dict[str, PayerHabits] = {
    # Medicare: 20 % coinsurance, 2 % sequestration, electronic payment floor of 13 days (42 CFR 424; MLN).
    "MEDB": PayerHabits(30, 6_200, 2_000, 0, 28_300, 200, 14, 8, 1, 5_500, "amounts unsourced"),
    "MADV": PayerHabits(18, 6_400, 0, 2_500, 0, 0, 15, 14, 2, 0, UNSOURCED),
    "MCAID": PayerHabits(16, 4_600, 0, 0, 0, 0, 18, 20, 3, 0, UNSOURCED),
    "BLUE": PayerHabits(20, 7_400, 1_500, 0, 60_000, 0, 12, 16, 4, 800, UNSOURCED),
    "COMM": PayerHabits(12, 7_800, 2_000, 3_000, 90_000, 0, 16, 25, 0, 600, UNSOURCED),
}
HABITS: tuple[tuple[date, Mapping[str, PayerHabits]], ...] = (
    # The Part B deductible of 2025 was 257 dollars, that of 2026 is 283.
    (date(2025, 10, 1), {**_2026, "MEDB": _2026["MEDB"]._replace(deductible_cents=25_700)}),
    (date(2026, 1, 1), _2026),
)
"""Versions by the day from which they are in force."""


def habits_on(day: date) -> Mapping[str, PayerHabits]:
    """All payers' habits as of a day; before the first version, that one."""
    found = HABITS[0][1]
    for in_force_from, version in HABITS:
        if in_force_from <= day:
            found = version
    return found


def habits_of(payer: str, day: date) -> PayerHabits:
    """One payer's; a payer without habits of its own pays as a commercial one does."""
    every = habits_on(day)
    return every.get(payer, every["COMM"])


CONTRACTED = ("MEDB", "BLUE", "COMM")
"""Payers whose fee schedules are published here: a share of the charge, as they allow it."""
UNDERPAID = 150
UNDERPAID_ALLOWS = 9_000
"""Lines of a contracted payer that it allows less for, and what share of the contract; unsourced. Medicare does not."""
PROMPT_PAY = (
    {
        "name": "MEDICARE",
        "filing_indicator": "MB",
        "days": 30,
        "floor_days": 13,
        "interest_basis_points": 463,
        "effective_from": "2025-01-01",
        "source": "an example: a ceiling of 30 days, paid from day 14 on; the Treasury sets the rate twice a year",
    },
    {
        "name": "COMMERCIAL",
        "filing_indicator": "CI",
        "days": 30,
        "interest_basis_points": 1_200,
        "effective_from": "2025-01-01",
        "source": "an example: states set days and rates, and they differ",
    },
)
"""Prompt-pay rules that are published here: of Medicare, and of commercial payers, by their lines of business."""
SUPPLEMENT = "SUPP"
SELF_PAY_SHARE = 4

LINES = ((1, 38), (2, 34), (3, 18), (4, 7), (6, 3))
"""Lines of a claim by weight: about two (Synthea's carrier statistics: 2.03)."""

GATE_REJECTED = 240
GATE_REJECTED_AFTER_CLEARINGHOUSE = 80
INITIAL_DENIAL = 1_200
"""About 12 % (a multi-payer figure as reported for 2024)."""
SILENT_277CA = 60
SILENT_835 = 90
PAID_BEFORE_277CA = 50
REVERSED = 120
REVERSED_LATE = 60
REVERSED_LATE_DAYS = 80
CLAIM_LEVEL = 250
"""Claims of one coverage that a payer pays in one amount, without lines."""
COVERAGE_INACTIVE = 150
INQUIRY_REJECTED = 120
PAYER_DOWN = 100
STALE_CODE = 1_000
STALE_DAYS = 45
"""How often, and how long after a code ended, the EHR still sends it."""
PAID_TWICE = 25
INTEREST_AFTER_DAY = 34
REPEATED_FILE = 300
EFT_DAYS = (0, 1, 2, 3)
PATIENT_PAYS = 4_500
PATIENT_DAYS = (20, 45)


class DenialHabit(NamedTuple):
    """How a claim is denied: group, CARC, RARC, whole claim or one line, and its weight."""

    group: str
    carc: str
    rarc: str
    whole: bool
    weight: int


DENIALS = (
    DenialHabit("CO", "27", "N30", True, 22),
    DenialHabit("CO", "16", "MA27", True, 12),
    DenialHabit("CO", "16", "M51", False, 10),
    DenialHabit("CO", "197", "", True, 14),
    DenialHabit("CO", "97", "M15", False, 14),
    DenialHabit("CO", "50", "N115", False, 10),
    DenialHabit("CO", "22", "MA04", True, 8),
    DenialHabit("OA", "18", "N522", True, 6),
    DenialHabit("CO", "29", "", True, 4),
)
"""Led by eligibility, then missing or wrong data, authorization, bundling; order from trade lists, weights unsourced."""
