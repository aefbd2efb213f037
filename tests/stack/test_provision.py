"""Provisioning again changes nothing; nobody reads another's rows but the auditor, who writes none."""

import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest

from deploy.provision import SERVICES
from deploy.stack import Stack
from shared import admin
from shared.errors import Stopped
from shared.keyring.kek import read_kek


@pytest.fixture(scope="module")
def provisioned(stack: Stack) -> Stack:
    """The session's engines with topics, roles, schemas and keys, and one table in every schema."""
    stack.start_engines()
    stack.prepare()
    for service in (*SERVICES, "keyring"):
        _run(stack.dsn_of(service), "create table if not exists secret (n int)")
    return stack


def _run(dsn: str, sql: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_provisioning_again_changes_nothing(provisioned: Stack) -> None:
    before = {role: provisioned.dsn_of(role) for role in (*SERVICES, "keyring", "auditor")}
    key = (provisioned.home.root / "keys" / "kek").read_bytes()
    provisioned.prepare()
    settings = provisioned.settings
    again = admin.provision(provisioned.bootstrap, settings.topic, settings.partitions, 1)
    assert again == []
    assert {role: provisioned.dsn_of(role) for role in before} == before
    assert (provisioned.home.root / "keys" / "kek").read_bytes() == key


def test_another_number_of_partitions_is_refused(provisioned: Stack) -> None:
    with pytest.raises(Stopped, match="12 partitions, not 13"):
        admin.provision(provisioned.bootstrap, provisioned.settings.topic, 13, 1)


@pytest.mark.parametrize("other", [s for s in (*SERVICES, "keyring") if s != "posting"])
def test_a_service_can_neither_read_nor_write_another_schema(
    provisioned: Stack, other: str
) -> None:
    for sql in (
        f"select count(*) from {other}.secret",
        f"insert into {other}.secret values (1)",
        f"create table {other}.another (n int)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            _run(provisioned.dsn_of("posting"), sql)


def test_a_service_reads_its_own_schema(provisioned: Stack) -> None:
    for service in SERVICES:
        assert _run(provisioned.dsn_of(service), "select count(*) from secret") == 0


def test_the_auditor_reads_every_service_and_writes_none(provisioned: Stack) -> None:
    auditor = provisioned.dsn_of("auditor")
    for service in SERVICES:
        assert _run(auditor, f"select count(*) from {service}.secret") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            _run(auditor, f"insert into {service}.secret values (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        _run(auditor, "select count(*) from keyring.secret")


def test_only_their_owner_reads_keys_and_passwords(provisioned: Stack) -> None:
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    keys = provisioned.home.root / "keys"
    assert mode(keys) == 0o700
    assert {mode(path) for path in keys.iterdir()} == {0o600}
    assert read_kek(keys / "kek").current
