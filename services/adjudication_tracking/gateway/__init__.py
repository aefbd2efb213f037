"""Files as they come in, and what is typed from paper: judged whole before anything is said; a broken one changes nothing."""

from services.adjudication_tracking.gateway.entered import judge
from services.adjudication_tracking.gateway.eob import Eob
from services.adjudication_tracking.gateway.intake import Intake

__all__ = ["Eob", "Intake", "judge"]
