"""What a door refuses of an import goes to no further door, is named, and stops no other claim."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cli import sending
from cli.sending import BEFORE, Known, send
from cli.taking_over_lines import Refuse

ROWS = [
    {"encounter": {"encounter": f"C{n}"}, "charges": {"n": n}, "history": {"n": n}}
    for n in range(3)
]
NAMES = {
    "/encounters": "encounters",
    "/check": "encounters",
    "/charges": "accounts",
    "/history": "claims",
}
Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[Any]]]:
    monkeypatch.setattr(sending, "url_of", lambda service: f"http://{service}")
    monkeypatch.setattr(sending.time, "sleep", lambda seconds: None)
    return []


def doors(patch: pytest.MonkeyPatch, asked: list[Any], answer: Answer) -> None:
    """Doors that answer each item so."""

    def post(
        url: str, *, json: dict[str, Any], headers: dict[str, str], timeout: int
    ) -> httpx.Response:
        path = "/" + url.rpartition("/")[2]
        items = json[NAMES[path]]
        if path == "/check":
            taken = {"status": 409, "sentence": "registered already"}
            free = {"status": 200}
            known = [taken if item["encounter"] == "TAKEN" else free for item in items]
            return httpx.Response(200, json={"encounters": known})
        asked.append((path, headers["Idempotency-Key"], items))
        return httpx.Response(200, json={NAMES[path]: [answer(path, item) for item in items]})

    patch.setattr(sending.httpx, "post", post)


def test_a_claim_that_is_known_with_other_content_is_named_and_the_others_go_on(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: str, item: dict[str, Any]) -> dict[str, Any]:
        if item == {"encounter": "C1"}:
            return {
                "status": 409,
                "sentence": "this encounter is registered already, with other content",
            }
        if item == {"n": 2} and path == "/charges":
            return {"status": 200, "held": True, "account": "A2"}
        return {"status": 200}

    doors(monkeypatch, asked, answer)
    sent = send(ROWS, "key", new=False)
    assert sent.held == ["A2"]
    assert list(sent.refused) == [1]
    assert (
        sent.refused[1] == "registration: this encounter is registered already, with other content"
    )
    assert [(path, items) for path, _, items in asked[1:]] == [
        ("/charges", [{"n": 0}, {"n": 2}]),
        ("/history", [{"n": 0}, {"n": 2}]),
    ]


def test_the_same_file_has_the_same_keys_and_another_part_of_it_others(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"C1"}

    def answer(path: str, item: dict[str, Any]) -> dict[str, Any]:
        return {"status": 409 if item.get("encounter") in refused else 200, "sentence": "no"}

    doors(monkeypatch, asked, answer)
    send(ROWS, "key", new=True)
    send(ROWS, "key", new=True)
    refused.clear()
    send(ROWS, "key", new=True)
    keys = [key for path, key, _ in asked if path == "/charges"]
    assert keys[0] == keys[1] != keys[2]
    assert keys[2] == "import/key/charges/0"


def test_a_door_that_is_busy_is_asked_again(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = [429, 503]

    def answer(path: str, item: dict[str, Any]) -> dict[str, Any]:
        return {"status": waits.pop() if waits and item == {"encounter": "C2"} else 200}

    doors(monkeypatch, asked, answer)
    assert send(ROWS, "key", new=True).refused == {}
    assert [path for path, _, _ in asked] == ["/encounters"] * 3 + ["/charges"]


def test_a_file_that_was_imported_in_another_form_is_refused_whole(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    doors(
        monkeypatch,
        asked,
        lambda path, item: {"status": 409, "sentence": "the Idempotency-Key is another's"},
    )
    with pytest.raises(Refuse) as no:
        send(ROWS, "key", new=True)
    assert str(no.value) == BEFORE


def test_a_file_with_a_number_that_is_another_claims_is_not_handed_in_at_all(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    doors(monkeypatch, asked, lambda path, item: {"status": 200})
    with pytest.raises(Known) as no:
        send([*ROWS, {"encounter": {"encounter": "TAKEN"}}], "key", new=False)
    assert no.value.sentences == {3: "registered already"}
    assert asked == []
