"""What a run is about: which services, which commands, and what must be so at its end."""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from shared.service import Order, Service

if TYPE_CHECKING:
    from tests.simulation.world import World


class Errand(NamedTuple):
    """A command that somebody asks until it is answered."""

    service: str
    order: Order
    after: float
    behind: str = ""
    """The key of a command that is answered before this one is asked."""


class Play(Protocol):
    """One cast of services and its story."""

    objects: Any
    """The object folder of every service."""

    def services(self, world: "World") -> list[Service]:
        """Who is there."""

    def errands(self, world: "World") -> list[Errand]:
        """What is asked of them."""

    def poison(self, world: "World") -> None:
        """Put a record into the log that nobody can read."""

    def check(self, world: "World", found: Any) -> None:
        """What must be so at the end, of this story; `found(sentence)` for what is not."""
