"""Writing a 276."""

from collections.abc import Sequence

from shared.x12.status_loops.model import StatusSet
from shared.x12.status_loops.write import write_sets
from shared.x12.writing import Header


def write_276(header: Header, requests: Sequence[StatusSet]) -> bytes:
    """One interchange with one ST per request; NotWritable, with loop and element, what a gate would send back."""
    return write_sets(header, requests, "276", sizes=True)


def rewrite_276(header: Header, requests: Sequence[StatusSet]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return write_sets(header, requests, "276", sizes=False)
