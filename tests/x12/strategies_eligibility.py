"""Generated 270s and 271s in whole, in the form in which they read back."""

from decimal import Decimal

from hypothesis import strategies as st

from shared.x12.eligibility_loops.model import (
    Answerer,
    Asker,
    Benefit,
    EligibilitySet,
    Inquiry,
    Insurant,
    Person,
)
from tests.x12.strategies_levels import (
    codes,
    dates,
    days,
    few,
    maybe,
    maybe_cents,
    maybe_code,
    maybe_count,
    procedures,
    prose,
    references,
    refusals,
    traces,
    whole_names,
    words,
)

types = few(codes, most=4)
pointers = few(st.sampled_from("1234"), most=4)
natures = few(st.builds(lambda kind, code: [kind, code], codes, words))
deliveries = few(st.builds(lambda kind, count: [kind, str(count)], codes, st.integers(1, 99)))
amounts = few(st.tuples(st.sampled_from(["R", "PB"]), st.integers(0, 10**7)))
shares = st.none() | st.decimals(0, 1, places=4).map(lambda d: Decimal(f"{d:f}"))
inquiries = st.builds(
    Inquiry,
    types,
    st.none() | procedures,
    maybe_code,
    maybe_code,
    pointers,
    amounts,
    natures,
    references,
    dates,
).filter(lambda i: bool(i.service_types or i.procedure or i.level or i.insurance_type))
benefits = st.builds(
    Benefit,
    codes,
    maybe_code,
    types,
    maybe_code,
    maybe,
    maybe_code,
    maybe_cents,
    shares,
    maybe_code,
    maybe_count,
    st.sampled_from(["", "Y", "N", "U"]),
    st.sampled_from(["", "Y", "N", "W"]),
    st.none() | procedures,
    pointers,
    deliveries,
    references,
    dates,
    refusals,
    few(prose),
    natures,
    few(whole_names("PRP", "P3", "13")),
)
asked = {"traces": few(traces), "inquiries": few(inquiries)}
answered = {"traces": few(traces), "refusals": refusals, "benefits": few(benefits)}


def sets(details: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[EligibilitySet]:
    """A set of either side."""
    dependents = st.builds(Person, few(whole_names("03"), 1, 1), **details)
    subscribers = st.builds(
        Insurant, few(whole_names("IL"), 1, 1), dependents=few(dependents), **details
    )
    receivers = st.builds(
        Asker, few(whole_names("1P"), 1, 1), refusals=refusals, subscribers=few(subscribers)
    )
    sources = st.builds(
        Answerer, few(whole_names("PR"), 1, 1), refusals=refusals, receivers=few(receivers)
    )
    return st.builds(
        EligibilitySet,
        st.just("0001"),
        words,
        days,
        st.just("0800"),
        st.sampled_from(["13", "11"]),
        maybe_code.map(lambda code: code[:2]),
        sources=few(sources, 1),
    )


requests, answers = sets(asked), sets(answered)
