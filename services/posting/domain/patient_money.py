"""A patient's payments as an account knows them: what waits for a balance, and what met which charge."""

from typing import Any

from msgspec.structs import replace

from contracts.posting import (
    PatientPaymentApplied,
    PatientPaymentAssigned,
    PatientPaymentRefunded,
)
from services.posting.domain.account_state import Account, Applied
from services.posting.domain.balance import CLAIM_LEVEL


def waits(account: Account, event: Any, cents: int) -> Account:
    """So much more of a payment (less, where negative) waits for a balance of the account."""
    guarantor, before = account.payments.get(event.payment, (event.guarantor, 0))
    waiting = {**account.payments, event.payment: (guarantor, before + cents)}
    return replace(account, payments={k: v for k, v in waiting.items() if v[1] > 0})


def applied(account: Account, event: PatientPaymentApplied) -> Account:
    """Money that waited met charges; or, negative, waits again."""
    met = {(a.payment, a.charge): a for a in account.applied}
    for amount in event.amounts:
        key = (event.payment, amount.charge or CLAIM_LEVEL)
        before = met[key].cents if key in met else 0
        met[key] = Applied(key[0], event.guarantor, key[1], before + amount.cents)
    account = waits(account, event, -event.cents)
    return replace(account, applied=tuple(a for a in met.values() if a.cents > 0))


def assigned(account: Account, event: PatientPaymentAssigned) -> Account:
    """Money of a payment is meant for this account, or is no longer."""
    account = waits(account, event, event.cents)
    return replace(account, assignments=(*account.assignments, event.assignment))


def sent_back(account: Account, event: PatientPaymentRefunded) -> Account:
    """What waited was refunded."""
    account = waits(account, event, -event.cents)
    return replace(account, refunds=(*account.refunds, event.refund))
