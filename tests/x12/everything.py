"""One written file of every set, and everything that can be read and checked of a set."""

from collections.abc import Callable

from shared.x12 import TransactionSet, kind_of
from shared.x12.ack_999 import Ack999, Fault999, Set999, read_999, write_999
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837i import (
    Batch837I,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    RevenueLine,
    check_837i,
    read_batch_837i,
    write_837i,
)
from shared.x12.claim_837p import check_837p, read_batch_837p, write_837p
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    check_277ca,
    read_277ca,
    write_277ca,
)
from shared.x12.eligibility_270 import Batch270, Inquiry270, read_270, write_270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, read_271, write_271
from shared.x12.findings import Finding
from shared.x12.remittance_835 import check_835, read_835
from tests.x12.made import BILLING, CHILD, DAY, HEADER, NPI, batch, bytes_835, claim, secondary

INQUIRY = Inquiry270(
    "T1",
    "9000000001",
    "SYNTHETIC PAYER",
    "SYN01",
    "SYNTHETIC CLINIC",
    NPI,
    "XX000",
    "ZZTESTA",
    "QUINN",
    DAY,
)
ANSWER = Answer271(
    "T1", "ZZTESTA", "QUINN", "XX000", "SYNTHETIC PAYER", "SYN01", "SYNTHETIC CLINIC", NPI
)
ANSWER.benefits = [
    Benefit("1", "IND", ["30"], "PLAN"),
    Benefit("C", "IND", ["30", "98"], "", "29", 12_345),
    Benefit("A", "IND", ["98"], basis_points=2_000),
]
ANSWER.rejections = [Rejection("72", "C", "2100C")]
STATUSES = [
    ClaimStatus277("CLM0001", "A2", "20", 10_000, effective_on=DAY, payer_control="ICN1"),
    ClaimStatus277("CLM0002", "A7", "164", 20_000, entity="IL", effective_on=DAY, message="NO"),
]
ACK = ClaimAck277("PR", "SYNTHETIC PAYER", "SYN01", "B0001", DAY, "R1", "CLAIMLOG", "CLAIMLOG01")
ACK.providers = [ProviderAck277("SYNTHETIC CLINIC", NPI, STATUSES)]
FAULT = Fault999("NM1", 12, "8", "2010BA", "9", "7")
ACK_999 = Ack999(
    "HC",
    "18",
    "005010X222A1",
    "P",
    [Set999("837", "0001", "A"), Set999("837", "0002", "R", [FAULT])],
    2,
    2,
    1,
)

STAY = InstitutionalClaim(
    *("INST0001", 5_000, "11", "1", claim().subscriber, claim().payer),
    [RevenueLine("0305", 5_000, 1, "85025", DAY, line_control="L-1")],
    [Diagnosis("I10", "Y"), Diagnosis("E119", "N")],
    DAY,
    DAY,
    "3",
    "1",
    "01",
    DAY,
    "0830",
    occurrences=[Occurrence("11", DAY)],
)
OFFICE = ("CLAIMLOG", "CLAIMLOG01", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR01")

WRITTEN: dict[str, bytes] = {
    "835": bytes_835(),
    "837P": write_837p(
        HEADER,
        [
            batch(claim(), secondary()),
            batch(claim(patient=CHILD, patient_relation="19"), control="0002"),
        ],
    ),
    "837I": write_837i(HEADER, [Batch837I("0001", "B1", DAY, "0800", *OFFICE, BILLING, [STAY])]),
    "999": write_999(HEADER, [ACK_999]),
    "277CA": write_277ca(HEADER, [ACK]),
    "270": write_270(HEADER, [Batch270("0001", "R1", DAY, "0800", [INQUIRY])]),
    "271": write_271(HEADER, "0001", "R1", [ANSWER]),
    "TA1": write_ta1(HEADER, [Ta1("000000017", "R", "024", DAY)]),
}


def _835(one: TransactionSet) -> list[Finding]:
    remit, findings = read_835(one)
    return findings + check_835(remit, one)


def _837p(one: TransactionSet) -> list[Finding]:
    made, findings = read_batch_837p(one)
    return findings + check_837p(made.claims, one)


def _837i(one: TransactionSet) -> list[Finding]:
    made, findings = read_batch_837i(one)
    return findings + check_837i(made.claims, one)


def _277ca(one: TransactionSet) -> list[Finding]:
    ack, findings = read_277ca(one)
    return findings + check_277ca(ack, one)


READERS: dict[str, Callable[[TransactionSet], list[Finding]]] = {
    "835": _835,
    "837P": _837p,
    "837I": _837i,
    "277CA": _277ca,
    "999": lambda one: read_999(one)[1],
    "270": lambda one: read_270(one)[1],
    "271": lambda one: read_271(one)[1],
}


def read_everything(one: TransactionSet) -> list[Finding]:
    """Read and check a set of whatever kind; a set of an unknown kind has nothing to say."""
    reader = READERS.get(kind_of(one))
    return reader(one) if reader is not None else []
