"""What a biller works on: rejected, unsent, unanswered, parked. One statement each; money is cents."""

from services.reporting.api.money import DENIED, LIST_PAGE, NEXT_PAYER, OPEN, TODAY, business_days
from shared.service import Doors, Row


def _usual(table: str, who: str, since: str, until: str) -> str:
    """The median of business days from sent to answered, by whom."""
    return (
        f"select {who} as who, percentile_disc(0.5) within group "
        f"(order by {business_days(since, until)}) as days from {table} "
        f"where {until} >= {since} group by 1"
    )


_FILES = (
    "select '999' as awaited, f.receiver as who, f.file_name as item, '' as account, f.sent_on, f.cents, "
    f"{business_days('f.sent_on')} as waiting_days, u.days as usual_days, "
    "coalesce(r.ack_999_late_days, 1) as allowed_days, 'ask the receiver for it' as next_step "
    "from transport_view f left join receiver_view r using (receiver) "
    f"left join ({_usual('transport_view', 'receiver', 'sent_on', 'answered_on')}) u on u.who = f.receiver "
    "where f.answered_on is null and f.ta1 <> 'R'"
)
_DECIDED = "state in ('adjudicated', 'paid', 'zero pay', 'denied', 'reversed')"
_CLAIMS = (
    "select c.awaited, c.payer as who, c.claim as item, c.account, c.gone_on, "
    "case when c.in_part then c.unanswered_cents else c.charge_cents end, "
    f"{business_days('c.gone_on')}, u.days, null::int, "
    "case when c.in_part then 'ask the payer for the rest of the claim' when c.state = 'forwarded' "
    "then 'bill it from here: submission, POST /claims/' || c.claim || '/bill' "
    "when c.awaited = '277CA' then 'ask the receiver what became of it' else 'ask the payer' end from ("
    "select *, coalesce(sent_on, forwarded_on) as gone_on, "
    "case when acknowledged_on is null and not in_part then '277CA' else '835' end as awaited from ("
    f"select *, coalesce(unanswered_cents, 0) > 0 and {_DECIDED} as in_part from claim_view) v "
    "where in_part or state in ('sent', 'received', 'accepted', 'forwarded')) c left join ("
    f"select '277CA' as awaited, a.* from ({_usual('claim_view', 'payer', 'sent_on', 'acknowledged_on')}) a "
    f"union all select '835', a.* from ({_usual('claim_view', 'payer', 'sent_on', 'answered_on')}) a"
    ") u on u.who = c.payer and u.awaited = c.awaited where c.awaited = any(c.late)"
)
_UNANSWERED = (
    "select *, waiting_days - coalesce(allowed_days, usual_days, 0) as late_days from "
    f"({_FILES} union all {_CLAIMS}) n where waiting_days > coalesce(allowed_days, usual_days, 0)"
)
"""A file's 999 is late by its receiver's own days. A claim awaits one thing at a time: the first acknowledgement, then the payment. Answered is not late; of what was answered in part, the rest is. What was sent on by another payer awaits the payment."""


async def late(doors: Doors) -> list[Row]:
    """Who has not answered, and by how many business days later than that payer's usual."""
    return await doors.rows(
        "select awaited, who, count(*) as items, sum(cents)::bigint as cents, "
        "min(sent_on) as oldest_sent_on, max(usual_days) as usual_days, "
        f"max(waiting_days) as waiting_days, max(late_days) as late_days from ({_UNANSWERED}) n "
        "group by 1, 2 order by 1, 2"
    )


async def unanswered(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Each file or claim that nobody answered, latest first."""
    return await doors.rows(
        f"select *, count(*) over () as listed from ({_UNANSWERED}) n "
        "order by late_days desc, cents desc, item limit $1",
        limit,
    )


async def unsent(doors: Doors) -> list[Row]:
    """Claims that are ready and stayed here over more than one business day: a cut-off passed without them."""
    waiting = business_days("ready_on")
    return await doors.rows(
        "select facility, payer, count(*) as claims, sum(charge_cents)::bigint as cents, "
        f"min(ready_on) as ready_since, max({waiting}) as waiting_days, min(filing_limit_on) as file_by, "
        f"min(filing_limit_on) < {TODAY} as past from claim_view "
        f"where state = 'ready' and {waiting} > 1 group by 1, 2 order by 1, 2"
    )


_ABOUT = (
    "case split_part(rejection, ' ', 3) when 'IL' then ' about the subscriber' when 'QC' then ' about the patient' "
    "when '85' then ' about the billing provider' when '82' then ' about the rendering provider' "
    "when 'DN' then ' about the referring provider' when '77' then ' about where the service was' "
    "when 'PR' then ' about the payer' else '' end"
)
"""Whom the third code of a 277CA's status (STC01-3) is about, in a biller's words."""
_MEND = (
    "case split_part(rejection, ' ', 1) when 'A4' then 'find out why the payer does not know it' "
    "when 'A6' then 'add what the codes name' when 'A7' then 'correct what the codes name' "
    "when 'A8' then 'correct what the codes name as contradicting' else 'mend what the codes name' end"
)
_DOOR = "submission, POST /claims/' || claim || '"
_VOID = f"'resubmit the void: {_DOOR}/resubmit; or withdraw it: {_DOOR}/void/withdraw'"
_HELD = (
    "case when frequency = '8' then coalesce(hold_fix, '') || ' The void goes by itself then; or withdraw it: "
    f"{_DOOR}/void/withdraw' when hold like '%TRANSPORT%' then 'mend what transport names, then resubmit: "
    f"{_DOOR}/resubmit' else coalesce(nullif(hold_fix, ''), 'Mend it.') || ' It goes by itself then; ' "
    f"|| 'what shall not go at all: {_DOOR}/void; what a person may override: {_DOOR}/release' end"
)
_BACK = (
    f"case when state = 'held' then {_HELD} when state = 'transport rejected' then 'nothing: it goes again by itself' "
    f"when frequency = '8' then {_VOID} else {_MEND} || {_ABOUT} || ', then resubmit: {_DOOR}/resubmit' end"
)
"""What to do about a claim that came back or was held, by what it is."""


async def rejected(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Claims that came back before the payer decided them, or are held before they go; the nearest filing limit first.

    One that was decided before goes as what it was: its denied money stands under denials meanwhile.
    """
    return await doors.rows(
        "select account, claim, facility, payer, state, attempt, frequency, adjudicated_on is not null as decided_before, "
        "attempt || ', frequency ' || frequency || case when adjudicated_on is null then '' "
        "else ', decided before' end as which, 1 as claims, charge_cents as cents, "
        "case state when 'held' then coalesce(nullif(hold_why, ''), hold) else rejection end as why, "
        "case state when 'held' then held_on else rejected_on end as since, "
        "case when adjudicated_on is null then filing_limit_on end as file_by, "
        f"filing_limit_on < {TODAY} and adjudicated_on is null as past, {_BACK} as next_step, "
        "count(*) over () as listed, sum(charge_cents) over ()::bigint as listed_cents "
        "from claim_view where state in ('rejected', 'transport rejected', 'held') "
        "order by adjudicated_on is not null, filing_limit_on nulls last, claim limit $1",
        limit,
    )


_ASKED = (
    "state in ('ready', 'held', 'sent', 'received', 'accepted', 'rejected', 'transport rejected', 'forwarded', "
    "'expected', 'adjudicated', 'correcting', 'history') or coalesce(unanswered_cents, 0) > 0"
)
"""Claims that ask for money, or wait in a list of their own."""
_ASK_FOR_IT = (
    "case when claim is null then 'no claim was made of it: see list coding, and what coverages it has' "
    "when voided then 'send it anew: submission, POST /claims/' || claim || '/resubmit; or correct its charges' "
    "when elsewhere then 'its payer says it is another payer''s: set the coverages, then: submission, POST /claims/' "
    "|| claim || '/resubmit' "
    "when reversed then 'its payer took the decision back: ask for the one that takes its place' "
    "when what = 'next payer' then 'its payer answered, or is none of the coverages: set the coverages, or write it off' "
    "else 'no decision is about it: send the claim again, submission, POST /claims/' || claim || '/replace' end"
)


async def unclaimed(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Insurance money that no claim on its way asks for, and denials that were accepted and never written off."""
    return await doors.rows(
        "with asks as (select account, bool_or(state = 'voided') as voided, bool_or(state = 'reversed') as reversed, "
        "bool_or(state = 'not theirs') as elsewhere, "
        f"bool_or({_ASKED}) as asked, (array_agg(claim order by payer_order))[1] as claim from claim_view group by 1), "
        "given as (select account, coalesce(sum(cents) filter (where outcome = ''), 0) as worked, "
        "coalesce(sum(cents) filter (where outcome = 'accepted'), 0) as accepted from denial_view group by 1) "
        "select *, count(*) over () as listed, sum(cents) over ()::bigint as listed_cents from ("
        f"select account, facility, who as payer, what, cents, service_on as since, {_ASK_FOR_IT} as next_step "
        "from account_money left join asks using (account) cross join lateral (values "
        f"('in process', payer, {OPEN}), ('next payer', next_payer, {NEXT_PAYER})) l(what, who, cents) "
        f"where cents > 0 and not coalesce(asked, false) and (claim is not null or {business_days('service_on')} > 1) "
        "union all select account, facility, coalesce(nullif(denied_by, ''), payer), 'accepted denial', "
        f"least({DENIED} - worked, accepted)::bigint, service_on, 'write it off: posting, POST /accounts/' || account "
        "|| '/write-offs, bucket denied' from account_money join given using (account) "
        f"where least({DENIED} - worked, accepted) > 0) u order by cents desc, account, what limit $1",
        limit,
    )


_SAY_ANEW = (
    "case when r.asked_on is not null then 'wait for its payer''s decision: it was asked to reopen it on ' || r.asked_on "
    f"when r.opened then 'ask its payer to reopen its decision, then: {_DOOR}/reopening' "
    "when state in ('sent', 'received') then 'wait for its payer''s decision, then replace it' "
    "when m.charges_cents = 0 then 'no charge is left: void it: "
    f"{_DOOR}/void; or refund what its payer paid' "
    f"when state = 'accepted' then 'void it: {_DOOR}/void; or replace it once its payer decided it' "
    f"else 'replace it: {_DOOR}/replace; or void it: {_DOOR}/void' end"
)


async def changed_charges(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Claims that left and bill another total than their account charges by now; the largest difference first.

    A claim whose next attempt is on its way, that came back, or whose decision was taken back stands in another list. One
    whose payer decided what is charged by now, having reopened its decision, is done.
    """
    return await doors.rows(
        "select account, claim, v.facility, v.payer, state, sent_on, v.charge_cents as billed_cents, m.charges_cents, "
        f"m.charges_cents - v.charge_cents as cents, {_SAY_ANEW} as next_step, count(*) over () as listed "
        "from claim_view v join account_money m using (account) "
        "left join lateral (select true as opened, asked_on from reopening_view where claim = v.claim) r on true "
        "where v.charge_cents <> m.charges_cents and not (coalesce(unanswered_cents, 1) = 0 and m.charges_cents = "
        "(select sum(value::bigint) from jsonb_each_text(coalesce(decided, '{}')))) "
        "and first_sent_on is not null and frequency <> '8' "
        "and state in ('sent', 'received', 'accepted', 'adjudicated', 'paid', 'zero pay', 'denied') "
        "order by abs(m.charges_cents - v.charge_cents) desc, claim limit $1",
        limit,
    )


async def claims_by_state(doors: Doors) -> list[Row]:
    """Claims, counts and charges by state and payer."""
    return await doors.rows(
        "select state, payer, count(*) as claims, sum(charge_cents)::bigint as cents "
        "from claim_view group by 1, 2 order by 1, 2"
    )


PARKED = (
    "select service, in_partition, at_offset, stream, record_type, reason, sentence, parked_on, partition "
    "from parked_view where service <> 'reporting' union all "
    "select 'reporting', partition, \"offset\", stream, wire, reason, sentence, parked_at::date, partition "
    "from parked where status = 'parked'"
)


async def parked(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Records that wait for a person somewhere.

    What says that a record was parked waits behind it where reporting itself parked it: those stand in its own table.
    """
    return await doors.rows(
        f"select *, count(*) over () as listed from ({PARKED}) p order by parked_on, service limit $1",
        limit,
    )
