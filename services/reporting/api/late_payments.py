"""What payers paid after the last day of a prompt-pay rule, and the interest that is due and that came. Money is cents."""

from services.reporting.api.money import LIST_PAGE
from shared.service import Doors, Row

_CAME = "select payer, reference, -sum(cents)::bigint as cents from payee_view where reason = 'L6' group by 1, 2"
_BESIDE = "coalesce(c.cents, 0) + coalesce(p.cents, 0)"
"""PLB L6 under the claim's number or the payer's. AMT*I tells of the same money, so the larger of both came."""
_NEXT = (
    "case when interest_cents > 0 then 'ask the payer for the interest, or: ' "
    "else 'the rule gives no interest; tell the payer, or: ' end || 'claimlog prompt-pay settle ' || account || ' ' || adjudication"
)


async def paid_late(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Claims that their payer paid late and whose interest did not come, or not all of it; what is missing most first."""
    return await doors.rows(
        f"with came as ({_CAME}) select *, interest_cents - came_cents as missing_cents, count(*) over () as listed, "
        f"sum(interest_cents - came_cents) over ()::bigint as listed_cents, {_NEXT} as next_step from ("
        "select account, claim, adjudication, facility, v.payer, payer_control, check_number, received_on, pay_by, paid_on, "
        f"days_late, paid_cents, rule, interest_basis_points, interest_cents, greatest(stated_cents, {_BESIDE}) as came_cents, since "
        "from late_payment_view v left join came c on c.payer = v.payer and c.reference = v.claim "
        "left join came p on p.payer = v.payer and p.reference = nullif(v.payer_control, v.claim) and p.reference <> '' "
        "where state = 'open') l "
        "where came_cents < interest_cents or interest_cents = 0 "
        "order by interest_cents - came_cents desc, days_late desc, account, adjudication limit $1",
        limit,
    )
