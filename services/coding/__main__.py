from services.coding.app import SERVICE
from shared.run import run

run(SERVICE)
