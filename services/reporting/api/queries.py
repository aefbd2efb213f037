"""Reads: one function, one statement each. Money is cents; ages count from the date of service."""

from typing import Any

from shared.service import Doors, Row

UNMATCHED_PAGE = 200
LIST_PAGE = 500

_DAYS = "((select max(today) from calendar) - service_on)"

_TOTALS = """
sum(charges_cents)::bigint as billed_cents, sum(insurance_paid_cents)::bigint as insurance_paid_cents,
sum(patient_paid_cents)::bigint as patient_paid_cents, sum(contractual_cents)::bigint as contractual_cents,
sum(write_off_cents)::bigint as write_off_cents, sum(open_cents)::bigint as open_cents,
sum(denied_cents)::bigint as denied_cents, sum(next_payer_cents)::bigint as next_payer_cents,
sum(patient_owes_cents)::bigint as patient_owes_cents, sum(credit_cents)::bigint as credit_cents,
sum(opening_cents)::bigint as opening_cents, count(*) as accounts
"""


async def as_of(doors: Doors) -> Any:
    """The last business day heard."""
    return (await doors.rows("select max(today) as today from calendar"))[0]["today"]


async def money(doors: Doors) -> list[Row]:
    """Billed, came in, what is left and who owes it, by facility and payer."""
    return await doors.rows(
        f"select facility, payer, {_TOTALS} from account_money group by facility, payer order by 1, 2"
    )


async def money_total(doors: Doors) -> Row:
    """The same in total."""
    return (await doors.rows(f"select {_TOTALS} from account_money"))[0]


async def not_of_a_facility(doors: Doors) -> list[Row]:
    """Money that belongs to a check or a payee and to no facility: provider adjustments, suspense, unmatched."""
    return await doors.rows(
        "select 'provider adjustment ' || reason as what, payer, sum(cents)::bigint as cents "
        "from payee_view group by reason, payer "
        "union all select 'suspense', payer, sum(suspense_cents)::bigint from check_view "
        "where suspense_cents <> 0 group by payer "
        "union all select 'unmatched payment', c.payer, sum(u.cents)::bigint from unmatched_view u "
        "join check_view c using (remittance) where u.open group by c.payer order by 1, 2"
    )


async def checks(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Does each check match: posted, unposted, PLB, total. Unposted is what clearing still holds of it."""
    return await doors.rows(
        "select c.*, coalesce(p.cents, 0)::bigint as posted_cents, "
        "coalesce(u.cents, 0)::bigint as unmatched_cents, "
        "(case when c.state = 'released' then c.claims_cents - coalesce(p.cents, 0) "
        "else c.amount_cents + c.plb_cents end)::bigint as unposted_cents, "
        "(c.state = 'released' and c.claims_cents = coalesce(p.cents, 0) "
        "and c.claims_cents - c.plb_cents + c.suspense_cents = c.amount_cents) as matches "
        "from check_view c "
        "left join (select remittance, sum(cents) as cents from check_posted group by 1) p using (remittance) "
        "left join (select remittance, sum(cents) as cents from unmatched_view where open group by 1) u "
        "using (remittance) order by matches, c.paid_on desc, c.remittance limit $1",
        limit,
    )


async def checks_total(doors: Doors) -> Row:
    """How many checks match, and what is posted, unposted and adjusted over all of them."""
    return (
        await doors.rows(
            "select count(*) as checks, count(*) filter (where state = 'refused') as refused, "
            "coalesce(sum(amount_cents) filter (where state = 'released'), 0)::bigint as amount_cents, "
            "coalesce(sum(plb_cents) filter (where state = 'released'), 0)::bigint as plb_cents, "
            "coalesce(sum(claims_cents) filter (where state = 'released'), 0)::bigint as claims_cents, "
            "coalesce(sum(deposited_cents), 0)::bigint as deposited_cents, "
            "(select coalesce(sum(cents), 0) from check_posted)::bigint as posted_cents from check_view"
        )
    )[0]


async def rejected(doors: Doors) -> list[Row]:
    """Claims that never entered adjudication: not denied, they go again as originals."""
    return await doors.rows(
        "select facility, payer, state, count(*) as claims, sum(charge_cents)::bigint as cents "
        "from claim_view where state in ('rejected', 'transport rejected', 'held') "
        "group by 1, 2, 3 order by 3, 1, 2"
    )


async def denials(doors: Doors) -> list[Row]:
    """Open denials by CARC, RARC and payer: dollars, what next, by when."""
    return await doors.rows(
        "select reason_group || '-' || carc as carc, array_to_string(rarcs, ' ') as rarc, payer, "
        "count(*) as denials, sum(cents)::bigint as cents, min(deadline_on) as by_when, "
        "max(category) as category, max(owner) as owner, max(next_action) as next_action "
        "from denial_view where outcome = '' group by 1, 2, 3 order by sum(cents) desc, 1, 2, 3"
    )


async def denials_ended(doors: Doors) -> list[Row]:
    """How denials ended."""
    return await doors.rows(
        "select outcome, count(*) as denials, sum(cents)::bigint as denied_cents, "
        "sum(outcome_cents)::bigint as outcome_cents from denial_view where outcome <> '' "
        "group by 1 order by 1"
    )


async def aging(doors: Doors) -> list[Row]:
    """A/R by age from the date of service, by facility and who owes it."""
    return await doors.rows(
        "select facility, who, "
        + ", ".join(
            f"coalesce(sum(cents) filter (where days between {low} and {high}), 0)::bigint as {name}"
            for name, low, high in (
                ("days_0_30", -99999, 30),
                ("days_31_60", 31, 60),
                ("days_61_90", 61, 90),
                ("days_91_120", 91, 120),
                ("days_over_120", 121, 99999),
            )
        )
        + f", sum(cents)::bigint as total_cents from (select facility, {_DAYS} as days, who, cents "
        "from account_money cross join lateral (values ('insurance', open_cents + next_payer_cents), "
        "('insurance, denied', denied_cents), ('patient', patient_owes_cents)) as b(who, cents) "
        "where cents <> 0) ar group by 1, 2 order by 1, 2"
    )


async def unposted(doors: Doors) -> list[Row]:
    """Unposted and unapplied money with its reason."""
    return await doors.rows(
        "select c.check_number, c.payer, u.claim as what, u.cents, u.reason, u.since "
        "from unmatched_view u join check_view c using (remittance) where u.open "
        "union all select check_number, payer, 'whole check', amount_cents, "
        "'refused: ' || reason, paid_on from check_view where state = 'refused' "
        "order by 4 desc limit $1",
        UNMATCHED_PAGE,
    )


async def late(doors: Doors) -> list[Row]:
    """Who has not answered, and how late: files without a 999, claims without a 277CA or an 835."""
    return await doors.rows(
        "select '999' as awaited, receiver as who, count(*) as items, sum(cents)::bigint as cents, "
        "max((select max(today) from calendar) - sent_on) as oldest_days from transport_view "
        "where answered_on is null and ta1 not in ('R') "
        "and sent_on < (select max(today) from calendar) group by 2 "
        "union all select awaited, payer, count(*), sum(charge_cents)::bigint, "
        "max((select max(today) from calendar) - sent_on) from claim_view "
        "cross join lateral unnest(late) as awaited "
        "where state in ('sent', 'received', 'accepted') group by 1, 2 order by 1, 2"
    )


async def takebacks(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Whose money payers took back, how much, and from which check."""
    return await doors.rows(
        "select t.account, coalesce(nullif(t.facility, ''), m.facility, 'not of a facility') as facility, "
        "t.payer, t.check_number, t.occurred_on, t.what, t.reference, t.cents from takeback t "
        "left join account_money m on m.account = t.account order by abs(t.cents) desc limit $1",
        limit,
    )


async def claims_by_state(doors: Doors) -> list[Row]:
    """Claims, counts and charges by state and payer."""
    return await doors.rows(
        "select state, payer, count(*) as claims, sum(charge_cents)::bigint as cents "
        "from claim_view group by 1, 2 order by 1, 2"
    )


async def parked(doors: Doors) -> list[Row]:
    """Records that wait for a person somewhere."""
    return await doors.rows("select * from parked_view order by parked_on, service limit $1", LIST_PAGE)


async def account_claims(doors: Doors, account: str) -> list[Row]:
    """The claims of an account with the filing days left."""
    return await doors.rows(
        "select c.*, (filing_limit_on - (select max(today) from calendar)) as filing_days_left "
        "from claim_view c where account = $1 order by payer_order, claim",
        account,
    )


async def account_story(doors: Doors, account: str) -> list[Row]:
    """What happened, in order, with the balance after each step."""
    return await doors.rows(
        "select occurred_on, recorded_at, wire, claim, actor, facts, change_cents, "
        "(sum(change_cents) over (order by recorded_at, position, event_id))::bigint as balance_cents "
        "from story where account = $1 order by recorded_at, position, event_id limit $2",
        account,
        LIST_PAGE,
    )


async def account_money(doors: Doors, account: str) -> Row | None:
    """The account's row of money."""
    rows = await doors.rows("select * from account_money where account = $1", account)
    return rows[0] if rows else None


async def patient_balances(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Accounts whose patient owes something, largest first."""
    return await doors.rows(
        "select account, facility, patient_owes_cents from account_money where patient_owes_cents > 0 "
        "order by patient_owes_cents desc, account limit $1",
        limit,
    )


async def examples(doors: Doors) -> dict[str, str]:
    """An account each with a paid, a denied and a rejected claim."""
    found = {}
    for name, condition in (
        ("paid", "state = 'paid' and paid_cents > 0 and contractual_cents > 0"),
        ("denied", "state = 'denied'"),
        ("rejected", "rejections > 0"),
    ):
        rows = await doors.rows(
            f"select account from claim_view where {condition} and payer_order = 1 "
            "order by adjudicated_on nulls last, claim limit 1"
        )
        if rows:
            found[name] = rows[0]["account"]
    return found
