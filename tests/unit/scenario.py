"""Given events, when a command, then events: how every decision of every service is tested."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from shared.errors import Refused
from shared.service import Decider, Say


def fold(decider: Decider, given: Iterable[Any]) -> Any:
    """The state after these events, in this order."""
    state: Any = None
    for event in given:
        state = decider.evolve(state, event)
    return state


def said(decider: Decider, given: Iterable[Any], when: Any, book: Any = None) -> list[Any]:
    """What the decision says; an event of the own stream without its Say around it."""
    answers = decider.decide(when, fold(decider, given), book)
    return [_plain(answer) for answer in answers]


def scenario(
    decider: Decider,
    *,
    given: Iterable[Any] = (),
    when: Any,
    then: Sequence[Any],
    book: Any = None,
) -> None:
    """The command, after these events, says exactly these events (`to(stream, event)` for other streams)."""
    assert said(decider, given, when, book) == [_plain(answer) for answer in then]


def refused(decider: Decider, given: Iterable[Any], when: Any, book: Any = None) -> str:
    """The command, after these events, is refused; the sentence a person gets."""
    with pytest.raises(Refused) as no:
        list(decider.decide(when, fold(decider, given), book))
    return str(no.value)


def _plain(answer: Any) -> Any:
    """Scopes, dates and sources are compared only where a test asks for them."""
    if not isinstance(answer, Say):
        return answer
    return answer.event if answer.stream is None else (answer.stream, answer.event)
