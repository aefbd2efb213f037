"""One suite for every key ring: in memory and in PostgreSQL they keep the same promises."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared import pool
from shared.errors import Stopped
from shared.keyring import Kek, KeyRing, MemoryKeyRing, make_kek_file, open_ring, postgres, read_kek
from tests.kernel.cluster import LIMIT_SECONDS

KEK = Kek("kek-1", {"kek-1": os.urandom(32)})


@pytest.fixture(params=["memory", "postgresql"])
async def ring(request: pytest.FixtureRequest, database: str) -> AsyncIterator[KeyRing]:
    in_memory = request.param == "memory"
    made: KeyRing = MemoryKeyRing() if in_memory else await open_ring(database, KEK)
    yield made
    await made.close()


async def test_a_subject_keeps_its_key(ring: KeyRing) -> None:
    first = await ring.keys_for(["a", "b", "a"])
    assert await ring.keys_for(["b", "a"]) == first
    assert len({key for _, key in first.values()}) == 2


async def test_a_key_is_found_by_its_id(ring: KeyRing) -> None:
    key_id, key = (await ring.keys_for(["a"]))["a"]
    assert await ring.keys([key_id, "unknown"]) == {key_id: key, "unknown": None}


async def test_nobody_asks_for_nothing(ring: KeyRing) -> None:
    assert await ring.keys_for([]) == {} and await ring.keys([]) == {}


async def test_a_destroyed_key_is_gone_and_listed_with_its_reason(ring: KeyRing) -> None:
    key_id, _ = (await ring.keys_for(["a"]))["a"]
    other_id, other = (await ring.keys_for(["b"]))["b"]
    assert await ring.destroy("a", "erasure was asked for") == [key_id]
    assert await ring.keys([key_id, other_id]) == {key_id: None, other_id: other}
    assert [(d.key_id, d.reason) for d in await ring.destructions()] == [
        (key_id, "erasure was asked for")
    ]


async def test_destroying_again_changes_nothing(ring: KeyRing) -> None:
    key_id, _ = (await ring.keys_for(["a"]))["a"]
    await ring.destroy("a", "first")
    assert await ring.destroy("a", "second") == []
    assert await ring.destroy("never seen", "third") == []
    assert await ring.gone(["a", "never seen"]) == [key_id]
    assert [d.reason for d in await ring.destructions()] == ["first"]


async def test_an_erased_person_who_comes_again_gets_another_key(ring: KeyRing) -> None:
    gone, _ = (await ring.keys_for(["a"]))["a"]
    await ring.destroy("a", "erasure")
    back, key = (await ring.keys_for(["a"]))["a"]
    assert back != gone and (await ring.keys([back, gone])) == {back: key, gone: None}


async def test_destructions_are_applied_again_by_id_after_a_restore(ring: KeyRing) -> None:
    key_id, _ = (await ring.keys_for(["a"]))["a"]
    assert await ring.destroy_keys([key_id, "of another ring"], "restored") == [key_id]
    assert await ring.keys([key_id]) == {key_id: None}


async def test_a_pseudonym_is_the_same_for_the_same_parts_only(ring: KeyRing) -> None:
    assert ring.pseudonym("clinic", "M1") == ring.pseudonym("clinic", "M1")
    assert ring.pseudonym("clinic", "M1") != ring.pseudonym("clinicM1")
    assert MemoryKeyRing().pseudonym("clinic", "M1") != ring.pseudonym("clinic", "M1")


async def test_two_instances_at_once_give_one_subject_one_key(database: str) -> None:
    rings = await asyncio.gather(*(open_ring(database, KEK) for _ in range(3)))
    subjects = [f"s{n}" for n in range(50)]
    answers = await asyncio.gather(
        *(ring.keys_for(subjects[n % 2 :: 1 if n % 3 else -1]) for n in range(6) for ring in rings)
    )
    ids = {(subject, pair) for answer in answers for subject, pair in answer.items()}
    assert len(ids) == len(subjects)
    assert len({ring.pseudonym("x") for ring in rings}) == 1
    for ring in rings:
        await ring.close()


async def test_another_instance_forgets_a_destroyed_key(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await open_ring(database, KEK), await open_ring(database, KEK)
    key_id, _ = (await one.keys_for(["a"]))["a"]
    assert (await two.keys([key_id]))[key_id] is not None
    await one.destroy("a", "erasure")
    assert await one.keys([key_id]) == {key_id: None}
    monkeypatch.setattr(postgres, "FRESH_SECONDS", 0.0)
    assert await two.keys([key_id]) == {key_id: None}
    await one.close()
    await two.close()


async def test_cached_keys_are_bounded_and_asked_for_again(database: str) -> None:
    ring = await open_ring(database, KEK, cached=2)
    made = await ring.keys_for([f"s{n}" for n in range(5)])
    assert await ring.keys(key_id for key_id, _ in made.values()) == dict(made.values())
    assert await ring.keys_for(list(made)) == made
    await ring.close()


async def test_a_table_shows_neither_subjects_nor_keys(database: str) -> None:
    ring = await open_ring(database, KEK)
    _, key = (await ring.keys_for(["CANARY"]))["CANARY"]
    connection = await asyncpg.connect(database)
    text = str(await connection.fetch("SELECT * FROM keyring.data_keys"))
    raw = await connection.fetchval("SELECT wrapped FROM keyring.data_keys")
    await connection.close()
    assert "CANARY" not in text and key not in raw
    await ring.close()


async def test_an_older_kek_still_opens_what_it_wrapped(database: str) -> None:
    ring = await open_ring(database, KEK)
    made, name = await ring.keys_for(["a"]), ring.pseudonym("x")
    await ring.close()
    rotated = Kek("kek-2", {"kek-2": os.urandom(32), **KEK.keys})
    ring = await open_ring(database, rotated)
    assert await ring.keys_for(["a"]) == made and ring.pseudonym("x") == name
    await ring.close()


async def test_a_key_file_of_another_home_is_named(database: str) -> None:
    await (await open_ring(database, KEK)).close()
    with pytest.raises(Stopped, match="wrapped with kek-1"):
        await open_ring(database, Kek("kek-9", {"kek-9": os.urandom(32)}))


def test_a_kek_file_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"
    make_kek_file(path)
    kek = read_kek(path)
    make_kek_file(path)
    assert read_kek(path) == kek and path.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["kek"]


def test_a_kek_file_without_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kek").write_text("kek-1 AAAA\n")
    with pytest.raises(ValueError):
        read_kek(tmp_path / "kek")


async def test_a_database_that_falls_silent_is_waited_for_to_a_limit(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_MS", 3_000)
    monkeypatch.setattr(pool, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(postgres, "FRESH_SECONDS", -1)
    async with silenced(database) as (dsn, silence):
        ring = await open_ring(dsn, KEK)
        await ring.keys_for(["a"])
        silence.set()
        asked = asyncio.create_task(ring.keys_for(["a"]))
        await asyncio.wait({asked}, timeout=LIMIT_SECONDS)
        assert asked.done() and isinstance(asked.exception(), TimeoutError)
        silence.clear()
        assert await ring.keys_for(["a"])  # Over another connection.
        await ring.close()


@asynccontextmanager
async def silenced(dsn: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The DSN of a way to the database on which, once it is told to, nothing arrives any more and nothing breaks."""
    silence, server = asyncio.Event(), urlsplit(dsn)

    async def one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if not silence.is_set():
                    writer.write(data)
        writer.close()

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, out = await asyncio.open_connection(server.hostname, server.port)
        await asyncio.gather(one_way(reader, out), one_way(back, writer))

    listener = await asyncio.start_server(come, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    yield dsn.replace(f":{server.port}/", f":{port}/"), silence
    listener.close()
