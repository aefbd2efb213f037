"""270 (005010X279A1): asking a payer what a coverage is worth."""

from shared.x12.eligibility_270.model import Batch270, Dependent, Inquiry270
from shared.x12.eligibility_270.read import read_270, read_set_270
from shared.x12.eligibility_270.write import rewrite_sets_270, write_270, write_sets_270
from shared.x12.eligibility_loops.check import check_270

__all__ = [
    "Batch270",
    "Dependent",
    "Inquiry270",
    "check_270",
    "read_270",
    "read_set_270",
    "rewrite_sets_270",
    "write_270",
    "write_sets_270",
]
