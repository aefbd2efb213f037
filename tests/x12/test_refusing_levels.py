"""What the writers of 271, 276, 277, 277CA, 278, 835 and 999 refuse: what is too long, missing or foreign, with loop and element."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.x12.ack_999 import write_999
from shared.x12.claim_ack_277ca import write_277ca
from shared.x12.eligibility_271 import Benefit, write_271
from shared.x12.inquiry_loops.model import Reference, Refusal
from shared.x12.remittance_835 import Plb, write_835
from shared.x12.services_278 import Asked, Decision, write_278
from shared.x12.status_276 import write_276
from shared.x12.status_277 import write_277
from shared.x12.status_loops.model import StatusSet
from shared.x12.writing import NotWritable
from tests.x12.everything import ACK, ACK_999, ANSWER, FAULT, STATUSES
from tests.x12.made import DAY, HEADER, claim_paid, line_paid, remittance
from tests.x12.made_status import answered, asked
from tests.x12.test_278 import request

LONG = "X" * 61


def _asks(**changes: object) -> Callable[[], bytes]:
    return lambda: write_278(HEADER, [request(**changes)])


def _answers(**changes: object) -> Callable[[], bytes]:
    return lambda: write_271(HEADER, "0001", "R1", [replace(ANSWER, **changes)])


def _acknowledges(**changes: object) -> Callable[[], bytes]:
    claim = replace(STATUSES[0], **changes)
    provider = replace(ACK.providers[0], claims=[claim])
    return lambda: write_277ca(HEADER, [replace(ACK, providers=[provider])])


def _status(made: StatusSet, **changes: object) -> StatusSet:
    subscriber = made.payers[0].receivers[0].providers[0].subscribers[0]
    for name, value in changes.items():
        setattr(subscriber.names[0], name, value)
    return made


def _reports(**changes: object) -> Callable[[], bytes]:
    fault = replace(FAULT, **changes)
    sets = [replace(ACK_999.sets[1], faults=[fault])]
    return lambda: write_999(HEADER, [replace(ACK_999, sets=sets)])


def _pays(**changes: object) -> Callable[[], bytes]:
    return lambda: write_835(HEADER, [remittance(claim_paid(), **changes)])


def _settles(**changes: object) -> Callable[[], bytes]:
    return lambda: write_835(HEADER, [remittance(claim_paid(**changes))])


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "271: a name too long": (_answers(last=LONG), "2100C", "NM103"),
    "271: a benefit without its kind": (_answers(benefits=[Benefit("")]), "2110C", "EB01"),
    "271: a foreign sign": (_answers(first="ZOË"), "2100C", "NM104"),
    "276: a name too long": (
        lambda: write_276(HEADER, [_status(asked(), last=LONG)]),
        "2100D",
        "NM103",
    ),
    "277: no kind of person": (
        lambda: write_277(HEADER, [_status(answered(), entity="")]),
        "2100D",
        "NM102",
    ),
    "277CA: a number too long": (_acknowledges(clm01="X" * 51), "2200D", "TRN02"),
    "277CA: no category of status": (_acknowledges(category=""), "2200D", "STC01"),
    "277CA: a number of the payer too long": (
        _acknowledges(payer_control="X" * 51),
        "2200D",
        "REF02",
    ),
    "278: no kind of review": (_asks(asked=Asked("", "I")), "2000E", "UM01"),
    "278: an authorization too long": (_asks(decision=Decision("A1", "X" * 51)), "2000E", "HCR02"),
    "278: a reference too long": (_asks(references=[Reference("BB", LONG)]), "2000E", "REF02"),
    "278: a refusal without its reason": (_asks(refusals=[Refusal("")]), "2000E", "AAA03"),
    "835: a trace too long": (_pays(trn02="X" * 51), "", "TRN02"),
    "835: a payer's name too long": (_pays(payer_name=LONG), "1000A", "N102"),
    "835: a payee's name too long": (_pays(payee_name=LONG), "1000B", "N102"),
    "835: an account number too long": (_settles(clp01="X" * 39), "2100", "CLP01"),
    "835: a patient's name too long": (_settles(patient_last=LONG), "2100", "NM103"),
    "835: a reference of a line too long": (
        _settles(lines=[line_paid(line_control="X" * 51)]),
        "2110",
        "REF02",
    ),
    "835: a reason of a provider adjustment too long": (
        _pays(plb=(Plb("WOX", 100, "ICN1", "1", DAY),)),
        "",
        "PLB03",
    ),
    "999: no segment": (_reports(segment=""), "2100", "IK301"),
    "999: a loop too long": (_reports(loop="2010BAB"), "2100", "IK303"),
    "999: a code of an element too long": (_reports(element_code="I1234"), "2110", "IK403"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_gate_would_send_back_is_refused_with_its_loop_and_element(what: str) -> None:
    write, loop, element = REFUSED[what]
    with pytest.raises(NotWritable) as refused:
        write()
    assert (refused.value.loop, refused.value.element) == (loop, element)
