"""278: what a provider asks and what a payer decides; nothing is dropped, and what is wrong is named."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from shared.x12 import Finding, TransactionSet, kind_of, read_file
from shared.x12.inquiry_loops.model import (
    Dated,
    Diagnosis,
    Name,
    Procedure,
    Reference,
    Refusal,
    Trace,
)
from shared.x12.services_278 import (
    Asked,
    Decision,
    Event,
    Insurant,
    Patient,
    Requester,
    Review,
    Reviewer,
    Service,
    Wanted,
    check_278,
    read_278,
    rewrite_278,
    write_278,
)
from shared.x12.writing import NotWritable
from tests.x12.canonical import canonical
from tests.x12.made import DAY, HEADER, NPI
from tests.x12.strategies_278 import reviews

HEAD = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLAIMLOG       *260105*0800*^*00501*"
    "000000001*0*T*:~GS*HI*PAYER*CLAIMLOG*20260105*0800*1*X*005010X217~ST*278*0001*005010X217~"
)
ASKS = "BHT*0007*13*R1*20260105*0800*RU~"
ABOVE = (
    "HL*1**20*1~NM1*X3*2*REVIEW ORG*****PI*SYN01~HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1999999984~"
    "PER*IC*OFFICE*TE*5550100001~HL*3*2*22*1~NM1*IL*1*ZZTESTA*QUINN****MI*XX000~DMG*D8*19800203*F~"
)
STAY = (
    "HL*4*3*EV*1~TRN*1*T1*9000000001~UM*AR*I*2*21:B**03~DTP*435*D8*20260110~HI*ABK:M1611~"
    "HSD*DY*3~CL1*2*1~MSG*PLEASE~NM1*FA*2*HOSPITAL*****XX*1999999984~HL*5*4*SS*0~UM*HS*I~"
    "DTP*472*RD8*20260110-20260112~SV2*0120**300.5*DA*3~HL*6*4*SS*0~SV1*HC:27130:RT*1000*UN*1*21~"
)


def set_of(body: str) -> TransactionSet:
    count = body.count("~") + 2
    return next(read_file(f"{HEAD}{body}SE*{count}*0001~GE*1*1~IEA*1*000000001~".encode()).sets())


def request(**changes: object) -> Review:
    """Five visits asked for a child."""
    wanted = Wanted("SV1", Procedure("HC", "97110"), "", 50_000, "UN", Decimal(5))
    service = Service(
        traces=[Trace("T1-1", "9000000001")], wanted=wanted, dates=[Dated("472", DAY)]
    )
    event = Event(traces=[Trace("T1", "9000000001")], asked=Asked("HS", "I", "AG", "11", "B"))
    event.diagnoses, event.services = [Diagnosis("ABK", "M1611")], [service]
    child = Patient([Name("QC", "ZZTESTA", "ROBIN", born_on=DAY, sex="U")], events=[event])
    parent = Insurant([Name("IL", "ZZTESTA", "QUINN", "XX000", "MI")], dependents=[child])
    clinic = Requester([Name("1P", "CLINIC", "", NPI, "XX", "2")], subscribers=[parent])
    payer = Reviewer([Name("X3", "REVIEW ORG", "", "SYN01", "PI", "2")], requesters=[clinic])
    made = Review("0001", "R1", DAY, "0800", "13", "RU", reviewers=[payer])
    for name, value in changes.items():
        setattr(event, name, value)
    return made


def judged(made: Review) -> list[Finding]:
    (one,) = read_file(rewrite_278(HEADER, [made])).sets()
    back, findings = read_278(one)
    assert findings == []
    return check_278(back, one)


def errors(found: list[Finding]) -> list[str]:
    return [f"{f.loop} {f.element}" for f in found if f.severity == "error"]


@settings(max_examples=40, deadline=None)
@given(reviews)
def test_a_278_reads_back_as_it_was(model: Review) -> None:
    data = rewrite_278(HEADER, [model])
    (one,) = read_file(data).sets()
    back, findings = read_278(one)
    assert (back, findings) == (model, [])
    assert rewrite_278(HEADER, [back]) == data


def test_a_stay_that_is_asked_for_is_kept_whole_and_written_again() -> None:
    one = set_of(ASKS + ABOVE + STAY)
    made, findings = read_278(one)
    assert (kind_of(one), findings) == ("278", [])
    (again,) = read_file(write_278(HEADER, [made])).sets()
    assert canonical(again) == canonical(one)
    (event,) = made.events()
    assert event.asked == Asked("AR", "I", "2", "21", "B", ["", "03"])
    bed, hip = (service.wanted for service in event.services)
    assert bed is not None and hip is not None
    assert (bed.revenue_code, bed.cents, bed.quantity) == ("0120", 30_050, Decimal(3))
    assert (hip.procedure, hip.more) == (Procedure("HC", "27130", ["RT"]), ["21"])
    assert errors(check_278(made, one)) == []


@pytest.mark.parametrize("purpose", ["01", "13", "36"])
def test_every_purpose_that_the_guide_has_for_a_request_is_judged_sound(purpose: str) -> None:
    made = request()
    made.purpose = purpose
    assert errors(judged(made)) == []


def test_a_request_for_a_child_is_judged_sound() -> None:
    assert errors(judged(request())) == []


def test_a_response_with_its_decision_is_judged_sound() -> None:
    made = request(decision=Decision("A1", "AUTH1"), references=[Reference("BB", "AUTH1")])
    made.purpose = "11"
    assert made.answers
    assert errors(judged(made)) == []


def test_a_refused_request_is_answered_without_a_decision() -> None:
    made = request(refusals=[Refusal("33", "C")], asked=None, services=[])
    made.purpose = "11"
    assert errors(judged(made)) == []


BROKEN = {
    "an event that asks nothing": ({"asked": None}, "13", "2000E UM"),
    "an unknown kind of review": ({"asked": Asked("ZZ", "I")}, "13", "2000E UM01"),
    "a review that is neither first nor later": ({"asked": Asked("HS")}, "13", "2000E UM02"),
    "a decision in a request": ({"decision": Decision("A1", "X")}, "13", "2000E HCR01"),
    "a response that decides nothing": ({}, "11", "2000E HCR01"),
    "an unknown decision": ({"decision": Decision("ZZ")}, "11", "2000E HCR01"),
    "a span that ends before it starts": (
        {"dates": [Dated("AAH", DAY, DAY.replace(day=1))]},
        "13",
        "2000E DTP03",
    ),
    "a service without a unit": (
        {
            "services": [
                Service(wanted=Wanted("SV1", Procedure("HC", "97110"), quantity=Decimal(5)))
            ]
        },
        "13",
        "2000F SV104",
    ),
    "a charge below zero": (
        {"services": [Service(wanted=Wanted("SV1", Procedure("HC", "97110"), cents=-1))]},
        "13",
        "2000F SV102",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_check_names(what: str) -> None:
    changes, purpose, where = BROKEN[what]
    made = request(**changes)
    made.purpose = purpose
    assert where in errors(judged(made))


def test_a_decision_without_number_or_reason_is_odd() -> None:
    for action, element in (("A1", "HCR02"), ("A3", "HCR03"), ("A4", "HCR03")):
        made = request(decision=Decision(action))
        made.purpose = "11"
        assert (element, "warning") in {(f.element, f.severity) for f in judged(made)}


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"messages": ["A~B"]}, "MSG01"),
        ({"asked": Asked("HS", "I", "A:B")}, "UM03"),
        ({"asked": Asked("HS", "I", "A", "1:1", "B")}, ""),
        ({"references": [Reference("BB", "A^B")]}, "REF02"),
    ],
)
def test_data_that_breaks_out_is_refused_at_its_loop(
    changes: dict[str, object], element: str
) -> None:
    with pytest.raises(NotWritable) as refused:
        write_278(HEADER, [request(**changes)])
    assert refused.value.element == element
    assert refused.value.loop == ("2000E" if element else "")


def test_a_segment_without_a_place_is_kept_where_it_stood() -> None:
    made, findings = read_278(set_of(ASKS + ABOVE + STAY.replace("CL1*2*1~", "K3*WHAT~")))
    (event,) = made.events()
    assert event.unknown == [["K3", "WHAT"]]
    assert [f.severity for f in findings] == ["note"]
