"""What becomes of payments that were handed in: asked for until it is known, but not for long."""

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from cli.output import counted, dollars
from shared.x12 import Unreadable, read_file
from shared.x12.dates import payment_day
from shared.x12.envelope import TransactionSet, kind_of

SERVICE = "adjudication_tracking"
WAIT_SECONDS = 10.0
"""In all, whatever number of files was handed in."""
STEP_SECONDS = 0.25
ASK_SECONDS = 5.0
DECIDED = ("released", "refused", "closed")
NOT_POSTED = ("refused", "conflicting")
FAULTS_SHOWN = 3
LIST = "`claimlog list checks-that-do-not-match`"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Payment:
    """How an 835 names the payment that it explains: TRN02, TRN03, BPR16; or the remittance, where it is known."""

    check_number: str
    payer_trace_id: str = ""
    paid_on: str = ""
    remittance: str = ""

    def is_of(self, row: Row) -> bool:
        """Whether a remittance is this payment's; a file without a day was given another one."""
        if self.remittance:
            return bool(row["remittance"] == self.remittance)
        day = str(row["paid_on"]).replace("-", "")
        same = (row["check_number"], row["payer_trace_id"]) == (
            self.check_number,
            self.payer_trace_id,
        )
        return same and self.paid_on in ("", day)


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one payment; `next_step` is empty where nobody has to do anything."""

    check_number: str
    remittance: str | None
    state: str
    amount_cents: int | None
    why: str
    next_step: str

    def sentence(self) -> str:
        """As a person reads it."""
        of = "" if self.amount_cents is None else f" of {dollars(self.amount_cents)}"
        return f"check {self.check_number}{of}: {self.state}; {self.why}"


def payments(data: bytes) -> list[Payment]:
    """Every payment of a file, once."""
    try:
        sets = read_file(data).sets()
    except Unreadable:
        return []
    return list(dict.fromkeys(_payment(one) for one in sets if kind_of(one) == "835"))


def _payment(one: TransactionSet) -> Payment:
    found = {"BPR": [""], "TRN": [""], "DTM": [""]}
    for segment in one.segments:
        if segment[0] in ("LX", "CLP"):
            break
        if found.get(segment[0]) == [""]:
            found[segment[0]] = segment
    bpr, trn, produced = found["BPR"], found["TRN"], found["DTM"]
    # What is no day was read as none: the day on which the file was produced counts then.
    days = (_element(bpr, 16), _element(produced, 2) if _element(produced, 1) == "405" else "")
    day = next((day for day in days if payment_day(day)), "")
    return Payment(_element(trn, 2), _element(trn, 3), day)


def _element(segment: list[str], at: int) -> str:
    return segment[at].strip() if len(segment) > at else ""


class Watch:
    """Payments as they stood before they were handed in, and what became of them."""

    def __init__(self, url: str, of: Iterable[Payment]) -> None:
        self.url = url
        self.before = {p: _row(url, p) for p in of} if url else {}

    def became(self, again: bool, until: float) -> list[Row]:
        """Of each payment what is known by then; of a file that was here before, what is known now."""
        rows: dict[Payment, Row | None] = {}
        waiting = list(self.before)
        while waiting:
            heard = again or _all_heard(
                self.url
            )  # Before the rows are asked for: then they show it.
            for payment in waiting:
                rows[payment] = _row(self.url, payment)
            late = time.monotonic() > until
            waiting = [p for p in waiting if not self._known(p, rows[p], heard)]
            if late or again:
                break
            time.sleep(STEP_SECONDS if waiting else 0)
        return [
            asdict(_became(self.url, p, self.before[p], row, p not in waiting))
            for p, row in rows.items()
        ]

    def _known(self, payment: Payment, row: Row | None, heard: bool) -> bool:
        """Decided, and by this file: the row changed, or everything that the service said came back to it."""
        return (
            row is not None and row["state"] in DECIDED and (heard or row != self.before[payment])
        )


def _row(url: str, payment: Payment) -> Row | None:
    found = _ask(url, "/remittances", check_number=payment.check_number)
    # A check that was typed before its file came has no trace, and the day that is on the paper.
    typed = (row for row in found if row.get("entered_by"))
    return next((row for row in found if payment.is_of(row)), next(typed, None))


def _all_heard(url: str) -> bool:
    """Whether the service heard back all that it said, and so did what follows from a file."""
    progress = _ask(url, "/progress")
    return bool(progress) and not any(row["unheard"] for row in progress)


def _ask(url: str, path: str, **params: str) -> list[Row]:
    try:
        answer = httpx.get(f"{url}{path}", params=params, timeout=ASK_SECONDS)
        body = answer.json() if answer.status_code == 200 else []
    except (httpx.HTTPError, ValueError):
        return []
    return body if isinstance(body, list) else []


def _became(url: str, payment: Payment, before: Row | None, row: Row | None, known: bool) -> Became:
    if row is None or (not known and row["state"] in DECIDED):
        why = "read; whether it balances and is ours is not known yet"
        return Became(payment.check_number, None, "taken", None, why, LIST)
    state, why, next_step = _told(url, before, row)
    return Became(
        payment.check_number, row["remittance"], state, row["amount_cents"], why, next_step
    )


def _told(url: str, before: Row | None, row: Row) -> tuple[str, str, str]:
    """Its state, the reason, and what a person does."""
    came = before or {"repeats": 0, "conflicts": 0}
    if row["conflicts"] > came["conflicts"]:
        why = (
            "this check came before with another amount, and nothing of this file is posted"
            if before
            else f"it stands in this file twice, with two amounts: the first is {row['state']}, the other is not taken"
        )
        return "conflicting", why, "ask the payer which of the two stands"
    if row["repeats"] > came["repeats"]:
        before_it = (
            f"it was entered by {row['entered_by']}"
            if row.get("entered_by")
            else "it came before in another file"
        )
        where = before_it if before else "it stands in this file twice"
        return "repeated", f"{where} and is {row['state']}: nothing is posted twice", ""
    match row["state"]:
        case "released":
            goes = "goes to its account" if row["claims"] == 1 else "go to their accounts"
            return "released", f"{counted(row['claims'], 'claim')} {goes}", ""
        case "refused":
            return "refused", _faults(row["faults"]), _mend(url, row)
        case "closed":
            return "closed", "a person closed it: nothing of it posts", ""
    why = "its records are on their way: it is balanced when all of them are there"
    return "staged", why, f"`claimlog status` shows whether a service is behind; then {LIST}"


def _faults(faults: Iterable[Row]) -> str:
    found = list(faults)
    told = []
    for fault in found[:FAULTS_SHOWN]:
        where = f" (segment {fault['segment']})" if fault.get("segment") else ""
        difference = fault.get("difference_cents")
        by = f" by {dollars(difference)}" if difference and fault.get("level") != "payee" else ""
        told.append(f"{fault.get('sentence', '')}{by}{where}")
    more = [f"{len(found) - FAULTS_SHOWN} more"] if len(found) > FAULTS_SHOWN else []
    return "; ".join(told + more)


def _mend(url: str, row: Row) -> str:
    anew = (
        "it is entered anew as the paper has it"
        if row.get("entered_by")
        else "the payer sends it mended"
    )
    return (
        f"{anew}, or a named person releases what balances or closes it: "
        f"POST /remittances/{row['remittance']}/release or /close, see {url}/docs"
    )
