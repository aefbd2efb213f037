"""Tables of code edits as CMS lays them out: pairs, unit limits and add-on codes, read a piece at a time into rows of one width.

PTP: column 1, column 2, a mark, effective date, deletion date, modifier indicator, rationale. MUE: code, units, MUE
adjudication indicator, rationale. AOC: type, add-on code, its deletion date, primary code, its deletion date, effective
and deletion date of the edit, notes; days of these are a year and a day of it (2013091). Tab or comma; copyright notices and titles above are skipped, rationales are not kept.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from contracts.edit_tables import (
    ADD_ONS,
    CONTRACTORS,
    LIMIT,
    LIMITS,
    NO_LAST_DAY,
    PAIR,
    PAIRS,
    day_number,
)
from services.reference.api.mistakes import Mistakes

ROWS_AT_MOST = 400_000
"""Of one piece: reading it takes up to 150 MB and two seconds. A table has at most 64 of them."""
ABOVE_AT_MOST = 30
"""Lines of notices, titles and column names."""
MOST_UNITS = 99_999_999
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{5}")
_DAY = re.compile(r"(19|20|21)[0-9]{6}")
_DAY_OF_YEAR = re.compile(r"(19|20|21)[0-9]{5}")
SETTINGS = ("practitioner", "outpatient", "dme")

Cells = list[str]
Read = Callable[[int, Cells, Mistakes], bytes | None]


def pairs_of(data: bytes, first_line: int = 1) -> tuple[bytes, int]:
    """The file that is kept of a piece of a PTP table, and how many pairs it has. Malformed."""
    return _kept(PAIRS, PAIR.size, _rows(data, first_line, _pair, _names_pairs))


def limits_of(data: bytes, setting: str) -> tuple[bytes, int]:
    """The file that is kept of an MUE table, and how many limits it has. Malformed."""

    def names(row: int, cells: Cells, mistakes: Mistakes) -> bool:
        return _names_limits(row, cells, mistakes, setting)

    def read(row: int, cells: Cells, mistakes: Mistakes) -> bytes | None:
        return _limit(row, cells, mistakes, seen)

    seen: dict[bytes, int] = {}
    return _kept(LIMITS, LIMIT.size, _rows(data, 1, read, names))


def add_ons_of(data: bytes, first_line: int = 1) -> tuple[bytes, int]:
    """The file that is kept of a piece of a table of add-on codes, and how many primary codes it names. Malformed."""
    return _kept(ADD_ONS, PAIR.size, _rows(data, first_line, _add_on, _names_add_ons))


def edits_in(kind: str, data: bytes) -> int | None:
    """How many edits a kept file holds; None where it is none of that kind."""
    begins, row = {"ptp": (PAIRS, PAIR), "aoc": (ADD_ONS, PAIR), "mue": (LIMITS, LIMIT)}[kind]
    left, over = divmod(len(data) - len(begins), row.size)
    return left if data.startswith(begins) and not over else None


def _kept(begins: bytes, width: int, rows: Iterable[bytes]) -> tuple[bytes, int]:
    data = begins + b"".join(sorted(rows))
    return data, (len(data) - len(begins)) // width


def _rows(
    data: bytes, first_line: int, read: Read, names: Callable[[int, Cells, Mistakes], bool]
) -> set[bytes]:
    """What the rows say. Column names come first, but not in a piece that is a later part of its file."""
    mistakes, rows = Mistakes(), set[bytes]()
    above, read_any = first_line == 1, first_line > 1
    for row, cells in _lines(data, first_line, mistakes):
        if above:
            above = not names(row, cells, mistakes)
            if above and row > ABOVE_AT_MOST:
                break
            continue
        if not cells[0].strip() and not read_any:
            continue  # Column names of several lines.
        read_any = True
        if len(rows) == ROWS_AT_MOST:
            mistakes.tell(row, "", f"a piece of a table has at most {ROWS_AT_MOST:,} rows")
            break
        if (kept := read(row, cells, mistakes)) is not None:
            rows.add(kept)
    if above and data.startswith(b"PK"):
        mistakes.tell(
            1, "", "it is a zip or a workbook: the text in it, or the sheet as CSV, is read"
        )
    elif above:
        mistakes.tell(1, "", "no row names the columns as CMS does")
    elif not read_any and not mistakes.count:
        mistakes.tell(first_line, "", "it has no row under its column names")
    mistakes.judge()
    return rows


def _lines(data: bytes, first_line: int, mistakes: Mistakes) -> Iterator[tuple[int, Cells]]:
    """The rows that are not empty, each with its line."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    tabbed = "\t" in text
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="\t" if tabbed else ",",
        quoting=csv.QUOTE_NONE if tabbed else csv.QUOTE_MINIMAL,
    )
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield first_line + lines.line_num - 1, cells
    except csv.Error:
        mistakes.tell(first_line + lines.line_num - 1, "", "it is no table from here on")


def _names_pairs(row: int, cells: Cells, mistakes: Mistakes) -> bool:
    return any(cell.replace(" ", "").strip('"').lower() == "column2" for cell in cells)


def _names_limits(row: int, cells: Cells, mistakes: Mistakes, setting: str) -> bool:
    for cell in cells:
        name = " ".join(cell.lower().split())
        if "mue value" in name:
            said = [one for one in SETTINGS if one in name]
            if said and setting not in said:
                mistakes.tell(row, "mue values", f"it says that they are those of {said[0]}")
            return True
    return False


def _names_add_ons(row: int, cells: Cells, mistakes: Mistakes) -> bool:
    names = {"".join(filter(str.isalpha, cell.lower())) for cell in cells}
    return {"addoncode", "primarycode"} <= names


def _pair(row: int, cells: Cells, mistakes: Mistakes) -> bytes | None:
    if len(cells) < 6:
        mistakes.tell(row, "", f"it has {len(cells)} cells; a pair has 6, and a rationale")
        return None
    before = mistakes.count
    first = _code(row, "column 1", cells[0], mistakes)
    second = _code(row, "column 2", cells[1], mistakes)
    begins = _day(row, "effective date", cells[3], mistakes)
    ends = cells[4].strip()
    last = None if ends in ("", "*") else _day(row, "deletion date", ends, mistakes)
    indicator = cells[5].strip()
    if indicator not in ("0", "1", "9"):
        mistakes.tell(row, "modifier", "it is none of 0, 1 and 9")
    if mistakes.count > before or begins is None:
        return None
    if indicator == "9":
        return None  # It was taken back for all of its days.
    until = NO_LAST_DAY if last is None else day_number(last)
    return PAIR.pack(first, second, day_number(begins), until, int(indicator))


def _add_on(row: int, cells: Cells, mistakes: Mistakes) -> bytes | None:
    if len(cells) < 7:
        mistakes.tell(row, "", f"it has {len(cells)} cells; an add-on code has 7, and notes")
        return None
    before = mistakes.count
    kind = cells[0].strip()
    if kind not in ("1", "2", "3"):
        mistakes.tell(row, "aoc edit type", "it is none of 1, 2 and 3")
    add_on = _code(row, "add-on code", cells[1], mistakes)
    primary = cells[3].strip().upper().encode("latin-1", "replace")
    if primary != CONTRACTORS:
        primary = _code(row, "primary code", cells[3], mistakes)
    begins = _day_of_year(row, "aoc edit effective date", cells[5], mistakes)
    ends = [
        day_number(day)
        for column, cell in (
            ("aoc deletion date", cells[2]),
            ("primary code deletion date", cells[4]),
            ("aoc edit deletion date", cells[6]),
        )
        if (day := _day_of_year(row, column, cell, mistakes)) is not None
    ]
    if mistakes.count > before:
        return None
    first = day_number(begins) if begins else 0
    return PAIR.pack(add_on, primary, first, min(ends, default=NO_LAST_DAY), int(kind))


def _limit(row: int, cells: Cells, mistakes: Mistakes, seen: dict[bytes, int]) -> bytes | None:
    if len(cells) < 3:
        mistakes.tell(row, "", f"it has {len(cells)} cells; a limit has 3, and a rationale")
        return None
    before = mistakes.count
    code = _code(row, "code", cells[0], mistakes)
    units = cells[1].strip()
    if not (units.isascii() and units.isdigit() and int(units) <= MOST_UNITS):
        mistakes.tell(row, "mue values", f"it is no whole number of units up to {MOST_UNITS:,}")
    indicator = cells[2].strip().split(" ")[0]
    if indicator not in ("1", "2", "3"):
        mistakes.tell(row, "mue adjudication indicator", "it begins with none of 1, 2 and 3")
    if (first := seen.setdefault(code, row)) != row:
        mistakes.tell(row, "code", f"row {first} is about the same code")
    if mistakes.count > before:
        return None
    return LIMIT.pack(code, int(units), int(indicator))


def _code(row: int, column: str, cell: str, mistakes: Mistakes) -> bytes:
    code = cell.strip().upper()
    if not _CODE.fullmatch(code):
        mistakes.tell(row, column, "it is no code of five letters and digits")
    return code.encode("latin-1", "replace")


def _day(row: int, column: str, cell: str, mistakes: Mistakes) -> date | None:
    text = cell.strip()
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        mistakes.tell(row, column, "it is no day as YYYYMMDD")
        return None


def _day_of_year(row: int, column: str, cell: str, mistakes: Mistakes) -> date | None:
    """A day as YYYYDDD; None where the cell is empty."""
    text = cell.strip()
    if text in ("", "*"):
        return None
    try:
        if not _DAY_OF_YEAR.fullmatch(text):
            raise ValueError
        day = datetime.strptime(text, "%Y%j").date()
        if day.year != int(text[:4]):
            raise ValueError  # Day 366 of a year of 365.
        return day
    except ValueError:
        mistakes.tell(row, column, "it is no day as YYYYDDD, a year and a day of it")
        return None
