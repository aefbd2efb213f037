"""Without a file that the books name nothing is decided, and nothing is lost: it goes on when the file is back."""

from dataclasses import replace
from typing import Any

from shared.errors import FileGone
from shared.service import Service
from tests.kernel.cluster import Cluster, until
from tests.kernel.toys import ALPHA, BETA


class Shelf:
    """An object folder, seen by a service whose books name one file of it."""

    there = False

    async def hydrate(self, book: Any, objects: Any) -> Any:
        """The book, when its file is there."""
        if not self.there:
            raise FileGone("code set TOY 1")
        return book

    def seen_by(self, service: Service) -> Service:
        """The service, which needs the file."""
        return replace(service, hydrate=self.hydrate)


async def test_a_command_is_told_which_file_is_gone_and_the_same_key_is_obeyed_once_it_is_back(
    cluster: Cluster,
) -> None:
    shelf = Shelf()
    alpha = await cluster.member(shelf.seen_by(ALPHA))
    told = await alpha.capture(range(3))
    assert {(answer.status, answer.code) for answer in told} == {(503, "file_gone")}
    assert "the file of code set TOY 1 is gone" in told[0].sentence
    assert await alpha.engine.still_lacks() == told[0].sentence
    shelf.there = True
    assert await alpha.engine.still_lacks() == ""
    assert {answer.status for answer in await alpha.capture(range(3))} == {200}


async def test_what_is_heard_meanwhile_waits_and_is_decided_once_the_file_is_back(
    cluster: Cluster,
) -> None:
    shelf = Shelf()
    beta = await cluster.member(shelf.seen_by(BETA))
    alpha = await cluster.alpha()
    await alpha.capture(range(5))

    async def lacks() -> bool:
        return bool(beta.engine.lacks)

    await until(lacks, "beta needs its file")
    before = await beta.pool.fetchval("select count(*) from state")
    shelf.there = True

    async def decided() -> bool:
        return bool(await beta.pool.fetchval("select count(*) from state") == 5)

    await until(decided, "beta decides")
    assert before == 0 and await beta.engine.still_lacks() == ""
