"""The clearinghouse's folder: every submitted claim in it exactly once, every file as it was hashed."""

import hashlib
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from deploy.auditing.result import Result, not_made
from shared.x12 import read_file
from shared.x12.claim_837p import read_837p
from shared.x12.envelope import kind_of


def _claims_of(data: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in read_file(data).sets():
        if kind_of(one) == "837P":
            found.update(claim.clm01 for claim in read_837p(one)[0])
    return found


HASHED = (
    "files as hashed",
    "every file that was sent is in the folder, with the bytes that were hashed",
)
ONCE = (
    "sent exactly once",
    "every submitted attempt stands in the clearinghouse's folder exactly once",
)


_LEAVES = (
    "select exists (select from (select status, held from submission.hand_over union all "
    "select status, held from eligibility.hand_over) h where status <> 'handed' and held is null)"
)


async def files_leave(connection: Any) -> bool:
    """Whether a file is on its way to the outbound folder, and none that waits for a person."""
    return bool(await connection.fetchval(_LEAVES))


async def check_files(connection: Any, outbound: Path, late: Collection[str] = ()) -> list[Result]:
    """Reads every claim file there is. Nothing where the one that sends them, or the one that tells, is `late`."""
    if needed := sorted({"submission", "reporting"} & set(late)):
        return [not_made(*HASHED, needed), not_made(*ONCE, needed)]
    rows = await connection.fetch(
        "select file_name, sha256, claims from submission.interchange where sent_on is not null"
    )
    wrong: list[str] = []
    in_files: Counter[str] = Counter()
    for name, sha256, claims in rows:
        path = outbound / name
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != sha256:
            wrong.append(name)
            continue
        found = _claims_of(data)
        in_files.update(found)
        if sum(found.values()) != claims:
            wrong.append(name)
    known = {row[0] for row in rows}
    on_disk = {
        str(p.relative_to(outbound))
        for p in outbound.rglob("837P-*")
        if p.is_file() and "ready" not in p.parts
    }
    strange = sorted(on_disk - known)
    submitted = await connection.fetch(
        "select claim, count(*) as n from reporting.story "
        "where wire = 'submission.claim_submitted.v1' group by 1"
    )
    expected = {row[0]: row[1] for row in submitted}
    unlike = [c for c in expected.keys() | in_files.keys() if expected.get(c, 0) != in_files[c]]
    return [
        Result(
            *HASHED,
            len(wrong) + len(strange),
            (wrong + strange or [""])[0],
            len(rows),
        ),
        Result(
            *ONCE,
            len(unlike),
            min(unlike, default=""),
            len(expected),
        ),
    ]
