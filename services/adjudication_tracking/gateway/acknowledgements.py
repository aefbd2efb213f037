"""A 277CA as said on accounts: which attempt each answer is about, and everybody of a batch that was refused whole."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.adjudication_tracking import (
    AcknowledgementTallied,
    ClaimAcknowledged,
    ClaimRejected,
)
from contracts.values import Source
from services.adjudication_tracking.domain.books import Book
from services.adjudication_tracking.gateway.findings import errors, refuse
from shared.aside import aside
from shared.errors import Conflict, Malformed
from shared.service import Doors, Row
from shared.streams import account_stream, inbound_stream, read_claim_number
from shared.x12 import Finding, TransactionSet
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    Status277,
    check_277ca,
    read_277ca,
)
from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED

Said = tuple[str, Any]
ISA13_DIGITS, ST02_DIGITS = 9, 4
_SENT = (
    "select claim, account, cents from sent_claim where isa13 = $1 and st02 = $2 "
    "and cents is not null order by claim"
)


class Batch(NamedTuple):
    """What a 277CA answers: our BHT03 is ISA13 and ST02. Zero when its batch is nothing of ours."""

    isa13: int = 0
    st02: str = ""


class Answer(NamedTuple):
    """A claim's answer, with the cents it counts for."""

    stream: str
    event: ClaimAcknowledged | ClaimRejected


def batch_of(text: str) -> Batch:
    """The file and set that a batch id names."""
    text = text.strip()
    if len(text) != ISA13_DIGITS + ST02_DIGITS or not (text.isascii() and text.isdigit()):
        return Batch()
    return Batch(int(text[:ISA13_DIGITS]), text[ISA13_DIGITS:])


async def take(
    one: TransactionSet, source: Source, book: Book, doors: Doors, name: str
) -> tuple[list[Answer], list[Said]]:
    """The answers, and what is said to which stream; Malformed when the set cannot be taken."""
    ack, wrong = await aside(_judged, one)
    if wrong:
        raise refuse(name, wrong)
    payer = book.payer_named(ack.sender_id, ack.sender_name) if ack.sender == "PR" else ""
    speaker = _Speaker(ack, batch_of(ack.batch), payer, one, source)
    answers = list(await _answers(speaker, doors))
    tally = (inbound_stream(source.sha256), _tally(speaker, answers))
    return answers, [*((a.stream, a.event) for a in answers if a.stream), tally]


def _judged(one: TransactionSet) -> tuple[ClaimAck277, list[Finding]]:
    ack, findings = read_277ca(one)
    # A category that nobody knows spoils its claim's answer, not those of the others.
    judged = [f for f in check_277ca(ack, one) if f.element != "STC01"]
    return ack, errors([*findings, *judged])


class _Speaker(NamedTuple):
    """Who answers which batch, and where it stands."""

    ack: ClaimAck277
    batch: Batch
    payer: str
    one: TransactionSet
    source: Source

    @property
    def by(self) -> Any:
        """The payer, or the clearinghouse."""
        return "payer" if self.ack.sender == "PR" else "clearinghouse"


async def _answers(speaker: _Speaker, doors: Doors) -> Iterator[Answer]:
    ack = speaker.ack
    refusals = [(p, _refusal(p.status)) for p in ack.providers]
    whole = _refusal(ack.status) or next((r for _, r in refusals if r is not None), None)
    if whole is None:
        return (_listed(speaker, c) for c in ack.claims() if c.category in ACCEPTED | REJECTED)
    if not ack.batch_refused and any(r is None for _, r in refusals):
        # Another provider was taken: a set of ours has one provider, so nothing else is meant than is listed.
        return (_listed(speaker, c, r) for p, r in refusals for c in p.claims)
    sent = await _sent(speaker, doors)
    claims = ack.claims()
    numbers = {row["claim"] for row in sent}
    unsent = [c for c in claims if c.clm01.strip().upper() not in numbers]
    of_batch = [_of_batch(speaker, row, whole) for row in sent]
    return iter([*of_batch, *(_listed(speaker, c, whole) for c in unsent)])


def _refusal(status: Status277 | None) -> Status277 | None:
    return status if status is not None and status.category in REJECTED else None


async def _sent(speaker: _Speaker, doors: Doors) -> list[Row]:
    """The claims of a set of ours that was refused whole. What is not heard of yet may not be left out."""
    ack, batch = speaker.ack, speaker.batch
    rows = await doors.rows(_SENT, batch.isa13, batch.st02) if batch.isa13 else []
    stated = ack.rejected or sum(p.rejected or 0 for p in ack.providers)
    if not rows and not ack.claims():
        if not batch.isa13:
            raise Malformed("a batch is refused whole that is none of ours, and no claim is named")
        raise Conflict(
            "a batch is refused whole whose claims are not known here: send the file again"
        )
    if len(rows) < stated and len(ack.claims()) < stated:
        raise Conflict(
            "a batch is refused whole and not all its claims are known yet: send it again"
        )
    return rows


def _of_batch(speaker: _Speaker, row: Row, whole: Status277) -> Answer:
    rejected = ClaimRejected(
        account=row["account"],
        claim=row["claim"],
        by=speaker.by,
        payer=speaker.payer,
        category=whole.category,
        status_code=whole.status_code,
        entity=whole.entity,
        sentence="The whole batch of this claim was refused.",
        charge_cents=row["cents"],
        effective_on=whole.effective_on,
        source=speaker.source,
        answers_isa13=speaker.batch.isa13,
        answers_st02=speaker.batch.st02,
    )
    return Answer(account_stream(row["account"]), rejected)


def _listed(speaker: _Speaker, c: ClaimStatus277, whole: Status277 | None = None) -> Answer:
    number = read_claim_number(c.clm01)
    account = number[0] if number else ""
    said = whole or Status277(c.category, c.status_code, c.entity)
    common: dict[str, Any] = {
        "account": account or "-" * 14,
        "claim": c.clm01.strip().upper()[:38] or "-",
        "by": speaker.by,
        "payer": speaker.payer,
        "category": said.category,
        "status_code": said.status_code,
        "charge_cents": c.charge_cents,
        "effective_on": c.effective_on,
        "source": Source(
            sha256=speaker.source.sha256,
            isa13=speaker.source.isa13,
            gs06=speaker.source.gs06,
            st02=speaker.source.st02,
            segment=speaker.one.ordinal(c.segment),
        ),
        "answers_isa13": speaker.batch.isa13,
        "answers_st02": speaker.batch.st02,
    }
    stream = account_stream(account) if account else ""
    if c.accepted and whole is None:
        trace = c.clearinghouse_trace
        accepted = ClaimAcknowledged(
            **common, payer_control=c.payer_control, clearinghouse_trace=trace
        )
        return Answer(stream, accepted)
    return Answer(stream, ClaimRejected(**common, entity=said.entity))


def _tally(speaker: _Speaker, answers: list[Answer]) -> AcknowledgementTallied:
    ack = speaker.ack
    taken = [a.event for a in answers if isinstance(a.event, ClaimAcknowledged)]
    refused = [a.event for a in answers if isinstance(a.event, ClaimRejected)]
    taken_cents, refused_cents = (sum(e.charge_cents for e in es) for es in (taken, refused))
    stated = _Stated.of(ack)
    agrees = all(
        said in (None, counted)
        for said, counted in zip(
            stated, (len(taken), len(refused), taken_cents, refused_cents), strict=True
        )
    )
    return AcknowledgementTallied(
        sha256=speaker.source.sha256,
        st02=speaker.one.control,
        by=speaker.by,
        batch=ack.batch[:48],
        accepted=len(taken),
        accepted_cents=taken_cents,
        rejected=len(refused),
        rejected_cents=refused_cents,
        stated_accepted=stated.accepted,
        stated_rejected=stated.rejected,
        agrees=agrees,
        stated_accepted_cents=stated.accepted_cents,
        stated_rejected_cents=stated.rejected_cents,
        isa13=speaker.batch.isa13,
    )


class _Stated(NamedTuple):
    """The totals that a 277CA states of its whole batch."""

    accepted: int | None
    rejected: int | None
    accepted_cents: int | None
    rejected_cents: int | None

    @classmethod
    def of(cls, ack: ClaimAck277 | ProviderAck277) -> "_Stated":
        """As stated; a total that is left out is None."""
        return cls(ack.accepted, ack.rejected, ack.accepted_cents, ack.rejected_cents)
