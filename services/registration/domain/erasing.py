"""Erasing a person: asked for, answered by every account, refused by a hold or by what is not settled, then done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contracts.registration import ErasureAsked, ErasureRefused, KeysDestroyed, PersonErased
from services.registration.domain.state import Book, Patient
from shared.errors import Busy, Refused
from shared.service import to
from shared.streams import account_stream

NEW_ENCOUNTER = "an encounter of this person came in while their accounts were asked"


@dataclass(frozen=True)
class AskErasure:
    """Somebody wants a person erased."""

    patient: str
    reason: str


@dataclass(frozen=True)
class SettleErasure:
    """An account answered; the last answer decides."""

    patient: str


@dataclass(frozen=True)
class StateDestroyed:
    """The keys are gone."""

    patient: str
    key_ids: tuple[str, ...]


Erase = AskErasure | SettleErasure | StateDestroyed


def decide_erasing(command: Erase, state: Patient | None, book: Book | None) -> list[Any]:
    """What follows from a command about erasing a person."""
    if state is None:
        raise Refused("no such patient")
    match command:
        case AskErasure():
            return _ask(command, state, book or Book())
        case SettleErasure(patient):
            return _settle(patient, state, book or Book())
        case StateDestroyed(patient, key_ids):
            if state.erasing != "erased":
                return []
            return [KeysDestroyed(patient=patient, request=state.request, key_ids=key_ids)]


def _ask(c: AskErasure, state: Patient, book: Book) -> list[Any]:
    """Asked again while accounts answer, it begins anew: an answer may be lost behind a parked record."""
    if state.erasing in ("erased", "gone"):
        raise Refused("this person was erased already")
    if (hold := book.keeping.hold_on(c.patient)) is not None:
        raise Refused(f"the legal hold {hold} keeps this person")
    asked = ErasureAsked(
        patient=c.patient,
        request=state.request + 1,
        accounts=len(state.accounts),
        reason=c.reason,
    )
    if not state.accounts:
        return [asked, PersonErased(patient=c.patient, request=asked.request, reason=c.reason)]
    return [asked, *(to(account_stream(account), asked) for account in state.accounts)]


def _settle(patient: str, state: Patient, book: Book) -> list[Any]:
    if state.erasing != "asked" or state.unanswered > 0:
        return []
    if (hold := book.keeping.hold_on(patient)) is not None:
        return [refusal(patient, state, f"the legal hold {hold} keeps this person")]
    if state.unsettled_count:
        told = f"{state.unsettled_count:,} of {len(state.accounts):,} accounts are not settled"
        return [refusal(patient, state, told)]
    erased = PersonErased(patient=patient, request=state.request, reason=state.reason)
    return [erased, *(to(account_stream(account), erased) for account in state.accounts)]


def refusal(patient: str, state: Patient, sentence: str) -> ErasureRefused:
    """The person stays."""
    return ErasureRefused(
        patient=patient, request=state.request, accounts=state.unsettled, sentence=sentence
    )


def judge_keys(state: Patient | None, key_ids: Iterable[str]) -> None:
    """Busy where something is sealed with a key that goes or is gone: sealed anew it is as good as ever."""
    if state is not None and (state.erasing == "erased" or not set(state.gone).isdisjoint(key_ids)):
        raise Busy("this person is being erased: come again")
