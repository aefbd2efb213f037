"""Rebuilding a service's tables from the log, and comparing them with a rebuild, from outside its process."""

from dataclasses import replace

from deploy.rebuilders import Rebuilders
from deploy.shares import Share, Told, begin
from deploy.stack import Stack
from shared.rebuild import SWAP_SECONDS, Report


async def rebuild(
    stack: Stack,
    name: str,
    *,
    swap: bool,
    told: Told = lambda _made, _events: None,
    swap_seconds: float = SWAP_SECONDS,
    others: Rebuilders | None = None,
) -> Report:
    """Rebuild (and swap) or compare one service; it may run meanwhile, each partition waits `swap_seconds` at most.

    This process makes one partition after the other, or `others` share them.
    """
    share = Share(name, range(stack.settings.partitions), swap, swap_seconds)
    async with begin(stack, share, told) as made, made.alone(swap=swap):
        if others is None:
            return await made.make(share.partitions, swap=swap)
        return await others.make(replace(share, made=made.beside.made), told)
