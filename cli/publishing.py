"""What a door of the books answers to a file: that it is in force, or everything that is wrong with it."""

from collections.abc import Mapping
from typing import Any

import httpx

from cli.output import complain

BEFORE = "it was published before: nothing changed"


def answered(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    """The status, and what the door says; a sentence of ours where that is nothing."""
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        body = {"sentence": f"{answer.status_code} without a reason"}
    return answer.status_code, body


def mistakes_in(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a door that refused the file says is wrong, by row and column; row 0 where it is about no row."""
    if found := list(body.get("mistakes", [])):
        return found
    fields = [f"{field} is missing, or not what stands there" for field in body.get("fields", [])]
    told = fields or [body.get("sentence", "")]
    return [{"row": 0, "column": "", "sentence": sentence} for sentence in told]


def complain_of(told: Mapping[str, Any], file: str = "") -> None:
    """All of it, a line each; a mistake that names a file is about that one."""
    for one in told["mistakes"]:
        row = f"row {one['row']}" if one["row"] else ""
        where = ", ".join(filter(None, (row, one["column"])))
        said = (one.get("file", file), where, one["sentence"])
        complain("not published", ": ".join(filter(None, said)))
    if told["left_off"]:
        more = f"{told['left_off']:,} more things are wrong"
        complain("not published", ": ".join(filter(None, (file, more))))
