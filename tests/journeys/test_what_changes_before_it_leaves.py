"""What changes while a claim waits for its cut-off goes with it, and the payer is billed what the account charges."""

from typing import Any

from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, accepted, left
from tests.journeys.money import Money
from tests.journeys.office import ADMISSION, PHYSICAL, Account, Office

LATE = ("J1885", 4_000)
DEARER = 20_000
ALL_PAID = [(8_000, 2_000), (3_000, 0), (2_500, 0)]


async def captured_late(office: Office, account: Account) -> None:
    """A charge comes with its codes after the others."""
    codes = (*account.charges, LATE)
    charges = [
        {
            "service_on": account.seen_on.isoformat(),
            "procedure": code,
            "units": 1,
            "charge_cents": cents,
            "place_of_service": "11",
            "rendering_npi": office.books.renderers[0],
        }
        for code, cents in codes
    ]
    body = {
        "account": account.number,
        "charges": charges,
        "diagnoses": [{"sequence": 1, "code": "E119"}],
        "pointers": [[1]] * len(charges),
    }
    await office.tell("coding", "/charges", {"accounts": [body]}, at_once=True)


async def corrected(office: Office, account: Account, n: int, **after: Any) -> None:
    """A charge reads differently by now."""
    where = f"/accounts/{account.number}/charges/{account.charge(n)}/correct"
    await office.tell("coding", where, {**after, "reason": "AS DOCUMENTED"}, at_once=True)


async def test_charges_and_a_person_that_change_before_the_cut_off_are_on_the_claim_that_leaves(
    office: Office,
) -> None:
    account = await office.encounter()
    before = await office.submission_shows(account.claim(), "queued")
    assert before["total_cents"] == 15_000
    await captured_late(office, account)
    await corrected(office, account, 1, charge_cents=DEARER)
    body = {"person": account.who | {"last": "Renamed"}, "changed": ["last"], "reason": "MARRIED"}
    where = f"/patients/{account.patient}/demographics"
    await office.tell("registration", where, body, at_once=True)
    await office.quiet()

    sent = await accepted(office, account, "ICN-L")
    total = DEARER + PHYSICAL[1] + LATE[1]
    assert [line.charge_cents for line in sent.claim.lines] == [DEARER, PHYSICAL[1], LATE[1]]
    assert (sent.claim.total_cents, sent.claim.frequency) == (total, "1")
    assert sent.claim.subscriber.party.last == "RENAMED"
    row = await office.claim(account)
    assert (row["charge_cents"], row["first_charge_cents"], row["first_held"]) == (
        total,
        total,
        False,
    )

    check = answers.check(sent, "LATE-1", [answers.pays(sent, ALL_PAID, "ICN-L")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, Money(total, paid=13_500, contractual=total - 15_500, patient=2_000))


async def test_a_claim_whose_charges_do_not_change_leaves_as_it_was_queued(office: Office) -> None:
    account = await office.encounter()
    await office.submission_shows(account.claim(), "queued")
    body = {
        "person": account.who | {"phone": "2175550100"},
        "changed": ["phone"],
        "reason": "CALLED",
    }
    await office.tell("registration", f"/patients/{account.patient}/demographics", body)
    await office.quiet()
    row = await office.submission_shows(account.claim(), "queued")
    assert row["attempt"] == 1
    sent = await accepted(office, account, "ICN-P")
    check = answers.check(sent, "PHONE-1", [answers.pays(sent, PAID, "ICN-P")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)


async def test_what_has_left_is_a_persons_to_send_again(office: Office) -> None:
    account = await office.encounter(charges=(ADMISSION, PHYSICAL))
    _, sent = await left(office, account)
    await corrected(office, account, 1, charge_cents=DEARER)
    await office.quiet()
    row = await office.submission_shows(account.claim(), "submitted")
    assert (row["attempt"], sent.claim.total_cents) == (1, 15_000)
    assert not any(file.has(account.claim()) for file in [*office.new_files()])


async def work(office: Office, account: Account) -> list[Any]:
    """What the work list of held and rejected claims says of this one."""
    rows = await office.listed("submission", "/work-list", limit=2_000)
    return [row for row in rows if row["claim"] == account.claim()]


async def test_a_claim_whose_charges_are_all_voided_ends_and_goes_once_there_are_any(
    office: Office,
) -> None:
    account = await office.encounter()
    await office.submission_shows(account.claim(), "queued")
    for n in (1, 2):
        await corrected(office, account, n, units=0)
    row = await office.submission_shows(account.claim(), "voided")
    assert row["total_cents"] == 0
    assert (await office.claim_is(account, "voided"))["charge_cents"] == 0
    assert await work(office, account) == []
    await office.has(account, Money(0))
    await office.cutoff()
    await office.quiet()
    await office.morning()
    assert not any(file.has(account.claim()) for file in office.new_files())

    await corrected(office, account, 1, units=1)
    sent = await accepted(office, account, "ICN-V")
    assert [line.charge_cents for line in sent.claim.lines] == [ADMISSION[1]]
    row = await office.submission_shows(account.claim(), "accepted")
    assert (row["attempt"], row["frequency"]) == (2, "1")


async def test_a_claim_whose_coverage_is_gone_is_a_persons_to_end(office: Office) -> None:
    account = await office.encounter()
    await office.submission_shows(account.claim(), "queued")
    gone = {"coverages": [], "set_on": office.day.isoformat(), "reason": "NOT COVERED"}
    await office.tell("registration", f"/patients/{account.patient}/coverages", gone)
    await office.submission_shows(account.claim(), "held")
    assert len(await work(office, account)) == 1
    await office.tell(
        "submission", f"/claims/{account.claim()}/void", {"reason": "THE PATIENT PAYS"}
    )
    await office.submission_shows(account.claim(), "voided")
    await office.claim_is(account, "voided")
    assert await work(office, account) == []
    voided = await office.listed("submission", "/voided", limit=2_000)
    assert [row["standing"] for row in voided if row["claim"] == account.claim()] == [[]]
    (step,) = [
        s
        for s in (await office.story(account))["steps"]
        if s["wire"] == "submission.claim_voided.v1"
    ]
    assert (step["facts"]["taken_by"], step["facts"]["reason"]) == ("nobody", "THE PATIENT PAYS")
    assert step["actor"] == "biller:journey"
    await office.has(account, Money(15_000, patient=15_000))
