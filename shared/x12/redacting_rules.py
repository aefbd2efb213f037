"""Which elements a redacted file keeps: a list of what is known to be safe. What is not listed, or does not fit, is replaced.

A line names the elements of one segment: position, colon, what may stand there (one token, or one for each component
with `/`). `4-8` is a range, and `2+3` every third position from 2 on.
"""

import re
from collections.abc import Mapping

from shared.x12.money import NotMoney, cents

TEXT = "TEXT"
"""Free text: one word takes its place."""
DAY = "DAY"
"""A day, range or instant: shifted."""
STREET = "STREET"
"""An address line: replaced, but a post-office box stays one."""
SHORT = "SHORT"
"""A day with two digits for its year."""
BOXES = ("PO BOX", "P O BOX", "P.O. BOX", "POST OFFICE BOX")
"""How a post-office box begins, which the check of a claim complains of."""

_PATTERNS = {
    "c1": r"[A-Z0-9]",
    "c2": r"[A-Z0-9]{1,2}",
    "c3": r"[A-Z0-9]{1,3}",
    "c4": r"[A-Z0-9+]{1,4}",
    "count": r"[0-9]{1,8}",
    "number": r"-?(?:[0-9]{1,6}(?:\.[0-9]{0,4})?|\.[0-9]{1,4})",
    "control": r"[0-9]{1,9}",
    "version": r"[0-9]{5,6}(?:X[0-9]{3}[A-Z0-9]{0,3})?",
    "time": r"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9]{1,3})?",
    "procedure": r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}",
    "revenue": r"[0-9]{3,4}",
    "carc": r"[A-Z]{0,2}[0-9]{1,3}",
    "rarc": r"[A-Z]{1,2}[0-9]{1,4}",
    "drg": r"[0-9]{3,4}",
    "ndc": r"[0-9]{11}|[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}",
    "diagnosis": r"[A-Z][0-9][0-9AB][0-9A-Z]{0,4}|[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}",
    "inpatient": r"[0-9BCDFGHX](?=[A-Z]*[0-9])[0-9A-HJ-NP-Z]{6}|[0-9]{3,4}",
    "hipps": r"[A-Z0-9]{5}",
    "taxonomy": r"[0-9]{3}[0-9A-Z]{6}X",
    "state": r"[A-Z]{2}",
    "country": r"[A-Z]{2,3}",
    "loop": r"[0-9]{4}[A-Z]{0,2}",
    "tag": r"[A-Z][A-Z0-9]{1,2}",
    "context": r"SITUATIONAL TRIGGER|SUBSCRIBER NUMBER REF02|(?:PATIENT|SUBSCRIBER) NAME NM109|CLM01|CLP01|TRN02|NM109|BHT03|ENT01|SBR03|PATIENT ACCOUNT NUMBER",
    "sign": r"[^A-Za-z0-9]|[A-Z]",
    "bill": r"[0-9]{3}",
}
_FITS = {name: re.compile(pattern, re.ASCII) for name, pattern in _PATTERNS.items()}

_PROCEDURE = "c2/procedure/c2/c2/c2/c2/TEXT/procedure"
_STATUS = "c3/c4/c3/c3"
_HEALTH = "c3/code/c3/DAY/amount/number/version/code/c1"
_LINES = f"""
ISA 1:c2 3:c2 5:c2 7:c2 9:SHORT 10:time 11:sign 12:version 13:control 14:c1 15:c1 16:sign
IEA 1:count 2:control
GS 1:c2 4:DAY 5:time 6:control 7:c1 8:version
GE 1:count 2:control
ST 1:c3 2:control 3:version
SE 1:count 2:control
TA1 1:control 2:SHORT 3:time 4:c1 5:c3
BHT 1:c4 2:c2 4:DAY 5:time 6:c2
HL 1:count 2:count 3:c2 4:c1
LX 1:count
LS 1:loop
LE 1:loop
NM1 1:c3 2:c1 8:c2 10:c2 11:c3
N1 1:c3 3:c2 5:c2 6:c3
N3 1:STREET 2:STREET
N4 2:state 4:country 5:c2 7:c3
PER 1:c2 3:c2 5:c2 7:c2
REF 1:c3 3:TEXT 4:c3/ID/c3/ID/c3/ID
DTP 1:c3 2:c3 3:DAY
DTM 1:c3 2:DAY 3:time 4:c2 5:c3 6:DAY
DMG 1:c2 2:DAY 3:c1 4:c1
TRN 1:c2
CUR 1:c3 2:country 4:c3
AMT 1:c3 2:amount 3:c1
QTY 1:c2 2:number 3:c2
PRV 1:c3 2:c3 3:taxonomy 4:state
BPR 1:c1 2:amount 3:c1 4:c3 5:c4 6:c2 8:c3 12:c2 14:c3 16:DAY
CLP 2:c2 3-5:amount 6:c2 8:c2 9:c1 10:c2 11:drg 12:number 13:number 14:c1
CAS 1:c2 2+3:carc 3+3:amount 4+3:number
MIA 1:number 2:amount 3:number 4:amount 5:rarc 6-14:amount 15:number 16-19:amount 20-23:rarc 24:amount
MOA 1:number 2:amount 3-7:rarc 8-9:amount
SVC 1:{_PROCEDURE} 2-3:amount 4:revenue 5:number 6:{_PROCEDURE} 7:number
TS2 1-6:amount 7:number 8-19:amount
TS3 2:c2 3:DAY 4:number 5-24:amount
PLB 2:DAY 3+2:c2/ID 4+2:amount
LQ 1:c3 2:rarc
SBR 1:c1 2:c2 5:c3 6-8:c1 9:c2
PAT 1:c2 2:c1 3:c2 4:c1 5:c3 6:DAY 7:c2 9:c1
CLM 2:amount 3:c2 4:c2 5:c2/c1/c1 6-9:c1 10:c1 11:c3/c3/c3/state/country 12:c3 16:c1 18:c1 19:c2 20:c2
CL1 1:c1 2:c1 3:c2 4:c1
CN1 1:c2 2:amount 3:number
PWK 1:c2 2:c2 3:count 4:c3 5:c2 7:TEXT
NTE 1:c3 2:TEXT
K3 1:TEXT
MSG 1:TEXT
CRC 1:c2 2:c1 3-7:c3
HCP 1:c2 2-3:amount 5:number 7:amount 9:c2 10:procedure 11:c2 12:number 13-15:c2
HI 1-12:{_HEALTH}
SV1 1:{_PROCEDURE} 2:amount 3:c2 4:number 5:c2 6:c2 7:count 9:c1 11:c1 12:c1 15:c1
SV2 1:revenue 2:{_PROCEDURE} 3:amount 4:c2 5:number 6:number 7:amount
SV5 1:{_PROCEDURE} 2:c2 3:number 4:amount 5:amount 6:c1
SVD 2:amount 3:{_PROCEDURE} 4:revenue 5:number 6:count
OI 3:c1 4:c1 6:c1
CR1 1:c2 3:c1 4:c1 5:c2 9:TEXT 10:TEXT
CR2 3-4:c3 5:c2 8:c1 9:c1 10:TEXT 11:TEXT 12:c1
CR3 1:c1 2:c2 3:number
CR7 1:c2
MEA 1-2:c3
LIN 2+2:c2 3+2:ndc
CTP 4:number 5:c2
RDM 1:c2
PS1 2:amount 3:state
FRM 2:c1 3:TEXT 4:DAY 5:number
AK1 1:c2 2:control 3:version
AK2 1:c3 2:control 3:version
IK3 1:tag 2:count 3:loop 4:c3
AK3 1:tag 2:count 3:loop 4:c3
CTX 1:context/ID 2:tag 3:count 4:loop 5:count 6:count
IK4 1:count 2:count 3:c3
AK4 1:count 2:count 3:c3
IK5 1-6:c3
AK5 1-6:c3
AK9 1:c1 2-4:count 5-9:c3
STC 1:{_STATUS} 2:DAY 3:c2 4-5:amount 6:DAY 7:c3 8:DAY 10-11:{_STATUS} 12:TEXT
EQ 1:c2 2:{_PROCEDURE} 3:c3 4:c3 5:count
EB 1:c3 2:c3 3:c2 4:c3 5:TEXT 6:c2 7:amount 8:number 9:c2 10:number 11:c1 12:c1 13:{_PROCEDURE} 14:count
HSD 1:c2 2:number 3:c2 4:number 5:c2 6:number 7:c2 8:c1
III 1:c3 2:c3 4:TEXT
AAA 1:c1 2:c2 3:c2 4:c1
INS 1:c1 2:c2 3:c3 4:c3 5:c1 8:c2 9:c1 10:c1 11:c3 12:DAY 13:c2 17:count
MPI 1:c1 2:c1 3:c1 4:TEXT 5:c2 6:c3 7:DAY
UM 1:c2 2:c1 3:c2 4:c2/c1 5:c3/c3/c3/state/country 6:c3 7-9:c1 10:c2
HCR 1:c2 3:c3 4:c1
SV3 1:{_PROCEDURE} 2:amount 3:c2 4:c3/c3/c3/c3/c3 5:c1 6:number
TOO 1:c3 2:c2 3:c2/c2/c2/c2/c2
CR5 1:c1 2:number 3-4:c1 5:TEXT 6-8:number 9:TEXT 10-11:number 12-15:c1 16:number 17-18:c1
CR6 1:c1 2:DAY 3:c3 4-5:DAY 6-8:c1 9:DAY 10:c2 12-14:DAY 15:c3 16:DAY 17:c1 18-20:DAY 21:c1
"""
_SPAN = 200


def _positions(text: str) -> range:
    if "+" in text:
        start, _, step = text.partition("+")
        return range(int(start), _SPAN, int(step))
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _rules() -> dict[str, dict[int, tuple[str, ...]]]:
    made: dict[str, dict[int, tuple[str, ...]]] = {}
    for line in _LINES.strip().splitlines():
        tag, *elements = line.split()
        of_tag = made.setdefault(tag, {})
        for element in elements:
            positions, _, tokens = element.partition(":")
            for position in _positions(positions):
                of_tag[position] = tuple(tokens.split("/"))
    return made


RULES: Mapping[str, Mapping[int, tuple[str, ...]]] = _rules()
_CODED_REFERENCES = {"4N": "c1", "F5": "c1", "87": "version"}
"""REF01 whose REF02 is no number of anything but a code: why there is no authorization, a crossover, a guide's name."""


def rules_of(tag: str, elements: list[str]) -> Mapping[int, tuple[str, ...]]:
    """What may stand in the elements of a segment."""
    rules = RULES.get(tag, {})
    if tag == "REF" and elements and (coded := _CODED_REFERENCES.get(elements[0])):
        return {**rules, 2: (coded,)}
    return rules


KINDS = frozenset({"835", "837P", "837I", "999", "997", "277CA", "276", "277", "270", "271", "278"})
"""The sets whose segments are known well enough to be redacted."""
_INPATIENT = frozenset({"BBR", "BBQ", "BR", "BQ"})
_NOT_MONEY = "A0"
"""A value code whose amount is a ZIP."""


def is_money(text: str) -> bool:
    """Whether a reader takes this for an amount."""
    try:
        cents(text)
    except NotMoney:
        return False
    return True


def keeps(token: str, text: str, beside: list[str]) -> bool:
    """Whether an element (or component, with those `beside` it) may stay as it is."""
    kind = beside[0]
    if token == "amount":
        of_zip = kind == "BE" and beside[1:2] == [_NOT_MONEY]
        return is_money(text) and not of_zip
    if token == "code":
        token = "inpatient" if kind in _INPATIENT else "diagnosis" if len(text) > 3 else "c3"
    if token == "procedure":
        token = {"N4": "ndc", "HP": "hipps", "NU": "revenue"}.get(kind, token)
    pattern = _FITS.get(token)
    return pattern is not None and pattern.fullmatch(text) is not None
