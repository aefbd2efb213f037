"""How often the interpreter looks for objects that hold each other: rarely, for batches make and drop many that do not."""

import gc


def collect_rarely() -> None:
    """For processes that fold events: looking costs a fifth of their time otherwise."""
    gc.set_threshold(200_000, 20, 50)


def keep_what_is_there() -> None:
    """Never look again at what a process has once it is up: its modules and classes."""
    gc.collect()
    gc.freeze()
