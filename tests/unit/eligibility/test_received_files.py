"""A 271 file is taken once; one that cannot be taken is told of once a reason, and may be taken later."""

from datetime import date

from contracts.eligibility import FileRefused, ResponseFileReceived
from contracts.platform import FileErased, FileKeysDestroyed
from services.eligibility.domain import INBOUND
from services.eligibility.domain.inbound import RefuseFile, TakeAnswers
from tests.unit.scenario import said

SHA = "a" * 64
TAKEN = ResponseFileReceived(sha256=SHA, answers=0, unmatched=0)
REFUSED = FileRefused(sha256=SHA, size_bytes=9, reason="segment 3, byte 200: torn")
REFUSE = RefuseFile(SHA, 9, REFUSED.reason)


def test_a_file_that_cannot_be_taken_is_told_of_with_its_place() -> None:
    assert said(INBOUND, [], REFUSE, None) == [REFUSED]


def test_the_same_reason_is_told_once_and_another_again() -> None:
    assert said(INBOUND, [REFUSED], REFUSE, None) == []
    (again,) = said(INBOUND, [REFUSED], RefuseFile(SHA, 9, "another"), None)
    assert again.reason == "another"


def test_a_refused_file_is_taken_once_it_is_understood() -> None:
    assert said(INBOUND, [REFUSED], TakeAnswers(SHA, (), 0), None) == [TAKEN]


def test_a_taken_file_is_never_refused() -> None:
    assert said(INBOUND, [TAKEN], REFUSE, None) == []
    assert said(INBOUND, [TAKEN], TakeAnswers(SHA, (), 0), None) == []


def test_one_that_was_erased_and_comes_again_is_told_of_again() -> None:
    gone = [
        REFUSED,
        FileErased(service="eligibility", sha256=SHA, received_on=date(2025, 1, 5)),
        FileKeysDestroyed(service="eligibility", sha256=SHA, key_ids=("k",)),
    ]
    assert said(INBOUND, gone, REFUSE, None) == [REFUSED]
    assert said(INBOUND, [*gone, REFUSED], REFUSE, None) == []
