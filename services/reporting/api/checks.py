"""Checks and their money: posted, unposted, taken back, in the bank. One statement each; money is cents."""

from services.reporting.api.money import LIST_PAGE, business_days
from shared.service import Doors, Row

_DOOR = "adjudication_tracking, POST /remittances/"
_WHOLE = (
    "case state when 'refused' then case when entered_by is null then 'ask the payer for a mended file, which takes its place' "
    "else 'enter it anew as the paper has it, which takes its place' end || '; or release what of it "
    f"balances: {_DOOR}' || remittance || '/release; or close it: …/close' "
    "when 'staged' then 'wait for the rest of its claims; if they stay away, hand the file in again' else '' end"
)
"""What to do about a check of which nothing is posted."""
_MATCH = (
    f"'lead it to a claim of ours: {_DOOR}' || u.remittance || '/claims/' || u.position || '/match'"
)
_ORIGINAL = (
    "'compare it with the decisions of the account (story): if one comes yet it posts by itself; else ask the payer "
    "to take its decision back whole'"
)
_SUSPENSE = "'ask the payer for the claims that are missing, or whose money it is'"
_OWED_TO_US = "'the payer took back what we had refunded: ask for the money back, or for the PLB 72 that acknowledges the refund'"
_UNEXPLAINED = (
    "case when t.what = 'reversal' or l.cents = 0 then '' "
    "when l.cents < 0 then 'the payer puts off what it takes back: it is kept from a later check under this reference; "
    "if it never is, ask what it is for' "
    f"when l.refunded then {_OWED_TO_US} else 'no overpayment here explains it: ask the payer what it is for' end"
)
"""What to do about a PLB amount, by what nothing explains of all that stands under its reference."""
_CHECKS = (
    "select c.*, coalesce(p.cents, 0)::bigint as posted_cents, "
    "coalesce(u.cents, 0)::bigint as unmatched_cents, coalesce(w.cents, 0)::bigint as waiting_cents, "
    "(case when c.state = 'released' then c.claims_cents - coalesce(p.cents, 0) "
    "when c.state = 'closed' then 0 else c.amount_cents end)::bigint as unposted_cents, "
    "(c.state = 'released' and c.claims_cents = coalesce(p.cents, 0) "
    "and c.claims_cents - c.plb_cents + c.suspense_cents = c.amount_cents) as matches "
    "from check_view c "
    "left join (select remittance, sum(cents) as cents from check_posted group by 1) p using (remittance) "
    "left join (select remittance, sum(cents) as cents from unmatched_view where open group by 1) u "
    "using (remittance) "
    "left join (select remittance, sum(cents) as cents from waiting_view group by 1) w using (remittance)"
)
_LISTED = (
    f"select *, case when state <> 'released' then {_WHOLE} when matches then '' "
    "when unmatched_cents <> 0 or waiting_cents <> 0 then 'see list unposted: each has its own next step' "
    f"else 'nothing: its claims are on their way to their accounts' end as next_step from ({_CHECKS}) c"
)


async def checks(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Does each check match: posted + unposted - PLB + suspense = total. Unposted is what clearing still holds.

    Of a check that was not released that is all of it, as stated: its PLB is told and not deducted.
    """
    return await doors.rows(
        f"select *, count(*) over () as listed from ({_LISTED}) k "
        "order by matches, paid_on desc, remittance limit $1",
        limit,
    )


async def checks_that_do_not_match(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Checks that are refused, not released yet, or not posted whole, and what to do about each."""
    return await doors.rows(
        f"select *, count(*) over () as listed from ({_LISTED}) k where not matches and state <> 'closed' "
        "order by paid_on desc, remittance limit $1",
        limit,
    )


async def checks_total(doors: Doors) -> Row:
    """How many checks match, and what is posted, unposted and adjusted over all released ones."""
    return (
        await doors.rows(
            f"with k as ({_CHECKS}), r as (select * from k where state = 'released') "
            "select (select count(*) from k) as checks, count(*) as released, "
            "count(*) filter (where matches) as matching, "
            "(select count(*) from k where entered_by <> '') as entered, "
            "(select count(*) from k where state = 'refused') as refused, "
            "count(*) filter (where amount_cents <> deposited_cents) as not_in_the_bank, "
            "coalesce(sum(amount_cents - deposited_cents), 0)::bigint as not_in_the_bank_cents, "
            "(select coalesce(sum(amount_cents), 0) from k where state = 'refused')::bigint as refused_cents, "
            + ", ".join(
                f"coalesce(sum({name}), 0)::bigint as {name}"
                for name in (
                    "amount_cents", "claims_cents", "posted_cents", "unposted_cents",
                    "plb_cents", "suspense_cents", "deposited_cents",
                )
            )
            + ", coalesce(sum(posted_cents + unposted_cents - plb_cents + suspense_cents "
            "- amount_cents), 0)::bigint as difference_cents from r"
        )
    )[0]  # fmt: skip


async def not_of_a_facility(doors: Doors) -> list[Row]:
    """What checks brought (negative: kept back) beside the insurance payments of facilities; both are the checks' total.

    A takeback (PLB WO) that met an overpayment is in the insurance paid of that account's facility, and not here; so is
    a refund of ours, which no check kept back: it is added again. The acknowledgement of a refund (PLB 72) counts with WO.
    """
    return await doors.rows(
        "select case reason when 'refund' then 'refund that we sent' when '72' then 'provider adjustment WO' "
        "else 'provider adjustment ' || reason end as what, "
        "payer, -sum(cents)::bigint as cents from payee_view group by 1, 2 having sum(cents) <> 0 "
        f"union all select l.what, k.payer, sum(l.cents)::bigint from ({_CHECKS}) k cross join lateral (values "
        "('suspense', k.suspense_cents), ('unmatched payment', k.unmatched_cents), "
        "('reversal that waits for its original', k.waiting_cents), "
        "('not posted yet', k.unposted_cents - k.unmatched_cents - k.waiting_cents)) as l(what, cents) "
        "where k.state = 'released' group by 1, 2 having sum(l.cents) <> 0 order by 1, 2"
    )


async def not_in_the_bank(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Released checks whose money the bank does not show, or not all of it, oldest first."""
    return await doors.rows(
        "select check_number, payer, paid_on, amount_cents, deposited_cents, entered_by, "
        f"{business_days('paid_on')} as waiting_days, count(*) over () as listed from check_view "
        "where state = 'released' and amount_cents <> deposited_cents "
        "order by paid_on, check_number limit $1",
        limit,
    )


async def unposted(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Money of payers that is on no account, why, and what to do about it."""
    return await doors.rows(
        "select *, count(*) over () as listed, sum(cents) over ()::bigint as listed_cents from ("
        "select c.check_number, c.payer, 'payment of ' || u.claim as what, u.cents, u.reason, u.since, "
        f"{_MATCH} as next_step, u.remittance "
        "from unmatched_view u join check_view c using (remittance) where u.open "
        "union all select c.check_number, c.payer, 'reversal of ' || w.claim, w.cents, "
        f"'no decision that stands here is just what it takes back', w.since, {_ORIGINAL}, w.remittance "
        "from waiting_view w join check_view c using (remittance) "
        "union all select check_number, payer, 'suspense', suspense_cents, "
        f"'released by a person although it does not balance', paid_on, {_SUSPENSE}, remittance from check_view "
        "where suspense_cents <> 0 "
        "union all select check_number, payer, 'whole check', amount_cents, state || ': ' || reason, paid_on, "
        f"{_WHOLE}, remittance from check_view where state in ('staged', 'refused')) u "
        "order by abs(cents) desc, check_number, what limit $1",
        limit,
    )


async def unapplied(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Money that we hold and owe to somebody: patients' payments that met no balance, payers' overpayments.

    Below zero a payer owes us: it took back what we had refunded.
    """
    return await doors.rows(
        "select *, count(*) over () as listed, sum(cents) over ()::bigint as listed_cents from ("
        "select coalesce(nullif(p.account, ''), '-') as account, coalesce(m.facility, '') as facility, "
        "'patient' as whose, (p.received_cents - p.applied_cents - p.refunded_cents) as cents, "
        "case when p.account = '' then 'no account was named: assign it to one, or refund it' "
        "when m.account is null then 'the account is not here yet' "
        "when m.open_cents + m.next_payer_cents + m.denied_cents > 0 "
        "then 'a deposit: payers still owe on the account, it waits for what the patient will' "
        "when m.write_off_cents > 0 then 'the patient owes nothing more: take back what was written off, or refund it' "
        "else 'the patient owes nothing more on the account' end as reason, p.received_on as since "
        "from patient_payment p left join account_money m on m.account = p.account "
        "where p.received_cents <> p.applied_cents + p.refunded_cents "
        "union all select account, facility, coalesce(nullif(credit_payer, ''), payer), credit_cents, "
        f"case when credit_cents < 0 then {_OWED_TO_US} "
        "else 'more was paid than the charges allow: refund, or wait for the takeback' end, credit_since "
        "from account_money where credit_cents <> 0) u order by abs(cents) desc, account limit $1",
        limit,
    )


async def takebacks(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Whose money payers took back, how much, and from which check: reversals, and what a PLB recovers (WO).

    What no overpayment explains, and no acknowledgement of a refund (72) gives back, has a next step.
    """
    return await doors.rows(
        "select a.account, coalesce(nullif(t.facility, ''), m.facility, 'not of a facility') as facility, "
        f"t.payer, t.check_number, t.occurred_on, t.what, t.reference, t.cents, {_UNEXPLAINED} as next_step, "
        "count(*) over () as listed, sum(t.cents) over ()::bigint as listed_cents from takeback t "
        "left join lateral (select max(account) as account from payee_view where kind = 'recovered' "
        "and payer = t.payer and reference = t.reference and check_number = t.check_number) p on true "
        "cross join lateral (select coalesce(nullif(t.account, ''), p.account, '') as account) a "
        "cross join lateral (select coalesce(sum(cents) filter (where reference = t.reference "
        "and reason in ('WO', '72')), 0)::bigint as cents, "
        "coalesce(bool_or(kind = 'refund' and account = a.account), false) as refunded "
        "from payee_view where payer = t.payer) l "
        "left join account_money m on m.account = a.account where t.what in ('reversal', 'PLB WO') "
        "order by abs(t.cents) desc, t.event_id limit $1",
        limit,
    )
