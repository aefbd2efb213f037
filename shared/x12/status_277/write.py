"""Writing a 277, as a payer does."""

from collections.abc import Sequence

from shared.x12.status_loops.model import StatusSet
from shared.x12.status_loops.write import write_sets
from shared.x12.writing import Header


def write_277(header: Header, responses: Sequence[StatusSet]) -> bytes:
    """One interchange with one ST per response; NotWritable, with loop and element, what a gate would send back."""
    return write_sets(header, responses, "277", sizes=True)


def rewrite_277(header: Header, responses: Sequence[StatusSet]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return write_sets(header, responses, "277", sizes=False)
