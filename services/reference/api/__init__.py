"""Doors of the books."""

from services.reference.api.routes import judge_ids, made, routes, written

__all__ = ["judge_ids", "made", "routes", "written"]
