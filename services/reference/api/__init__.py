"""Doors of the books."""

from services.reference.api.routes import made, routes, written

__all__ = ["made", "routes", "written"]
