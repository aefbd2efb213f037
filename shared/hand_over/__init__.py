"""Files that leave exactly once: built, staged, renamed into the outbound folder, stated as a fact.

Of a row's ready files only the one counts whose name is committed as staged. A rename takes it away
for good, so `staged and gone` means handed over, whichever process did it and wherever it died.
"""

from shared.hand_over.handing import Handing
from shared.hand_over.rows import hand_over_schema, hold_all, rows_for

__all__ = ["Handing", "hand_over_schema", "hold_all", "rows_for"]
