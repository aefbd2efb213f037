"""Pay runs: one 835 per payer, TIN and run; what a PLB does to the payment; and what reaches the bank."""

from datetime import date, timedelta

from shared.x12 import read_file
from shared.x12.remittance_835 import Plb, Remittance, check_835, read_835
from simulator import weights
from simulator.adjudicate import Decision, Payer, reversal
from simulator.chance import Chance
from simulator.pay_run import Treasury
from tests.unit.simulator.town import BOOKS, IDS, JUNE, claim, remittances

CHANCE = Chance(7)
YEAR_END = date(2026, 12, 31)
PAYEE = "1999000106"


def treasury() -> Treasury:
    made = Treasury(CHANCE, BOOKS.payer_facts())
    made.unbalanced_left = 0
    return made


def paid(number: int, payer: str = "BLUE", tax_id: str = "") -> Decision:
    """A decision that pays: numbers whose claim is denied are passed over."""
    decision = Payer(payer, IDS[payer], CHANCE).decide(
        claim(number, payer, frequency="7"), "7", f"ICN{number}", JUNE
    )
    decision.tax_id = tax_id or decision.tax_id
    return decision


def pay_day(payer: str) -> date:
    day = JUNE
    while day.weekday() != weights.habits_of(payer, day).pay_weekday:
        day += timedelta(days=1)
    return day


def run(house: Treasury, on: date) -> list[Remittance]:
    found = [r for _, data in house.run(on) for r in remittances(data)]
    for remit in found:
        plb = sum(p.cents for p in remit.plb)
        assert remit.amount_cents == sum(c.paid_cents for c in remit.claims) - plb
    return found


def test_a_payer_pays_on_its_weekday_and_on_no_other() -> None:
    house = treasury()
    house.add(paid(1), JUNE)
    on = pay_day("BLUE")
    for ahead in range(1, 7):
        assert house.run(on + timedelta(days=ahead)) == []
    assert len(house.run(on + timedelta(days=7))) == 1


def test_one_835_per_payer_and_tin() -> None:
    house = treasury()
    for number, tax_id in enumerate(("000000011", "000000011", "000000022")):
        house.add(paid(number, tax_id=tax_id), JUNE)
    found = run(house, pay_day("BLUE"))
    assert [(r.payee_tax_id, len(r.claims)) for r in found] == [("000000011", 2), ("000000022", 1)]
    assert len({r.trn02 for r in found}) == 2


def test_every_835_that_is_meant_to_balance_does() -> None:
    house = treasury()
    for number in range(30):
        house.add(paid(number), JUNE, None, [Plb("L6", -7, f"ICN{number}", PAYEE, YEAR_END)])
    for _, data in house.run(pay_day("BLUE")):
        for one in read_file(data).sets():
            errors = [f for f in check_835(read_835(one)[0], one) if f.severity == "error"]
            assert errors == []


def test_interest_raises_a_payment_and_a_takeback_lowers_it() -> None:
    house = treasury()
    decision = paid(1)
    house.add(
        decision,
        JUNE,
        None,
        [
            Plb("L6", -40, "ICN1", PAYEE, YEAR_END),
            Plb("WO", 500, "ICN0", PAYEE, YEAR_END),
        ],
    )
    (remit,) = run(house, pay_day("BLUE"))
    assert remit.amount_cents == decision.claim.paid_cents + 40 - 500


def test_what_a_payer_cannot_take_back_now_is_carried_to_its_next_run() -> None:
    house, on = treasury(), pay_day("BLUE")
    back = paid(1)
    house.add(back, JUNE, [reversal(back)])
    (first,) = run(house, on)
    assert (first.amount_cents, first.handling, first.method) == (0, "H", "NON")
    assert [(p.reason, p.cents) for p in first.plb] == [("FB", -back.claim.paid_cents)]
    more = [paid(n) for n in (2, 3)]
    for one in more:
        house.add(one, on + timedelta(days=1))
    (second,) = run(house, on + timedelta(days=7))
    assert ("FB", back.claim.paid_cents) in [(p.reason, p.cents) for p in second.plb]
    assert second.amount_cents == sum(d.claim.paid_cents for d in more) - back.claim.paid_cents


def test_the_bank_gets_each_payment_once_within_three_business_days() -> None:
    house, on = treasury(), pay_day("BLUE")
    house.add(paid(1), JUNE)
    (remit,) = run(house, on)
    deposits = [d for ahead in range(8) for d in house.banked(on + timedelta(days=ahead))]
    assert [(d.amount_cents, d.trace) for d in deposits] == [(remit.amount_cents, remit.trn02)]
    assert house.paid_cents == remit.amount_cents


def test_once_a_payment_goes_out_a_dollar_off_under_another_trace() -> None:
    house, on = Treasury(CHANCE, BOOKS.payer_facts()), pay_day("BLUE")
    seen = []
    for week in range(16):
        day = on + timedelta(days=7 * week)
        house.add(paid(week), day)
        seen += [r for _, data in house.run(day) for r in remittances(data)]
    wrong = [r for r in seen if r.amount_cents != sum(c.paid_cents for c in r.claims)]
    (bad,) = [r for r in wrong if not r.plb]
    assert bad.trn02.endswith("X")
    assert bad.trn02[:-1] in {r.trn02 for r in seen}
