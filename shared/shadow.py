"""The tables of a rebuild beside the live ones: made, put in their place, or compared with them."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.errors import Stopped
from shared.service import Service
from shared.tables import REBUILT

SUFFIX = "_rebuild"


@dataclass(slots=True)
class Difference:
    """A table whose live rows and rebuilt rows are not the same, with the first stream or key that differs."""

    partition: int
    table: str
    only_live: int
    only_rebuilt: int
    first: str


class Shadow:
    """Every table of a service that a rebuild makes again."""

    def __init__(self, service: Service) -> None:
        self.tables = [*REBUILT, *(p.table for p in service.projections)]
        self.made = 0
        """Which tables are ours, as `make` told: another rebuild's have the same names."""
        first = f'"{self.tables[0]}{SUFFIX}"'
        # Read from it first, or its name could be another table's before it is held.
        self._hold = f"select (select 1 from {first} limit 1), to_regclass('{first}')::oid::int8"

    async def make(self, connection: Any) -> None:
        """Empty tables beside the live ones, which are ours from now on."""
        for table in self.tables:
            await connection.execute(f'drop table if exists "{table}{SUFFIX}"')
            await connection.execute(
                f'create unlogged table "{table}{SUFFIX}" (like "{table}" including all)'
            )
        self.made = (await connection.fetchrow(self._hold))[1]

    async def hold(self, connection: Any) -> None:
        """Until the transaction ends nobody drops our tables. Stopped when they are gone or another rebuild's."""
        try:
            found = (await connection.fetchrow(self._hold))[1]
        except asyncpg.UndefinedTableError:
            found = None
        if found != self.made:
            raise Stopped(
                "another rebuild of this service began meanwhile; what this one made is gone"
            )

    async def empty(self, connection: Any, partition: int) -> None:
        """Forget what was made of a partition; in a transaction that holds our tables."""
        for table in self.tables:
            await connection.execute(
                f'delete from "{table}{SUFFIX}" where partition = $1', partition
            )

    async def drop(self, connection: Any) -> None:
        """Remove them."""
        for table in self.tables:
            await connection.execute(f'drop table if exists "{table}{SUFFIX}"')

    async def swap(self, connection: Any, partition: int) -> None:
        """Put a partition's rows in the place of the live ones."""
        # Whom a day in work woke already is due the day after: made anew it would be woken twice.
        await connection.execute(
            f'update "due{SUFFIX}" r set due_on = d.due_on from due d where r.partition = $1 '
            "and d.stream = r.stream and d.what = r.what and d.moment = r.moment "
            "and d.due_on > r.due_on",
            partition,
        )
        for table in self.tables:
            await connection.execute(f'delete from "{table}" where partition = $1', partition)
            await connection.execute(
                f'insert into "{table}" select * from "{table}{SUFFIX}" where partition = $1',
                partition,
            )

    async def differences(self, connection: Any, partition: int) -> list[Difference]:
        """The tables of a partition whose rows are not the same."""
        found = []
        for table in self.tables:
            columns = await self._columns(connection, table)
            counts: list[int] = []
            first = ""
            for one, other in ((table, table + SUFFIX), (table + SUFFIX, table)):
                rows = await connection.fetch(
                    f'select {columns} from "{one}" where partition = $1 except all '
                    f'select {columns} from "{other}" where partition = $1',
                    partition,
                )
                counts.append(len(rows))
                if rows and not first:
                    first = str(rows[0][0])
            if any(counts):
                found.append(Difference(partition, table, counts[0], counts[1], first))
        return found

    async def _columns(self, connection: Any, table: str) -> str:
        rows = await connection.fetch(
            "select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 "
            "and not attisdropped order by attnum",
            f'"{table}"',
        )
        names = [row[0] for row in rows]
        if (
            table == "due"
        ):  # A woken timer that stays is due the next day; its day alone may differ.
            names = [n for n in names if n != "due_on"]
        if table == "book":
            names = [n for n in names if n != "version"]
        return ", ".join(f'"{n}"' for n in names)
