"""Run the denial service."""

from services.denial.app import SERVICE
from shared.run import run

run(SERVICE)
