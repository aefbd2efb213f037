"""835 (005010X221A1): what a payer paid, adjusted and took back."""

from shared.x12.remittance_835.check import (
    BalanceOfFile,
    Places,
    check_835,
    check_claim,
    check_payment,
    check_stream,
)
from shared.x12.remittance_835.model import Cas, Plb, RemitClaim, RemitLine, Remittance
from shared.x12.remittance_835.read import Reading835, read_835
from shared.x12.remittance_835.write import write_835

__all__ = [
    "BalanceOfFile",
    "Cas",
    "Places",
    "Plb",
    "Reading835",
    "RemitClaim",
    "RemitLine",
    "Remittance",
    "check_835",
    "check_claim",
    "check_payment",
    "check_stream",
    "read_835",
    "write_835",
]
