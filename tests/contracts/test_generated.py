"""What is derived from the events is committed, up to date, and read alike by both readers."""

import json
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec
import pytest
import yaml

from contracts.catalogue import EVENTS, STREAM_KINDS
from contracts.generate import ASYNCAPI, ENVELOPE, OPTIONAL, SAMPLES, adapter, stale
from shared import streams as names
from shared.envelope import Envelope

WIRES = sorted(EVENTS)


def golden(wire: str) -> bytes:
    return (SAMPLES / f"{wire}.json").read_bytes().rstrip(b"\n")


def same(one: Any, other: Any) -> bool:
    """Equal in every value and every type, down to the last field."""
    if type(one) is not type(other):
        return False
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def test_schemas_samples_and_asyncapi_are_up_to_date() -> None:
    assert stale() == [], "run `make contracts`"


@pytest.mark.parametrize("wire", WIRES)
def test_both_readers_read_a_golden_sample_alike(wire: str) -> None:
    strict = adapter(wire).validate_json(golden(wire))
    assert same(strict, msgspec.json.decode(golden(wire), type=EVENTS[wire]))


@pytest.mark.parametrize("wire", WIRES)
def test_both_writers_write_the_golden_bytes_again(wire: str) -> None:
    event: Any = msgspec.json.decode(golden(wire), type=EVENTS[wire])
    assert msgspec.json.encode(event) == golden(wire)
    assert adapter(wire).dump_json(event) == golden(wire)


@pytest.mark.parametrize("wire", WIRES)
def test_a_reader_passes_over_what_a_later_writer_added(wire: str) -> None:
    later = json.dumps({**json.loads(golden(wire)), "added_later": 1}).encode()
    event: Any = msgspec.json.decode(later, type=EVENTS[wire])
    assert msgspec.json.encode(event) == golden(wire)


def test_every_event_stands_on_a_known_kind_of_stream() -> None:
    kinds = {kind for streams in STREAM_KINDS.values() for kind in streams}
    assert all(hasattr(names, f"{kind}_stream") for kind in kinds - {"broadcast", "any"})


def test_the_envelope_of_the_document_is_the_one_on_the_wire() -> None:
    assert [*ENVELOPE, "data"] == list(Envelope.__struct_fields__)
    required = {f.name for f in msgspec.structs.fields(Envelope) if f.required}
    assert {name for name in ENVELOPE if name not in OPTIONAL} == required - {"data"}


def test_every_message_of_the_document_is_one_event_with_a_schema_beside_it() -> None:
    document = yaml.safe_load(ASYNCAPI.read_text())
    assert {message["name"] for message in document["components"]["messages"].values()} == {*WIRES}
    for wire in WIRES:
        refs = [part for part in _refs(document) if part.endswith(f"/{wire}.json")]
        assert refs == [f"./schemas/{wire}.json"] and (ASYNCAPI.parent / refs[0]).exists()


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = yaml.safe_load(ASYNCAPI.read_text())
    for ref in _refs(document):
        place: Any = document
        for step in ref.removeprefix("#/").split("/") if ref.startswith("#/") else ():
            place = place[step]


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for value in node.values() for ref in _refs(value)]
    return [ref for value in node for ref in _refs(value)] if isinstance(node, list) else []
