"""What the writer of claims refuses, asked before a claim waits for a file, and of each claim of a file that it refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from contracts.phi import MemberDetails, PersonDetails
from contracts.reference import FacilityListed, PayerListed, ReceiverListed
from contracts.submission import BatchedSet
from services.submission.domain.batching import billing_of, header_for
from services.submission.domain.file import batch_of, header_of, under
from services.submission.domain.findings import Facts, Found
from services.submission.domain.lanes import control_number
from services.submission.domain.loops import Opened, claim
from shared.x12 import claim_837p as x
from shared.x12.findings import Finding, Severity
from shared.x12.writing import Header, NotWritable

FIRST_SET = "0001"
"""Any set will do: what a claim may hold does not depend on where it stands."""
LISTINGS = 256
"""So many pairs of receiver and facility have their empty set remembered."""
DAYS = 4_096


class Refusal(NamedTuple):
    """One thing the writer does not write: why, in which loop and element. It shows nothing of the data."""

    sentence: str
    loop: str
    element: str


def refusals(of: Header, batch: x.Batch837) -> list[Refusal]:
    """All that the rules say of a set's claims; when they are content, the first thing that does not fit its place."""
    return _broken(batch.claims) or _first(x.write_837p, of, [batch])


def _broken(claims: Sequence[x.ProfessionalClaim]) -> list[Refusal]:
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

    for one in claims:
        for _ in x.rules_837p(one, say):
            pass
    return list(dict.fromkeys(found))


def _first(write: Callable[..., Any], *what: Any) -> list[Refusal]:
    try:
        write(*what)
    except NotWritable as no:
        return [Refusal(no.sentence, no.loop, no.element)]
    return []


def writable(facts: Facts) -> Iterator[Found]:
    """Whether a set with this claim alone can be written, its people being such as registration takes.

    Asked only of a claim whose facility, payer, receiver, coverage and pointers are known to be there.
    """
    payer = facts.books.payer(facts.package.payer, facts.service_from)
    assert payer is not None
    receiver = facts.books.receivers[payer.receiver]
    facility = facts.books.facilities[facts.package.facility]
    day = facts.today or facts.service_from
    around = _around(receiver, facility, day)
    try:
        made = under(around.billing, claim(_with_anybody(facts), _payers(facts, day)))
    except NotWritable as no:
        found = [Refusal(no.sentence, no.loop, no.element)]
    else:
        found = _broken([made]) or around.refusals or _first(x.refuse_claim_837p, made)
    for refusal in found:
        sentence = f"The claim cannot be written: {refusal.sentence}."
        yield Found(sentence, refusal.loop, refusal.element)


class _Around(NamedTuple):
    """What stands around the claims of a set: who bills, and what the writer refuses of the set without any claim."""

    billing: x.BillingProvider
    refusals: list[Refusal]


@lru_cache(maxsize=LISTINGS)
def _around(receiver: ReceiverListed, facility: FacilityListed, day: date) -> _Around:
    header = header_for(receiver)
    of = header_of(header, control_number(1, 0), day, "0000")
    empty = BatchedSet(
        st02=FIRST_SET,
        facility=facility.facility,
        legal_entity=facility.legal_entity,
        claims=(),
        billing=billing_of(facility),
    )
    batch = batch_of(of, header, empty, [], {})
    return _Around(batch.billing, _first(x.write_837p, of, [batch]))


def _payers(facts: Facts, day: date) -> Mapping[str, PayerListed]:
    named = {facts.package.payer, *(coverage.payer for coverage in facts.package.coverages)}
    found = {payer: facts.books.payer(payer, day) for payer in named}
    return {payer: listed for payer, listed in found.items() if listed is not None}


def _with_anybody(facts: Facts) -> Opened:
    """Rules never open people: registration takes none of whom nothing can be written, or who came after the service."""
    somebody = _born(min(charge.service_on for charge in facts.package.charges))
    member = MemberDetails(member_id="A", subscriber=somebody)
    orders = [coverage.order for coverage in facts.package.coverages]
    return Opened(facts.package, somebody, dict.fromkeys(orders, member))


@lru_cache(maxsize=DAYS)
def _born(day: date) -> PersonDetails:
    return PersonDetails(
        last="A",
        first="A",
        born_on=day,
        sex="U",
        street="A",
        city="AA",
        state="AA",
        zip="00000",
    )
