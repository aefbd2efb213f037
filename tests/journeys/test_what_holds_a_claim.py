"""What holds a claim before it leaves, where a person finds it, and how it goes on."""

from datetime import timedelta

from tests.journeys import answers
from tests.journeys.lives import accepted
from tests.journeys.money import Money
from tests.journeys.office import Account, Office


async def held(office: Office, account: Account) -> list[str]:
    """The rules that hold the claim, as the work list shows them."""
    await office.submission_shows(account.claim(), "held")
    rows = await office.listed("submission", "/work-list", limit=2_000)
    (row,) = [r for r in rows if r["claim"] == account.claim()]
    return [reason["rule"] for reason in row["reasons"]]


async def asked(office: Office, account: Account, times: int = 1) -> None:
    """The day's inquiries leave, this account's among them."""
    await office.cutoff()
    await office.happened(account, "inquiry_sent", times)
    await office.morning()


async def test_an_inactive_coverage_holds_the_claim_until_another_is_found_active(
    office: Office,
) -> None:
    account = await office.register()
    await asked(office, account)
    inquiry = answers.inquiry_in(office.new_files(), account.number)
    inactive = answers.eligible(inquiry, office.day, active=False)
    await office.hand_in("eligibility", inactive)
    await office.eligibility_shows(account, "inactive")
    await office.happened(account, "benefits_confirmed")
    await office.charge(account)
    assert await held(office, account) == ["ELIGIBILITY"]

    await office.cover_anew(account)
    await asked(office, account, 2)
    again = answers.inquiry_in(office.new_files(), account.number)
    assert again.member_id != inquiry.member_id
    await office.hand_in("eligibility", answers.eligible(again, office.day))
    await office.submission_shows(account.claim(), "queued")
    (sent,) = [
        c
        for f in await office.send(account.claim())
        for c in f.claims
        if c.number == account.claim()
    ]
    assert sent.claim.subscriber.member_id == again.member_id


async def test_a_payer_that_refuses_the_inquiry_shows_on_eligibilitys_work_list(
    office: Office,
) -> None:
    account = await office.register()
    await asked(office, account)
    inquiry = answers.inquiry_in(office.new_files(), account.number)
    await office.hand_in("eligibility", answers.eligible(inquiry, office.day, aaa="75"))
    await office.eligibility_shows(account, "rejected")
    rows = await office.listed("eligibility", "/work-list", limit=5_000)
    assert [r["reason"] for r in rows if r["account"] == account.number] == ["75"]


async def test_a_claim_that_fails_an_edit_waits_on_the_work_list_and_goes_when_it_is_mended(
    office: Office,
) -> None:
    tomorrow = office.day + timedelta(days=1)
    account = await office.encounter(covered_from=tomorrow.isoformat())
    assert await held(office, account) == ["COVERAGE-DATES"]
    await office.has(account, Money(15_000, open=15_000))
    await office.cover_anew(account)
    files = await office.send(account.claim())
    assert answers.claim_in(files, account.claim())


async def test_a_code_that_is_not_in_force_waits_for_a_coder(office: Office) -> None:
    account = await office.encounter(diagnosis="Z9999X")
    rows = await office.listed("coding", "/work-list", limit=5_000)
    (row,) = [r for r in rows if r["account"] == account.number]
    assert [f["rule"] for f in row["failures"]] == ["NOT-IN-FORCE"]
    await office.has(account, Money(15_000, open=15_000))
    lines = {account.charge(1): [1], account.charge(2): [1]}
    body = {"diagnoses": [{"sequence": 1, "code": "E119"}], "lines": lines}
    await office.tell("coding", f"/accounts/{account.number}/codes", body)
    assert answers.claim_in(await office.send(account.claim()), account.claim())


async def test_a_claim_to_a_payer_that_does_not_know_us_goes_on_the_morning_after_enrolment(
    office: Office,
) -> None:
    enrolment = {
        "legal_entity": "GROUP-B",
        "payer": "MADV",
        "transaction": "837P",
        "effective_from": "2020-01-01",
    }
    await office.tell("reference", "/enrolments", enrolment | {"enrolled": False})
    await office.morning()
    account = await office.encounter("MADV", facility="FAC4")
    assert await held(office, account) == ["ENROLMENT"]
    await office.tell("reference", "/enrolments", enrolment | {"enrolled": True})
    await office.morning()
    assert answers.claim_in(await office.send(account.claim()), account.claim())


async def test_a_pair_of_procedures_waits_for_a_coder_before_and_after_it_is_coded(
    office: Office,
) -> None:
    await office.books.publish_edits(office.doors)
    await office.morning()
    charges = (("G0446", 4_100), ("G0447", 4_800))
    account = await office.encounter("MEDB", charges=charges)
    rows = await office.listed("coding", "/work-list", limit=5_000)
    (row,) = [r for r in rows if r["account"] == account.number]
    assert [(f["rule"], f["field"]) for f in row["failures"]] == [
        ("PTP-MODIFIER", account.charge(2))
    ]
    assert (await office.story(account))["claims"] == []

    correct = f"/accounts/{account.number}/charges/{account.charge(2)}/correct"
    parted = {"modifiers": ["XU"], "reason": "a service of its own"}
    await office.tell("coding", correct, parted)
    await office.submission_shows(account.claim(), "queued")
    await office.tell("coding", correct, {"modifiers": [], "reason": "it was none"})
    assert await held(office, account) == ["CODING-HELD"]
    await office.tell("coding", correct, {"units": 0, "reason": "it is a part of the other"})
    sent = answers.claim_in(await office.send(account.claim()), account.claim())
    assert [line.procedure for line in sent.claim.lines] == ["G0446"]
    await office.has(account, Money(4_100, open=4_100))


async def test_a_denials_correction_that_makes_a_pair_does_not_go_until_it_says_why(
    office: Office,
) -> None:
    await office.books.publish_edits(office.doors)
    await office.morning()
    account = await office.encounter("MADV", charges=(("G0446", 4_100), ("G0438", 15_000)))
    sent = await accepted(office, account, "ICN-P")
    check = answers.check(sent, "PAIR-1", [answers.denies(sent, "ICN-P")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.happened(account, "denial_opened", 2)
    denials = await office.doors.get("denial", "/denials", account=account.number)
    correct = f"/denials/{denials[0]['denial']}/correct"
    charged = await office.doors.get("coding", f"/accounts/{account.number}")
    line = charged["charges"][account.charge(2)]
    kept = ("charge", "service_on", "units", "charge_cents", "place_of_service", "rendering_npi")
    changed = {name: line[name] for name in kept} | {"procedure": "G0447"}
    await office.tell("denial", correct, {"charges": [changed]})
    await office.happened(account, "correction_declined")
    rows = await office.doors.get("denial", "/denials", account=account.number, state="open")
    assert len(rows) == 2
    assert "G0447 is part of G0446" in rows[0]["next_action"]
    assert (await office.claim_is(account, "denied"))["attempt"] == 1

    own = changed | {"modifiers": ["XU"], "support": "another hour, as the note says"}
    await office.tell("denial", correct, {"charges": [own]})
    again = await accepted(office, account, "ICN-P7")
    assert (again.claim.frequency, again.claim.payer_control) == ("7", "ICN-P")
    assert [line.modifiers for line in again.claim.lines] == [[], ["XU"]]


async def test_an_add_on_code_waits_for_its_primary_code_or_for_who_says_where_it_is(
    office: Office,
) -> None:
    rows = "AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,AOC_Edit_DelDT\n1,G0447,,G0446,,2026001,\n"
    part = await office.doors.post(
        "reference",
        "/code-edits/parts",
        "add-ons/part",
        content=rows.encode(),
        params={"kind": "aoc"},
    )
    table = {
        "kind": "aoc",
        "version": "2026Q1",
        "parts": [part["sha256"]],
        "effective_from": "2026-01-01",
        "payers": ["COMM"],
    }
    await office.tell("reference", "/code-edits", table)
    await office.morning()
    account = await office.encounter("COMM", charges=(("G0447", 4_800),))
    await office.quiet()
    waiting = await office.doors.get("coding", "/work-list", limit=5_000)
    (row,) = [r for r in waiting if r["account"] == account.number]
    assert [f["rule"] for f in row["failures"]] == ["ADD-ON"]
    support = f"/accounts/{account.number}/charges/{account.charge(1)}/support"
    await office.tell("coding", support, {"reason": "the visit is on another account"})
    await office.submission_shows(account.claim(), "queued")
