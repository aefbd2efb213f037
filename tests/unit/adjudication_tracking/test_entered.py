"""A check that a person types is the remittance that its 835 would be: the same rules, told apart by who typed it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts.adjudication_tracking import (
    ClaimAdjudicated,
    ClaimPaymentDelivered,
    FileReceived,
    RemittanceRefused,
    RemittanceReleased,
)
from contracts.values import Source
from services.adjudication_tracking.domain import ACCOUNT, REMITTANCE
from services.adjudication_tracking.domain.account import AnswerClaim
from services.adjudication_tracking.domain.remittance import Balance, Dispatch, Release
from services.adjudication_tracking.gateway import beyond
from services.adjudication_tracking.gateway.beyond import BEYOND
from services.adjudication_tracking.gateway.entered import NO_TRACE
from shared.envelope import MAX_RECORD_BYTES, encode_event
from shared.errors import Malformed
from shared.streams import charge_number, claim_number
from tests.unit.adjudication_tracking.test_claims import (
    CAPTURED,
    CHARGE,
    CLAIM,
    CREATED,
    NUMBER,
    SUBMITTED,
)
from tests.unit.adjudication_tracking.typed import (
    BOOK,
    CHECK,
    CLAIM_TYPED,
    KEY,
    LINE,
    OURS,
    Tracking,
    changed,
    entered,
    file_says,
    of_a_file,
    sentences,
)
from tests.unit.scenario import said


async def test_an_entry_says_what_the_835_of_the_same_check_says() -> None:
    file_received, file_claims = await file_says(of_a_file())
    received, claims = await entered(CHECK)
    nothing = Source(sha256="0" * 64)
    assert replace(received, source=nothing) == replace(
        file_received, source=nothing, payer_name="", remittance=received.remittance
    )
    assert received.remittance == file_received.remittance == KEY
    (typed,), (read,) = claims.claims, file_claims.claims
    assert typed == replace(read, people=None, segment=0)


async def test_what_the_door_takes_is_released_and_reaches_its_claim_with_who_typed_it() -> None:
    events = await entered(CHECK)
    (released,) = said(REMITTANCE, events, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)
    assert (released.amount_cents, released.claims_cents) == (7_400, 7_500)
    (_, delivered), _ = said(REMITTANCE, [*events, released], Dispatch(), BOOK)
    assert isinstance(delivered, ClaimPaymentDelivered)
    (decided,) = said(ACCOUNT, [CAPTURED, CREATED, SUBMITTED], AnswerClaim(delivered), BOOK)
    assert isinstance(decided, ClaimAdjudicated)
    assert decided.source.entered_by == "ann"
    assert [line.charge for line in decided.lines] == [CHARGE]


async def test_what_is_entered_is_kept_as_it_was_typed_and_stands_among_the_received_files() -> (
    None
):
    doors = Tracking()
    status, told = await doors.ask("/eobs", CHECK)
    ((sha256, data),) = doors.files.items()
    assert (status, told["sha256"], told["again"]) == (200, sha256, False)
    assert json.loads(data) == CHECK
    (file,) = doors.of(FileReceived)
    assert [(s.kind, s.claims, s.cents, s.outcome) for s in file.sets] == [
        ("EOB", 1, 7_400, "taken")
    ]
    assert doors.keys == ["k1/1"]
    assert (await doors.ask("/eobs", CHECK))[1]["again"] is True


async def test_a_claim_may_be_named_by_its_account_and_payer_order() -> None:
    _, claims = await entered(
        changed(claim={"claim": "", "account": NUMBER.lower(), "payer_order": 1})
    )
    assert [one.claim for one in claims.claims] == [CLAIM]


async def test_the_patients_part_is_what_the_patients_adjustments_say_unless_it_is_told() -> None:
    _, claims = await entered(CHECK)
    assert claims.claims[0].patient_cents == 500
    received, claims = await entered(changed(claim={"patient_cents": 600}))
    assert claims.claims[0].patient_cents == 600
    assert received.warnings == (
        "claim 1: the patient's part is not the sum of the patient's adjustments, off by 1.00",
    )


async def test_a_check_of_provider_adjustments_alone_is_taken() -> None:
    interest = {"reason": "L6", "cents": -100}
    (received,) = await entered(
        CHECK | {"claims": [], "amount_cents": 100, "provider_adjustments": [interest]}
    )
    assert (received.claims, received.chunks) == (0, 0)


# -- what is wrong is told at once ---------------------------------------------------------------------------------


async def test_everything_that_does_not_balance_is_told_at_once_by_claim_and_line() -> None:
    second = CLAIM_TYPED | {"claim": claim_number(NUMBER, 2), "charge_cents": 10_050}
    check = changed(line={"paid_cents": 7_400}) | {"amount_cents": 14_000}
    check["claims"].append(second)
    assert await sentences(check) == [
        "claim 1, line 1: the line's charge less adjustments is not what the line paid, off by 1.00",
        "claim 1: the lines' payments are not what the claim paid, off by -1.00",
        "claim 2: the claim's charge less adjustments is not what the claim paid, off by 0.50",
        "claim 2: the lines' charges are not the claim's charge, off by -0.50",
        "the claims' payments less provider adjustments are not the check's amount, off by 9.00",
    ]


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (changed(payer="NOBODY"), "no payer of this code, id or name is listed"),
        (changed(payee_npi="1999000010"), "the payee's NPI and TIN are not ours"),
        (
            changed(claim={"claim": ""}),
            "claim 1: name either the claim's number or its account and payer order",
        ),
        (
            changed(claim={"claim": "", "account": NUMBER, "payer_order": 2}),
            "claim 1: this account has no claim of that payer order",
        ),
        (
            changed(line={"charge": "", "procedure": ""}),
            "claim 1, line 1: name the line's procedure, or the number of its charge",
        ),
        (
            changed(claim={"status": "22"}),
            "claim 1: a reversal has a positive amount: the claim's charge",
        ),
        (changed(amount_cents=-7_400), "the check's amount is negative"),
    ],
)
async def test_what_else_is_wrong_is_told_in_plain_words(
    check: dict[str, Any], sentence: str
) -> None:
    assert sentence in await sentences(check)


async def test_two_claims_of_one_payer_order_are_named() -> None:
    other = OURS | {"claim": claim_number(NUMBER, 2)}
    doors = Tracking(claims=(OURS, other))
    _, told = await doors.ask("/eobs", changed(claim={"claim": "", "account": NUMBER}))
    assert told["mistakes"][0]["sentence"].endswith(
        f"several claims of that payer order: {CLAIM}, {other['claim']}"
    )


async def test_the_payer_may_be_named_as_its_835_names_it() -> None:
    for name in ("P", "P1", "Payer"):
        received, _ = await entered(changed(payer=name))
        assert (received.payer, received.remittance) == ("P", KEY)


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (changed(claim={"patient_last": "DOE"}), "body.claims.0.patient_last"),
        (changed(line={"paid_cents": 75.0}), "body.claims.0.lines.0.paid_cents"),
        (changed(line={"paid_cents": "7500"}), "body.claims.0.lines.0.paid_cents"),
        (changed(check_number=" "), "body.check_number"),
        (
            changed(line={"adjustments": [{"group": "XX", "reason": "45", "cents": 1}]}),
            "body.claims.0.lines.0.adjustments.0.group",
        ),
        (CHECK | {"claims": [CLAIM_TYPED] * 501}, "body.claims"),
        (changed(claim={"lines": [LINE] * 1_000}), "body.claims.0.lines"),
    ],
)
async def test_an_entry_of_another_shape_is_refused(check: dict[str, Any], field: str) -> None:
    status, told = await Tracking().ask("/eobs", check)
    assert (status, told["fields"]) == (422, [field])


async def test_nobody_enters_a_check_without_saying_who() -> None:
    doors = Tracking()
    status, told = await doors.ask("/eobs", CHECK, who="")
    assert (status, told["sentence"], doors.told) == (
        422,
        "say who enters it, in the header X-Actor",
        [],
    )


async def test_a_claim_that_is_not_known_here_or_was_billed_to_another_payer_is_noted() -> None:
    doors = Tracking(claims=(OURS | {"payer": "Q"},))
    stranger = CLAIM_TYPED | {"claim": "PAPER-7"}
    check = changed(amount_cents=14_900) | {"claims": [CLAIM_TYPED, stranger]}
    status, told = await doors.ask("/eobs/check", check)
    assert (status, told["mistakes"], doors.told, doors.files) == (200, [], [], {})
    assert [note["sentence"] for note in told["notes"]] == [
        "claim 1: this claim was billed to Q, not to P",
        "claim 2: no claim of ours has this number: what it paid will wait among the unmatched",
    ]


async def test_a_status_that_no_payer_gives_and_a_charge_of_another_account_are_noted() -> None:
    other = charge_number("2" * 14, 1)
    _, told = await Tracking().ask(
        "/eobs/check", changed(claim={"status": "7"}, line={"charge": other})
    )
    assert told["mistakes"] == []
    assert [note["sentence"] for note in told["notes"]] == [
        "claim 1: no payer gives the status 7; it counts as 1",
        "claim 1, line 1: this charge is of another account: the procedure says which it is, or none does",
    ]
    _, told = await Tracking().ask(
        "/eobs/check", changed(claim={"claim": CLAIM.lower()}, line={"charge": CHARGE.lower()})
    )
    assert told["notes"] == []


async def test_an_eft_whose_trace_is_not_told_is_noted_for_the_bank_shows_it() -> None:
    _, told = await Tracking().ask("/eobs/check", CHECK | {"method": "ACH"})
    assert [note["sentence"] for note in told["notes"]] == [NO_TRACE]
    _, told = await Tracking().ask(
        "/eobs/check", CHECK | {"method": "ACH", "payer_trace_id": "1990000004"}
    )
    assert told["notes"] == []


# -- what does not balance on paper either -------------------------------------------------------------------------


async def test_what_stands_so_on_paper_is_refused_as_such_a_file_is_and_released_by_a_person() -> (
    None
):
    events = await entered(changed(amount_cents=7_000, as_it_stands=True))
    (refused,) = said(REMITTANCE, events, Balance(), BOOK)
    assert isinstance(refused, RemittanceRefused)
    assert [(f.level, f.difference_cents) for f in refused.faults] == [("payment", 400)]
    (released,) = said(REMITTANCE, [*events, refused], Release("lead", "the paper says so"), BOOK)
    assert (released.claims_cents, released.suspense_cents) == (7_500, -400)


async def test_what_could_not_be_posted_is_refused_however_it_stands_on_paper() -> None:
    assert await sentences(changed(claim={"status": "22"}, as_it_stands=True))


_FAR = 10**13


@pytest.mark.parametrize(
    "check",
    [
        changed(claim={"adjustments": [{"group": "PR", "reason": "1", "cents": _FAR}] * 2}),
        changed(
            line={
                "adjustments": [
                    {"group": "CO", "reason": "45", "cents": cents} for cents in (_FAR, -_FAR)
                ]
            }
        ),
        changed(provider_adjustments=[{"reason": "WO", "cents": cents} for cents in (_FAR, -_FAR)]),
    ],
)
async def test_amounts_that_add_up_to_more_than_any_payment_are_told_and_never_staged(
    check: dict[str, Any],
) -> None:
    assert BEYOND in await sentences(check | {"as_it_stands": True})


# -- size


def _adjusted(lines: int, each: int, **more: Any) -> dict[str, Any]:
    """A claim of so many lines, each with so many adjustments of a cent."""
    cents = [{"group": "CO", "reason": "45", "cents": 1}] * each
    line = LINE | {
        "charge_cents": 100,
        "paid_cents": 100 - each,
        "allowed_cents": None,
        "adjustments": cents,
        "remarks": [],
    }
    amounts = {"charge_cents": 100 * lines, "paid_cents": (100 - each) * lines}
    return CLAIM_TYPED | amounts | {"lines": [line] * lines} | more


def _of(*claims: dict[str, Any]) -> dict[str, Any]:
    paid = sum(claim["paid_cents"] for claim in claims)
    return CHECK | {"claims": list(claims), "amount_cents": paid, "provider_adjustments": []}


async def test_a_chunk_is_cut_by_its_size_too_and_always_alike() -> None:
    check = _of(
        *(_adjusted(999, 6, payer_control=f"ICN{n}") for n in range(3)), *[_adjusted(1, 1)] * 60
    )
    received, *chunks = await entered(check)
    assert received.chunks == len(chunks) == 4
    assert [len(one.claims) for one in chunks] == [1, 1, 50, 11]
    assert [one.payer_control for one in chunks[0].claims + chunks[1].claims] == ["ICN0", "ICN1"]
    assert await entered(check) == [received, *chunks]
    assert max(len(encode_event(one)) for one in chunks) < MAX_RECORD_BYTES / 2


async def test_what_is_small_is_cut_at_fifty_claims_as_ever() -> None:
    _, *chunks = await entered(_of(*[_adjusted(1, 1)] * 120))
    assert [len(one.claims) for one in chunks] == [50, 50, 20]


async def test_a_claim_of_more_parts_than_records_hold_is_refused_with_the_limit() -> None:
    (told,) = await sentences(_of(_adjusted(1, 1), _adjusted(102, 98)))
    assert (
        told
        == "claim 2: 10,098 lines, adjustments and remarks together; of one claim 10,000 are taken"
    )


async def test_the_largest_claim_that_is_taken_fits_every_record_that_tracking_makes_of_it() -> (
    None
):
    events = await entered(_of(_adjusted(999, 9)))
    (released,) = said(REMITTANCE, events, Balance(), BOOK)
    (_, delivered), _ = said(REMITTANCE, [*events, released], Dispatch(), BOOK)
    (decided,) = said(ACCOUNT, [CAPTURED, CREATED, SUBMITTED], AnswerClaim(delivered), BOOK)
    assert (
        max(len(encode_event(one)) for one in (*events, delivered, decided)) < MAX_RECORD_BYTES / 2
    )


async def test_an_835_meets_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beyond, "MOST_PARTS", 3)
    with pytest.raises(
        Malformed, match="4 lines, adjustments and remarks together; of one claim 3 are taken"
    ):
        await file_says(of_a_file())
