"""The credit balance report of a calendar quarter: what is held and owed back, to payers and to patients apart. Money is cents."""

from contracts.phi import PersonDetails
from contracts.values import Sealed
from services.reporting.api.money import LIST_PAGE, TODAY
from services.reporting.api.overpayments import LEFT
from services.reporting.api.stories import ERASED, initials
from shared.service import Doors, Row

_QUARTER = f"date_trunc('quarter', {TODAY})::date"
_OF_PAYERS = (
    "select 'payer' as whose, v.account, v.claim, v.adjudication, v.facility, v.payer, coalesce(c.payer_control, '') as payer_control, "
    "m.service_on, v.received_on, v.found_on, v.identified_on, v.due_on, v.cause, "
    "case v.cause when 'paid twice' then 1 when 'another payer paid' then 2 else 3 end as reason_code, v.reason, "
    f"v.cents, case when ended = '' then {LEFT} else 0 end as left_cents, ended as how, ended_on "
    "from overpayment_view v left join claim_view c using (claim) left join account_money m on m.account = v.account "
    f"where ended = '' or ended_on >= {_QUARTER}"
)
_OF_PATIENTS = (
    "select 'patient', p.account, null, null, coalesce(m.facility, ''), '', '', m.service_on, p.received_on, p.received_on, null, null, "
    "case when p.account = '' then 'for no account' when m.open_cents + m.next_payer_cents + m.denied_cents > 0 "
    "then 'deposit' else 'nothing owed' end, null, '', p.received_cents - p.applied_cents, "
    "p.received_cents - p.applied_cents - p.refunded_cents, '', null "
    "from patient_payment p left join account_money m using (account) "
    "where p.received_cents <> p.applied_cents + p.refunded_cents"
)


async def credit_balances(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Credit balances that are open, and payers' that ended in this quarter; payers' first, by payer, the oldest first.

    A patient is named by initials. Reasons are numbered as Medicare's quarterly report does: 1 paid twice, 2 another payer paid, 3 other.
    """
    found = await doors.rows(
        f"select to_char({TODAY}, 'YYYY\"-Q\"Q') as quarter, b.*, (cents - left_cents)::bigint as returned_cents, "
        "s.key_id, s.box, count(*) over () as listed, (sum(left_cents) over (partition by whose))::bigint as listed_cents "
        f"from ({_OF_PAYERS} union all {_OF_PATIENTS}) b left join account_person s using (account) "
        "order by whose desc, payer, found_on, account, adjudication limit $1",
        limit,
    )
    sealed = [
        (Sealed(key_id=row["key_id"], box=row["box"]), PersonDetails)
        for row in found
        if row["key_id"]
    ]
    people = iter(await doors.open_all(sealed))
    return [_told(row, next(people) if row["key_id"] else "") for row in found]


def _told(row: Row, person: PersonDetails | str | None) -> Row:
    who = initials(person) if isinstance(person, PersonDetails) else ERASED
    shown = {name: value for name, value in row.items() if name not in ("key_id", "box")}
    return {**shown, "patient": "" if person == "" else who}
