from services.reference.app import SERVICE
from shared.run import run

run(SERVICE)
