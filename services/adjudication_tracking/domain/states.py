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
    "forwarded",
]
STATES: frozenset[str] = frozenset(get_args(State))

ON_ITS_WAY = frozenset({"submitted", "received", "accepted"})
DECIDED = frozenset({"adjudicated", "next_payer", "settled"})
_BOUNCED = frozenset({"transport_rejected", "rejected"})
_UNDECIDED = ON_ITS_WAY | _BOUNCED | {"editing", "held"}
_BACK = frozenset({"correcting", "reversed"})

ALLOWED: dict[str, frozenset[str]] = {
    "": frozenset({"editing", "history", "adjudicated", "forwarded"}),
    # Nobody sent it from here; a person may still bill it when no answer comes.
    "forwarded": _UNDECIDED | {"adjudicated"},
    # An answer may overtake our own word that the attempt left.
    "editing": _UNDECIDED - {"editing"} | {"adjudicated"},
    "held": frozenset({"editing", "adjudicated"}),
    "submitted": _UNDECIDED - {"submitted"} | {"adjudicated"},
    "received": frozenset({"accepted", "editing", "held", "adjudicated"}) | _BOUNCED,
    "accepted": frozenset({"rejected", "editing", "held", "adjudicated"}),
    "transport_rejected": frozenset({"editing", "held", "adjudicated"}),
    "rejected": frozenset({"editing", "held", "adjudicated"}),
    "adjudicated": frozenset({"settled", "next_payer"}) | _BACK,
    "next_payer": frozenset({"settled", "adjudicated"}) | _BACK,
    "settled": frozenset({"next_payer", "adjudicated"}) | _BACK,
    "correcting": frozenset({"editing", "held", "adjudicated", "reversed"}),
    "reversed": frozenset({"editing", "held", "adjudicated", "correcting"}),
    "history": frozenset({"adjudicated"}),
}
"""Which state may follow which (the claim's state machine); empty is a claim we never heard of."""

_PAST_THE_GATE = DECIDED | _BACK | _BOUNCED | {"held"}
LATE: dict[str, frozenset[str]] = {
    "submitted": _PAST_THE_GATE | {"received", "accepted"},
    "received": _PAST_THE_GATE | {"accepted"},
    "accepted": _PAST_THE_GATE,
    "rejected": _PAST_THE_GATE,
    "transport_rejected": _PAST_THE_GATE | {"accepted"},
    "editing": DECIDED,
    "held": DECIDED,
    "reversed": _UNDECIDED | {"history", "forwarded"},
    "correcting": _UNDECIDED,
    "forwarded": _UNDECIDED | DECIDED | _BACK | {"history"},
}
"""To which states what comes late may call, by the states it then leaves alone: all of it is lawful traffic.

A gate's word on an attempt that bounced, is held or is decided; a reversal, or a wish to correct, of an older
decision while a later attempt is on its way.
"""


def step(state: str, to: State) -> tuple[str, bool]:
    """(the state now, whether that was allowed). What comes late leaves the state as it is, which is allowed."""
    if state == to or state in LATE.get(to, frozenset()):
        return state, True
    return (to, True) if to in ALLOWED[state] else (state, False)
