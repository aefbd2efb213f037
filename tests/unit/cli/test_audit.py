"""`audit` tells a breach from what could not be looked at, names who keeps it from looking, and goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import audit, context
from cli.main import app
from deploy.auditing import canary, run
from deploy.auditing.result import Result, not_made, without
from deploy.auditing.rows import CHECKS, check_parked, check_rows, reads
from deploy.provision import SERVICES
from shared.errors import Stopped

HOLDS = Result("money", "it adds up")
BROKEN = Result("money", "it adds up", 2, "account 7")
UNCHECKED = Result("lag", "all is heard", unchecked="posting is at 3 of 9 in partition 0")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """What the checks find."""
    results: list[Result] = []

    async def checks(*_: Any, **__: Any) -> AsyncIterator[Result]:
        for result in results:
            yield result

    class Up:
        bootstrap = pg_dsn = "there"

    monkeypatch.setattr(audit, "stack", Up)
    monkeypatch.setattr(audit, "run_audit", checks)
    return results


@pytest.mark.parametrize(
    ("results", "code", "verdict"),
    [
        ([HOLDS], 0, "1 check: every promise holds"),
        ([HOLDS, BROKEN], 1, "2 checks: 1 promise is broken"),
        ([HOLDS, UNCHECKED], 3, "2 checks: no promise is broken, 1 could not be checked"),
        ([BROKEN, UNCHECKED], 1, "2 checks: 1 promise is broken, 1 could not be checked"),
    ],
)
def test_a_breach_is_told_from_what_could_not_be_checked(
    found: list[Result], results: list[Result], code: int, verdict: str
) -> None:
    found += results
    done = CliRunner().invoke(app, ["audit"])
    assert (done.exit_code, verdict in done.stdout) == (code, True)
    assert ("posting is at 3 of 9" in done.stdout) == (UNCHECKED in results)


def test_what_could_not_be_checked_does_not_hold_in_json(found: list[Result]) -> None:
    found += [UNCHECKED]
    (row,) = json.loads(CliRunner().invoke(app, ["audit", "--json"]).stdout)
    assert (row["holds"], row["breaches"], row["unchecked"]) == (False, 0, UNCHECKED.unchecked)


def test_every_statement_reads_of_services_that_are_known() -> None:
    assert all(reads(sql) and reads(sql) <= set(SERVICES) for _, _, sql in CHECKS)
    read = {name: reads(sql) for name, _, sql in CHECKS}
    assert read["charges create A/R"] == {"coding", "posting"}
    assert read["clearing explained"] == {"posting", "adjudication_tracking", "reporting"}


class Tables:
    """A database in which every statement finds this."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)

    async def fetch(self, sql: str) -> list[dict[str, Any]]:
        return self.rows


async def test_what_reads_of_a_service_that_is_behind_is_not_called_broken() -> None:
    results = await check_rows(Tables({"account": "A"}), {"posting": "it is behind"})
    for result, (_, _, sql) in zip(results, CHECKS, strict=True):
        assert result.broken == ("posting" not in reads(sql))
        assert bool(result.unchecked) == ("posting" in reads(sql))


async def test_the_list_of_parked_records_is_not_compared_while_reporting_is_behind() -> None:
    parked, forgotten = await check_parked(Tables(), SERVICES, ["reporting"])
    assert parked.holds
    assert forgotten.unchecked == "not made, it reads what is behind: reporting"


async def test_what_reporting_parked_itself_stands_in_its_own_table_and_is_in_the_list() -> None:
    class Parked:
        async def fetch(self, sql: str) -> list[tuple[Any, ...]]:
            return [(9, 1821, "w.v1", "defect", "parked")] if '"reporting".parked' in sql else []

    parked, forgotten = await check_parked(Parked(), SERVICES, [])
    assert (parked.breaches, forgotten.holds) == (1, True)


def test_a_check_that_leaves_out_who_is_behind_holds_not_and_is_not_broken() -> None:
    assert without(HOLDS, ["posting"]).unchecked == "not for posting: behind"
    assert without(BROKEN, ["posting"]) == BROKEN
    assert without(HOLDS, {}) == HOLDS
    assert not not_made("a", "b", ["posting"]).broken


class Log:
    """A log of which nobody asks more than its ends."""

    async def ends(self, partitions: list[int]) -> dict[int, int]:
        return dict.fromkeys(partitions, 9)


class Stack:
    """One partition."""

    class settings:
        partitions = 1


async def wait(
    monkeypatch: pytest.MonkeyPatch, why: dict[str, str], seconds: float
) -> tuple[dict[str, str], float]:
    async def behind(*_: Any) -> dict[str, str]:
        return {"posting": "posting is at 3 of 9 in partition 0"}

    async def silent(_stack: Any) -> dict[str, str]:
        return why

    monkeypatch.setattr(run, "behind", behind)
    monkeypatch.setattr(run, "silent", silent)
    monkeypatch.setattr(run, "SILENT_SECONDS", 0.0)
    here: Any = Stack()
    log: Any = Log()
    began = asyncio.get_running_loop().time()
    late = await run._wait_for_quiet(here, None, log, seconds)
    return late, asyncio.get_running_loop().time() - began


async def test_nobody_waits_for_a_service_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late, took = await wait(monkeypatch, {"posting": "posting-0 ended"}, 30.0)
    assert took < 5
    assert late == {"posting": "posting is at 3 of 9 in partition 0 (posting-0 ended)"}
    assert run._heard(late).unchecked == late["posting"]


async def test_a_service_that_answers_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late, took = await wait(monkeypatch, {"denial": "denial-0 ended"}, 0.5)
    assert took >= 0.5
    assert late == {"posting": "posting is at 3 of 9 in partition 0"}


class Leaving:
    """A database in which a file is on its way for so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    async def fetchval(self, sql: str) -> bool:
        self.looks -= 1
        return self.looks >= 0


@pytest.mark.parametrize(
    ("looks", "seconds", "left"), [(2, 30.0, -1), (1_000, -1.0, 999)], ids=["it leaves", "it stays"]
)
async def test_a_file_that_is_being_handed_over_is_waited_for_and_makes_nobody_late(
    monkeypatch: pytest.MonkeyPatch, looks: int, seconds: float, left: int
) -> None:
    async def behind(*_: Any) -> dict[str, str]:
        return {}

    monkeypatch.setattr(run, "behind", behind)
    here: Any = Stack()
    log: Any = Log()
    files = Leaving(looks)
    assert await run._wait_for_quiet(here, files, log, seconds) == {}
    assert files.looks == left


async def test_metrics_of_a_service_that_does_not_answer_hold_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def get(_client: httpx.AsyncClient, url: str) -> httpx.Response:
        if "posting" in url:
            raise httpx.ReadTimeout("")
        return httpx.Response(200, text="claimlog_heard_total 1")

    monkeypatch.setattr(httpx.AsyncClient, "get", get)
    silent: list[str] = []
    urls = {"posting-0": "http://posting", "denial-0": "http://denial"}
    looked = [seen async for seen in canary._metrics(urls, "PLANTED", silent)]
    assert (silent, looked) == (["posting-0"], [("metrics of denial-0", False)])


async def test_a_replay_that_cannot_be_made_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def rebuild(*_: Any, **__: Any) -> None:
        raise Stopped("another rebuild of this service is running")

    monkeypatch.setattr(run, "rebuild", rebuild)
    here: Any = Stack()
    result = await run.replayed(here, "posting")
    assert (result.broken, result.unchecked) == (
        False,
        "not made: another rebuild of this service is running",
    )


def test_a_service_that_does_not_answer_is_named_by_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Here:
        class home:
            @staticmethod
            def running() -> list[dict[str, Any]]:
                return [{"name": "kafka"}, {"name": "posting-0", "url": "http://127.0.0.1:12001"}]

    monkeypatch.setattr(context, "stack", Here)
    for url, who in (
        ("http://127.0.0.1:12001/metrics", "posting-0"),
        ("http://127.0.0.1:12/x", "a service"),
    ):
        lost = httpx.ReadTimeout("", request=httpx.Request("GET", url))
        assert context._who(lost) == who
