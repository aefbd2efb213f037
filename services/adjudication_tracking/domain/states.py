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
    "voided",
    "history",
    "forwarded",
]
STATES: frozenset[str] = frozenset(get_args(State))

ON_ITS_WAY = frozenset({"submitted", "received", "accepted"})
DECIDED = frozenset({"adjudicated", "next_payer", "settled"})
_BOUNCED = frozenset({"transport_rejected", "rejected"})
_UNDECIDED = ON_ITS_WAY | _BOUNCED | {"editing", "held"}
_BACK = frozenset({"correcting", "reversed"})
_VOID = frozenset({"voided"})
"""The payer took a void, or nobody has the claim: what comes of older attempts and decisions changes nothing any more."""

ALLOWED: dict[str, frozenset[str]] = {
    "": frozenset({"editing", "history", "adjudicated", "forwarded"}),
    # Nobody sent it from here; a person may still bill it when no answer comes.
    "forwarded": _UNDECIDED | {"adjudicated"},
    # An answer may overtake our own word that the attempt left.
    "editing": _UNDECIDED - {"editing"} | {"adjudicated"} | _VOID,
    # What never left is voided without anybody's answer.
    "held": frozenset({"editing", "adjudicated"}) | _VOID,
    "submitted": _UNDECIDED - {"submitted"} | {"adjudicated"} | _VOID,
    "received": frozenset({"accepted", "editing", "held", "adjudicated"}) | _BOUNCED | _VOID,
    "accepted": frozenset({"rejected", "editing", "held", "adjudicated"}) | _VOID,
    "transport_rejected": frozenset({"editing", "held", "adjudicated"}),
    # What was refused wherever it went is voided without anybody's answer, too.
    "rejected": frozenset({"editing", "held", "adjudicated"}) | _VOID,
    "adjudicated": frozenset({"settled", "next_payer"}) | _BACK | _VOID,
    "next_payer": frozenset({"settled", "adjudicated"}) | _BACK | _VOID,
    "settled": frozenset({"next_payer", "adjudicated"}) | _BACK | _VOID,
    "correcting": frozenset({"editing", "held", "adjudicated", "reversed"}) | _VOID,
    "reversed": frozenset({"editing", "held", "adjudicated", "correcting"}) | _VOID,
    "voided": frozenset({"editing", "held", "adjudicated"}),
    "history": frozenset({"adjudicated"}),
}
"""Which state may follow which (the claim's state machine); empty is a claim we never heard of."""

_PAST_THE_GATE = DECIDED | _BACK | _BOUNCED | _VOID | {"held"}
LATE: dict[str, frozenset[str]] = {
    "submitted": _PAST_THE_GATE | {"received", "accepted"},
    "received": _PAST_THE_GATE | {"accepted"},
    "accepted": _PAST_THE_GATE,
    "rejected": _PAST_THE_GATE,
    "transport_rejected": _PAST_THE_GATE | {"accepted"},
    "editing": DECIDED,
    "held": DECIDED,
    "reversed": _UNDECIDED | _VOID | {"history", "forwarded"},
    "correcting": _UNDECIDED | _VOID,
    "forwarded": _UNDECIDED | DECIDED | _BACK | _VOID | {"history"},
    "settled": _VOID,
    "next_payer": _VOID,
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
