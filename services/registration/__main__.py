from services.registration.app import SERVICE
from shared.run import run

run(SERVICE)
