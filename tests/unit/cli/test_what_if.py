"""What would have been: decided again by the services' own rules, with facts that stay, and what cannot be known said."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.catalogue import EVENTS
from contracts.denial import DenialResolved
from contracts.reference import BusinessDayOpened, FeeRate, FeeSchedulePublished, PayerListed
from contracts.registry import wire_name
from deploy.other_books import OtherBooks, OtherContract, read_changes
from deploy.what_if import left_as_they_were
from services.denial.app import SERVICE as DENIAL
from services.posting.app import SERVICE as POSTING
from services.posting.domain.fees import tabled
from services.reporting.app import SERVICE as REPORTING
from shared import envelope as wire
from shared.decided import Otherwise, Stretch
from shared.errors import Stopped
from shared.records import Heard
from shared.service import Decider, Projection, Service
from shared.streams import BROADCAST, account_stream
from shared.what_if import World
from tests.unit.posting.facts import ACCOUNT, RULES, adjudicated, captured, line, opened

STREAM = account_stream(ACCOUNT)
PRICED = adjudicated(
    dataclasses.replace(line(12_000, ("CO", "45", 5_000), ("PR", "2", 3_000)), procedure="T0001")
)
BOTH = (POSTING, DENIAL)
TABLES = ("account_money", "denial_view")
BLUE = PayerListed(
    payer="BLUE",
    name="BLUE",
    payer_id="BLUE1",
    filing_indicator="BL",
    receiver="HOUSE",
    replacement="yes",
    filing_limit_days=180,
    in_force_from=date(2020, 1, 1),
)
TAPE = Service(
    name="tape",
    hears=frozenset(EVENTS),
    says=frozenset(),
    deciders={},
    react=lambda event, at: (),
    projections=(
        Projection(
            table="tape",
            columns={"event_id": "text", "event": "text", "at": "text"},
            key=("event_id",),
            hears=frozenset(EVENTS),
            append=True,
            rows=lambda event, at: [{"event_id": at.event_id, "event": event, "at": at}],
        ),
    ),
)
"""Keeps what it hears, in order."""


def record(
    event: Any,
    number: int,
    *,
    by: str = "ehr",
    speaker: str = "elsewhere",
    own: bool = False,
    event_id: str = "",
    cause: str = "",
) -> Heard:
    """An event as it stands in partition 0 of a log."""
    name = wire_name(type(event))
    stream = STREAM if hasattr(event, "account") else BROADCAST
    envelope = wire.Envelope(
        specversion="1.0",
        id=event_id or f"e{number}",
        type=name,
        source="/claimlog",
        subject=stream,
        time=datetime(2026, 1, 21, 0, number, tzinfo=UTC),
        datacontenttype="application/json",
        tenant="t",
        legalentity="L1",
        facility="F1" if stream == STREAM else "",
        actor=by,
        cause=cause,
        producer=f"{speaker}/0",
        position=number,
        occurredon=date(2026, 1, 21),
        data=wire.encode_event(event),
    )
    return Heard(
        0, number, stream, wire.Route(name, f"{speaker}/0", number, own), envelope, event, None
    )


def facts(*events: Any) -> list[Heard]:
    return [record(event, number) for number, event in enumerate(events, 1)]


LIVED = facts(
    BusinessDayOpened(day=date(2026, 1, 21)),
    RULES,
    BLUE,
    opened("BLUE"),
    captured(),
    adjudicated(line(12_000, ("CO", "45", 5_000), ("PR", "2", 3_000))),
)


def world(
    records: Iterable[Heard],
    deciding: Sequence[Service] = BOTH,
    looking: Service = REPORTING,
    **more: Any,
) -> World:
    """What comes of these records; they know what `deciding` said among them."""
    records = list(records)
    log = Stretch(0, 1, frozenset(service.name for service in deciding))
    for heard in records:
        log.note(heard)
    tables = TABLES if looking is REPORTING else ("tape",)
    made = World(log, deciding, looking, tables, **more)
    for heard in records:
        made.step(heard)
    return made


def log_of(records: Iterable[Heard]) -> list[Heard]:
    """The records and what posting and denial say to them, as a log has it."""
    made, known = [], {heard.envelope.id: heard for heard in records if heard.envelope}
    for row in world(known.values(), looking=TAPE).rows["tape"].values():
        event, at = row["event"], row["at"]
        speaker = at.producer.partition("/")[0]
        said = known.get(at.event_id) or record(
            event, at.position, by=at.actor, speaker=speaker, own=True, event_id=at.event_id
        )
        made.append(said)
    return made


def books(text: str) -> OtherBooks:
    return OtherBooks(read_changes(text.encode()))


def otherwise(first: World, second: World) -> Otherwise:
    made = Otherwise()
    made.add(first.decided, second.decided)
    return made


def test_the_same_rules_and_books_decide_as_the_log_has_it() -> None:
    log = log_of(LIVED)
    told = Stretch(0, 1, frozenset({"posting", "denial"}))
    for heard in log:
        told.note(heard)
    again, as_it_is = world(log), world(log, ())
    made = Otherwise()
    made.add(told.decided, again.decided)
    assert len(told.decided) == made.same == 2 and not made.different
    assert again.rows == as_it_is.rows and not again.stuck


def test_a_book_that_names_a_file_lacks_its_table_until_that_is_loaded() -> None:
    schedule = FeeSchedulePublished(
        payer="BLUE",
        name="PPO",
        version="1",
        sha256="0" * 64,
        rates=1,
        effective_from=date(2026, 1, 1),
    )
    made = world(facts(RULES, schedule))
    (part,) = made.lacking()
    assert part.service is POSTING and part.book.schedules and not part.book.rates
    part.lacks_tables = False
    made.step(record(captured(), 3))
    assert made.lacking() == []


def test_another_contract_stands_alone_and_before_the_first_day() -> None:
    def schedule(name: str) -> FeeSchedulePublished:
        return FeeSchedulePublished(
            payer="BLUE",
            name=name,
            version="1",
            sha256="0" * 64,
            rates=1,
            effective_from=date(2026, 1, 1),
        )

    days = [BusinessDayOpened(day=date(2026, 1, n)) for n in (21, 22)]
    contract = OtherContract(schedule("proposed"))
    said = [
        one
        for heard in facts(RULES, days[0], schedule("known"), days[1])
        for one in contract.said(heard)
    ]
    assert [one.event for one in said] == [RULES, schedule("proposed"), *days]
    assert said[1].route and said[1].envelope
    assert said[1].route.wire == said[1].envelope.type == wire_name(FeeSchedulePublished)


def test_a_decision_is_held_against_another_contract() -> None:
    schedule = FeeSchedulePublished(
        payer="BLUE",
        name="proposed",
        version="1",
        sha256="0" * 64,
        rates=1,
        effective_from=date(2026, 1, 1),
    )
    rates = tabled([FeeRate(procedure="T0001", allowed_cents=17_500)])
    records = [*LIVED[:-1], *facts(PRICED)]
    made = World(
        Stretch(0, 1, frozenset({"posting"})),
        [POSTING],
        REPORTING,
        ("underpayment_view",),
        OtherContract(schedule).said,
    )
    for heard in records:
        made.step(heard)
        for part in made.lacking():
            part.book, part.lacks_tables = replace(part.book, rates={"0" * 64: rates}), False
    (row,) = made.rows["underpayment_view"].values()
    assert (
        row["schedule"],
        row["expected_cents"],
        row["allowed_cents"],
        row["variance_cents"],
    ) == ("proposed", 17_500, 15_000, 2_500)


def test_with_another_rule_the_same_answer_of_the_payer_is_a_denial() -> None:
    log = log_of(LIVED)
    other = world(
        log, said=books('[{"rules": [{"group": "CO", "carc": "45", "meaning": "denied"}]}]').said
    )
    money, was = other.rows["account_money"][ACCOUNT,], world(log).rows["account_money"][ACCOUNT,]
    assert (was["contractual_cents"], was["denied_cents"]) == (5_000, 0)
    assert (money["contractual_cents"], money["denied_cents"]) == (0, 5_000)
    assert [row["cents"] for row in other.rows["denial_view"].values()] == [5_000]
    made = otherwise(world(log), other)
    assert made.changed == {"posting.payment_posted.v1": 1}
    assert made.only_second == {"denial.denial_opened.v1": 1}
    assert made.streams == {STREAM}


def test_a_change_with_a_day_holds_for_what_is_decided_from_then_on() -> None:
    rule = '[{"rules": [{"group": "CO", "carc": "45", "meaning": "denied"}], "since": "%s"}]'
    before, *listed, answered = (heard.event for heard in LIVED)
    log = log_of(facts(BusinessDayOpened(day=date(2026, 1, 10)), *listed, before, answered))
    for since, denied in (
        ("2026-01-15", 5_000),
        ("2026-01-20", 5_000),
        ("2026-01-21", 0),
        ("2026-02-01", 0),
    ):
        # The payer decided on the 20th; rules count by that day.
        other = world(log, said=books(rule % since).said)
        assert other.rows["account_money"][ACCOUNT,]["denied_cents"] == denied, since


def test_a_payer_is_listed_anew_as_its_day_opens() -> None:
    said = books(
        '[{"payer": "BLUE", "set": {"filing_limit_days": 90}, "since": "2026-02-01"}]'
    ).said
    assert [h.event for h in said(record(BLUE, 1))] == [BLUE]
    assert len(said(record(BusinessDayOpened(day=date(2026, 1, 30)), 2))) == 1
    listed, day = said(record(BusinessDayOpened(day=date(2026, 2, 2)), 3))
    assert isinstance(day.event, BusinessDayOpened)
    assert (listed.event.filing_limit_days, listed.event.in_force_from) == (90, date(2026, 2, 1))
    assert len(said(record(BusinessDayOpened(day=date(2026, 2, 3)), 4))) == 1
    assert said(record(BLUE, 5))[0].event.filing_limit_days == 90


def test_what_a_person_did_stays_and_is_left_out_where_there_would_be_nothing_to_do_it_to() -> None:
    denied = [*LIVED[:-1], record(adjudicated(line(0, ("CO", "197", 20_000))), 6)]
    log = log_of(denied)
    opened_as = next(
        h.event for h in log if h.route is not None and h.route.wire == "denial.denial_opened.v1"
    )
    given_up = DenialResolved(
        account=ACCOUNT,
        denial=opened_as.denial,
        outcome="accepted",
        cents=20_000,
        resolved_on=date(2026, 1, 22),
    )
    log.append(record(given_up, 9, by="ann", speaker="denial", own=True, cause="denial/0:1"))
    same = world(log)
    assert [row["outcome"] for row in same.rows["denial_view"].values()] == ["accepted"]
    rule = '[{"rules": [{"group": "CO", "carc": "197", "meaning": "contractual"}]}]'
    other = world(log, said=books(rule).said, expected=same.decided)
    assert not other.stuck and not other.rows["denial_view"]
    assert other.void == {"e9": STREAM} and other.unexpected == {STREAM}


def test_what_payers_answered_later_stays_and_is_counted_on_accounts_that_differ() -> None:
    answered = adjudicated(line(0, ("CO", "45", 20_000)), adjudication="adj-2", remittance="rem-2")
    log = [*log_of(LIVED), record(answered, 9)]
    rule = '[{"rules": [{"group": "CO", "carc": "45", "meaning": "denied"}]}]'
    assert world(log, said=books(rule).said, expected=world(log).decided).facts_later == {STREAM: 1}


def _toy(decide: Any, name: str = "toy", hears: type = DenialResolved) -> Service:
    return Service(
        name=name,
        hears=frozenset({wire_name(hears)}),
        says=frozenset({wire_name(DenialResolved)}),
        deciders={
            "account": Decider("account", int, decide, lambda state, event: (state or 0) + 1)
        },
        react=lambda event, at: [(at.stream, event)],
    )


def test_an_account_on_which_a_rule_fails_is_left_as_it_was() -> None:
    def fails(command: Any, state: Any, book: Any) -> Any:
        raise KeyError("nothing")

    log = facts(
        DenialResolved(
            account=ACCOUNT, denial="D", outcome="accepted", cents=1, resolved_on=date(2026, 1, 5)
        )
    )
    made = world(log, (_toy(fails),), TAPE)
    assert made.stuck == {STREAM} and len(made.rows["tape"]) == 1
    rows = {"t": {(1,): {"account": ACCOUNT, "n": 2}, (2,): {"account": "OTHER", "n": 2}}}
    left_as_they_were(rows, {"t": {(3,): {"account": ACCOUNT, "n": 1}}}, made.stuck)
    assert rows == {"t": {(2,): {"account": "OTHER", "n": 2}, (3,): {"account": ACCOUNT, "n": 1}}}


def test_rules_that_answer_each_other_without_end_are_stopped() -> None:
    log = facts(
        DenialResolved(
            account=ACCOUNT, denial="D", outcome="accepted", cents=1, resolved_on=date(2026, 1, 5)
        )
    )
    with pytest.raises(Stopped, match="without end"):
        world(log, (_toy(lambda command, state, book: [command]),), TAPE)
