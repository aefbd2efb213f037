"""Defects put into the kernel on purpose, as data: what is written otherwise where, and the row that has to find it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One place of a module, there exactly once, written differently."""

    module: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Defect:
    """With `brief` the short play of its row is long enough to find it."""

    name: str
    says: str
    row: str
    changes: tuple[Change, ...]
    brief: bool = False


def _defect(
    name: str, row: str, says: str, *changes: tuple[str, str, str], brief: bool = False
) -> Defect:
    return Defect(name, says, row, tuple(Change(*one) for one in changes), brief)


DEFECTS: tuple[Defect, ...] = (
    _defect(
        "offset-first",
        "backends",
        "the progress of a batch is committed before the batch is applied",
        (
            "shared.engine",
            "            started = time.perf_counter()\n            async with self.pool.acquire() as connection, "
            "connection.transaction():\n                locked = await self.lock(connection, list(segment))\n",
            "            started = time.perf_counter()\n"
            "            async with self.pool.acquire() as connection, connection.transaction():\n"
            "                early = await self.lock(connection, list(segment))\n"
            "                before = {p: row.copy() for p, row in early.items()}\n"
            "                ahead = Work(self, connection, early, Tally())\n"
            "                await ahead._plan(segment)\n"
            "                await self.store.write_progress(connection, early.values())\n"
            "            async with self.pool.acquire() as connection, connection.transaction():\n"
            "                locked = await self.lock(connection, list(segment))\n"
            "                locked |= before\n",
        ),
    ),
    _defect(
        "published-first",
        "commit",
        "what a batch says is published before it is committed",
        (
            "shared.engine",
            '                failpoint("batch.before_commit")\n',
            '                failpoint("batch.before_commit")\n'
            "                if batch.outbox:\n"
            "                    self.publish(batch.outbox)\n",
        ),
    ),
    _defect(
        "outcome-guessed",
        "commit",
        "whoever loses the connection at COMMIT takes the command for done",
        (
            "shared.commands",
            "                if attempt == 7:\n",
            "                if attempt == 0:\n"
            "                    return [Answer(200, o.stream) for o in orders]\n"
            "                if attempt == 7:\n",
        ),
    ),
    _defect(
        "repeat-applied",
        "again",
        "a reader looks for holes only: a record that comes again is applied again",
        (
            "shared.work",
            "                if route.position != before + 1:\n",
            "                if route.position > before + 1:\n",
        ),
        brief=True,
    ),
    _defect(
        "no-lock",
        "storm",
        "the progress rows are read and not locked",
        (
            "shared.loading",
            '            "order by partition for update",\n            sorted(partitions),\n',
            '            "order by partition",\n            sorted(partitions),\n',
        ),
    ),
    _defect(
        "memory-trusted",
        "storm",
        "what was kept in memory is used without a look at the version",
        (
            "shared.remembered",
            "            if self._versions.get(p) != row.version:\n",
            "            if p not in self._versions:\n",
        ),
    ),
    _defect(
        "database-blamed",
        "backends",
        "whatever fails in a transaction is taken for the record's fault, and parked",
        (
            "shared.engine",
            "            except UNKEEPABLE:\n                finished = await self._one_by_one(segment, tally)\n",
            "            except Exception:\n"
            "                blamed = {(p, r[0].offset): REFUSED_ROW for p, rs in segment.items() for r in rs}\n"
            "                finished = await self._transact(segment, tally, blamed)\n",
        ),
        brief=True,
    ),
    _defect(
        "sent-is-published",
        "broker",
        "what was sent once is taken for published, whatever became of it",
        (
            "shared.relay",
            '            "message.timeout.ms": 0,\n',
            '            "message.timeout.ms": 3000,\n',
        ),
        (
            "shared.relay",
            "        elif now - since > HEARD_BACK_SECONDS and cursor > heard:\n",
            "        elif cursor < 0:\n",
        ),
        (
            "shared.relay",
            "        if error is not None:\n            self._failed = True\n",
            "        return\n",
        ),
        (
            "shared.relay",
            "        self.owned = set(partitions)\n        self._cursor.clear()\n        self._moved.clear()\n",
            "        self.owned = set(partitions)\n",
        ),
    ),
    _defect(
        "leader-trusted",
        "leader",
        "one broker is enough for a yes, and what was sent is taken for published",
        (
            "shared.relay",
            '            "enable.idempotence": True,\n',
            '            "enable.idempotence": False,\n',
        ),
        ("shared.relay", '            "acks": "all",\n', '            "acks": 1,\n'),
        (
            "shared.relay",
            "        elif now - since > HEARD_BACK_SECONDS and cursor > heard:\n",
            "        elif cursor < 0:\n",
        ),
        (
            "shared.relay",
            "        self.owned = set(partitions)\n        self._cursor.clear()\n        self._moved.clear()\n",
            "        self.owned = set(partitions)\n",
        ),
    ),
    _defect(
        "unsent-forgotten",
        "kill",
        "a process that starts publishes what is said from now on, not what waits",
        (
            "shared.relay",
            "        if cursor is None or cursor < heard:\n            cursor = self._cursor[channel] = heard\n",
            "        if cursor is None:\n            cursor = self._cursor[channel] = last\n",
        ),
        (
            "shared.relay",
            "        elif now - since > HEARD_BACK_SECONDS and cursor > heard:\n",
            "        elif cursor < 0:\n",
        ),
    ),
    _defect(
        "refilled-bare",
        "lost-topic",
        "a topic that is made anew gets its records without the header that says what they are",
        (
            "shared.relay",
            "        after, filled = 0, dict[int, int]()\n",
            "        self.bare = True\n        after, filled = 0, dict[int, int]()\n",
        ),
        (
            "shared.relay",
            "                headers=[(ROUTING, header), CONTENT_TYPE],\n",
            "                headers=[(ROUTING, header), *([] if hasattr(self, 'bare') else [CONTENT_TYPE])],\n",
        ),
    ),
    _defect(
        "older-not-noticed",
        "older-database",
        "a service whose database was put back goes on where that left it, without a look at the log",
        ("shared.recover", "    if forgotten:\n", "    if False:\n"),
        (
            "shared.work",
            "                if route.producer == own and route.position > sent:\n",
            "                if False:\n",
        ),
    ),
    _defect(
        "log-not-looked-at",
        "older-log",
        "a log that is shorter than what was heard of it is not filled again",
        (
            "shared.recover",
            "            source.refill = source.refill or any(source.sent.get(p) for p in lost)\n",
            "            pass\n",
        ),
    ),
    _defect(
        "answer-forgotten",
        "clearinghouse",
        "the answer to a key is not kept, so a command that is asked again is decided again",
        ("shared.commands", "        if fresh:\n", "        if fresh and not fresh:\n"),
        brief=True,
    ),
    _defect(
        "poison-passed",
        "poison",
        "a record that cannot be applied is passed, and nobody keeps it",
        (
            "shared.batch",
            '        self.parked.append(parked_row(heard, "parked", reason, sentence, self._now))\n',
            "",
        ),
    ),
    _defect(
        "drafts-left",
        "disk-full",
        "a file that could not be written whole is left where it is",
        (
            "shared.durably",
            "        draft.unlink(missing_ok=True)  # Each try would take some of what is left of a full disk.\n",
            "",
        ),
    ),
    _defect(
        "waits-for-ever",
        "half-open",
        "a statement whose answer never comes is waited for without an end",
        (
            "shared.pool",
            "        command_timeout=statement_ms / 1000 + ANSWER_SECONDS,\n",
            "",
        ),
    ),
)


def defect(name: str) -> Defect:
    """The defect of this name; KeyError when there is none."""
    return {one.name: one for one in DEFECTS}[name]
