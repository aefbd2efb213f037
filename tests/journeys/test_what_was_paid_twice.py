"""A payer pays a claim on two checks: since when somebody knows, an investigation, a refund, a takeback, and what the quarter reports."""

from datetime import date, timedelta
from typing import Any

from deploy.auditing.run import audit
from shared.x12.remittance_835 import Plb
from tests.journeys import answers
from tests.journeys.lives import LESS, PAID, accepted
from tests.journeys.office import Account, Office

PAYER = "COMM"


async def listed(office: Office, name: str, account: Account) -> list[dict[str, Any]]:
    """The account's rows of a list, as the command gives them."""
    _, rows = await office.command("list", name, "--json", "--limit", "5000")
    return [row for row in rows if row["account"] == account.number]


async def test_what_was_paid_twice_is_known_investigated_refunded_and_taken_back(
    office: Office,
) -> None:
    account = await office.encounter(PAYER)
    sent = await accepted(office, account, "ICN-T")
    for control, check, split in (("ICN-T", "TWICE-1", PAID), ("ICN-T2", "TWICE-2", LESS)):
        paid = answers.check(sent, check, [answers.pays(sent, split, control)], office.day)
        await office.hand_in("adjudication_tracking", paid)
        await office.check_is(check, posted=sum(cents for cents, _ in split))
    await office.happened(account, "overpayment_opened")
    (found,) = await listed(office, "overpayments", account)
    assert (found["state"], found["cents"], found["cause"], found["due_on"]) == (
        "suspected",
        8_000,
        "paid twice",
        None,
    )
    this = (account.number, found["adjudication"])
    why = ("--reason", "both checks are here", "--by", "lead", "--json")

    # Nobody investigates what nobody knows of; from the day on which somebody does it is due in 60 days.
    assert (await office.command("overpayments", "investigate", *this, *why))[0] == 1
    assert await office.command("overpayments", "identify", *this, *why) == (
        0,
        {"done": "identified", "changed": True},
    )
    await office.happened(account, "overpayment_identified")
    (known,) = await listed(office, "overpayments", account)
    day = date.fromisoformat(known["identified_on"])
    assert (known["days_left"], known["last_by"]) == (60, "lead")
    assert known["due_on"] == str(day + timedelta(days=60))

    assert (await office.command("overpayments", "investigate", *this, *why))[0] == 0
    await office.happened(account, "overpayment_investigation_opened")
    (looked,) = await listed(office, "overpayments", account)
    assert (looked["state"], looked["suspended_until"]) == (
        "under investigation",
        str(day + timedelta(days=180)),
    )
    await office.morning()
    assert (await office.command("overpayments", "conclude", *this, *why))[0] == 0
    await office.happened(account, "overpayment_investigation_concluded")
    (over,) = await listed(office, "overpayments", account)
    suspended = date.fromisoformat(over["concluded_on"]) - day
    assert suspended.days > 0
    assert over["due_on"] == str(day + timedelta(days=60) + suspended)

    # A part is refunded, the rest its payer takes back: no cent goes twice.
    part = ("--refund", "REF-1", "--cents", "3000", *why)
    assert (await office.command("overpayments", "refund", *this, *part))[0] == 0
    await office.happened(account, "overpayment_refunded")
    too_much = ("--refund", "REF-2", "--cents", "6000", *why)
    assert (await office.command("overpayments", "refund", *this, *too_much))[0] == 1
    taker = await office.encounter(PAYER)
    other = await accepted(office, taker, "ICN-W")
    billing = other.claim.billing
    assert billing is not None
    year_end = office.day.replace(month=12, day=31)
    kept = [Plb("WO", 5_000, account.claim(), billing.npi, year_end)]
    taken = answers.check(
        other, "TWICE-3", [answers.pays(other, PAID, "ICN-W")], office.day, plb=kept
    )
    await office.hand_in("adjudication_tracking", taken)
    await office.happened(account, "overpayment_recovered")
    assert await listed(office, "overpayments", account) == []
    (reported,) = await listed(office, "credit-balances", account)
    assert (reported["cents"], reported["returned_cents"], reported["left_cents"]) == (
        8_000,
        8_000,
        0,
    )
    assert (reported["how"], reported["reason_code"], len(reported["patient"])) == (
        "taken back",
        1,
        4,
    )

    # As it was known on the day before: identified, under investigation, nothing sent back.
    _, rows = await office.command(
        "list", "overpayments", "--until", str(day), "--json", "--limit", "5000"
    )
    (was,) = [row for row in rows if row["account"] == account.number]
    assert (was["state"], was["cents"], was["days_left"]) == ("under investigation", 8_000, 240)


async def test_the_audit_holds_with_what_was_paid_twice(office: Office) -> None:
    await office.quiet()
    results = [result async for result in audit(office.stack)]
    assert [f"{r.name}: {r.first or r.unchecked}" for r in results if not r.holds] == []
