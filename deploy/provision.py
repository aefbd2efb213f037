"""What must be there before any service starts: topics, roles and schemas, the key-encryption key.

Every service has a role and a schema of its own; no role can read another's. `auditor` reads all of them.
"""

from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy.home import Home
from shared import admin
from shared.keyring import make_kek_file
from shared.pool import CONNECT_SECONDS

SERVICES = (
    "reference",
    "registration",
    "eligibility",
    "coding",
    "submission",
    "adjudication_tracking",
    "posting",
    "denial",
    "reporting",
)
"""Seven services of the revenue cycle, with the books before and the reports after them."""


def role_dsn(home: Home, admin_dsn: str, role: str, schema: str | None = None) -> str:
    """The DSN of a role, its own schema first in the search path."""
    parts = urlsplit(admin_dsn)
    host = parts.netloc.rpartition("@")[2]
    database = parts.path.strip("/")
    name = role_name(database, role)
    netloc = f"{name}:{quote(home.secret(name))}@{host}"
    path = quote(f"-csearch_path={schema or role}")
    query = "&".join(filter(None, [parts.query, f"options={path}"]))
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def role_name(database: str, role: str) -> str:
    """Roles belong to the whole server: another database's roles of the same name are others."""
    return role if database in ("claimlog", "") else f"{database}_{role}"


def topics(bootstrap: str, topic: str, partitions: int, replication: int) -> list[str]:
    """Make the topics; the names of those that were missing."""
    return admin.provision(bootstrap, topic, partitions, replication)


def keys(home: Home) -> None:
    """The key-encryption key, made once."""
    make_kek_file(home.root / "keys" / "kek")


async def database(home: Home, admin_dsn: str) -> None:
    """Roles and schemas; harmless to run again."""
    connection = await asyncpg.connect(admin_dsn, timeout=CONNECT_SECONDS)
    try:
        name = await connection.fetchval("select current_database()")
        await connection.execute("select pg_advisory_lock(727003)")
        for role in (*SERVICES, "keyring"):
            await _role(connection, role_name(name, role), home)
            await connection.execute(
                f'create schema if not exists "{role}" authorization "{role_name(name, role)}"'
            )
        await _auditor(connection, name, home)
        await connection.execute(f'revoke create on database "{name}" from public')
        await connection.execute("revoke all on schema public from public")
    finally:
        await connection.close()


async def _role(connection: asyncpg.Connection, name: str, home: Home) -> None:
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", name)
    verb = "alter" if exists else "create"
    password = home.secret(name)
    await connection.execute(f"{verb} role \"{name}\" login noinherit password '{password}'")


async def _auditor(connection: asyncpg.Connection, database_name: str, home: Home) -> None:
    auditor = role_name(database_name, "auditor")
    await _role(connection, auditor, home)
    for role in SERVICES:
        owner = role_name(database_name, role)
        await connection.execute(f'grant usage on schema "{role}" to "{auditor}"')
        await connection.execute(f'grant select on all tables in schema "{role}" to "{auditor}"')
        await connection.execute(
            f'alter default privileges for role "{owner}" in schema "{role}" '
            f'grant select on tables to "{auditor}"'
        )
