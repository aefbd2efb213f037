"""Reading a 277 (X212); the 277CA (X214) has a folder of its own."""

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.status_loops.model import StatusSet
from shared.x12.status_loops.read import read_status


def read_277(one: TransactionSet) -> tuple[StatusSet, list[Finding]]:
    """The answers of a set and what could not be read of them."""
    reading = read_status(one)
    return reading.made, reading.taker.findings
