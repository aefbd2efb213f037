"""Credits that a person sends back: a payer's overpayment, and what of a patient's payment meets no balance."""

from contracts.posting import OverpaymentRefunded, PatientPaymentRefunded
from contracts.values import JournalLine
from services.posting.domain.commands import RefundOverpayment, RefundPatient
from services.posting.domain.recovery import up_to
from services.posting.domain.telling import Telling
from shared.errors import Refused
from shared.streams import guarantor_stream, payee_stream


def refund_overpayment(telling: Telling, command: RefundOverpayment) -> None:
    """Never more than is open of it, less what its payer owes us; the same refund again is quiet."""
    account = telling.account
    if command.refund in account.refunds:
        return
    posted = account.posted.get(command.adjudication)
    open_now = posted.overpaid() if posted is not None and posted.live else {}
    there = min(sum(open_now.values()), _owed(telling, posted.payer) if posted is not None else 0)
    cents = there if command.cents is None else command.cents
    if posted is None or cents <= 0 or cents > there:
        raise Refused("there is less overpaid than should be refunded")
    entry = account.next_entry()

    def refunded(entry: str, entries: tuple[JournalLine, ...]) -> OverpaymentRefunded:
        return OverpaymentRefunded(
            account=account.number,
            claim=posted.claim,
            adjudication=command.adjudication,
            payer=posted.payer,
            refund=command.refund,
            cents=cents,
            reason=command.reason,
            approver=command.approver,
            entry=entry,
            posted_on=telling.day,
            entries=entries,
        )

    here = tuple(
        JournalLine(ledger=ledger, cents=signed, charge=charge or None, kind="refund")
        for charge, part in up_to(cents, open_now).items()
        for ledger, signed in (("overpayment", part), ("recovery_clearing", -part))
    )
    telling.say(refunded(entry, here))
    payee = payee_stream(posted.payer, account.legal_entity or "unknown")
    telling.tell(payee, refunded(f"{entry}-P", _pair("recovery_clearing", cents)))


def _owed(telling: Telling, payer: str) -> int:
    """What is owed back to a payer on the account, all told."""
    of_payer = (p for p in telling.account.posted.values() if p.payer == payer)
    return sum(sum(p.owed_back().values()) for p in of_payer)


def refund_patient(telling: Telling, command: RefundPatient) -> None:
    """Out of what waits on the account, so that it cannot be applied as well."""
    account = telling.account
    if command.refund in account.refunds:
        return
    guarantor, waiting = account.payments.get(command.payment, ("", 0))
    if not 0 < command.cents <= waiting:
        raise Refused("there is less of that payment unapplied than should be refunded")

    def refunded(entries: tuple[JournalLine, ...]) -> PatientPaymentRefunded:
        return PatientPaymentRefunded(
            guarantor=guarantor,
            payment=command.payment,
            refund=command.refund,
            account=account.number,
            cents=command.cents,
            reason=command.reason,
            approver=command.approver,
            posted_on=telling.day,
            entry=f"{account.number}-R{len(account.refunds) + 1}",
            entries=entries,
        )

    telling.say(refunded(()))
    left = refunded(_pair("patient_unapplied", command.cents))
    telling.tell(guarantor_stream(guarantor), left)


def _pair(debit: str, cents: int) -> tuple[JournalLine, ...]:
    return (
        JournalLine(ledger=debit, cents=cents, kind="refund"),
        JournalLine(ledger="cash", cents=-cents, kind="refund"),
    )
