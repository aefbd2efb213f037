from services.adjudication_tracking.app import SERVICE
from shared.run import run

run(SERVICE)
