"""What payers paid too much: until when it is due back. One statement each; money is cents."""

from services.reporting.api.money import LIST_PAGE, TODAY
from shared.service import Doors, Row

LEFT = "(cents - recovered_cents - refunded_cents)"
_STATE = (
    "case when identified_on is null then 'suspected' when looked_from is null or concluded_on is not null "
    f"then 'identified' when suspended_until < {TODAY} then 'investigated over 180 days' else 'under investigation' end"
)
_SAY = "claimlog overpayments "
_THIS = " ' || account || ' ' || adjudication"
_NEXT = (
    f"case when identified_on is null then 'look at it; where it is one: {_SAY}identify{_THIS} "
    f"when looked_from is not null and concluded_on is null then 'conclude the look: {_SAY}conclude{_THIS} "
    f"else 'wait for the payer''s takeback, or: {_SAY}refund{_THIS} end"
)


async def overpayments(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """What payers paid too much and is still here: the nearest due day first, then what nobody has looked at, the oldest first.

    Of what nobody knows of yet no day is due. A day of the look-back that is over means that nothing has to be returned.
    """
    return await doors.rows(
        f"select account, claim, adjudication, facility, payer, {_STATE} as state, {LEFT}::bigint as cents, "
        "recovered_cents + refunded_cents as returned_cents, cause, reason, received_on, found_on, identified_on, looked_from, "
        f"suspended_until, concluded_on, due_on, due_on - {TODAY} as days_left, coalesce(due_on < {TODAY}, false) as past, "
        f"look_back_until, coalesce(look_back_until < identified_on, false) as beyond_look_back, "
        f"last_action, last_on, last_by, {_NEXT} as next_step, count(*) over () as listed, "
        f"sum({LEFT}) over ()::bigint as listed_cents from overpayment_view where ended = '' "
        "order by due_on nulls last, found_on, account, adjudication limit $1",
        limit,
    )
