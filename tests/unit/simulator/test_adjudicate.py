"""How the simulated payers decide: every decision balances, and each kind of reason appears where it should."""

from collections import Counter
from datetime import date

from shared.x12.remittance_835 import RemitClaim
from simulator import weights
from simulator.adjudicate import Decision, Payer, correction, reversal, share
from simulator.chance import Chance
from tests.unit.simulator.town import IDS, JUNE, claim, left_over

MANY = 600
JANUARY = date(2026, 1, 15)


def decided(payer: str, on: date = JUNE, frequency: str = "1", many: int = MANY) -> list[Decision]:
    one = Payer(payer, IDS[payer], Chance(7))
    return [
        one.decide(claim(n, payer, on, frequency=frequency), frequency, f"ICN{n}", on)
        for n in range(many)
    ]


def reasons(decisions: list[Decision]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in decisions:
        cas = [*one.claim.cas, *(c for line in one.claim.lines for c in line.cas)]
        found.update({f"{c.group}-{c.reason}" for c in cas})
    return found


def test_every_decision_balances_at_line_and_claim() -> None:
    for payer in weights.habits_on(JUNE):
        for one in decided(payer, many=200):
            assert left_over(one.claim) == 0
            for line in one.claim.lines:
                assert line.charge_cents == line.paid_cents + sum(c.cents for c in line.cas)
            assert one.claim.patient_cents == one.claim.adjusted_cents("PR")


def test_the_same_seed_decides_the_same() -> None:
    assert [d.claim for d in decided("BLUE")] == [d.claim for d in decided("BLUE")]


def test_medicare_sequesters_two_percent_of_what_it_pays_and_nobody_else_does() -> None:
    for one in decided("MEDB"):
        for line in one.claim.lines:
            kept = sum(c.cents for c in line.cas if c.reason == "253")
            assert kept == share(line.paid_cents + kept, 200)
    assert reasons(decided("MEDB"))["CO-253"] > MANY / 2
    assert "CO-253" not in reasons(decided("BLUE"))


def test_deductible_coinsurance_and_copay_are_the_patients_and_the_contract_is_not() -> None:
    medicare, commercial = reasons(decided("MEDB", JANUARY)), reasons(decided("COMM", JANUARY))
    assert {"CO-45", "PR-1", "PR-2"} <= set(medicare)
    assert {"CO-45", "PR-1", "PR-2", "PR-3"} <= set(commercial)
    assert not {r for r in {*medicare, *commercial} if r.startswith("PR-") and r[3:] not in "123"}


def test_deductibles_are_heavy_in_the_first_months_of_the_year() -> None:
    by_month = [reasons(decided("BLUE", date(2026, month, 15)))["PR-1"] for month in (1, 2, 3, 6)]
    assert by_month == sorted(by_month, reverse=True)
    assert by_month[0] > 5 * by_month[3] > 0


def test_habits_are_those_in_force_on_the_day() -> None:
    before, after = date(2025, 12, 31), date(2026, 1, 1)
    assert weights.habits_of("MEDB", before).deductible_cents == 25_700
    assert weights.habits_of("MEDB", after).deductible_cents == 28_300
    assert weights.habits_of("NOBODY", after) == weights.habits_of("COMM", after)


def test_about_one_claim_in_eight_is_denied_and_a_corrected_one_is_paid() -> None:
    denied = sum(d.denied for d in decided("BLUE"))
    assert 0.08 * MANY < denied < 0.16 * MANY
    assert not any(d.denied for d in decided("BLUE", frequency="7"))


def test_some_claims_are_paid_in_one_amount_without_lines() -> None:
    whole = [d.claim for d in decided("BLUE") if not d.claim.lines]
    assert 0 < len(whole) < 0.06 * MANY
    assert all(c.paid_cents > 0 and c.cas for c in whole)


def test_a_contracted_payer_now_and_then_allows_less_than_its_contract() -> None:
    def less(payer: str) -> int:
        allowed = weights.habits_of(payer, JUNE).allowed
        lines = [
            x
            for d in decided(payer, many=2 * MANY)
            for x in d.claim.lines
            if x.allowed_cents is not None
        ]
        return sum(x.allowed_cents != share(x.charge_cents, allowed) for x in lines)

    assert 0 < less("BLUE") < 0.04 * 4 * MANY
    assert less("MEDB") == less("MCAID") == 0


def test_a_reversal_turns_every_sign() -> None:
    for one in decided("MEDB", many=50):
        back = reversal(one)
        assert back.status == "22"
        assert [*_amounts(back)] == [-cents for cents in _amounts(one.claim)]
        assert left_over(back) == 0


def test_a_correction_pays_less_and_leaves_the_patients_part() -> None:
    paid = [d for d in decided("BLUE", many=80) if d.claim.paid_cents > 0 and d.claim.lines]
    for one in paid:
        again = correction(one, "ICN-C", 1_500).claim
        assert left_over(again) == 0
        assert again.paid_cents < one.claim.paid_cents
        assert again.patient_cents == one.claim.patient_cents


def _amounts(c: RemitClaim) -> list[int]:
    lines = [
        cents
        for line in c.lines
        for cents in (line.charge_cents, line.paid_cents, *(a.cents for a in line.cas))
    ]
    return [c.charge_cents, c.paid_cents, *(a.cents for a in c.cas), *lines]
