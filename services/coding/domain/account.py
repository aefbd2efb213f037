"""Charges are captured once, corrected openly, and coded; what fails a rule waits for a coder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    ChargeSupported,
    CodingFailure,
    CodingHeld,
    CorrectionJudged,
    EncounterCoded,
)
from contracts.values import Charge
from services.coding.domain.books import Book
from services.coding.domain.commands import (
    Capture,
    Code,
    Command,
    CorrectCharge,
    JudgeCorrections,
    SupportCharge,
    TryAgain,
)
from services.coding.domain.corrections import (
    Claimed,
    as_it_goes,
    not_on_a_claim,
    with_correction,
)
from services.coding.domain.edits import (
    Standing,
    edit_failures,
    edit_versions,
)
from services.coding.domain.rules import MENDED_BY_BOOKS, failures, versions
from services.coding.domain.state import Account, evolve
from shared.errors import Refused
from shared.service import Decider, Wake

CHARGES_AT_MOST = 999


def decide(command: Command, state: Account | None, book: Book) -> list[Any]:
    """What follows from a command on an account."""
    account = state or Account()
    match command:
        case Capture():
            return _capture(command, account, book)
        case CorrectCharge():
            return _correct(command, account, book)
        case SupportCharge():
            return _support(command, account, book)
        case Code():
            return _code(command, account, book)
        case TryAgain():
            same = account.tried is None and account.covers == account.coded_for
            return [] if same else _judged_again(account, book)
        case JudgeCorrections():
            waiting = [claim for claim in account.claims.values() if claim.waits]
            return [_correction_judged(account, claim, book) for claim in waiting]


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
    new = {charge.charge for charge in fresh}
    said: list[Any] = [ChargesCaptured(account=c.account, charges=tuple(fresh))]
    said += [
        ChargeSupported(account=c.account, charge=charge, reason=reason)
        for charge, reason in c.support
        if charge in new
    ]
    if c.diagnoses or c.lines:
        coded = Code(c.account, c.diagnoses, c.lines, c.coder)
        said += _code(coded, _after(account, said), book)
    return said


def _correct(c: CorrectCharge, account: Account, book: Book) -> list[Any]:
    before = account.charges.get(c.after.charge)
    if before is None:
        raise Refused("there is no such charge")
    if before == c.after:
        return []
    said = [ChargeCorrected(account=c.account, before=before, after=c.after, reason=c.reason)]
    return [*said, *_judged_again(_after(account, said), book, before=account)]


def _support(c: SupportCharge, account: Account, book: Book) -> list[Any]:
    if c.charge not in account.charges:
        raise Refused("there is no such charge")
    if account.supported.get(c.charge) == "charge":
        return []
    said = [ChargeSupported(account=c.account, charge=c.charge, reason=c.reason)]
    return [*said, *_judged_again(_after(account, said), book)]


def _after(account: Account, said: Iterable[Any]) -> Account:
    for event in said:
        account = evolve(account, event)
    return account


def _code(c: Code, account: Account, book: Book) -> list[Any]:
    charges = account.charges
    if not charges:
        raise Refused("there is nothing to code: no charge is captured")
    if any(line.charge not in charges for line in c.lines):
        raise Refused("a line names a charge that is not there")
    if (c.diagnoses, c.lines) == (account.diagnoses, account.lines) and not account.held:
        return []
    # Another system's history is taken as it was billed; nobody codes it again.
    if account.billing == "bill" and (wrong := _wrong(c, account, book)):
        return [_held(c, wrong)]
    alive = tuple(charges.values())
    checked = versions(alive, book)
    if book.edits and account.billing == "bill":
        checked += edit_versions(alive, _standing(account), book)
    return [
        EncounterCoded(
            account=c.account,
            diagnoses=c.diagnoses,
            lines=c.lines,
            code_sets=checked,
            coder=c.coder,
        )
    ]


def _wrong(c: Code, account: Account, book: Book) -> tuple[CodingFailure, ...]:
    alive = tuple(account.charges.values())
    wrong = failures(alive, c.diagnoses, c.lines, book)
    return wrong + tuple(_against_edits(account, book))


def _against_edits(account: Account, book: Book) -> Iterator[CodingFailure]:
    """What the edits find of the charges, and of each claim that says some of them otherwise; each once."""
    seen: set[tuple[str, str]] = set()
    for claim in (Claimed(), *account.claims.values()) if book.edits else ():
        for one in edit_failures(claim.charged(account.charges), _standing(account, claim), book):
            if (one.rule, one.field) not in seen:
                seen.add((one.rule, one.field))
                yield one


def _correction_judged(account: Account, claim: Claimed, book: Book) -> CorrectionJudged:
    """By the rules that the encounter's own codes keep to, where it kept to them; what was never coded or billed here, submission declines."""
    assert claim.asked is not None
    asked = as_it_goes(claim.asked, account.charges)
    judged = CorrectionJudged(account=asked.account, claim=asked.claim, asked=asked)
    if not account.lines or account.billing != "bill":
        return judged
    after = with_correction(claim, asked.correction.charges)
    charges, standing = after.charged(account.charges), _standing(account, after)
    before = _of_codes(account, claim.charged(account.charges), book)
    wrong = (
        *not_on_a_claim(claim.asked, account.charges),
        *(one for one in _of_codes(account, charges, book) if one not in before),
    )
    checked = versions(charges, book)
    if book.edits:
        wrong += tuple(edit_failures(charges, standing, book))
        checked += edit_versions(charges, standing, book)
    return replace(judged, failures=wrong, code_sets=checked)


def _held(c: Code, wrong: tuple[CodingFailure, ...]) -> CodingHeld:
    return CodingHeld(
        account=c.account, failures=wrong, coder=c.coder, diagnoses=c.diagnoses, lines=c.lines
    )


def _standing(account: Account, claim: Claimed = Claimed()) -> Standing:
    reasons = claim.reasons(account.charges, account.supported)
    return Standing(account.opened, account.facility, account.covers, reasons)


def _judged_again(account: Account, book: Book, before: Account | None = None) -> list[Any]:
    """What waits may pass by now, and what passed may make a pair by now, or break a rule that it kept `before`."""
    tried = account.tried
    if tried is not None:
        again = Code(tried.account, tried.diagnoses, tried.lines, tried.coder)
        said = _code(again, account, book)
        same = [e for e in said if isinstance(e, CodingHeld) and e.failures == tried.failures]
        return [] if same else said
    if account.held or not account.lines or account.billing != "bill":
        return []
    broken = next(_against_edits(account, book), None) is not None
    if broken or (before is not None and _breaks_more(account, before, book)):
        coded = Code(account.number, account.diagnoses, account.lines, account.coder)
        return [_held(coded, _wrong(coded, account, book))]
    return []


def _breaks_more(account: Account, before: Account, book: Book) -> bool:
    """Whether a rule is broken that was not before."""
    then = _of_codes(before, tuple(before.charges.values()), book)
    now = _of_codes(account, tuple(account.charges.values()), book)
    return not set(now) <= set(then)


def _of_codes(
    account: Account, charges: tuple[Charge, ...], book: Book
) -> tuple[CodingFailure, ...]:
    """What charges break of the rules that need no table of edits."""
    return failures(charges, account.diagnoses, account.lines, book)


def _by_itself(account: Account) -> bool:
    """Whether what a morning brings may end the hold."""
    tried = account.tried
    return tried is not None and all(one.rule in MENDED_BY_BOOKS for one in tried.failures)


def timers(account: Account) -> Mapping[str, Wake]:
    """Codes that lack only what the books may bring are looked at again every morning.

    So is a correction that an older version, which judged none, has passed over.
    """
    waiting = {"code sets": Wake(date.min)} if _by_itself(account) else {}
    if any(claim.waits for claim in account.claims.values()):
        waiting["corrections"] = Wake(date.min)
    return waiting


def wake(what: str, day: date, account: Account, book: Book) -> Command | None:
    """The command of a morning."""
    if what == "corrections":
        return JudgeCorrections()
    return TryAgain() if _by_itself(account) else None


ACCOUNT = Decider("account", Account, decide, evolve, timers, wake)
