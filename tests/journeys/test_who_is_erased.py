"""A person is erased at a person's word: not under a legal hold, not while money is open; the money stays to the cent."""

from deploy.auditing.run import audit
from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, accepted
from tests.journeys.money import Money
from tests.journeys.office import Account, Office

MATTER = "M-2026-7"
WHY = ("--reason", "THE CLIENT LEFT")


async def erase(office: Office, account: Account) -> tuple[int, dict[str, object]]:
    """What the command answers."""
    return await office.command("erase", "person", account.number, *WHY, "--yes", "--json")


async def test_a_person_is_erased_and_the_money_stays(office: Office) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-E")
    check = answers.check(sent, "ERASED-1", [answers.pays(sent, PAID, "ICN-E")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)

    # The patient owes something: the person stays.
    code, told = await erase(office, account)
    assert (code, told["state"], told["unsettled"]) == (1, "refused", [account.number])
    payment = {
        "payment": f"PAY-{account.number}",
        "account": account.number,
        "tender": "card",
        "amount_cents": 1_000,
        "received_on": office.day.isoformat(),
    }
    await office.tell("posting", "/patient-payments", {"payments": [payment]})
    settled = Money(15_000, paid=9_000, contractual=5_000, patient_paid=1_000)
    await office.has(account, settled)

    hold = ("legal-hold", "place", MATTER, "--account", account.number, *WHY, "--json")
    assert (await office.command(*hold))[1]["placed"]
    await office.quiet()
    code, _ = await erase(office, account)
    assert code == 1
    lift = ("legal-hold", "lift", MATTER, *WHY, "--json")
    assert (await office.command(*lift))[1]["lifted"]
    await office.quiet()

    code, told = await erase(office, account)
    assert (code, told["state"]) == (0, "destroyed")
    _, story = await office.command("story", account.number, "--json")
    assert story["patient"] == "[erased]"
    assert story["steps"][-1]["wire"] == "registration.person_erased.v1"
    await office.has(account, settled)
    async for result in audit(office.stack, replay=False):
        assert result.holds, result
