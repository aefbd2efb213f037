"""Whether a 999 says of the group what it says of its sets."""

from shared.x12.ack_999.model import Ack999
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding

_ALL, _NONE = frozenset("AE"), frozenset("RMWX")


def check_999(ack: Ack999, one: TransactionSet) -> list[Finding]:
    """AK9 held against the IK5s: counts that cannot be, and a verdict that its own sets contradict."""
    place = next((n for n in range(one.count - 1, -1, -1) if one.tag(n) == "AK9"), -1)
    if place < 0:
        return []
    taken = sum(answered.accepted for answered in ack.sets)
    wrong: list[tuple[str, str]] = []
    if ack.accepted > ack.received:
        wrong.append(("AK904", "more sets are accepted than were received"))
    elif len(ack.sets) == ack.received and ack.accepted != taken and ack.code not in _NONE:
        wrong.append(
            ("AK904", "the count of accepted sets is not that of the sets that are listed")
        )
    if ack.code in _ALL and taken < len(ack.sets):
        wrong.append(("AK901", "the group is said to be accepted, and a set of it is rejected"))
    return [
        one.finding(place, sentence, severity="warning", element=element, rule="ack.contradicts")
        for element, sentence in wrong
    ]
