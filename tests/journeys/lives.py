"""The stretches that many lives share: a claim leaves, is accepted, is paid; and what they leave behind in cents."""

from tests.journeys import answers
from tests.journeys.answers import SentClaim, SentFile
from tests.journeys.money import Money
from tests.journeys.office import Account, Office

PAID = [(6_000, 1_000), (3_000, 0)]
"""Both lines paid; of the first the patient owes a part."""
PAID_MONEY = Money(15_000, paid=9_000, contractual=5_000, patient=1_000)
LESS = [(5_500, 1_000), (2_500, 0)]
UNTOUCHED = Money(15_000, open=15_000)


async def left(office: Office, account: Account, order: int = 1) -> tuple[SentFile, SentClaim]:
    """The claim leaves with today's cut-off: its file, and itself as it stands there."""
    number = account.claim(order)
    file = answers.file_with(await office.send(number), number)
    return file, answers.claim_in([file], number)


async def accepted(office: Office, account: Account, control: str, order: int = 1) -> SentClaim:
    """The claim leaves, its file is taken, and the payer takes the claim under this number."""
    file, sent = await left(office, account, order)
    await office.hand_in("submission", answers.accepts(file, office.day))
    await office.hand_in("adjudication_tracking", answers.takes(sent, control, office.day))
    row = await office.claim_is(account, "accepted", order)
    assert row["payer_control"] == control
    return sent


async def paid(office: Office, account: Account, control: str, trace: str) -> SentClaim:
    """An accepted claim that its payer pays with a check of its own."""
    sent = await accepted(office, account, control)
    check = answers.check(sent, trace, [answers.pays(sent, PAID, control)], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    return sent
