"""Charges are captured once, corrected openly, and coded; what fails a rule waits for a coder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from contracts.coding import ChargeCorrected, ChargesCaptured, CodingHeld, EncounterCoded
from contracts.registration import AccountOpened
from contracts.values import Charge, CodedLine, Diagnosis
from services.coding.domain.books import Book
from services.coding.domain.rules import MENDED_BY_CODE_SETS, failures, versions
from shared.errors import Refused
from shared.service import Decider, Wake

CHARGES_AT_MOST = 999


@dataclass(frozen=True)
class Capture:
    """Charges of an encounter with its codes, as the feed or a person gives them."""

    account: str
    charges: tuple[Charge, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    coder: str = ""


@dataclass(frozen=True)
class CorrectCharge:
    """A charge shall read like `after`; units 0 voids it."""

    account: str
    after: Charge
    reason: str


@dataclass(frozen=True)
class Code:
    """The encounter is coded (again)."""

    account: str
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[CodedLine, ...]
    coder: str


@dataclass(frozen=True)
class TryAgain:
    """A morning came: a code set may be known by now that was not."""

    account: str


Command = Capture | CorrectCharge | Code | TryAgain


class Account(msgspec.Struct, frozen=True, array_like=True):
    """The charges, the codes in force, what is held, and whether the account is billed at all."""

    charges: dict[str, Charge] = {}
    diagnoses: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    held: bool = False
    tried: CodingHeld | None = None
    """The codes that wait, where a code set is all that they lack."""
    billing: Literal["bill", "history"] = "bill"


def decide(command: Command, state: Account | None, book: Book) -> list[Any]:
    """What follows from a command on an account."""
    account = state or Account()
    match command:
        case Capture():
            return _capture(command, account, book)
        case CorrectCharge():
            return _correct(command, account)
        case Code():
            return _code(command.account, command, account, account.charges, book)
        case TryAgain():
            return _try_again(account, book)


def _capture(c: Capture, account: Account, book: Book) -> list[Any]:
    fresh: list[Charge] = []
    for charge in c.charges:
        known = account.charges.get(charge.charge)
        if known is None:
            fresh.append(charge)
        elif known != charge:
            raise Refused(
                f"charge {charge.charge} was captured with other content; correct it instead"
            )
    if not fresh:
        return []
    if len(account.charges) + len(fresh) > CHARGES_AT_MOST:
        raise Refused(f"an account holds at most {CHARGES_AT_MOST} charges")
    if any(charge.units == 0 for charge in fresh):
        raise Refused("a charge is captured with at least one unit")
    said: list[Any] = [ChargesCaptured(account=c.account, charges=tuple(fresh))]
    if c.diagnoses or c.lines:
        charges = {**account.charges, **{charge.charge: charge for charge in fresh}}
        said += _code(
            c.account, Code(c.account, c.diagnoses, c.lines, c.coder), account, charges, book
        )
    return said


def _correct(c: CorrectCharge, account: Account) -> list[Any]:
    before = account.charges.get(c.after.charge)
    if before is None:
        raise Refused("there is no such charge")
    if before == c.after:
        return []
    return [ChargeCorrected(account=c.account, before=before, after=c.after, reason=c.reason)]


def _code(
    number: str, c: Code, account: Account, charges: dict[str, Charge], book: Book
) -> list[Any]:
    if not charges:
        raise Refused("there is nothing to code: no charge is captured")
    if any(line.charge not in charges for line in c.lines):
        raise Refused("a line names a charge that is not there")
    if (c.diagnoses, c.lines) == (account.diagnoses, account.lines) and not account.held:
        return []
    alive = tuple(charges.values())
    wrong = failures(alive, c.diagnoses, c.lines, book)
    # Another system's history is taken as it was billed; nobody codes it again.
    if wrong and account.billing == "bill":
        return [
            CodingHeld(
                account=number, failures=wrong, coder=c.coder, diagnoses=c.diagnoses, lines=c.lines
            )
        ]
    return [
        EncounterCoded(
            account=number,
            diagnoses=c.diagnoses,
            lines=c.lines,
            code_sets=versions(alive, book),
            coder=c.coder,
        )
    ]


def _try_again(account: Account, book: Book) -> list[Any]:
    tried = account.tried
    if tried is None:
        return []
    again = Code(tried.account, tried.diagnoses, tried.lines, tried.coder)
    said = _code(tried.account, again, account, account.charges, book)
    same = [e for e in said if isinstance(e, CodingHeld) and e.failures == tried.failures]
    return [] if same else said


def evolve(state: Account | None, event: Any) -> Account:
    """The account after an event."""
    account = state or Account()
    replace = msgspec.structs.replace
    match event:
        case AccountOpened(billing=billing):
            return replace(account, billing=billing)
        case ChargesCaptured(charges=charges):
            return replace(account, charges={**account.charges, **{c.charge: c for c in charges}})
        case ChargeCorrected(after=after):
            return replace(account, charges={**account.charges, after.charge: after})
        case EncounterCoded(diagnoses=diagnoses, lines=lines):
            return replace(account, diagnoses=diagnoses, lines=lines, held=False, tried=None)
        case CodingHeld(failures=failures):
            waits = event.lines and all(failure.rule in MENDED_BY_CODE_SETS for failure in failures)
            return replace(account, held=True, tried=event if waits else None)
    return account


def timers(account: Account) -> Mapping[str, Wake]:
    """Codes that lack only a code set are looked at again every morning."""
    return {"code sets": Wake(date.min)} if account.tried is not None else {}


def wake(what: str, day: date, account: Account, book: Book) -> Command | None:
    """The command of a morning."""
    return TryAgain(account.tried.account) if account.tried is not None else None


ACCOUNT = Decider("account", Account, decide, evolve, timers, wake)
