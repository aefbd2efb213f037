"""Where the patient is not the subscriber, the 270 asks about the patient (2000D), as far as the payer wants it."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.eligibility import (
    BatchedInquiry,
    BenefitsConfirmed,
    InquiriesBatched,
    InquiryQueued,
)
from contracts.phi import MemberDetails, PersonDetails
from contracts.reference import FacilityListed
from contracts.values import Sealed
from services.eligibility.app import SERVICE
from services.eligibility.domain import Book, evolve_book
from services.eligibility.domain.account import queue_of
from services.eligibility.gateway import HAND_OVER, answers_to, read_answers
from shared.errors import Refused
from shared.service import Row
from shared.x12 import read_file
from shared.x12.eligibility_270 import Inquiry270, check_270, read_270, read_set_270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, write_271
from shared.x12.writing import Header
from tests.unit.eligibility.facts import BOOK, COVERAGE, DAY, NUMBER, OPENED, PAYER, TRACE
from tests.unit.eligibility.test_inquiries import AT, SET_ANEW
from tests.unit.reporting.rows import Rows

SEALED = Sealed(key_id="k", box="b")

CHILD = PersonDetails(
    last="TESTA", first="KIM", born_on=date(2018, 3, 1), sex="F",
    street="1 WAY", city="TOWN", state="IL", zip="62701",
)  # fmt: skip
HOLDER = replace(CHILD, first="PAT", born_on=date(1985, 3, 1), sex="M")
FACILITY = FacilityListed(
    facility="F", name="CLINIC", legal_entity="L", tax_id="1" * 9, npi="1999999984",
    taxonomy="207Q00000X", street="1 WAY", city="TOWN", state="IL", zip="627010000",
)  # fmt: skip


class Outside:
    """One inquiry about a child of the subscriber."""

    def __init__(self, book: Book, member: MemberDetails) -> None:
        self.listed = book
        self.member = member

    async def book(self, partition: int = 0) -> Book:
        return self.listed

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        keys = dict.fromkeys(("person_key", "person", "member_key", "member"), "k")
        return [{"trace": TRACE, "payer": "P", "facility": "F", "service_on": DAY, **keys}]

    async def open_all(self, sealed: Any) -> list[Any]:
        return [CHILD, self.member]


def file(
    relation: str,
    *,
    about: Any = "patient",
    own_number: bool = False,
    payer: str = "P",
    payer_id: str = PAYER.payer_id,
) -> bytes:
    """The 270 that leaves."""
    named = replace(PAYER, name="PAYER", payer_id=payer_id, inquires_about=about)
    listed = evolve_book(evolve_book(BOOK, FACILITY), named)
    member = MemberDetails(member_id="M1", subscriber=None if own_number else HOLDER)
    batched = InquiriesBatched(
        receiver="R", lane=0, isa13=500_000_100, gs06=500_000_100, file_name="f", batched_on=DAY,
        inquiries=(BatchedInquiry(account=NUMBER, trace=TRACE, payer=payer, relation=relation),),
    )  # fmt: skip
    data = asyncio.run(HAND_OVER.build(batched, AT, Outside(listed, member)))  # type: ignore[arg-type]
    assert data is not None
    return data


def inquiry(data: bytes) -> Inquiry270:
    (one,) = read_file(data).sets()
    (made,), findings = read_270(one)
    assert findings == []
    return made


def test_a_dependent_is_asked_about_below_the_subscriber() -> None:
    data = file("19")
    asked = inquiry(data)
    assert (asked.trace, asked.member_id, asked.first) == (TRACE, "M1", "PAT")
    assert asked.dependent is not None
    assert (asked.dependent.first, asked.dependent.relation) == ("KIM", "19")
    assert asked.dependent.born_on == CHILD.born_on
    (one,) = read_file(data).sets()
    whole, findings = read_set_270(one)
    assert [*findings, *check_270(whole, one)] == []


def test_a_file_that_cannot_be_written_waits_for_a_person() -> None:
    with pytest.raises(Refused, match=r"the file cannot be written: .*NM109"):
        file("18", payer_id="A~B")


@pytest.mark.parametrize("relation", ["G8", "53", "20"])
def test_any_other_relation_is_said_as_another_adult(relation: str) -> None:
    asked = inquiry(file(relation))
    assert asked.dependent is not None and asked.dependent.relation == "34"


@pytest.mark.parametrize(
    "asked",
    [
        {"relation": "19", "about": "subscriber"},
        {"relation": "19", "own_number": True},
        {"relation": "18"},
    ],
    ids=["the payer wants subscribers", "a number of their own", "the subscriber"],
)
def test_the_subscriber_alone_is_asked_about(asked: dict[str, Any]) -> None:
    assert inquiry(file(**asked)).dependent is None


def test_a_receiver_is_not_told_of_the_coverage_that_replaced_the_one_it_was_to_be_asked_about() -> (
    None
):
    assert list(read_file(file("18", payer="ANOTHER")).sets()) == []


def answered(**said: Any) -> Any:
    """What the account hears of a 271 that answers in loop 2000D."""
    answer = Answer271(
        TRACE, "TESTA", "KIM", "M1", "PAYER", "PID1", "CLINIC", "1999999984", dependent=True, **said
    )
    data = write_271(Header("RID", "SID", 1, 1, DAY), "0001", "REF", [answer])
    assert b"*23*0~" in data
    taken = answers_to(read_answers(data, "x", "a" * 64), {TRACE: "P"}, BOOK, "a" * 64)
    (found,) = taken.answers
    return found


def test_what_the_payer_says_of_the_dependent_is_the_answer() -> None:
    found = answered(benefits=[Benefit("1", "IND", ["30"], "GOLD")])
    assert isinstance(found, BenefitsConfirmed)
    assert (found.account, found.active, found.plan) == (NUMBER, True, "GOLD")


def test_a_dependent_that_the_payer_does_not_know_is_refused_where_it_was_asked() -> None:
    found = answered(rejections=[Rejection("67", "C", "2100D")])
    assert (found.reason, found.loop) == ("67", "2100D")


def test_a_coverage_that_goes_to_another_receiver_is_asked_about_in_each_queue_by_itself() -> None:
    asked = InquiryQueued(
        account=NUMBER, trace=TRACE, payer="P", coverage_order=1, facility="F", service_on=DAY, relation="18",
        person=SEALED, member=SEALED, receiver="R",
    )  # fmt: skip
    rows = Rows(SERVICE).tell(asked, stream=queue_of("R", 0))
    rows.tell(replace(asked, payer="Q", receiver="S"), stream=queue_of("S", 0), partition=1)
    table = rows.tables["queued_inquiry"]
    assert {key[0]: row["payer"] for key, row in table.items()} == {
        queue_of("R", 0): "P",
        queue_of("S", 0): "Q",
    }


def test_who_covers_an_account_by_now_is_known_by_place() -> None:
    rows = Rows(SERVICE).tell(OPENED, stream=f"account/{NUMBER}")
    table = rows.tables["account_payers"]
    assert table[(NUMBER,)]["payers"] == {"1": "P"}
    rows.tell(
        replace(SET_ANEW, coverages=(replace(COVERAGE, payer="Q"),)), stream=f"account/{NUMBER}"
    )
    assert table[(NUMBER,)]["payers"] == {"1": "Q"}
