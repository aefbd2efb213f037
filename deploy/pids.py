"""Which process is ours, and how it ends: told by its create time and its command line, never by its pid alone."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

SAME_START_SECONDS = 1.0


def alive(facts: dict[str, Any]) -> bool:
    """Whether the written-down process still is that process, and no zombie."""
    try:
        process = psutil.Process(facts["pid"])
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        same_start = abs(process.create_time() - facts["started"]) < SAME_START_SECONDS
        words = " ".join(
            process.cmdline()
        )  # Empty for a moment, while its program is being loaded.
        return same_start and (not words or facts.get("mark", "") in words)
    except psutil.Error:
        return False


def halted(pid: int) -> str:
    """What is to be told of a process that is halted (SIGSTOP); empty of any other."""
    try:
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return f"is halted (SIGSTOP) and does not answer; `kill -CONT {pid}` lets it go on"
    except psutil.Error:
        pass
    return ""


def end(facts: dict[str, Any], seconds: float = 15.0, gently: int = signal.SIGTERM) -> None:
    """Ask, wait, SIGKILL; children too. A process of ours that is no longer there is fine."""
    if alive(facts):
        end_process(psutil.Process(facts["pid"]), seconds, gently)
    reap(facts["pid"])


def end_process(
    process: psutil.Process, seconds: float = 15.0, gently: int = signal.SIGTERM
) -> None:
    """The same for a process that no run file names."""
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(gently)
        psutil.wait_procs([process], timeout=seconds)
    except psutil.NoSuchProcess:
        return
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)


def kill(facts: dict[str, Any], sign: int = signal.SIGKILL) -> None:
    """Send a signal, as a test does; after SIGKILL nothing of the process is left."""
    if not alive(facts):
        return
    os.kill(facts["pid"], sign)
    if sign == signal.SIGKILL:
        deadline = time.monotonic() + 10
        while alive(facts) and time.monotonic() < deadline:
            time.sleep(0.02)
        reap(facts["pid"])


def reap(pid: int) -> None:
    """Take the exit of a child of ours, so that it is no zombie."""
    try:
        for _ in range(100):
            if os.waitpid(pid, os.WNOHANG) != (0, 0) or not psutil.pid_exists(pid):
                return
            time.sleep(0.02)
    except ChildProcessError:
        return


def strays(root: Path) -> Iterator[psutil.Process]:
    """Processes that work in this home by their own words, whether or not a run file names them."""
    broker = str(root / "kafka-data" / "server.properties")
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if broker in words or (
                any(word.startswith("services.") for word in words)
                and process.environ().get("CLAIMLOG_HOME") == str(root)
            ):
                yield process
        except psutil.Error:
            continue


def working_in(folder: Path) -> list[psutil.Process]:
    """Living processes whose working folder is this one: a postmaster and its backends, orphans too."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
