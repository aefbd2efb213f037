"""277CA (005010X214): which claims a clearinghouse or a payer took on, and which it rejected, with totals."""

from shared.x12.claim_ack_277ca.check import check_277ca
from shared.x12.claim_ack_277ca.match import Answered, match_277ca
from shared.x12.claim_ack_277ca.model import (
    ClaimAck277,
    ClaimStatus277,
    LineStatus277,
    ProviderAck277,
    Status277,
)
from shared.x12.claim_ack_277ca.read import read_277ca
from shared.x12.claim_ack_277ca.write import write_277ca

__all__ = [
    "Answered",
    "ClaimAck277",
    "ClaimStatus277",
    "LineStatus277",
    "ProviderAck277",
    "Status277",
    "check_277ca",
    "match_277ca",
    "read_277ca",
    "write_277ca",
]
