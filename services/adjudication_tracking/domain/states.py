"""The states of a claim and how they follow each other; a late event appends and never rewinds."""

from typing import Literal, get_args

State = Literal[
    "editing",
    "held",
    "submitted",
    "transport_rejected",
    "received",
    "rejected",
    "accepted",
    "adjudicated",
    "next_payer",
    "correcting",
    "reversed",
    "settled",
    "history",
]
STATES: frozenset[str] = frozenset(get_args(State))

ALLOWED: dict[str, frozenset[str]] = {
    "": frozenset({"editing", "history", "adjudicated"}),
    "editing": frozenset({"held", "submitted"}),
    "held": frozenset({"editing", "submitted"}),
    "submitted": frozenset({"transport_rejected", "received", "rejected", "accepted", "adjudicated"}),
    "transport_rejected": frozenset({"editing", "submitted", "held", "adjudicated"}),
    "received": frozenset({"rejected", "accepted", "adjudicated", "transport_rejected"}),
    "rejected": frozenset({"editing", "submitted", "held", "adjudicated"}),
    "accepted": frozenset({"adjudicated", "rejected"}),
    "adjudicated": frozenset(
        {"settled", "next_payer", "correcting", "reversed", "adjudicated", "editing"}
    ),
    "next_payer": frozenset({"settled", "reversed", "adjudicated", "correcting"}),
    "correcting": frozenset(
        {"adjudicated", "submitted", "held", "editing", "rejected", "reversed", "received"}
    ),
    "reversed": frozenset({"adjudicated", "correcting"}),
    "settled": frozenset({"reversed", "correcting", "adjudicated", "next_payer"}),
    "history": frozenset({"adjudicated"}),
}
"""Which state may follow which (the claim's state machine); empty is a claim we never heard of."""

_RANK = {"submitted": 1, "received": 2, "accepted": 3}


def step(state: str, to: State) -> tuple[str, bool]:
    """(the state now, whether that was allowed). What comes late leaves the state as it is, which is allowed."""
    if state == to:
        return state, True
    late = to in _RANK and (_RANK.get(state, 9) > _RANK[to]) and state not in _RESTARTS
    if late or (state in _DECIDED and to in _BEFORE and to not in ALLOWED[state]):
        return state, True
    return (to, True) if to in ALLOWED[state] else (state, False)


_DECIDED = frozenset({"adjudicated", "next_payer", "settled"})
_BEFORE = frozenset({"editing", "held", "transport_rejected", "rejected"})
"""What is said of a claim before its payer decides; heard after the decision it is late, and rewinds nothing."""

_RESTARTS = frozenset(
    {"", "editing", "held", "transport_rejected", "rejected", "correcting", "reversed"}
)
"""States after which another attempt may be submitted."""
