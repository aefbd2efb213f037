"""Which answer belongs to which question: TRN*2 of the 277 is TRN*1 of the 276."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.x12.status_loops.model import Asked, Status, StatusSet


@dataclass(slots=True)
class Answered:
    """A question with its answers: a payer names every claim that fits.

    `statuses` are those with which the payer answered its provider, or the whole request, instead.
    """

    asked: Asked
    answers: list[Asked] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether nothing was answered, at no level."""
        return not self.answers and not self.statuses


@dataclass(slots=True)
class Matching:
    """All questions in their order, and answers to what nobody asked."""

    questions: list[Answered]
    strange: list[Asked]


def match_277(request: StatusSet, responses: Sequence[StatusSet]) -> Matching:
    """Questions and answers side by side; a payer may answer in several sets."""
    by_trace: dict[str, list[Asked]] = defaultdict(list)
    for response in responses:
        for answer in response.claims():
            by_trace[_key(answer.claim.trace.number)].append(answer)
    questions = []
    for asked in request.claims():
        found = by_trace.get(_key(asked.claim.trace.number), [])
        statuses = [] if found else _above(asked, request, responses)
        questions.append(Answered(asked, found, statuses))
    traces = {_key(q.asked.claim.trace.number) for q in questions}
    strange = [a for key, found in by_trace.items() if key not in traces for a in found]
    return Matching(questions, strange)


def _key(number: str) -> str:
    return number.strip().upper()


def _above(asked: Asked, request: StatusSet, responses: Sequence[StatusSet]) -> list[Status]:
    """What was said of the whole request, whose TRN*2 is our BHT03, or of the claim's provider, by its id."""
    found: list[Status] = []
    for response in responses:
        for payer in response.payers:
            for receiver in payer.receivers:
                if receiver.trace and _key(receiver.trace.number) == _key(request.reference):
                    found += receiver.statuses
        for _, _, provider in response.providers():
            if provider.name.id and provider.name.id == asked.provider.name.id:
                found += provider.statuses
    return found
