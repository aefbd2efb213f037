"""What cannot be written is set aside alone, and what cannot be read is kept until it is mended and driven again."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from services.submission.domain.lanes import LANES, control_number, lane_of
from simulator.doors import DoorClosed
from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, accepted, left
from tests.journeys.office import Account, Office


async def born(office: Office, account: Account, on: str) -> None:
    """Somebody corrected the patient's day of birth."""
    body = {"person": account.who | {"born_on": on}, "changed": ["born_on"], "reason": "A TYPO"}
    await office.tell("registration", f"/patients/{account.patient}/demographics", body)
    await office.quiet()


async def test_a_claim_that_cannot_be_written_is_set_aside_alone_and_goes_when_it_is_mended(
    office: Office,
) -> None:
    accounts = [await office.register(), *[await office.encounter() for _ in range(3)]]
    bad, others = accounts[0], accounts[1:]
    # Rules open no people: that he came after the service shows only when the file is written.
    await born(office, bad, (office.day + timedelta(days=1)).isoformat())
    await office.charge(bad)
    await office.submission_shows(bad.claim(), "queued")
    files = await office.send(*(one.claim() for one in others))
    assert all(answers.claim_in(files, one.claim()) for one in others)
    assert not any(file.has(bad.claim()) for file in files)
    row = await office.submission_shows(bad.claim(), "held")
    (reason,) = row["reasons"]
    assert (reason["rule"], reason["loop"], reason["element"]) == ("SET-ASIDE", "2010BA", "DMG02")
    assert (await office.claim_is(bad, "held"))["hold"] == "SET-ASIDE"

    await born(office, bad, bad.who["born_on"])
    sent = await accepted(office, bad, "ICN-S")
    check = answers.check(sent, "ASIDE-1", [answers.pays(sent, PAID, "ICN-S")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(bad, PAID_MONEY)


async def refused(office: Office, service: str, data: bytes) -> dict[str, Any]:
    """The file is refused at the door, kept as it came, and listed; its row."""
    with pytest.raises(DoorClosed):
        await office.hand_in(service, data)
    sha256 = hashlib.sha256(data).hexdigest()
    rows = await office.listed(service, "/files", state="refused", limit=5_000)
    (row,) = [r for r in rows if r["sha256"] == sha256]
    return dict(row)


async def redrive(office: Office, service: str, row: dict[str, Any]) -> dict[str, Any]:
    """What `claimlog refused redrive` asks for."""
    return await office.tell(service, f"/files/{row['sha256']}/redrive", {})


async def test_an_835_that_cannot_be_read_is_kept_refused_again_and_taken_once_it_comes_whole(
    office: Office,
) -> None:
    account = await office.encounter()
    sent = await accepted(office, account, "ICN-R")
    whole = answers.check(sent, "REFUSED-1", [answers.pays(sent, PAID, "ICN-R")], office.day)
    torn = whole[: whole.index(b"SE*")]
    row = await refused(office, "adjudication_tracking", torn)
    assert row["reason"] and row["size_bytes"] == len(torn)
    with pytest.raises(DoorClosed):
        await redrive(office, "adjudication_tracking", row)
    await office.hand_in("adjudication_tracking", whole)
    await office.has(account, PAID_MONEY)


async def test_a_271_that_cannot_be_read_is_kept_and_its_inquiry_is_answered_once_it_comes_whole(
    office: Office,
) -> None:
    account = await office.register()
    await office.cutoff()
    await office.happened(account, "inquiry_sent")
    await office.morning()
    inquiry = answers.inquiry_in(office.new_files(), account.number)
    whole = answers.eligible(inquiry, office.day)
    torn = whole[: whole.index(b"SE*")]
    row = await refused(office, "eligibility", torn)
    assert "byte" in row["reason"] and row["size_bytes"] == len(torn)
    with pytest.raises(DoorClosed):
        await redrive(office, "eligibility", row)
    await office.hand_in("eligibility", whole)
    await office.eligibility_shows(account, "active")


async def in_lane(office: Office, lane: int) -> Account:
    """An account whose claim waits in this lane of the clearinghouse's queue; the first lane is as good as the second."""
    while True:
        account = await office.encounter()
        await office.submission_shows(account.claim(), "queued")
        if lane_of(account.number, 2) == lane:
            return account


async def test_a_277ca_that_came_too_early_is_refused_and_taken_when_it_is_driven_again(
    office: Office,
) -> None:
    before = await office.encounter()
    first = await office.send(before.claim())
    lane = int(answers.file_with(first, before.claim()).isa13) % LANES
    account = await in_lane(office, lane)
    # The whole batch is refused, and its file has not left yet: nobody is named.
    coming = control_number(int(answers.file_with(first, before.claim()).isa13) // LANES + 1, lane)
    early = answers.refuses_batch(f"{coming:09d}0001", 1, office.day)
    row = await refused(office, "adjudication_tracking", early)
    assert "not known here" in row["reason"]

    file, _ = await left(office, account)
    assert int(file.isa13) == coming
    await office.quiet()
    answer = await redrive(office, "adjudication_tracking", row)
    assert not answer["again"]
    await office.claim_is(account, "rejected")
    rows = await office.listed("adjudication_tracking", "/files", state="refused", limit=5_000)
    assert not [r for r in rows if r["sha256"] == row["sha256"]]
