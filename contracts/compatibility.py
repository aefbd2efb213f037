"""Only additive changes: whatever was ever written to the log can be read by every later version.

Within a version, fields may be added with a default and limits may widen; a change of meaning is a
new version of the event.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")


def breaks_of_all(released: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[str]:
    """Every reason, a sentence each, why `current` cannot follow `released` (by wire name)."""
    found: list[str] = []
    for wire, old in sorted(released.items()):
        if wire not in current:
            found.append(f"{wire} is gone")
        else:
            found += [f"{wire}: {reason}" for reason in breaks(old, current[wire])]
    return found


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why an event written under `old` may not be readable under `new`."""
    gone = set(old.get("x-streams", ())) - set(new.get("x-streams", ()))
    streams = [f"may no longer stand on {name} streams" for name in sorted(gone)]
    return streams + list(_Comparison(old, new).of(old, new, "it"))


class _Comparison:
    """Walks two schemas side by side; definitions are looked up in each one's own root."""

    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self._old_root = old_root
        self._new_root = new_root

    def of(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        old, new = _resolved(old, self._old_root), _resolved(new, self._new_root)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, where)
            return
        if old.get("type") != new.get("type"):
            yield f"{where} was {old.get('type')} and is {new.get('type')}"
            return
        yield from _limits(old, new, where)
        if old.get("type") == "object":
            yield from self._fields(old, new, where)
        if "items" in old:
            yield from self.of(old["items"], new.get("items", {}), f"an item of {where}")

    def _alternatives(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        choices = new.get("anyOf", [new])
        for one in old.get("anyOf", [old]):
            tried = [list(self.of(one, choice, where)) for choice in choices]
            if all(tried):
                yield min(tried, key=len)[0]
                return

    def _fields(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(must_after - must_before):
            yield f"{name} of {where} is required now"
        for name in sorted(must_before - must_after):
            yield f"{name} of {where} may be left out now"
        for name, field in before.items():
            if name not in after:
                yield f"{name} of {where} is gone"
            else:
                yield from self.of(field, after[name], f"{name} of {where}")


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        schema = found
    return schema


def _limits(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for key in UPPER:
        if key in new and new[key] < old.get(key, float("inf")):
            yield f"{key} of {where} is lower now"
    for key in LOWER:
        if key in new and new[key] > old.get(key, float("-inf")):
            yield f"{key} of {where} is higher now"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"the pattern of {where} changed"
    allowed, was = _values(new), _values(old)
    if allowed is not None and (was is None or not was <= allowed):
        yield f"{where} takes fewer values now"


def _values(schema: Schema) -> frozenset[str] | None:
    if "const" in schema:
        return frozenset([repr(schema["const"])])
    return frozenset(map(repr, schema["enum"])) if "enum" in schema else None
