"""The load's own memory: everything that a door acknowledged, and whether the system still knows all of it."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.home import Home
from simulator.doors import Doors

TIMEOUT_SECONDS = 20.0
LOOK_SECONDS = 1.0
RETRIES = 2_400
"""Ten minutes: the load outlives every fault."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One POST that was answered with yes."""

    service: str
    path: str
    key: str
    json: Any
    content: bytes | None
    params: dict[str, str] | None
    actor: str
    answer: Any


class Instances:
    """All instances of a service behind one client: another one is asked when one does not answer."""

    def __init__(self, home: Home, service: str) -> None:
        self.home = home
        self.service = service
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._urls: list[str] = []
        self._looked_at = 0.0
        self._turn = 0

    async def post(self, path: str, **words: Any) -> httpx.Response:
        """POST to one of them."""
        return await self._ask("POST", path, **words)

    async def get(self, path: str, **words: Any) -> httpx.Response:
        """GET from one of them."""
        return await self._ask("GET", path, **words)

    async def _ask(self, method: str, path: str, **words: Any) -> httpx.Response:
        if time.monotonic() - self._looked_at > LOOK_SECONDS:
            running = self.home.running()
            self._urls = sorted(str(f["url"]) for f in running if f.get("service") == self.service)
            self._looked_at = time.monotonic()
        if not self._urls:
            raise ConnectionRefusedError(f"no instance of {self.service} runs")
        url = self._urls[self._turn % len(self._urls)]
        if url not in self._clients:
            self._clients[url] = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS)
        try:
            return await self._clients[url].request(method, path, **words)
        except httpx.HTTPError as lost:
            self._turn, self._looked_at = self._turn + 1, 0.0
            raise ConnectionError(type(lost).__name__) from lost

    async def aclose(self) -> None:
        """Give back connections."""
        for client in self._clients.values():
            await client.aclose()


class Journal(Doors):
    """The doors, with everything that was acknowledged kept."""

    def __init__(self, home: Home, services: Iterable[str]) -> None:
        super().__init__({}, "laboratory", RETRIES)
        instances: dict[str, Any] = {s: Instances(home, s) for s in services}
        self._clients = instances
        self.kept: list[Acknowledged] = []

    async def post(
        self,
        service: str,
        path: str,
        key: str,
        json: Any = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
        actor: str | None = None,
    ) -> Any:
        """As the doors do it; written down when the answer is a yes."""
        answer = await super().post(service, path, key, json, content, params, actor)
        if all(item.get("status", 200) < 400 for item in _items(answer)):
            who = actor or self.actor
            self.kept.append(Acknowledged(service, path, key, json, content, params, who, answer))
        return answer

    async def missing(self, connection: Any) -> list[str]:
        """What was acknowledged and is in no table of the services that should show it."""
        found: list[str] = []
        for service, path, kind, table, column in SHOWN:
            told = self._told(service, path, kind)
            rows = await connection.fetch(f"select {column} from {table}")
            lost = sorted(told - {row[0] for row in rows})
            if lost:
                found.append(
                    f"{len(lost)} acknowledged at {service}{path} not in {table}: {lost[0]}"
                )
        return found

    def _told(self, service: str, path: str, kind: str) -> set[str]:
        told: set[str] = set()
        for one in self.kept:
            if (one.service, one.path) != (service, path):
                continue
            if kind == "sha256":
                told.add(hashlib.sha256(one.content or b"").hexdigest())
            elif kind in ("deposit", "payment"):
                told.update(item[kind] for items in one.json.values() for item in items)
            else:
                told.update(item[kind] for item in _items(one.answer))
        return told

    async def asked_again(self, connection: Any) -> list[str]:
        """Everything acknowledged is asked once more under its key: the same answers, and nothing new is said."""
        before = await _said(connection, self._clients)
        found = []
        for one in self.kept:
            answer = await super().post(
                one.service, one.path, one.key, one.json, one.content, one.params, one.actor
            )
            if _statuses(answer) != _statuses(one.answer):
                found.append(f"{one.service}{one.path} answers otherwise under the same key")
        grown = await _said(connection, self._clients) - before
        found += [
            f"{service} said {n} new records when asked again" for service, n in grown.items()
        ]
        return found

    def forget(self) -> None:
        """A new scenario begins: what was acknowledged before has been checked."""
        self.kept.clear()


SHOWN = (
    ("registration", "/encounters", "account", "registration.account", "account"),
    ("registration", "/encounters", "account", "reporting.account_money", "account"),
    ("coding", "/charges", "account", "coding.account_charges", "account"),
    ("coding", "/charges", "account", "posting.account_balance", "account"),
    ("adjudication_tracking", "/files", "sha256", "adjudication_tracking.received_file", "sha256"),
    ("posting", "/deposits", "deposit", "posting.deposit", "deposit"),
    ("posting", "/patient-payments", "payment", "posting.patient_payment", "payment"),
)
"""(service, path, what is known of it, table, column): where an acknowledged thing must be seen in the end."""


def _items(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, dict):
        answer = next((v for v in answer.values() if isinstance(v, list)), [])
    return [item for item in answer if isinstance(item, dict)] if isinstance(answer, list) else []


def _statuses(answer: Any) -> list[int]:
    return [item.get("status", 200) for item in _items(answer)]


async def _said(connection: Any, services: Iterable[str]) -> Counter[str]:
    return Counter(
        {s: await connection.fetchval(f'select count(*) from "{s}".outbox') for s in services}
    )
