"""Reading TA1s, which stand in an interchange outside any set."""

from shared.x12.ack_ta1.model import Ta1
from shared.x12.dates import day_or_none
from shared.x12.envelope import X12File
from shared.x12.fields import padded


def read_ta1(file: X12File) -> list[Ta1]:
    """Every TA1 of a file."""
    return [
        Ta1(s[1], s[4], s[5], day_or_none("20" + s[2]), s[3])
        for one in file.interchanges
        for s in (padded(loose, 6) for loose in one.loose)
        if s[0] == "TA1"
    ]
