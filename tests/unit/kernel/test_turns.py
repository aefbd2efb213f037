"""An import is let in as fast as the slowest service takes it; who sends a clinic's day never waits."""

from shared.behind import Standing, seconds_behind
from shared.turns import (
    BEHIND_SECONDS,
    BURST,
    FACILITIES_KEPT,
    FIRST_SHARE,
    LATELY_SECONDS,
    LEAST_SHARE,
    LESS_AT_MOST,
    MORE,
    MOST_SHARE,
    PER_SECOND,
    Turns,
)

FAR = BEHIND_SECONDS * 10


def importing() -> Turns:
    """Turns of which an import has taken its first share, beside a clinic."""
    turns = Turns()
    assert turns.is_free("clinic", 1, 0.0)
    assert turns.is_free("import", BURST, 0.0) and not turns.is_free("import", 250, 0.0)
    assert turns.enters("import", 250, 0.0)
    turns.others = True
    assert turns.left == FIRST_SHARE - 250
    return turns


def test_a_clinics_days_are_let_in_at_once_however_far_services_are_behind() -> None:
    turns = importing()
    turns.looked(FAR, 1.0)
    assert turns.is_free("clinic", BURST - 1, 0.0)
    assert all(turns.is_free("clinic", 1, 1 + n / PER_SECOND) for n in range(1_000))
    assert not turns.waited


def test_an_import_waits_until_services_have_caught_up() -> None:
    turns = importing()
    assert not turns.enters("import", 250, 0.1)
    turns.looked(FAR, 1.0)
    assert not turns.enters("import", 250, 1.0)
    for second in range(2, 60):
        turns.looked(0.0, float(second))
        if turns.enters("import", 1_000, float(second)):
            break
    assert second < 10


def test_what_was_let_in_beyond_a_share_is_taken_off_the_next() -> None:
    turns = importing()
    owed = turns.left
    turns.looked(0.0, 1.0)
    assert turns.left == owed + turns.share and not turns.enters("import", 250, 0.0)


def test_all_who_import_share_what_is_let_in() -> None:
    turns = importing()
    assert turns.is_free("another", BURST, 0.0) and not turns.enters("another", 1, 0.0)


def test_an_import_waits_for_nobody_where_nobody_else_sends_anything() -> None:
    turns = importing()
    turns.looked(FAR, LATELY_SECONDS - 1)
    assert not turns.enters("import", 250, 1.0), "the clinic was here"
    turns.looked(FAR, LATELY_SECONDS + 1)
    assert turns.enters("import", 250, LATELY_SECONDS + 1) and turns.enters(
        "import", 5_000, LATELY_SECONDS + 1
    )
    turns.is_free("clinic", 1, LATELY_SECONDS + 2)
    turns.looked(FAR, LATELY_SECONDS + 3)
    assert not turns.enters("import", 1_000, LATELY_SECONDS + 3), "it is back"


def test_where_all_import_nobody_waits() -> None:
    turns = importing()
    turns.is_free("clinic", BURST + 1, 1.0)
    turns.looked(FAR, 2.0)
    assert turns.enters("clinic", 1_000, 2.0) and turns.enters("import", 1_000, 2.0)


def test_a_request_of_any_size_has_its_turn() -> None:
    assert Turns().enters("import", 100_000, 0.0)


def test_more_is_let_in_while_services_keep_up_and_less_when_they_do_not() -> None:
    turns = importing()
    turns.looked(0.0, 1.0)
    assert turns.share == FIRST_SHARE * MORE
    turns.left = 1.0
    turns.looked(0.0, 1.0)
    assert turns.share == FIRST_SHARE * MORE, (
        "it was not all taken: what they would take is not known"
    )
    turns.looked(BEHIND_SECONDS * 1.25, 1.0)
    assert turns.share == FIRST_SHARE * MORE * 0.8
    turns.looked(FAR, 1.0)
    assert turns.share == FIRST_SHARE * MORE * 0.8 * LESS_AT_MOST
    for _ in range(100):
        turns.looked(FAR, 1.0)
    assert turns.share == LEAST_SHARE
    for _ in range(100):
        turns.waited, turns.left = True, 0.0
        turns.looked(0.0, 1.0)
    assert turns.share == MOST_SHARE
    turns.over()
    assert turns.share == turns.left == FIRST_SHARE


def test_what_is_not_taken_is_not_saved_up() -> None:
    turns = Turns()
    for _ in range(100):
        turns.looked(0.0, 1.0)
    assert turns.left == FIRST_SHARE


def test_made_up_names_do_not_fill_the_memory_and_an_import_is_not_forgotten_for_them() -> None:
    turns = importing()
    for n in range(FACILITIES_KEPT * 2):
        assert turns.is_free(f"made up {n}", 1, n / FACILITIES_KEPT)
    assert len(turns._facilities) <= FACILITIES_KEPT
    assert not turns.enters("import", BURST, 2.0)


def test_the_slowest_group_counts_by_the_best_pace_it_went() -> None:
    looks = [
        Standing(10.0, {"posting": 1_000, "denial": 500, "coding": 700}, {}),
        Standing(11.0, {"posting": 1_000, "denial": 1_500, "coding": 700}, {}),
        Standing(12.0, {"posting": 1_400, "denial": 2_500, "coding": 700}, {}),
        Standing(
            13.0,
            {"posting": 1_401, "denial": 4_500, "coding": 700},
            {"posting": 800, "denial": 900, "coding": 5_000},
        ),
    ]
    assert seconds_behind(looks) == 800 / 200.5, (
        "posting, in a long transaction; to wait for coding, which stands still, helps nobody"
    )


def test_who_is_not_behind_is_behind_by_nothing() -> None:
    looks = [Standing(n, {"posting": 10 * n}, {"posting": 5}) for n in range(3)]
    assert seconds_behind([*looks[:2], Standing(2.0, {"posting": 15}, {"posting": 0})]) == 0.0
    assert (
        seconds_behind(
            [*looks[:2], Standing(2.0, {"posting": 15, "new": 4}, {"posting": 0, "new": 9})]
        )
        == 0.0
    )
