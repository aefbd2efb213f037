"""What is wrong with a table that somebody hands in: all of it counted, the first of it told by row and column."""

from typing import Any, NamedTuple

from shared.errors import Malformed

MISTAKES_SHOWN = 50


class Mistake(NamedTuple):
    """What is wrong, and where: the line of the file, and the column by its name. The value is not quoted."""

    row: int
    column: str
    sentence: str


class Mistakes:
    """The mistakes of one file; a file of another kind has one in each of a million rows, and those are only counted."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[Mistake] = []

    def tell(self, row: int, column: str, sentence: str) -> None:
        """One more."""
        self.count += 1
        if len(self.shown) < MISTAKES_SHOWN:
            self.shown.append(Mistake(row, column, sentence))

    def judge(self) -> None:
        """Malformed where there is any; nothing is kept then."""
        if not self.count:
            return
        row, column, sentence = self.shown[0]
        where = f"row {row}" + (f", {column}" if column else "")
        refused = Malformed(
            f"{self.count:,} things are wrong with it and nothing is kept; first of {where}: {sentence}"
        )
        shown: list[dict[str, Any]] = [m._asdict() for m in self.shown]
        refused.more = {"mistakes": shown, "left_off": self.count - len(shown)}
        raise refused
