"""Run the submission service."""

from services.submission.app import SERVICE
from shared.run import run

run(SERVICE)
