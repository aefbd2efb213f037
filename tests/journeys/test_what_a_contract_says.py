"""A payer's contract becomes known; what it allows under it is work, which a person settles or the payer puts right."""

from pathlib import Path
from typing import Any

from deploy.auditing.run import audit
from deploy.what_if import what_if
from tests.journeys import answers
from tests.journeys.lives import LESS, PAID, PAID_MONEY, accepted
from tests.journeys.money import Money
from tests.journeys.office import ADMISSION, PHYSICAL, Account, Office

PAYER = "MADV"
LESS_MONEY = Money(15_000, paid=8_000, contractual=6_000, patient=1_000)


async def underpaid(office: Office, account: Account) -> list[tuple[str, int, int, int]]:
    """The account's rows of the work list, as the command gives them."""
    _, rows = await office.command("list", "underpaid", "--json", "--limit", "5000")
    own = [row for row in rows if row["account"] == account.number]
    return [
        (row["standing"], row["line"], row["expected_cents"], row["variance_cents"]) for row in own
    ]


async def test_what_is_allowed_under_a_contract_is_told_settled_and_put_right(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "contract.csv"
    words = (
        "--payer",
        PAYER,
        "--name",
        "CLINIC",
        "--version",
        "1",
        "--from",
        "2026-01-01",
        "--facility",
        "FAC2",
        "--json",
    )

    # A schedule with a slip of the pen is told by row and column, and is none.
    file.write_text(f"procedure,allowed_cents\n{ADMISSION[0]},70.00\n{PHYSICAL[0]},3000\n")
    code, told = await office.command("fees", "publish", str(file), *words)
    assert (code, told["published"], [(m["row"], m["column"]) for m in told["mistakes"]]) == (
        1,
        False,
        [(2, "allowed_cents")],
    )
    file.write_text(f"procedure,allowed_cents\n{ADMISSION[0]},7000\n{PHYSICAL[0]},3000\n")
    code, told = await office.command("fees", "publish", str(file), *words)
    assert (code, told["published"], told["mistakes"]) == (0, True, [])
    await office.quiet()

    account = await office.encounter(PAYER, facility="FAC2")
    sent = await accepted(office, account, "ICN-U")
    elsewhere = await office.encounter(PAYER, facility="FAC3")
    other = await accepted(office, elsewhere, "ICN-V")
    claims = [
        answers.pays(one, LESS, control) for one, control in ((sent, "ICN-U"), (other, "ICN-V"))
    ]
    await office.hand_in(
        "adjudication_tracking", answers.check(sent, "UNDER-1", claims, office.day)
    )
    await office.has(account, LESS_MONEY)
    await office.has(elsewhere, LESS_MONEY)
    await office.happened(account, "underpayment_found", 2)
    assert await underpaid(office, account) == [("under", 1, 7_000, 500), ("under", 2, 3_000, 500)]
    assert await underpaid(office, elsewhere) == []

    # One line a person lets go; the other the payer puts right, and the money follows what it decided.
    decision = await _decision(office, account)
    settle = (
        "fees",
        "settle",
        account.number,
        decision,
        "--line",
        "2",
        "--reason",
        "as amended",
        "--by",
        "lead",
        "--json",
    )
    assert await office.command(*settle) == (0, {"settled": 1})
    await office.happened(account, "underpayment_settled")
    assert [row[1] for row in await underpaid(office, account)] == [1]

    back = [answers.takes_back(claims[0]), answers.pays(sent, PAID, "ICN-U2")]
    await office.hand_in("adjudication_tracking", answers.check(sent, "UNDER-2", back, office.day))
    await office.has(account, PAID_MONEY)
    await office.happened(account, "underpayment_settled", 2)
    assert await underpaid(office, account) == []
    steps = (await office.story(account))["steps"]
    ended = [s["facts"]["outcome"] for s in steps if s["wire"] == "posting.underpayment_settled.v1"]
    assert sorted(ended) == ["reversed", "settled"]

    _, sums = await office.command("list", "underpaid-by-schedule", "--json")
    (row,) = [row for row in sums if (row["payer"], row["schedule"]) == (PAYER, "CLINIC")]
    assert (row["standing"], row["lines"], row["variance_cents"], row["open_lines"]) == (
        "under",
        1,
        500,
        0,
    )


async def _decision(office: Office, account: Account) -> str:
    _, rows = await office.command("list", "underpaid", "--json", "--limit", "5000")
    found: set[str] = {row["adjudication"] for row in rows if row["account"] == account.number}
    (decision,) = found
    return decision


def _quiet(_partitions: int, _records: int) -> None:
    return None


async def test_the_audit_holds_and_the_same_is_decided_again(office: Office) -> None:
    await office.quiet()
    results = [result async for result in audit(office.stack)]
    assert [f"{r.name}: {r.first or r.unchecked}" for r in results if not r.holds] == []
    questions: dict[str, dict[str, Any]] = {"/figures": {}}
    found = await what_if(office.stack, (), None, questions, _quiet)
    assert (found.code.different, found.stuck) == (0, set())
    figures = [
        f for f in found.would_be["/figures"] if f["figure"] == "lines allowed under their contract"
    ]
    assert sum(f["items"] for f in figures if f["payer"] == PAYER) == 1
