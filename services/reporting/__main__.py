from services.reporting.app import SERVICE
from shared.run import run

run(SERVICE)
