"""835: four balances to the cent, reversals, provider adjustments, several checks in a file, files of any size."""

from collections.abc import Iterator
from datetime import date

import pytest

from shared.x12 import Finding, TransactionSet, open_file, read_file
from shared.x12.remittance_835 import (
    BalanceOfFile,
    Cas,
    Plb,
    Reading835,
    RemitClaim,
    Remittance,
    check_835,
    check_stream,
    read_835,
    write_835,
)
from shared.x12.showing_findings import judge_file, judge_stream
from tests.x12.made import DAY, HEADER, NPI, bytes_835, claim_paid, line_paid, remittance


def written(*remittances: Remittance) -> list[TransactionSet]:
    """The sets of a file of these payments."""
    return list(read_file(write_835(HEADER, remittances)).sets())


def findings(remit: Remittance) -> list[Finding]:
    """What is found in it."""
    (one,) = written(remit)
    back, read = read_835(one)
    return read + check_835(back, one)


def differences(remit: Remittance) -> set[tuple[str, int]]:
    """(level, cents) of what does not balance."""
    return {(f.level, f.difference_cents) for f in findings(remit) if f.level}


def test_a_balanced_payment_has_no_findings() -> None:
    assert findings(remittance(claim_paid(), claim_paid(clp01="B2"))) == []


def test_a_line_that_is_a_cent_off_is_named_at_every_level_that_it_breaks() -> None:
    broken = claim_paid(lines=[line_paid(cas=[Cas("CO", "45", 2_499), Cas("PR", "2", 1_500)])])
    assert differences(remittance(broken)) == {("line", 1), ("claim", 1)}


def test_lines_that_do_not_make_the_claim_are_named() -> None:
    broken = claim_paid(lines=[line_paid(), line_paid()])
    assert ("roll_up", 10_000) in differences(remittance(broken))
    assert ("roll_up", 6_000) in differences(remittance(broken))


def test_a_payment_that_is_not_its_claims_is_named() -> None:
    assert differences(remittance(claim_paid(), amount_cents=6_100)) == {("payment", -100)}


def test_claims_without_lines_balance_on_their_own() -> None:
    made = claim_paid(lines=[], cas=[Cas("CO", "45", 2_500), Cas("PR", "2", 1_500)])
    assert findings(remittance(made)) == []


def test_claim_level_adjustments_lower_what_the_lines_were_paid() -> None:
    made = claim_paid(paid_cents=5_000, cas=[Cas("OA", "23", 1_000)])
    assert findings(remittance(made)) == []


def test_a_positive_plb_lowers_the_payment_and_a_negative_one_raises_it() -> None:
    plb = (
        Plb("WO", 1_000, "ICN9", NPI, date(2026, 12, 31)),
        Plb("L6", -25, "INTEREST", NPI, date(2026, 12, 31)),
        Plb("FB", -500, "FWD", NPI, date(2026, 12, 31)),
    )
    made = remittance(claim_paid(), plb=plb)
    assert made.amount_cents == 6_000 - 1_000 + 25 + 500
    assert findings(made) == []
    (one,) = written(made)
    assert [(p.reason, p.cents, p.reference) for p in read_835(one)[0].plb] == [
        ("WO", 1_000, "ICN9"),
        ("L6", -25, "INTEREST"),
        ("FB", -500, "FWD"),
    ]


def test_more_than_six_provider_adjustments_need_several_segments() -> None:
    plb = tuple(Plb("WO", n, f"R{n}", NPI, date(2026, 12, 31)) for n in range(1, 15))
    (one,) = written(remittance(claim_paid(), plb=plb))
    back, _ = read_835(one)
    assert [p.cents for p in back.plb] == list(range(1, 15))
    assert sum(text.startswith("PLB") for text in one.raw) == 3


def test_more_than_six_adjustments_of_a_group_need_several_segments() -> None:
    cas = [Cas("CO", str(n), 100, 1) for n in range(1, 14)]
    made = claim_paid(charge_cents=1_300, paid_cents=0, patient_cents=0, cas=cas, lines=[])
    (one,) = written(remittance(made))
    back, _ = read_835(one)
    assert back.claims[0].cas == cas
    assert check_835(back, one) == []


def test_a_reversal_and_its_correction_net_out() -> None:
    back = claim_paid(status="22", charge_cents=-10_000, paid_cents=-6_000, patient_cents=0)
    cas = [Cas("CO", "45", -2_500), Cas("PR", "2", -1_500)]
    back.lines = [line_paid(charge_cents=-10_000, paid_cents=-6_000, cas=cas)]
    made = remittance(back, claim_paid())
    assert made.amount_cents == 0
    assert findings(made) == []


def test_a_patient_responsibility_that_is_not_its_adjustments_is_only_a_warning() -> None:
    (finding,) = findings(remittance(claim_paid(patient_cents=1)))
    assert (finding.severity, finding.element) == ("warning", "CLP05")


def test_an_unknown_group_and_a_wrong_npi_are_named() -> None:
    made = claim_paid(lines=[line_paid(cas=[Cas("XX", "45", 4_000)])], patient_cents=0)
    assert {f.element for f in findings(remittance(made, payee_npi="1999999999"))} == {
        "CAS01",
        "N104",
    }


@pytest.mark.parametrize("amount", [b"1E3", b"NaN", b"1_0", b"+60", b"60.001", "٦٠".encode(), b""])
def test_an_amount_that_is_none_is_an_error_not_a_sum(amount: bytes) -> None:
    data = write_835(HEADER, [remittance(claim_paid())]).replace(
        b"*100*60*", b"*100*" + amount + b"*"
    )
    (one,) = read_file(data).sets()
    _, found = read_835(one)
    if amount:
        assert {(f.severity, f.element) for f in found} >= {("error", "CLP04")}
        assert amount.decode() not in " ".join(map(str, found))


def test_several_checks_stand_in_one_file() -> None:
    first, second = remittance(claim_paid()), remittance(claim_paid(clp01="B2"), trn02="CHECK2")
    second.control = "0002"
    sets = written(first, second)
    assert [read_835(one)[0].trn02 for one in sets] == ["CHECK1", "CHECK2"]
    assert [check_835(read_835(one)[0], one) for one in sets] == [[], []]


def test_everything_that_is_written_reads_back() -> None:
    made = claim_paid(
        remarks=["MA01", "MA07"],
        amounts={"AU": 7_500, "I": 12},
        original_control="ICN0",
        service_from=DAY,
        service_to=date(2026, 1, 7),
        received_on=DAY,
        subscriber_last="ZZTESTB",
        subscriber_first="Q",
        subscriber_id="XX1",
        corrected_last="ZZTESTC",
        corrected_id="XX2",
        rendering_npi=NPI,
        crossover_name="NEXT PAYER",
        crossover_id="NP1",
    )
    made.lines = [
        line_paid(
            modifiers=["25", "59"],
            submitted_procedure="99214",
            revenue_code="0300",
            units=2,
            service_to=date(2026, 1, 6),
            remarks=["N130", "M15"],
            allowed_cents=7_500,
        )
    ]
    remit = remittance(made)
    (one,) = written(remit)
    back, found = read_835(one)
    assert found == []
    assert back.unknown == back.claims[0].unknown == back.claims[0].lines[0].unknown == []
    back.payee_segment = back.claims[0].segment = back.claims[0].lines[0].segment = -1
    assert back == remit
    assert write_835(HEADER, [back]) == write_835(HEADER, [remit])


def test_what_the_model_does_not_name_is_kept_where_it_stood() -> None:
    data = (
        bytes_835()
        .replace(b"~LX*1~", b"~LX*1~TS3*1*2~", 1)
        .replace(b"~REF*F8", b"~QTY*CA*3~REF*F8")
    )
    (one,) = read_file(data, strict=False).sets()
    back, _ = read_835(one)
    assert back.unknown == [["TS3", "1", "2"]]
    assert back.claims[-1].unknown == [["QTY", "CA", "3"]]


def test_findings_name_segment_and_byte() -> None:
    broken = claim_paid(lines=[line_paid(paid_cents=1)])
    data = write_835(HEADER, [remittance(broken)])
    (one,) = read_file(data).sets()
    back, _ = read_835(one)
    finding = next(f for f in check_835(back, one) if f.level == "line")
    assert data[finding.offset :].startswith(b"SVC*")
    assert data[: finding.offset].count(b"~") + 1 == finding.segment
    assert (finding.interchange, finding.group, finding.set) == ("000000017", "18", "0001")


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def test_a_stream_gives_claims_and_findings_and_drops_what_was_read() -> None:
    wrong = claim_paid(clp01="WRONG", lines=[line_paid(paid_cents=1)])
    claims = [claim_paid(clp01=f"C{n}") for n in range(2_000)] + [wrong]
    data = write_835(HEADER, [remittance(*claims)])
    seen: list[str] = []
    found: list[Finding] = []
    most = 0
    for one in open_file(pieces(data, 4_096)):
        for what in check_stream(Reading835(one)):
            if isinstance(what, RemitClaim):
                seen.append(what.clp01)
            else:
                found.append(what)
            most = max(most, len(one.raw))
    assert seen == [c.clp01 for c in claims]
    assert most < 1_000
    (one,) = read_file(data).sets()
    assert found == check_835(read_835(one)[0], one)


def test_a_set_without_payment_or_trace_says_so() -> None:
    data = bytes_835().replace(b"~BPR*", b"~ZZZ*").replace(b"~TRN*", b"~ZZZ*")
    (one,) = read_file(data).sets()
    assert {f.sentence for f in read_835(one)[1]} == {
        "the set has no BPR",
        "the set has no TRN",
    }


def errors(remit: Remittance) -> set[str]:
    """The elements that errors are named at."""
    return {f.element for f in findings(remit) if f.severity == "error"}


@pytest.mark.parametrize("status", ["23", "25"])
def test_what_is_forwarded_or_only_predetermined_has_no_payment(status: str) -> None:
    cas = [Cas("OA", "101", 10_000)]
    none = claim_paid(status=status, paid_cents=0, patient_cents=0)
    none.lines = [line_paid(paid_cents=0, cas=cas)]
    assert findings(remittance(none)) == []
    (fault,) = [f for f in findings(remittance(claim_paid(status=status))) if f.element == "CLP04"]
    assert (fault.severity, fault.difference_cents, fault.loop) == ("error", 6_000, "2100")


def test_a_reversal_that_pays_is_an_error_and_a_claim_that_takes_back_is_odd() -> None:
    assert errors(remittance(claim_paid(status="22"))) == {"CLP03", "CLP04"}
    cas = [Cas("CO", "45", -2_500), Cas("PR", "2", -1_500)]
    back = claim_paid(charge_cents=-10_000, paid_cents=-6_000, patient_cents=-1_500)
    back.lines = [line_paid(charge_cents=-10_000, paid_cents=-6_000, cas=cas)]
    found = findings(remittance(back, claim_paid(), claim_paid()))
    assert {(f.severity, f.element) for f in found} == {("warning", "CLP03"), ("warning", "CLP04")}


def test_a_patient_share_that_is_left_out_is_noticed_but_not_on_a_reversal() -> None:
    (finding,) = findings(remittance(claim_paid(patient_cents=0)))
    assert (finding.element, finding.difference_cents) == ("CLP05", -1_500)


def test_nothing_is_made_up_that_the_file_does_not_say() -> None:
    bare = b"~".join(
        text
        for text in bytes_835().split(b"~")
        if not text.startswith((b"N3", b"N4", b"PER", b"REF", b"DTM", b"NM1"))
    )
    (one,) = read_file(bare, strict=False).sets()
    remit, _ = read_835(one)
    said = {"handling", "amount_cents", "credit", "method", "paid_on", "trn02", "trn03", "bank"}
    said |= {"payer_name", "payer_id", "payee_name", "payee_npi", "claims", "plb", "control"}
    for name in set(remit.__dataclass_fields__) - {"payee_segment"}:
        assert bool(getattr(remit, name)) is (name in said), name
    assert not remit.claims[0].patient_last
    assert remit.claims[0].lines[0].service_from is None


def test_a_line_that_does_not_say_what_was_paid_is_an_error_and_not_a_zero() -> None:
    data = bytes_835().replace(b"SVC*HC:99213*-100*-60**1", b"SVC*HC:99213*-100***1")
    (one,) = read_file(data).sets()
    (found,) = read_835(one)[1]
    assert (found.element, found.rule) == ("SVC03", "amount.missing")


@pytest.mark.parametrize(
    ("as_it_is", "without", "element"),
    [(b"SVC*HC:99213*100*60", b"SVC*HC:99213**60", "SVC02"), (b"BPR*I*60*C", b"BPR*I**C", "BPR02")],
)
def test_a_missing_amount_is_told_once_whole_or_streamed(
    as_it_is: bytes, without: bytes, element: str
) -> None:
    data = write_835(HEADER, [remittance(claim_paid())]).replace(as_it_is, without)
    whole = [f for _, f in judge_file(read_file(data)) if f and f.element == element and f.code]
    assert [f.rule for f in whole] == ["amount.missing"]
    assert [
        f for _, f in judge_stream(open_file(data)) if f and f.element == element and f.code
    ] == whole


@pytest.mark.parametrize("day", [date.max, date.min, date(2200, 1, 1), date(1899, 12, 31)])
def test_a_day_beyond_every_calendar_is_no_payment_date(day: date) -> None:
    paid = remittance(claim_paid(), paid_on=day, produced_on=day)
    (one,) = written(paid)
    back, found = read_835(one)
    assert (back.paid_on, back.produced_on) == (None, None)
    assert {f.element for f in found} == {"BPR16", "DTM02"}


def test_no_provider_adjustment_is_left_out_however_long_the_segment() -> None:
    more = b"".join(b"*WO:R%d*%d" % (n, n) for n in range(1, 9))
    data = bytes_835().replace(b"*WO:ICN9*10~", more + b"~")
    (one,) = read_file(data).sets()
    assert [p.cents for p in read_835(one)[0].plb] == [100 * n for n in range(1, 9)]
    data = bytes_835().replace(b"*WO:ICN9*10~", b"*WO:ICN9*10*WO:X~")
    (one,) = read_file(data).sets()
    assert [(f.element, f.rule) for f in read_835(one)[1]] == [("PLB06", "amount.missing")]


def test_an_amount_that_stands_twice_is_kept_twice() -> None:
    data = bytes_835().replace(b"~AMT*AU*0.01~", b"~AMT*AU*0.01~AMT*AU*5~")
    (one,) = read_file(data, strict=False).sets()
    claim = read_835(one)[0].claims[-1]
    assert (claim.amounts, claim.unknown) == ({"AU": 1}, [["AMT", "AU", "5"]])


def test_a_file_balances_when_all_its_payments_do() -> None:
    first, second = remittance(claim_paid()), remittance(claim_paid(), trn02="CHECK2")
    second.control, second.amount_cents = "0002", second.amount_cents + 250
    balance = BalanceOfFile()
    for one in written(first, second):
        balance.add(read_835(one)[0], one)
    (fault,) = balance.end()
    assert (fault.level, fault.difference_cents) == ("file", -250)
    assert (balance.claims_cents, balance.amount_cents) == (12_000, 12_250)


def test_a_payment_that_stands_twice_in_a_file_is_named_with_its_amount() -> None:
    first, again = remittance(claim_paid()), remittance(claim_paid())
    again.control = "0002"
    balance = BalanceOfFile()
    for one in written(first, again):
        balance.add(read_835(one)[0], one)
    (fault,) = balance.end()
    assert (fault.set, fault.rule, fault.difference_cents) == ("0002", "payment.repeated", 6_000)
