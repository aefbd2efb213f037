"""Files as they come in: read and judged whole before anything is said; a broken file changes nothing."""

from services.adjudication_tracking.gateway.intake import Intake

__all__ = ["Intake"]
