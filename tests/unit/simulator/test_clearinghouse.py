"""The clearinghouse: what it answers to our files follows from the seed, and every kind of answer comes."""

from datetime import date, timedelta
from pathlib import Path

from shared.x12 import read_file
from shared.x12.claim_837p import ProfessionalClaim
from shared.x12.eligibility_270 import Batch270, Inquiry270, write_270
from shared.x12.eligibility_271 import Answer271, read_271
from shared.x12.remittance_835 import RemitClaim
from shared.x12.writing import Header
from simulator import weights
from simulator.chance import Chance
from simulator.clearinghouse import Clearinghouse
from simulator.pay_run import Treasury
from tests.unit.simulator.town import BOOKS, JUNE, claim, file_837, remittances

MANY = 900


def house(seed: int = 7) -> Clearinghouse:
    chance = Chance(seed)
    treasury = Treasury(chance, BOOKS.payer_facts())
    return Clearinghouse(chance, treasury, BOOKS.codes_by_payer_id())


def put(outbound: Path, name: str, data: bytes) -> None:
    outbound.mkdir(exist_ok=True)
    (outbound / name).write_bytes(data)


def inquiries(count: int, isa13: int = 500_000_100) -> bytes:
    asked = [
        Inquiry270(
            trace=f"ZZTOWN{n:08d}1",
            trace_origin="9CLAIMLOG1",
            payer_name="SYNTHETIC BLUE PLAN",
            payer_id="BLUE1",
            provider_name="NORTHFIELD CLINIC",
            provider_npi=BOOKS.facilities[0]["npi"],
            member_id=f"ZZZ{n:07d}",
            last="ZZTESTA",
            first="QUINN",
            born_on=date(1980, 2, 3),
            sex="F",
            service_on=JUNE,
        )
        for n in range(count)
    ]
    sets = [
        Batch270(f"{n // 99 + 1:04d}", f"B{n // 99 + 1}", JUNE, "0800", asked[n : n + 99])
        for n in range(0, count, 99)
    ]
    return write_270(Header("CLAIMLOG", "CLEAR1", isa13, isa13, JUNE), sets)


def answers(made: Clearinghouse) -> list[Answer271]:
    files = [a.data for a in made.due(JUNE) if a.name.startswith("271")]
    return [a for data in files for one in read_file(data).sets() for a in read_271(one)[0]]


def paid_for(
    made: Clearinghouse, claims: list[ProfessionalClaim], outbound: Path, days: int = 160
) -> list[RemitClaim]:
    """Every claim payment over so many days after these claims came."""
    put(outbound, "837P-1.edi", file_837(claims, 17))
    made.collect(outbound, JUNE)
    found: list[RemitClaim] = []
    for ahead in range(days):
        for _, data in made.treasury.run(JUNE + timedelta(days=ahead)):
            found += [c for remit in remittances(data) for c in remit.claims]
    return found


def test_the_same_seed_answers_with_the_same_bytes(tmp_path: Path) -> None:
    put(tmp_path, "837P-1.edi", file_837([claim(n) for n in range(40)], 17))
    put(tmp_path, "270-1.edi", inquiries(40))
    runs = []
    for _ in range(2):
        one = house()
        one.collect(tmp_path, JUNE)
        runs.append([a for day in range(40) for a in one.due(JUNE + timedelta(days=day))])
    assert runs[0] == runs[1]
    assert {a.service for a in runs[0]} == {"submission", "adjudication_tracking", "eligibility"}


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    put(tmp_path, "270-1.edi", inquiries(3))
    one = house()
    assert (one.collect(tmp_path, JUNE), one.collect(tmp_path, JUNE)) == (1, 0)


def test_most_coverages_are_active_and_some_are_inactive_or_rejected(tmp_path: Path) -> None:
    put(tmp_path, "270-1.edi", inquiries(MANY))
    one = house()
    one.collect(tmp_path, JUNE)
    found = {a.trace: a for a in answers(one)}
    assert len(found) == MANY
    active = sum(a.active for a in found.values())
    inactive = sum(any(b.code == "6" for b in a.benefits) for a in found.values())
    rejected = {r.reason for a in found.values() for r in a.rejections}
    assert active > 0.9 * MANY
    assert 0 < inactive < 0.05 * MANY
    assert rejected == {"42", "75"}


def test_a_payer_that_was_down_answers_when_it_is_asked_again(tmp_path: Path) -> None:
    one = house()
    put(tmp_path, "270-1.edi", inquiries(MANY))
    one.collect(tmp_path, JUNE)
    down = {a.trace for a in answers(one) if any(r.reason == "42" for r in a.rejections)}
    put(tmp_path, "270-2.edi", inquiries(MANY, 500_000_200))
    one.collect(tmp_path, JUNE)
    again = [a for a in answers(one) if a.trace in down]
    assert down
    assert not [a for a in again if any(r.reason == "42" for r in a.rejections)]


def test_a_voided_claim_is_taken_back_and_nothing_takes_its_place(tmp_path: Path) -> None:
    one = house()
    one.faults = False
    claims = [claim(n) for n in range(5)]
    paid = [c for c in paid_for(one, claims, tmp_path, days=60) if c.paid_cents]
    number = paid[0].clp01
    void = next(claim(n, frequency="8") for n in range(5) if claim(n).clm01 == number)
    put(tmp_path, "837P-2.edi", file_837([void], 18))
    later = JUNE + timedelta(days=60)
    one.collect(tmp_path, later)
    after = [
        c
        for ahead in range(60)
        for _, data in one.treasury.run(later + timedelta(days=ahead))
        for remit in remittances(data)
        for c in remit.claims
    ]
    assert [(c.clp01, c.status, c.paid_cents) for c in after] == [
        (number, "22", -paid[0].paid_cents)
    ]


def test_some_payments_are_reversed_and_corrected_long_after(tmp_path: Path) -> None:
    found = paid_for(house(), [claim(n) for n in range(MANY)], tmp_path)
    back = [c for c in found if c.status == "22"]
    assert back
    chance = Chance(7)
    late = {
        c.clp01 for c in back if chance.happens(weights.REVERSED_LATE, "reversed late", c.clp01)
    }
    assert 0 < len(late) < len({c.clp01 for c in back})
    for one in back:
        stands = [c for c in found if c.clp01 == one.clp01 and c.status != "22"]
        assert -one.paid_cents in [c.paid_cents for c in stands]
        assert len(stands) == 2, "the correction follows"


def test_some_claims_are_rejected_at_the_gate_and_pass_when_they_come_again(tmp_path: Path) -> None:
    one = house()
    put(tmp_path, "837P-1.edi", file_837([claim(n) for n in range(MANY)], 17))
    one.collect(tmp_path, JUNE)
    before = one.received.copy()
    rejected = [key for key in before if key.startswith(("gate/", "payer gate/"))]
    assert 0 < len(rejected) < 0.08 * MANY
