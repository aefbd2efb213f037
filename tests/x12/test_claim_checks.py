"""What our checks say of claims: balances with earlier payers, levels as they come, days, qualifiers; and no false alarm."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.x12 import Finding, open_file, read_file
from shared.x12.claim_837i import (
    Diagnosis,
    Occurrence,
    Procedure,
    check_837i,
    read_837i,
    rewrite_837i,
)
from shared.x12.claim_837p import (
    ClaimAdjustment,
    Dated,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Reading837P,
    Subscriber,
    check_837p,
    read_837p,
    rewrite_837p,
    rules_837p,
    write_837p,
)
from shared.x12.claim_loops.judging import judged
from shared.x12.sets import ROOMS
from tests.x12 import test_837i as stays
from tests.x12.everything import WRITTEN
from tests.x12.made import (
    CHILD,
    DAY,
    HEADER,
    OTHERS,
    PATIENT,
    SAMPLES,
    batch,
    claim,
    needs_samples,
    secondary,
    service,
)

EVE = date(2026, 1, 4)


def found(made: ProfessionalClaim) -> list[Finding]:
    (one,) = read_file(rewrite_837p(HEADER, [batch(made)])).sets()
    return check_837p(read_837p(one)[0], one)


def twice_covered() -> ProfessionalClaim:
    """Three lines that two payers decided, each balanced with each."""
    made = secondary(lines=3)
    for line in made.lines:
        cas = [ClaimAdjustment("OA", "23", 8_500)]
        line.prior = [*line.prior, PriorLine("SYN02", 1_500, "99213", cas=cas, paid_on=DAY)]
    other = Subscriber(2, "XX222", OTHERS, filing_indicator="CI")
    made.prior = [*made.prior, PriorPayer(other, Payer("SECOND", "SYN02"), 4_500)]
    made.subscriber = Subscriber(3, "XX3", PATIENT, filing_indicator="CI")
    made.payer = Payer("THIRD", "SYN03")
    return made


def test_two_payers_that_balance_line_by_line_say_nothing() -> None:
    assert [f for f in found(twice_covered()) if f.severity != "note"] == []


@pytest.mark.parametrize("payer", [0, 1])
@pytest.mark.parametrize("line", [0, 1, 2])
def test_every_line_balances_with_every_payer_to_the_cent(payer: int, line: int) -> None:
    made = twice_covered()
    of = made.lines[line].prior[payer]
    first, *rest = of.cas
    of.cas = [ClaimAdjustment(first.group, first.reason, first.cents - 7), *rest]
    wrong = [f for f in found(made) if f.element == "SVD02"]
    assert [(f.level, f.difference_cents, f.loop) for f in wrong] == [("line", 7, "2430")]


def test_what_one_line_has_too_much_and_another_too_little_is_no_balance() -> None:
    made = twice_covered()
    made.lines[0].prior[0].paid_cents -= 7
    made.lines[1].prior[0].paid_cents += 7
    assert sorted(f.difference_cents for f in found(made) if f.level == "line") == [-7, 7]
    assert not [f for f in found(made) if f.level == "payer"]


def test_a_line_decided_in_parts_balances_in_their_sum() -> None:
    made = secondary()
    cas = [ClaimAdjustment("CO", "45", 2_500), ClaimAdjustment("PR", "2", 1_500)]
    made.lines[0].prior = [
        PriorLine("SYN01", 2_000, "99212", cas=cas, paid_on=DAY),
        PriorLine("SYN01", 4_000, "99213", paid_on=DAY),
    ]
    assert [f for f in found(made) if f.severity != "note"] == []


def test_a_payer_that_decided_lines_says_what_it_paid() -> None:
    made = secondary()
    made.prior[0].paid_cents = None
    assert [(f.loop, f.element) for f in found(made) if f.severity == "error"] == [
        ("2320", "AMT02")
    ]


def test_a_payer_says_something_of_every_line() -> None:
    made = secondary(lines=2)
    made.lines[1].prior = []
    elements = {(f.element, f.severity) for f in found(made) if f.severity != "note"}
    assert ("SVD01", "warning") in elements
    assert ("AMT02", "error") in elements


def test_two_other_payers_of_one_id_cannot_be_told_apart() -> None:
    made = twice_covered()
    made.prior[1].payer = made.prior[0].payer
    assert [(f.element, f.severity) for f in found(made) if f.severity != "note"] == [
        ("NM109", "warning")
    ]


def test_nobody_knows_when_an_earlier_payer_paid() -> None:
    made = secondary()
    made.lines[0].prior[0].paid_on = None
    assert [f.element for f in found(made) if f.severity != "note"] == ["DTP03"]


DAYS: dict[str, tuple[ProfessionalClaim, str, str]] = {
    "a discharge before the admission": (
        claim(dates=[Dated("435", DAY), Dated("096", EVE)]),
        "DTP03",
        "error",
    ),
    "a range that ends before it starts": (claim(dates=[Dated("314", DAY, EVE)]), "DTP03", "error"),
    "an accident after the service": (
        claim(dates=[Dated("439", date(2026, 1, 6))]),
        "DTP03",
        "warning",
    ),
    "a patient born after the service": (
        claim(service(service_from=date(1979, 1, 1))),
        "DMG02",
        "error",
    ),
    "a child born after the service": (
        claim(service(service_from=date(2014, 1, 1)), patient=CHILD, patient_relation="19"),
        "DMG02",
        "error",
    ),
    "a service that ends before it starts": (claim(service(service_to=EVE)), "DTP03", "error"),
    "an unknown list of procedures": (claim(service(qualifier="ZZ")), "SV101", "error"),
    "unknown units": (claim(service(unit_code="DA")), "SV103", "error"),
    "an unknown cause of accident": (
        claim(accident_causes=["ZZ"], dates=[Dated("439", DAY)]),
        "CLM11",
        "warning",
    ),
    "a negative charge": (claim(service(charge_cents=-1)), "SV102", "error"),
}


@pytest.mark.parametrize("what", DAYS)
def test_a_check_names(what: str) -> None:
    made, element, severity = DAYS[what]
    assert (element, severity) in {(f.element, f.severity) for f in found(made)}


STAYS = {
    "an admission after the statement": (
        stays.claim(admitted_on=date(2026, 1, 6)),
        ("DTP03", "error"),
    ),
    "an occurrence that ends before it starts": (
        stays.claim(occurrences=[Occurrence("74", DAY, EVE)]),
        ("HI01", "error"),
    ),
    "a procedure after the statement": (
        stays.claim(procedures=[Procedure("0SR9019", date(2026, 1, 6))]),
        ("HI01", "warning"),
    ),
    "a line after the statement": (
        stays.claim(stays.line(service_from=date(2026, 1, 6))),
        ("DTP03", "warning"),
    ),
    "an unknown sign for present on admission": (
        stays.claim(diagnoses=[Diagnosis("I10", "Q")]),
        ("HI01", "warning"),
    ),
}


@pytest.mark.parametrize("what", STAYS)
def test_an_institutional_check_names(what: str) -> None:
    made, expected = STAYS[what]
    (one,) = read_file(rewrite_837i(HEADER, [stays.batch(made)])).sets()
    findings = check_837i(read_837i(one)[0], one)
    assert expected in {(f.element, f.severity) for f in findings}


LEVELS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a number left out": (lambda data: data.replace(b"HL*3*", b"HL*9*"), "HL01"),
    "a subscriber below a subscriber": (lambda data: data.replace(b"HL*3*1*", b"HL*3*2*"), "HL02"),
    "a patient below a billing provider": (
        lambda data: data.replace(b"HL*4*3*23", b"HL*4*1*23"),
        "HL02",
    ),
    "a level that is none": (lambda data: data.replace(b"HL*4*3*23", b"HL*4*3*24"), "HL03"),
    "a child that is denied": (lambda data: data.replace(b"HL*3*1*22*1", b"HL*3*1*22*0"), "HL04"),
    "a child that is not there": (
        lambda data: data.replace(b"HL*2*1*22*0", b"HL*2*1*22*1"),
        "HL04",
    ),
}
FAMILY = write_837p(
    HEADER, [batch(claim(), claim(clm01="CHILD", patient=CHILD, patient_relation="19"))]
)


@pytest.mark.parametrize("what", LEVELS)
def test_levels_are_judged_as_they_come_in_a_stream_and_whole_alike(what: str) -> None:
    change, element = LEVELS[what]
    data = change(FAMILY)
    assert data != FAMILY
    (one,) = read_file(data).sets()
    whole = [f for f in check_837p(read_837p(one)[0], one) if f.element.startswith("HL")]
    stream = next(iter(open_file(data)))
    streamed = [
        f
        for f in judged(Reading837P(stream), rules_837p)
        if isinstance(f, Finding) and f.element.startswith("HL")
    ]
    assert element in {f.element for f in whole}
    assert streamed == whole


def test_a_finding_at_a_level_comes_before_the_claims_that_follow() -> None:
    data = FAMILY.replace(b"HL*2*1*", b"HL*2*7*")
    stream = next(iter(open_file(data)))
    things = list(judged(Reading837P(stream), rules_837p))
    at = next(n for n, f in enumerate(things) if isinstance(f, Finding) and f.element == "HL02")
    assert at < max(n for n, f in enumerate(things) if not isinstance(f, Finding))


def test_a_number_that_comes_again_is_named_in_a_stream() -> None:
    data = write_837p(HEADER, [batch(claim(), claim())])
    stream = next(iter(open_file(data)))
    things = judged(Reading837P(stream), rules_837p)
    assert "CLM01" in {f.element for f in things if isinstance(f, Finding)}


PROFESSIONAL = sorted((SAMPLES / "resources/837_005010X222A2").glob("*.837"))


@needs_samples
@pytest.mark.parametrize("path", PROFESSIONAL, ids=lambda path: path.name)
def test_no_balance_of_a_public_sample_is_called_wrong(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    claims, _ = read_837p(one)
    assert [str(f) for f in check_837p(claims, one) if f.level and f.severity == "error"] == []


@pytest.mark.parametrize("kind", ["837P", "837I"])
def test_a_set_without_a_claim_is_not_clean(kind: str) -> None:
    data = WRITTEN[kind]
    start = data.index(b"CLM*")
    cut = data[:start] + data[data.index(b"SE*", start) :]
    for sets in (read_file(cut, strict=False).sets(), open_file(cut)):
        one = next(iter(sets))
        _, findings = ROOMS[kind].judged(one)
        assert ("CLM", "there is no claim in the set") in {
            (f.element, f.sentence) for f in findings
        }
    one = next(iter(open_file(cut)))
    stream = ROOMS[kind].stream
    assert stream is not None
    said = [thing for thing in stream(one) if isinstance(thing, Finding)]
    assert "there is no claim in the set" in {f.sentence for f in said}


@pytest.mark.parametrize(
    ("kind", "codes"), [("837P", "BG"), ("837I", "BG"), ("837I", "DR*291"), ("837I", "BBR:*BBQ")]
)
def test_a_code_that_is_missing_is_named_at_its_element(kind: str, codes: str) -> None:
    data = WRITTEN[kind]
    at = data.index(b"~", data.index(b"~HI*") + 1)
    (one, *_) = read_file(data[:at] + f"~HI*{codes}".encode() + data[at:], strict=False).sets()
    _, findings = ROOMS[kind].judged(one)
    assert ("HI01", "a code is missing") in {(f.element, f.sentence) for f in findings}
    (whole, *_) = read_file(data).sets()
    assert "a code is missing" not in {f.sentence for f in ROOMS[kind].judged(whole)[1]}
