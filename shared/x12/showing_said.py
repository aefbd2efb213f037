"""What one segment of a level says, in a biller's words; a segment without words of its own is shown as it stands."""

from collections.abc import Callable, Sequence

from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED
from shared.x12.dates import day_or_none
from shared.x12.envelope import Delimiters
from shared.x12.fields import padded
from shared.x12.money import NotMoney, cents
from shared.x12.showing import Fact, Shown, Veil, code_of

ROLES = {
    "03": "dependent",
    "1P": "provider",
    "2B": "third-party administrator",
    "36": "employer",
    "40": "receiver",
    "41": "submitter",
    "71": "attending",
    "77": "service facility",
    "80": "hospital",
    "82": "rendering",
    "85": "billing provider",
    "AY": "clearinghouse",
    "DK": "ordering",
    "DN": "referring",
    "FA": "facility",
    "GP": "gateway provider",
    "IL": "insured",
    "P3": "primary care provider",
    "P5": "plan sponsor",
    "PR": "payer",
    "PRP": "primary payer",
    "QC": "patient",
    "SEP": "secondary payer",
    "SJ": "service provider",
    "TTP": "tertiary payer",
    "X3": "utilization management",
}
REFERENCES = {
    "1K": "payer's claim number",
    "1L": "group",
    "6P": "group",
    "18": "plan",
    "BLT": "bill type",
    "D9": "clearinghouse's number",
    "EA": "medical record",
    "EJ": "account",
    "F6": "Medicare number",
    "FJ": "line control",
    "G1": "authorization",
    "SY": "social security number",
}
DATES = {
    "050": "received",
    "009": "processed",
    "096": "discharged",
    "291": "plan",
    "307": "eligibility",
    "346": "plan begins",
    "347": "plan ends",
    "356": "eligible from",
    "357": "eligible to",
    "435": "admitted",
    "472": "served",
}
COUNTS = {"90": "accepted", "AA": "rejected", "QA": "accepted", "QC": "rejected"}
AMOUNTS = {"T3": "charged", "YU": "accepted", "YY": "rejected"}
PEOPLE = frozenset({"03", "IL", "QC"})
BENEFITS = {
    "1": "active",
    "2": "active, full risk capitation",
    "3": "active, services capitated",
    "4": "active, services capitated to primary care",
    "5": "active, under investigation",
    "6": "inactive",
    "7": "inactive, eligibility update pending",
    "8": "inactive, under investigation",
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "CB": "coverage basis",
    "D": "described",
    "E": "excluded",
    "F": "limited",
    "G": "out of pocket",
    "I": "not covered",
    "J": "cost containment",
    "L": "primary care provider",
    "MC": "managed care coordinator",
    "N": "restricted to a provider",
    "R": "another payer",
    "U": "ask here",
    "V": "cannot be answered",
    "W": "another source",
    "X": "health care facility",
    "Y": "spend down",
}
NETWORK = {"Y": "in network", "N": "out of network", "W": "any network"}
PERIODS = {
    "22": "a service year",
    "23": "a calendar year",
    "24": "this year so far",
    "26": "an episode",
    "27": "a visit",
    "29": "left",
    "32": "a lifetime",
    "33": "left of a lifetime",
}
FINDINGS = {"A": "acknowledged", "D": "data search", "E": "error", "F": "finalized", "P": "pending"}
FINDINGS["R"] = "more information wanted"
REVIEWS = {
    "A1": "certified",
    "A2": "certified in part",
    "A3": "not certified",
    "A4": "pended",
    "A6": "modified",
    "C": "cancelled",
    "CT": "contact the payer",
    "NA": "no action needed",
}


class Saying:
    """The segments of one set put into words; `level` is the code of the HL that is open."""

    def __init__(self, veil: Veil, marks: Delimiters, kind: str) -> None:
        self.veil, self.marks, self.kind = veil, marks, kind
        self.level = ""

    def shown(self, segment: list[str]) -> Shown:
        """One segment: what it says and the facts, or as it stands."""
        said = SAID.get(segment[0])
        facts = said(self, padded(segment, 20)) if said is not None else None
        if facts is None:
            return self.veil.segment(segment)
        left_over = [text for text in segment[_REACH[segment[0]] + 1 :] if text]
        inside = [self.veil.segment(segment)] if left_over else []
        return Shown(_NAMES[segment[0]], facts, inside)

    def of_person(self) -> bool:
        """Whether what is said here is said of a person."""
        return self.level in ("22", "23", "PT", "EV", "SS")

    def id(self, text: str) -> str:
        """A number, masked where it is a person's."""
        return self.veil.id(text) if self.of_person() else text

    def parts(self, text: str) -> list[str]:
        """Components."""
        return text.split(self.marks.component)

    def repeated(self, text: str) -> list[str]:
        """Repetitions."""
        return text.split(self.marks.repetition) if self.marks.repetition else [text]

    def money(self, text: str) -> int | str | None:
        """An amount in cents; None when there is none, its shape when it is none."""
        if not text:
            return None
        try:
            return cents(text)
        except NotMoney:
            return self.veil.id(text)

    def procedure(self, text: str) -> str:
        """Code and modifiers of a composite."""
        parts = self.parts(text)
        return " ".join(part for part in parts[1:6] if part)


Facts = dict[str, Fact] | None


def _bht(w: Saying, s: Sequence[str]) -> Facts:
    day = day_or_none(s[4])
    on = day.isoformat() if day else s[4]
    return {"reference": s[3], "on": on, "at": s[5], "purpose": s[2], "kind": s[6]}


def _nm1(w: Saying, s: Sequence[str]) -> Facts:
    role = s[1]
    if role in ROLES and role not in PEOPLE:
        name = " ".join(part for part in (s[4], s[3]) if part)
        return {"role": ROLES[role], "name": name, "id": s[9], "id_kind": s[8]}
    name = w.veil.name(s[3], s[4], s[5])
    return {"role": ROLES.get(role, role), "name": name, "id": w.veil.id(s[9]), "id_kind": s[8]}


def _place(w: Saying, s: Sequence[str]) -> Facts:
    return {"street": w.veil.text(", ".join(part for part in s[1:3] if part))}


def _city(w: Saying, s: Sequence[str]) -> Facts:
    city, code = w.veil.text(s[1]), w.veil.id(s[3])
    return {"city": city, "state": s[2] if len(s[2]) == 2 else w.veil.id(s[2]), "zip": code}


def _per(w: Saying, s: Sequence[str]) -> Facts:
    numbers = [f"{s[n]} {w.veil.id(s[n + 1])}" for n in (3, 5, 7) if s[n]]
    return {"name": w.veil.name(s[2]) if w.veil.phi else w.veil.text(s[2]), "numbers": numbers}


def _ref(w: Saying, s: Sequence[str]) -> Facts:
    value = s[2] if s[1] == "BLT" and len(s[2]) <= 4 else w.veil.id(s[2])
    return {"kind": code_of(REFERENCES, s[1]), "value": value, "words": w.veil.text(s[3])}


def _dtp(w: Saying, s: Sequence[str]) -> Facts:
    return {"kind": code_of(DATES, s[1]), "on": w.veil.days(s[3])}


def _dmg(w: Saying, s: Sequence[str]) -> Facts:
    return {"born": w.veil.days(s[2]), "sex": s[3]}


def _trn(w: Saying, s: Sequence[str]) -> Facts:
    return {"trace": w.id(s[2]), "from": s[3], "division": w.id(s[4])}


def _status(w: Saying, text: str) -> str:
    parts = w.parts(text)
    category = parts[0]
    word = FINDINGS.get(category[:1], "")
    if w.kind == "277CA":
        word = "accepted" if category in ACCEPTED else "rejected" if category in REJECTED else ""
    return f"{':'.join(parts)}{' ' + word if word else ''}"


def _stc(w: Saying, s: Sequence[str]) -> Facts:
    return {
        "status": [_status(w, text) for text in (s[1], s[10], s[11]) if text],
        "on": w.veil.days(s[2]) if w.of_person() else s[2],
        "action": code_of({"WQ": "taken", "U": "refused"}, s[3]),
        "charge_cents": w.money(s[4]),
        "paid_cents": w.money(s[5]),
        "decided": w.veil.days(s[6]),
        "method": s[7],
        "check_on": w.veil.days(s[8]),
        "check": s[9],
        "message": w.veil.text(s[12]),
    }


def _svc(w: Saying, s: Sequence[str]) -> Facts:
    return {
        "procedure": w.procedure(s[1]),
        "charge_cents": w.money(s[2]),
        "paid_cents": w.money(s[3]),
        "revenue_code": s[4],
        "units": s[7],
    }


def _amt(w: Saying, s: Sequence[str]) -> Facts:
    return {"kind": code_of(AMOUNTS, s[1]), "amount_cents": w.money(s[2])}


def _qty(w: Saying, s: Sequence[str]) -> Facts:
    return {"kind": code_of(COUNTS, s[1]), "count": s[2]}


def _loop(w: Saying, s: Sequence[str]) -> Facts:
    return {"loop": s[1]} if s[1].isdigit() else None


def _eq(w: Saying, s: Sequence[str]) -> Facts:
    return {"service_types": w.repeated(s[1]), "procedure": w.procedure(s[2]), "coverage": s[3]}


def _eb(w: Saying, s: Sequence[str]) -> Facts:
    return {
        "says": code_of(BENEFITS, s[1]),
        "for": s[2],
        "service_types": [kind for kind in w.repeated(s[3]) if kind],
        "insurance": s[4],
        "plan": s[5],
        "period": code_of(PERIODS, s[6]),
        "amount_cents": w.money(s[7]),
        "fraction": s[8],
        "quantity": " ".join(part for part in s[9:11] if part),
        "authorization": {"Y": "needed", "N": "not needed"}.get(s[11], s[11]),
        "network": code_of(NETWORK, s[12]),
        "procedure": w.procedure(s[13]),
    }


def _aaa(w: Saying, s: Sequence[str]) -> Facts:
    return {"reason": s[3], "follow_up": s[4], "request_valid": s[1]}


def _msg(w: Saying, s: Sequence[str]) -> Facts:
    return {"text": w.veil.text(s[1])}


def _ins(w: Saying, s: Sequence[str]) -> Facts:
    return {"subscriber": s[1], "relation": s[2]}


def _prv(w: Saying, s: Sequence[str]) -> Facts:
    return {"role": s[1], "taxonomy": s[3]}


def _hi(w: Saying, s: Sequence[str]) -> Facts:
    return {"codes": [" ".join(w.parts(text)[:2]) for text in s[1:13] if text]}


def _hcr(w: Saying, s: Sequence[str]) -> Facts:
    return {"action": code_of(REVIEWS, s[1]), "number": w.veil.id(s[2]), "reason": s[3]}


_TABLE: dict[str, tuple[str, int, Callable[[Saying, Sequence[str]], Facts]]] = {
    "BHT": ("opening", 6, _bht),
    "NM1": ("named", 9, _nm1),
    "N3": ("address", 2, _place),
    "N4": ("place", 3, _city),
    "PER": ("contact", 8, _per),
    "REF": ("reference", 3, _ref),
    "DTP": ("date", 3, _dtp),
    "DMG": ("person", 3, _dmg),
    "TRN": ("trace", 4, _trn),
    "STC": ("status", 12, _stc),
    "SVC": ("line", 7, _svc),
    "AMT": ("amount", 2, _amt),
    "QTY": ("quantity", 2, _qty),
    "LS": ("begins", 1, _loop),
    "LE": ("ends", 1, _loop),
    "EQ": ("asked", 3, _eq),
    "EB": ("benefit", 13, _eb),
    "AAA": ("refused", 4, _aaa),
    "MSG": ("message", 1, _msg),
    "INS": ("relation", 2, _ins),
    "PRV": ("specialty", 3, _prv),
    "HI": ("diagnoses", 12, _hi),
    "HCR": ("review", 3, _hcr),
}
SAID = {tag: said for tag, (_, _, said) in _TABLE.items()}
_NAMES = {tag: name for tag, (name, _, _) in _TABLE.items()}
_REACH = {tag: reach for tag, (_, reach, _) in _TABLE.items()}
"""Up to which element the words of a segment reach; one that says more is shown as it stands too."""
