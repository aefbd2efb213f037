"""Generated 276s and 277s."""

from hypothesis import strategies as st

from shared.x12.status_276 import (
    Patient,
    Payer,
    Provider,
    Receiver,
    StatusClaim,
    StatusLine,
    StatusSet,
    Subscriber,
)
from shared.x12.status_277 import Status, StatusCode
from tests.x12.strategies_levels import (
    codes,
    dates,
    days,
    few,
    maybe,
    maybe_cents,
    maybe_code,
    maybe_count,
    maybe_day,
    maybe_prose,
    names,
    people,
    procedures,
    references,
    traces,
    words,
)

status_codes = st.builds(StatusCode, codes, maybe_code, maybe_code, maybe_code)
statuses = few(
    st.builds(
        Status,
        few(status_codes, 1, 3),
        maybe_day,
        maybe_cents,
        maybe_cents,
        maybe_day,
        maybe_code,
        maybe_day,
        maybe,
        maybe_prose,
        maybe_code,
    )
)
no_statuses = st.just([])


def claims(said: st.SearchStrategy[list[Status]]) -> st.SearchStrategy[list[StatusClaim]]:
    cents = st.integers(0, 10**9)
    lines = st.builds(
        StatusLine, procedures, cents, maybe_cents, maybe, maybe_count, said, references, dates
    )
    return few(st.builds(StatusClaim, traces, said, references, maybe_cents, dates, few(lines)))


def sets(said: st.SearchStrategy[list[Status]]) -> st.SearchStrategy[StatusSet]:
    """Sets whose claims, providers and receivers have these statuses."""
    patients = st.builds(Patient, few(people("QC"), 1, 1), claims=claims(said))
    subscribers = st.builds(
        Subscriber, few(people("IL"), 1, 1), claims=claims(said), dependents=few(patients)
    )
    whole = {"trace": st.none() | traces, "statuses": said}
    providers = st.builds(Provider, few(names("1P"), 1), subscribers=few(subscribers), **whole)
    receivers = st.builds(Receiver, few(names("41"), 1, 1), providers=few(providers), **whole)
    payers = st.builds(Payer, few(names("PR"), 1, 1), receivers=few(receivers))
    header = (st.just("0001"), words, days, words, codes, maybe_code)
    return st.builds(StatusSet, *header, payers=few(payers, 1))


requests = sets(no_statuses)
responses = sets(statuses)
