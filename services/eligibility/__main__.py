from services.eligibility.app import SERVICE
from shared.run import run

run(SERVICE)
