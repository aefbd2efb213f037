"""A patient owes a part of a claim: statements, a dispute, a plan, an agency, and money that ends it; nothing of it moves a cent by itself."""

import json
from pathlib import Path
from typing import Any

from deploy.auditing.run import audit
from tests.journeys.lives import PAID_MONEY, paid
from tests.journeys.office import Account, Office

OWED = 1_000
WHY = ("--reason", "by phone", "--by", "desk", "--json")


async def balance(office: Office, account: Account) -> dict[str, Any]:
    """What the patient owes there, as posting tells it."""
    found: dict[str, Any] = await office.ask(
        "posting", f"/accounts/{account.number}/patient-balance"
    )
    return found


async def statements(office: Office, account: Account) -> list[dict[str, Any]]:
    """Its statements, the newest first."""
    return await office.listed("posting", "/statements", account=account.number)


async def asked(office: Office, account: Account, times: int) -> dict[str, Any]:
    """Wait for so many statements; the newest."""

    async def so() -> bool:
        return len(await statements(office, account)) >= times

    await office.until(so, f"{times} statements are issued")
    return (await statements(office, account))[0]


async def done(office: Office, *words: str) -> str:
    """What a command did, which changed something."""
    code, said = await office.command(*words, *WHY)
    assert (code, said.get("changed")) == (0, True), words
    return str(said["done"])


async def test_a_patient_is_asked_disputes_agrees_on_a_plan_and_pays(
    office: Office, tmp_path: Path
) -> None:
    account = await office.encounter("COMM")
    await paid(office, account, "ICN-ASKED", "ASKED-1")
    await office.morning()
    first = await asked(office, account, 1)
    assert (first["asked_cents"], first["notice"], first["final"]) == (OWED, 1, False)

    # A page for the window of an envelope, and the same bytes again.
    where = (
        "statements",
        "print",
        "--statement",
        first["statement"],
        "--into",
        str(tmp_path / "out"),
        "--json",
    )
    code, printed = await office.command(*where)
    assert (code, printed["printed"], printed["written"]) == (0, 1, printed["files"])
    page = (tmp_path / "out" / f"{first['statement']}.html").read_text()
    assert account.who["last"] in page and "$10.00" in page
    assert (await office.command(*where))[1]["written"] == 0

    # Nothing is asked for what is disputed.
    assert await done(office, "statements", "dispute", account.number, "D-1") == "disputed"
    code, _ = await office.command("agency", "place", account.number, "AGENCY", *WHY)
    assert code == 1
    assert (await balance(office, account))["dispute"] == "D-1"
    answer = ("statements", "answer", account.number, "D-1", "--outcome", "stands")
    assert await done(office, *answer) == "answered"

    # A plan: two instalments; a statement now asks for what is due of them.
    first_due = str(office.day)
    words = (
        "plans",
        "agree",
        account.number,
        "P-1",
        "--monthly-cents",
        "600",
        "--first",
        first_due,
    )
    assert await done(office, *words) == "agreed"
    code, _ = await office.command("statements", "issue", account.number, "--json")
    second = await asked(office, account, 2)
    assert (second["on_demand"], second["plan"], second["instalments_cents"]) == (True, "P-1", 600)

    # All of it is paid: the plan is kept the morning after, and nothing is owed.
    payment = {
        "payment": f"ASKED-{account.number}",
        "tender": "card",
        "amount_cents": OWED,
        "received_on": first_due,
        "account": account.number,
    }
    await office.tell("posting", "/patient-payments", {"payments": [payment]})
    await office.happened(account, "patient_payment_applied")
    await office.quiet()
    assert (await balance(office, account))["owed_cents"] == 0
    await office.morning()
    await office.happened(account, "payment_plan_ended")
    _, listed = await office.command("plans", "list", "--all", "--limit", "5000", "--json")
    (plan,) = [row for row in listed if account.number in row["accounts"]]
    assert (plan["state"], plan["left_cents"], plan["came_cents"]) == ("kept", 0, OWED)
    assert plan["cents"] == PAID_MONEY.patient

    # Its story tells every step.
    _, story = await office.command("story", account.number, "--json")
    told = [step["wire"].split(".")[1] for step in story["steps"]]
    for step in (
        "statement_issued",
        "balance_disputed",
        "dispute_answered",
        "payment_plan_agreed",
        "payment_plan_ended",
    ):
        assert step in told, json.dumps(told)


async def test_the_audit_holds_with_what_was_asked(office: Office) -> None:
    await office.quiet()
    results = [result async for result in audit(office.stack)]
    assert [f"{r.name}: {r.first or r.unchecked}" for r in results if not r.holds] == []
