"""Reading a 278, request or response."""

from shared.x12.envelope import TransactionSet
from shared.x12.fields import el, padded
from shared.x12.findings import Finding
from shared.x12.inquiry_loops.model import Level
from shared.x12.inquiry_loops.read import InquiryReading, last, reference, refusal, trace
from shared.x12.services_278.model import (
    Asked,
    Decision,
    Event,
    Insurant,
    Patient,
    Requester,
    Review,
    Reviewed,
    Reviewer,
    Service,
    Wanted,
)

_DETAILS = ("CL1", "CR1", "CR2", "CR5", "CR6", "CRC", "HSD", "PWK", "SV3", "TOO")


class ReviewReading(InquiryReading):
    """A set as it is read."""

    structure = "0007"
    tags = (
        *InquiryReading.tags,
        *("AAA", "HCR", "HI", "INS", "MSG", "PRV", "SV1", "SV2", "UM"),
        *_DETAILS,
    )

    def __init__(self, one: TransactionSet) -> None:
        self.made = Review()
        super().__init__(one, self.made)
        self.patient: Patient | None = None
        self.review: Reviewed | None = None
        for tag in _DETAILS:
            setattr(self, tag.lower(), self.detail)

    def opened_level(self, code: str, place: int) -> Level | None:
        self.review = None
        if code == "EV":
            return self._event(place)
        if code == "SS":
            if self.patient is None:
                return None
            services = last(self.patient.events, Event).services
            services.append(Service(place=place))
            self.review = services[-1]
            return self.review
        self.patient = None
        if code == "20":
            self.made.reviewers.append(Reviewer(place=place))
            return self.made.reviewers[-1]
        requesters = last(self.made.reviewers, Reviewer).requesters
        if code == "21":
            requesters.append(Requester(place=place))
            return requesters[-1]
        subscribers = last(requesters, Requester).subscribers
        if code == "22":
            subscribers.append(Insurant(place=place))
            self.patient = subscribers[-1]
        elif code == "23":
            dependents = last(subscribers, Insurant).dependents
            dependents.append(Patient(place=place))
            self.patient = dependents[-1]
        return self.patient

    def _event(self, place: int) -> Event | None:
        if self.patient is None:
            return None
        made = Event(place=place)
        self.patient.events.append(made)
        self.review = made
        return made

    def trn(self, place: int, s: list[str]) -> bool:
        if self.review is None:
            return False
        self.review.traces.append(trace(s))
        return len(s) <= 5

    def um(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.review.asked is not None:
            return False
        own = self.verbatim(s)
        if own is None:
            return False
        own = padded(own, 5)
        where = padded(own[4].split(":"), 2)
        self.review.asked = Asked(own[1], own[2], own[3], where[0], where[1], own[5:])
        return len(where) <= 2

    def hcr(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.review.decision is not None:
            return False
        s = padded(s, 5)
        self.review.decision = Decision(s[1], s[2], s[3], s[4])
        return len(s) <= 5

    def sv1(self, place: int, s: list[str]) -> bool:
        return self._wanted(place, s, padded(s, 5), 1)

    def sv2(self, place: int, s: list[str]) -> bool:
        return self._wanted(place, s, padded(s, 6), 2)

    def _wanted(self, place: int, s: list[str], p: list[str], at: int) -> bool:
        """SV2 is an SV1 with a revenue code before it."""
        own, service = self.verbatim(s), self.review
        if not isinstance(service, Service) or service.wanted is not None or own is None:
            return False
        what = self.procedure(p[at]) if p[at] else None
        service.wanted = Wanted(
            s[0],
            what,
            p[1] if at == 2 else "",
            self.money_or_none(p[at + 1], place, at + 1),
            p[at + 2],
            self.quantity(p[at + 3], place, at + 3),
            own[at + 4 :],
        )
        return what is not None or not p[at]

    def detail(self, place: int, s: list[str]) -> bool:
        """A segment that is kept as it stands."""
        own = self.verbatim(s)
        if self.review is None or self.name is not None or own is None:
            return False
        self.review.details.append(own)
        return True

    def msg(self, place: int, s: list[str]) -> bool:
        if self.review is None or len(s) != 2:
            return False
        self.review.messages.append(s[1])
        return True

    def hi(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.name is not None:
            return super().hi(place, s)
        found = self.diagnoses(place, s)
        if found is None or self.review.diagnoses:
            return False
        self.review.diagnoses = found
        return True

    def ref(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.name is not None:
            return super().ref(place, s)
        self.review.references.append(reference(s))
        return len(s) <= 4

    def dtp(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.name is not None:
            return super().dtp(place, s)
        dated = self.dated(place, s)
        if dated is not None:
            self.review.dates.append(dated)
        return dated is not None

    def aaa(self, place: int, s: list[str]) -> bool:
        if self.review is None or self.name is not None:
            return super().aaa(place, s)
        self.review.refusals.append(refusal(s))
        return len(s) <= 5 and not el(s, 2)


def read_278(one: TransactionSet) -> tuple[Review, list[Finding]]:
    """A whole set, and what could not be read of it."""
    reading = ReviewReading(one)
    reading.run()
    return reading.made, reading.taker.findings
