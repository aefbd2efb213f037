"""A claim that is imported to be billed says in the file that we write what it said in the one that was read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from cli.import_claims import read_claims
from cli.not_carried import OF_A_LINE, OF_THE_CLAIM, STOPS, is_ride
from cli.taking_over import take_over
from cli.taking_over_lines import Refuse
from contracts.coding import ChargesCaptured, EncounterCoded
from contracts.phi import MemberDetails
from contracts.registration import AccountOpened
from contracts.submission import BatchedSet, FileHeader, PayerName
from contracts.values import Sealed
from services.coding.api import AccountBody, _capture
from services.registration.api.bodies import Encounter
from services.registration.api.routes import _coverage, _details, _member, _note, _provider
from services.submission.domain import ACCOUNT
from services.submission.domain.account_state import Account
from services.submission.domain.batching import billing_of
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.file import batch_of, header_of
from services.submission.domain.loops import Opened
from services.submission.domain.package import package
from shared.streams import claim_number
from shared.x12 import read_file
from shared.x12.claim_837p import (
    Ambulance,
    Attachment,
    Condition,
    Party,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    check_837p,
    read_837p,
    write_837p,
)
from tests.unit.scenario import fold
from tests.unit.submission.facts import DAY, facility
from tests.unit.submission.test_submission_gateway import judged_by_pyx12
from tests.x12.made import NPI2
from tests.x12.varied import professional

SAMPLES = (
    Path(__file__).parents[4] / "shared" / "samples" / "x12" / "resources" / "837_005010X222A2"
)
NPI = "1999999984"
FACILITY = facility(npi=NPI)
HEADER = FileHeader(
    receiver_name="CLEARING HOUSE", receiver_id="CLEARING01", submitter_id="CLAIMLOG01",
    submitter_name="BILLING COMPANY", contact_name="OFFICE", contact_phone="5550100000", usage="T",
)  # fmt: skip


class Books:
    """Every payer is listed under the id that the file gives it."""

    facility = asdict(FACILITY)

    def __init__(self) -> None:
        self.payers: dict[str, PayerName] = {}

    def payer(self, payer_id: str, name: str, *, fallback: bool = True) -> str:
        self.payers[payer_id] = PayerName(payer=payer_id, name=name, payer_id=payer_id)
        return payer_id


def again(c: ProfessionalClaim) -> bytes:
    """The file with the claim that our services make of what the import hands in at their doors."""
    books = Books()
    items = json.loads(json.dumps(take_over(c, books, new=True, leave_out=False).items))
    encounter = Encounter.model_validate(items["encounter"])
    body = AccountBody.model_validate(items["charges"])
    capture = _capture("tenant", body)
    sealed = Sealed(key_id="k", box="Ym94")
    opened = AccountOpened(
        account=capture.account,
        patient="p",
        guarantor="g",
        person=sealed,
        coverages=tuple(_coverage(cover, sealed) for cover in encounter.coverages),
        providers=tuple(map(_provider, encounter.providers)),
        consent=encounter.consent,
        facts=encounter.facts,
        note=sealed if encounter.note else None,
        **encounter.model_dump(
            exclude={
                *("patient", "coverages", "providers", "consent", "rendering_npi"),
                *("facts", "note"),
            }
        ),
    )
    coded = EncounterCoded(
        account=capture.account,
        diagnoses=capture.diagnoses,
        lines=capture.lines,
        code_sets=(),
        coder="c",
    )
    captured = ChargesCaptured(account=capture.account, charges=capture.charges)
    account: Account = fold(ACCOUNT, (opened, captured, coded))
    number = claim_number(capture.account, 1)
    made = package(account, ClaimState(number, payer=c.payer.payer_id, payer_order=1))
    members: dict[int, MemberDetails] = {
        cover.order: _member(cover) for cover in encounter.coverages
    }
    alone = BatchedSet(
        st02="0001", facility="F1", legal_entity="LE1", claims=(), billing=billing_of(FACILITY)
    )
    of = header_of(HEADER, 100, DAY, "1200")
    note = _note(encounter.note) if made.stated_note and encounter.note else None
    people = Opened(made, _details(encounter.patient), members, note)
    return write_837p(of, [batch_of(of, HEADER, alone, [people], books.payers)])


def read(data: bytes) -> ProfessionalClaim:
    """The one claim of a file."""
    (one,) = read_file(data).sets()
    (made,), findings = read_837p(one)
    wrong = [f for f in [*findings, *check_837p([made], one)] if f.severity == "error"]
    assert wrong == [] and made.unknown == []
    return made


def named(p: Party) -> tuple[str, ...]:
    return (p.last, p.first, p.middle, p.suffix)


def whole(p: Party) -> tuple[Any, ...]:
    sex = (p.sex or "U") if p.born_on else ""
    return (*named(p), p.street, p.street2, p.city, p.state, p.zip, p.born_on, sex)


def rendered(c: ProfessionalClaim, own: list[Provider]) -> tuple[str, str, str, str]:
    """Who rendered a line: the line says so, or the claim, or nobody but who bills."""
    for p in own:
        return (p.npi, p.last, p.first, p.taxonomy)
    for p in c.providers:
        if p.role == "82":
            return (p.npi, p.last, p.first, p.taxonomy)
    return (c.rendering_npi, c.rendering_last, c.rendering_first, c.rendering_taxonomy)


def said(c: ProfessionalClaim) -> dict[str, Any]:
    """What a claim says, wherever in it that stands."""
    sub = c.subscriber
    lines = []
    for line in c.lines:
        own = [p for p in line.providers if p.role == "82"]
        others = sorted((p for p in line.providers if p.role != "82"), key=repr)
        g1 = next((r.value for r in line.references if r.qualifier == "G1"), c.authorization)
        to = line.service_to if line.service_to != line.service_from else None
        lines.append((
            *(line.procedure, line.modifiers, line.charge_cents, line.quantity or line.units),
            *(line.unit_code, line.service_from, to, line.pointers, line.place_of_service),
            *(line.ndc, line.ndc and line.ndc_units, line.ndc and line.ndc_unit),
            *(rendered(c, own), others, g1, *beside(line)),
            *(line.note, line.note and line.note_kind, line.ambulance, line.ambulance_patients),
            *(line.emergency, line.epsdt, line.family_planning, line.copay_exempt),
        ))  # fmt: skip
    return {
        "total": c.total_cents,
        "agreed": (c.assignment, c.benefits_assigned, c.release, c.signature_source),
        "diagnoses": [code.replace(".", "") for code in c.diagnoses],
        "subscriber": (sub.order, sub.member_id, sub.filing_indicator or "CI", sub.insurance_type),
        "group": sub.group_number,
        "patient": whole(c.patient or sub.party),
        "holder": whole(sub.party),
        "relation": c.patient_relation if c.patient else "18",
        "payer": (c.payer.name, c.payer.payer_id),
        "others": [coverage(p) for p in c.prior],
        "providers": sorted((p for p in c.providers if p.role != "82"), key=repr),
        "lines": lines,
        "accident": (c.accident_causes, c.accident_state),
        "codes": (c.special_program, c.delay_reason, c.condition_codes),
        "beside": beside(c),
        "note": (c.note, c.note_kind if c.note else ""),
        "ride": c.ambulance,
        "payer's": c.payer.references,
    }


def beside(said: ProfessionalClaim | ServiceLine) -> tuple[Any, ...]:
    """Days, attachments and conditions, in the order in which they stand."""
    return (said.dates, said.attachments, said.conditions)


def coverage(p: PriorPayer) -> tuple[Any, ...]:
    sub = p.subscriber
    return (
        *(
            sub.order,
            sub.member_id or "UNKNOWN",
            sub.relation or "18",
            sub.filing_indicator or "CI",
        ),
        *(sub.insurance_type, sub.group_number, named(sub.party), p.payer.name, p.payer.payer_id),
        *(p.benefits_assigned, p.release, p.signature_source, p.payer.references),
    )


def carried(ride: Ambulance | None) -> Ambulance | None:
    return ride if ride is not None and is_ride(ride) else None


def stopped(listed: list[Provider], roles: set[str]) -> list[Provider]:
    """Those of these roles, and where a ride began and ended."""
    seen: list[Provider] = []
    for p in listed:
        if p.role in roles or (p.role in STOPS and p.role not in {q.role for q in seen}):
            seen.append(p)
            if p.role in STOPS:
                p.organisation, p.first, p.middle, p.npi, p.taxonomy = True, "", "", "", ""
                p.references = []
                if not p.street:
                    p.street, p.city, p.state, p.zip = "1 WAY", "ANYTOWN", "NY", "10001"
    return seen


def carriable(c: ProfessionalClaim) -> ProfessionalClaim:
    """A claim of any sort without what an import names as not carried."""
    c.frequency, c.payer_control, c.patient_paid_cents = "1", "", 0
    c.ambulance = carried(c.ambulance)
    c.condition_codes = c.condition_codes[:12]
    c.references, c.anesthesia_procedures = [], []
    c.diagnoses = list(dict.fromkeys(c.diagnoses))
    c.providers = stopped(c.providers, OF_THE_CLAIM)
    c.subscriber.order, c.subscriber.group_name = 1, ""
    c.prior = [p for p in c.prior if p.paid_cents is None]
    for n, prior in enumerate(c.prior, 2):
        prior.subscriber.order, prior.subscriber.group_name = n, ""
        prior.subscriber.relation = "01"
        prior.benefits_assigned, prior.release = c.benefits_assigned, c.release
        prior.signature_source = c.signature_source
        prior.payer.street = prior.payer.city = prior.payer.state = prior.payer.zip = ""
    for line in c.lines:
        line.prior, line.references = [], []
        line.prescription, line.description = "", ""
        line.ambulance = carried(line.ambulance)
        line.providers = stopped(line.providers, OF_A_LINE)
        line.pointers = [p for p in line.pointers if p <= len(c.diagnoses)] or [1]
    return c


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_whatever_is_carried_is_said_again(start: int) -> None:
    for number in range(start, start + 50):
        c = carriable(professional(number))
        assert said(read(again(c))) == said(c), number


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_of_any_claim_all_is_said_again_or_it_is_refused_by_name(start: int) -> None:
    for number in range(start, start + 100):
        c = professional(number)
        c.billing = None
        try:
            data = again(c)
        except Refuse as no:
            assert "CLM at segment" in str(no)
        else:
            assert said(read(data)) == said(c), number


def _first(wanted: Any) -> ProfessionalClaim:
    return next(c for c in (carriable(professional(n)) for n in range(1_000)) if wanted(c))


@pytest.mark.parametrize(
    "wanted",
    [
        lambda c: c.patient is not None and c.prior,
        lambda c: any(line.unit_code == "MJ" for line in c.lines),
        lambda c: any(line.ndc and line.ndc_unit == "ML" for line in c.lines),
        lambda c: any(line.service_to for line in c.lines),
        lambda c: any(line.quantity for line in c.lines),
        lambda c: {p.role for p in c.providers} >= {"DN", "77"},
        lambda c: c.dates and c.attachments and c.note,
        lambda c: c.conditions,
        lambda c: c.ambulance and "PW" in {p.role for p in c.providers},
        lambda c: any(line.note for line in c.lines),
        lambda c: c.accident_causes,
        lambda c: any(line.dates for line in c.lines),
        lambda c: any(line.epsdt and line.emergency for line in c.lines),
        lambda c: c.signature_source and c.prior,
        lambda c: any(p.suffix for p in c.providers),
        lambda c: {p.role for line in c.lines for p in line.providers} >= {"82", "DK"},
    ],
    ids=[
        "dependent",
        "minutes",
        "drug",
        "span",
        "fraction",
        "claim roles",
        "days, attachments and a note",
        "conditions",
        "ride",
        "note of a line",
        "accident",
        "days of a line",
        "signs of a line",
        "signed for",
        "suffix",
        "line roles",
    ],
)
def test_what_is_written_again_passes_an_independent_judge(wanted: Any) -> None:
    fine, report = judged_by_pyx12(again(_first(wanted)))
    assert fine, report


def test_what_goes_beside_a_line_is_written_again() -> None:
    c = carriable(professional(3))
    c.lines[0].attachments = [Attachment("OZ", "EL", "LINE-1")]
    c.lines[0].conditions = [Condition("70", "Y", ["65"])]
    data = again(c)
    fine, report = judged_by_pyx12(data)
    assert fine, report
    assert said(read(data)) == said(c)


def test_the_payers_own_ids_of_a_coverage_are_written_again() -> None:
    c = _first(lambda c: c.prior)
    c.payer.references = [Reference("FY", "OFFICE 7")]
    c.prior[0].payer.references = [Reference("2U", "PAYER 2")]
    data = again(c)
    fine, report = judged_by_pyx12(data)
    assert fine, report
    assert said(read(data)) == said(c)


def test_a_subscriber_without_birth_date_and_address_is_written_so() -> None:
    c = _first(lambda c: c.patient is not None)
    c.subscriber.party = Party(c.subscriber.party.last, c.subscriber.party.first)
    data = again(c)
    fine, report = judged_by_pyx12(data)
    assert fine, report
    assert said(read(data)) == said(c)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.837")), ids=lambda path: path.name)
def test_a_sample_is_said_again_or_refused_by_name(path: Path) -> None:
    try:
        claims = read_claims(path.name, path.read_bytes())
    except Refuse as no:
        assert path.name in str(no)
        return
    for c in claims:
        try:
            data = again(c)
        except Refuse as no:
            assert "CLM at segment" in str(no)
        else:
            assert said(read(data)) == said(c)


def test_beside_a_line_that_the_facility_rendered_somebody_with_a_middle_name_rendered_only_their_own() -> (
    None
):
    c = _first(lambda c: len(c.lines) > 1 and not c.rendering_npi)
    c.providers = [p for p in c.providers if p.role != "82"]
    for line in c.lines:
        line.providers = [p for p in line.providers if p.role != "82"]
    c.lines[0].providers.append(Provider("82", "ZZDOC", "QUINN", "ADA", NPI2, "207Q00000X"))
    data = again(c)
    fine, report = judged_by_pyx12(data)
    assert fine, report
    back = read(data)
    assert [[p.middle for p in line.providers if p.role == "82"] for line in back.lines][:2] == [
        ["ADA"],
        [],
    ]
    assert (back.rendering_npi, [p for p in back.providers if p.role == "82"]) == ("", [])
