"""How tables of code edits lie in the object folder: rows of one width in one order, looked up where they lie.

A real table of pairs has millions of rows; as objects of an interpreter they would take gigabytes.
"""

from datetime import date
from struct import Struct

PAIRS = b"PTP1"
"""How a file of procedure-to-procedure pairs begins. `PAIR`: column 1, column 2, first day, last day, modifier indicator."""
PAIR = Struct(">5s5sHHB")
ADD_ONS = b"AOC1"
"""How a file of add-on codes begins. Its rows are laid out as pairs: add-on code, primary code, first day, last day, type."""
CONTRACTORS = b"CCCCC"
"""In place of a primary code: whichever a payer takes."""
LIMITS = b"MUE1"
"""How a file of unit limits begins. `LIMIT`: code, units, MUE adjudication indicator."""
LIMIT = Struct(">5sIB")

FIRST_DAY = date(1990, 1, 1)
NO_LAST_DAY = 0xFFFF
"""Of a row that is not deleted."""


def day_number(day: date) -> int:
    """A day in 16 bits, by days since 1990; what is before is at its beginning, what is after 2169 at its end."""
    return min(max((day - FIRST_DAY).days, 0), NO_LAST_DAY - 1)
