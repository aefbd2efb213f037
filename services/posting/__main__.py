"""Run the posting service."""

from services.posting.app import SERVICE
from shared.run import run

run(SERVICE)
