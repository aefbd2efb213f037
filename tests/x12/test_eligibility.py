"""270 and 271: who is asked about, what the coverage is worth, and every place where a no may stand."""

from dataclasses import replace

import pytest

from shared.x12 import TransactionSet, read_file
from shared.x12.eligibility_270 import Batch270, Dependent, read_270, write_270
from shared.x12.eligibility_271 import Answer271, read_271
from shared.x12.writing import NotWritable
from tests.x12.everything import INQUIRY, WRITTEN
from tests.x12.made import DAY, HEADER, SAMPLES, needs_samples

HEAD = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLAIMLOG       *260105*0800*^*00501*"
    "000000001*0*T*:~GS*HB*PAYER*CLAIMLOG*20260105*0800*1*X*005010X279A1~ST*271*0001*005010X279A1~"
    "BHT*0022*11*R1*20260105*0800~"
)


def set_of(body: str) -> TransactionSet:
    """A 271 with these segments."""
    count = body.count("~") + 3
    data = f"{HEAD}{body}SE*{count}*0001~GE*1*1~IEA*1*000000001~"
    return next(read_file(data.encode()).sets())


def answers(body: str) -> list[Answer271]:
    return read_271(set_of(body))[0]


SOURCE = "HL*1**20*1~NM1*PR*2*PAYER*****PI*P1~"
RECEIVER = "HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1999999984~"
PERSON = "HL*3*2*22*0~TRN*2*T1*9000000001~NM1*IL*1*ZZTESTA*QUINN****MI*XX000~"
NO = "AAA*N**42*R~"


@pytest.mark.parametrize(
    ("body", "loop"),
    [
        ("HL*1**20*0~AAA*Y**42*R~", "2000A"),
        (SOURCE + "AAA*Y**42*R~", "2100A"),
        (SOURCE + RECEIVER + "AAA*N**50*N~", "2100B"),
        (SOURCE + RECEIVER + PERSON + "AAA*N**72*C~", "2100C"),
        (SOURCE + RECEIVER + "HL*3*2*22*1~HL*4*3*23*0~TRN*2*T1~AAA*N**64*C~", "2100D"),
    ],
)
def test_a_rejection_may_stand_at_every_level(body: str, loop: str) -> None:
    (answer,) = answers(body)
    assert [r.loop for r in answer.rejections] == [loop]
    assert answer.benefits == []


def test_a_rejection_of_the_payer_belongs_to_every_person_below() -> None:
    both = answers(SOURCE + NO + RECEIVER + PERSON + PERSON.replace("T1", "T2"))
    assert [(a.trace, a.rejections[0].reason) for a in both] == [("T1", "42"), ("T2", "42")]


def test_a_rejection_of_one_provider_is_not_that_of_the_next() -> None:
    body = SOURCE + RECEIVER + NO + RECEIVER.replace("HL*2", "HL*3") + PERSON
    (answer,) = answers(body)
    assert answer.rejections == []


def test_a_rejection_may_come_with_benefits() -> None:
    (answer,) = answers(SOURCE + RECEIVER + PERSON + "AAA*N**76*C~EB*1**30~")
    assert answer.active
    assert answer.rejections


def test_what_the_patient_pays_is_read_as_money_and_fraction() -> None:
    (answer,) = answers(
        SOURCE + RECEIVER + PERSON + "EB*A*IND*98^30***27**.2~EB*C*IND*30***29*123.45~"
    )
    coinsurance, deductible = answer.benefits
    assert (coinsurance.basis_points, coinsurance.service_types) == (2_000, ["98", "30"])
    assert (deductible.cents, deductible.period) == (12_345, "29")


def test_a_fraction_above_one_is_taken_as_percent_and_said() -> None:
    made, findings = read_271(set_of(SOURCE + RECEIVER + PERSON + "EB*A*IND*98*****20~"))
    assert made[0].benefits[0].basis_points == 2_000
    assert [f.severity for f in findings] == ["warning"]


@pytest.mark.parametrize("fraction", ["1E3", "-0.2", "0.x", "٠.٢"])
def test_what_is_no_fraction_is_an_error(fraction: str) -> None:
    _, findings = read_271(set_of(SOURCE + RECEIVER + PERSON + f"EB*A*IND*98*****{fraction}~"))
    assert [f.severity for f in findings] == ["error"]


def test_messages_and_others_named_with_a_benefit_are_kept_with_it() -> None:
    (answer,) = answers(
        SOURCE + RECEIVER + PERSON + "EB*R**30~MSG*CALL THEM~LS*2120~NM1*PRP*2*OTHER~LE*2120~"
    )
    (benefit,) = answer.benefits
    assert benefit.messages == ["CALL THEM"]
    assert benefit.details == [["LS", "2120"], ["NM1", "PRP", "2", "OTHER"], ["LE", "2120"]]


@needs_samples
def test_a_sample_answer_for_a_dependent_has_its_benefits() -> None:
    path = SAMPLES / "resources/271_005010X279A1/dependent-health-benefit-check.271"
    (one,) = read_file(path.read_bytes()).sets()
    ((answer,), findings) = read_271(one)
    assert findings == []
    assert (answer.trace, answer.dependent, answer.active) == ("93175-012547", True, True)
    assert [b.cents for b in answer.benefits if b.code == "B"] == [1_000, 3_000]
    assert [b.in_network for b in answer.benefits if b.code == "B"] == ["Y", "N"]


def test_a_dependent_is_asked_about_under_its_subscriber() -> None:
    child = Dependent("ZZTESTA", "ROBIN", DAY, "U", "19")
    asked = type(INQUIRY)(
        *("T9", "9000000001", "PAYER", "P1", "CLINIC", "1999999984", "XX000", "ZZTESTA", "QUINN"),
        dependent=child,
    )
    (one,) = read_file(write_270(HEADER, [Batch270("1", "R", DAY, "0800", [asked])])).sets()
    assert read_270(one)[0] == [asked]
    assert [s[3] for s in one.segments if s[0] == "HL"] == ["20", "21", "22", "23"]


def test_an_inquiry_is_known_by_its_trace() -> None:
    (one,) = read_file(WRITTEN["270"]).sets()
    assert [i.trace for i in read_270(one)[0]] == ["T1"]


@pytest.mark.parametrize(
    ("change", "loop", "element"),
    [
        ({"last": "ZZ~"}, "2100C", "NM103"),
        ({"last": "Z" * 61}, "2100C", "NM103"),
        ({"trace": "T*1"}, "2000C", "TRN02"),
        ({"service_types": ["300"]}, "2110C", "EQ01"),
        ({"payer_name": "PAY:ER"}, "2100A", "NM103"),
    ],
)
def test_a_question_that_breaks_out_or_does_not_fit_is_refused(
    change: dict[str, object], loop: str, element: str
) -> None:
    asked = replace(INQUIRY, **change)  # type: ignore[arg-type]
    with pytest.raises(NotWritable) as refused:
        write_270(HEADER, [Batch270("1", "R", DAY, "0800", [asked])])
    assert (refused.value.loop, refused.value.element) == (loop, element)
