"""The rules of posting: one decider per kind of stream."""

from collections.abc import Mapping

from services.posting.domain import account, guarantor, money, payee
from services.posting.domain.account_fold import evolve
from services.posting.domain.account_state import Account
from services.posting.domain.guarantor_fold import evolve_guarantor
from services.posting.domain.guarantor_state import Guarantor
from shared.service import Decider

ACCOUNT = Decider("account", Account, account.decide, evolve)
REMITTANCE = Decider(
    "remittance", money.Remittance, money.decide_remittance, money.evolve_remittance
)
PAYEE = Decider("payee", payee.Payee, payee.decide_payee, payee.evolve_payee)
MEETING = Decider("takeback", payee.Meeting, payee.decide_meeting, payee.evolve_meeting)
TRACE = Decider("trace", money.Trace, money.decide_trace, money.evolve_trace)
DEPOSIT = Decider("deposit", money.Deposit, money.decide_deposit, money.evolve_deposit)
GUARANTOR = Decider(
    "guarantor",
    Guarantor,
    guarantor.decide_guarantor,
    evolve_guarantor,
    guarantor.timers,
    guarantor.wake,
)

DECIDERS: Mapping[str, Decider] = {
    decider.kind: decider
    for decider in (ACCOUNT, REMITTANCE, PAYEE, MEETING, TRACE, DEPOSIT, GUARANTOR)
}
