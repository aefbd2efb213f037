"""The object folder gives back what was kept, and notices what was changed or erased."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared import objects as objects_room
from shared.errors import Malformed, NoRoom, NotFound
from shared.keyring import MemoryKeyRing
from shared.objects import Objects

DATA = b"ISA*CANARY~" * 10


@pytest.fixture
def ring() -> MemoryKeyRing:
    return MemoryKeyRing()


@pytest.fixture
def objects(tmp_path: Path, ring: MemoryKeyRing) -> Objects:
    return Objects(tmp_path, ring)


def file_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


@pytest.mark.parametrize("secret", [False, True])
async def test_what_is_kept_is_read_again(objects: Objects, secret: bool) -> None:
    assert await objects.read(await objects.write(DATA, secret=secret)) == DATA


async def test_the_same_file_is_kept_once(objects: Objects, tmp_path: Path) -> None:
    assert await objects.write(DATA) == await objects.write(DATA)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@contextmanager
def no_room(size_bytes: int) -> Iterator[None]:
    """No file may grow beyond it, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_file_without_room_leaves_nothing_behind(objects: Objects, tmp_path: Path) -> None:
    with no_room(len(DATA) // 2), pytest.raises(OSError):
        await objects.write(DATA)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert await objects.read(await objects.write(DATA)) == DATA


async def test_a_secret_file_shows_nothing_on_disk(objects: Objects, tmp_path: Path) -> None:
    sha256 = await objects.write(DATA, secret=True)
    assert b"CANARY" not in file_of(tmp_path, sha256).read_bytes()


async def test_a_file_whose_key_was_destroyed_is_erased(
    objects: Objects, ring: MemoryKeyRing
) -> None:
    sha256 = await objects.write(DATA, secret=True)
    await ring.destroy(f"object/{sha256}", "the end of its retention")
    with pytest.raises(NotFound):
        await objects.read(sha256)


@pytest.mark.parametrize("secret", [False, True])
async def test_a_changed_file_is_noticed(objects: Objects, tmp_path: Path, secret: bool) -> None:
    sha256 = await objects.write(DATA, secret=secret)
    path = file_of(tmp_path, sha256)
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(Malformed):
        await objects.read(sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
async def test_what_was_never_kept_is_not_found(objects: Objects, name: str) -> None:
    with pytest.raises(NotFound):
        await objects.read(name)


async def test_a_full_disk_is_no_room_and_no_defect(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space left on device", str(path))

    monkeypatch.setattr(objects_room, "write_durably", full)
    with pytest.raises(NoRoom):
        await objects.write(DATA)


async def test_what_was_changed_on_disk_is_mended_by_the_same_file_again(
    objects: Objects, tmp_path: Path
) -> None:
    sha256 = await objects.write(DATA)
    file_of(tmp_path, sha256).write_bytes(b"Pnothing")
    with pytest.raises(Malformed):
        await objects.read(sha256)
    assert await objects.write(DATA) == sha256
    assert await objects.read(sha256) == DATA
