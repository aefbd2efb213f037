"""Writing a 276 or a 277."""

from collections.abc import Sequence

from shared.x12.dates import d8
from shared.x12.inquiry_loops.model import Trace, shown
from shared.x12.inquiry_loops.write import LevelWriting, places, procedure
from shared.x12.money import amount
from shared.x12.status_loops.model import (
    Patient,
    Payer,
    Receiver,
    Status,
    StatusClaim,
    StatusCode,
    StatusLine,
    StatusSet,
)
from shared.x12.writing import Header, NotWritable, composite, interchange, transaction

VERSION = "005010X212"
place = places(
    {"20": "A", "21": "B", "19": "C", "22": "D", "23": "E"}, "2100", {"TRN": "2200", "SVC": "2220"}
)


def write_sets(header: Header, sets: Sequence[StatusSet], set_id: str, *, sizes: bool) -> bytes:
    """One interchange with one ST per set; with `sizes` what does not fit its element is refused."""
    group = {"276": "HR", "277": "HN"}[set_id]
    written = [transaction(set_id, one.control, VERSION, _body(one, sizes)) for one in sets]
    return interchange(header, group, VERSION, written)


def _body(one: StatusSet, sizes: bool) -> LevelWriting:
    s = LevelWriting("0010", one, place, sizes=sizes)
    for payer in one.payers:
        _payer(s, payer)
    return s


def _payer(s: LevelWriting, payer: Payer) -> None:
    top = s.level(0, "20", payer.receivers)
    s.names(payer.names)
    for receiver in payer.receivers:
        _receiver(s, receiver, top)


def _receiver(s: LevelWriting, receiver: Receiver, parent: int) -> None:
    middle = s.level(parent, "21", receiver.providers)
    s.names(receiver.names)
    _whole(s, receiver.trace, receiver.statuses)
    for provider in receiver.providers:
        number = s.level(middle, "19", provider.subscribers)
        s.names(provider.names)
        _whole(s, provider.trace, provider.statuses)
        for subscriber in provider.subscribers:
            mine = s.level(number, "22", subscriber.dependents)
            _person(s, subscriber)
            for patient in subscriber.dependents:
                s.level(mine, "23", (), leaf="")
                _person(s, patient)


def _whole(s: LevelWriting, trace: Trace | None, statuses: Sequence[Status]) -> None:
    if trace is not None:
        s.trace(trace)
    _statuses(s, statuses)


def _person(s: LevelWriting, patient: Patient) -> None:
    for name in patient.names:
        s.birth(name)
        s.name(name, birth=False)
    for claim in patient.claims:
        _claim(s, claim)


def _claim(s: LevelWriting, c: StatusClaim) -> None:
    s.trace(c.trace)
    _statuses(s, c.statuses)
    s.references(c.references)
    if c.charge_cents is not None:
        s.add("AMT", "T3", amount(c.charge_cents))
    s.dates(c.dates)
    for line in c.lines:
        _line(s, line)


def _line(s: LevelWriting, x: StatusLine) -> None:
    paid = amount(x.paid_cents) if x.paid_cents is not None else ""
    units = ("", "", shown(x.units)) if x.units is not None else ()
    s.raw("SVC", procedure(x.procedure), amount(x.charge_cents), paid, x.revenue_code, *units)
    _statuses(s, x.statuses)
    s.references(x.references)
    s.dates(x.dates)


def _statuses(s: LevelWriting, statuses: Sequence[Status]) -> None:
    for x in statuses:
        if len(x.codes) > 3:
            raise NotWritable("a status has more than three codes")
        first, second, third = [*map(_code, x.codes), "", "", ""][:3]
        days = [d8(day) if day is not None else "" for day in (x.on, x.decided_on, x.check_on)]
        money = [amount(c) if c is not None else "" for c in (x.charge_cents, x.paid_cents)]
        paid_by = (days[1], x.method, days[2], x.check_number)
        s.raw("STC", first, days[0], x.action, *money, *paid_by, second, third, x.message)


def _code(code: StatusCode) -> str:
    return composite(code.category, code.code, code.entity, code.list_kind)
