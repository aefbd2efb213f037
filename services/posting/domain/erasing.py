"""Whether an account is settled: asked before its person is erased."""

from datetime import timedelta

from contracts.posting import ErasureAnswered
from contracts.registration import ErasureAsked
from services.posting.domain.account_state import Account
from services.posting.domain.telling import Telling
from shared.streams import patient_stream

UNCHARGED_FOR = timedelta(days=365)
"""After so long nobody bills an encounter any more that was never charged."""
INSURANCE = ("open", "denied", "next_payer")


def answer(telling: Telling, asked: ErasureAsked) -> None:
    """Tell the patient's stream what is still open here, if anything is."""
    account = telling.account
    insurance = _among(account, INSURANCE)
    patient = _among(account, ("patient",))
    unapplied = sum(cents for _, cents in account.payments.values())
    credit = _among(account, ("credit",)) + abs(unapplied)
    sentence = ""
    if insurance or patient or credit:
        sentence = "money of this account is still open"
    elif not _was_charged(account) and not _is_past(telling):
        sentence = "this encounter is not charged yet"
    said = ErasureAnswered(
        account=account.number,
        patient=asked.patient,
        request=asked.request,
        settled=not sentence,
        insurance_cents=insurance,
        patient_cents=patient,
        credit_cents=credit,
        sentence=sentence,
    )
    telling.tell(patient_stream(asked.patient), said)


def _among(account: Account, buckets: tuple[str, ...]) -> int:
    """What stands in these amounts, whatever its sign: two that cancel out are open both."""
    return sum(
        abs(getattr(balance, bucket)) for balance in account.balances.values() for bucket in buckets
    )


def _was_charged(account: Account) -> bool:
    return account.history or bool(account.balances)


def _is_past(telling: Telling) -> bool:
    today, service = telling.book.today, telling.account.service_on
    return today is not None and service is not None and service + UNCHARGED_FOR < today
