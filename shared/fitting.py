"""Tables that an older version made, fitted to this one."""

from collections.abc import Iterable
from typing import Any

from shared.service import Projection
from shared.tables import indexes_of, options_of


async def fit(connection: Any, projections: Iterable[Projection]) -> None:
    """Add the columns that this version has more, drop the indexes that it has no more, lay rows as it does.

    New columns are empty until a rebuild fills them.
    """
    for projection in projections:
        table = f'"{projection.table}"'
        have = await connection.fetch(
            "select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0",
            table,
        )
        for name in projection.columns.keys() - {row[0] for row in have}:
            await connection.execute(
                f'alter table {table} add column "{name}" {projection.columns[name]}'
            )
        rows = await connection.fetch(
            "select indexrelid::regclass::text from pg_index join pg_class on oid = indexrelid "
            "where indrelid = to_regclass($1) and not indisunique and relname <> all($2::text[])",
            table,
            indexes_of(projection),
        )
        for (index,) in rows:
            await connection.execute(f"drop index {index}")
        options = await connection.fetchval(
            "select reloptions from pg_class where oid = to_regclass($1)", table
        )
        if other := [option for option in options_of(projection) if option not in (options or ())]:
            await connection.execute(f"alter table {table} set ({', '.join(other)})")
