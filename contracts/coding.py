"""What `coding` says: charges, their corrections, and the codes that support them."""

from contracts.denial import CorrectionRequested
from contracts.registry import event, record
from contracts.values import (
    AccountNumber,
    Charge,
    ChargeNumber,
    ClaimNumber,
    Code,
    CodedLine,
    Diagnosis,
    Sentence,
)


@event("coding.charges_captured.v1", "account")
class ChargesCaptured:
    """Charges of an encounter; only these create A/R."""

    account: AccountNumber
    charges: tuple[Charge, ...]


@event("coding.charge_corrected.v1", "account")
class ChargeCorrected:
    """A charge was changed or voided; A/R moves by the difference of the amounts."""

    account: AccountNumber
    before: Charge
    after: Charge
    reason: Sentence


@event("coding.encounter_coded.v1", "account")
class EncounterCoded:
    """The encounter's diagnoses and pointers passed the code sets in force on the date of service.

    Coded again (a correction) repeats the whole list. `code_sets` are `name version` pairs.
    """

    account: AccountNumber
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[CodedLine, ...]
    code_sets: tuple[str, ...]
    coder: Code


@record
class CodingFailure:
    """Why a coded encounter waits in the work list: the rule, where, and what to do."""

    rule: Code
    field: Code
    value: str = ""
    sentence: Sentence


@event("coding.coding_held.v1", "account")
class CodingHeld:
    """The codes as entered did not pass; they wait for a coder, or for the code set that was not known yet."""

    account: AccountNumber
    failures: tuple[CodingFailure, ...]
    coder: Code
    diagnoses: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()


@event("coding.charge_supported.v1", "account")
class ChargeSupported:
    """Somebody said why a charge may go as it stands: over a unit limit, or beside a charge that it makes a pair with.

    It stands for the charge as it was then: what changes its code, modifiers, units or day wants a reason anew.
    """

    account: AccountNumber
    charge: ChargeNumber
    reason: Sentence


@event("coding.correction_judged.v1", "account")
class CorrectionJudged:
    """What a denial's correction says of charges was held against the rules of coding: it goes when nothing failed.

    `asked` is the correction as it goes: what it does not say of a charge stays as it was captured, amounts always.
    """

    account: AccountNumber
    claim: ClaimNumber
    asked: CorrectionRequested
    failures: tuple[CodingFailure, ...] = ()
    code_sets: tuple[str, ...] = ()
