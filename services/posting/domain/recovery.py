"""A payer's takeback meets the overpayment it is for; what no overpayment explains stays at the payee."""

from contracts.posting import OverpaymentCause, OverpaymentOpened, OverpaymentRecovered
from contracts.values import JournalLine
from services.posting.domain.account_state import Posted, Takeback
from services.posting.domain.telling import Telling
from shared.streams import payee_stream, takeback_stream

TOO_MUCH = "More was paid than is left of the charges."
TWICE = "The claim was paid on another check before."
UNDONE = "The payer reversed the overpaid posting itself."
GIVEN_BACK = "The payer gave the takeback back."
ACKNOWLEDGED = "The payer gave back what we had refunded and it then took back."
TAKEN_AFTER_ALL = "The payer took it after all."


def open_overpayment(
    telling: Telling, adjudication: str, cents: int, reason: str, cause: OverpaymentCause
) -> None:
    """Cash beyond the charges is owed back; whoever takes it back may name any control number of the payer."""
    account = telling.account
    posted = account.posted[adjudication]
    opened = OverpaymentOpened(
        account=account.number,
        claim=posted.claim,
        adjudication=adjudication,
        payer=posted.payer,
        cents=cents,
        suspected_on=telling.day,
        reason=reason,
        received_on=posted.paid_on,
        cause=cause,
    )
    telling.say(opened)
    for control in account.controls.get(posted.payer, ()):
        telling.tell(takeback_stream(posted.payer, control), opened)


def recover(telling: Telling) -> None:
    """Each takeback takes what is open of its payer's overpayments, the oldest first, and never more.

    One below zero gives back: what it took itself, then what the payer reversed although we had refunded it.
    """
    for key in telling.account.takebacks:
        left = telling.account.takebacks[key].cents - _met(telling, key)
        if left < 0:
            _give_back(telling, key, -left)
        elif left > 0:
            _take(telling, key, left)


def _take(telling: Telling, key: str, left: int) -> None:
    takeback = telling.account.takebacks[key]
    for adjudication, posted in telling.account.posted.items():
        again = up_to(left, {charge: -cents for charge, cents in _of(posted, key).items()})
        left -= sum(again.values())
        _say(telling, takeback, adjudication, again, TAKEN_AFTER_ALL)
    for adjudication, posted in telling.account.posted.items():
        if posted.live and posted.payer == takeback.payer:
            taken = up_to(left, posted.overpaid())
            left -= sum(taken.values())
            _say(telling, takeback, adjudication, taken)


def undo(telling: Telling, adjudication: str) -> None:
    """A posting is taken back whole: the takebacks that met its overpayment are the payee's again."""
    for key, takeback in telling.account.takebacks.items():
        met = _of(telling.account.posted[adjudication], key)
        _say(telling, takeback, adjudication, {k: -v for k, v in met.items()}, UNDONE)


def _give_back(telling: Telling, key: str, cents: int) -> None:
    takeback = telling.account.takebacks[key]
    for adjudication, posted in reversed(telling.account.posted.items()):
        met = up_to(cents, _of(posted, key))
        cents -= sum(met.values())
        back = {charge: -part for charge, part in met.items()}
        _say(telling, takeback, adjudication, back, GIVEN_BACK)
    for adjudication, posted in telling.account.posted.items():
        if posted.payer == takeback.payer:
            owed = up_to(cents, posted.owed_to_us())
            cents -= sum(owed.values())
            back = {charge: -part for charge, part in owed.items()}
            _say(telling, takeback, adjudication, back, ACKNOWLEDGED)


def _of(posted: Posted, key: str) -> dict[str, int]:
    met: dict[str, int] = {}
    for one in posted.recovered:
        if one.takeback == key:
            met[one.charge] = met.get(one.charge, 0) + one.cents
    return {charge: cents for charge, cents in met.items() if cents}


def _met(telling: Telling, key: str) -> int:
    return sum(sum(_of(posted, key).values()) for posted in telling.account.posted.values())


def up_to(cents: int, by_charge: dict[str, int]) -> dict[str, int]:
    """`cents` out of those of these amounts that are above zero, in turn."""
    taken: dict[str, int] = {}
    for charge, there in by_charge.items():
        part = min(cents, there)
        if part > 0:
            cents -= part
            taken[charge] = part
    return taken


def _say(
    telling: Telling,
    takeback: Takeback,
    adjudication: str,
    by_charge: dict[str, int],
    why: str = "",
) -> None:
    cents = sum(by_charge.values())
    if not cents:
        return
    account = telling.account
    entry = account.next_entry()

    def recovered(entry: str, entries: tuple[JournalLine, ...]) -> OverpaymentRecovered:
        return OverpaymentRecovered(
            account=account.number,
            claim=account.posted[adjudication].claim,
            adjudication=adjudication,
            payer=takeback.payer,
            tax_id=takeback.tax_id,
            reference=takeback.reference,
            remittance=takeback.remittance,
            check_number=takeback.check_number,
            cents=cents,
            entry=entry,
            posted_on=telling.day,
            entries=entries,
            reason=why,
        )

    here = tuple(
        JournalLine(ledger=ledger, cents=signed, charge=charge or None, kind="recovery")
        for charge, part in by_charge.items()
        for ledger, signed in (("overpayment", part), ("recovery_clearing", -part))
    )
    there = (
        JournalLine(ledger="recovery_clearing", cents=cents, kind="recovery"),
        JournalLine(ledger="provider_adjustment", cents=-cents, kind="recovery"),
    )
    telling.say(recovered(entry, here))
    telling.tell(payee_stream(takeback.payer, takeback.tax_id), recovered(f"{entry}-P", there))
