"""Checks that are one statement each over the services' tables, read with the auditor's role."""

from typing import Any

from deploy.auditing.result import Result

_SUM = (
    "insurance_paid_cents + patient_paid_cents + contractual_cents + patient_cents + open_cents "
    "+ denied_cents + next_payer_cents - credit_cents + coalesce((select sum(value::bigint) "
    "from jsonb_each_text(written_off)), 0)"
)

CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "equation per charge",
        "charge = paid + adjusted + patient owes + still open - credits, for every charge",
        "select account, charge, charged_cents from posting.charge_balance "
        f"where charged_cents <> {_SUM}",
    ),
    (
        "equation per account",
        "the same for every account",
        "select account, charged_cents from posting.account_balance "
        f"where charged_cents <> {_SUM}",
    ),
    (
        "equation per claim",
        "what reporting says was paid on a claim is what posting's journal says",
        "select c.claim, c.paid_cents from reporting.claim_view c join (select claim, sum(cents) as cents "
        "from posting.journal where ledger = 'remittance_clearing' and claim <> '' group by 1) j "
        "using (claim) where c.paid_cents <> j.cents",
    ),
    (
        "equation per facility",
        "the same for every facility and payer, in reporting's own rows",
        "select facility, payer from reporting.account_money group by 1, 2 having sum(charges_cents) <> "
        "sum(insurance_paid_cents + patient_paid_cents + contractual_cents + write_off_cents "
        "+ patient_owes_cents + open_cents + denied_cents + next_payer_cents - credit_cents "
        "+ opening_cents)",
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
        "where not b.history and (m.open_cents, m.denied_cents, m.next_payer_cents, m.patient_owes_cents, "
        "m.insurance_paid_cents, m.contractual_cents, m.credit_cents) is distinct from (b.open_cents, "
        "b.denied_cents, b.next_payer_cents, b.patient_cents, b.insurance_paid_cents, "
        "b.contractual_cents, b.credit_cents)",
    ),
    (
        "journal balances",
        "every journal entry on its stream sums to zero",
        "select entry, stream, sum(cents) from posting.journal group by 1, 2 having sum(cents) <> 0",
    ),
    (
        "clearing explained",
        "what clearing still holds of a check is unmatched, waiting, or not of ours",
        "with held as (select remittance, -sum(cents) as cents from posting.journal "
        "where ledger = 'remittance_clearing' and remittance <> '' group by 1), "
        "explained as (select remittance, sum(cents) as cents from ("
        "select remittance, cents from adjudication_tracking.unmatched where matched_to = '' "
        "union all select facts->>'remittance', (facts->>'paid_cents')::bigint from reporting.story "
        "where wire = 'adjudication_tracking.reversal_waiting.v1') w group by 1) "
        "select h.remittance, h.cents, coalesce(e.cents, 0) from held h left join explained e "
        "using (remittance) where h.cents <> coalesce(e.cents, 0)",
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
        "accepted + rejected is what the 277CA states, and what was sent in count and cents",
        "select t.batch, t.accepted + t.rejected from adjudication_tracking.ack_tally t where not t.agrees",
    ),
    (
        "answers are of what was sent",
        "a 277CA's amount of a claim is what that file of ours asked for it",
        "select claim, isa13, st02, cents, answered_cents from adjudication_tracking.sent_claim "
        "where answered_cents is distinct from cents and outcome <> ''",
    ),
    (
        "nothing handed twice",
        "no claim's attempt stands in two files",
        "select claim, attempt from submission.claim_package group by 1, 2 having count(*) > 1",
    ),
    (
        "files are handed over",
        "no file waits half-way to the outbound folder",
        "select file_name, status from (select * from submission.hand_over union all "
        "select * from eligibility.hand_over) h where status <> 'handed'",
    ),
)


async def check_rows(connection: Any) -> list[Result]:
    """Every statement's result, in order."""
    results = []
    for name, promise, sql in CHECKS:
        rows = await connection.fetch(sql)
        first = ", ".join(str(v) for v in rows[0].values()) if rows else ""
        results.append(Result(name, promise, len(rows), first))
    return results


async def check_parked(connection: Any, services: tuple[str, ...]) -> Result:
    """Parked records wait for a person; the audit names the first."""
    count, first = 0, ""
    for service in services:
        rows = await connection.fetch(
            f'select partition, "offset", wire, reason from "{service}".parked '
            "where status in ('parked', 'waiting') order by parked_at"
        )
        count += len(rows)
        if rows and not first:
            first = f"{service} " + ", ".join(str(v) for v in rows[0].values())
    return Result("nothing parked", "no record waits unapplied anywhere", count, first)
