"""Records that nobody of ours would write, of every kind, among those of a day."""

from collections import Counter

from deploy.provision import SERVICES
from shared.streams import account_number, account_stream, partition_of
from simulator.chance import Chance
from tests.faults.lab import Headers, Lab
from tests.faults.rows import row
from tests.kernel.test_poison import GOOD, POISON, SICK

HUGE_BYTES = 7_000_000
Kind = tuple[bytes | None, bytes | None, Headers]
"""Key, value, headers of a record."""


def kinds() -> dict[str, Kind]:
    """Those of the kernel's suite, and a few that only the log can hold."""
    key = account_stream(SICK).encode()
    found: dict[str, Kind] = {
        kind: (key, value, headers) for kind, (value, headers, _) in POISON.items()
    }
    found["no key"] = (None, b"{broken", [("r", GOOD)])
    found["a key that no table keeps"] = (b"account/\x00\xff", b"{broken", [("r", GOOD)])
    found["huge"] = (key, b"x" * HUGE_BYTES, [("r", GOOD)])
    found["an empty value"] = (key, b"", [("r", GOOD)])
    found["a negative position"] = (key, b"{}", [("r", GOOD.replace(b"|1|", b"|-1|"))])
    found["a position far ahead"] = (key, b"{}", [("r", GOOD.replace(b"|1|", b"|9000000000|"))])
    found["a version to come"] = (key, b"{}", [("r", GOOD.replace(b".v1|", b".v2|"))])
    return found


DROPPED = {"a negative position", "a position far ahead"}
"""They stand at no position that any reader waits for: passed, and counted."""


@row(
    13,
    "poison",
    "a record that stops a partition, is lost, or is applied in part; a service that others wait for because of it",
)
async def poison(lab: Lab, chance: Chance) -> str:
    """Every kind on a stream of its own: it parks where it is heard, others go on, a person discards it."""
    made = kinds()
    names = sorted(made, key=lambda k: chance.below(1 << 30, "order", k))
    parked = await lab.under_load(_poison(lab, {name: made[name] for name in names}))
    lost = sorted(set(made) - DROPPED - set(parked))
    assert not lost, f"no service parked: {', '.join(lost)}"
    wrong = sorted(DROPPED & set(parked))
    assert not wrong, f"parked, where nobody waited for it: {', '.join(wrong)}"
    found = await lab.discard_parked()
    return f"{len(made)} kinds; {sum(parked.values())} times parked and {sum(found.values())} discarded"


async def _poison(lab: Lab, made: dict[str, Kind]) -> Counter[str]:
    """Put each into the log, wait until everybody passed it; by how many services each kind is parked."""
    offsets: dict[tuple[int, int], str] = {}
    for name, (strange, value, headers) in made.items():
        stream = account_stream(account_number("lab", str(lab.days_done), name))
        partition = partition_of(stream, lab.stack.settings.partitions)
        key = strange if name in ("no key", "a key that no table keeps") else stream.encode()
        fresh = [(k, _own(lab, name, v)) for k, v in headers]
        body = _own(lab, name, value)
        if body is not None:
            body = body.replace(SICK.encode(), stream.partition("/")[2].encode())
        (place,) = await lab.put([(partition, key, body, fresh)])
        offsets[place] = name
    found: Counter[str] = Counter()

    async def passed() -> bool:
        rows = [await lab.doors.get(s, "/progress") for s in SERVICES]
        at = [{p["partition"]: p["next_offset"] for p in one} for one in rows]
        return all(one[p] > offset for one in at for p, offset in offsets)

    await lab.until(passed, "everybody passed every broken record")
    for service in SERVICES:
        for one in await lab.fetch(f'select partition, "offset" from "{service}".parked'):
            name = offsets.get((one[0], one[1]), "")
            if name:
                found[name] += 1
    return found


def _own(lab: Lab, name: str, text: bytes | None) -> bytes | None:
    """A producer of its own for every kind and day: each stands at its first position."""
    if text is None:
        return None
    own = f"stranger{lab.days_done}{''.join(c for c in name if c.isalpha())}/0"
    return text.replace(b"stranger/0", own.encode())
