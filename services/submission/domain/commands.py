"""What may be asked of an account's claims."""

from dataclasses import dataclass
from datetime import date

from contracts.coding import CodingFailure
from contracts.denial import CorrectionRequested
from contracts.submission import ClaimSetAside, OpeningBalance, TransportRejected
from contracts.values import ClaimLine


@dataclass(frozen=True, slots=True)
class BuildClaim:
    """The account changed: compile the first claim, ask back what waits as it was, look again at what is held."""


@dataclass(frozen=True, slots=True)
class BillNext:
    """The rest is the next payer's: bill it, unless the earlier payer forwarded the claim."""

    order: int


@dataclass(frozen=True, slots=True)
class RestateNext:
    """A later payer answered: an earlier one may have corrected meanwhile what it was told."""

    order: int


@dataclass(frozen=True, slots=True)
class RecordReopening:
    """A person asked the payer to reopen its decision."""

    claim: str
    channel: str
    reference: str
    asked_on: date
    by: str


@dataclass(frozen=True, slots=True)
class AnswerTransport:
    """A file or set with this attempt was rejected."""

    rejected: TransportRejected


@dataclass(frozen=True, slots=True)
class AnswerSetAside:
    """This attempt is in no file any more: the queue gave it back, or the writer refused it."""

    aside: ClaimSetAside


@dataclass(frozen=True, slots=True)
class SendCorrection:
    """Denial asks that the claim goes again; `failed` is what coding found of the charges as it says them."""

    asked: CorrectionRequested
    failed: tuple[CodingFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseClaim:
    """A person lets a held claim go, overriding rules by name."""

    claim: str
    overridden: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class BillForwarded:
    """A person bills a claim that an earlier payer was to have sent on."""

    claim: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ReplaceClaim:
    """A person sends a claim again that its payer decided, as the account says it by now."""

    claim: str
    reason: str
    by: str
    note: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class VoidClaim:
    """A person wants the payer to cancel a claim that it has, or has `told` one that takes no voids, under its `reference`."""

    claim: str
    reason: str
    by: str
    told: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawVoid:
    """A person drops a void that did not go through."""

    claim: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class SettleVoid:
    """The payer said something of a claim that may have been voided."""

    claim: str


@dataclass(frozen=True, slots=True)
class ResubmitClaim:
    """A person says that a rejected claim was mended, or that a voided one shall go anew."""

    claim: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportClaim:
    """Another system's claim is taken over with what is left of it."""

    account: str
    foreign_number: str
    payer: str
    payer_order: int
    lines: tuple[ClaimLine, ...]
    total_cents: int
    first_billed_on: date | None
    opening: tuple[OpeningBalance, ...]


Command = (
    BuildClaim
    | BillNext
    | RestateNext
    | RecordReopening
    | AnswerTransport
    | AnswerSetAside
    | SendCorrection
    | ReleaseClaim
    | ResubmitClaim
    | BillForwarded
    | ReplaceClaim
    | VoidClaim
    | WithdrawVoid
    | SettleVoid
    | ImportClaim
)
