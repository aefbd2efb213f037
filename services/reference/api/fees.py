"""A fee schedule as somebody hands it in: CSV, read whole, with everything that is wrong told by row and column."""

import csv
import io
import re
from collections.abc import Callable, Iterator

import msgspec

from contracts.reference import FeeRate
from services.reference.api.mistakes import Mistake, Mistakes
from shared.errors import Malformed

RATES_AT_MOST = 50_000
COLUMNS = ("procedure", "modifiers", "allowed_cents", "basis_points")
_PROCEDURE = re.compile(r"[0-9A-Z]{2,10}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_WHOLE = re.compile(r"[0-9]{1,11}")
MOST_CENTS, MOST_BASIS_POINTS = 10**10, 10_000


Key = tuple[str, frozenset[str]]
Tell = Callable[[str, str], None]


def rates_of(data: bytes) -> tuple[bytes, int]:
    """The file that is kept of what was handed in, and how many rates it has. Malformed."""
    rates = read_rates(data)
    return msgspec.json.encode(rates), len(rates)


def read_rates(data: bytes) -> list[FeeRate]:
    """The rates in one order; Malformed with all mistakes, the first fifty of them by row and column."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("a fee schedule is CSV in UTF-8") from None
    rates: dict[Key, FeeRate] = {}
    mistakes = Mistakes()
    for mistake in _read(text, rates):
        mistakes.tell(*mistake)
    if not rates and not mistakes.count:
        mistakes.tell(1, "", "it has no rate")
    mistakes.judge()
    return [rates[key] for key in sorted(rates, key=lambda key: (key[0], sorted(key[1])))]


def _read(text: str, rates: dict[Key, FeeRate]) -> Iterator[Mistake]:
    """Fills `rates`; a later row about the same procedure and modifiers is a mistake."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    seen: dict[Key, int] = {}
    try:
        names = [cell.strip().lower() for cell in next(rows, [])]
        if wrong := [*_header(names)]:
            yield from wrong
            return
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(seen) == RATES_AT_MOST:
                yield Mistake(
                    rows.line_num, "", f"a fee schedule has at most {RATES_AT_MOST:,} rates"
                )
                return
            found: list[Mistake] = []
            rate = _rate(rows.line_num, names, cells, found)
            yield from found
            if rate is None:
                continue
            key = rate.procedure, frozenset(rate.modifiers)
            if (before := seen.setdefault(key, rows.line_num)) != rows.line_num:
                yield Mistake(
                    rows.line_num,
                    "procedure",
                    f"row {before} is about the same procedure and modifiers",
                )
            rates[key] = rate
    except csv.Error:
        yield Mistake(rows.line_num, "", "it is not CSV from here on")


def _header(names: list[str]) -> Iterator[Mistake]:
    for place, name in enumerate(names, 1):
        if name not in COLUMNS:
            yield Mistake(1, f"column {place}", f"it is called none of {', '.join(COLUMNS)}")
        elif name in names[: place - 1]:
            yield Mistake(1, f"column {place}", f"{name} is there twice")
    if "procedure" not in names or not {"allowed_cents", "basis_points"}.intersection(names):
        yield Mistake(
            1,
            "",
            "the first row names the columns: procedure, modifiers, and allowed_cents or basis_points",
        )


def _rate(row: int, names: list[str], cells: list[str], mistakes: list[Mistake]) -> FeeRate | None:
    def tell(column: str, sentence: str) -> None:
        mistakes.append(Mistake(row, column, sentence))

    if len(cells) != len(names):
        tell("", f"it has {len(cells)} cells and the first row {len(names)}")
        return None
    said = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    procedure = said["procedure"].upper()
    if not _PROCEDURE.fullmatch(procedure):
        tell("procedure", "it is no procedure code of 2 to 10 letters and digits")
    modifiers = tuple(sorted(said.get("modifiers", "").upper().split()))
    if (
        len(set(modifiers)) != len(modifiers)
        or len(modifiers) > 2
        or not all(map(_MODIFIER.fullmatch, modifiers))
    ):
        tell(
            "modifiers",
            "they are at most two different ones of two letters or digits, with a blank between them",
        )
    cents = _number(said.get("allowed_cents", ""), "allowed_cents", 0, MOST_CENTS, tell)
    points = _number(said.get("basis_points", ""), "basis_points", 1, MOST_BASIS_POINTS, tell)
    if not mistakes and (cents is None) == (points is None):
        tell("allowed_cents", "a rate is either cents for one unit, or basis points of the charge")
    if mistakes:
        return None
    return FeeRate(
        procedure=procedure, modifiers=modifiers, allowed_cents=cents, basis_points=points
    )


def _number(cell: str, column: str, least: int, most: int, tell: Tell) -> int | None:
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell) or not least <= int(cell) <= most:
        tell(
            column,
            f"it is no whole number from {least} to {most:,}: amounts are cents, without a point",
        )
        return None
    return int(cell)
