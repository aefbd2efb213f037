"""Writing a whole 270 or 271, in the order of the guide."""

from collections.abc import Sequence
from decimal import Decimal

from shared.x12.eligibility_loops.model import Benefit, EligibilitySet, Inquiry, Person
from shared.x12.inquiry_loops.model import shown
from shared.x12.inquiry_loops.write import LevelWriting, places, procedure
from shared.x12.money import amount
from shared.x12.writing import Header, composite, interchange, repeated, transaction

VERSION = "005010X279A1"
place = places(
    {"20": "A", "21": "B", "22": "C", "23": "D"}, "2100", {"EQ": "2110", "EB": "2110", "LS": "2120"}
)


def write_sets(
    header: Header, sets: Sequence[EligibilitySet], set_id: str, *, sizes: bool
) -> bytes:
    """One interchange with one ST per set; with `sizes` what does not fit its element is refused."""
    group = {"270": "HS", "271": "HB"}[set_id]
    written = [transaction(set_id, one.control, VERSION, _body(one, sizes)) for one in sets]
    return interchange(header, group, VERSION, written)


def _body(one: EligibilitySet, sizes: bool) -> LevelWriting:
    s = LevelWriting("0022", one, place, sizes=sizes)
    for source in one.sources:
        top = s.level(0, "20", source.receivers)
        s.refusals(source.refusals)
        s.names(source.names)
        for receiver in source.receivers:
            middle = s.level(top, "21", receiver.subscribers)
            s.refusals(receiver.refusals)
            s.names(receiver.names)
            for subscriber in receiver.subscribers:
                mine = s.level(middle, "22", subscriber.dependents)
                _person(s, subscriber)
                for dependent in subscriber.dependents:
                    s.level(mine, "23", ())
                    _person(s, dependent)
    return s


def _person(s: LevelWriting, p: Person) -> None:
    for trace in p.traces:
        s.trace(trace)
    s.refusals(p.refusals)
    s.names(p.names)
    for inquiry in p.inquiries:
        _inquiry(s, inquiry)
    for benefit in p.benefits:
        _benefit(s, benefit)


def _inquiry(s: LevelWriting, i: Inquiry) -> None:
    what = procedure(i.procedure) if i.procedure is not None else ""
    types = repeated(*i.service_types)
    s.add("EQ", types, what, i.level, i.insurance_type, composite(*i.pointers))
    for kind, cents in i.amounts:
        s.add("AMT", kind, amount(cents))
    for nature in i.natures:
        s.as_it_stood(("III", *nature))
    s.references(i.references)
    s.dates(i.dates)


def _benefit(s: LevelWriting, b: Benefit) -> None:
    s.add(
        *("EB", b.code, b.level, repeated(*b.service_types), b.insurance_type, b.plan, b.period),
        *(amount(b.cents) if b.cents is not None else "", _shown(b.share)),
        *(b.quantity_kind, _shown(b.quantity), b.authorization, b.in_network),
        *(procedure(b.procedure) if b.procedure is not None else "", composite(*b.pointers)),
    )
    for delivery in b.deliveries:
        s.as_it_stood(("HSD", *delivery))
    s.references(b.references)
    s.dates(b.dates)
    s.refusals(b.refusals)
    for message in b.messages:
        s.add("MSG", message)
    for nature in b.natures:
        s.as_it_stood(("III", *nature))
    if b.others:
        s.add("LS", "2120")
        s.names(b.others)
        s.add("LE", "2120")


def _shown(quantity: Decimal | None) -> str:
    return "" if quantity is None else shown(quantity)
