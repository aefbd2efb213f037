"""What another system's claim brings is carried whole, or refused with its loop and segment."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.import_claims import read_claims
from cli.taking_over import Taken, as_professional, take_over
from cli.taking_over_lines import Refuse
from shared.x12.claim_837i import write_837i
from shared.x12.claim_837p import (
    Ambulance,
    BillingProvider,
    ClaimAdjustment,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    Subscriber,
    write_837p,
)
from tests.x12 import test_837i as stays
from tests.x12.made import HEADER, batch
from tests.x12.made import claim as sound
from tests.x12.varied_stays import institutional

DAY = date(2026, 1, 5)
SAMPLES = (
    Path(__file__).parents[4] / "shared" / "samples" / "x12" / "resources" / "837_005010X222A2"
)


class Books:
    """Two payers and a facility."""

    facility = {"facility": "FAC1", "legal_entity": "LE1", "npi": "1234567893"}  # noqa: RUF012

    def payer(self, payer_id: str, name: str, *, fallback: bool = True) -> str:
        known = {"P1": "BLUE", "P2": "SUPP"}
        if payer_id in known:
            return known[payer_id]
        if fallback:
            return "COMM"
        raise Refuse(f"payer {payer_id} is not listed")


def person(**given: Any) -> Party:
    facts = {"last": "SYN", "first": "ZOE", "street": "1 WAY", "city": "TOWN", "state": "FL"}
    return Party(**{**facts, "zip": "00000", "born_on": DAY, "sex": "F", **given})


def subscriber(**given: Any) -> Subscriber:
    facts = {"order": 1, "member_id": "M1", "party": person(), "filing_indicator": "CI"}
    return Subscriber(**{**facts, **given})


def line(**given: Any) -> ServiceLine:
    facts = {"procedure": "99213", "charge_cents": 10_000, "units": 1, "service_from": DAY}
    return ServiceLine(**{**facts, "pointers": [1], **given})


def claim(**given: Any) -> ProfessionalClaim:
    facts: dict[str, Any] = {
        "clm01": "OLD-1",
        "total_cents": 10_000,
        "place_of_service": "11",
        "frequency": "1",
        "subscriber": subscriber(),
        "payer": Payer("BLUE", "P1"),
        "lines": [line()],
        "diagnoses": ["E119"],
        "rendering_npi": "1234567893",
        "segment": 20,
    }
    return ProfessionalClaim(**{**facts, **given})


def taken(c: ProfessionalClaim, *, new: bool = True, leave_out: bool = False) -> Taken:
    return take_over(c, Books(), new=new, leave_out=leave_out)


def coverages(c: ProfessionalClaim) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = taken(c).items["encounter"]["coverages"]
    return found


def test_a_patient_who_is_not_the_subscriber_keeps_the_subscriber() -> None:
    holder = subscriber(party=Party("SYN", "ANN"), relation="")
    made = taken(claim(subscriber=holder, patient=person(), patient_relation="19")).items[
        "encounter"
    ]
    (coverage,) = made["coverages"]
    assert (made["patient"]["first"], coverage["subscriber"]["first"]) == ("ZOE", "ANN")
    assert (coverage["relation"], coverage["member_id"]) == ("19", "M1")


def test_the_patient_who_is_the_subscriber_has_no_other() -> None:
    (coverage,) = coverages(claim())
    assert (coverage["relation"], coverage["subscriber"]) == ("18", None)


@pytest.mark.parametrize(("frequency", "what"), [("7", "replaces"), ("8", "voids")])
def test_a_replacement_or_void_is_not_billed_as_new(frequency: str, what: str) -> None:
    with pytest.raises(Refuse, match=f"CLM at segment 20: CLM05-3 is {frequency}: it {what}"):
        taken(claim(frequency=frequency))


def test_a_void_leaves_no_balance_for_a_history_and_a_replacement_does() -> None:
    with pytest.raises(Refuse, match="a void leaves no balance"):
        taken(claim(frequency="8"), new=False)
    assert taken(claim(frequency="7"), new=False).items["history"]["foreign_number"] == "OLD-1"


def test_a_claim_to_a_second_payer_is_not_billed_as_new() -> None:
    with pytest.raises(Refuse, match="SBR01 says payer 2"):
        taken(claim(subscriber=subscriber(order=2)))


def test_a_claim_on_which_somebody_paid_is_not_billed_as_new() -> None:
    paid = PriorPayer(subscriber(order=2), Payer("SUPP", "P2"), paid_cents=100)
    with pytest.raises(Refuse, match=r"AMT\*D"):
        taken(claim(prior=[paid]))
    with pytest.raises(Refuse, match=r"AMT\*F5"):
        taken(claim(patient_paid_cents=100))


def test_a_second_coverage_is_carried_in_its_place_and_never_under_a_fallback() -> None:
    second = PriorPayer(subscriber(order=2, member_id="M2"), Payer("SUPP", "P2"))
    assert [(c["order"], c["payer"], c["member_id"]) for c in coverages(claim(prior=[second]))] == [
        (1, "BLUE", "M1"),
        (2, "SUPP", "M2"),
    ]
    unknown = PriorPayer(subscriber(order=2), Payer("WHO", "P9"))
    with pytest.raises(Refuse, match="payer P9 is not listed"):
        taken(claim(prior=[unknown]))
    with pytest.raises(Refuse, match="loop 2330B: another coverage names no payer"):
        taken(claim(prior=[PriorPayer(subscriber(order=2), Payer("", ""))]))


def test_a_second_coverage_of_somebody_else_needs_a_name_and_no_birth_date() -> None:
    them = subscriber(order=2, relation="01", party=Party("SYN", "ANN"))
    second = coverages(claim(prior=[PriorPayer(them, Payer("SUPP", "P2"))]))[1]
    assert (second["subscriber"]["born_on"], "street" in second["subscriber"]) == (None, False)
    them = subscriber(order=2, relation="01", party=Party(""))
    with pytest.raises(Refuse, match=r"loop 2330A: .* has no name"):
        taken(claim(prior=[PriorPayer(them, Payer("SUPP", "P2"))]))


def test_a_subscriber_of_somebody_elses_claim_needs_no_birth_date() -> None:
    holder = subscriber(party=person(born_on=None))
    made = taken(claim(subscriber=holder, patient=person(), patient_relation="19")).items
    assert made["encounter"]["coverages"][0]["subscriber"]["born_on"] is None


def test_a_prior_authorization_is_carried_by_every_charge_and_a_lines_own_by_it() -> None:
    own = line(references=[Reference("G1", "OWN")])
    made = taken(claim(authorization="AUTH", lines=[line(), own], total_cents=20_000))
    assert [c["authorization"] for c in made.items["charges"]["charges"]] == ["AUTH", "OWN"]


REFERRING = Provider(role="DN", last="WHO", npi="1234567893")


PICKED_UP = Provider(role="PW", street="1 WAY")


def test_a_referring_provider_goes_with_the_encounter() -> None:
    made = taken(claim(providers=[REFERRING])).items["encounter"]["providers"]
    assert [(p["role"], p["last"], p["npi"]) for p in made] == [("DN", "WHO", "1234567893")]


def test_a_provider_without_a_place_here_is_refused_or_left_out_aloud() -> None:
    attending = Provider(role="71", last="WHO", npi="1234567893")
    with pytest.raises(Refuse, match=r"2310: a provider in the role 71.*--leave-out"):
        taken(claim(providers=[attending]))
    made = taken(claim(providers=[attending]), leave_out=True)
    assert made.notes == [
        "CLM at segment 20: 2310: a provider in the role 71 (NM101) is not carried"
    ]


def test_where_a_ride_began_is_a_whole_address_or_refused() -> None:
    with pytest.raises(
        Refuse, match=r"2310: a place in the role PW \(NM101\) that is not a whole address"
    ):
        taken(claim(providers=[PICKED_UP]))
    whole = Provider(
        role="PW", street="1 WAY", city="TOWN", state="NY", zip="10001", organisation=True
    )
    with pytest.raises(Refuse, match="2310: more than one place in the role PW"):
        taken(claim(providers=[whole, whole]))
    note = taken(claim(providers=[whole])).items["encounter"]["note"]
    assert [(stop["role"], stop["street"], stop["line"]) for stop in note["stops"]] == [
        ("PW", "1 WAY", 0)
    ]


def test_a_ride_and_the_words_of_a_line_go_with_the_encounter_and_name_its_line() -> None:
    lines = [line(), line(note="SEEN AT NIGHT", note_kind="TPO", ambulance_patients=2)]
    made = taken(
        claim(lines=lines, ambulance=Ambulance("A", "12", "150"), note="n", total_cents=20_000)
    )
    note = made.items["encounter"]["note"]
    assert note["lines"] == [{"line": 2, "text": "SEEN AT NIGHT", "kind": "TPO"}]
    assert [(trip["line"], trip.get("miles"), trip.get("patients")) for trip in note["trips"]] == [
        (0, "12", None),
        (2, None, 2),
    ]


def test_where_our_listings_speak_instead_of_the_file_it_is_told() -> None:
    stranger = BillingProvider("OLD", "1999999984", "990000009")
    notes = taken(claim(billing=stranger, payer=Payer("BLUE", "P1", street="PO BOX 1"))).notes
    assert [note.partition(": ")[2][:6] for note in notes] == ["2010AA", "2010BB"]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"note": "n", "note_kind": "XXX"}, "NTE"),
        ({"references": [Reference("X4", "1")]}, r"REF\*X4"),
        ({"accident_causes": ["ZZ"]}, "CLM11"),
        ({"signature": "N"}, "CLM06"),
        (
            {"subscriber": subscriber(party=person(street="")), "patient": person()},
            "2010BA: an address that is not whole",
        ),
        ({"unknown": [["PER", "IC"]]}, "PER"),
        ({"subscriber": subscriber(group_name="UNION")}, "2000B: the group's name"),
        ({"delay_reason": "12"}, "CLM20"),
        ({"signature_source": "B"}, "CLM10"),
        ({"special_program": "01"}, "CLM12"),
        ({"condition_codes": ["A"]}, "HI of conditions"),
        ({"lines": [line(quantity="2.5E9")]}, "line 1: the quantity 2.5E9"),
        ({"lines": [line(unit_code="DA")]}, "line 1: the unit DA"),
        (
            {"lines": [line(providers=[Provider(role="82", last="X")])]},
            "a rendering provider without an NPI",
        ),
        ({"lines": [line(ndc="01234567891", ndc_units="3", ndc_unit="XX")]}, "CTP"),
        ({"lines": [line(note="n", note_kind="XXX")]}, "line 1: NTE"),
        ({"lines": [line(ambulance_patients=0)]}, "line 1: QTY"),
        ({"ambulance": Ambulance("Z", "12")}, "CR1"),
        ({"ambulance": Ambulance("A", "FAR")}, "CR1"),
        ({"lines": [line(prescription="RX1")]}, "the prescription number"),
    ],
)
def test_what_has_no_place_here_is_named(given: dict[str, Any], what: str) -> None:
    with pytest.raises(Refuse, match=what):
        taken(claim(**given))


def test_what_only_the_old_systems_traffic_needed_is_no_loss() -> None:
    assert taken(claim(references=[Reference("D9", "1")])).notes == []


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        (
            {"subscriber": subscriber(party=person(born_on=None))},
            "loop 2010BA: the patient has no DMG02",
        ),
        ({"subscriber": subscriber(party=person(street=""))}, "no address"),
        ({"subscriber": subscriber(member_id="")}, "no member number"),
        ({"patient": person(born_on=None)}, "loop 2010CA: the patient has no DMG02"),
    ],
)
def test_a_person_is_never_invented_for_a_claim_that_is_billed(
    who: dict[str, Any], missing: str
) -> None:
    with pytest.raises(Refuse, match=missing):
        taken(claim(**who))


def test_a_wrong_npi_is_named_before_anything_is_sent_and_a_history_bears_it() -> None:
    wrong = claim(providers=[Provider(role="DN", last="WHO", npi="1234567890")])
    with pytest.raises(Refuse, match=r"role DN \(NM109\) has a wrong check digit"):
        taken(wrong)
    with pytest.raises(Refuse, match=r"role 82 \(NM109\) has a wrong check digit"):
        taken(claim(rendering_npi="1234567890"))
    assert taken(wrong, new=False).items["history"]


def _history(c: ProfessionalClaim) -> dict[str, Any]:
    made: dict[str, Any] = taken(c, new=False).items["history"]
    return made


def test_a_history_keeps_its_number_and_what_is_left_of_each_line() -> None:
    prior = PriorLine("P2", 6_000, "99213", cas=[ClaimAdjustment("CO", "45", 3_000)])
    made = _history(claim(lines=[line(prior=[prior])], subscriber=subscriber(order=2)))
    assert (made["foreign_number"], made["payer_order"]) == ("OLD-1", 2)
    (left,) = made["lines"]
    assert (left["insurance_paid_cents"], left["contractual_cents"]) == (6_000, 3_000)
    assert left["insurance_open_cents"] == 1_000


def test_what_was_paid_on_the_claim_alone_is_taken_by_its_only_line() -> None:
    paid = PriorPayer(subscriber(order=1), Payer("BLUE", "P1"), paid_cents=4_000)
    (left,) = _history(claim(prior=[paid], patient_paid_cents=500))["lines"]
    assert (left["insurance_paid_cents"], left["patient_paid_cents"]) == (4_000, 500)
    assert left["insurance_open_cents"] == 5_500


TWO = {"lines": [line(), line()], "total_cents": 20_000}


def test_claim_level_money_is_never_spread_over_lines() -> None:
    cas = [ClaimAdjustment("CO", "45", 3_000), ClaimAdjustment("PR", "2", 13_000)]
    paid = PriorPayer(subscriber(order=1), Payer("BLUE", "P1"), paid_cents=4_000, cas=cas)
    made = _history(claim(prior=[paid], patient_paid_cents=500, **TWO))
    assert [left["insurance_open_cents"] for left in made["lines"]] == [10_000, 10_000]
    assert made["at_claim"] == {
        "insurance_paid_cents": 4_000,
        "contractual_cents": 3_000,
        "patient_paid_cents": 500,
    }


def test_an_adjustment_of_the_claim_lowers_what_its_lines_were_paid() -> None:
    lines = [line(prior=[PriorLine("P1", 10_000, "99213")]) for _ in range(2)]
    whole = [ClaimAdjustment("CO", "253", 400)]
    paid = PriorPayer(subscriber(order=1), Payer("BLUE", "P1"), paid_cents=19_600, cas=whole)
    made = _history(claim(prior=[paid], lines=lines, total_cents=20_000))
    assert made["at_claim"]["insurance_paid_cents"] == -400
    assert made["at_claim"]["contractual_cents"] == 400
    odd = PriorPayer(subscriber(order=1), Payer("BLUE", "P1"), paid_cents=19_599, cas=whole)
    with pytest.raises(Refuse, match=r"AMT\*D is less"):
        _history(claim(prior=[odd], lines=lines, total_cents=20_000))


def test_a_claim_cannot_have_been_paid_more_than_it_charges() -> None:
    paid = PriorPayer(subscriber(order=1), Payer("BLUE", "P1"), paid_cents=20_001)
    with pytest.raises(Refuse, match="more was paid and adjusted"):
        _history(claim(prior=[paid], **TWO))


def test_an_institutional_claim_is_taken_over_as_history_by_procedure_or_revenue_code() -> None:
    stay = institutional(7)
    made = taken(as_professional(stay), new=False).items
    codes = [line.procedure or line.revenue_code for line in stay.lines]
    assert [c["procedure"] for c in made["charges"]["charges"]] == codes
    assert made["history"]["total_cents"] == stay.total_cents


def test_an_institutional_claim_is_not_billed_here() -> None:
    data = write_837i(HEADER, [stays.batch(stays.claim())])
    with pytest.raises(Refuse, match=r"holds a 837I; .*--history"):
        read_claims("x.837", data)
    assert read_claims("x.837", data, new=False)


def test_a_line_cannot_have_been_paid_more_than_it_charges() -> None:
    prior = PriorLine("P2", 10_001, "99213")
    with pytest.raises(Refuse, match="more was paid and adjusted than a line charges"):
        _history(claim(lines=[line(prior=[prior])]))


def test_a_history_is_taken_over_with_what_only_a_bill_would_need() -> None:
    assert taken(claim(providers=[REFERRING], note="n"), new=False).notes == []


def test_a_number_of_a_claim_stands_once_in_a_file() -> None:
    path = SAMPLES / "demo.example1.837"
    if not path.exists():
        pytest.skip("the samples are not here")
    once = path.read_bytes()
    start, end = once.index(b"ST*"), once.index(b"GE*")
    twice = (
        once[:end]
        + once[start:end].replace(b"*0021", b"*0022")
        + once[end:].replace(b"GE*1", b"GE*2")
    )
    with pytest.raises(Refuse, match="stands in the file twice"):
        read_claims("twice.837", twice)


@pytest.mark.parametrize("name", ["demo.cob.example3.B.837", "demo.cob.example4.837"])
def test_a_sample_of_a_second_payer_is_refused_as_new_and_kept_as_history(name: str) -> None:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the samples are not here")
    for c in read_claims(name, path.read_bytes()):
        with pytest.raises(Refuse, match="CLM at segment"):
            taken(c)


def test_a_day_of_birth_that_is_none_keeps_no_history_out_and_every_bill() -> None:
    data = write_837p(HEADER, [batch(sound())]).replace(b"DMG*D8*19800203", b"DMG*D8*00000000")
    (taken_over,) = read_claims("old.837", data, new=False)
    assert taken_over.subscriber.party.born_on is None
    with pytest.raises(Refuse, match="DMG02"):
        read_claims("old.837", data, new=True)
