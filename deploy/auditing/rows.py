"""Checks that are one statement each over the services' tables, read with the auditor's role."""

import re
from collections.abc import Collection
from typing import Any

import asyncpg

from deploy.auditing.result import Result, not_made, without

_SUM = (
    "insurance_paid_cents + patient_paid_cents + contractual_cents + patient_cents + open_cents "
    "+ denied_cents + next_payer_cents - credit_cents + coalesce((select sum(value::bigint) "
    "from jsonb_each_text(written_off)), 0)"
)
_WRITTEN_OFF = "coalesce((select sum(value::bigint) from jsonb_each_text(b.written_off)), 0)"
_FACILITY_SUM = (
    "sum(insurance_paid_cents + patient_paid_cents + contractual_cents + write_off_cents "
    "+ patient_owes_cents + open_cents + denied_cents + next_payer_cents - credit_cents + opening_cents)"
)
_AMOUNTS = (
    "charged_cents", "open_cents", "denied_cents", "next_payer_cents", "patient_cents",
    "insurance_paid_cents", "patient_paid_cents", "contractual_cents", "credit_cents",
)  # fmt: skip
_LEDGERS = (
    ("ar_open", "open_cents", 1),
    ("ar_denied", "denied_cents", 1),
    ("ar_next_payer", "next_payer_cents", 1),
    ("ar_patient", "patient_cents", 1),
    ("contractual", "contractual_cents", 1),
    ("overpayment", "credit_cents", -1),
)
"""Which balance each ledger of an account adds up to, and under which sign."""

MONEY: tuple[tuple[str, str, str], ...] = (
    (
        "equation per charge",
        "charge = paid + adjusted + patient owes + still open - credits, for every charge",
        "select account, charge, charged_cents from posting.charge_balance "
        f"where charged_cents <> {_SUM}",
    ),
    (
        "equation per account",
        "the same for every account",
        f"select account, charged_cents from posting.account_balance where charged_cents <> {_SUM}",
    ),
    (
        "an account is its charges",
        "an account's amounts are the sums of its charges'",
        "select account from posting.account_balance a join (select account, "
        + ", ".join(f"sum({name}) as {name}" for name in _AMOUNTS)
        + " from posting.charge_balance group by 1) c using (account) where "
        f"({', '.join('a.' + n for n in _AMOUNTS)}) is distinct from ({', '.join('c.' + n for n in _AMOUNTS)})",
    ),
    (
        "equation per claim",
        "what reporting says was paid, adjusted and denied on a claim is what the journal says",
        "select c.claim, c.paid_cents, c.contractual_cents, c.denied_cents from reporting.claim_view c "
        "join (select claim, "
        "coalesce(sum(cents) filter (where ledger = 'remittance_clearing'), 0) as paid, "
        "coalesce(sum(cents) filter (where ledger = 'contractual'), 0) as contractual, "
        "coalesce(sum(cents) filter (where ledger = 'ar_denied'), 0) as denied "
        "from posting.journal where claim <> '' and kind not in ('opening', 'recovery') group by 1) j "
        "using (claim) where (c.paid_cents, c.contractual_cents, c.denied_cents) "
        "is distinct from (j.paid, j.contractual, j.denied)",
    ),
    (
        "equation per facility",
        "the same for every facility and payer, in reporting's own rows",
        "select facility, payer from reporting.account_money group by 1, 2 "
        f"having sum(charges_cents) <> {_FACILITY_SUM}",
    ),
    (
        "equation of the company",
        "the same for every legal entity and for the company, in posting and in reporting",
        "select 'posting', legal_entity from posting.account_balance group by grouping sets ((legal_entity), ()) "
        f"having sum(charged_cents) <> sum({_SUM}) "
        "union all select 'reporting', legal_entity from reporting.account_money "
        f"group by grouping sets ((legal_entity), ()) having sum(charges_cents) <> {_FACILITY_SUM}",
    ),
    (
        "charges create A/R",
        "what posting charged is what coding captured, account by account",
        "select c.account, c.total_cents, b.charged_cents from coding.account_charges c "
        "join posting.account_balance b using (account) where not b.history "
        "and c.total_cents <> b.charged_cents",
    ),
    (
        "every account is posted",
        "no captured account is missing in posting or reporting",
        "select c.account from coding.account_charges c left join posting.account_balance b "
        "using (account) left join reporting.account_money m using (account) "
        "where b.account is null or m.account is null",
    ),
    (
        "reporting agrees with posting",
        "two services that folded the same log say the same of every account",
        "select m.account from reporting.account_money m join posting.account_balance b using (account) "
        "where not b.history and (m.charges_cents, m.open_cents, m.denied_cents, m.next_payer_cents, "
        "m.patient_owes_cents, m.insurance_paid_cents, m.patient_paid_cents, m.contractual_cents, "
        "m.write_off_cents, m.credit_cents) is distinct from (b.charged_cents, b.open_cents, b.denied_cents, "
        "b.next_payer_cents, b.patient_cents, b.insurance_paid_cents, b.patient_paid_cents, "
        f"b.contractual_cents, {_WRITTEN_OFF}, b.credit_cents)",
    ),
    (
        "journal balances",
        "every journal entry on its stream sums to zero",
        "select entry, stream, sum(cents) from posting.journal group by 1, 2 having sum(cents) <> 0",
    ),
    (
        "balances follow from the journal",
        "every account's balances are the sums of its ledgers",
        "select account, b.ledger, b.cents, coalesce(j.cents, 0) from (select account, l.* "
        "from posting.account_balance cross join lateral (values "
        + ", ".join(f"('{ledger}', {sign} * {column})" for ledger, column, sign in _LEDGERS)
        + ") l(ledger, cents) where not history) b left join (select account, ledger, sum(cents) as cents "
        "from posting.journal where stream like 'account/%' group by 1, 2) j using (account, ledger) "
        "where b.cents <> coalesce(j.cents, 0)",
    ),
    (
        "overpayments are credits",
        "what payers' decisions overpaid and was not sent back or taken back is the credit of their account",
        "select account, coalesce(o.cents, 0), credit_cents from reporting.account_money left join (select account, "
        "sum(case ended when 'reversed' then 0 else cents end - recovered_cents - refunded_cents) as cents "
        "from reporting.overpayment_view group by 1) o using (account) where credit_cents <> coalesce(o.cents, 0)",
    ),
    (
        "patients are told what they owe",
        "what a guarantor has heard of an account is what the patient owes there",
        "select account, a.patient_cents, coalesce(b.owed_cents, 0) from posting.account_balance a "
        "full join posting.patient_balance b using (account) "
        "where coalesce(a.patient_cents, 0) <> coalesce(b.owed_cents, 0)",
    ),
    (
        "statements add up",
        "a statement asks for its accounts, without what is disputed or paid by a plan, and for instalments",
        "select s.statement, s.asked_cents, s.owed_cents from posting.statement s cross join lateral ("
        "select sum(a.owed_cents) as owed, coalesce(sum(a.owed_cents) filter (where a.disputed), 0) as disputed, "
        "coalesce(sum(a.owed_cents) filter (where not a.disputed and not a.in_plan), 0) as asked "
        "from jsonb_to_recordset(s.accounts) as a(owed_cents bigint, disputed boolean, in_plan boolean)) a "
        "where (s.owed_cents, s.disputed_cents, s.asked_cents - s.instalments_cents) "
        "is distinct from (a.owed, a.disputed, a.asked)",
    ),
    (
        "denied money is somebody's work",
        "every account with denied receivables has a denial that a person works on or accepted",
        "select account, sum(denied_cents) from posting.charge_balance where denied_cents > 0 "
        "and account not in (select account from denial.denial where state <> 'resolved' "
        "or outcome in ('accepted', 'upheld', 'patient')) group by 1",
    ),
    (
        "clearing explained",
        "what clearing still holds of a check is unmatched, or a reversal that waits for its original",
        "with held as (select remittance, -sum(cents) as cents from posting.journal "
        "where ledger = 'remittance_clearing' and remittance <> '' group by 1), "
        "explained as (select remittance, sum(cents) as cents from ("
        "select remittance, cents from adjudication_tracking.unmatched where matched_to = '' "
        "union all select remittance, cents from reporting.waiting_view) w group by 1) "
        "select remittance, coalesce(h.cents, 0), coalesce(e.cents, 0) from held h full join explained e "
        "using (remittance) where coalesce(h.cents, 0) <> coalesce(e.cents, 0)",
    ),
    (
        "released checks balance",
        "claims less provider adjustments plus suspense is the check's amount",
        "select remittance, check_number from adjudication_tracking.remittance where state = 'released' "
        "and claims_cents - plb_cents + suspense_cents <> amount_cents",
    ),
    (
        "refused checks post nothing",
        "no cent of a check that does not balance is in the journal",
        "select r.remittance from adjudication_tracking.remittance r join posting.journal j "
        "using (remittance) where r.state = 'refused'",
    ),
)

TRAFFIC: tuple[tuple[str, str, str], ...] = (
    (
        "all claims handed out",
        "every claim of a released check reached its account",
        "select remittance, claims, dispatched from adjudication_tracking.remittance "
        "where state = 'released' and dispatched <> claims",
    ),
    (
        "states are lawful",
        "no claim made a transition that its state machine forbids",
        "select claim, state, forbidden from adjudication_tracking.claim_status where forbidden > 0",
    ),
    (
        "acknowledgements agree",
        "accepted + rejected is what a 277CA of a batch of ours states, and what was sent in count and cents, "
        "or what its sender states of the same claims since",
        "select t.batch, t.accepted + t.rejected from adjudication_tracking.ack_tally t "
        "where not t.agrees and exists (select 1 from adjudication_tracking.sent_claim s "
        "where s.isa13 = t.isa13 and s.cents is not null) "
        "and not exists (select 1 from adjudication_tracking.ack_tally l where l.agrees "
        "and (l.isa13, l.batch, l.by, l.accepted, l.accepted_cents, l.rejected, l.rejected_cents) "
        "= (t.isa13, t.batch, t.by, t.accepted, t.accepted_cents, t.rejected, t.rejected_cents) "
        "and l.received_on >= t.received_on)",
    ),
    (
        "answers are of what was sent",
        "a 277CA's amount of a claim is what that file of ours asked for it",
        "select claim, isa13, st02, cents, answered_cents from adjudication_tracking.sent_claim "
        "where answered_cents is distinct from cents and outcome <> ''",
    ),
    (
        "nothing sent twice",
        "no claim's attempt left in two files",
        "select claim, facts->>'attempt', count(*) from reporting.story "
        "where wire = 'submission.claim_submitted.v1' group by 1, 2 having count(*) > 1",
    ),
    (
        "a balance wakes for its statement",
        "every balance that patients owe and no agency has has a timer, so that it is asked for",
        "select b.account, b.owed_cents from posting.patient_balance b left join posting.due d "
        "on d.stream = 'guarantor/' || b.guarantor and d.what = 'statement/' || b.legal_entity "
        "where b.owed_cents > 0 and b.agency = '' and d.stream is null",
    ),
    (
        "a queue wakes at its cut-off",
        "every queue that holds claims has a timer, so that they leave",
        "select q.stream, q.claims from submission.queue q left join submission.due d using (stream) "
        "where q.claims > 0 and d.stream is null",
    ),
    (
        "history is never sent",
        "no claim that another system sent left from here",
        "select s.claim from reporting.story s join reporting.story i using (claim) "
        "where s.wire = 'submission.claim_submitted.v1' and i.wire = 'submission.claim_imported.v1'",
    ),
    (
        "history has its balance",
        "every account that was taken over as history, and has charges, has the claim whose balance it opened with",
        "select c.account from coding.account_charges c join registration.account a using (account) "
        "where a.billing = 'history' and not exists (select 1 from reporting.story s "
        "where s.account = c.account and s.wire = 'submission.claim_imported.v1') order by 1",
    ),
    (
        "files are handed over",
        "no file waits half-way to the outbound folder",
        "select file_name, status from (select * from submission.hand_over union all "
        "select * from eligibility.hand_over) h where status <> 'handed'",
    ),
)
CHECKS = (*MONEY, *TRAFFIC)


_READS = re.compile(r"\b(?:from|join) (\w+)\.\w")


def reads(sql: str) -> set[str]:
    """Services whose tables a statement reads."""
    return set(_READS.findall(sql))


async def check_rows(connection: Any, late: Collection[str] = ()) -> list[Result]:
    """Every statement's result, in order; one that reads of a service that is `late` is not made."""
    results = []
    for name, promise, sql in CHECKS:
        if needed := sorted(reads(sql) & set(late)):
            results.append(not_made(name, promise, needed))
            continue
        rows = await connection.fetch(sql)
        first = ", ".join(str(v) for v in rows[0].values()) if rows else ""
        results.append(Result(name, promise, len(rows), first))
    return results


async def check_parked(
    connection: Any, services: Collection[str], late: Collection[str] = ()
) -> list[Result]:
    """Parked records wait for a person, and the list that a person reads holds every one of them."""
    found: dict[tuple[Any, ...], str] = {}
    count, first = 0, ""
    for service in services:
        try:
            rows = await connection.fetch(
                f'select partition, "offset", wire, reason, status from "{service}".parked '
                "where status in ('parked', 'waiting') order by parked_at"
            )
        except asyncpg.UndefinedTableError:
            continue  # It never ran here.
        count += len(rows)
        for partition, offset, wire, reason, status in rows:
            told = f"{service} {partition}@{offset}, {wire}, {reason}"
            first = first or told
            if status == "parked":
                found[(service, partition, offset)] = told
    return [
        Result("nothing parked", "no record waits unapplied anywhere", count, first),
        await _forgotten(connection, found, late),
    ]


async def _forgotten(
    connection: Any, found: dict[tuple[Any, ...], str], late: Collection[str]
) -> Result:
    name = "no parked record is forgotten"
    promise = "the list of parked records holds those that are parked, and no other"
    if "reporting" in late:
        return not_made(name, promise, ["reporting"])
    rows = await connection.fetch(
        "select service, in_partition, at_offset from reporting.parked_view"
    )
    # Reporting lists its own from the table that keeps them: what it says of them waits behind them.
    known = {tuple(row) for row in rows} | {key for key in found if key[0] == "reporting"}
    unlike = [
        found.get(key, "{} {}@{}".format(*key))
        for key in sorted(found.keys() ^ known)
        if key[0] not in late
    ]
    result = Result(name, promise, len(unlike), (unlike or [""])[0], len(found))
    return without(result, late)
