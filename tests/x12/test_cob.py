"""A secondary claim is made from the first payer's 835: the same cents, balanced by line and by claim."""

import pytest

from shared.x12 import read_file
from shared.x12.claim_837i import read_837i, write_837i
from shared.x12.claim_837p import Payer, ProfessionalClaim, Subscriber, check_837p, read_837p
from shared.x12.claim_837p import write_837p as write
from shared.x12.cob import Cob, earlier_payment, with_earlier_payment
from shared.x12.remittance_835 import Cas, RemitClaim, read_835, write_835
from shared.x12.writing import NotWritable
from tests.x12 import test_837i as stays
from tests.x12.made import (
    DAY,
    HEADER,
    OTHERS,
    PATIENT,
    batch,
    claim,
    claim_paid,
    line_paid,
    remittance,
    service,
)
from tests.x12.test_837p import judged

FIRST = Subscriber(1, "XX111", OTHERS, filing_indicator="MB")
SECOND = Subscriber(2, "XX000", PATIENT, filing_indicator="CI")


def two_lines() -> ProfessionalClaim:
    """What goes to the second payer, before it says what the first one did."""
    lines = [service(1, line_control="A-1"), service(2, line_control="A-2")]
    return claim(*lines, subscriber=SECOND, payer=Payer("SECOND", "SYN02"))


def paid(**changes: object) -> RemitClaim:
    """120.00 of 200.00 paid, 30.00 left to the patient."""
    lines = [line_paid(), line_paid(line_control="A-2")]
    made = claim_paid(charge_cents=20_000, paid_cents=12_000, patient_cents=3_000, lines=lines)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def cob(of: RemitClaim) -> Cob:
    """After a way through the wire."""
    (one,) = read_file(write_835(HEADER, [remittance(of)])).sets()
    remit, _ = read_835(one)
    return earlier_payment(two_lines(), remit, remit.claims[0], FIRST)


def test_what_the_first_payer_paid_and_adjusted_goes_over_line_by_line() -> None:
    made = cob(paid())
    assert (made.payer.paid_cents, made.payer.cas, made.payer.paid_on) == (12_000, [], DAY)
    assert made.payer.payer_control == "ICN1"
    assert [[p.paid_cents for p in line] for line in made.lines] == [[6_000], [6_000]]
    assert [(c.group, c.reason, c.cents) for c in made.lines[0][0].cas] == [
        ("CO", "45", 2_500),
        ("PR", "2", 1_500),
    ]
    assert made.lines[0][0].patient_owes_cents == 1_500


def test_the_secondary_claim_is_written_judged_and_read_back() -> None:
    made = with_earlier_payment(two_lines(), cob(paid()))
    data = write(HEADER, [batch(made)])
    fine, errors = judged(data)
    assert fine, errors
    (one,) = read_file(data).sets()
    back, _ = read_837p(one)
    assert back[0].lines == made.lines
    assert [f for f in check_837p(back, one) if f.severity != "note"] == []


def test_a_third_payer_hears_of_both() -> None:
    first = with_earlier_payment(two_lines(), cob(paid()))
    second_paid = paid(status="2", paid_cents=3_000, patient_cents=0)
    for line in second_paid.lines:
        line.paid_cents, line.cas = 1_500, [Cas("OA", "23", 8_500)]
    remit = remittance(second_paid, payer_name="SECOND", payer_id="SYN02")
    other = Subscriber(2, "XX222", OTHERS, filing_indicator="CI")
    both = with_earlier_payment(first, earlier_payment(first, remit, second_paid, other))
    both.payer, both.subscriber = Payer("THIRD", "SYN03"), Subscriber(3, "XX3", PATIENT)
    both.subscriber.filing_indicator = "CI"
    data = write(HEADER, [batch(both)])
    fine, errors = judged(data)
    assert fine, errors
    assert [p.payer_id for p in both.lines[0].prior] == ["SYN01", "SYN02"]


def test_a_payment_without_lines_goes_over_for_the_whole_claim() -> None:
    whole = paid(lines=[], cas=[Cas("CO", "45", 5_000), Cas("PR", "1", 3_000)])
    made = cob(whole)
    assert made.lines == [[], []]
    assert (made.payer.paid_cents, made.payer.patient_owes_cents) == (12_000, 3_000)
    fine, errors = judged(write(HEADER, [batch(with_earlier_payment(two_lines(), made))]))
    assert fine, errors


def test_adjustments_at_claim_and_lines_together_balance() -> None:
    both = paid(paid_cents=11_000, cas=[Cas("CO", "94", 1_000)])
    made = cob(both)
    assert (made.payer.paid_cents, made.payer.cas[0].cents) == (11_000, 1_000)


def test_a_line_without_a_control_number_is_known_by_its_procedure_day_and_charge() -> None:
    lines = [line_paid(line_control=""), line_paid(line_control="")]
    made = cob(paid(lines=lines))
    assert [len(line) for line in made.lines] == [1, 1]


def test_a_line_that_was_split_goes_over_in_parts() -> None:
    parts = [
        line_paid(charge_cents=4_000, paid_cents=4_000, cas=[]),
        line_paid(charge_cents=6_000, paid_cents=2_000, cas=[Cas("CO", "45", 4_000)]),
        line_paid(line_control="A-2"),
    ]
    made = cob(paid(lines=parts))
    assert [len(line) for line in made.lines] == [2, 1]


@pytest.mark.parametrize(
    ("broken", "element"),
    [
        (paid(paid_cents=11_999), "AMT02"),
        (paid(lines=[line_paid(cas=[]), line_paid(line_control="A-2")]), "SVD02"),
        (paid(lines=[line_paid(), line_paid(line_control="XX", charge_cents=1)]), "SVD03"),
        (paid(lines=[line_paid(), line_paid(line_control="", procedure="99999")]), "SVD03"),
        (paid(lines=[], cas=[]), "AMT02"),
        (paid(status="22"), "AMT02"),
        (paid(status="25"), "AMT02"),
    ],
)
def test_what_does_not_balance_or_decides_nothing_goes_nowhere(
    broken: RemitClaim, element: str
) -> None:
    with pytest.raises(NotWritable) as refused:
        earlier_payment(two_lines(), remittance(broken), broken, FIRST)
    assert refused.value.element == element


def test_the_claim_that_was_given_stays_as_it_is() -> None:
    before = two_lines()
    with_earlier_payment(before, cob(paid()))
    assert before == two_lines()


def test_an_institutional_line_goes_over_by_its_revenue_code() -> None:
    stay = stays.claim(
        stays.line(procedure="", revenue_code="0120", line_control="A-1", charge_cents=10_000)
    )
    line = line_paid(procedure="0120", qualifier="NU")
    answer = claim_paid(lines=[line])
    made = earlier_payment(stay, remittance(answer), answer, FIRST)
    assert (made.lines[0][0].procedure, made.lines[0][0].revenue_code) == ("", "0120")
    second = with_earlier_payment(stay, made)
    second.subscriber = SECOND
    data = write_837i(HEADER, [stays.batch(second)])
    (one,) = read_file(data).sets()
    assert read_837i(one)[0][0].lines == second.lines
