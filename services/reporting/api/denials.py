"""Denials: what of them is somebody's work now, what waits for the payer, and how others ended. Money is cents."""

from services.reporting.api.money import LIST_PAGE, TODAY
from shared.service import Doors, Row

_STANDS = (
    "select d.*, array_to_string(d.rarcs, ' ') as rarc, c.state as claim_state, case "
    "when coalesce(d.state, 'open') <> 'requested' then 'open' "
    "when d.route = 'reopening' then case when r.claim is not null and r.asked_on is null "
    "then 'to ask' else 'asked' end "
    f"when d.route in ('appeal', 'appeal won') then case when d.answer_by < {TODAY} then 'no answer' else d.route end "
    "when c.state in ('held', 'rejected') then 'stuck' else 'sent' end as stands "
    "from denial_view d left join claim_view c on c.claim = d.claim "
    "left join reopening_view r on r.claim = d.claim and d.denial = any(r.denials) where d.outcome = ''"
)
_TO_DO = "('open', 'to ask', 'stuck', 'no answer')"
STANDING = (
    f"select *, case when stands in {_TO_DO} then 'to do' "
    "else 'waiting for the payer' end as standing, case stands "
    "when 'to ask' then 'Ask the payer to reopen its decision: it takes no corrected claim.' "
    "when 'asked' then 'Wait for the payer''s answer to the reopening.' "
    "when 'stuck' then 'Mend the corrected claim: it is ' || claim_state || ', see list rejected.' "
    "when 'sent' then 'Wait for the payer''s answer to the corrected claim.' "
    "when 'appeal' then 'Wait for the answer to the appeal at level ' || level || ', by ' || answer_by || '.' "
    "when 'appeal won' then 'The appeal was won: wait for the payer''s money, by ' || answer_by || '.' "
    "when 'no answer' then 'Ask what became of the appeal at level ' || level || ': it was to be answered by ' || answer_by || '.' else next_action end as next_step, "
    f"(stands in ('open', 'to ask', 'stuck') and deadline_on < {TODAY}) or stands = 'no answer' as past from ({_STANDS}) s"
)
"""A denial is work until its correction left, its payer was asked or it was appealed; only what is work can be past its deadline."""


async def denials(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Denials by what stands to do, CARC, RARC and payer: dollars, what next, by when, and how many are past that."""
    return await doors.rows(
        "select standing, reason_group || '-' || carc as carc, rarc, payer, "
        "count(*) as denials, sum(cents)::bigint as cents, max(category) as category, "
        "owner, next_step as next_action, min(deadline_on) as by_when, "
        "bool_or(past) as past, count(*) filter (where past) as past_due, "
        "coalesce(sum(cents) filter (where past), 0)::bigint as past_due_cents, "
        f"min(deadline_on) filter (where deadline_on >= {TODAY}) as next_due, count(*) over () as listed "
        f"from ({STANDING}) d group by standing, 2, rarc, payer, owner, next_step "
        "order by standing, sum(cents) desc, 2, rarc, payer, next_step limit $1",
        limit,
    )


async def denial_work_list(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Each denial that did not end, with account, what next and by when: first what is to do, the nearest deadline first."""
    return await doors.rows(
        "select standing, account, claim, denial, facility, payer, reason_group || '-' || carc as carc, rarc, "
        "cents, owner, next_step, case stands "
        "when 'to ask' then 'submission, POST /claims/' || claim || '/reopening' "
        "when 'appeal' then 'denial, POST /denials/' || denial || '/appeal/decision' "
        "when 'no answer' then 'denial, POST /denials/' || denial || '/appeal/decision' "
        "when 'open' then case when correctable is false and not 'MA130' = any(rarcs) "
        "then 'to appeal: denial, POST /denials/' || denial || '/appeal; to give it up: …/accept' "
        "else 'denial, POST /denials/' || denial || '/correct' end "
        "else '' end as door, opened_on, requested_on, deadline_on as by_when, past, "
        "count(*) over () as listed, sum(cents) over ()::bigint as listed_cents "
        f"from ({STANDING}) d order by standing, deadline_on, cents desc, denial limit $1",
        limit,
    )


async def reopenings(doors: Doors, limit: int = LIST_PAGE) -> list[Row]:
    """Decisions that a payer shall reopen and that nobody asked it for yet; it takes no claim again, a person asks."""
    return await doors.rows(
        "select r.account, r.claim, r.facility, r.payer, r.payer_control, coalesce(d.cents, 0)::bigint as cents, "
        f"r.opened_on as since, d.by_when, coalesce(d.by_when < {TODAY}, false) as past, "
        "'ask the payer to reopen it, then: submission, POST /claims/' || r.claim || '/reopening' as next_step, "
        "count(*) over () as listed, sum(coalesce(d.cents, 0)) over ()::bigint as listed_cents "
        "from reopening_view r left join lateral (select sum(cents) as cents, min(deadline_on) as by_when "
        "from denial_view where denial = any(r.denials) and outcome = '') d on true "
        "where r.asked_on is null and (r.denials = '{}' or d.cents is not null) "
        "order by d.by_when nulls last, r.opened_on, r.claim limit $1",
        limit,
    )


async def denials_total(doors: Doors) -> Row:
    """Denials that did not end: in all, what of it is to do, what waits for the payer, and what is past its deadline."""
    return (
        await doors.rows(
            "select "
            + ", ".join(
                f"count(*) filter (where {which}) as {name}, "
                f"coalesce(sum(cents) filter (where {which}), 0)::bigint as {cents}"
                for name, cents, which in (
                    ("denials", "cents", "true"),
                    ("to_do", "to_do_cents", "standing = 'to do'"),
                    ("waiting", "waiting_cents", "standing <> 'to do'"),
                    ("past_due", "past_due_cents", "past"),
                )
            )
            + f" from ({STANDING}) d"
        )
    )[0]


async def denials_ended(doors: Doors) -> list[Row]:
    """How denials ended."""
    return await doors.rows(
        "select outcome, count(*) as denials, sum(cents)::bigint as denied_cents, "
        "sum(outcome_cents)::bigint as outcome_cents from denial_view where outcome <> '' "
        "group by 1 order by 1"
    )
