"""The EHR feed: the same seed sends the same, and codes are those in force but for what the EHR forgets to end."""

from datetime import date, timedelta
from typing import Any

from simulator import weights
from simulator.books import CODE_SETS, Books
from simulator.chance import Chance
from simulator.feed import Day, Feed

BOOKS = Books.load()
TURN = date(2026, 10, 1)
MANY = range(400)


def fed(on: date, seed: int = 7, numbers: range = MANY) -> Day:
    return Feed(Chance(seed), BOOKS.facilities, BOOKS.for_feed()).day(on, numbers)


def diagnoses(on: date) -> list[list[str]]:
    return [[d["code"] for d in account["diagnoses"]] for account in fed(on).charges]


def codes_in_force(name: str, on: date) -> set[str]:
    (version,) = [v for n, v, _, start, end in CODE_SETS if n == name and start <= on <= end]
    return set(BOOKS.codes[name, version])


def stale(on: date) -> int:
    good = codes_in_force("ICD-10-CM", on)
    return sum(any(code not in good for code in listed) for listed in diagnoses(on))


def test_the_same_seed_sends_the_same_and_another_does_not() -> None:
    assert fed(TURN) == fed(TURN)
    assert fed(TURN, seed=8) != fed(TURN)


def test_an_encounter_does_not_depend_on_what_was_sent_with_it() -> None:
    assert fed(TURN, numbers=range(5, 6)).charges[0] == fed(TURN).charges[5]


def test_before_the_code_set_changes_every_code_is_in_force() -> None:
    eve = TURN - timedelta(days=1)
    assert stale(eve) == 0
    assert "Z6830" in {code for listed in diagnoses(eve) for code in listed}
    assert "E66813" not in {code for listed in diagnoses(eve) for code in listed}


def test_after_it_changed_some_encounters_still_come_with_a_code_that_ended() -> None:
    assert 0 < stale(TURN) < 0.2 * len(MANY)
    assert "E66813" in {code for listed in diagnoses(TURN) for code in listed}


def test_after_a_while_no_code_that_ended_comes_any_more() -> None:
    assert stale(TURN + timedelta(days=weights.STALE_DAYS + 1)) == 0


def test_every_procedure_is_in_force_on_its_day() -> None:
    for on in (TURN - timedelta(days=1), TURN):
        used = {c["procedure"] for account in fed(on).charges for c in account["charges"]}
        assert used <= codes_in_force("HCPCS", on)


def test_every_pointer_leads_to_a_diagnosis() -> None:
    for account in fed(TURN).charges:
        assert len(account["pointers"]) == len(account["charges"])
        for (pointer,) in account["pointers"]:
            assert 1 <= pointer <= len(account["diagnoses"])


def test_payers_come_by_their_share_and_some_pay_themselves() -> None:
    found = [_first_payer(e) for e in fed(TURN).encounters]
    assert found.count("MEDB") > found.count("COMM") > 0
    assert 0 < found.count("") < 0.15 * len(MANY)


def _first_payer(encounter: dict[str, Any]) -> str:
    return next((c["payer"] for c in encounter["coverages"]), "")
