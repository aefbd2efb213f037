"""Writing what any level may say, in the order that is common to the guides."""

from collections.abc import Iterable, Mapping, Sequence

from shared.x12.dates import d8
from shared.x12.inquiry_loops.model import (
    Dated,
    Diagnosis,
    Name,
    Opening,
    Procedure,
    Reference,
    Refusal,
    Trace,
)
from shared.x12.writing import Line, NotWritable, Place, Segments, composite

MODIFIERS = 4


class LevelWriting(Segments):
    """The segments of one set, whose levels are numbered as they are opened."""

    def __init__(
        self,
        structure: str,
        opening: Opening,
        place: Place,
        *,
        sizes: bool,
    ) -> None:
        super().__init__(sizes=sizes, place=place)
        if opening.on is None:
            raise NotWritable("a set has no date")
        o = opening
        self.add("BHT", structure, o.purpose, o.reference, d8(opening.on), o.hhmm, o.kind)
        self.levels = 0

    def level(self, parent: int, code: str, children: Sequence[object], leaf: str = "0") -> int:
        """Open an HL and give its number; `leaf` is what HL04 says where nothing stands below."""
        self.levels += 1
        under = str(parent) if parent else ""
        self.add("HL", str(self.levels), under, code, "1" if children else leaf)
        return self.levels

    def names(self, names: Iterable[Name]) -> None:
        """Each NM1 with what follows it."""
        for name in names:
            self.name(name)

    def name(self, n: Name, *, birth: bool = True) -> None:
        """An NM1 loop; `birth` is false where the guide has the DMG before it."""
        if not n.role:
            raise NotWritable("somebody is named without a role")
        person = (n.last, n.first, n.middle, n.prefix, n.suffix)
        self.add("NM1", n.role, n.entity, *person, n.id_kind, n.id, n.relation)
        self.references(n.references)
        if n.street or n.street2:
            self.add("N3", n.street, n.street2)
        if n.city or n.state or n.zip or n.country or n.subdivision:
            self.add("N4", n.city, n.state, n.zip, n.country, "", "", n.subdivision)
        for contact in n.contacts:
            self.add(
                "PER", contact.function, contact.name, *(e for p in contact.numbers for e in p)
            )
        self.refusals(n.refusals)
        for prv in n.specialties:
            self.add("PRV", prv.role, prv.code_kind, prv.code)
        if birth:
            self.birth(n)
        if n.insured is not None:
            i = n.insured
            employed = ("", "", "", i.employment, i.student, i.handicap)
            order = ("", "", "", "", "", "", i.birth_order)
            self.add("INS", i.subscriber, i.relation, i.change, i.reason, *employed, *order)
        self.diagnoses(n.diagnoses)
        self.dates(n.dates)
        if n.military:
            self.add("MPI", *n.military)

    def birth(self, n: Name) -> None:
        """A DMG."""
        if n.born_on is not None:
            self.add("DMG", "D8", d8(n.born_on), n.sex)
        elif n.sex:
            self.add("DMG", "", "", n.sex)

    def trace(self, t: Trace) -> None:
        """A TRN."""
        self.add("TRN", t.kind, t.number, t.origin, t.division)

    def references(self, references: Iterable[Reference]) -> None:
        """REFs."""
        for r in references:
            self.add("REF", r.kind, r.value, r.text)

    def refusals(self, refusals: Iterable[Refusal]) -> None:
        """AAAs."""
        for r in refusals:
            self.add("AAA", r.valid, "", r.reason, r.follow_up)

    def dates(self, dates: Iterable[Dated]) -> None:
        """DTPs."""
        for d in dates:
            if d.to is not None:
                self.add("DTP", d.kind, "RD8", f"{d8(d.on)}-{d8(d.to)}")
            elif d.hhmm:
                self.add("DTP", d.kind, "DT", d8(d.on) + d.hhmm)
            else:
                self.add("DTP", d.kind, "D8", d8(d.on))

    def diagnoses(self, diagnoses: Iterable[Diagnosis]) -> None:
        """One HI."""
        codes = [
            composite(d.kind, d.code, *(("D8", d8(d.on)) if d.on is not None else ()))
            for d in diagnoses
        ]
        if codes:
            self.raw("HI", *codes)

    def as_it_stood(self, segment: Sequence[str]) -> None:
        """A segment that the model keeps whole; its composites were composites when it was read."""
        self.kept.add(len(self.lines))
        self.add(*segment)


def places(levels: Mapping[str, str], named: str, detail: Mapping[str, str]) -> Place:
    """How a set names its loops: the letter of every level code, the number of its names, and of what opens details."""

    def place(lines: Sequence[Line], at: int) -> str:
        number = letter = ""
        for line in lines[: at + 1]:
            if line[0] == "HL":
                number, letter = "2000", levels.get(line[3], "")
            elif line[0] in detail and letter:
                number = detail[line[0]]
            elif line[0] == "NM1" and number == "2000":
                number = named
        return number + letter

    return place


def procedure(p: Procedure) -> str:
    """The composite of a procedure."""
    if len(p.modifiers) > MODIFIERS:
        raise NotWritable(f"a procedure has more than {MODIFIERS} modifiers")
    modifiers = [*p.modifiers, *[""] * (MODIFIERS - len(p.modifiers))]
    return composite(p.kind, p.code, *modifiers, p.text, p.last_code)
