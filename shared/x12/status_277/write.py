"""Writing a 277, as a payer does."""

from collections.abc import Sequence

from shared.x12.status_loops.model import StatusSet
from shared.x12.status_loops.write import write_sets
from shared.x12.writing import Header


def write_277(header: Header, responses: Sequence[StatusSet]) -> bytes:
    """One interchange with one ST per response."""
    return write_sets(header, responses, "277", "HN")
