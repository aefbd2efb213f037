"""Writes what is derived from the events: JSON Schemas, the AsyncAPI document, and golden samples.

`python -m contracts.generate` writes, `--check` only tells what is stale, and `--release` makes
today's schemas the ones that later versions are held against.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from pydantic import TypeAdapter

from contracts.catalogue import EVENTS, STREAM_KINDS
from contracts.sampling import sample

HOME = Path(__file__).parent
SCHEMAS = HOME / "schemas"
RELEASED = HOME / "released"
SAMPLES = HOME / "samples"
ASYNCAPI = HOME / "asyncapi.yaml"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

ENVELOPE: dict[str, str] = {
    "specversion": "CloudEvents version, always 1.0",
    "id": "UUIDv5 of what caused the event: the same decision always gives the same id",
    "type": "the wire name, version included",
    "source": "the service that speaks",
    "subject": "the stream on which the event stands, which is also the key",
    "time": "when it was recorded, UTC",
    "datacontenttype": "application/json",
    "tenant": "the billing company",
    "legalentity": "the legal entity (TIN), where one is meant",
    "facility": "the facility, where one is meant",
    "actor": "who did it",
    "cause": "producer and position of the record it was decided on",
    "correlation": "the account, or whatever else belongs together",
    "producer": "service and source partition",
    "position": "1, 2, 3 without a gap for each producer and partition",
    "occurredon": "the business date",
    "ruleset": "the rule set's version, where rules decided",
    "sourcesha256": "the file it came from",
    "sourcesegment": "the segment of that file, counted from 1",
    "traceparent": "W3C trace context",
}
OPTIONAL = (
    *("tenant", "legalentity", "facility", "actor", "cause", "correlation"),
    *("ruleset", "sourcesha256", "sourcesegment", "traceparent"),
)
FORMATS: dict[str, dict[str, str]] = {
    "specversion": {"type": "string", "const": "1.0"},
    "time": {"type": "string", "format": "date-time"},
    "occurredon": {"type": "string", "format": "date"},
    "position": {"type": "integer"},
    "sourcesegment": {"type": "integer"},
}


@cache
def adapter(wire: str) -> TypeAdapter[Any]:
    """Pydantic's reader and writer of one event."""
    return TypeAdapter(EVENTS[wire])


def schema_of(wire: str) -> dict[str, Any]:
    """The JSON Schema of an event's data, with the kinds of stream it may stand on."""
    body = adapter(wire).json_schema()
    return {"$schema": DIALECT, "$id": wire, "x-streams": list(STREAM_KINDS[wire]), **body}


def envelope_schema() -> dict[str, Any]:
    """The CloudEvents document around every event's data."""
    properties = {
        name: {**FORMATS.get(name, {"type": "string"}), "description": sentence}
        for name, sentence in ENVELOPE.items()
    }
    required = [*(name for name in ENVELOPE if name not in OPTIONAL), "data"]
    return {"type": "object", "properties": {**properties, "data": True}, "required": required}


def message_of(wire: str) -> dict[str, Any]:
    """One message of the AsyncAPI document."""
    own = {"type": {"const": wire}, "data": {"$ref": f"./schemas/{wire}.json"}}
    return {
        "name": wire,
        "summary": (EVENTS[wire].__doc__ or "").strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"properties": own}]},
    }


def asyncapi() -> dict[str, Any]:
    """The claim log as one channel, and who says what on it."""
    names = {wire: wire.replace(".", "_") for wire in sorted(EVENTS)}
    speakers = sorted({wire.partition(".")[0] for wire in names})
    channel = "#/channels/claimLog"
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "The claim log",
            "version": "1",
            "description": "Every public event, in one topic, kept for ever.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "claimLog": {
                "address": "claim-log",
                "messages": {
                    name: {"$ref": f"#/components/messages/{name}"} for name in names.values()
                },
            }
        },
        "operations": {
            f"{speaker}_says": {
                "action": "send",
                "channel": {"$ref": channel},
                "messages": [
                    {"$ref": f"{channel}/messages/{name}"}
                    for wire, name in names.items()
                    if wire.startswith(f"{speaker}.")
                ],
            }
            for speaker in speakers
        },
        "components": {
            "messages": {name: message_of(wire) for wire, name in names.items()},
            "schemas": {"Envelope": envelope_schema()},
        },
    }


def sample_of(wire: str) -> bytes:
    """The golden sample: the committed one read and written again, or a new one for a new event."""
    path = SAMPLES / f"{wire}.json"
    if path.exists():
        event = adapter(wire).validate_json(path.read_bytes())
    else:
        event = sample(EVENTS[wire])
    return msgspec.json.encode(event) + b"\n"


def derived() -> dict[Path, bytes]:
    """Every derived file with the content it should have."""
    files = {SCHEMAS / f"{wire}.json": _json(schema_of(wire)) for wire in EVENTS}
    files |= {SAMPLES / f"{wire}.json": sample_of(wire) for wire in EVENTS}
    files[ASYNCAPI] = yaml.safe_dump(asyncapi(), sort_keys=False, width=100).encode()
    return files


def stale() -> list[Path]:
    """Derived files that are missing, out of date, or left over."""
    files = derived()
    wrong = [path for path, data in files.items() if not _holds(path, data)]
    return wrong + [path for path in (*SCHEMAS.glob("*"), *SAMPLES.glob("*")) if path not in files]


def released() -> dict[str, dict[str, Any]]:
    """The schemas of the last release, by wire name."""
    return {path.stem: msgspec.json.decode(path.read_bytes()) for path in RELEASED.glob("*.json")}


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _write(files: dict[Path, bytes]) -> None:
    for path, data in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; 1 when something is stale."""
    wrong = stale()
    for path in wrong:
        print(path.relative_to(HOME.parent))
    if "--check" in arguments:
        return 1 if wrong else 0
    for path in wrong:
        if path.parent == SCHEMAS:  # A leftover sample is for a person to judge.
            path.unlink(missing_ok=True)
    _write(derived())
    if "--release" in arguments:
        _write({RELEASED / f"{wire}.json": _json(schema_of(wire)) for wire in EVENTS})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
