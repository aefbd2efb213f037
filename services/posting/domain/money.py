"""Money outside accounts: a released check and the bank."""

from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.adjudication_tracking import RemittanceReleased
from contracts.posting import (
    EftDeposited,
    EftExpected,
    EftMatched,
    ProviderAdjustmentsDelivered,
)
from services.posting.domain.book import Book
from services.posting.domain.commands import (
    HandOutRemittance,
    MatchDeposit,
    MatchMoney,
    RecordDeposit,
)
from shared.errors import Refused
from shared.service import Event, Say, to
from shared.streams import (
    deposit_stream,
    payee_stream,
    remittance_stream,
    trace_stream,
)

Says = list[Event | Say]


class Remittance(Struct, frozen=True):
    """A check: how often it was released (once) and what the bank showed of it."""

    released: int = 0
    matched_cents: int = 0


def decide_remittance(
    command: HandOutRemittance, state: Remittance | None, book: Book | None
) -> Says:
    """Its provider-level money goes to the payee, its promise of money to the trace."""
    said = command.released
    if state is None or state.released != 1:
        return []
    says: Says = []
    payee = said.payee_tax_id or said.legal_entity
    day = (book or Book()).posting_day(said.paid_on)
    if said.provider_adjustments and payee:
        says.append(to(payee_stream(said.payer, payee), _delivered(said, payee, day)))
    if said.amount_cents > 0:
        trace = trace_stream(said.check_number, said.payer_trace_id)
        says.append(
            to(
                trace,
                EftExpected(
                    remittance=said.remittance,
                    payer=said.payer,
                    amount_cents=said.amount_cents,
                    trace=said.check_number,
                    payer_trace_id=said.payer_trace_id,
                    paid_on=said.paid_on,
                ),
            )
        )
    return says


def evolve_remittance(state: Remittance | None, event: Any) -> Remittance:
    """The check after an event."""
    check = state or Remittance()
    match event:
        case RemittanceReleased():
            return replace(check, released=check.released + 1)
        case EftMatched():
            return replace(check, matched_cents=check.matched_cents + event.amount_cents)
    return check


def _delivered(said: RemittanceReleased, payee: str, day: date) -> ProviderAdjustmentsDelivered:
    return ProviderAdjustmentsDelivered(
        payer=said.payer,
        tax_id=payee,
        remittance=said.remittance,
        check_number=said.check_number,
        adjustments=said.provider_adjustments,
        posted_on=day,
    )


class Trace(Struct, frozen=True):
    """Where a deposit and a remittance of the same trace find each other, whichever comes first."""

    expected: dict[str, int] = {}
    deposits: dict[str, tuple[int, date]] = {}


def decide_trace(command: MatchMoney, state: Trace | None, book: Book | None) -> Says:
    """Equal amounts match; a lone pair matches with its difference; anything else waits for a person."""
    trace = state or Trace()
    says: Says = []
    expected = dict(trace.expected)
    for deposit, (cents, day) in trace.deposits.items():
        found = [r for r, amount in expected.items() if amount == cents]
        if not found and len(expected) == len(trace.deposits) == 1:
            found = list(expected)
        if found:
            matched = EftMatched(
                deposit=deposit,
                remittance=found[0],
                amount_cents=cents,
                difference_cents=cents - expected.pop(found[0]),
                matched_on="trace",
                posted_on=(book or Book()).posting_day(day),
                deposited_on=day,
            )
            says.append(matched)
            says.append(to(remittance_stream(found[0]), matched))
            says.append(to(deposit_stream(deposit), matched))
    return says


def evolve_trace(state: Trace | None, event: Any) -> Trace:
    """The trace after an event."""
    trace = state or Trace()
    match event:
        case EftExpected():
            expected = {**trace.expected, event.remittance: event.amount_cents}
            return replace(trace, expected=expected)
        case EftDeposited():
            deposits = {**trace.deposits, event.deposit: (event.amount_cents, event.deposited_on)}
            return replace(trace, deposits=deposits)
        case EftMatched():
            expected = {k: v for k, v in trace.expected.items() if k != event.remittance}
            deposits = {k: v for k, v in trace.deposits.items() if k != event.deposit}
            return replace(trace, expected=expected, deposits=deposits)
    return trace


class Deposit(Struct, frozen=True):
    """One line of the bank's statement."""

    amount_cents: int = 0
    matched: str = ""
    matched_cents: int = 0

    def left(self) -> int:
        """What of it is nobody's yet; an older version's state knows only that all of it is somebody's."""
        return self.amount_cents - (
            self.matched_cents or (self.amount_cents if self.matched else 0)
        )


def decide_deposit(
    command: RecordDeposit | MatchDeposit, state: Deposit | None, book: Book | None
) -> Says:
    """A deposit counts once; the same one with another amount is refused."""
    if isinstance(command, MatchDeposit):
        return _match(command, state or Deposit(), book or Book())
    if state is not None:
        if state.amount_cents != command.amount_cents:
            raise Refused("this deposit is known with another amount")
        return []
    said = EftDeposited(
        deposit=command.deposit,
        amount_cents=command.amount_cents,
        deposited_on=command.deposited_on,
        trace=command.trace,
        payer_trace_id=command.payer_trace_id,
    )
    if not command.trace:
        return [said]
    return [said, to(trace_stream(command.trace, command.payer_trace_id), said)]


def _match(command: MatchDeposit, deposit: Deposit, book: Book) -> Says:
    """What a person leads to a check: no more than is left of the deposit, and neither is looked for under its trace again."""
    left = deposit.left()
    cents = min(left, command.expected_cents) if command.cents is None else command.cents
    if command.cents is None and command.expected_cents <= 0:
        raise Refused("the bank has shown all of that check already: name the cents, if it is more")
    if not 0 < cents <= left:
        raise Refused("there is less of that deposit left than should be matched")
    matched = EftMatched(
        deposit=command.deposit,
        remittance=command.remittance,
        amount_cents=cents,
        difference_cents=cents - command.expected_cents,
        matched_on="person",
        posted_on=book.posting_day(command.deposited_on),
        deposited_on=command.deposited_on,
        reason=command.reason,
        approver=command.approver,
    )
    traces = {trace_stream(*trace) for trace in command.traces if trace[0]}
    says: Says = [matched, to(remittance_stream(command.remittance), matched)]
    return [*says, *(to(trace, matched) for trace in sorted(traces))]


def evolve_deposit(state: Deposit | None, event: Any) -> Deposit:
    """The deposit after an event."""
    deposit = state or Deposit()
    match event:
        case EftDeposited():
            return replace(deposit, amount_cents=event.amount_cents)
        case EftMatched():
            cents = deposit.matched_cents + event.amount_cents
            return replace(deposit, matched=event.remittance, matched_cents=cents)
    return deposit
