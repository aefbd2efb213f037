"""What coding can be asked to do."""

from dataclasses import dataclass

from contracts.values import Charge, CodedLine, Diagnosis


@dataclass(frozen=True)
class Capture:
    """Charges of an encounter with its codes, as the feed or a person gives them; `support` are reasons by charge."""

    account: str
    charges: tuple[Charge, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    coder: str = ""
    support: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CorrectCharge:
    """A charge shall read like `after`; units 0 voids it."""

    account: str
    after: Charge
    reason: str


@dataclass(frozen=True)
class SupportCharge:
    """A charge may go as it stands, and why."""

    account: str
    charge: str
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
    """A morning came, or it is known whose account it is: what was judged may be otherwise by now."""


@dataclass(frozen=True)
class JudgeCorrections:
    """A denial's correction says charges of a claim otherwise: may it go so?"""


Command = Capture | CorrectCharge | SupportCharge | Code | TryAgain | JudgeCorrections
