"""A child on its parent's insurance: the payer is asked about the child, and the claim names both."""

from simulator.chance import Chance
from simulator.people import person
from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, accepted
from tests.journeys.office import Office


async def test_a_child_is_asked_about_billed_and_paid_for_under_its_parents_insurance(
    office: Office,
) -> None:
    parent = person(Chance(12), 900_001)
    account = await office.register(parent=parent)
    await office.cutoff()
    await office.happened(account, "inquiry_sent")
    await office.morning()
    inquiry = answers.inquiry_in(office.new_files(), account.number)
    child = inquiry.dependent
    assert child is not None and child.relation == "19"
    assert (inquiry.last, inquiry.first) == (parent["last"], parent["first"])
    assert (child.last, child.first) == (account.who["last"], account.who["first"])
    await office.hand_in("eligibility", answers.eligible(inquiry, office.day))
    await office.eligibility_shows(account, "active")

    await office.charge(account)
    sent = await accepted(office, account, "ICN-CHILD")
    assert sent.claim.patient is not None and sent.claim.patient_relation == "19"
    assert sent.claim.patient.first == account.who["first"]
    assert sent.claim.subscriber.party.last == parent["last"]
    check = answers.check(sent, "CHILD-1", [answers.pays(sent, PAID, "ICN-CHILD")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
