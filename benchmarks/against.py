"""This run beside the last accepted one: figure by figure, with the ratio."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LAST = Path(__file__).with_name("last.json")
SIZES = ("encounters", "history: claims", "history: times", "others: events")
"""Figures that say how large a part was: with another size the rest of it compares only roughly."""


def read_last(path: Path = LAST) -> dict[str, Any] | None:
    """The figures of the last accepted run, None when there is none yet."""
    if not path.exists():
        return None
    figures: dict[str, Any] = json.loads(path.read_text())
    return figures


def keep(figures: Mapping[str, Any], path: Path = LAST) -> None:
    """Keep these figures; parts that did not run keep what they had."""
    path.write_text(json.dumps({**(read_last(path) or {}), **figures}, indent=1) + "\n")


def lines(figures: Mapping[str, Any], last: Mapping[str, Any] | None) -> list[str]:
    """One line a figure: name, value, the last run's value, and this run's by the last one's."""
    if last is None:
        told = ["no accepted run is kept yet; --accept keeps this one"]
    else:
        other = [n for n in SIZES if n in figures and n in last and figures[n] != last[n]]
        told = [
            f"the last run had another size ({n}: {last[n]:,}): its figures compare only roughly"
            for n in other
        ]
    width = max(map(len, figures), default=0)
    told.append(f"{'figure':<{width}}  {'now':>12}  {'last':>12}  {'ratio':>7}")
    for name, value in figures.items():
        before = (last or {}).get(name)
        told.append(
            f"{name:<{width}}  {_shown(value):>12}  {_shown(before):>12}  {_ratio(value, before):>7}"
        )
    return told


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _ratio(value: Any, before: Any) -> str:
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (value, before))
    return f"{value / before:.2f}" if numbers and before else ""
