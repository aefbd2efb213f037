"""Large files hold nobody: they are read and judged beside the loop that answers and hears."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest

from services.adjudication_tracking.gateway import acknowledgements, intake, remittances
from services.eligibility import gateway as eligibility
from services.submission.gateway import answers
from shared import aside as kernel
from shared.aside import aside, switch_often


class Read(Exception):
    """Told by which thread."""

    def __init__(self) -> None:
        super().__init__(threading.current_thread() is not threading.main_thread())


def read(*_given: Any) -> Any:
    raise Read


async def intake_of(data: Any) -> None:
    await intake.Intake(data, data, b"", "").parts()


async def one_835(data: Any) -> None:
    await remittances.take(data, data, data, data, "")


async def one_277ca(data: Any) -> None:
    await acknowledgements.take(data, data, data, data, "")


async def answers_271(data: Any) -> None:
    await eligibility.take_answers(b"", "", data)


async def answers_999(data: Any) -> None:
    await answers.read_answers(b"", data)


@pytest.mark.parametrize(
    ("module", "name", "take"),
    [
        (intake, "read_file", intake_of),
        (remittances, "read_835", one_835),
        (acknowledgements, "read_277ca", one_277ca),
        (eligibility, "read_file", answers_271),
        (answers, "read_file", answers_999),
    ],
)
async def test_every_door_reads_its_files_aside(
    module: ModuleType,
    name: str,
    take: Callable[[Any], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, name, read)
    with pytest.raises(Read) as told:
        await take(None)
    assert told.value.args == (True,)


async def test_the_loop_goes_on_beside_long_work() -> None:
    go_on = threading.Event()
    work = asyncio.ensure_future(aside(go_on.wait, 10))
    await asyncio.sleep(0.01)
    assert not work.done()
    go_on.set()
    assert await work


def test_the_loop_waits_little_for_its_turn() -> None:
    before = sys.getswitchinterval()
    try:
        switch_often()
        assert sys.getswitchinterval() == pytest.approx(kernel.SWITCH_SECONDS)
    finally:
        sys.setswitchinterval(before)
