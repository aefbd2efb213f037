"""Doors of the books."""

from services.reference.api.listing import judge_ids, made
from services.reference.api.routes import routes, written

__all__ = ["judge_ids", "made", "routes", "written"]
