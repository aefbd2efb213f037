"""TA1: the gate's word on one interchange."""

from shared.x12.ack_ta1.check import Ta1Check, check_ta1
from shared.x12.ack_ta1.model import Ta1
from shared.x12.ack_ta1.read import read_ta1
from shared.x12.ack_ta1.write import answer_ta1, write_ta1

__all__ = ["Ta1", "Ta1Check", "answer_ta1", "check_ta1", "read_ta1", "write_ta1"]
