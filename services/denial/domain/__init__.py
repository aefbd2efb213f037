"""The rules of denials."""

from services.denial.domain.decisions import decide
from services.denial.domain.state import Account, evolve
from shared.service import Decider

ACCOUNT = Decider("account", Account, decide, evolve)
