"""What payers' answers make of a claim's row: what is decided and what is left, what is posted and what came back."""

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.posting import (
    OverpaymentRecovered,
    OverpaymentRefunded,
    PaymentPosted,
    PostingReversed,
    ResponsibilityMoved,
)
from contracts.submission import ClaimResubmitted, ClaimSubmitted
from shared.service import At, Row

VOID = "8"
NOT_THEIRS = "not theirs"
"""The state of a claim of which its payer says that it is another payer's (CLP02 23), until that one is billed or answers."""
_ASKED = ("sent", "received", "accepted")
NOT_ANSWERED: Row = {"decided": {}, "unanswered_cents": None}
"""Of an attempt: the charges of its decisions that stand, and what none of them is about; None until the first of them."""
ANSWERED = ("paid", "zero pay", "denied")
"""States of a claim whose newest answer is posted; `zero pay` left all of it to the next payer or the patient."""


def adjudicated(row: Row, e: ClaimAdjudicated, at: At) -> Row:
    """The payer decided it, or a part of it; a decision of no money decides nothing."""
    if "no_money" in e.flags:
        # It decides nothing: the payer's answer is awaited as before, unless the claim is another's.
        return {"state": NOT_THEIRS} if e.status == "23" and row["state"] in _ASKED else {}
    charge = row["charge_cents"] or e.charge_cents
    return {
        **_left(row, {**(row["decided"] or {}), e.adjudication: e.charge_cents}, charge),
        "state": "adjudicated",
        "adjudicated_on": e.paid_on,
        "answered_on": at.occurred_on,
        "payer_control": e.payer_control or row["payer_control"],
        "check_number": e.check_number,
        "charge_cents": charge,
    }


def asked_anew(e: ClaimResubmitted | ClaimSubmitted) -> Row:
    """Another attempt asks for the whole claim again; a void asks for nothing."""
    return {} if e.frequency == VOID else NOT_ANSWERED


def _left(row: Row, decided: dict[str, int], charge_cents: int) -> Row:
    """How much of the attempt no decision that stands is about. What was answered whole once stays so."""
    if row["decided"] is None:
        return {}  # An older version's row does not know what was answered before.
    if row["unanswered_cents"] == 0:
        return {"decided": decided}
    left = max(0, charge_cents - sum(decided.values()))
    return {"decided": decided, "unanswered_cents": left}


def taken_back(row: Row, e: AdjudicationReversed, at: At) -> Row:
    """A decision was taken back: what it was about is asked for again, unless the claim was answered whole."""
    made: Row = {} if row["state"] == "voided" else {"state": "reversed"}
    decided = row["decided"] or {}
    if e.reverses not in decided:
        return made
    left = {k: cents for k, cents in decided.items() if k != e.reverses}
    return {**made, **_left(row, left, row["charge_cents"])}


def posted(row: Row, e: PaymentPosted, at: At) -> Row:
    """A decision is posted."""
    return _standing(row, e, {**row["answers"], e.adjudication: e.patient_part_cents})


def unposted(row: Row, e: PostingReversed, at: At) -> Row:
    """A posting is taken back."""
    left = {k: cents for k, cents in row["answers"].items() if k != e.reverses}
    made = _standing(row, e, left)
    return {**made, "state": "voided"} if row["state"] == "voided" else made


def moved_on(row: Row, e: ResponsibilityMoved, at: At) -> Row:
    """The next party owes what is left."""
    made = _standing(row, e, row["answers"])
    return made if row["state"] in ANSWERED else {**made, "state": row["state"]}


def _standing(
    row: Row, e: PaymentPosted | PostingReversed | ResponsibilityMoved, answers: dict[str, int]
) -> Row:
    """What the postings that stand say of the claim: a reversal's entry is the mirror of what it takes back."""
    paid = row["paid_cents"] + getattr(e, "paid_cents", 0)
    denied = row["denied_cents"] + _moved(e, "ar_denied")
    return {
        "state": answered(answers, paid, denied),
        "paid_cents": paid,
        "contractual_cents": row["contractual_cents"] + _moved(e, "contractual"),
        "patient_cents": sum(answers.values()),
        "denied_cents": denied,
        "answers": answers,
    }


def returned(row: Row, e: OverpaymentRecovered | OverpaymentRefunded, at: At) -> Row:
    """What of `paid_cents` the payer took back by a PLB, or we refunded: the claim keeps the rest."""
    return {"returned_cents": (row["returned_cents"] or 0) + e.cents}


def answered(answers: dict[str, int], paid: int, denied: int) -> str:
    """What the postings that stand make of it."""
    if not answers:
        return "reversed"
    if denied:
        return "denied"
    return "paid" if paid else "zero pay"


def _moved(e: PaymentPosted | PostingReversed | ResponsibilityMoved, ledger: str) -> int:
    return sum(line.cents for line in e.entries if line.ledger == ledger)
