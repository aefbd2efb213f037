"""What a 277CA accepts and rejects makes what was sent: by claim, by provider, by batch, in counts and cents."""

import pytest

from shared.x12 import Finding, read_file
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    Status277,
    check_277ca,
    match_277ca,
    read_277ca,
    write_277ca,
)
from tests.x12.made import DAY, HEADER, NPI, NPI2


def acknowledgement() -> ClaimAck277:
    """Two providers: 100.00 and 200.00 accepted, 50.00 rejected; 350.00 in all."""
    first = [
        ClaimStatus277("C1", "A2", "20", 10_000, effective_on=DAY),
        ClaimStatus277("C2", "A7", "164", 5_000, effective_on=DAY),
    ]
    second = [ClaimStatus277("C3", "A2", "20", 20_000, effective_on=DAY)]
    made = ClaimAck277("PR", "PAYER", "SYN01", "B1", DAY, "R1", "CLAIMLOG", "CLAIMLOG01")
    made.providers = [
        ProviderAck277("ONE", NPI, first, status=Status277("A1", "19", "PR", "WQ", 15_000)),
        ProviderAck277("TWO", NPI2, second),
    ]
    return made


DATA = write_277ca(HEADER, [acknowledgement()])


def found(data: bytes) -> list[Finding]:
    (one,) = read_file(data).sets()
    return check_277ca(read_277ca(one)[0], one)


def test_totals_of_every_level_that_agree_say_nothing() -> None:
    assert found(DATA) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b"QTY*90*2", b"QTY*90*3", {("2200B", "QTY02")}),
        (b"QTY*AA*1", b"QTY*AA*2", {("2200B", "QTY02")}),
        (
            b"AMT*YU*300~",
            b"AMT*YU*301~",
            {("2200B", "AMT02"), ("2200B", "STC04")},
        ),
        (b"QTY*QC*1", b"QTY*QC*2", {("2200C", "QTY02")}),
        (b"AMT*YY*50~HL*4", b"AMT*YY*51~HL*4", {("2200C", "AMT02"), ("2200C", "STC04")}),
        (b"WQ*350~", b"WQ*349.99~", {("2200B", "STC04")}),
        (b"WQ*150~", b"WQ*149~", {("2200C", "STC04")}),
    ],
)
def test_a_total_that_is_off_is_named_at_its_level(
    old: bytes, new: bytes, where: set[tuple[str, str]]
) -> None:
    assert DATA.count(old) == 1
    assert {(f.loop, f.element) for f in found(DATA.replace(old, new))} == where


def test_a_count_that_is_off_says_what_is_counted() -> None:
    (off,) = found(DATA.replace(b"QTY*AA*1", b"QTY*AA*2"))
    assert off.sentence == "rejected claims: 2 are stated, 1 listed"


def test_a_claim_under_no_provider_has_no_wrong_npi() -> None:
    start, end = DATA.index(b"HL*3*2*19"), DATA.index(b"HL*4*3*PT")
    (one, *_) = read_file(DATA[:start] + DATA[end:], strict=False).sets()
    assert "NM109" not in {f.element for f in check_277ca(read_277ca(one)[0], one)}
    wrong = found(DATA.replace(NPI.encode(), b"1234567890"))
    assert ("2100C", "NM109") in {(f.loop, f.element) for f in wrong}


def test_what_is_missing_to_the_total_is_said_in_cents() -> None:
    (off,) = found(DATA.replace(b"WQ*350~", b"WQ*349.99~"))
    assert (off.difference_cents, off.level) == (-1, "total")


def test_every_claim_that_was_sent_is_accepted_or_rejected() -> None:
    answered = match_277ca(acknowledgement(), {"C1": 10_000, "C2": 5_000, "C3": 20_000})
    assert answered.complete
    assert [c.clm01 for c in answered.accepted] == ["C1", "C3"]
    assert [c.clm01 for c in answered.rejected] == ["C2"]


def test_what_was_sent_and_is_not_answered_is_known() -> None:
    answered = match_277ca(acknowledgement(), {"C1": 10_000, "C2": 5_000, "C3": 20_000, "C4": 1})
    assert (answered.complete, answered.unanswered) == (False, ["C4"])


def test_what_was_never_sent_or_at_another_charge_is_known() -> None:
    answered = match_277ca(acknowledgement(), {"C1": 10_001, "C2": 5_000})
    assert [c.clm01 for c in answered.unknown] == ["C3"]
    assert [c.clm01 for c in answered.different] == ["C1"]


def test_a_claim_answered_twice_is_unknown_the_second_time() -> None:
    ack = acknowledgement()
    ack.providers[1].claims.append(ack.providers[0].claims[0])
    answered = match_277ca(ack, {"C1": 10_000, "C2": 5_000, "C3": 20_000})
    assert [c.clm01 for c in answered.unknown] == ["C1"]
