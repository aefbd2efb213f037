"""Generated parts of the sets that go level by level, in the form in which they read back."""

from datetime import date
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from shared.x12.inquiry_loops.model import (
    Contact,
    Dated,
    Diagnosis,
    Insured,
    Name,
    Procedure,
    Reference,
    Refusal,
    Specialty,
    Trace,
)

T = TypeVar("T")
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
words = st.text(SIGNS, min_size=1, max_size=12)
codes = st.text(SIGNS, min_size=1, max_size=3)
maybe = st.just("") | words
maybe_code = st.just("") | codes
prose = st.text(SIGNS + " -.,'", max_size=20).map(lambda text: "Z" + text.strip())
maybe_prose = st.just("") | prose
cents = st.integers(-(10**9), 10**9)
maybe_cents = st.none() | cents
days = st.dates(date(1990, 1, 1), date(2049, 12, 31))
maybe_day = st.none() | days
counts = st.decimals(0, 10**6, places=2).map(lambda d: Decimal(f"{d:f}"))
maybe_count = st.none() | counts


def few(what: st.SearchStrategy[T], least: int = 0, most: int = 2) -> st.SearchStrategy[list[T]]:
    """A short list."""
    return st.lists(what, min_size=least, max_size=most)


references = few(st.builds(Reference, codes, words, maybe_prose))
spans = st.builds(Dated, codes, days, days) | st.builds(Dated, codes, days)
instants = st.builds(Dated, codes, days, st.none(), st.sampled_from(["0000", "0830", "2359"]))
dates = few(spans | instants)
traces = st.builds(Trace, words, maybe, st.sampled_from("12"), maybe)
refusals = few(st.builds(Refusal, codes, maybe_code, st.sampled_from("YN")))
numbers = few(st.tuples(codes, words), most=3)
contacts = few(st.builds(Contact, maybe_prose, numbers, codes))
specialties = few(st.builds(Specialty, codes, words, codes), most=1)
diagnoses = few(st.builds(Diagnosis, codes, words, maybe_day), most=12)
insured = st.builds(
    Insured, st.sampled_from("YN"), codes, *(maybe_code for _ in range(5)), maybe_code
)
modifiers = few(codes, most=4)
procedures = st.builds(Procedure, codes, words, modifiers, maybe_prose, maybe)


def names(*roles: str) -> st.SearchStrategy[Name]:
    """Who is named in a set that says no more of them than name, id and contacts."""
    return st.builds(
        Name,
        st.sampled_from(roles),
        prose,
        maybe_prose,
        maybe,
        maybe_code,
        st.sampled_from("12"),
        maybe,
        maybe,
        maybe,
        maybe_code,
        contacts=contacts,
    )


def people(*roles: str) -> st.SearchStrategy[Name]:
    """Somebody with a date of birth."""
    return st.builds(
        Name, st.sampled_from(roles), prose, maybe_prose, words, codes, born_on=days, sex=codes
    )


def whole_names(*roles: str) -> st.SearchStrategy[Name]:
    """Somebody of whom everything is said that any set may say."""
    return st.builds(
        Name,
        st.sampled_from(roles),
        prose,
        maybe_prose,
        maybe,
        maybe_code,
        st.sampled_from("12"),
        *(maybe for _ in range(3)),
        maybe_code,
        *(maybe_prose for _ in range(3)),
        *(maybe for _ in range(4)),
        maybe_day,
        maybe_code,
        references,
        contacts,
        refusals,
        specialties,
        st.none() | insured,
        diagnoses,
        dates,
    )
