"""Amounts below zero after a correction: what later payers, our write-offs and the patient had taken is restated.

While the corrected decision is still to come (the charge is in process) nothing is touched: most corrections say
nearly the same again.
"""

from contracts.posting import MovedAmount, ResponsibilityMoved
from contracts.values import JournalLine
from services.posting.domain.account_state import Account, Posted
from services.posting.domain.balance import CLAIM_LEVEL, LEDGER, below_zero
from services.posting.domain.cash import apply_payments, take_back_write_offs, unapply
from services.posting.domain.recovery import open_overpayment
from services.posting.domain.telling import Telling

RESTATED = "restated"
"""The party of a move that goes to nobody: a later answer counts for less than it was posted for."""
LESS_LEFT = "An earlier payer's corrected decision left less to this payer."
CORRECTED = "The payer's corrected decision took back what was written off."
LOWERED = "The charge was lowered or voided after it was paid."
_ANSWER = ("ar_patient", "ar_denied", "contractual", "ar_next_payer")
"""What of a later answer gives way, in turn, before its cash is an overpayment."""
_LOWERED = ("contractual", "ar_denied", "ar_next_payer", "ar_patient")
"""The same of an answer whose charge was lowered under it: the payer's allowed amount stands as long as it can."""


def restate(telling: Telling) -> None:
    """No amount of a charge that is not in process stays below zero, as far as anybody can be named for it."""
    for key in sorted(telling.account.balances, key=lambda k: (k == CLAIM_LEVEL, k)):
        if not below_zero(telling.account.balance(key)):
            continue
        denied = _missing(telling.account, key, "denied")
        if denied > 0:
            # The denial was taken back: what was written off of it is owed again, whatever is decided next.
            take_back_write_offs(telling, key, ("denied",), denied, CORRECTED)
        if _in_process(telling.account, key):
            continue
        for bucket in ("open", "next_payer", "denied", "patient"):
            missing = _missing(telling.account, key, bucket)
            if missing > 0:
                take_back_write_offs(telling, key, (bucket,), missing, CORRECTED)
                _later_answers(telling, key, bucket)
        _less_self_pay(telling, key)
        missing = _missing(telling.account, key, "patient")
        if missing > 0 and unapply(telling, key, missing):
            apply_payments(telling)


def _in_process(account: Account, key: str) -> bool:
    return account.answering(key).open > 0 and account.total("open") > 0


def _missing(account: Account, key: str, bucket: str) -> int:
    """How far an amount is below zero; at claim level no further than the account as a whole is."""
    own: int = -getattr(account.balance(key), bucket)
    return own if key != CLAIM_LEVEL else min(own, -account.total(bucket))


def _later_answers(telling: Telling, key: str, bucket: str) -> None:
    """Answers that took what is no longer there give way, the last one first."""
    missing = _missing(telling.account, key, bucket)
    for adjudication, posted in reversed(telling.account.posted.items()):
        taken = min(missing, -_net(posted, LEDGER[bucket], key))
        if taken > 0 and posted.live:
            missing -= _give_way(telling, adjudication, key, LEDGER[bucket], taken)


def owed_no_more(telling: Telling) -> None:
    """What was written off of a charge before it was lowered is taken back before anybody is asked for less."""
    for key in sorted(telling.account.balances):
        missing = _missing(telling.account, key, "open")
        if missing > 0 and not _in_process(telling.account, key):
            take_back_write_offs(telling, key, ("open",), missing, LOWERED)


def _less_self_pay(telling: Telling, key: str) -> None:
    """A charge was lowered that is the patient's for want of a coverage, and some payer answered, or none was in force."""
    account, missing = telling.account, _missing(telling.account, key, "open")
    if missing <= 0 or not account.self_pay:
        return
    charge = key or None
    telling.say(
        ResponsibilityMoved(
            account=account.number,
            from_payer_order=0,
            to_party="patient",
            cents=-missing,
            amounts=(MovedAmount(charge=charge, cents=-missing),),
            basis="self-pay",
            entry=account.next_entry(),
            posted_on=telling.day,
            entries=(
                JournalLine(ledger="ar_patient", cents=-missing, charge=charge, kind="moved"),
                JournalLine(ledger="ar_open", cents=missing, charge=charge, kind="moved"),
            ),
        )
    )
    take_back_write_offs(
        telling, key, ("patient",), _missing(telling.account, key, "patient"), LOWERED
    )


def _give_way(telling: Telling, adjudication: str, key: str, ledger: str, missing: int) -> int:
    posted = telling.account.posted[adjudication]
    charge, left = key or None, missing
    lines: list[JournalLine] = []
    lowered = ledger == LEDGER["open"]
    for name in _LOWERED if lowered else _ANSWER:
        part = 0 if name == ledger else max(0, min(left, _net(posted, name, key)))
        if name == "ar_next_payer" and not lowered:
            part = min(part, max(0, telling.account.balance(key).next_payer))
        left -= part
        if part:
            lines.append(JournalLine(ledger=name, cents=-part, charge=charge, kind=RESTATED))
    cash = _net(posted, "remittance_clearing", key) + _net(posted, "overpayment", key)
    over = max(0, min(left, cash))
    if over:
        lines.append(JournalLine(ledger="overpayment", cents=-over, charge=charge, kind=RESTATED))
    given = missing - left + over
    if not given:
        return 0
    lines.append(JournalLine(ledger=ledger, cents=given, charge=charge, kind=RESTATED))
    account = telling.account
    telling.say(
        ResponsibilityMoved(
            account=account.number,
            claim=posted.claim,
            adjudication=adjudication,
            from_payer_order=posted.order,
            to_party=RESTATED,
            cents=given,
            amounts=(MovedAmount(charge=charge, cents=given),),
            basis="charge corrected" if lowered else "earlier payer corrected",
            entry=account.next_entry(),
            posted_on=telling.day,
            entries=tuple(lines),
        )
    )
    if over:
        if lowered:
            open_overpayment(telling, adjudication, over, LOWERED, "charge lowered")
        else:
            open_overpayment(telling, adjudication, over, LESS_LEFT, "another payer paid")
    return given


def _net(posted: Posted, ledger: str, key: str) -> int:
    lines = (*posted.lines, *posted.moves)
    return sum(
        line.cents for line in lines if (line.ledger, line.charge or CLAIM_LEVEL) == (ledger, key)
    )
