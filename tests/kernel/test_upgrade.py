"""A newer version starts on tables that an older one made."""

from dataclasses import replace

from tests.kernel.fed import Fed, MemoryLog, settle
from tests.kernel.toys import ALPHA, BETA, TOTALS

OLDER = replace(
    TOTALS,
    columns={"account": "text", "cents": "bigint"},
    project=lambda row, event, at: {"account": event.account, "cents": 1},
    indexes=("(cents)",),
)


async def test_columns_that_came_are_added_and_indexes_that_went_are_dropped(database: str) -> None:
    log = MemoryLog(4)
    alpha = await Fed.start(ALPHA, log, database)
    older = await Fed.start(replace(BETA, projections=(OLDER,)), log, database)
    assert (await alpha.capture(0, "one")).status == 200
    await settle(alpha, older)
    await older.close()
    newer = await Fed.start(replace(BETA, projections=(TOTALS,)), log, database)
    assert await newer.value("select charges from totals") is None
    indexes = "select count(*) from pg_indexes where tablename = 'totals' and schemaname = current_schema()"
    assert await newer.value(indexes) == 1
    assert (await newer.compare()).differences != []  # What a rebuild makes good.
    await alpha.close()
    await newer.close()


async def test_rows_of_an_older_version_lie_as_this_one_lays_them_from_now_on(
    database: str,
) -> None:
    options = "select reloptions::text from pg_class where oid = to_regclass('totals')"
    log = MemoryLog(4)
    older = await Fed.start(BETA, log, database)
    await older.engine.pool.execute("alter table totals reset (toast_tuple_target)")
    assert await older.value(options) == "{fillfactor=60}"
    await older.close()
    lasting = replace(TOTALS, lasting=True)
    newer = await Fed.start(replace(BETA, projections=(lasting,)), log, database)
    assert await newer.value(options) == "{fillfactor=100,toast_tuple_target=4080}"
    await newer.close()
