"""One row with one seed on a stack, and the bench that keeps the stack for as many rows as it stands."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from deploy.processes import ROOT
from deploy.stack import Stack
from simulator.chance import Chance
from tests.faults.ends import broken
from tests.faults.lab import Lab
from tests.faults.processes import make_stack
from tests.faults.rows import Row

HOMES = ROOT / ".claimlog-test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report."""

    number: int
    row: str
    seed: int
    seen: str
    seconds: float
    broken: tuple[str, ...] = ()
    logs: str = ""


class Bench:
    """Stacks as rows need them: a shared one until it is worn out or broken, or one for a row alone."""

    def __init__(
        self,
        name: str = "faults",
        brief: bool = False,
        told: Callable[[str], None] = lambda sentence: print(sentence, flush=True),
    ) -> None:
        self.name = name
        self.brief = brief
        self.told = told
        self.lab: Lab | None = None

    async def play(self, row: Row, seed: int) -> Outcome:
        """Row and seed; whatever broke is in the outcome."""
        started = time.monotonic()
        if row.make_stack is not None:
            lab = await self._start(row.make_stack(HOMES / f"{self.name}-{row.name}"), seed)
        else:
            lab = await self._shared(seed)
        seen, found, logs = "", [], ""
        try:
            await lab.begin()
            days = lab.days_done
            seen = await row.play(lab, Chance(seed))
            seen += f"; {len(lab.doors.kept)} answers kept over {lab.days_done - days} days"
            if row.settles:
                found = await broken(lab, replay=row.replay)
        except Exception as failure:
            found = [f"{type(failure).__name__}: {failure}"]
            if not isinstance(failure, AssertionError):
                self.told(traceback.format_exc())
        if found:
            logs = str(lab.keep_logs(f"{row.name}-{seed}"))
        if row.make_stack is not None:
            await self._end(lab)
        elif found:
            await self.close()  # The next row starts on sound ground.
        seconds = time.monotonic() - started
        return Outcome(row.number, row.name, seed, seen, seconds, tuple(found), logs)

    async def _shared(self, seed: int) -> Lab:
        if self.lab is not None and self.lab.worn_out:
            await self.close()
        if self.lab is None:
            self.lab = await self._start(make_stack(HOMES / self.name), seed)
        return self.lab

    async def _start(self, stack: Stack, seed: int) -> Lab:
        try:
            return await Lab.start(stack, seed, self.brief, self.told)
        except BaseException:
            stack.erase()
            raise

    async def _end(self, lab: Lab) -> None:
        await lab.stop()
        lab.stack.erase()

    async def close(self) -> None:
        """The shared stack is no longer needed."""
        if self.lab is not None:
            lab, self.lab = self.lab, None
            await self._end(lab)


def line(outcome: Outcome) -> str:
    """The outcome as a person reads it."""
    verdict = "BROKEN" if outcome.broken else "holds "
    head = f"{verdict} {outcome.number:>2} {outcome.row} seed {outcome.seed}, {outcome.seconds:.0f} s: {outcome.seen}"
    more = [f"         {sentence}" for sentence in outcome.broken]
    if outcome.broken:
        again = f"make chaos ROWS={outcome.row} FIRST={outcome.seed} SEEDS=1"
        more.append(f"         again: {again}; logs: {outcome.logs}")
    return "\n".join([head, *more])
