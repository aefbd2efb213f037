"""What a coded encounter must keep to: code sets by date of service, sequences, pointers, modifiers, units."""

from collections.abc import Iterator, Sequence
from datetime import date

from contracts.coding import CodingFailure
from contracts.values import Charge, CodedLine, Diagnosis
from services.coding.domain.books import Book
from services.coding.domain.edits import RULES
from shared.x12.npi import is_npi

DIAGNOSES = 12
POINTERS = 4
MODIFIERS = 4
MENDED_BY_BOOKS = RULES | {"NO-CODE-SET", "NOT-IN-FORCE"}
"""What is published later may mend, without a coder."""

_OF_CHARGES = frozenset({"NPI", "MODIFIERS", "DAYS", "DRUG", "POS"})
"""What is mended at the charge."""

_OF_EDITS = {
    "PTP": "void it, or correct what is billed wrong",
    "PTP-MODIFIER": "correct it, with a modifier where one parts them, or void it",
    "PTP-REASON": "say why (claimlog edits support), or correct it",
    "MUE-LINE": "correct its units",
    "MUE-DAY": "correct its units",
    "MUE-REASON": "say why (claimlog edits support), or correct it",
    "ADD-ON": "bill its primary code, say why (claimlog edits support), or void it",
}
_BY_ITSELF = "(claimlog charges correct): it is judged again by itself"


def next_step(rules: Sequence[str]) -> str:
    """What a coder does about an encounter that breaks these rules."""
    broken = set(rules)
    if broken and broken <= {"NO-CODE-SET"}:
        return "publish the code set (reference): it is tried again every morning"
    of_edits = dict.fromkeys(_OF_EDITS[rule] for rule in rules if rule in _OF_EDITS)
    if broken and broken <= _OF_EDITS.keys():
        return f"{'; '.join(of_edits)} {_BY_ITSELF}"
    if broken and broken <= _OF_CHARGES | _OF_EDITS.keys():
        return f"correct the charge {_BY_ITSELF}"
    if broken & (_OF_CHARGES | _OF_EDITS.keys()):
        return "correct the charge, then code it again (coding, POST /accounts/…/codes)"
    return "code it again (coding, POST /accounts/…/codes)"


def failures(
    charges: Sequence[Charge],
    diagnoses: Sequence[Diagnosis],
    lines: Sequence[CodedLine],
    book: Book,
) -> tuple[CodingFailure, ...]:
    """Everything that does not pass, in the order a coder reads it; nobody judges what was voided."""
    alive = [charge for charge in charges if charge.units]
    return (
        *_sequence(diagnoses),
        *_pointers(alive, diagnoses, lines),
        *_charges(alive),
        *_codes(alive, diagnoses, book),
    )


def _sequence(diagnoses: Sequence[Diagnosis]) -> Iterator[CodingFailure]:
    if not 1 <= len(diagnoses) <= DIAGNOSES:
        yield CodingFailure(
            rule="DX-COUNT", field="diagnoses", sentence="a claim has one to twelve diagnoses"
        )
    if [d.sequence for d in diagnoses] != list(range(1, len(diagnoses) + 1)):
        yield CodingFailure(
            rule="DX-ORDER", field="diagnoses", sentence="diagnoses are numbered 1, 2, 3 in order"
        )
    if len({d.code for d in diagnoses}) != len(diagnoses):
        yield CodingFailure(rule="DX-TWICE", field="diagnoses", sentence="a diagnosis stands twice")


def _pointers(
    charges: Sequence[Charge], diagnoses: Sequence[Diagnosis], lines: Sequence[CodedLine]
) -> Iterator[CodingFailure]:
    known = {d.sequence for d in diagnoses}
    coded = {line.charge for line in lines}
    for charge in charges:
        if charge.charge not in coded:
            yield CodingFailure(
                rule="LINE-UNCODED",
                field=charge.charge,
                sentence="no diagnosis supports this charge",
            )
    for line in lines:
        if len(line.pointers) > POINTERS or not set(line.pointers) <= known:
            yield CodingFailure(
                rule="POINTER",
                field=line.charge,
                sentence="a pointer names a diagnosis that is not there, or there are over four",
            )


def _charges(charges: Sequence[Charge]) -> Iterator[CodingFailure]:
    for charge in charges:
        if not is_npi(charge.rendering_npi):
            yield CodingFailure(
                rule="NPI",
                field=charge.charge,
                value=charge.rendering_npi,
                sentence="the rendering provider's NPI has a wrong check digit",
            )
        if len(charge.modifiers) > MODIFIERS or len(set(charge.modifiers)) < len(charge.modifiers):
            yield CodingFailure(
                rule="MODIFIERS",
                field=charge.charge,
                sentence="at most four modifiers, none twice",
            )
        if charge.service_to is not None and charge.service_to < charge.service_on:
            yield CodingFailure(
                rule="DAYS", field=charge.charge, sentence="the service ends before it begins"
            )
        if charge.drug is not None and not charge.ndc:
            yield CodingFailure(
                rule="DRUG", field=charge.charge, sentence="a quantity of a drug without its NDC"
            )
        pos = charge.place_of_service
        if len(pos) != 2 or not pos.isdigit():
            yield CodingFailure(
                rule="POS",
                field=charge.charge,
                value=pos,
                sentence="the place of service is a code of two digits",
            )


def _codes(
    charges: Sequence[Charge], diagnoses: Sequence[Diagnosis], book: Book
) -> Iterator[CodingFailure]:
    for charge in charges:
        yield from _code("HCPCS", charge.procedure, charge.service_on, charge.charge, book)
    first = min((charge.service_on for charge in charges), default=None)
    if first is not None:
        for diagnosis in diagnoses:
            field = f"diagnosis {diagnosis.sequence}"
            code = diagnosis.code.replace(".", "")
            yield from _code("ICD-10-CM", code, first, field, book)


def _code(name: str, code: str, on: date, field: str, book: Book) -> Iterator[CodingFailure]:
    in_force = book.in_force(name, on)
    if in_force is None:
        yield CodingFailure(
            rule="NO-CODE-SET",
            field=field,
            value=code,
            sentence=f"no {name} code set is in force on {on}",
        )
    elif code not in book.tables.get(in_force.sha256, frozenset()):
        yield CodingFailure(
            rule="NOT-IN-FORCE",
            field=field,
            value=code,
            sentence=f"{code} is not in {name} {in_force.version}, in force on {on}",
        )


def versions(charges: Sequence[Charge], book: Book) -> tuple[str, ...]:
    """`name version` of the code sets that the encounter was checked against."""
    first = min((c.service_on for c in charges if c.units), default=None)
    if first is None:
        return ()
    found = (book.in_force(name, first) for name in ("ICD-10-CM", "HCPCS"))
    return tuple(f"{s.name} {s.version}" for s in found if s is not None)
