"""A received file goes when it was kept long enough, with its key and its bytes; under a legal hold it stays."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.reference import RetentionSet
from services.eligibility.app import SERVICE as ELIGIBILITY
from services.eligibility.domain.inbound import RefuseFile
from services.reference.app import SERVICE as REFERENCE
from services.reference.domain import STREAM, LiftHold, List, OpenBusinessDay, PlaceHold
from shared.doors import OpenDoors
from shared.erasing import Erasing
from shared.errors import Malformed, NotFound
from shared.keyring import KeyRing, make_kek_file, open_ring, read_kek
from shared.objects import Objects
from shared.received_files import tell_of_refusal
from shared.service import Order, Scope
from shared.streams import inbound_stream
from tests.kernel.fed import Fed, MemoryLog

DATA = b"ISA*NO 271 AT ALL~"
CAME = date(2026, 1, 5)


class Archive:
    """A service that received a file, the books, and the worker that lets files go."""

    def __init__(self, books: Fed, receiver: Fed, ring: KeyRing, folder: Path) -> None:
        self.books, self.receiver = books, receiver
        self.ring = ring
        self.objects = Objects(folder / "objects", ring)
        engine = receiver.engine
        self.doors = OpenDoors(engine, ring, self.objects, "demo")
        owner: Any = SimpleNamespace(owned={0})
        rules = ELIGIBILITY.erasing
        assert rules is not None
        self.worker = Erasing(engine, self.doors, owner, ring, self.objects, rules)

    async def say(self, command: Any, key: str) -> None:
        """Something of the books, heard by all."""
        order = Order(STREAM, command, key, b"", Scope("demo"), "pat")
        (answer,) = await self.books.engine.handle([order])
        assert answer.status == 200
        await self.hear()

    async def day(self, day: date) -> None:
        """A business day opens."""
        await self.say(OpenBusinessDay(day), f"day/{day}")

    async def hear(self) -> None:
        """Until nothing new is said."""
        while await self.books.hear() or await self.receiver.hear():
            pass

    async def received(self) -> str:
        """A file that nobody can read, kept."""
        sha256 = await self.objects.write(DATA)
        command = RefuseFile(sha256, len(DATA), "it is no 271")
        order = Order(inbound_stream(sha256), command, "file", b"", Scope("demo"), "pat")
        (answer,) = await self.doors.handle([order])
        assert answer.status == 200
        await self.hear()
        return sha256

    async def swept(self) -> list[str]:
        """The states of erasures after the worker had its turn twice, with the log between."""
        for _ in range(2):
            await self.worker.end_files()
            await self.hear()
            await self.worker.sweep()
            await self.hear()
        return [row["state"] for row in await self.doors.rows("select state from erasure")]


@pytest.fixture
async def archive(database: str, tmp_path: Path) -> AsyncIterator[Archive]:
    make_kek_file(tmp_path / "kek")
    log = MemoryLog()
    ring = await open_ring(database, read_kek(tmp_path / "kek"))
    books, receiver = [await Fed.start(s, log, database) for s in (REFERENCE, ELIGIBILITY)]
    made = Archive(books, receiver, ring, tmp_path)
    await made.day(CAME)
    yield made
    await books.close()
    await receiver.close()
    await ring.close()


def kept_for(days: int | None) -> List:
    return List(RetentionSet(received_files_days=days, reason="the law"), f"{days}")


async def test_without_a_retention_files_are_kept_for_ever(archive: Archive) -> None:
    await archive.received()
    await archive.day(date(2026, 12, 31))
    assert await archive.swept() == []
    await archive.say(kept_for(365), "365")
    await archive.say(kept_for(None), "for ever")
    await archive.day(date(2027, 12, 30))
    assert await archive.swept() == []


async def test_a_file_goes_the_day_after_its_last_one(archive: Archive) -> None:
    await archive.say(kept_for(365), "365")
    sha256 = await archive.received()
    await archive.day(date(2027, 1, 5))
    assert await archive.swept() == []
    assert await archive.objects.read(sha256) == DATA
    await archive.day(date(2027, 1, 6))
    assert await archive.swept() == ["destroyed"]
    with pytest.raises(NotFound):
        await archive.objects.read(sha256)
    assert len(await archive.ring.gone([f"object/{sha256}"])) == 1
    assert (await archive.receiver.compare()).differences == []


async def test_under_a_legal_hold_of_anybody_files_stay(archive: Archive) -> None:
    await archive.say(kept_for(365), "365")
    sha256 = await archive.received()
    await archive.say(PlaceHold("M-1", "somebody", "a suit"), "hold")
    await archive.day(date(2026, 12, 31))
    await archive.day(date(2027, 6, 1))
    assert await archive.swept() == []
    await archive.say(LiftHold("M-1", "settled"), "lift")
    assert await archive.objects.read(sha256) == DATA
    assert await archive.swept() == ["destroyed"]


async def test_a_refused_file_that_comes_again_is_kept_and_goes_again(archive: Archive) -> None:
    await archive.say(kept_for(365), "365")
    sha256 = await archive.received()
    await archive.day(date(2027, 1, 6))
    assert await archive.swept() == ["destroyed"]
    await archive.objects.write(DATA)
    command = RefuseFile(sha256, len(DATA), "it still is no 271")
    order = Order(inbound_stream(sha256), command, "again", b"", Scope("demo"), "pat")
    await archive.doors.handle([order])
    await archive.hear()
    assert await archive.swept() == ["kept"]
    assert await archive.objects.read(sha256) == DATA
    await archive.day(date(2028, 1, 6))
    await archive.day(date(2028, 1, 7))
    assert await archive.swept() == ["destroyed"]
    (row,) = await archive.doors.rows("select * from erasure")
    assert (row["erased_on"], len(row["key_ids"])) == (date(2028, 1, 7), 2)
    with pytest.raises(NotFound):
        await archive.objects.read(sha256)


async def test_refused_again_for_the_same_reason_it_is_kept_and_goes_again_too(
    archive: Archive,
) -> None:
    async def refused() -> None:
        await archive.objects.write(DATA)
        no = Malformed("it is no 271")
        await tell_of_refusal(archive.doors, DATA, "", no, RefuseFile, "pat")
        await archive.hear()

    await archive.say(kept_for(365), "365")
    await refused()
    await archive.day(date(2027, 1, 6))
    assert await archive.swept() == ["destroyed"]
    await refused()
    assert await archive.swept() == ["kept"]
    await refused()
    await archive.day(date(2028, 1, 7))
    assert await archive.swept() == ["destroyed"]
    assert (await archive.receiver.compare()).differences == []


async def test_a_file_that_cannot_be_taken_away_keeps_back_no_other(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await archive.say(kept_for(365), "365")
    sha256 = await archive.received()
    another = await archive.objects.write(b"ISA*ANOTHER~")
    command = RefuseFile(another, 12, "it is no 271")
    order = Order(inbound_stream(another), command, "another", b"", Scope("demo"), "pat")
    await archive.doors.handle([order])
    await archive.day(date(2027, 1, 6))
    remove = archive.objects.remove

    async def torn(name: str) -> None:
        if name == sha256:
            raise OSError(30, "Read-only file system")
        await remove(name)

    monkeypatch.setattr(archive.objects, "remove", torn)
    assert sorted(await archive.swept()) == ["destroyed", "erased"]
    monkeypatch.setattr(archive.objects, "remove", remove)
    assert await archive.swept() == ["destroyed", "destroyed"]
