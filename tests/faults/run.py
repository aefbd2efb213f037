"""One row with one seed on a stack, and the bench that keeps the stack for as many rows as it stands."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from deploy.processes import ROOT
from simulator.chance import Chance
from tests.faults.ends import broken
from tests.faults.lab import Lab
from tests.faults.processes import LabStack, make_stack
from tests.faults.rows import CannotPlay, MakeStack, Row

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
    """Stacks as rows need them: one stands for rows and seeds that need the same, until it is worn out or broken."""

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
        self._made_by: MakeStack = make_stack

    async def play(self, row: Row, seed: int) -> Outcome:
        """Row and seed; whatever broke is in the outcome."""
        started = time.monotonic()
        try:
            lab = await self.stand(row, seed)
        except CannotPlay as no:
            seconds = time.monotonic() - started
            return Outcome(row.number, row.name, seed, f"not played: {no}", seconds)
        seen, found, logs = "", [], ""
        try:
            await lab.begin()
            days = lab.days_done
            seen = await row.play(lab, Chance(seed))
            seen += f"; {len(lab.doors.kept)} answers kept over {lab.days_done - days} days"
            if row.settles:
                found = await broken(lab, replay=row.replay)
        except CannotPlay as no:
            seen = f"not played: {no}"
        except Exception as failure:
            found = [f"{type(failure).__name__}: {failure}"]
            if not isinstance(failure, AssertionError):
                self.told(traceback.format_exc())
        if found:
            logs = str(lab.keep_logs(f"{row.name}-{seed}"))
        if found:
            await self.close()  # The next row starts on sound ground.
        seconds = time.monotonic() - started
        return Outcome(row.number, row.name, seed, seen, seconds, tuple(found), logs)

    async def stand(self, row: Row, seed: int) -> Lab:
        """The stack that a row needs: the one that stands, if it is of its kind and good for it."""
        make = row.make_stack or make_stack
        if self.lab is not None and (self.lab.worn_out or self._made_by is not make):
            await self.close()
        if self.lab is None:
            self._made_by = make
            self.lab = await self._start(make(HOMES / self.name), seed)
        return self.lab

    async def _start(self, stack: LabStack, seed: int) -> Lab:
        try:
            return await Lab.start(stack, seed, self.brief, self.told)
        except BaseException:
            stack.erase()
            raise

    async def close(self) -> None:
        """The stack that stands is no longer needed."""
        if self.lab is not None:
            lab, self.lab = self.lab, None
            await lab.stop()
            lab.stack.erase()


def line(outcome: Outcome) -> str:
    """The outcome as a person reads it."""
    verdict = "BROKEN" if outcome.broken else "holds "
    head = f"{verdict} {outcome.number:>2} {outcome.row} seed {outcome.seed}, {outcome.seconds:.0f} s: {outcome.seen}"
    more = [f"         {sentence}" for sentence in outcome.broken]
    if outcome.broken:
        again = f"make chaos ROWS={outcome.row} FIRST={outcome.seed} SEEDS=1"
        more.append(f"         again: {again}; logs: {outcome.logs}")
    return "\n".join([head, *more])
