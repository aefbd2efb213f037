"""A whole 270 or 271: nothing is dropped, what is read is written as it stood, and what is wrong is named."""

import pytest
from hypothesis import given, settings

from shared.x12 import Finding, TransactionSet, read_file
from shared.x12.eligibility_270 import check_270, read_set_270, rewrite_sets_270
from shared.x12.eligibility_271 import check_271, read_set_271, rewrite_sets_271, write_sets_271
from shared.x12.eligibility_loops.model import Benefit, EligibilitySet
from shared.x12.sets import ROOMS
from tests.x12.canonical import canonical
from tests.x12.made import HEADER, SAMPLES, needs_samples
from tests.x12.strategies_eligibility import answers, requests
from tests.x12.test_eligibility import PERSON, RECEIVER, SOURCE, set_of

often = settings(max_examples=40, deadline=None)
RICH = (
    SOURCE + "PER*IC*HELP*TE*5550100001~" + RECEIVER + "REF*TJ*999999999~" + PERSON
    + "REF*6P*G1*GROUP~N3*1 A ST~N4*TOWN*NY*10001~DMG*D8*19800203*F~INS*Y*18*001*25~"
    "HI*ABK:J209~DTP*346*D8*20260101~MPI*C*A*B*1~"
    "EB*1*FAM*30^98*HM*GOLD*27*10.5*.25*VS*12.5*Y*W**1:2~HSD*VS*12***34*1~REF*18*P1*PLAN~"
    "DTP*292*RD8*20260101-20261231~AAA*N**15*C~MSG*CALL FIRST~MSG*THEN WAIT~III*ZZ*11~"
    "LS*2120~NM1*P3*1*ZZDOC*MARCUS****SV*1~N3*2 B ST~N4*TOWN*NY*10001~PER*IC*DOC*TE*5550100002~"
    "PRV*PE*PXC*207Q00000X~NM1*13*2*OTHER PAYER*****PI*P2~LE*2120~"
    "EB*F*IND*******99*3***HC:99213:25~EB*R**30~"
)  # fmt: skip


def errors(found: list[Finding]) -> list[str]:
    return [f"{f.loop} {f.element}" for f in found if f.severity == "error"]


def judged(one: TransactionSet) -> list[Finding]:
    made, findings = read_set_271(one)
    return [*findings, *check_271(made, one)]


@often
@given(requests)
def test_a_270_reads_back_as_it_was(model: EligibilitySet) -> None:
    data = rewrite_sets_270(HEADER, [model])
    (one,) = read_file(data).sets()
    back, findings = read_set_270(one)
    assert (back, findings) == (model, [])
    assert rewrite_sets_270(HEADER, [back]) == data


@often
@given(answers)
def test_a_271_reads_back_as_it_was(model: EligibilitySet) -> None:
    data = rewrite_sets_271(HEADER, [model])
    (one,) = read_file(data).sets()
    back, findings = read_set_271(one)
    assert (back, findings) == (model, [])
    assert rewrite_sets_271(HEADER, [back]) == data


def test_every_element_of_a_rich_answer_is_kept_and_written_again() -> None:
    one = set_of(RICH)
    made, findings = read_set_271(one)
    assert findings == []
    (again,) = read_file(write_sets_271(HEADER, [made])).sets()
    assert canonical(again) == canonical(one)
    (_, _, person, _) = next(made.people())
    first = person.benefits[0]
    assert (first.cents, first.level, first.service_types) == (1_050, "FAM", ["30", "98"])
    assert (str(first.share), str(first.quantity), first.quantity_kind) == ("0.25", "12.5", "VS")
    assert [name.last for name in first.others] == ["ZZDOC", "OTHER PAYER"]
    assert first.messages == ["CALL FIRST", "THEN WAIT"]
    assert person.benefits[1].procedure is not None


@needs_samples
@pytest.mark.parametrize("kind", ["270", "271"])
def test_a_public_sample_is_written_as_it_stood(kind: str) -> None:
    files = [*(SAMPLES / f"resources/{kind}_005010X279A1").iterdir()]
    assert files
    for path in files:
        for one in read_file(path.read_bytes(), strict=False).sets():
            made, findings = ROOMS[kind].read(one)
            write = ROOMS[kind].write
            assert write is not None
            (again,) = read_file(write(HEADER, [made])).sets()
            assert canonical(again) == canonical(one), path.name
            assert [f for f in findings if f.severity != "note"] == []


@pytest.mark.parametrize(
    ("body", "loop"),
    [
        ("HL*1**20*0~AAA*Y**42*R~NM1*PR*2*PAYER*****PI*P1~", "2000A"),
        (SOURCE + "AAA*Y**42*R~", "2100A"),
        (SOURCE + RECEIVER + "AAA*N**50*N~", "2100B"),
        (SOURCE + RECEIVER + PERSON + "AAA*N**72*C~", "2100C"),
        (SOURCE + RECEIVER + PERSON + "EB*1**30~AAA*N**15*C~", "2110C"),
    ],
)
def test_a_refusal_of_any_level_stays_at_its_level(body: str, loop: str) -> None:
    one = set_of(body)
    made, _ = read_set_271(one)
    source = made.sources[0]
    at = {
        "2000A": source.refusals,
        "2100A": source.name.refusals,
        "2100B": [r for x in source.receivers for r in x.name.refusals],
        "2100C": [r for *_, p, _ in made.people() for r in p.name.refusals],
        "2110C": [r for *_, p, _ in made.people() for b in p.benefits for r in b.refusals],
    }
    assert [name for name, refusals in at.items() if refusals] == [loop]


BROKEN = {
    "an answer with neither benefit nor refusal": (PERSON, "2110C EB"),
    "a benefit below zero": (PERSON + "EB*C**30****-1~", "2110C EB07"),
    "a share that is no part of one": (PERSON + "EB*A**30*****200~", "2110C EB08"),
    "a limit without its unit": (PERSON + "EB*F**30*******3~", "2110C EB09"),
    "a span that ends before it starts": (
        PERSON + "EB*1**30~DTP*292*RD8*20260102-20260101~",
        "2110C DTP03",
    ),
    "a refusal without a reason": (PERSON + "AAA*N***C~", "2100C AAA03"),
    "a question in an answer": (PERSON + "EB*1**30~EQ*30~", "2110C EQ"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_check_of_an_answer_names(what: str) -> None:
    body, where = BROKEN[what]
    assert where in errors(judged(set_of(SOURCE + RECEIVER + body)))


def test_a_rich_answer_is_judged_sound() -> None:
    body = RICH.replace("AAA*N**15*C~", "")
    assert errors(judged(set_of(body))) == []


def asked(body: str) -> list[str]:
    one = set_of(SOURCE + RECEIVER + body)
    made, _ = read_set_270(one)
    return errors(check_270(made, one))


def test_a_check_of_a_question_names_what_nobody_could_answer() -> None:
    subscriber = "HL*3*2*22*0~NM1*IL*1*ZZTESTA*QUINN****MI*XX000~"
    assert "2110C EQ" in asked(subscriber)
    assert "2000C TRN02" not in asked(subscriber + "EQ*30~")
    assert "2110C EQ01" in asked(subscriber.replace("NM1", "TRN*1*T1*9~NM1") + "EQ***FAM~")
    assert "2110C EB" in asked(subscriber + "EB*1**30~")


def test_a_contradiction_is_odd_but_no_error() -> None:
    found = judged(set_of(SOURCE + RECEIVER + PERSON + "EB*1**30~EB*6**30~"))
    assert ("EB01", "warning") in {(f.element, f.severity) for f in found}
    assert Benefit("1").cents is None
