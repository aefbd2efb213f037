"""A check with a paper EOB, typed at the command line: posted to the cent, in the bank, told apart, and put right."""

import json
from pathlib import Path
from typing import Any

from deploy.auditing.run import audit
from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, UNTOUCHED, accepted
from tests.journeys.money import Money
from tests.journeys.office import Office


def filled(check: dict[str, Any], number: str, office: Office) -> dict[str, Any]:
    """The check as its paper has it: of both lines of its claim something is paid, of the first the patient owes a part."""
    (claim,) = check["claims"]
    for line, (paid, owes) in zip(claim["lines"], PAID, strict=True):
        rest = line["charge_cents"] - paid - owes
        adjustments = [("CO", "45", rest), ("PR", "2", owes)]
        line["paid_cents"] = paid
        line["adjustments"] = [
            {"group": g, "reason": r, "cents": c} for g, r, c in adjustments if c
        ]
    claim["paid_cents"] = sum(paid for paid, _ in PAID)
    return check | {
        "check_number": number,
        "paid_on": office.day.isoformat(),
        "amount_cents": claim["paid_cents"],
    }


async def reported(office: Office, number: str) -> dict[str, Any]:
    """Reporting's row of a check."""
    rows = await office.doors.get("reporting", "/checks", limit=5_000)
    return next(row for row in rows if row["check_number"] == number)


async def test_a_check_on_paper_is_typed_posted_matched_and_put_right(
    office: Office, tmp_path: Path
) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-P")
    file = tmp_path / "check.json"

    def write(check: dict[str, Any]) -> str:
        file.write_text(json.dumps(check))
        return str(file)

    # What is to fill in has everything but what only the paper says.
    _, empty = await office.command("eob", "--for", sent.number.lower())
    (claim,) = empty["claims"]
    assert (empty["payer"], claim["payer_control"], claim["charge_cents"]) == (
        "BLUE",
        "ICN-P",
        15_000,
    )
    assert [line["charge"] for line in claim["lines"]] == [account.charge(1), account.charge(2)]
    assert account.who["last"] not in json.dumps(empty)

    # A slip of the pen is told, and nothing is kept.
    check = filled(empty, "PAPER-1", office)
    code, told = await office.command(
        "eob", write(check | {"amount_cents": 9_500}), "--by", "ann", "--json"
    )
    assert (code, told["became"]) == (1, None)
    assert [mistake["difference_cents"] for mistake in told["mistakes"]] == [-500]
    await office.has(account, UNTOUCHED)

    code, told = await office.command("eob", write(check), "--by", "ann", "--json")
    assert (code, told["became"]["state"], told["notes"]) == (0, "released", [])
    await office.has(account, PAID_MONEY)
    await office.check_is("PAPER-1", posted=9_000)
    steps = (await office.story(account))["steps"]
    (decided,) = [
        step for step in steps if step["wire"] == "adjudication_tracking.claim_adjudicated.v1"
    ]
    assert decided["facts"]["entered_by"] == "ann"
    assert (await reported(office, "PAPER-1"))["entered_by"] == "ann"

    # The bank shows it under the number of the check, as it shows an EFT under its trace.
    deposit = {
        "deposit": "LOCKBOX-1",
        "amount_cents": 9_000,
        "deposited_on": office.day.isoformat(),
        "trace": "PAPER-1",
    }
    await office.tell("posting", "/deposits", {"deposits": [deposit]})

    async def in_the_bank() -> bool:
        return bool((await reported(office, "PAPER-1"))["deposited_cents"] == 9_000)

    await office.until(in_the_bank, "the deposit is matched")

    # Its 835 comes after all: under the payer's trace, which no paper has.
    era = answers.check(sent, "PAPER-1", [answers.pays(sent, PAID, "ICN-P")], office.day)
    await office.hand_in("adjudication_tracking", era)

    async def repeated() -> bool:
        return bool((await reported(office, "PAPER-1"))["repeats"] == 1)

    await office.until(repeated, "the check is known")

    # What was typed into the wrong line is taken back and said again, in a check of no money.
    _, correction = await office.command("eob", write(check), "--correct")
    (first, second) = correction["claims"][1]["lines"]
    first["paid_cents"], second["paid_cents"] = 6_500, 2_500
    first["adjustments"] = [{"group": "CO", "reason": "45", "cents": 3_500}]
    second["adjustments"] = [{"group": "CO", "reason": "45", "cents": 2_500}]
    code, told = await office.command("eob", write(correction), "--by", "ann", "--json")
    assert (code, told["became"]["state"]) == (0, "released")
    await office.has(account, Money(15_000, paid=9_000, contractual=6_000))
    assert "posting_reversed" in await office.steps(account)


async def test_a_check_that_never_was_is_taken_back_by_two_people(
    office: Office, tmp_path: Path
) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-Q")
    file = tmp_path / "check.json"
    _, empty = await office.command("eob", "--for", sent.number)
    file.write_text(json.dumps(filled(empty, "PAPER-2", office)))
    assert (await office.command("eob", str(file), "--by", "ann", "--json"))[0] == 0
    await office.has(account, PAID_MONEY)

    _, back = await office.command("eob", str(file), "--correct")
    taken_back = back | {"claims": back["claims"][:1], "amount_cents": -9_000}
    file.write_text(json.dumps(taken_back))
    code, told = await office.command("eob", str(file), "--by", "ann", "--json")
    assert (code, [m["sentence"] for m in told["mistakes"]]) == (
        1,
        ["the check's amount is negative"],
    )
    file.write_text(json.dumps(taken_back | {"as_it_stands": True}))
    code, told = await office.command("eob", str(file), "--by", "ann", "--json")
    assert (code, told["became"]["state"]) == (1, "refused")
    await office.has(account, PAID_MONEY)

    release = {"by": "lead", "reason": "typed into the wrong office's list"}
    await office.tell(
        "adjudication_tracking", f"/remittances/{told['remittance']}/release", release
    )
    await office.has(account, UNTOUCHED)
    rows = await office.listed("reporting", "/not-in-the-bank", limit=5_000)
    assert (
        sum(row["amount_cents"] for row in rows if row["check_number"].startswith("PAPER-2")) == 0
    )


async def test_the_audit_holds_with_checks_on_paper(office: Office) -> None:
    await office.quiet()
    results = [result async for result in audit(office.stack)]
    assert [f"{r.name}: {r.first or r.unchecked}" for r in results if not r.holds] == []
