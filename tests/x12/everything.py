"""One written file of every set, and everything that can be read and checked of a set."""

from shared.x12 import TransactionSet
from shared.x12.ack_999 import Ack999, Fault999, Set999, write_999
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837i import (
    Batch837I,
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    RevenueLine,
    write_837i,
)
from shared.x12.claim_837p import write_837p
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    write_277ca,
)
from shared.x12.eligibility_270 import Batch270, Inquiry270, read_270, write_270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, read_271, write_271
from shared.x12.findings import Finding
from shared.x12.services_278 import write_278
from shared.x12.sets import room_of
from tests.x12.made import BILLING, CHILD, DAY, HEADER, NPI, batch, bytes_835, claim, secondary
from tests.x12.made_status import WRITTEN_276, WRITTEN_277
from tests.x12.test_278 import request

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
    "276": WRITTEN_276,
    "277": WRITTEN_277,
    "270": write_270(HEADER, [Batch270("0001", "R1", DAY, "0800", [INQUIRY])]),
    "271": write_271(HEADER, "0001", "R1", [ANSWER]),
    "278": write_278(HEADER, [request()]),
    "TA1": write_ta1(HEADER, [Ta1("000000017", "R", "024", DAY)]),
}


def read_everything(one: TransactionSet) -> list[Finding]:
    """Read and check a set of whatever kind; a set of an unknown kind has nothing to say."""
    room = room_of(one)
    if room is None:
        return []
    findings = room.judged(one)[1]
    of_people = {"270": read_270, "271": read_271}.get(room.kind)
    return [*findings, *of_people(one)[1]] if of_people is not None else findings
