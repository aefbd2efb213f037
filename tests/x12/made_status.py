"""A synthetic 276 and its 277."""

from copy import deepcopy
from datetime import date

from shared.x12.inquiry_loops.model import Dated, Name, Procedure, Reference, Trace
from shared.x12.status_276 import (
    Patient,
    Payer,
    Provider,
    Receiver,
    StatusClaim,
    StatusLine,
    StatusSet,
    Subscriber,
    write_276,
)
from shared.x12.status_277 import Status, StatusCode, write_277
from tests.x12.made import DAY, HEADER, NPI


def asked(**changes: object) -> StatusSet:
    """A subscriber's claim, and one of another subscriber's dependent with its line."""
    own = StatusClaim(
        Trace("T1"),
        references=[Reference("EJ", "ACCT1"), Reference("BLT", "111")],
        charge_cents=851_388,
        dates=[Dated("472", DAY, date(2026, 1, 5))],
    )
    line = StatusLine(Procedure("HC", "99213", ["25"]), 15_000, dates=[Dated("472", DAY)])
    child = Patient([Name("QC", "ZZTESTB", "ROBIN", born_on=DAY, sex="U")])
    child.claims = [StatusClaim(Trace("T2"), lines=[line])]
    alone = Subscriber([Name("IL", "ZZTESTA", "QUINN", "XX000", "MI", born_on=DAY)], claims=[own])
    parent = Subscriber([Name("IL", "ZZTESTB", "ALEX", "XX001", "MI")], dependents=[child])
    provider = Provider([Name("1P", "CLINIC", id=NPI, id_kind="XX", entity="2")])
    provider.subscribers = [alone, parent]
    receiver = Receiver([Name("41", "CLAIMLOG", id="C1", id_kind="46", entity="2")])
    receiver.providers = [provider]
    payer = Payer([Name("PR", "PAYER", id="P1", id_kind="PI", entity="2")], receivers=[receiver])
    made = StatusSet("0001", "R1", DAY, "0800", "13", payers=[payer])
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def answered() -> StatusSet:
    """Its answer: one claim pending, the other finalized and not paid."""
    made = deepcopy(asked(purpose="08", kind="DG"))
    first, second = (a.claim for a in made.claims())
    for claim in (first, second):
        claim.trace.kind, claim.charge_cents = "2", None
    first.statuses = [Status([StatusCode("P3", "317")], DAY, 851_388)]
    second.statuses = [Status([StatusCode("F2", "88", "QC")], DAY, 15_000, 0)]
    second.lines[0].paid_cents = 0
    second.lines[0].statuses = [Status([StatusCode("F2", "88", "QC")], DAY)]
    for a in made.claims():
        a.patient.name.born_on, a.patient.name.sex = None, ""
    return made


WRITTEN_276 = write_276(HEADER, [asked()])
WRITTEN_277 = write_277(HEADER, [answered()])
