"""What only a person sets going: a void of what a payer has, and the bill for a crossover that nobody answered."""

from typing import Any

from tests.journeys import answers
from tests.journeys.answers import SentClaim
from tests.journeys.lives import PAID, PAID_MONEY, UNTOUCHED, accepted, left, paid
from tests.journeys.money import Money
from tests.journeys.office import Account, Office
from tests.journeys.test_what_changes_before_it_leaves import corrected

WHY = {"reason": "BILLED FOR THE WRONG PERSON"}


async def void(office: Office, account: Account) -> SentClaim:
    """A person voids the claim, and the void leaves with today's cut-off."""
    await office.tell("submission", f"/claims/{account.claim()}/void", WHY)
    _, sent = await left(office, account)
    return sent


async def voided(office: Office, account: Account) -> list[Any]:
    """What the list of voided claims says is still to be taken back of this one."""
    rows = await office.listed("submission", "/voided", limit=2_000)
    (row,) = [r for r in rows if r["claim"] == account.claim()]
    standing: list[Any] = row["standing"]
    return standing


async def test_a_void_that_the_payer_takes_has_its_money_taken_back_and_goes_anew(
    office: Office,
) -> None:
    account = await office.encounter()
    first = await paid(office, account, "ICN-V", "VOID-1")
    sent = await void(office, account)
    assert (sent.claim.frequency, sent.claim.payer_control) == ("8", "ICN-V")
    await office.has(account, PAID_MONEY)

    await office.hand_in("adjudication_tracking", answers.takes(sent, "ICN-V8", office.day))
    await office.submission_shows(account.claim(), "voided")
    await office.claim_is(account, "voided")
    assert len(await voided(office, account)) == 1, "the payer has not taken its money back yet"
    await office.has(account, PAID_MONEY)

    other = await office.encounter()
    another = await accepted(office, other, "ICN-VV")
    claims = [
        answers.takes_back(answers.pays(first, PAID, "ICN-V")),
        answers.pays(another, PAID, "ICN-VV"),
    ]
    await office.hand_in(
        "adjudication_tracking", answers.check(another, "VOID-2", claims, office.day)
    )
    await office.has(account, UNTOUCHED)
    await office.check_is("VOID-2", posted=0)
    assert await voided(office, account) == []

    await office.tell("submission", f"/claims/{account.claim()}/resubmit", {"note": ""})
    again = await accepted(office, account, "ICN-VN")
    assert (again.claim.frequency, again.claim.payer_control) == ("1", "")
    check = answers.check(again, "VOID-3", [answers.pays(again, PAID, "ICN-VN")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    await office.claim_is(account, "paid")


async def test_a_void_that_the_payer_rejects_moves_no_cent_and_is_sent_again_or_withdrawn(
    office: Office,
) -> None:
    account = await office.encounter()
    await paid(office, account, "ICN-W", "VOID-4")
    sent = await void(office, account)
    await office.hand_in("adjudication_tracking", answers.rejects(sent, office.day))
    await office.submission_shows(account.claim(), "rejected")
    await office.claim_is(account, "rejected")
    await office.has(account, PAID_MONEY)

    await office.tell("submission", f"/claims/{account.claim()}/resubmit", {"note": ""})
    _, again = await left(office, account)
    assert (again.claim.frequency, again.claim.payer_control) == ("8", "ICN-W")
    await office.hand_in("adjudication_tracking", answers.rejects(again, office.day))
    await office.submission_shows(account.claim(), "rejected")

    await office.tell("submission", f"/claims/{account.claim()}/void/withdraw", WHY)
    row = await office.submission_shows(account.claim(), "adjudicated")
    assert (row["frequency"], row["reasons"]) == ("1", [])
    assert (await office.claim_is(account, "paid"))["frequency"] == "1"
    await office.has(account, PAID_MONEY)
    steps = await office.steps(account)
    assert steps.count("claim_rejected") == 2 and "claim_voided" not in steps


async def test_a_crossover_that_nobody_answers_is_billed_by_a_person_once(office: Office) -> None:
    account = await office.encounter("MADV", then="COMM")
    sent = await accepted(office, account, "ICN-X1")
    forwarding = answers.pays(sent, PAID, "ICN-X1", status="19")
    forwarding.crossover_name = "SYNTHETIC COMMERCIAL"
    check = answers.check(sent, "CROSS-1", [forwarding], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.claim_is(account, "forwarded", order=2)
    waits = Money(15_000, paid=9_000, contractual=5_000, next_payer=1_000)
    await office.has(account, waits)

    why = {"reason": "THE SECOND PAYER KNOWS NOTHING OF IT"}
    await office.tell("submission", f"/claims/{account.claim(2)}/bill", why)
    again = await office.tell("submission", f"/claims/{account.claim(2)}/bill", why)
    assert again["said"] == [], "it is billed once"
    second = await accepted(office, account, "ICN-X2", order=2)
    (before,) = [p for p in second.claim.prior if p.paid_cents is not None]
    assert (before.paid_cents, before.payer_control) == (9_000, "ICN-X1")
    await office.has(account, waits)
    claim = answers.pays_after(second, [(800, 200), (0, 0)], "ICN-X2")
    await office.hand_in(
        "adjudication_tracking", answers.check(second, "CROSS-2", [claim], office.day)
    )
    await office.has(account, Money(15_000, paid=9_800, contractual=5_000, patient=200))


async def test_a_claim_of_which_no_charge_is_left_is_voided_with_what_its_payer_has(
    office: Office,
) -> None:
    account = await office.encounter()
    first = await paid(office, account, "ICN-Z", "VOID-5")
    for n in (1, 2):
        await corrected(office, account, n, units=0)
    (row,) = [
        r
        for r in await office.listed("reporting", "/changed-charges", limit=2_000)
        if r["claim"] == account.claim()
    ]
    assert row["next_step"].startswith("no charge is left: void it")
    sent = await void(office, account)
    assert (sent.claim.frequency, sent.claim.payer_control) == ("8", "ICN-Z")
    assert [line.charge_cents for line in sent.claim.lines] == [
        line.charge_cents for line in first.claim.lines
    ]
    await office.hand_in("adjudication_tracking", answers.takes(sent, "ICN-Z8", office.day))
    await office.submission_shows(account.claim(), "voided")
    other = await accepted(office, await office.encounter(), "ICN-ZZ")
    claims = [
        answers.takes_back(answers.pays(first, PAID, "ICN-Z")),
        answers.pays(other, PAID, "ICN-ZZ"),
    ]
    check = answers.check(other, "VOID-6", claims, office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, Money(0))
    assert await voided(office, account) == []


async def test_a_payer_that_takes_no_voids_is_told_by_letter_and_the_correction_that_is_held_ends(
    office: Office,
) -> None:
    account = await office.encounter("COMM")
    sent = await accepted(office, account, "ICN-N")
    check = answers.check(sent, "VOID-7", [answers.denies(sent, "ICN-N")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.happened(account, "denial_opened", 2)
    (denial, _) = await office.doors.get("denial", "/denials", account=account.number)
    await office.tell("denial", f"/denials/{denial['denial']}/correct", {"note": "AS ASKED"})
    await office.submission_shows(account.claim(), "queued")
    for n in (1, 2):
        await corrected(office, account, n, units=0)
    await office.submission_shows(account.claim(), "held")

    told = WHY | {"told": "letter", "reference": "L-17"}
    await office.tell("submission", f"/claims/{account.claim()}/void", told)
    await office.claim_is(account, "voided")
    assert len(await voided(office, account)) == 1
    await office.happened(account, "correction_declined")
    await office.quiet()
    await office.has(account, Money(0))
    assert await office.doors.get("denial", "/denials", account=account.number) == []
    rows = await office.doors.get("reporting", "/changed-charges", limit=2_000)
    assert account.claim() not in [row["claim"] for row in rows]
