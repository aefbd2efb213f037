"""Public sample files that nobody here wrote: read without a crash, facts as the file states them, faults named."""

from collections.abc import Collection
from pathlib import Path

import pytest

from shared.x12 import Unreadable, kind_of, read_file, sniff
from shared.x12.claim_837p import read_837p
from shared.x12.remittance_835 import check_835, read_835
from shared.x12.sets import room_of
from tests.x12.everything import read_everything
from tests.x12.made import SAMPLES, needs_samples

FILES = sorted(path for path in SAMPLES.rglob("*.*") if path.is_file() and path.suffix != ".md")
KINDS = {
    "270": "270",
    "271": "271",
    "276": "276",
    "277": "277",
    "835": "835",
    "837i": "837I",
    "837": "837P",
}

REMITTANCES = {
    "cob-contractural-adjustment": (3_400, [(54_100, 3_400)], set()),
    "managed-care": (94_500, [(80_000, 45_000), (120_000, 49_500)], set()),
    "medicare-part-a": (15_000_000, [(21_136_697, 13_801_840), (1_500_000, 1_198_033)], set()),
    "secondary-payment": (122_200, [(1_032_364, 91_200), (75_150, 31_000)], set()),
    "tertiary-payment": (18_750, [(176_650, 18_750)], {"line", "roll_up"}),
}
STATED = {
    "cob-contractural-adjustment": ("2", "0063158ABC", "", "", "2005-03-18", []),
    "managed-care": ("11", "7170066655", "", "5544667733", "2002-03-14", []),
    "medicare-part-a": ("11", "12345", "999", "6543210903", "2002-09-16", [("CV", -127)]),
    "secondary-payment": ("22", "0012524965", "", "", "2005-04-12", []),
    "tertiary-payment": ("3", "0012524879", "", "", "2005-04-12", []),
}
"""Claim statuses, trace, payer's id, payee's NPI, production date and provider adjustments, as each file states them."""
CLAIMS = {
    "demo.example1": (10_000, 4),
    "demo.ambulance.example5": (76_650, 4),
    "demo.autoaccident": (18_500, 2),
    "demo.cob.example3.B": (7_904, 3),
    "demo.drug.example10.2": (223_293, 6),
    "demo.example7": (52_024, 2),
    "demo.example9": (82_700, 1),
}


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def of_name(folder: str, names: Collection[str]) -> list[Path]:
    return [path for path in FILES if path.parent.name.startswith(folder) and path.stem in names]


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_sample_is_what_its_name_says(path: Path) -> None:
    assert sniff(path.read_bytes()) == {KINDS[path.suffix[1:]]}


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_sample_reads_and_checks_without_a_crash(path: Path) -> None:
    for one in read_file(path.read_bytes(), strict=False).sets():
        read_everything(one)
        for place, text in enumerate(one.raw):
            assert path.read_bytes()[one.offset(place) :].startswith(text.encode()[:4])


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_sample_is_refused_only_for_a_fault_that_it_has(path: Path) -> None:
    try:
        read_file(path.read_bytes())
    except Unreadable as refused:
        assert [f.element for f in refused.findings] == ["SE02"]
        assert path.stem == "subscriber-health-benefit-check-error"


@needs_samples
@pytest.mark.parametrize("path", of_name("835", REMITTANCES), ids=named)
def test_a_sample_remittance_has_its_money_and_its_balance(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    remit, findings = read_835(one)
    amount, claims, unbalanced = REMITTANCES[path.stem]
    assert remit.amount_cents == amount
    assert [(c.charge_cents, c.paid_cents) for c in remit.claims] == claims
    assert {f.level for f in check_835(remit, one) if f.level} == unbalanced
    assert [f for f in findings if f.severity == "error"] == []


@needs_samples
@pytest.mark.parametrize("path", of_name("835", REMITTANCES), ids=named)
def test_a_sample_remittance_says_what_the_file_states_and_no_more(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    r, _ = read_835(one)
    statuses, trace, payer, npi, produced, plb = STATED[path.stem]
    assert "".join(c.status for c in r.claims) == statuses
    assert (r.trn02, r.payer_id, r.payee_npi, str(r.produced_on)) == (trace, payer, npi, produced)
    assert [(p.reason, p.cents) for p in r.plb] == plb
    assert (r.paid_on is not None) is bool(r.payer_id)  # The others have their date in BPR15.


@needs_samples
@pytest.mark.parametrize("path", of_name("837_005010X222", CLAIMS), ids=named)
def test_a_sample_claim_has_its_charge_and_its_lines(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    claims, _ = read_837p(one)
    assert [(c.total_cents, len(c.lines)) for c in claims] == [CLAIMS[path.stem]]


@needs_samples
def test_a_separator_that_is_not_the_one_of_the_isa_is_named() -> None:
    (path,) = of_name("837_005010X222", ["demo.example9"])
    (one,) = read_file(path.read_bytes()).sets()
    assert kind_of(one) == "837P"
    assert "CLM05" in {f.element for f in read_837p(one)[1]}


def stated(path: Path, tag: str) -> list[list[str]]:
    """All segments of a kind, as anybody would cut them out of the text."""
    text = path.read_text("latin-1").replace("\r", "").replace("\n", "")
    return [s.split("*") for s in text.split("~") if s.startswith(f"{tag}*")]


@needs_samples
@pytest.mark.parametrize("path", [path for path in FILES if "837" in path.suffix], ids=named)
def test_every_sample_claim_charges_and_lists_what_the_text_says(path: Path) -> None:
    (one,) = read_file(path.read_bytes()).sets()
    room = room_of(one)
    assert room is not None
    claims = room.read(one)[0].claims
    said = [(s[1], round(float(s[2]) * 100)) for s in stated(path, "CLM")]
    assert [(c.clm01, c.total_cents) for c in claims] == said
    assert sum(len(c.lines) for c in claims) == len(stated(path, "LX"))
    charged = [line.charge_cents for c in claims for line in c.lines]
    at = 3 if path.suffix == ".837i" else 2
    assert charged == [round(float(s[at]) * 100) for s in stated(path, "SV2" if at == 3 else "SV1")]
    assert sum(len(c.prior) for c in claims) == len(stated(path, "SBR")) - len(
        [s for s in stated(path, "HL") if s[3] == "22"]
    )


UNBALANCED = {"tertiary-payment.835"}
MISSING = {"demo.cob.example3.A.837": ("2330B", "NM1")}


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_sample_has_no_fault_of_structure_but_the_one_that_it_has(path: Path) -> None:
    (one,) = read_file(path.read_bytes(), strict=False).sets()
    room = room_of(one)
    assert room is not None
    errors = [f for f in room.judged(one)[1] if f.severity == "error"]
    built = [(f.loop, f.element) for f in errors if f.rule.startswith("structure.")]
    assert built == ([MISSING[path.name]] if path.name in MISSING else [])
    assert bool([f for f in errors if f.level]) is (path.name in UNBALANCED)
