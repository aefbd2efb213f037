"""What a process used so far and holds now, asked of the operating system."""

import time
from collections.abc import Callable

import psutil

from deploy.stack import Stack

Told = Callable[[str], None]


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """CPU seconds so far, by process; PostgreSQL with its backends, those that ended too."""
    found = {}
    for facts in stack.home.running():
        process = psutil.Process(facts["pid"])
        family = [process, *process.children(recursive=True)]
        seconds = 0.0
        for one in family:
            try:
                times = one.cpu_times()
                seconds += times.user + times.system
            except psutil.NoSuchProcess:
                continue
        ended = process.cpu_times()
        seconds += ended.children_user + ended.children_system
        found[facts["name"]] = seconds
    return found


def used_since(stack: Stack, before: dict[str, float]) -> dict[str, float]:
    """CPU seconds by process since `before`."""
    return {n: s - before.get(n, 0.0) for n, s in cpu_seconds(stack).items()}


def resident_mb(stack: Stack) -> dict[str, float]:
    """Resident megabytes of each service process."""
    return {
        facts["name"]: psutil.Process(facts["pid"]).memory_info().rss / 1_000_000
        for facts in stack.home.running()
        if "service" in facts
    }


class Sparing:
    """Tells at most one sentence every few seconds."""

    def __init__(self, told: Told, every_seconds: float = 5.0) -> None:
        self._told = told
        self._every = every_seconds
        self._last = 0.0

    def __call__(self, sentence: str) -> None:
        now = time.monotonic()
        if now - self._last >= self._every:
            self._last = now
            self._told(sentence)
