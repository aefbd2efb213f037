"""What a person sees of eligibility, and the packages that the 270 writer reads (ciphertexts only)."""

from typing import Any

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    FileRefused,
    InquiryFileSent,
    InquiryQueued,
    InquiryRejected,
    InquirySent,
    ResponseFileReceived,
)
from shared.keeping import file_erasures
from shared.service import At, Projection, Row


def _package(row: Row | None, event: InquiryQueued, at: At) -> Row:
    return {
        "queue": at.stream,
        "trace": event.trace,
        "payer": event.payer,
        "facility": event.facility,
        "service_on": event.service_on,
        "person_key": event.person.key_id,
        "person": event.person.box,
        "member_key": event.member.key_id,
        "member": event.member.box,
    }


PACKAGES = Projection(
    table="queued_inquiry",
    columns={
        "queue": "text",
        "trace": "text",
        "payer": "text",
        "facility": "text",
        "service_on": "date",
        "person_key": "text",
        "person": "text",
        "member_key": "text",
        "member": "text",
    },
    # A coverage that is replaced is asked about again under its trace, in the queue of another receiver.
    key=("queue", "trace"),
    hears=frozenset({"eligibility.inquiry_queued.v1"}),
    keys=lambda event, at: [(at.stream, event.trace)],
    project=_package,
    lasting=True,
)


PAYERS = Projection(
    table="account_payers",
    columns={"account": "text", "payers": "jsonb"},
    key=("account",),
    hears=frozenset({"registration.account_opened.v1", "registration.coverages_set.v1"}),
    keys=lambda event, at: [(at.stream[8:],)] if at.stream.startswith("account/") else [],
    project=lambda row, event, at: {
        "account": at.stream[8:],
        "payers": {str(c.order): c.payer for c in event.coverages},
    },
)
"""Who covers an account by now: an answer to an inquiry about a coverage that was replaced is nobody's."""


def _answer(row: Row | None, event: Any, at: At) -> Row:
    row = row or {
        "trace": event.trace,
        "account": event.account,
        "facility": at.scope.facility,
        "payer": event.payer,
        "state": "asked",
        "asked_on": None,
        "answered_on": None,
        "plan": "",
        "copay_cents": None,
        "coinsurance_basis_points": None,
        "deductible_remaining_cents": None,
        "reason": "",
        "follow_up": "",
        "loop": "",
    }
    row = {**row, "payer": event.payer}
    match event:
        case InquirySent():
            return {**row, "state": "asked", "asked_on": at.occurred_on}
        case BenefitsConfirmed():
            return {
                **row,
                "state": "active" if event.active else "inactive",
                "answered_on": at.occurred_on,
                "plan": event.plan,
                "copay_cents": event.copay_cents,
                "coinsurance_basis_points": event.coinsurance_basis_points,
                "deductible_remaining_cents": event.deductible_remaining_cents,
                "reason": "",
            }
        case BenefitsUnclear():
            return {
                **row,
                "state": "unclear",
                "answered_on": at.occurred_on,
                "reason": " ".join(event.codes),
            }
        case InquiryRejected():
            return {
                **row,
                "state": "rejected",
                "answered_on": at.occurred_on,
                "reason": event.reason,
                "follow_up": event.follow_up,
                "loop": event.loop,
            }
    return row


COVERAGES = Projection(
    table="coverage_benefits",
    columns={
        "trace": "text",
        "account": "text",
        "facility": "text",
        "payer": "text",
        "state": "text",
        "asked_on": "date",
        "answered_on": "date",
        "plan": "text",
        "copay_cents": "bigint",
        "coinsurance_basis_points": "int",
        "deductible_remaining_cents": "bigint",
        "reason": "text",
        "follow_up": "text",
        "loop": "text",
    },
    key=("trace",),
    hears=frozenset(
        {
            "eligibility.inquiry_sent.v1",
            "eligibility.benefits_confirmed.v1",
            "eligibility.benefits_unclear.v1",
            "eligibility.inquiry_rejected.v1",
        }
    ),
    keys=lambda event, at: [(event.trace,)],
    project=_answer,
    indexes=("(account)", "(state, answered_on)"),
)


def _file(row: Row | None, event: InquiryFileSent, at: At) -> Row:
    return {
        "receiver": event.receiver,
        "isa13": event.isa13,
        "file_name": event.file_name,
        "sha256": event.sha256,
        "size_bytes": event.size_bytes,
        "inquiries": event.inquiries,
        "sent_on": at.occurred_on,
    }


FILES = Projection(
    table="inquiry_file",
    columns={
        "receiver": "text",
        "isa13": "bigint",
        "file_name": "text",
        "sha256": "text",
        "size_bytes": "bigint",
        "inquiries": "int",
        "sent_on": "date",
    },
    key=("receiver", "isa13"),
    hears=frozenset({"eligibility.inquiry_file_sent.v1"}),
    keys=lambda event, at: [(event.receiver, event.isa13)],
    project=_file,
)


def _received(row: Row | None, event: ResponseFileReceived | FileRefused, at: At) -> Row:
    came = {"sha256": event.sha256, "received_on": at.occurred_on, "received_by": at.actor}
    if isinstance(event, FileRefused):
        refused = {"state": "refused", "reason": event.reason, "size_bytes": event.size_bytes}
        return came | refused | {"answers": 0, "unmatched": 0}
    answered = {"answers": event.answers, "unmatched": event.unmatched}
    size = row["size_bytes"] if row else None
    return came | answered | {"state": "received", "reason": "", "size_bytes": size}


RECEIVED_FILES = Projection(
    table="received_file",
    columns={
        "sha256": "text",
        "state": "text",
        "reason": "text",
        "size_bytes": "bigint",
        "answers": "bigint",
        "unmatched": "bigint",
        "received_on": "date",
        "received_by": "text",
    },
    key=("sha256",),
    hears=frozenset({"eligibility.response_file_received.v1", "eligibility.file_refused.v1"}),
    keys=lambda event, at: [(event.sha256,)],
    project=_received,
)

PROJECTIONS = (
    PAYERS,
    PACKAGES,
    COVERAGES,
    FILES,
    RECEIVED_FILES,
    file_erasures("eligibility", *RECEIVED_FILES.hears),
)
