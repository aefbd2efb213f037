"""999 (005010X231A1): which transaction sets of a group were taken, and what was wrong with the others."""

from shared.x12.ack_999.answer import answer_999
from shared.x12.ack_999.model import REJECTED, Ack999, Fault999, Set999
from shared.x12.ack_999.read import read_999
from shared.x12.ack_999.write import write_999

__all__ = ["REJECTED", "Ack999", "Fault999", "Set999", "answer_999", "read_999", "write_999"]
