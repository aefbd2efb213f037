"""`receive FILE…`: a TA1, 999, 277CA, 271 or 835 handed to the services that take it."""

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.context import FAILED, Json, err, out, plainly, print_json, url_of
from cli.handing_in import hand_in
from shared.x12 import Unreadable, read_file, sniff

TAKEN_BY = {
    "TA1": "submission",
    "999": "submission",
    "277CA": "adjudication_tracking",
    "835": "adjudication_tracking",
    "271": "eligibility",
}


@plainly
def receive(
    files: Annotated[list[Path], typer.Argument(help="X12 files.", exists=True, dir_okay=False)],
    json: Json = False,
) -> None:
    """Take in files from a clearinghouse or payer; again is harmless, a broken one changes nothing."""
    results = [_one(path) for path in files]
    if json:
        print_json(results)
    else:
        for result in results:
            _show(result)
    if any(result["refused"] for result in results):
        raise typer.Exit(FAILED)


def _one(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    result: dict[str, Any] = {
        "file": str(path),
        "sha256": hashlib.sha256(data).hexdigest(),
        "refused": [],
        "taken": [],
    }
    try:
        read_file(data)
    except Unreadable as no:
        result["refused"] = [f"{path.name}: {finding}" for finding in no.findings[:5]]
        return result
    kinds = sniff(data)
    services = {TAKEN_BY[kind] for kind in kinds if kind in TAKEN_BY}
    if not services:
        what = ", ".join(sorted(kinds)) or "nothing"
        result["refused"] = [f"{path.name}: holds {what}; use `claimlog import` for claims"]
    for service in sorted(services):
        sentence, answer = hand_in(url_of(service), path.name, data)
        if sentence:
            result["refused"].append(sentence)
        else:
            result["taken"].append({"service": service, **answer})
    return result


def _show(result: dict[str, Any]) -> None:
    for taken in result["taken"]:
        again = " (it was here before: nothing changed)" if taken.get("again") else ""
        out.print(f"{result['file']}: taken by {taken['service']}{again}")
        for one in taken.get("sets", []):
            if isinstance(one, dict):
                out.print(
                    f"  {one.get('kind')} {one.get('st02', '')}: {one.get('claims', '')} claims, "
                    f"{one.get('outcome', '')} {one.get('sentence', '')}"
                )
    for sentence in result["refused"]:
        err.print(f"[red]refused[/red] {sentence}", highlight=False)
