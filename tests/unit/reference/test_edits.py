"""Tables of code edits are read as CMS lays them out; what is wrong is told by row and column, and nothing is quoted."""

from datetime import date
from typing import Any

import httpx
import pytest

from contracts.edit_tables import ADD_ONS, LIMIT, LIMITS, NO_LAST_DAY, PAIR, PAIRS, day_number
from contracts.reference import CodeEditsPublished
from services.reference.api import edits
from services.reference.api.edits import add_ons_of, edits_in, limits_of, pairs_of
from services.reference.app import SERVICE
from services.reference.domain import Books, List, decide
from shared.errors import Malformed, NotFound, Refused
from shared.http import app
from shared.service import Answer, Order

NOTICE = '"A notice of whoever holds the copyright."\t\t\t\t\t\t'
TITLE = "Column1/Column2 Edits\t\t\t\t\t\t"
NAMES = "Column 1\tColumn 2\t*=in existence\tEffective Date\tDeletion Date\tModifier\tPTP Edit Rationale"
MORE_NAMES = "\t\tprior to 1996\t\t*=no data\t0=not allowed\t"
ROWS = (
    "G0439\tG0101\t\t20200101\t*\t1\tmade up",
    "G0438\tG0439\t*\t19960101\t20240331\t0\tmade up",
    "G0444\tG0446\t\t20200101\t20200101\t9\tmade up",
)
LIMITS_CSV = (
    '"A notice, of two\nlines",,,\n"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
    "J3420,1,3 Date of Service Edit: Clinical,made up\nG0438,1,2 Date of Service Edit: Policy,made up\nJ1885,0008,1 Line Edit,made up\n"
)


def table(*rows: str) -> bytes:
    return "\r\n".join((NOTICE, TITLE, NAMES, MORE_NAMES, *rows)).encode("cp1252")


def wrong(data: bytes, first_line: int = 1) -> list[tuple[int, str]]:
    with pytest.raises(Malformed) as no:
        pairs_of(data, first_line)
    assert all("CANARY" not in told for told in (str(no.value), str(no.value.more)))
    return [(m["row"], m["column"]) for m in no.value.more["mistakes"]]


def pairs(data: bytes) -> list[Any]:
    assert data.startswith(PAIRS)
    return list(PAIR.iter_unpack(data[len(PAIRS) :]))


def test_a_table_of_pairs_is_read_as_cms_lays_it_out_and_kept_in_one_order() -> None:
    kept, count = pairs_of(table(*ROWS))
    assert count == 2 and edits_in("ptp", kept) == 2
    assert [(a, b, m) for a, b, _, _, m in pairs(kept)] == [
        (b"G0438", b"G0439", 0),
        (b"G0439", b"G0101", 1),
    ]
    assert [ends == NO_LAST_DAY for _, _, _, ends, _ in pairs(kept)] == [False, True]


def test_a_pair_that_was_taken_back_for_all_of_its_days_is_not_kept() -> None:
    assert pairs_of(table(ROWS[2])) == (PAIRS, 0)


def test_commas_do_as_well_as_tabs_and_a_rationale_may_be_missing() -> None:
    text = "column 1,Column2,,effective,deletion,modifier\ng0439,g0101,,20200101,,1\n"
    assert pairs_of(text.encode()) == pairs_of(table(ROWS[0]))


def test_a_later_piece_of_a_file_has_no_column_names_and_tells_the_lines_of_the_file() -> None:
    assert pairs_of("\n".join(ROWS).encode(), 200_001) == pairs_of(table(*ROWS))
    assert wrong(f"{ROWS[0]}\nCANARY\n".encode(), 200_001) == [(200_002, "")]


def test_everything_that_is_wrong_is_told_by_row_and_column() -> None:
    rows = (
        ROWS[0],
        "100\tABCDE\t\t20200101\t*\t1\t",
        "G0438\tG0439\t\t2020-01-01\t20201301\t2\t",
        "G0438\tG0439",
        "CANARY\tG0439\t\t\t\t1\t",
    )
    assert wrong(table(*rows)) == [
        (6, "column 1"),
        (6, "column 2"),
        (7, "effective date"),
        (7, "deletion date"),
        (7, "modifier"),
        (8, ""),
        (9, "column 1"),
        (9, "effective date"),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"G0438\tG0439\t\t20200101\t*\t1\n", b"x\n" * 99]
)
def test_a_file_that_names_no_columns_is_no_table(data: bytes) -> None:
    assert wrong(data) == [(1, "")]


def test_a_zip_or_a_workbook_is_told_as_what_it_is() -> None:
    with pytest.raises(Malformed, match="a zip or a workbook"):
        pairs_of(b"PK\x03\x04 and so on")


def test_column_names_alone_are_no_table() -> None:
    assert wrong(table()) == [(1, "")]


def test_a_piece_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "ROWS_AT_MOST", 1)
    assert wrong(table(*ROWS[:2])) == [(6, "")]


def test_unit_limits_are_read_as_cms_lays_them_out() -> None:
    kept, count = limits_of(LIMITS_CSV.encode(), "practitioner")
    assert (count, edits_in("mue", kept), edits_in("ptp", kept)) == (3, 3, None)
    assert list(LIMIT.iter_unpack(kept[len(LIMITS) :])) == [
        (b"G0438", 1, 2),
        (b"J1885", 8, 1),
        (b"J3420", 1, 3),
    ]


def test_limits_of_another_setting_and_of_one_code_twice_are_told() -> None:
    with pytest.raises(Malformed) as no:
        limits_of((LIMITS_CSV + "J3420,2,3,\nJ342,x,4,\n").encode(), "dme")
    assert [(m["row"], m["column"]) for m in no.value.more["mistakes"]] == [
        (4, "mue values"),
        (8, "code"),
        (9, "code"),
        (9, "mue values"),
        (9, "mue adjudication indicator"),
    ]


ADD_ON_CODES = (
    "A notice of whoever holds the copyright.,,,,,,,\n"
    "AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,AOC_Edit_DelDT,Special_Instruction_Notes\n"
    "1,G0101,,G0438,,2013091,,\n1,G0101,2026059,G0439,,2013091,2026365,made up\n2,J1885,,CCCCC,,2020001,,\n3,J3420,,G0438,,,,\n"
)


def test_add_on_codes_are_read_as_cms_lays_them_out_until_the_first_day_on_which_any_of_it_ends() -> (
    None
):
    kept, count = add_ons_of(ADD_ON_CODES.encode())
    assert (count, edits_in("aoc", kept), edits_in("ptp", kept)) == (4, 4, None)
    assert kept.startswith(ADD_ONS)
    rows = list(PAIR.iter_unpack(kept[len(ADD_ONS) :]))
    assert [(a, b, kind) for a, b, _, _, kind in rows] == [
        (b"G0101", b"G0438", 1),
        (b"G0101", b"G0439", 1),
        (b"J1885", b"CCCCC", 2),
        (b"J3420", b"G0438", 3),
    ]
    days = [(begins, ends) for _, _, begins, ends, _ in rows]
    in_april, end_of_february = day_number(date(2013, 4, 1)), day_number(date(2026, 2, 28))
    assert days[:2] == [(in_april, NO_LAST_DAY), (in_april, end_of_february)]
    assert days[3] == (0, NO_LAST_DAY)


def test_what_is_wrong_with_add_on_codes_is_told_by_row_and_column() -> None:
    rows = "4,G0101,,G0438,,20130401,,\n1,G01,,CANARY,x,2013366,,\n1,G0101\n"
    with pytest.raises(Malformed) as no:
        add_ons_of((ADD_ON_CODES + rows).encode())
    assert "CANARY" not in str(no.value.more)
    assert [(m["row"], m["column"]) for m in no.value.more["mistakes"]] == [
        (7, "aoc edit type"),
        (7, "aoc edit effective date"),
        (8, "add-on code"),
        (8, "primary code"),
        (8, "aoc edit effective date"),
        (8, "primary code deletion date"),
        (9, ""),
    ]
    with pytest.raises(Malformed, match="names the columns"):
        add_ons_of(table(*ROWS))


TABLE: dict[str, Any] = {"kind": "ptp", "version": "2026Q1", "effective_from": "2026-01-01"}


class Doors:
    """Keeps files, and remembers what was listed."""

    tenant = "t"

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.said: list[Any] = []

    async def store_object(self, data: bytes) -> str:
        name = f"{len(self.kept):064x}"
        self.kept[name] = data
        return name

    async def read_object(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise NotFound("there is none")
        return self.kept[sha256]

    async def handle(self, orders: list[Order]) -> list[Answer]:
        self.said += [order.command.entry for order in orders]
        return [Answer(200, order.stream) for order in orders]


async def _post(doors: Any, path: str, **words: Any) -> httpx.Response:
    async def ready() -> dict[str, Any]:
        return {}

    assert SERVICE.routes is not None
    transport = httpx.ASGITransport(app=app(SERVICE, ready, SERVICE.routes(doors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.post(path, headers={"Idempotency-Key": "k"}, **words)


async def test_a_table_is_kept_piece_by_piece_and_said_at_once() -> None:
    doors = Doors()
    for rows in (ROWS[:1], ROWS[1:]):
        kept = await _post(doors, "/code-edits/parts", params={"kind": "ptp"}, content=table(*rows))
        assert kept.status_code == 200 and kept.json()["edits"] == 1 and not doors.said
    answer = await _post(
        doors, "/code-edits", json={**TABLE, "parts": [*doors.kept], "payers": ["MEDB", "MEDB"]}
    )
    assert answer.status_code == 200
    (entry,) = doors.said
    assert (entry.name, entry.edits, entry.payers) == ("NCCI", 2, ("MEDB",))


async def test_a_part_that_was_not_kept_or_is_of_the_other_kind_is_refused() -> None:
    doors = Doors()
    limit = await _post(
        doors, "/code-edits/parts", params={"kind": "mue"}, content=LIMITS_CSV.encode()
    )
    words: dict[str, Any] = {"params": {"kind": "aoc"}, "content": ADD_ON_CODES.encode()}
    add_ons = await _post(doors, "/code-edits/parts", **words)
    for part in ("f" * 64, limit.json()["sha256"], add_ons.json()["sha256"]):
        answer = await _post(doors, "/code-edits", json={**TABLE, "parts": [part]})
        assert (answer.status_code, doors.said) == (422, [])


def _published(**said: Any) -> CodeEditsPublished:
    return CodeEditsPublished(
        **{**TABLE, "parts": ({"sha256": "a" * 64, "edits": 1},), "edits": 1, **said}
    )


def _listed() -> Books:
    return Books(listed={"payer/MEDB": "x", "facility/F1": "x"})


def test_a_table_is_listed_under_kind_setting_name_and_version() -> None:
    kept, _ = decide(List(_published(name="NCCI", payers=("MEDB",)), "d"), _listed())
    assert kept.name == "code-edits/ptp/practitioner/NCCI/2026Q1"


@pytest.mark.parametrize(
    "fine",
    [
        {"setting": "outpatient", "facilities": ("F1",)},
        {"kind": "mue", "parts": ({"sha256": "a" * 64, "edits": 1},)},
        {"parts": ({"sha256": "a" * 64, "edits": 1}, {"sha256": "b" * 64, "edits": 1})},
        {"effective_from": "2026-01-01", "effective_to": "2026-01-01"},
    ],
    ids=["of a hospital", "limits in one file", "pairs in two", "of one day"],
)
def test_a_table_that_is_about_something_is_listed(fine: dict[str, Any]) -> None:
    assert len(decide(List(_published(name="NCCI", **fine), "d"), _listed())) == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"payers": ("NOBODY",)}, "no payer of that code"),
        ({"facilities": ("NOWHERE",)}, "no facility of that code"),
        ({"setting": "outpatient"}, "name the facilities"),
        ({"kind": "mue", "parts": ({"sha256": "a" * 64, "edits": 1},) * 2}, "one file"),
        ({"effective_to": "2025-01-01"}, "end before it begins"),
    ],
)
def test_a_table_that_would_be_about_nothing_is_refused(
    said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        decide(List(_published(name="NCCI", **said), "d"), _listed())
