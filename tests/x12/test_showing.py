"""What is shown of a file: everything that it says, nobody's data unless asked for, and at constant memory."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from shared.x12 import kind_of, open_file, read_file
from shared.x12.claim_837p import write_837p
from shared.x12.remittance_835 import write_835
from shared.x12.showing import Paging, Shown, Veil
from shared.x12.showing_file import PRESENTERS, show_file, show_stream
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, VARIETY, batch, claim_paid, needs_samples, remittance

PERSONAL = ("ZZTEST", "QUINN", "ROBIN", "ALEX", "XX000", "XX001", "XX111", "2 NOWHERE", "19800203")
OF_CLAIMS = ("CLM0001", "INST0001", "ICN1", "CHART1", "AUTH1", "LINE NOTE", "CLAIM NOTE", "ACCT1")


def shown(data: bytes, *, phi: bool = False, first: int = 1, limit: int = 0) -> list[Shown]:
    file = read_file(data, strict=False)
    return list(show_file(file, Veil(phi), Paging(first, limit)))


def flat(things: list[Shown]) -> Iterator[Shown]:
    for one in things:
        yield one
        yield from flat(one.inside)


def text(things: list[Shown]) -> str:
    return json.dumps([[one.what, dict(one.facts)] for one in flat(things)]).upper()


def only(what: str, things: list[Shown]) -> list[dict[str, Any]]:
    return [dict(one.facts) for one in flat(things) if one.what == what]


def many(count: int) -> bytes:
    return write_835(HEADER, [remittance(*(claim_paid(clp01=f"A{n}") for n in range(count)))])


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_nobody_is_shown_unless_asked_for(kind: str) -> None:
    said = text(shown(WRITTEN[kind]))
    assert [word for word in (*PERSONAL, *OF_CLAIMS) if word in said] == []


@pytest.mark.parametrize("name", sorted(VARIETY))
def test_no_claim_shows_its_patient_unless_asked_for(name: str) -> None:
    data = write_837p(HEADER, [batch(VARIETY[name])])
    said = text(shown(data))
    assert [word for word in (*PERSONAL, *OF_CLAIMS) if word in said] == []
    assert "ZZTESTA" in text(shown(data, phi=True))


def test_a_masked_person_has_initials_a_shape_and_a_year() -> None:
    veil = Veil(phi=False)
    assert veil.name("ZZTESTA", "QUINN") == "Q.Z."
    assert veil.id("XX000-1") == "AA999-9"
    assert veil.day(date(1980, 2, 3)) == "1980-**-**"
    assert veil.text("FELL") == "(4 signs)"


def test_a_remittance_shows_payment_claims_lines_and_its_balance() -> None:
    things = shown(WRITTEN["835"], phi=True)
    (payment,) = only("payment", things)
    assert (payment["check"], payment["amount_cents"], payment["payer"]) == (
        *("CHECK1", 5_000),
        "SYNTHETIC PAYER",
    )
    back, again, _ = only("claim", things)
    assert back["status"] == "22 reversal of an earlier payment"
    assert (again["charge_cents"], again["paid_cents"]) == (10_000, 6_000)
    assert only("line", things)[1]["adjustments"] == ["CO-45 25.00", "PR-2 15.00"]
    (plb,) = only("provider adjustment", things)
    assert (plb["reason"], plb["amount_cents"], plb["effect"]) == (
        *("WO", 1_000),
        "lowers the payment",
    )
    (totals,) = only("totals", things)
    assert (totals["balance"], totals["off_by_cents"]) == ("the payment balances", 0)


def test_a_payment_whose_amount_cannot_be_read_is_not_shown_as_nothing() -> None:
    data = write_835(HEADER, [remittance(claim_paid())]).replace(b"BPR*I*60*", b"BPR*I*SIXTY*")
    (payment,), (totals,) = only("payment", shown(data)), only("totals", shown(data))
    assert (payment["amount_cents"], totals["payment_cents"], totals["off_by_cents"]) == (
        None,
        None,
        None,
    )
    assert payment["amount"] == totals["balance"] == "BPR02 cannot be read"


def test_a_claim_shows_who_bills_whom_for_what() -> None:
    (claim,) = only("claim", shown(write_837p(HEADER, [batch(VARIETY["second payer"])])))
    assert claim["payer"] == "SECOND SYN02"
    assert claim["payer_order"] == "secondary"
    assert claim["billing_npi"] == "1999999992"
    assert claim["diagnoses"] == ["J209"]
    (who,) = only("billing provider", shown(WRITTEN["837I"]))
    assert (who["name"], who["tax_id"]) == ("SYNTHETIC CLINIC", "EI 999999999")
    (other,) = only("other payer", shown(write_837p(HEADER, [batch(VARIETY["second payer"])])))
    assert (other["paid_cents"], other["patient_owes_cents"]) == (12_000, 3_000)


def test_an_acknowledgement_shows_its_verdicts() -> None:
    things = shown(WRITTEN["999"])
    assert [one["verdict"] for one in only("set answered", things)] == ["A accepted", "R rejected"]
    (ta1,) = only("TA1", shown(WRITTEN["TA1"]))
    assert ta1["verdict"] == "R rejected"
    (totals,) = only("totals", shown(WRITTEN["277CA"]))
    assert (totals["claims_accepted"], totals["claims_rejected"]) == (1, 1)


def test_an_answer_shows_its_benefits_and_refusals() -> None:
    things = shown(WRITTEN["271"])
    assert [one["says"] for one in only("benefit", things)] == [
        "1 active",
        "C deductible",
        "A coinsurance",
    ]
    assert only("benefit", things)[1]["amount_cents"] == 12_345
    assert [one["reason"] for one in only("refused", things)] == ["72"]


def test_a_segment_that_nobody_knows_is_kept_and_shown() -> None:
    data = WRITTEN["835"].replace(b"SVC*", b"ZZZ*KEPT7*19800101~SVC*", 1)
    assert "ZZZ*KEPT7*19800101" in text(shown(data, phi=True))
    assert "ZZZ*AAAA9*99999999" in text(shown(data))


def test_a_set_that_nobody_knows_is_shown_as_it_stands() -> None:
    data = WRITTEN["276"].replace(b"ST*276*", b"ST*850*")
    segments = only("segment", shown(data, phi=True))
    (one,) = read_file(data, strict=False).sets()
    assert [s["text"] for s in segments] == one.raw


def test_only_so_many_claims_are_shown_and_all_are_counted() -> None:
    things = shown(many(30), first=11, limit=5)
    assert [claim["number"] for claim in only("claim", things)] == [11, 12, 13, 14, 15]
    (totals,) = only("totals", things)
    assert (totals["claims"], totals["not_shown"], totals["paid_cents"]) == (30, 25, 180_000)


@pytest.mark.parametrize("kind", sorted({*WRITTEN} - {"TA1"}))
def test_a_stream_shows_what_a_whole_file_shows(kind: str) -> None:
    stream = open_file(WRITTEN[kind][n : n + 100] for n in range(0, len(WRITTEN[kind]), 100))
    assert list(show_stream(stream, Veil(False), Paging(limit=0))) == shown(WRITTEN[kind])


def test_every_kind_that_we_write_has_a_presenter() -> None:
    assert {*WRITTEN} - {"TA1"} <= {*PRESENTERS}


@needs_samples
def test_of_every_sample_all_claims_are_shown_and_no_segment_is_lost() -> None:
    for path in SAMPLES.rglob("*.*"):
        if path.suffix == ".md" or not path.is_file():
            continue
        data = path.read_bytes()
        things = shown(data, phi=True)
        for one in read_file(data, strict=False).sets():
            starts = {"837P": "CLM", "837I": "CLM", "835": "CLP"}.get(kind_of(one), "")
            claims = sum(s[0] == starts for s in one.segments)
            assert len(only("claim", things)) == claims
            if not starts:
                beside = {"totals", "envelope of the set"}
                of_set = [x for x in things if x.depth == 3 and x.what not in beside]
                levels = [x for x in of_set if "level" in x.facts]
                said = len(of_set) + sum(len(level.inside) for level in levels)
                assert said == len(one.segments)


def test_accounts_are_masked_and_the_payers_address_is_not() -> None:
    (payment,) = only("payment", shown(WRITTEN["835"]))
    assert payment["payer_address"] == "1 PAYER WAY, ANYTOWN, NY 100010000"
    assert (payment["from_account"], payment["to_account"]) == (
        "999999992 999999",
        "999988880 99999",
    )
    (payment,) = only("payment", shown(WRITTEN["835"], phi=True))
    assert (payment["format"], payment["originator"]) == ("CCP", "1999999999")
    assert (payment["from_account"], payment["to_account"]) == (
        "999999992 123456",
        "999988880 98765",
    )


def test_of_a_claim_contact_and_other_payers_subscriber_are_shown() -> None:
    things = shown(WRITTEN["837P"], phi=True)
    assert only("group", things)[0]["on"] == "20260105 0800"
    assert only("batch", things)[0]["contact"] == "BILLING OFFICE 5550100001"
    said = [str(one["subscriber_address"]) for one in only("other payer", things)]
    assert any("2 NOWHERE RD" in address for address in said)
    masked = only("other payer", shown(WRITTEN["837P"]))
    assert not any("NOWHERE" in str(one["subscriber_address"]) for one in masked)
