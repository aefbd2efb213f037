"""What the writer of claims refuses, asked before a claim waits for a file, and of each claim of a file that it refused."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from contracts.phi import MemberDetails, PersonDetails
from contracts.submission import BatchedSet, PayerName
from services.submission.domain.batching import billing_of, header_for, payer_name
from services.submission.domain.file import batch_of, header_of
from services.submission.domain.findings import Facts, Found
from services.submission.domain.lanes import control_number
from services.submission.domain.loops import Opened
from shared.x12 import claim_837p as x
from shared.x12.findings import Finding, Severity
from shared.x12.writing import Header, NotWritable

FIRST_SET = "0001"
"""Any set will do: what a claim may hold does not depend on where it stands."""


class Refusal(NamedTuple):
    """One thing the writer does not write: why, in which loop and element. It shows nothing of the data."""

    sentence: str
    loop: str
    element: str


def refusals(of: Header, batch: x.Batch837) -> list[Refusal]:
    """All that the rules say of a set's claims; when they are content, the first thing that does not fit its place."""
    found: list[Refusal] = []

    def say(
        sentence: str,
        loop: str,
        element: str,
        difference: int = 0,
        severity: Severity = "error",
        level: str = "",
        *,
        line: int = 0,
        role: str = "",
        text: str = "",
    ) -> Finding:
        if severity == "error":
            found.append(Refusal(sentence, loop, element))
        return Finding(sentence, severity)

    for claim in batch.claims:
        for _ in x.rules_837p(claim, say):
            pass
    if found:
        return list(dict.fromkeys(found))
    try:
        x.write_837p(of, [batch])
    except NotWritable as no:
        return [Refusal(no.sentence, no.loop, no.element)]
    return []


def writable(facts: Facts) -> Iterator[Found]:
    """The whole way to the bytes of a set with this claim alone, its people being such as registration takes.

    Asked only of a claim whose facility, payer, receiver, coverage and pointers are known to be there.
    """
    try:
        of, batch = _alone(facts)
    except NotWritable as no:
        yield Found(f"The claim cannot be written: {no.sentence}.", no.loop, no.element)
        return
    for refusal in refusals(of, batch):
        sentence = f"The claim cannot be written: {refusal.sentence}."
        yield Found(sentence, refusal.loop, refusal.element)


def _alone(facts: Facts) -> tuple[Header, x.Batch837]:
    package, books, day = facts.package, facts.books, facts.today or facts.service_from
    payer = books.payer(package.payer, facts.service_from)
    assert payer is not None
    header = header_for(books.receivers[payer.receiver])
    of = header_of(header, control_number(1, 0), day, "0000")
    alone = BatchedSet(
        st02=FIRST_SET,
        facility=package.facility,
        legal_entity=package.legal_entity,
        claims=(),
        billing=billing_of(books.facilities[package.facility]),
    )
    return of, batch_of(of, header, alone, [_with_anybody(facts)], _payers(facts, day))


def _payers(facts: Facts, day: date) -> Mapping[str, PayerName]:
    named = {facts.package.payer, *(coverage.payer for coverage in facts.package.coverages)}
    return {payer: payer_name(payer, day, facts.books) for payer in named}


def _with_anybody(facts: Facts) -> Opened:
    """Rules never open people: registration takes none of whom nothing can be written, or who came after the service."""
    person = PersonDetails(
        last="A",
        first="A",
        born_on=min(charge.service_on for charge in facts.package.charges),
        sex="U",
        street="A",
        city="AA",
        state="AA",
        zip="00000",
    )
    members = {
        coverage.order: MemberDetails(member_id="A", subscriber=person)
        for coverage in facts.package.coverages
    }
    return Opened(facts.package, person, members)
