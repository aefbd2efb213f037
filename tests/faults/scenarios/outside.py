"""What a clearinghouse and payers do wrong: files in the wrong order, again, cut off, and answers that get lost."""

import asyncio
import hashlib
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx

from simulator import weights
from simulator.chance import Chance
from simulator.clearinghouse import Answer
from tests.faults.journal import Instances
from tests.faults.lab import Lab
from tests.faults.rows import row

BACKWARD_DAYS, BRIEF_BACKWARD_DAYS = 45, 14
BACKWARD_ENCOUNTERS = 8
REVERSED_SOON = 6_000
"""Most payments are taken back and made again, so that a reversal meets a payment that is not there yet."""
AGAIN_TIMES = 3


@row(
    12,
    "backwards",
    "a rule that counts on an order that nobody promises: a check before its 277CA, a reversal before its payment",
)
async def backwards(lab: Lab, chance: Chance) -> str:
    """Charges before their accounts; all files of weeks kept back and handed in backwards, or shuffled."""
    days = BRIEF_BACKWARD_DAYS if lab.brief else BACKWARD_DAYS
    world, kept = lab.world, list[Answer]()
    deliver, encounters, usual = world._deliver, world._encounters, weights.REVERSED

    async def keep(answers: list[Answer]) -> None:
        # Inquiries are answered: a claim waits for what its payer says of the coverage.
        kept.extend(a for a in answers if a.service != "eligibility")
        await deliver([a for a in answers if a.service == "eligibility"])

    async def charges_first(today: date, numbers: range) -> None:
        """Children before their parents."""
        if not numbers:
            return
        day, key = world.feed.day(today, numbers), f"feed/{world.plan.seed}/{today}"
        await lab.doors.post_all("coding", "/charges", f"{key}/c", "accounts", day.charges)
        await lab.drained()
        await lab.doors.post_all(
            "registration", "/encounters", f"{key}/e", "encounters", day.encounters
        )

    world._deliver, world._encounters, weights.REVERSED = keep, charges_first, REVERSED_SOON  # type: ignore[method-assign]
    try:
        for n in range(days):
            # New encounters in the first days only: what follows are answers to them.
            await lab.day(BACKWARD_ENCOUNTERS if n < days // 3 else 0)
    finally:
        world._deliver, world._encounters, weights.REVERSED = deliver, encounters, usual  # type: ignore[method-assign]
    if chance.below(2, "shuffled"):
        kept.sort(key=lambda a: chance.below(1 << 30, "turn", a.name))
    else:
        kept.reverse()
    for answer in kept:
        await world._hand_in(answer.service, answer.name, answer.data)
        if chance.happens(3_000, "all heard", answer.name):
            await lab.drained()
    await lab.drained()
    ((waited, waiting),) = await lab.fetch(WAITED)
    checks = sum("835" in a.name for a in kept)
    assert checks or lab.brief, "no check was among the files"
    return (
        f"{len(kept)} files of {days} days handed in after one another in a wrong order, {checks} checks; "
        f"{waited} reversals waited for their payments, {waiting} still do"
    )


WAITED = (
    "select count(*), count(*) filter (where state = 'waiting') "
    "from adjudication_tracking.waiting_reversal"
)


class Careless(Instances):
    """A client that loses the answer to some of its requests after the door has done them."""

    def __init__(self, honest: Instances, chance: Chance, share: int) -> None:
        super().__init__(honest.home, honest.service)
        self.chance = chance
        self.share = share
        self.lost = self.asked = 0

    async def post(self, path: str, **words: Any) -> httpx.Response:
        """POST, and perhaps never know what came of it."""
        answer = await super().post(path, **words)
        self.asked += 1
        if self.chance.happens(self.share, "lost", self.service, self.asked):
            self.lost += 1
            raise TimeoutError("the answer is lost")
        return answer


LOST_SHARE = 3_000


@row(
    20,
    "clearinghouse",
    "a file or command taken twice because its answer was lost; a repeated 999, 277CA or 835 that counts again; "
    "half a file taken for a whole one",
)
async def clearinghouse(lab: Lab, chance: Chance) -> str:
    """Answers lost after the door has accepted, files handed in again and again, uploads cut in the middle."""
    honest = dict(lab.doors._clients)
    careless = {s: Careless(client, chance, LOST_SHARE) for s, client in honest.items()}  # type: ignore[arg-type]
    world, deliver, handed = lab.world, lab.world._deliver, list[Answer]()
    cut = 0

    async def deliver_badly(answers: list[Answer]) -> None:
        nonlocal cut
        handed.extend(answers)
        for answer in answers:
            if chance.happens(4_000, "cut", answer.name):
                cut += await _cut(lab, answer, chance)
        await deliver(answers)

    world._deliver = deliver_badly  # type: ignore[method-assign]
    lab.doors._clients = careless  # type: ignore[assignment]
    try:
        for _ in range(4 if lab.brief else 20):
            await lab.day(8)
    finally:
        world._deliver = deliver  # type: ignore[method-assign]
        lab.doors._clients = honest
        for client in careless.values():
            await client.aclose()
    repeated = await _again(lab, handed, chance)
    lost = sum(client.lost for client in careless.values())
    return f"{lost} answers lost, {repeated} files handed in again, {cut} uploads cut"


async def _again(lab: Lab, handed: list[Answer], chance: Chance) -> int:
    """Every file some times more under another key: each is known by its bytes, and says nothing new."""
    await lab.drained()
    times = [a for a in handed for _ in range(chance.below(AGAIN_TIMES + 1, "again", a.name))]
    before = await _heard(lab)
    for n, answer in enumerate(times):
        key = f"again/{n}/{hashlib.sha256(answer.data).hexdigest()}"
        await lab.doors.post(
            answer.service, "/files", key, content=answer.data, params={"name": answer.name}
        )
    await lab.drained()
    after = await _heard(lab)
    assert after == before, f"files that were known led to {after - before} new events"
    return len(times)


async def _heard(lab: Lab) -> int:
    """Events that were said in all."""
    rows = [await lab.doors.get(s, "/progress") for s in lab.doors._clients]
    return sum(p["said"] for one in rows for p in one)


async def _cut(lab: Lab, answer: Answer, chance: Chance) -> int:
    """The connection breaks in the body; and the half that a gateway stored is handed in as if it were whole."""
    part = answer.data[: 1 + chance.below(len(answer.data) - 1, "half", answer.name)]
    facts = lab.services.facts(f"{answer.service}-0")
    host = urlsplit(facts["url"])
    head = (
        f"POST /files?name=cut HTTP/1.1\r\nHost: {host.netloc}\r\nIdempotency-Key: cut/{answer.name}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(answer.data)}\r\n\r\n"
    ).encode()
    _, writer = await asyncio.open_connection(host.hostname, host.port)
    writer.write(head + part)
    await writer.drain()
    writer.close()
    async with httpx.AsyncClient(base_url=facts["url"], timeout=20) as client:
        headers = {
            "Idempotency-Key": f"half/{answer.name}",
            "X-Actor": "clearinghouse",
            "content-type": "application/octet-stream",
        }
        told = await client.post("/files", content=part, headers=headers)
    assert told.status_code == 422, f"half of {answer.name} was answered with {told.status_code}"
    return 1
