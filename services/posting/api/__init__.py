"""Doors of posting."""

from services.posting.api.routes import routes

__all__ = ["routes"]
