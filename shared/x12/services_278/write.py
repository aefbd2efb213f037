"""Writing a 278, request or response, in the order of the guide."""

from collections.abc import Sequence

from shared.x12.inquiry_loops.model import shown
from shared.x12.inquiry_loops.write import LevelWriting, places, procedure
from shared.x12.money import amount
from shared.x12.services_278.model import Event, Patient, Review, Reviewed, Wanted
from shared.x12.writing import Header, composite, interchange, transaction

VERSION = "005010X217"
place = places({"20": "A", "21": "B", "22": "C", "23": "D", "EV": "E", "SS": "F"}, "2010", {})


def write_278(header: Header, reviews: Sequence[Review]) -> bytes:
    """One interchange with one ST per request or response; NotWritable, with loop and element, what a gate would send back."""
    return _written(header, reviews, sizes=True)


def rewrite_278(header: Header, reviews: Sequence[Review]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return _written(header, reviews, sizes=False)


def _written(header: Header, reviews: Sequence[Review], *, sizes: bool) -> bytes:
    written = [transaction("278", one.control, VERSION, _body(one, sizes)) for one in reviews]
    return interchange(header, "HI", VERSION, written)


def _body(one: Review, sizes: bool) -> LevelWriting:
    s = LevelWriting("0007", one, place, sizes=sizes)
    for reviewer in one.reviewers:
        top = s.level(0, "20", reviewer.requesters)
        s.refusals(reviewer.refusals)
        s.names(reviewer.names)
        for requester in reviewer.requesters:
            middle = s.level(top, "21", requester.subscribers)
            s.refusals(requester.refusals)
            s.names(requester.names)
            for subscriber in requester.subscribers:
                mine = s.level(middle, "22", [*subscriber.dependents, *subscriber.events])
                _patient(s, subscriber, mine)
                for dependent in subscriber.dependents:
                    _patient(s, dependent, s.level(mine, "23", dependent.events))
    return s


def _patient(s: LevelWriting, p: Patient, number: int) -> None:
    s.refusals(p.refusals)
    s.names(p.names)
    for event in p.events:
        _event(s, event, number)


def _event(s: LevelWriting, e: Event, parent: int) -> None:
    number = s.level(parent, "EV", e.services)
    _reviewed(s, e, None)
    for service in e.services:
        s.level(number, "SS", ())
        _reviewed(s, service, service.wanted)


def _reviewed(s: LevelWriting, r: Reviewed, wanted: Wanted | None) -> None:
    for trace in r.traces:
        s.trace(trace)
    s.refusals(r.refusals)
    if r.asked is not None:
        a = r.asked
        where = composite(a.facility, a.facility_kind)
        s.add("UM", a.category, a.certification, a.service_type, where, *a.more)
    if r.decision is not None:
        d = r.decision
        s.add("HCR", d.action, d.number, d.reason, d.second_opinion)
    s.references(r.references)
    s.dates(r.dates)
    s.diagnoses(r.diagnoses)
    if wanted is not None:
        _wanted(s, wanted)
    for detail in r.details:
        s.as_it_stood(detail)
    for message in r.messages:
        s.add("MSG", message)
    s.names(r.names)


def _wanted(s: LevelWriting, w: Wanted) -> None:
    what = procedure(w.procedure) if w.procedure is not None else ""
    before = (w.revenue_code,) if w.kind == "SV2" else ()
    cents = amount(w.cents) if w.cents is not None else ""
    count = shown(w.quantity) if w.quantity is not None else ""
    s.add(w.kind, *before, what, cents, w.unit, count, *w.more)
