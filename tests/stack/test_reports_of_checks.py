"""Checks in a real database: every cent that they brought is a facility's or is told apart, and once."""

from dataclasses import replace
from typing import Any

from contracts.adjudication_tracking import (
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
)
from contracts.posting import ProviderAdjustmentsDelivered
from contracts.values import ProviderAdjustment, Source
from services.posting.domain.commands import RefundOverpayment
from services.reporting.api import checks
from services.reporting.api.summary import summary
from shared.streams import account_stream, payee_stream, remittance_stream
from tests.stack.reports import answer
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    SOURCE,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.town import TODAY, Town
from tests.unit.reporting.facts import created
from tests.unit.reporting.rows import Rows

HERE, PAYEE = account_stream(ACCOUNT), payee_stream("BLUE", "990000001")
PAID = adjudicated(line(8_000, ("CO", "45", 10_000), ("PR", "2", 2_000)), payer_control="ICN1")
AGAIN = replace(
    PAID, adjudication="adj-2", payer_control="ICN2", flags=("other_check",), remittance="rem-2"
)
FORWARD = ProviderAdjustment(reason="FB", reference="FORWARD", cents=-700)
INTEREST = ProviderAdjustment(reason="L6", reference="", cents=-15)


def kept(cents: int, reference: str = CLAIM) -> ProviderAdjustment:
    """A takeback."""
    return ProviderAdjustment(reason="WO", reference=reference, cents=cents)


class World(Town):
    """A claim of 200.00 that was paid twice, and its checks: what posting says of it is told to reporting."""

    def __init__(self) -> None:
        self.rows = Rows().tell(opened("BLUE"), captured(), created())
        self.told = 0
        super().__init__(opened("BLUE"), captured())
        self.say(HERE, PAID, AGAIN)
        self.check("rem-1", 8_000).check("rem-2", 8_000)

    def check(self, remittance: str, claims: int, *plb: ProviderAdjustment) -> "World":
        """A released check, and its provider adjustments at the payee."""
        facts: dict[str, Any] = {
            "remittance": remittance,
            "payer": "BLUE",
            "check_number": f"CHK-{remittance}",
            "paid_on": DAY,
            "amount_cents": claims - sum(p.cents for p in plb),
            "claims": 1,
            "provider_adjustments": plb,
        }
        received = RemittanceReceived(handling="I", chunks=1, source=SOURCE, **facts)
        released = RemittanceReleased(claims_cents=claims, **facts)
        self.rows.tell(received, released, stream=remittance_stream(remittance))
        delivered = ProviderAdjustmentsDelivered(
            payer="BLUE",
            tax_id="990000001",
            remittance=remittance,
            check_number=f"CHK-{remittance}",
            adjustments=plb,
            posted_on=TODAY,
        )
        self.say(PAYEE, *[delivered] * bool(plb))
        return self

    def heard(self) -> Rows:
        """Reporting's rows of all that was said."""
        for stream, event in self.said[self.told :]:
            self.rows.tell(event, stream=stream)
        self.told = len(self.said)
        return self.rows


def _adds_up(server: str, world: World, *apart: tuple[str, int]) -> None:
    found = answer(server, world.heard(), summary)
    assert [(r["what"], r["cents"]) for r in found["not_of_a_facility"]] == list(apart)
    paid = sum(row["insurance_paid_cents"] for row in found["money_by_facility"])
    assert paid + sum(cents for _, cents in apart) == found["checks"]["amount_cents"]


def test_a_takeback_of_an_account_is_its_facilitys_and_told_once(server: str) -> None:
    world = World().check("rem-3", 0, kept(8_000), FORWARD, INTEREST)
    _adds_up(server, world, ("provider adjustment FB", 700), ("provider adjustment L6", 15))


def test_what_no_overpayment_explains_of_a_takeback_is_of_no_facility(server: str) -> None:
    _adds_up(server, World().check("rem-3", 0, kept(9_500)), ("provider adjustment WO", -1_500))
    _adds_up(
        server, World().check("rem-3", 0, kept(600, "STRANGE")), ("provider adjustment WO", -600)
    )


def test_a_takeback_whose_payment_the_payer_reversed_too_is_the_payees_again(server: str) -> None:
    back = replace(taken_back(8_000, "adj-2"), remittance="rem-4")
    world = World().check("rem-3", 0, kept(8_000))
    world.say(HERE, back)
    _adds_up(server, world.check("rem-4", -8_000), ("provider adjustment WO", -8_000))


def test_a_refund_of_ours_was_brought_by_a_check_and_left_the_facility(server: str) -> None:
    refund = RefundOverpayment(ACCOUNT, "adj-2", "refund-1", "paid twice", "pat", 3_000)
    world = World()
    world.obey(HERE, refund)
    _adds_up(server, world, ("refund that we sent", 3_000))


REFUND = RefundOverpayment(ACCOUNT, "adj-2", "refund-1", "paid twice", "pat")
OWED_TO_US = "the payer took back what we had refunded"


def test_what_was_refunded_and_reversed_is_owed_to_us_until_the_payer_acknowledges_the_refund(
    server: str,
) -> None:
    world = World()
    world.obey(HERE, REFUND)
    world.say(HERE, replace(taken_back(8_000, "adj-2"), remittance="rem-3")).check("rem-3", -8_000)
    (found,) = answer(server, world.heard(), checks.unapplied)
    assert (found["account"], found["whose"], found["cents"]) == (ACCOUNT, "BLUE", -8_000)
    assert found["reason"].startswith(OWED_TO_US)
    _adds_up(server, world, ("refund that we sent", 8_000))
    world.check("rem-4", 0, ProviderAdjustment(reason="72", reference=CLAIM, cents=-8_000))
    assert answer(server, world.heard(), checks.unapplied) == []
    _adds_up(server, world, ("refund that we sent", 8_000))


def test_a_takeback_says_what_to_do_while_nothing_explains_it(server: str) -> None:
    world = World().check("rem-3", 0, kept(9_500))
    (found,) = answer(server, world.heard(), checks.takebacks)
    assert found["next_step"].startswith("no overpayment here explains it")
    world = World()
    world.obey(HERE, REFUND)
    (found,) = answer(server, world.check("rem-3", 0, kept(8_000)).heard(), checks.takebacks)
    assert found["next_step"].startswith(OWED_TO_US)
    world.check("rem-4", 0, ProviderAdjustment(reason="72", reference=CLAIM, cents=-8_000))
    (found,) = answer(server, world.heard(), checks.takebacks)
    assert found["next_step"] == ""
    _adds_up(server, world, ("refund that we sent", 8_000))


def test_a_check_whose_claims_are_on_their_way_is_not_posted_yet(server: str) -> None:
    _adds_up(server, World().check("rem-3", 500), ("not posted yet", 500))


def test_a_credit_is_there_since_it_was_posted_until_it_is_taken_back(server: str) -> None:
    world = World()
    (found,) = answer(server, world.heard(), checks.unapplied)
    assert (found["whose"], found["cents"], found["since"]) == ("BLUE", 8_000, TODAY)
    world.check("rem-3", 0, kept(3_000))
    (found,) = answer(server, world.heard(), checks.unapplied)
    assert (found["cents"], found["since"]) == (5_000, TODAY)
    world.check("rem-4", 0, kept(5_000))
    assert answer(server, world.heard(), checks.unapplied) == []
    account = world.rows.account()
    assert (account["credit_cents"], account["credit_since"], account["credit_payer"]) == (
        0,
        None,
        "",
    )


def test_a_claim_says_what_of_its_payment_was_taken_back_or_refunded() -> None:
    world = World().check("rem-3", 0, kept(5_000))
    world.obey(HERE, RefundOverpayment(ACCOUNT, "adj-2", "refund-1", "paid twice", "pat", 3_000))
    claim = world.heard().claim(CLAIM)
    assert (claim["paid_cents"], claim["returned_cents"], claim["state"]) == (16_000, 8_000, "paid")
    world.say(HERE, replace(taken_back(8_000, "adj-2"), remittance="rem-4"))
    claim = world.heard().claim(CLAIM)
    assert (claim["paid_cents"], claim["returned_cents"]) == (8_000, 3_000)


def _refused(*plb: ProviderAdjustment, source: Source = SOURCE) -> Rows:
    received = RemittanceReceived(
        remittance="rem-8", payer="BLUE", handling="I", amount_cents=700, check_number="CHK8", paid_on=DAY,
        claims=1, chunks=1, provider_adjustments=plb, source=source,
    )  # fmt: skip
    refused = RemittanceRefused(
        remittance="rem-8", payer="BLUE", check_number="CHK8", amount_cents=700, faults=()
    )
    return Rows().tell(received, refused, stream=remittance_stream("rem-8"))


def test_a_refused_check_has_one_amount_and_a_next_step_in_every_list(server: str) -> None:
    rows = _refused(INTEREST, kept(400))
    (check,) = answer(server, rows, checks.checks_that_do_not_match)
    (money,) = answer(server, rows, checks.unposted)
    assert (check["amount_cents"], check["unposted_cents"], money["cents"]) == (700, 700, 700)
    assert check["plb_cents"] == 385
    assert check["next_step"] == money["next_step"]
    assert "adjudication_tracking, POST /remittances/rem-8/release" in check["next_step"]


def test_a_refused_check_is_mended_by_the_payer_or_by_who_typed_it(server: str) -> None:
    for source, whose in (
        (SOURCE, "ask the payer"),
        (replace(SOURCE, entered_by="ann"), "enter it anew"),
    ):
        rows = _refused(source=source)
        (check,) = answer(server, rows, checks.checks_that_do_not_match)
        (money,) = answer(server, rows, checks.unposted)
        assert check["next_step"] == money["next_step"] and check["next_step"].startswith(whose)


def test_a_closed_check_is_nobodys_work(server: str) -> None:
    closed = RemittanceClosed(
        remittance="rem-8", payer="BLUE", check_number="CHK8", amount_cents=700, closed_by="pat",
        reason="voided", source=SOURCE,
    )  # fmt: skip
    rows = _refused().tell(closed, stream=remittance_stream("rem-8"))
    assert answer(server, rows, checks.checks_that_do_not_match) == []
    assert answer(server, rows, checks.unposted) == []
    (check,) = answer(server, rows, checks.checks)
    assert (check["state"], check["unposted_cents"], check["next_step"]) == ("closed", 0, "")


def test_an_unmatched_payment_names_the_door_that_leads_it_to_a_claim(server: str) -> None:
    world = World().check("rem-3", 500)
    said = ClaimUnmatched(
        remittance="rem-3", position=1, claim="STRANGE", cents=500, reason="no claim of ours"
    )
    rows = world.heard().tell(said, stream=remittance_stream("rem-3"))
    (money,) = answer(server, rows, checks.unposted)
    assert money["next_step"].endswith("/remittances/rem-3/claims/1/match")
    (check,) = answer(server, rows, checks.checks_that_do_not_match)
    assert check["next_step"].startswith("see list unposted")
    _adds_up(server, world, ("unmatched payment", 500))


def test_only_recovered_overpayments_and_reversals_are_takebacks(server: str) -> None:
    world = World().check("rem-3", 0, kept(8_000, "ICN1"), FORWARD, INTEREST)
    (found,) = answer(server, world.heard(), checks.takebacks)
    assert (found["what"], found["cents"], found["next_step"]) == ("PLB WO", 8_000, "")
    assert (found["account"], found["facility"]) == (ACCOUNT, "F1")
