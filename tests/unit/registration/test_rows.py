"""What is shown of patients, of their accounts, and of requests to erase a person."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contracts.registration import (
    CoveragesSet,
    ErasureRefused,
    PatientDemographicsCorrected,
    PatientRegistered,
)
from contracts.values import Coverage, Sealed
from services.registration.app import SERVICE
from services.registration.domain import PATIENT, SettleErasure
from services.registration.reactions import react
from shared.service import Row
from shared.streams import account_stream
from tests.unit.registration.test_erasing import ASKED, ERASED, GONE, KNOWN, ONE, TWO, answer
from tests.unit.registration.test_patients import BOX, DAY, NUMBER, OPEN
from tests.unit.reporting.rows import Rows
from tests.unit.scenario import said

STREAM = "patient/p"
OTHER = Sealed(key_id="other", box="o")
(REGISTERED, _, (_, OPENED)) = said(PATIENT, [], OPEN)
CORRECTED = PatientDemographicsCorrected(
    patient="p", person=OTHER, changed=("zip",), reason="moved", proposed_by="staff"
)
SET = CoveragesSet(
    patient="p", set_on=DAY, reason="r",
    coverages=(
        Coverage(order=1, payer="P", filing_indicator="CI", member=BOX, effective_from=DAY),
    ),
)  # fmt: skip


def test_a_patient_is_shown_as_they_were_corrected_last_and_since_they_were_registered() -> None:
    rows = Rows(SERVICE).tell(REGISTERED, stream=STREAM, on=DAY)
    rows.tell(CORRECTED, stream=STREAM, on=DAY + timedelta(days=1))
    rows.tell(CORRECTED, stream=account_stream(NUMBER))
    (row,) = rows.tables["patient"].values()
    assert (row["source_system"], row["registered_on"]) == ("s", DAY)
    assert (row["key_id"], row["person"]) == ("other", "o")
    again = replace(REGISTERED, source_system="new", person=BOX)
    assert isinstance(again, PatientRegistered)
    (row,) = rows.tell(again, stream=STREAM).tables["patient"].values()
    assert (row["source_system"], row["person"]) == ("new", BOX.box)


def test_an_account_is_shown_with_what_reached_it_and_not_with_what_its_patient_alone_heard() -> (
    None
):
    rows = Rows(SERVICE).tell(OPENED, stream=account_stream(NUMBER))
    rows.tell(REGISTERED, SET, CORRECTED, stream=STREAM)
    (row,) = rows.tables["account"].values()
    assert (row["payers"], row["person"]) == ([], BOX.box)
    rows.tell(SET, CORRECTED, stream=account_stream(NUMBER))
    ((key, row),) = rows.tables["account"].items()
    assert (key, row["payers"], row["person"]) == ((NUMBER,), ["P"], "o")
    unheard_of = Rows(SERVICE).tell(SET, CORRECTED, stream=account_stream(NUMBER))
    assert unheard_of.tables["account"] == {}


# -- requests to erase


def requests(*events: Any) -> list[Row]:
    """The rows of the requests, each event a day after the one before."""
    rows = Rows(SERVICE)
    for n, event in enumerate(events):
        rows.tell(event, stream=STREAM, on=_on(n), by="officer")
    return [row for _, row in sorted(rows.tables["erasure"].items())]


def _on(day: int) -> date:
    return DAY + timedelta(days=day)


def test_a_request_counts_who_answered_and_says_when_it_was_decided_and_done() -> None:
    (row,) = requests(ASKED, answer(ONE), answer(TWO), ERASED, GONE)
    assert (row["state"], row["asked_by"], row["accounts"], row["answered"]) == (
        "destroyed", "officer", 2, 2,
    )  # fmt: skip
    assert (row["asked_on"], row["decided_on"], row["destroyed_on"]) == (_on(0), _on(3), _on(4))
    assert (row["key_ids"], row["position"]) == (["k"], 4)


def test_a_refused_request_says_why_and_an_answer_after_it_counts_no_more() -> None:
    no = ErasureRefused(patient="p", request=1, accounts=(TWO,), sentence="not settled")
    (row,) = requests(ASKED, no, answer(ONE))
    assert (row["state"], row["sentence"], row["unsettled"]) == ("refused", "not settled", [TWO])
    assert (row["answered"], row["decided_on"]) == (0, _on(1))


def test_what_is_asked_anew_ends_the_request_before_unless_that_is_decided() -> None:
    anew = replace(ASKED, request=2)
    first, second = requests(ASKED, anew)
    assert (first["state"], second["state"]) == ("refused", "asked")
    assert first["sentence"].startswith("it was asked anew")
    assert (first["decided_on"], second["asked_on"]) == (_on(1), _on(1))
    no = ErasureRefused(patient="p", request=1, accounts=(TWO,), sentence="not settled")
    decided, _ = requests(ASKED, no, anew)
    assert (decided["sentence"], decided["decided_on"]) == ("not settled", _on(1))


def test_what_accounts_hear_of_a_request_is_none_of_its_rows() -> None:
    rows = Rows(SERVICE).tell(ASKED, stream=account_stream(ONE))
    assert rows.tables["erasure"] == {}


def test_each_answer_asks_whether_it_was_the_last_and_nothing_else_does() -> None:
    at: Any = type("At", (), {"stream": STREAM})()
    assert react(answer(ONE), at) == [(STREAM, SettleErasure("p"))]
    assert [react(event, at) for event in (*KNOWN, ASKED)] == [[]] * 4
