"""A person moves denied money on: to the next payer, or to the patient where the payer's group code says so."""

from collections.abc import Iterable

from contracts.posting import MovedAmount, ResponsibilityMoved
from contracts.values import JournalLine
from services.posting.domain.account_state import Account, Posted
from services.posting.domain.balance import CLAIM_LEVEL
from services.posting.domain.commands import TransferDenied
from services.posting.domain.responsibility import PATIENT, Target, target_of
from services.posting.domain.telling import Telling
from shared.errors import Refused

TRANSFERRED = "transferred"
OF_THE_PATIENT = "PR"


def transfer_denied(telling: Telling, command: TransferDenied) -> None:
    """Charge by charge, out of the decisions that denied it: a reversal of one takes its transfer back."""
    account = telling.account
    if command.cents is not None and command.cents <= 0:
        raise Refused("a transfer is of more than nothing")
    keys = [k for k in sorted(account.balances) if command.charge in (None, k)]
    there = sum(max(0, account.balance(key).denied) for key in keys)
    if command.cents is not None and command.cents > there:
        raise Refused("there is less denied than should be transferred")
    left = command.cents or there
    # The newest decision first: it stands for what earlier ones had denied of the same charge.
    for adjudication, posted in reversed(account.posted.items()):
        amounts = _amounts(telling.account, posted, keys, left, command.to_party)
        if amounts:
            left -= sum(amounts.values())
            target = _whither(telling.account, posted, command.to_party)
            _say(telling, command, adjudication, posted, target, amounts)
    if left:
        raise Refused(
            "the payer's group code does not lay it on the patient"
            if command.to_party == "patient"
            else "no decision that stands denied it"
        )


def _amounts(
    account: Account, posted: Posted, keys: Iterable[str], left: int, to_party: str
) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for key in keys if posted.live else ():
        denied = account.balance(key).denied
        if to_party == "patient":
            denied -= _of_others(account, key)
        part = min(left, denied, _denied(posted, key))
        if part > 0:
            amounts[key] = part
            left -= part
    return amounts


def _denied(posted: Posted, key: str) -> int:
    """What the decision denied of a charge, less what moved of it; not what it took of earlier denials."""
    stated = [line for line in posted.lines if line.group]
    lines = (*stated, *posted.moves)
    return sum(e.cents for e in lines if (e.ledger, e.charge) == ("ar_denied", key))


def _of_others(account: Account, key: str) -> int:
    """What of a charge was denied, by decisions that stand, under groups that are not the patient's."""
    return sum(
        line.cents
        for posted in account.posted.values()
        if posted.live
        for line in posted.lines
        if (line.ledger, line.charge) == ("ar_denied", key)
        if line.group and line.group != OF_THE_PATIENT
    )


def _whither(account: Account, posted: Posted, to_party: str) -> Target:
    target = target_of(account, posted, posted.order, ())
    if to_party == "patient":
        if target is None or target.order != PATIENT:
            raise Refused("a later coverage has still to answer")
        return target
    if target is None or target.order == PATIENT:
        raise Refused("no coverage is left that has not answered")
    return target


def _say(
    telling: Telling,
    command: TransferDenied,
    adjudication: str,
    posted: Posted,
    target: Target,
    amounts: dict[str, int],
) -> None:
    ledger = "ar_next_payer" if target.order else "ar_patient"
    telling.say(
        ResponsibilityMoved(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=adjudication,
            from_payer_order=posted.order,
            to_party=command.to_party,
            to_payer_order=target.order or None,
            to_payer=target.payer,
            cents=sum(amounts.values()),
            amounts=moved(amounts),
            basis="denied",
            entry=telling.account.next_entry(),
            posted_on=telling.day,
            entries=pairs(ledger, "ar_denied", amounts),
            reason=command.reason,
            approver=command.approver,
        )
    )


def denied_again(telling: Telling) -> None:
    """What was transferred to a coverage that is gone is denied again: it was never laid on the patient."""
    account = telling.account
    for adjudication, posted in account.posted.items():
        order = posted.moved_to
        if not posted.live or not order or account.is_covered(order) or account.answered(order):
            continue
        amounts = _transferred(telling.account, posted)
        if amounts:
            telling.say(
                ResponsibilityMoved(
                    account=account.number,
                    claim=posted.claim,
                    adjudication=adjudication,
                    from_payer_order=order,
                    to_party="denied",
                    cents=sum(amounts.values()),
                    amounts=moved(amounts),
                    basis="coverage gone",
                    entry=telling.account.next_entry(),
                    posted_on=telling.day,
                    entries=pairs("ar_denied", "ar_next_payer", amounts),
                )
            )


def _transferred(account: Account, posted: Posted) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for line in posted.moves:
        if line.ledger == "ar_next_payer" and line.kind == TRANSFERRED:
            amounts[line.charge] = amounts.get(line.charge, 0) + line.cents
    left = {k: min(cents, account.balance(k).next_payer) for k, cents in amounts.items()}
    return {k: cents for k, cents in left.items() if cents > 0}


def moved(amounts: dict[str, int]) -> tuple[MovedAmount, ...]:
    """The amounts as an event says them."""
    return tuple(MovedAmount(charge=k or None, cents=cents) for k, cents in amounts.items())


def pairs(debit: str, credit: str, amounts: dict[str, int]) -> tuple[JournalLine, ...]:
    """One debit and one credit a charge."""
    return tuple(
        JournalLine(
            ledger=ledger,
            cents=signed,
            charge=None if key == CLAIM_LEVEL else key,
            kind=TRANSFERRED,
        )
        for key, cents in amounts.items()
        for ledger, signed in ((debit, cents), (credit, -cents))
    )
