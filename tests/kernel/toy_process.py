"""A toy service as a process: `python -m tests.kernel.toy_process beta`."""

import sys

from shared.run import run
from tests.kernel.toys import ALPHA, BETA

if __name__ == "__main__":
    run({"alpha": ALPHA, "beta": BETA}[sys.argv[1]])
