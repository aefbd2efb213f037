"""The rows that a person sees of the money."""

from services.posting.projections.balances import ACCOUNT_BALANCE, CHARGE_BALANCE, OVERPAYMENT
from services.posting.projections.journal import JOURNAL
from services.posting.projections.money import (
    DEPOSIT,
    GUARANTOR_BALANCE,
    PATIENT_PAYMENT,
    PAYEE_BALANCE,
    PROVIDER_ADJUSTMENT,
    REMITTANCE_MONEY,
    TAKEBACK,
)
from services.posting.projections.statements import (
    DISPUTE,
    PATIENT_BALANCE,
    PAYMENT_PLAN,
    STATEMENT,
)

PROJECTIONS = (
    JOURNAL,
    CHARGE_BALANCE,
    ACCOUNT_BALANCE,
    OVERPAYMENT,
    REMITTANCE_MONEY,
    DEPOSIT,
    PAYEE_BALANCE,
    PROVIDER_ADJUSTMENT,
    TAKEBACK,
    GUARANTOR_BALANCE,
    PATIENT_PAYMENT,
    PATIENT_BALANCE,
    STATEMENT,
    DISPUTE,
    PAYMENT_PLAN,
)
