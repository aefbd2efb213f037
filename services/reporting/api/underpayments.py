"""What payers allowed under their contracts, and over them: whose work it is, and by schedule. Money is cents."""

from services.reporting.api.money import LIST_PAGE, TODAY
from shared.service import Doors, Row

_NEXT = (
    "case standing when 'under' then 'ask the payer to correct it, or: ' "
    "else 'tell the payer, or wait until it takes that back, or: ' end || 'claimlog fees settle ' || account || ' ' || adjudication "
    "|| ' --line ' || line"
)


async def underpaid(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Lines that a payer allowed under its contract, by payer, the largest first; after them those over it."""
    return await doors.rows(
        "select standing, account, claim, charge, adjudication, line, facility, payer, check_number, paid_on, service_on, "
        "procedure, units, charge_cents, expected_cents, allowed_cents, denied_cents, variance_cents, "
        f"schedule || ' ' || version as schedule, since, {TODAY} - since as days, {_NEXT} as next_step, "
        "count(*) over () as listed from underpayment_view where state = 'open' "
        "order by standing desc, payer, abs(variance_cents) desc, account, adjudication, line limit $1",
        limit,
    )


async def underpaid_by_schedule(doors: Doors) -> list[Row]:
    """The same summed by payer, schedule and month of the payment, what a person settled among them."""
    return await doors.rows(
        "select payer, schedule, version, to_char(paid_on, 'YYYY-MM') as month, standing, count(*) as lines, "
        "sum(expected_cents)::bigint as expected_cents, sum(allowed_cents)::bigint as allowed_cents, "
        "sum(denied_cents)::bigint as denied_cents, sum(variance_cents)::bigint as variance_cents, "
        "count(*) filter (where state = 'open') as open_lines, "
        "coalesce(sum(variance_cents) filter (where state = 'open'), 0)::bigint as open_cents "
        "from underpayment_view where state <> 'reversed' "
        "group by 1, 2, 3, 4, 5 order by standing desc, payer, schedule, version, month"
    )
