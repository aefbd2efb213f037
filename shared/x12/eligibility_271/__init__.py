"""271 (005010X279A1): what a payer answers about a coverage, or why it does not (AAA)."""

from shared.x12.eligibility_271.model import Answer271, Benefit, Rejection
from shared.x12.eligibility_271.read import read_271, read_set_271
from shared.x12.eligibility_271.write import rewrite_sets_271, write_271, write_sets_271
from shared.x12.eligibility_loops.check import check_271

__all__ = [
    "Answer271",
    "Benefit",
    "Rejection",
    "check_271",
    "read_271",
    "read_set_271",
    "rewrite_sets_271",
    "write_271",
    "write_sets_271",
]
