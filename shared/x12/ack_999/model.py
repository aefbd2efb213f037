"""A 999 in trade names."""

from dataclasses import dataclass, field

REJECTED = frozenset("RMWX")


@dataclass(slots=True)
class Fault999:
    """One IK3 with an IK4: the ordinal counts from the ST (which is 1). The bad value has no name here.

    `claim` is the CLM01 (or CLP01) that the answer names as the context, where it does.
    """

    segment: str
    ordinal: int
    code: str
    loop: str = ""
    element: str = ""
    element_code: str = ""
    claim: str = ""
    component: str = ""


@dataclass(slots=True)
class Set999:
    """One AK2 loop. `codes` are IK502 to IK506."""

    set_id: str
    st02: str
    code: str
    faults: list[Fault999] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """A and E are accepted."""
        return self.code not in REJECTED


@dataclass(slots=True)
class Ack999:
    """One 999: the answer to one functional group. `code` is AK901, `codes` AK905 to AK909."""

    functional_id: str
    gs06: str
    version: str
    code: str = "A"
    sets: list[Set999] = field(default_factory=list)
    included: int = 0
    received: int = 0
    accepted: int = 0
    control: str = ""
    codes: list[str] = field(default_factory=list)
    unknown: list[list[str]] = field(default_factory=list)
