"""A statement's page says what its event says, in the same bytes for ever, and nothing in it acts."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cli.statement_pages import page
from cli.statement_printing import said_of
from cli.statement_words import Document, document, sentences
from tests.unit.cli.statements import PERSON, ROW, TERMS, A, B, C, account

PAGE = Path(__file__).with_name("statement.html")


def said(row: dict[str, Any] | None = None, **person: Any) -> Document:
    return document(said_of(row or ROW), {**PERSON, **person}, TERMS)


def test_of_one_statement_the_same_bytes_are_made_for_ever() -> None:
    """A change of these bytes changes what was sent to patients: it is no re-print any more."""
    assert page(said()) == PAGE.read_bytes()


def test_whatever_stands_in_a_name_or_in_the_terms_is_no_markup() -> None:
    evil = '<script>alert("1")</script>'
    terms = {**TERMS, "remit_to": [evil], "phone": evil, "message": evil}
    row = {**ROW, "plan": evil, "statement": "</style>" + evil}
    made = page(
        document(said_of(row), dict.fromkeys(PERSON, evil), terms),
    ).decode()
    assert "<script" not in made and made.count("</style>") == 1
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in made


class Tags(HTMLParser):
    """What a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_is_well_formed_needs_nothing_else_and_can_be_read_aloud() -> None:
    tags = Tags()
    made = page(said()).decode()
    tags.feed(made)
    assert tags.open == []
    names = [name for name, _ in tags.found]
    assert not {"script", "link", "img", "iframe", "form"} & set(names)
    assert "http:" not in made and "https:" not in made and "url(" not in made
    assert ("html", {"lang": "en"}) in tags.found and names.count("h1") == 1
    assert all(attrs.get("scope") in ("col", "row") for name, attrs in tags.found if name == "th")
    assert names.count("caption") == names.count("table") == 2


def test_colours_are_black_white_and_grey() -> None:
    made = page(said()).decode()
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", made)) == {"#000", "#fff", "#555"}


def test_what_is_disputed_stands_apart_and_is_not_asked_for() -> None:
    told = said()
    assert [one["account"] for one in told["accounts"]] == [A, B]
    assert [one["account"] for one in told["disputed"]] == [C]
    assert told["says"][:2] == [
        "Please pay $60.00 by March 23, 2026.",
        "You dispute $30.00. We are looking at it and do not ask for it now.",
    ]
    without = page(said({**ROW, "accounts": ROW["accounts"][:2]})).decode()
    assert "Amounts that you dispute" not in without


def test_money_that_lies_with_us_and_what_came_are_told() -> None:
    *_, held, came = said()["says"]
    assert "$25.00" in held and "not taken off" in held
    assert came == "Since your last statement we received $10.00 from you. Thank you."
    quiet = {**ROW, "unapplied_cents": 0, "received_cents": 0, "disputed_cents": 0}
    assert said(quiet)["says"] == ["Please pay $60.00 by March 23, 2026."]


@pytest.mark.parametrize(
    ("other", "asks"),
    [
        ({"asked_cents": 0}, "You do not need to pay anything now."),
        (
            {"plan": "P1", "asked_cents": 2_500, "instalments_cents": 2_500},
            "Under your payment plan, $25.00 is due by March 23, 2026.",
        ),
        (
            {"plan": "P1", "asked_cents": 0},
            "Under your payment plan, nothing is due by March 23, 2026.",
        ),
        (
            {"plan": "P1", "asked_cents": 3_200, "instalments_cents": 2_500},
            "Please pay $32.00 by March 23, 2026: $25.00 under your payment plan, and $7.00 that it does not pay.",
        ),
        (
            {"plan": "P1", "asked_cents": 700},
            "Please pay $7.00 by March 23, 2026.",
        ),
    ],
)
def test_what_is_asked_is_said_first(other: dict[str, Any], asks: str) -> None:
    assert sentences(said_of({**ROW, **other}))[0] == asks


def test_nothing_goes_back_where_nothing_is_asked() -> None:
    assert "Amount enclosed" in page(said()).decode()
    assert "Amount enclosed" not in page(said({**ROW, "asked_cents": 0})).decode()


def test_a_final_notice_says_so_and_threatens_nobody() -> None:
    _, told, *_ = said({**ROW, "final": True})["says"]
    assert told == (
        "This is the final notice: we send no other statement for this amount alone. "
        "If you cannot pay it, please call us: we look for a way together."
    )
    assert "agency" not in page(said({**ROW, "final": True})).decode()


def test_beside_a_plan_a_final_notice_says_for_what() -> None:
    accounts = [account(A), account(B, notice=0, in_plan=True)]
    _, told, *_ = said({**ROW, "plan": "P1", "final": True, "accounts": accounts})["says"]
    assert told.startswith(f"This is the final notice for {A}: we send no other statement")


def test_what_a_plan_pays_stands_apart() -> None:
    accounts = [account(A), account(B, notice=0, in_plan=True)]
    told = said({**ROW, "plan": "P1", "accounts": accounts})
    assert [one["account"] for one in told["in_plan"]] == [B]
    assert "What your payment plan pays" in page(told).decode()
    assert "What your payment plan pays" not in page(said()).decode()


def test_a_statement_that_was_asked_for_is_no_notice() -> None:
    told = page(said({**ROW, "on_demand": True, "notice": 0})).decode()
    assert "<dt>Notice</dt><dd>none</dd>" in told and "because you asked for it" in told


def test_an_address_has_no_empty_line() -> None:
    assert said()["to"] == ["QUINN ZZTESTA JR", "1 OAK LANE", "NOWHERE OH 00000-1234"]
    assert said(street2="APT 2", zip="00000")["to"][2:] == ["APT 2", "NOWHERE OH 00000"]


def test_what_a_minor_owes_goes_to_whoever_cares_for_them() -> None:
    assert said(minor=True)["to"][:2] == ["PARENT OR GUARDIAN OF", "QUINN ZZTESTA JR"]
