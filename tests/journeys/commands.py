"""`claimlog …` of a stack as somebody types it."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.stack import Stack

ROOT = Path(__file__).parents[2]


async def command(stack: Stack, *words: str) -> tuple[int, Any]:
    """Its exit code and its JSON."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("CLAIMLOG_")
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli", *words],
        env=inherited | {"CLAIMLOG_HOME": str(stack.home.root)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout or "null")
