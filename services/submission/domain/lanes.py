"""Lanes spread a receiver's load; lane and batch are read off the control number."""

import zlib

LANES = 100
"""The two last digits of a control number are its lane."""
MAX_BATCH = 9_999_999
"""The other seven digits of ISA13; a lane never uses a number twice."""
NO_FILE = 0
"""No file has this control number: what is set aside under it was in the queue alone."""
NO_SET = "0000"


def lane_of(account: str, lanes: int) -> int:
    """The lane of an account, the same on every machine."""
    return zlib.crc32(account.encode()) % lanes


def control_number(batch: int, lane: int) -> int:
    """ISA13, and GS06 with it, of a lane's batch."""
    if not 1 <= batch <= MAX_BATCH:
        raise ValueError("this lane has used up its control numbers")
    return batch * LANES + lane


def lane_of_control(isa13: int) -> int:
    """The lane that sent under this control number."""
    return isa13 % LANES
