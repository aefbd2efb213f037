"""Lives of claims from the encounter to the last cent, through the doors only: each test is one life."""

from tests.journeys import answers
from tests.journeys.lives import LESS, PAID, PAID_MONEY, UNTOUCHED, accepted, left, paid
from tests.journeys.money import Money
from tests.journeys.office import Office


async def test_a_clean_claim_is_paid(office: Office) -> None:
    account = await office.encounter()
    file, sent = await left(office, account)
    assert sent.claim.total_cents == 15_000
    assert [x.line_control for x in sent.claim.lines] == [account.charge(1), account.charge(2)]
    await office.hand_in("submission", answers.accepts(file, office.day))
    await office.hand_in("adjudication_tracking", answers.takes(sent, "ICN-A", office.day))
    await office.claim_is(account, "accepted")

    check = answers.check(sent, "LIFE-A", [answers.pays(sent, PAID, "ICN-A")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    await office.check_is("LIFE-A", posted=9_000)
    steps = await office.steps(account)
    life = ("account_opened", "charges_captured", "claim_created", "claim_submitted")
    life += ("claim_acknowledged", "claim_adjudicated", "payment_posted", "responsibility_moved")
    assert [step for step in steps if step in life] == list(life)


async def test_a_claim_that_the_payer_rejects_is_mended_and_paid_as_an_original(
    office: Office,
) -> None:
    account = await office.encounter()
    file, sent = await left(office, account)
    await office.hand_in("submission", answers.accepts(file, office.day))
    await office.hand_in("adjudication_tracking", answers.rejects(sent, office.day))
    await office.claim_is(account, "rejected")
    await office.has(account, UNTOUCHED)
    assert "denial_opened" not in await office.steps(account), "rejected is not denied"

    await office.cover_anew(account)
    await office.tell("submission", f"/claims/{sent.number}/resubmit", {"note": ""})
    again = await accepted(office, account, "ICN-B")
    assert (again.claim.frequency, again.claim.payer_control) == ("1", "")
    assert again.claim.subscriber.member_id != sent.claim.subscriber.member_id
    check = answers.check(again, "LIFE-B", [answers.pays(again, PAID, "ICN-B")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)


async def test_a_set_that_a_999_refuses_goes_again_without_the_offender(office: Office) -> None:
    accounts = [await office.encounter() for _ in range(3)]
    files = await office.send(*(a.claim() for a in accounts))
    # Two lanes and three claims: two of them share a file.
    file = next(f for f in files if len([a for a in accounts if f.has(a.claim())]) >= 2)
    together = [a for a in accounts if file.has(a.claim())]
    offender, others = together[0], together[1:]
    sent = answers.claim_in([file], offender.claim())
    assert {answers.claim_in([file], a.claim()).st02 for a in together} == {sent.st02}
    await office.hand_in("submission", answers.refuses_set(file, sent, office.day))
    held = await office.submission_shows(offender.claim(), "held")
    assert held["reasons"]

    again = await office.send(*(a.claim() for a in others))
    second = answers.file_with(again, others[0].claim())
    assert second.isa13 != file.isa13
    assert not any(f.has(offender.claim()) for f in again)
    for n, account in enumerate(others):
        resent = answers.claim_in(again, account.claim())
        trace = f"LIFE-C{n}"
        check = answers.check(resent, trace, [answers.pays(resent, PAID, trace)], office.day)
        await office.hand_in("adjudication_tracking", check)
        await office.has(account, PAID_MONEY)

    await office.cover_anew(offender)
    await office.tell("submission", f"/claims/{offender.claim()}/resubmit", {"note": ""})
    await paid(office, offender, "ICN-C", "LIFE-C")


async def test_a_file_that_a_ta1_refuses_goes_again_under_new_control_numbers(
    office: Office,
) -> None:
    account = await office.encounter()
    file, _ = await left(office, account)
    await office.hand_in("submission", answers.refuses_file(file, office.day))
    second, again = await left(office, account)
    assert (second.isa13, second.gs06) != (file.isa13, file.gs06)
    assert again.claim.frequency == "1"
    check = answers.check(again, "LIFE-CC", [answers.pays(again, PAID, "ICN-CC")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)


async def test_a_denied_claim_is_corrected_as_a_replacement_and_paid(office: Office) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-D")
    denied = answers.check(sent, "LIFE-D1", [answers.denies(sent, "ICN-D")], office.day)
    await office.hand_in("adjudication_tracking", denied)
    await office.has(account, Money(15_000, denied=15_000))
    await office.happened(account, "denial_opened", 2)
    denials = await office.listed("denial", "/denials", account=account.number)
    assert {(d["carc"], tuple(d["rarcs"])) for d in denials} == {("16", ("MA27",))}

    note = {"note": "THE SUBSCRIBER IS NAMED"}
    await office.tell("denial", f"/denials/{denials[0]['denial']}/correct", note)
    again = await accepted(office, account, "ICN-D7")
    assert (again.claim.frequency, again.claim.payer_control) == ("7", "ICN-D")
    check = answers.check(again, "LIFE-D2", [answers.pays(again, PAID, "ICN-D7")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    await office.happened(account, "denial_resolved", 2)
    ended = await office.listed("denial", "/denials", account=account.number, state="resolved")
    assert sorted((d["outcome"], d["outcome_cents"]) for d in ended) == [
        ("paid", 3_000),
        ("paid", 6_000),
    ]


async def test_a_payment_is_reversed_and_corrected(office: Office) -> None:
    account = await office.encounter()
    first = await paid(office, account, "ICN-E", "LIFE-E1")
    other = await office.encounter()
    second = await accepted(office, other, "ICN-EE")
    claims = [
        answers.takes_back(answers.pays(first, PAID, "ICN-E")),
        answers.pays(first, LESS, "ICN-EC"),
        answers.pays(second, PAID, "ICN-EE"),
    ]
    await office.hand_in(
        "adjudication_tracking", answers.check(second, "LIFE-E2", claims, office.day)
    )
    await office.check_is("LIFE-E2", posted=8_000)
    await office.has(account, Money(15_000, paid=8_000, contractual=6_000, patient=1_000))
    await office.has(other, PAID_MONEY)
    assert "posting_reversed" in await office.steps(account)


async def test_what_the_first_payer_leaves_goes_to_the_second_and_then_to_the_patient(
    office: Office,
) -> None:
    account = await office.encounter("BLUE", then="COMM")
    sent = await accepted(office, account, "ICN-F1")
    check = answers.check(sent, "LIFE-F1", [answers.pays(sent, PAID, "ICN-F1")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, Money(15_000, paid=9_000, contractual=5_000, next_payer=1_000))

    second = await accepted(office, account, "ICN-F2", order=2)
    (before,) = [p for p in second.claim.prior if p.paid_cents is not None]
    assert (before.paid_cents, before.payer_control) == (9_000, "ICN-F1")
    claim = answers.pays_after(second, [(800, 200), (0, 0)], "ICN-F2")
    await office.hand_in(
        "adjudication_tracking", answers.check(second, "LIFE-F2", [claim], office.day)
    )
    await office.has(account, Money(15_000, paid=9_800, contractual=5_000, patient=200))

    payment = {
        "payment": f"LIFE-F-{account.number}",
        "account": account.number,
        "tender": "card",
        "amount_cents": 200,
        "received_on": office.day.isoformat(),
    }
    await office.tell("posting", "/patient-payments", {"payments": [payment]})
    await office.has(account, Money(15_000, paid=9_800, contractual=5_000, patient_paid=200))


async def test_an_835_that_does_not_balance_posts_nothing_until_it_is_mended(
    office: Office,
) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-G")
    claims = [answers.pays(sent, PAID, "ICN-G")]
    wrong = answers.check(sent, "LIFE-G", claims, office.day, off_by=100)
    await office.hand_in("adjudication_tracking", wrong)

    async def refused() -> bool:
        rows = await office.doors.get("adjudication_tracking", "/remittances", state="refused")
        return any(row["check_number"] == "LIFE-G" for row in rows)

    await office.until(refused, "the check is refused")
    await office.has(account, UNTOUCHED)
    mended = answers.check(sent, "LIFE-G", claims, office.day)
    await office.hand_in("adjudication_tracking", mended)
    await office.has(account, PAID_MONEY)
    await office.check_is("LIFE-G", posted=9_000)


async def test_the_same_835_twice_posts_once(office: Office) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-H")
    claims = [answers.pays(sent, PAID, "ICN-H")]
    check = answers.check(sent, "LIFE-H", claims, office.day)
    assert not (await office.hand_in("adjudication_tracking", check))["again"]
    await office.has(account, PAID_MONEY)
    assert (await office.hand_in("adjudication_tracking", check))["again"]
    # The same payment in another interchange is another file, and still the same money.
    await office.hand_in("adjudication_tracking", answers.check(sent, "LIFE-H", claims, office.day))
    later = await office.encounter()
    await paid(office, later, "ICN-HH", "LIFE-HH")
    await office.has(account, PAID_MONEY)
    await office.check_is("LIFE-H", posted=9_000)
    assert (await office.steps(account)).count("payment_posted") == 1


async def test_an_835_may_come_before_the_277ca(office: Office) -> None:
    account = await office.encounter()
    file, sent = await left(office, account)
    await office.hand_in("submission", answers.accepts(file, office.day))
    check = answers.check(sent, "LIFE-I", [answers.pays(sent, PAID, "ICN-I")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    await office.hand_in("adjudication_tracking", answers.takes(sent, "ICN-I", office.day))
    await office.happened(account, "claim_acknowledged")
    await office.has(account, PAID_MONEY)
    status = await office.ask("adjudication_tracking", f"/claims/{sent.number}")
    assert status["state"] == "settled", "what comes late rewinds nothing"


async def test_a_payment_without_lines_stays_at_the_claim(office: Office) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-J")
    claim = answers.pays_claim_level(sent, 9_000, 1_000, "ICN-J")
    await office.hand_in(
        "adjudication_tracking", answers.check(sent, "LIFE-J", [claim], office.day)
    )
    await office.has(account, PAID_MONEY)
    await office.check_is("LIFE-J", posted=9_000)
    rows = (await office.ask("posting", f"/accounts/{account.number}"))["charges"]
    by_charge = {row["charge"]: row["insurance_paid_cents"] for row in rows}
    assert by_charge == {"": 9_000, account.charge(1): 0, account.charge(2): 0}
