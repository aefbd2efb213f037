"""Every check of the audit fails once, on a breach that is planted in a running stack, and names it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from confluent_kafka import Producer

from deploy.auditing.canary import check_canary
from deploy.auditing.files import check_files
from deploy.auditing.log import check_log, quiet
from deploy.auditing.records import check_records
from deploy.auditing.result import Result
from deploy.auditing.rows import CHECKS, check_parked, check_rows
from deploy.auditing.run import replayed
from deploy.provision import SERVICES
from deploy.shares import service_named
from deploy.stack import Stack
from services.reporting.api.work import PARKED as PARKED_LIST
from shared.log_reader import LogReader

MARK = f"PLANTEDQX{os.getpid()}"
"""Another one in every run: a dead letter stays."""


def _one(table: str, change: str, where: str = "true") -> str:
    return (
        f"update {table} set {change} where ctid = (select ctid from {table} where {where} limit 1)"
    )


def _again(wire: str) -> str:
    """A second telling of a claim that was sent, under another wire name or the same."""
    return (
        "insert into reporting.story select (jsonb_populate_record(s, jsonb_build_object("
        f"'event_id', 'planted', 'wire', '{wire}'))).* from reporting.story s "
        "where wire = 'submission.claim_submitted.v1' limit 1"
    )


_BILLED = "account in (select account from posting.account_balance where not history)"
"""Of accounts that another system billed, posting knows a balance and not the whole journal behind it."""

BREACHES = {
    "equation per charge": _one("posting.charge_balance", "open_cents = open_cents + 1"),
    "equation per account": _one("posting.account_balance", "open_cents = open_cents + 1"),
    "an account is its charges": _one(
        "posting.account_balance",
        "open_cents = open_cents + 1, denied_cents = denied_cents - 1",
        "account in (select account from posting.charge_balance)",
    ),
    "equation per claim": _one(
        "reporting.claim_view",
        "contractual_cents = contractual_cents + 1",
        "claim in (select claim from posting.journal where kind not in ('opening', 'recovery'))",
    ),
    "equation per facility": _one("reporting.account_money", "open_cents = open_cents + 1"),
    "equation of the company": _one("reporting.account_money", "charges_cents = charges_cents - 1"),
    "charges create A/R": _one("coding.account_charges", "total_cents = total_cents + 1", _BILLED),
    "every account is posted": "delete from reporting.account_money where account = "
    "(select min(account) from coding.account_charges)",
    "reporting agrees with posting": _one(
        "reporting.account_money", "patient_paid_cents = patient_paid_cents + 1", _BILLED
    ),
    "journal balances": _one("posting.journal", "cents = cents + 1"),
    "balances follow from the journal": _one(
        "posting.account_balance",
        "open_cents = open_cents + 1, denied_cents = denied_cents - 1",
        "not history",
    ),
    "overpayments are credits": _one("reporting.account_money", "credit_cents = credit_cents + 1"),
    "patients are told what they owe": _one(
        "posting.patient_balance", "owed_cents = owed_cents + 1"
    ),
    "statements add up": _one("posting.statement", "asked_cents = asked_cents + 1"),
    "denied money is somebody's work": "update denial.denial set state = 'resolved', outcome = 'paid' "
    "where account = (select account from posting.charge_balance join denial.denial d using (account) "
    "where denied_cents > 0 and d.state <> 'resolved' limit 1)",
    "clearing explained": "insert into reporting.waiting_view (claim, adjudication, account, remittance, "
    "cents, partition) values ('C', 'planted', 'A', 'a check', 1, 0)",
    "released checks balance": _one(
        "adjudication_tracking.remittance", "plb_cents = plb_cents + 1", "state = 'released'"
    ),
    "refused checks post nothing": _one(
        "adjudication_tracking.remittance",
        "state = 'refused'",
        "remittance in (select remittance from posting.journal)",
    ),
    "all claims handed out": _one(
        "adjudication_tracking.remittance", "dispatched = dispatched - 1", "state = 'released'"
    ),
    "states are lawful": _one("adjudication_tracking.claim_status", "forbidden = 1"),
    "acknowledgements agree": _one(
        "adjudication_tracking.ack_tally",
        "agrees = false",
        "isa13 in (select isa13 from adjudication_tracking.sent_claim where cents is not null)",
    ),
    "answers are of what was sent": _one(
        "adjudication_tracking.sent_claim",
        "answered_cents = answered_cents + 1",
        "outcome <> '' and answered_cents is not null",
    ),
    "nothing sent twice": _again("submission.claim_submitted.v1"),
    "a balance wakes for its statement": "delete from posting.due where what like 'statement/%'",
    "a queue wakes at its cut-off": "insert into submission.queue (stream, claims, partition) "
    "values ('outbound/PLANTED/0', 1, 0)",
    "history is never sent": _again("submission.claim_imported.v1"),
    "history has its balance": _one(
        "registration.account",
        "billing = 'history'",
        "billing = 'bill' and account in (select account from coding.account_charges)",
    ),
    "files are handed over": _one("submission.hand_over", "status = 'staged'"),
}


def _planted(
    stack: Stack, breach: str, check: Callable[[Any], Awaitable[list[Result]]]
) -> dict[str, Result]:
    """What a check says while the breach stands there; it is taken back afterwards."""

    async def look() -> dict[str, Result]:
        connection = await asyncpg.connect(stack.pg_dsn)
        planted = connection.transaction()
        await planted.start()
        try:
            done = await connection.execute(breach)
            assert not done.endswith(" 0"), "nothing was planted"
            return {result.name: result for result in await check(connection)}
        finally:
            await planted.rollback()
            await connection.close()

    return asyncio.run(look())


def test_every_statement_of_the_audit_has_its_breach() -> None:
    assert set(BREACHES) == {name for name, _, _ in CHECKS}


@pytest.mark.parametrize("name", BREACHES)
def test_a_statement_of_the_audit_fails_on_its_breach_and_names_it(lived: Stack, name: str) -> None:
    found = _planted(lived, BREACHES[name], check_rows)[name]
    assert not found.holds
    assert found.first


def test_totals_of_a_277ca_that_answers_no_file_of_ours_break_no_promise(lived: Stack) -> None:
    stranger = (
        "insert into adjudication_tracking.ack_tally select (jsonb_populate_record(t, "
        '\'{"sha256": "planted", "isa13": 392039493, "agrees": false}\')).* '
        "from adjudication_tracking.ack_tally t limit 1"
    )
    assert _planted(lived, stranger, check_rows)["acknowledgements agree"].holds


def test_totals_that_their_sender_put_right_since_break_no_promise(lived: Stack) -> None:
    right = (
        "insert into adjudication_tracking.ack_tally select (jsonb_populate_record(t, "
        '\'{"sha256": "planted", "agrees": true}\')).* '
        "from adjudication_tracking.ack_tally t where not agrees"
    )
    wrong = BREACHES["acknowledgements agree"]
    assert _planted(lived, f"{wrong}; {right}", check_rows)["acknowledgements agree"].holds


async def _parked(connection: Any) -> list[Result]:
    return await check_parked(connection, SERVICES)


PARKED = (
    'insert into posting.parked (partition, "offset", stream, producer, position, wire, status, reason, '
    "sentence, key, header, value, parked_at) values (0, 999999, 's', 'p', 1, 'planted.wire.v1', "
    "'parked', 'planted', '', '', '', '', now())"
)


@pytest.mark.parametrize("name", ["nothing parked", "no parked record is forgotten"])
def test_a_parked_record_that_nobody_is_told_of_is_named(lived: Stack, name: str) -> None:
    found = _planted(lived, PARKED, _parked)[name]
    assert (found.breaches, "planted.wire.v1" in found.first) == (1, True)


def test_the_list_holds_what_reporting_parked_itself(lived: Stack) -> None:
    async def listed(connection: Any) -> list[Result]:
        await connection.execute("set local search_path to reporting")
        rows = await connection.fetch(PARKED_LIST)
        return [Result("listed", "", sum(row["at_offset"] == 999_999 for row in rows))]

    assert (
        _planted(lived, PARKED.replace("posting.parked", "reporting.parked"), listed)[
            "listed"
        ].breaches
        == 1
    )


def test_a_listed_record_that_is_parked_nowhere_is_named(lived: Stack) -> None:
    listed = (
        "insert into reporting.parked_view (service, in_partition, at_offset, partition) "
        "values ('denial', 3, 999999, 0)"
    )
    found = _planted(lived, listed, _parked)["no parked record is forgotten"]
    assert (found.breaches, found.first) == (1, "denial 3@999999")


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        (
            "positions gap-free",
            "delete from coding.outbox where ctid = (select min(ctid) from coding.outbox)",
        ),
        ("log is the outbox", _one("coding.outbox", r"value = '\x7b7d'::bytea")),
    ],
)
def test_a_log_that_is_not_what_was_committed_is_named(
    lived: Stack, name: str, breach: str
) -> None:
    async def check(connection: Any) -> list[Result]:
        partitions = lived.settings.partitions
        async with LogReader(lived.bootstrap, lived.settings.topic) as reader:
            return await check_log(connection, reader, partitions, SERVICES)

    found = _planted(lived, breach, check)[name]
    assert (found.breaches, found.first.startswith("coding/")) == (1, True)


@pytest.mark.parametrize(
    ("breach", "first"),
    [
        (PARKED, "posting 0@999999 is kept, and is no record of the log"),
        (PARKED.replace("999999", "0"), "posting 0@0 is "),
        (
            "update posting.progress set body = denial.progress.body from denial.progress "
            "where denial.progress.partition = 1 and posting.progress.partition = 0",
            "posting passed ",
        ),
    ],
)
def test_a_record_that_is_two_things_or_none_to_a_reader_is_named(
    lived: Stack, breach: str, first: str
) -> None:
    async def check(connection: Any) -> list[Result]:
        hears = {service: service_named(service).hears for service in SERVICES}
        async with LogReader(lived.bootstrap, lived.settings.topic) as reader:
            return [await check_records(connection, reader, lived.settings.partitions, hears)]

    found = _planted(lived, breach, check)["every record is one thing"]
    assert (found.breaches > 0, found.first.startswith(first)) == (True, True)


def test_a_service_that_is_behind_is_named(lived: Stack) -> None:
    async def check(connection: Any) -> list[Result]:
        async with LogReader(lived.bootstrap, lived.settings.topic) as reader:
            ends = await reader.ends(list(range(lived.settings.partitions)))
        ends[0] += 1  # One more record stands in the log than anybody has heard.
        behind = await quiet(connection, ends, SERVICES)
        return [Result("heard", "", 1 if behind else 0, behind)]

    assert "in partition 0" in _planted(lived, "select 1", check)["heard"].first


def _outbound(stack: Stack) -> Path:
    return stack.home.root / "files" / "outbound"


async def _files(stack: Stack, connection: Any) -> list[Result]:
    return await check_files(connection, _outbound(stack))


def test_a_submitted_claim_that_is_in_no_file_is_named(lived: Stack) -> None:
    found = _planted(lived, _again("submission.claim_submitted.v1"), lambda c: _files(lived, c))[
        "sent exactly once"
    ]
    assert (found.breaches, len(found.first)) == (1, 17)


def test_a_file_that_was_changed_after_it_was_handed_over_is_named(lived: Stack) -> None:
    path = next(p for p in sorted(_outbound(lived).rglob("837P-*")) if "ready" not in p.parts)
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n")
        found = _planted(lived, "select 1", lambda c: _files(lived, c))["files as hashed"]
        assert (found.breaches, path.name in found.first) == (1, True)
    finally:
        path.write_bytes(before)


def test_a_file_that_nobody_sent_is_named(lived: Stack) -> None:
    path = _outbound(lived) / "837P-PLANTED"
    try:
        path.write_bytes(b"ISA")
        found = _planted(lived, "select 1", lambda c: _files(lived, c))["files as hashed"]
        assert found.first == path.name
    finally:
        path.unlink()


async def _execute(stack: Stack, statement: str) -> None:
    connection = await asyncpg.connect(stack.pg_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_rows_that_are_not_those_of_a_replay_are_named(lived: Stack) -> None:
    plant = (
        "update reporting.claim_view set rejections = rejections {} 1 "
        "where claim = (select min(claim) from reporting.claim_view)"
    )
    asyncio.run(_execute(lived, plant.format("+")))
    try:
        found = asyncio.run(replayed(lived, "reporting"))
        assert (found.breaches, found.first.startswith("claim_view in partition")) == (1, True)
    finally:
        asyncio.run(_execute(lived, plant.format("-")))


async def _canary(stack: Stack, connection: Any) -> list[Result]:
    return [await check_canary(connection, stack, SERVICES, MARK)]


def _seen(stack: Stack, breach: str = "select 1") -> Result:
    return _planted(stack, breach, lambda c: _canary(stack, c))["no person's data in the clear"]


@pytest.mark.parametrize("place", ["log/planted.log", "objects/00/planted"])
def test_a_person_in_a_log_or_an_object_is_named_by_place(lived: Stack, place: str) -> None:
    path = lived.home.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(b"x" * 100 + MARK.encode())
        found = _seen(lived)
        assert (found.breaches, found.first) == (1, place.replace("/", " ", 1))
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("breach", "table"),
    [
        (f"update reporting.story set actor = '{MARK}' where ctid = (select min(ctid) from reporting.story)", "reporting.story"),
        (f"update posting.state set body = convert_to('a{MARK}', 'utf8') where ctid = (select min(ctid) from posting.state)", "posting.state"),
    ],
)  # fmt: skip
def test_a_person_in_a_column_of_text_or_bytes_is_named_by_table(
    lived: Stack, breach: str, table: str
) -> None:
    found = _seen(lived, breach)
    assert (found.breaches, found.first) == (1, f"table {table}")


def test_a_person_in_a_dead_letter_is_named_by_offset(lived: Stack) -> None:
    assert _seen(lived).holds
    topic = f"{lived.settings.topic}.parked"
    producer = Producer({"bootstrap.servers": lived.bootstrap})
    producer.produce(topic, value=f"{{{MARK}}}".encode(), key=b"k")
    assert producer.flush(10) == 0
    found = _seen(lived)
    assert (found.breaches, found.first.startswith(f"{topic} 0@")) == (1, True)
