"""Failpoints stop the process exactly where and when they were asked to."""

import signal
import subprocess
import sys

import pytest

from shared import failpoints

PROGRAM = """
from shared.failpoints import arm, failpoint
arm({setting!r})
for number in range(1, 4):
    print(number, flush=True)
    failpoint("relay.before_publish")
    failpoint("relay.after_publish")
"""


def passes(setting: str) -> tuple[int, int]:
    """(exit code, how often the loop ran)."""
    program = PROGRAM.format(setting=setting)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=False
    )
    return done.returncode, len(done.stdout.split())


def test_an_unarmed_failpoint_does_nothing() -> None:
    assert passes("") == (0, 3)


def test_another_name_does_nothing() -> None:
    assert passes("batch.locked") == (0, 3)


def test_an_armed_failpoint_kills_at_the_first_pass() -> None:
    assert passes("relay.after_publish") == (-signal.SIGKILL, 1)


def test_a_number_kills_at_that_pass() -> None:
    assert passes("relay.before_publish:3") == (-signal.SIGKILL, 3)


def test_stop_freezes_and_a_resumed_process_goes_on() -> None:
    program = PROGRAM.format(setting="relay.before_publish:2:stop")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGCONT)
        for _ in range(200):
            process.send_signal(signal.SIGCONT)
            try:
                assert process.wait(timeout=0.05) == 0
                break
            except subprocess.TimeoutExpired:
                continue
        assert process.stdout.read() == b"3\n"


@pytest.mark.parametrize("setting", ["nowhere", "batch.locked:1:dance", "batch.locked:x"])
def test_a_setting_that_cannot_be_meant_is_refused(setting: str) -> None:
    with pytest.raises(ValueError):
        failpoints.arm(setting)


def test_every_failpoint_says_what_has_happened() -> None:
    assert all(sentence.endswith(".") for sentence in failpoints.REGISTRY.values())
