"""Generated 278s, in the form in which they read back."""

from hypothesis import strategies as st

from shared.x12.services_278 import (
    Asked,
    Decision,
    Event,
    Insurant,
    Patient,
    Requester,
    Review,
    Reviewer,
    Service,
    Wanted,
)
from tests.x12.strategies_levels import (
    codes,
    dates,
    days,
    diagnoses,
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

asked = st.builds(Asked, codes, codes, maybe_code, codes, codes, few(codes))
decisions = st.builds(Decision, codes, maybe, maybe_code, st.sampled_from(["", "Y"]))
professional = st.builds(
    Wanted, st.just("SV1"), procedures, st.just(""), maybe_cents, codes, maybe_count
)
institutional = st.builds(
    Wanted, st.just("SV2"), st.none() | procedures, words, maybe_cents, codes, maybe_count
)
details = few(st.sampled_from([["HSD", "VS", "12"], ["CL1", "1", "2"], ["CRC", "07", "Y", "01"]]))
common = {
    "names": few(whole_names("SJ", "FA", "71")),
    "refusals": refusals,
    "traces": few(traces),
    "asked": st.none() | asked,
    "decision": st.none() | decisions,
    "references": references,
    "dates": dates,
    "details": details,
    "messages": few(prose),
}
services = st.builds(Service, wanted=st.none() | professional | institutional, **common)
events = few(st.builds(Event, services=few(services), diagnoses=diagnoses, **common))
dependents = st.builds(Patient, few(whole_names("QC"), 1, 1), events=events)
subscribers = st.builds(
    Insurant, few(whole_names("IL"), 1, 1), events=events, dependents=few(dependents)
)
requesters = st.builds(Requester, few(whole_names("1P"), 1, 1), subscribers=few(subscribers))
reviewers = st.builds(
    Reviewer, few(whole_names("X3"), 1, 1), refusals=refusals, requesters=few(requesters)
)
reviews = st.builds(
    Review,
    st.just("0001"),
    words,
    days,
    st.just("0800"),
    st.sampled_from(["13", "11"]),
    maybe_code.map(lambda code: code[:2]),
    reviewers=few(reviewers, 1),
)
