"""Doors of registration."""

from services.registration.api.routes import routes

__all__ = ["routes"]
