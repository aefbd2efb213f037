"""A claim that an earlier payer was to have sent on and that nobody answered: billed from here, once, by a person."""

from collections.abc import Callable, Iterable

import msgspec

from contracts.submission import ForwardingGivenUp
from services.submission.domain.account_state import Account, evolve
from services.submission.domain.books import Books
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.commands import BillForwarded
from services.submission.domain.package import coverage_of, is_ready, newest_adjudication
from services.submission.domain.recalling import let_go
from services.submission.domain.sending import blocks, held, judge
from shared.errors import Refused
from shared.service import Event, Say
from shared.streams import read_claim_number

Said = Iterable[Event | Say]


def bill_forwarded(
    account: Account,
    command: BillForwarded,
    books: Books,
    create: Callable[[Account, int, Books], Said],
) -> Said:
    """Bill the payer that never answered, with what the earlier ones decided; again it says nothing."""
    read = read_claim_number(command.claim)
    order = read[1] if read else 0
    known = account.claim_of(order)
    if known is not None and known.status != "forwarded":
        return []
    if order not in account.forwarded:
        raise Refused("no earlier payer sent this claim on")
    if newest_adjudication(account, order):
        raise Refused("the payer has answered what was sent on")
    coverage = coverage_of(account, order)
    if coverage is None or not is_ready(account):
        raise Refused("the account is not billed to this payer")
    given_up = ForwardingGivenUp(
        account=account.account,
        claim=command.claim,
        payer=coverage.payer,
        payer_order=order,
        reason=command.reason,
        decided_by=command.by,
    )
    after = evolve(account, given_up)
    if known is None:
        return [given_up, *create(after, order, books)]
    claim = msgspec.structs.replace(after.claims[known.claim], payer=coverage.payer)
    return [given_up, *_let_go(after, claim, books)]


def _let_go(account: Account, claim: ClaimState, books: Books) -> Said:
    """It was held when it was sent on: it goes, or is held for what holds it now."""
    wanted, failures = judge(account, claim, books)
    if blocks(failures):
        return [held(account, claim, failures)]
    return let_go(account, claim, wanted, books)
