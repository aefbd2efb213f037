"""Claims of another system: an export that was never sent is billed to the payment, a history is never sent."""

from pathlib import Path
from typing import Any

import msgspec

from shared.streams import account_number, charge_number, claim_number
from shared.x12.claim_837p import (
    Ambulance,
    Attachment,
    Dated,
    Payer,
    ProfessionalClaim,
    Provider,
    write_837p,
)
from shared.x12.writing import Header
from tests.journeys import answers
from tests.journeys.lives import PAID, PAID_MONEY, accepted
from tests.journeys.office import ADMISSION, PHYSICAL, Account, Office
from tests.x12.made import PATIENT, batch, claim, service


def _account(office: Office, clm01: str, charges: Any, source: str = "IMPORT") -> Account:
    number = account_number("demo", source, clm01)
    where = next(f for f in office.books.facilities if f["facility"] == "FAC1")
    return Account(number, "", "BLUE", charges, where, {}, office.day)


def _export(office: Office, clm01: str, **more: Any) -> ProfessionalClaim:
    """A claim to the Blue payer as another system wrote it, for two services of today."""
    blue = next(p for p in office.books.payers if p["payer"] == "BLUE")
    lines = [
        service(n, procedure=code, charge_cents=cents, service_from=office.day)
        for n, (code, cents) in enumerate((ADMISSION, PHYSICAL), 1)
    ]
    made = claim(
        *lines, clm01=clm01, payer=Payer(blue["name"], blue["payer_id"]), diagnoses=["E119"]
    )
    made.subscriber.filing_indicator = blue["filing_indicator"]
    made.rendering_npi, made.rendering_last = office.books.renderers[0], "ZZRENDERER"
    for name, value in more.items():
        setattr(made, name, value)
    return made


def _stop(role: str, street: str) -> Provider:
    return Provider(role, street=street, city="ANYTOWN", state="NY", zip="10001", organisation=True)


async def _import(office: Office, path: Path, *words: str, code: int = 0) -> dict[str, Any]:
    asked = ("import", "--facility", "FAC1", "--json", *words, str(path))
    answered, told = await office.command(*asked)
    assert answered == code, told
    (one,) = told
    return dict(one)


def _written(path: Path, office: Office, *made: ProfessionalClaim) -> Path:
    listed = next(f for f in office.books.facilities if f["facility"] == "FAC1")
    one = batch(*made)
    one.billing = msgspec.structs.replace(one.billing, npi=listed["npi"])
    path.write_bytes(write_837p(Header("ELSEWHERE", "CLEARING01", 1, 1, office.day), [one]))
    return path


async def test_an_export_that_was_never_sent_is_billed_as_it_was_and_paid(
    office: Office, tmp_path: Path
) -> None:
    exported = _export(
        office,
        f"EXP{office.day:%y%m%d}",
        accident_causes=["AA"],
        accident_state="NY",
        special_program="03",
        delay_reason="1",
        signature_source="P",
        condition_codes=["AJ"],
        dates=[Dated("431", office.day), Dated("439", office.day)],
        attachments=[Attachment("OZ", "EL", "PAPER-1")],
        note="CARRIED AT NIGHT",
        ambulance=Ambulance("A", "12", "150"),
        providers=[_stop("PW", "2 NOWHERE RD"), _stop("45", "3 NOWHERE RD")],
    )
    first, second = exported.lines
    second.note = "SECOND OF TWO"
    first.emergency = first.epsdt = first.family_planning = "Y"
    first.copay_exempt = "0"
    path = _written(tmp_path / "export.837", office, exported)
    told = await _import(office, path, "--new")
    assert (told["claims"], told["held"], told["notes"], told["refused"]) == (1, 0, [], "")

    account = _account(office, exported.clm01, (ADMISSION, PHYSICAL))
    sent = await accepted(office, account, "ICN-EXPORT")
    for name in (
        *("accident_causes", "accident_state", "special_program", "delay_reason"),
        *("condition_codes", "dates", "attachments", "diagnoses", "total_cents"),
        *("note", "ambulance", "providers", "signature_source"),
    ):
        assert getattr(sent.claim, name) == getattr(exported, name), name
    assert [line.note for line in sent.claim.lines] == ["", "SECOND OF TWO"]
    for name in ("emergency", "epsdt", "family_planning", "copay_exempt"):
        assert getattr(sent.claim.lines[0], name) == getattr(first, name), name
    assert sent.claim.clm01 == claim_number(account.number, 1) != exported.clm01
    assert sent.claim.subscriber.party.last == PATIENT.last
    numbers = [charge_number(account.number, n) for n in (1, 2)]
    assert [line.line_control for line in sent.claim.lines] == numbers

    check = answers.check(sent, "EXPORT-1", [answers.pays(sent, PAID, "ICN-EXPORT")], office.day)
    await office.hand_in("adjudication_tracking", check)
    await office.has(account, PAID_MONEY)
    assert (await _import(office, path, "--new"))["claims"] == 1  # Once more does nothing.
    await office.cutoff()
    assert not any(one.has(sent.number) for one in office.new_files())


async def test_a_history_opens_its_balance_and_is_never_sent(
    office: Office, tmp_path: Path
) -> None:
    exported = _export(office, f"HIS{office.day:%y%m%d}")
    told = await _import(office, _written(tmp_path / "history.837", office, exported))
    assert (told["claims"], told["refused"]) == (1, "")
    account = _account(office, exported.clm01, (ADMISSION, PHYSICAL))

    async def opened() -> bool:
        posted = await office.ask("posting", f"/accounts/{account.number}")
        money = (await office.story(account))["money"]
        # Charges that are heard before the claim are a receivable, too, until the claim says that they were taken over.
        return bool(
            posted
            and posted["account"]["open_cents"] == 15_000
            and money
            and (money["open_cents"], money["opening_cents"]) == (15_000, -15_000)
        )

    await office.until(opened, "the opening balance is a receivable")
    money, steps = (await office.story(account))["money"], (await office.story(account))["steps"]
    assert (money["charges_cents"], money["opening_cents"]) == (
        0,
        -15_000,
    )  # Nothing of it was billed by us.
    assert steps[-1]["balance_cents"] == 15_000
    await office.cutoff()
    await office.morning()
    assert not any(one.has(account.claim()) for one in office.new_files())


async def test_a_claim_whose_number_is_somebody_elses_refuses_its_file_whole_until_the_other_system_is_named(
    office: Office, tmp_path: Path
) -> None:
    number = f"TWI{office.day:%y%m%d}"
    first = _export(office, number)
    await _import(office, _written(tmp_path / "first.837", office, first))

    other, beside = _export(office, number), _export(office, f"{number}B")
    other.subscriber.member_id, other.subscriber.party.first = "XX7777777", "OTHER"
    path = _written(tmp_path / "second.837", office, other, beside)
    told = await _import(office, path, code=1)
    assert told["claims"] == 0
    assert told["refused"].startswith("second.837: CLM at segment ")
    assert "for another patient" in told["refused"] and "--source" in told["refused"]
    assert (
        await office.ask("registration", f"/accounts/{_account(office, f'{number}B', ()).number}")
        is None
    )

    async def owed(account: Account, cents: int) -> None:
        async def shown() -> bool:
            posted = await office.ask("posting", f"/accounts/{account.number}")
            return bool(posted and posted["account"]["open_cents"] == cents)

        await office.until(shown, "the opening balance is a receivable")

    await owed(_account(office, number, (ADMISSION, PHYSICAL)), 15_000)
    told = await _import(office, path, "--source", "OTHER")
    assert (told["claims"], told["refused_claims"]) == (2, [])
    await owed(_account(office, number, (ADMISSION, PHYSICAL), "OTHER"), 15_000)
    await owed(_account(office, f"{number}B", (ADMISSION, PHYSICAL), "OTHER"), 15_000)
