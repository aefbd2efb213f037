"""Generated models of every set that we write, in the form in which they read back."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from shared.x12.ack_999 import Ack999, Fault999, Set999
from shared.x12.ack_ta1 import Ta1
from shared.x12.claim_837p import (
    Ambulance,
    Attachment,
    BillingProvider,
    ClaimAdjustment,
    Condition,
    Dated,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    ProfessionalClaim,
    Provider,
    Reference,
    ServiceLine,
    Subscriber,
)
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    LineStatus277,
    ProviderAck277,
    Status277,
)
from shared.x12.eligibility_270 import Dependent, Inquiry270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection
from shared.x12.npi import with_check_digit
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
words = st.text(SIGNS, min_size=1, max_size=12)
npis = st.text("0123456789", min_size=9, max_size=9).map(with_check_digit)
codes = st.text(SIGNS, min_size=1, max_size=3)
maybe = st.one_of(st.just(""), words)
names = st.text(SIGNS + " -.,'", max_size=20).map(lambda text: "Z" + text.strip())
cents = st.integers(-(10**9), 10**9)
days = st.dates(date(1990, 1, 1), date(2049, 12, 31))
maybe_day = st.none() | days
maybe_code = st.just("") | codes
two_signs = st.text(SIGNS, max_size=2)
pairs = st.text(SIGNS, min_size=1, max_size=2)
numbers = st.text(SIGNS, min_size=1, max_size=9)
"""Control numbers of a group or set."""
loops = st.text(SIGNS, max_size=6)
quantities = st.none() | st.integers(1, 99)
modifiers = st.lists(codes, max_size=4)


def few(what: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    """A short list."""
    return st.lists(what, min_size=least, max_size=3)


def grouped(cas: list[Any]) -> list[Any]:
    """Adjustments in the order in which they are written: all of a group together."""
    order = list(dict.fromkeys(c.group for c in cas))
    return sorted(cas, key=lambda c: order.index(c.group))


groups = st.sampled_from(["CO", "OA", "PI", "PR"])
cas_835 = few(st.builds(Cas, groups, codes, cents, quantities)).map(grouped)
remit_lines = st.builds(
    RemitLine,
    procedure=words,
    charge_cents=cents,
    paid_cents=cents,
    modifiers=st.lists(pairs, max_size=4),
    submitted_procedure=maybe,
    revenue_code=maybe,
    units=st.integers(0, 999),
    service_from=days,
    service_to=maybe_day,
    cas=cas_835,
    remarks=few(words),
    allowed_cents=st.none() | cents,
    line_control=maybe,
    submitted_units=st.none() | st.integers(0, 99),
    amounts=st.dictionaries(st.sampled_from(["T", "KH"]), cents),
)
remit_claims = st.builds(
    RemitClaim,
    words,
    st.sampled_from(["1", "2", "3", "4", "19", "20", "21", "22", "23"]),
    cents,
    cents,
    cents,
    two_signs,
    maybe,
    pairs,
    st.sampled_from(SIGNS),
    cas=cas_835,
    remarks=few(words),
    amounts=st.dictionaries(st.sampled_from(["AU", "I", "D8"]), cents),
    original_control=maybe,
    service_from=maybe_day,
    service_to=maybe_day,
    received_on=maybe_day,
    patient_last=names,
    patient_first=maybe,
    patient_id=maybe,
    patient_middle=maybe,
    rendering_npi=maybe,
    drg=st.text(SIGNS, max_size=4),
    prior_payer_name=maybe,
    lines=few(remit_lines),
)
plbs = st.builds(Plb, pairs, cents, maybe, words, days)
remittances = st.builds(
    Remittance,
    st.sampled_from(["I", "H"]),
    cents,
    method=st.sampled_from(["ACH", "CHK", "NON"]),
    paid_on=days,
    trn02=words,
    trn03=st.text(SIGNS, min_size=1, max_size=10),
    produced_on=maybe_day,
    payer_name=names,
    payer_id=words,
    payer_street=maybe,
    payer_city=words,
    payer_zip=maybe,
    payer_contact=maybe,
    payer_phone=maybe,
    bank=st.sampled_from([[], ["CCP"], ["CTX", "01", "", "DA", "1"]]),
    payee_name=names,
    payee_npi=words,
    payee_tax_id=maybe,
    claims=few(remit_claims),
    plb=few(plbs),
    control=st.just("0001"),
)

references = few(st.builds(Reference, st.sampled_from(["EA", "D9", "X4", "9F"]), words))
other_dates = few(st.builds(Dated, st.sampled_from(["431", "439", "304"]), days))
attachments = few(st.builds(Attachment, codes, codes, maybe))
conditions = few(st.builds(Condition, codes, st.sampled_from("YN"), few(codes, 1)))
people = st.builds(
    Party, names, maybe, maybe, words, words, codes, words, days, st.sampled_from("MFU")
)
named_only = st.builds(Party, names, maybe, maybe)
providers = few(
    st.builds(
        Provider, st.just("DN"), names, maybe, maybe, words, maybe, st.booleans(), suffix=maybe
    )
)
adjustments = few(st.builds(ClaimAdjustment, groups, codes, cents, quantities)).map(grouped)
prior_lines = st.builds(
    PriorLine, words, cents, words, modifiers, st.integers(0, 99), adjustments, maybe_day
)
subscribers = st.builds(
    Subscriber, st.integers(1, 9), words, people, st.just("18"), codes, maybe, maybe
)
other_subscribers = st.builds(
    Subscriber, st.integers(1, 9), words, named_only, st.sampled_from(["18", "01"]), codes
)
prior_payers = st.builds(
    PriorPayer,
    other_subscribers,
    st.builds(Payer, names, words),
    st.none() | cents,
    adjustments,
    maybe,
    remarks=few(words),
    signature_source=st.sampled_from(["", "P"]),
)
service_lines = st.builds(
    ServiceLine,
    words,
    cents,
    st.integers(0, 999),
    days,
    st.lists(st.integers(1, 12), max_size=4),
    modifiers=modifiers,
    unit_code=st.sampled_from(["UN", "MJ"]),
    place_of_service=st.just("11"),
    service_to=st.none(),
    line_control=maybe,
    note=maybe,
    references=references,
    dates=other_dates,
    providers=providers,
    prior=few(prior_lines),
    emergency=st.sampled_from(["", "Y"]),
    epsdt=st.sampled_from(["", "Y"]),
    family_planning=st.sampled_from(["", "Y"]),
    copay_exempt=st.sampled_from(["", "0"]),
)
claims_837p = st.builds(
    ProfessionalClaim,
    words,
    cents,
    st.just("11"),
    st.sampled_from("178"),
    subscribers,
    st.builds(Payer, names, words),
    few(service_lines, 1),
    st.lists(words, max_size=12),
    payer_control=maybe,
    authorization=maybe,
    note=maybe,
    references=references,
    dates=other_dates,
    attachments=attachments,
    conditions=conditions,
    providers=providers,
    prior=few(prior_payers),
    ambulance=st.none() | st.builds(Ambulance, codes, st.just("12"), st.just("150")),
    rendering_npi=words,
    rendering_last=names,
    signature_source=st.sampled_from(["", "P"]),
)
billing = st.builds(
    BillingProvider, names, words, words, maybe, words, words, codes, words, st.just("")
)

statuses = st.builds(
    Status277,
    st.sampled_from(["A0", "A1", "A2", "A3", "A7"]),
    codes,
    maybe_code,
    st.sampled_from(["WQ", "U"]),
    cents,
    days,
    maybe,
)
claim_statuses = st.builds(
    ClaimStatus277,
    words,
    st.sampled_from(["A1", "A2", "A3", "A6"]),
    codes,
    cents,
    st.sampled_from(["WQ", "U"]),
    maybe_code,
    maybe,
    days,
    maybe,
    maybe,
    names,
    maybe,
    maybe,
    days,
    more=few(statuses),
    lines=few(st.builds(LineStatus277, words, cents, maybe, maybe_day, few(statuses, 1))),
    bill_type=maybe,
    service_to=maybe_day,
)


def in_total(ack: ClaimAck277) -> ClaimAck277:
    """A batch and its providers whose statuses charge what their claims charge together."""
    if ack.status is not None:
        ack.status.cents = sum(c.charge_cents for c in ack.claims())
    for provider in ack.providers:
        if provider.status is not None:
            provider.status.cents = sum(c.charge_cents for c in provider.claims)
    return ack


acks_277ca = st.builds(
    ClaimAck277,
    st.sampled_from(["AY", "PR"]),
    names,
    words,
    words,
    days,
    words,
    names,
    words,
    days,
    few(st.builds(ProviderAck277, names, npis, few(claim_statuses), status=st.none() | statuses)),
    control=st.just("0001"),
    status=statuses,
).map(in_total)

faults = st.builds(
    Fault999, words.map(lambda t: t[:3]), st.integers(1, 9_999), st.sampled_from("12345678"), loops
)
sets_999 = st.builds(
    Set999, st.just("837"), numbers, st.sampled_from("AERMWX"), few(faults), few(codes, 1)
)
acks_999 = st.builds(
    Ack999,
    st.just("HC"),
    numbers,
    words,
    st.sampled_from("AEPR"),
    few(sets_999),
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
    st.just("0001"),
    few(codes),
)
ta1s = few(
    st.builds(
        Ta1,
        st.integers(1, 10**9 - 1).map("{:09d}".format),
        st.sampled_from("AER"),
        st.sampled_from(["000", "001", "024", "025"]),
        st.dates(date(2000, 1, 1), date(2049, 1, 1)),
    ),
    1,
)

inquiries = few(
    st.builds(
        Inquiry270,
        words,
        st.text(SIGNS, min_size=1, max_size=10),
        st.sampled_from(["PAYER A", "PAYER B"]),
        words,
        names,
        words,
        words,
        names,
        maybe,
        days,
        st.sampled_from("MF"),
        maybe_day,
        few(st.text(SIGNS, min_size=1, max_size=2), 1),
        st.none() | st.builds(Dependent, names, maybe, days, st.sampled_from("MF"), two_signs),
    ),
    1,
)
benefits = st.builds(
    Benefit,
    pairs,
    maybe_code,
    few(pairs),
    maybe,
    two_signs,
    st.none() | cents,
    st.none() | st.integers(0, 10_000),
    maybe_code,
    two_signs,
    maybe,
    st.sampled_from(["", "Y", "N", "U"]),
    st.sampled_from(["", "Y", "N", "W"]),
    maybe,
    few(words),
)
answers = few(
    st.builds(
        Answer271,
        words,
        names,
        maybe,
        words,
        names,
        words,
        names,
        words,
        few(benefits),
        few(st.builds(Rejection, pairs, st.sampled_from("CNRS"), st.just("2100C"))),
        born_on=days,
        sex=st.sampled_from("MF"),
        group_number=maybe,
    ),
    1,
)
