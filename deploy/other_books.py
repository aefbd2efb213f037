"""Other books: what payers, receivers and adjustment rules would have been, as somebody writes it into a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, get_type_hints

import msgspec
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from contracts.reference import (
    AdjustmentRule,
    BusinessDayOpened,
    FeeSchedulePublished,
    PayerListed,
    ReceiverListed,
    RuleSetPublished,
)
from contracts.registry import wire_name
from shared.errors import Malformed
from shared.records import Heard

Entry = PayerListed | ReceiverListed | RuleSetPublished
KEPT = frozenset({"payer", "receiver", "in_force_from"})
"""Fields that a change cannot set: what is changed, and from when, is said beside it."""


class Change(BaseModel):
    """One change: of a payer or a receiver, or rules that stand in the place of those for the same codes.

    Without `since` it holds in everything that was ever listed; with it, it is listed as that business day opens.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    payer: str = ""
    receiver: str = ""
    set: dict[str, Any] = Field(default_factory=dict)
    rules: tuple[AdjustmentRule, ...] = ()
    since: date | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Change":
        if sum(map(bool, (self.payer, self.receiver, self.rules))) != 1:
            raise ValueError("a change names one of payer, receiver, rules")
        if bool(self.set) == bool(self.rules):
            raise ValueError("a payer or receiver comes with `set`, rules without it")
        cls = PayerListed if self.payer else ReceiverListed
        kinds = {
            n: kind for n, kind in get_type_hints(cls, include_extras=True).items() if n not in KEPT
        }
        for name, value in self.set.items():
            if name not in kinds:
                raise ValueError(
                    f"{name} is nothing that could be set; there are {', '.join(sorted(kinds))}"
                )
            try:
                TypeAdapter[Any](kinds[name]).validate_python(value)
            except ValidationError as wrong:
                raise ValueError(f"{name}: {wrong.errors()[0]['msg']}") from None
        return self

    def is_about(self, entry: Any) -> bool:
        """Whether an entry of the books is what is changed."""
        match entry:
            case PayerListed():
                return entry.payer == self.payer
            case ReceiverListed():
                return entry.receiver == self.receiver
            case RuleSetPublished():
                return bool(self.rules and entry.rules)
        return False

    def made(self, entry: Any) -> Any:
        """The entry as it would have been."""
        if isinstance(entry, RuleSetPublished):
            mine = {_codes(rule) for rule in self.rules}
            kept = (rule for rule in entry.rules if _codes(rule) not in mine)
            return replace(entry, rules=(*kept, *self.rules))
        return TypeAdapter(type(entry)).validate_python({**_fields(entry), **self.set})


def read_changes(text: bytes) -> tuple[Change, ...]:
    """The changes of a file; Malformed with what is wrong and where."""
    try:
        return TypeAdapter(tuple[Change, ...]).validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise Malformed(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


@dataclass(slots=True)
class OtherBooks:
    """What is said in the place of each broadcast of one partition, in order. `used` tells which changes met an entry."""

    changes: Sequence[Change]
    used: set[int] = field(default_factory=set)
    _listed: dict[str, Heard] = field(default_factory=dict)
    """The last of every entry that a change with a day is about."""
    _today: date | None = None

    def said(self, heard: Heard) -> list[Heard]:
        """The broadcast itself, other than it was where a change is in force; before a day the entries that begin on it."""
        if isinstance(heard.event, BusinessDayOpened):
            begun = [*self._begin(heard.event.day)]
            self._today = heard.event.day
            return [*begun, heard]
        entry = heard.event
        for number, change in enumerate(self.changes):
            if not change.is_about(entry):
                continue
            self.used.add(number)
            if change.since is None or (self._today is not None and self._today >= change.since):
                entry = change.made(entry)
            self._listed[_name(entry)] = msgspec.structs.replace(heard, event=entry)
        return [msgspec.structs.replace(heard, event=entry)]

    def _begin(self, day: date) -> Iterable[Heard]:
        for change in self.changes:
            since = change.since
            if since is None or since > day or (self._today is not None and self._today >= since):
                continue
            for name, heard in self._in_force(change, since):
                entry = _from(change.made(heard.event), since)
                self._listed[name] = msgspec.structs.replace(heard, event=entry)
                yield self._listed[name]

    def _in_force(self, change: Change, day: date) -> list[tuple[str, Heard]]:
        about = [(n, h) for n, h in self._listed.items() if change.is_about(h.event)]
        if not change.rules:
            return about
        # Of rule sets the one that is in force changes on that day; a later one has the change as well, from its own day.
        now = [one for one in about if one[1].event.effective_from <= day]
        later = [one for one in about if one[1].event.effective_from > day]
        return sorted(now, key=lambda one: one[1].event.effective_from)[-1:] + later


@dataclass(slots=True)
class OtherContract:
    """One fee schedule in the place of all that were published, in one partition: as if it had always been known."""

    schedule: FeeSchedulePublished
    _said: bool = False

    def said(self, heard: Heard) -> list[Heard]:
        """The broadcast itself; before the first day the schedule."""
        if isinstance(heard.event, FeeSchedulePublished):
            return []
        if self._said or not isinstance(heard.event, BusinessDayOpened):
            return [heard]
        self._said = True
        assert heard.route is not None and heard.envelope is not None
        name, replaced = wire_name(FeeSchedulePublished), msgspec.structs.replace
        route, envelope = replaced(heard.route, wire=name), replaced(heard.envelope, type=name)
        return [replaced(heard, event=self.schedule, route=route, envelope=envelope), heard]


def _name(entry: Any) -> str:
    match entry:
        case PayerListed():
            return f"payer/{entry.payer}"
        case ReceiverListed():
            return f"receiver/{entry.receiver}"
    return f"rules/{entry.name}/{entry.version}/{entry.effective_from}"


def _from(entry: Any, day: date) -> Any:
    match entry:
        case PayerListed():
            return replace(entry, in_force_from=max(entry.in_force_from, day))
        case RuleSetPublished():
            return replace(entry, effective_from=max(entry.effective_from, day))
    return entry


def _codes(rule: AdjustmentRule) -> tuple[str, ...]:
    return (rule.group, rule.carc, rule.remark, rule.payer)


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}
