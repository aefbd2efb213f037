"""What a biller, an analyst and the command line ask of reporting."""

from services.reporting.api.routes import routes

__all__ = ["routes"]
