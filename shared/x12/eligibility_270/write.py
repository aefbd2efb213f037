"""Writing a 270: asking payers what coverages are worth."""

from collections.abc import Sequence

from shared.x12.dates import d8
from shared.x12.eligibility_270.model import Batch270, Inquiry270
from shared.x12.eligibility_loops.model import EligibilitySet
from shared.x12.eligibility_loops.write import place, write_sets
from shared.x12.writing import Header, Segments, interchange, transaction

VERSION = "005010X279A1"


def write_270(header: Header, batches: Sequence[Batch270]) -> bytes:
    """One interchange with one ST per batch; sources and receivers repeat only when they change.

    NotWritable, with loop and element, when data breaks out of its element, is too long or missing.
    """
    sets = [transaction("270", b.control, VERSION, _body(b)) for b in batches]
    return interchange(header, "HS", VERSION, sets)


def write_sets_270(header: Header, sets: Sequence[EligibilitySet]) -> bytes:
    """One interchange with one ST per set, each as `read_set_270` gives it; NotWritable as `write_270`."""
    return write_sets(header, sets, "270", sizes=True)


def rewrite_sets_270(header: Header, sets: Sequence[EligibilitySet]) -> bytes:
    """What was read, written again as it stood, whatever a gate would say of it; only delimiters are refused."""
    return write_sets(header, sets, "270", sizes=False)


def _body(b: Batch270) -> Segments:
    s = Segments(sizes=True, place=place)
    s.add("BHT", "0022", "13", b.reference, d8(b.on), b.hhmm)
    level = 0
    source = receiver = ("", "")
    source_level = receiver_level = 0
    for i in b.inquiries:
        if (i.payer_name, i.payer_id) != source or not level:
            source, receiver, level = (i.payer_name, i.payer_id), ("", ""), level + 1
            source_level, receiver_level = level, 0
            s.add("HL", str(level), "", "20", "1")
            s.add("NM1", "PR", "2", i.payer_name, "", "", "", "", "PI", i.payer_id)
        if (i.provider_name, i.provider_npi) != receiver or not receiver_level:
            receiver, level = (i.provider_name, i.provider_npi), level + 1
            receiver_level = level
            s.add("HL", str(level), str(source_level), "21", "1")
            s.add("NM1", "1P", "2", i.provider_name, "", "", "", "", "XX", i.provider_npi)
        level = _person(s, i, receiver_level, level + 1)
    return s


def _person(s: Segments, i: Inquiry270, parent: int, level: int) -> int:
    """The subscriber, and under it the dependent who is asked about; the last HL number used."""
    ids = ("MI", i.member_id) if i.member_id else ()
    s.add("HL", str(level), str(parent), "22", "1" if i.dependent else "0")
    if i.dependent is None:
        s.add("TRN", "1", i.trace, i.trace_origin)
    s.add("NM1", "IL", "1", i.last, i.first, "", "", "", *ids)
    if i.born_on:
        s.add("DMG", "D8", d8(i.born_on), i.sex)
    if i.dependent is not None:
        d = i.dependent
        s.add("HL", str(level + 1), str(level), "23", "0")
        s.add("TRN", "1", i.trace, i.trace_origin)
        s.add("NM1", "03", "1", d.last, d.first)
        if d.born_on:
            s.add("DMG", "D8", d8(d.born_on), d.sex)
        if d.relation:
            s.add("INS", "N", d.relation)
        level += 1
    if i.service_on and i.service_to:
        s.add("DTP", "291", "RD8", f"{d8(i.service_on)}-{d8(i.service_to)}")
    elif i.service_on:
        s.add("DTP", "291", "D8", d8(i.service_on))
    for code in i.service_types:
        s.add("EQ", code)
    return level
