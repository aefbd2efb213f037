"""A redacted 278 tells of nobody, keeps what is asked and decided, and is judged as before."""

import re

from shared.x12 import read_file
from shared.x12.inquiry_loops.model import Reference
from shared.x12.redacting import Redactor, redact
from shared.x12.services_278 import Decision, read_278, write_278
from shared.x12.showing_findings import alike, judge_file
from tests.x12.made import HEADER
from tests.x12.test_278 import ABOVE, ASKS, HEAD, STAY, request

_BODY = ASKS + ABOVE + STAY.replace("HL*5*", "PWK*OZ*BM***AC*DOCNO77~HL*5*", 1)
ASKED = f"{HEAD}{_BODY}SE*{_BODY.count('~') + 2}*0001~GE*1*1~IEA*1*000000001~".encode()
OF_PEOPLE = re.compile(
    rb"ZZTEST|QUINN|ROBIN|XX000|HOSPITAL|CLINIC|DOCNO77|AUTH1|PREV9|HOUSE|PLEASE"
)


def response() -> bytes:
    references = [Reference("BB", "AUTH1"), Reference("NT", "PREV9")]
    made = request(decision=Decision("A1", "AUTH1"), references=references, messages=["DR HOUSE"])
    made.purpose = "11"
    return write_278(HEADER, [made])


def redacted(data: bytes) -> bytes:
    return b"".join(redact([data], Redactor(b"secret")))


def test_request_and_response_tell_of_nobody_and_are_judged_as_before() -> None:
    for data in (ASKED, response()):
        made = redacted(data)
        assert OF_PEOPLE.findall(data)
        assert OF_PEOPLE.findall(made) == []
        before, after = (alike(judge_file(read_file(d, strict=False))) for d in (data, made))
        assert before == after


def test_what_is_asked_and_decided_stays() -> None:
    (asks,), (answers,) = (
        list(read_278(next(read_file(redacted(data)).sets()))[0].events())
        for data in (ASKED, response())
    )
    (bed, hip) = (s.wanted for s in asks.services)
    assert asks.asked is not None and bed is not None and hip is not None
    assert (asks.asked.category, asks.asked.facility) == ("AR", "21")
    assert (bed.revenue_code, bed.cents, hip.procedure and hip.procedure.code) == (
        "0120",
        30_050,
        "27130",
    )
    assert answers.decision is not None and answers.decision.action == "A1"
    assert answers.decision.number == answers.references[0].value != "AUTH1"
