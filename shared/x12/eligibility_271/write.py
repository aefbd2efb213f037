"""Writing a 271, as a payer answers."""

from collections.abc import Sequence

from shared.x12.dates import d8
from shared.x12.eligibility_271.model import Answer271, Benefit, Rejection
from shared.x12.eligibility_loops.model import EligibilitySet
from shared.x12.eligibility_loops.write import place, write_sets
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, repeated, transaction

VERSION = "005010X279A1"
ORIGIN = "9CLAIMLOG1"


def write_271(header: Header, control: str, reference: str, answers: Sequence[Answer271]) -> bytes:
    """One interchange, one ST, as a payer answers; NotWritable, with loop and element, what a gate would send back."""
    s = Segments(sizes=True, place=place)
    s.add("BHT", "0022", "11", reference, d8(header.on), header.hhmm)
    level = 0
    source = receiver = ("", "")
    source_level = receiver_level = 0
    for a in answers:
        if (a.payer_name, a.payer_id) != source or not level:
            source, receiver, level = (a.payer_name, a.payer_id), ("", ""), level + 1
            source_level, receiver_level = level, 0
            s.add("HL", str(level), "", "20", "1")
            s.add("NM1", "PR", "2", a.payer_name, "", "", "", "", "PI", a.payer_id)
            _aaa(s, a.rejections, "2000A", "2100A")
        if (a.provider_name, a.provider_npi) != receiver or not receiver_level:
            receiver, level = (a.provider_name, a.provider_npi), level + 1
            receiver_level = level
            s.add("HL", str(level), str(source_level), "21", "1")
            s.add("NM1", "1P", "2", a.provider_name, "", "", "", "", "XX", a.provider_npi)
            _aaa(s, a.rejections, "2100B")
        level = _person(s, a, receiver_level, level + 1)
    return interchange(header, "HB", VERSION, [transaction("271", control, VERSION, s)])


def write_sets_271(header: Header, sets: Sequence[EligibilitySet]) -> bytes:
    """One interchange with one ST per set, each as `read_set_271` gives it; NotWritable as `write_271`."""
    return write_sets(header, sets, "271", sizes=True)


def rewrite_sets_271(header: Header, sets: Sequence[EligibilitySet]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return write_sets(header, sets, "271", sizes=False)


def _aaa(s: Segments, rejections: Sequence[Rejection], *loops: str) -> None:
    for r in rejections:
        if r.loop in loops:
            s.add("AAA", "N", "", r.reason, r.follow_up)


def _person(s: Segments, a: Answer271, parent: int, level: int) -> int:
    ids = ("MI", a.member_id) if a.member_id else ()
    s.add("HL", str(level), str(parent), "22", "1" if a.dependent else "0")
    if a.dependent:
        s.add("NM1", "IL", "1", "", "", "", "", "", *ids)
        level += 1
        s.add("HL", str(level), str(level - 1), "23", "0")
    s.add("TRN", "2", a.trace, ORIGIN)
    if a.dependent:
        s.add("NM1", "03", "1", a.last, a.first)
    else:
        s.add("NM1", "IL", "1", a.last, a.first, "", "", "", *ids)
    if a.group_number:
        s.add("REF", "6P", a.group_number)
    _aaa(s, a.rejections, "2100C", "2100D", "")
    if a.born_on:
        s.add("DMG", "D8", d8(a.born_on), a.sex)
    if a.plan_from and a.plan_to:
        s.add("DTP", "291", "RD8", f"{d8(a.plan_from)}-{d8(a.plan_to)}")
    elif a.plan_from:
        s.add("DTP", "346", "D8", d8(a.plan_from))
    for b in a.benefits:
        _eb(s, b)
    return level


def _eb(s: Segments, b: Benefit) -> None:
    fraction = ""
    if b.basis_points is not None:
        whole, rest = divmod(b.basis_points, 10_000)
        fraction = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    s.raw(
        *("EB", b.code, b.level),
        repeated(*b.service_types),
        *(b.insurance_type, b.plan, b.period),
        amount(b.cents) if b.cents is not None else "",
        fraction,
        *(b.quantity_kind, b.quantity, b.authorization, b.in_network),
        composite("HC", b.procedure) if b.procedure else "",
    )
    for message in b.messages:
        s.add("MSG", message)
    for detail in b.details:
        s.add(*detail)
