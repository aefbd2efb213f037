"""What posting remembers of a guarantor: payments that met no balance, what is owed on which account, statements and plans."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from contracts.posting import PatientBalanceTold


class Owed(Struct, frozen=True, array_like=True):
    """What is owed on an account, as its account said last, and what was asked for it so far."""

    told: PatientBalanceTold
    stated: int = 0
    first_stated: date | None = None
    last_notice: date | None = None
    dispute: str = ""
    agency: str = ""

    @property
    def cents(self) -> int:
        """What is owed."""
        return self.told.owed_cents


class Plan(Struct, frozen=True, array_like=True):
    """A payment plan in force; `came` met balances of its accounts since, `judged` instalments were looked at when due."""

    plan: str
    accounts: tuple[str, ...]
    cents: int
    instalment: int
    instalments: int
    first_due: date
    came: int = 0
    judged: int = 0
    missed: int = 0
    """Instalments missed in a row, up to now."""

    def due_on(self, n: int) -> date:
        """The day of the n-th instalment, from 1: the same day of every month, or its last one."""
        months = self.first_due.month - 1 + n - 1
        year, month = self.first_due.year + months // 12, months % 12 + 1
        return date(year, month, min(self.first_due.day, monthrange(year, month)[1]))

    def due_until(self, n: int) -> int:
        """All of the first n instalments."""
        return self.cents if n >= self.instalments else self.instalment * n

    def due_by(self, day: date) -> int:
        """How many instalments are due up to a day."""
        return sum(self.due_on(n) <= day for n in range(1, self.instalments + 1))


class Entity(Struct, frozen=True, array_like=True):
    """How far a legal entity's statements to a guarantor are: `look_on` is when the next one is thought of."""

    look_on: date
    next_on: date | None = None
    plan: Plan | None = None


class Guarantor(Struct, frozen=True):
    """What met no balance yet; `loose` is what was paid for no account, by payment."""

    name: str = ""
    unapplied: int = 0
    payments: dict[str, int] = {}
    loose: dict[str, int] = {}
    refunds: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    owed: dict[str, Owed] = {}
    entities: dict[str, Entity] = {}
    statements: int = 0
    received_before: int = 0
    """What had come in all when the last statement was issued."""
    disputes: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    """Every dispute and plan there ever was."""

    def of(self, legal_entity: str) -> Iterator[tuple[str, Owed]]:
        """What is owed to a legal entity, agencies' balances aside."""
        for account, owed in self.owed.items():
            if owed.told.legal_entity == legal_entity and owed.cents > 0 and not owed.agency:
                yield account, owed

    def plan(self, legal_entity: str) -> Plan | None:
        """The plan in force with a legal entity."""
        entity = self.entities.get(legal_entity)
        return entity.plan if entity else None

    def in_plan(self, account: str) -> Plan | None:
        """The plan in force that pays this account."""
        owed = self.owed.get(account)
        plan = self.plan(owed.told.legal_entity) if owed else None
        return plan if plan and account in plan.accounts else None

    def left_of(self, plan: Plan) -> int:
        """What is still owed on the accounts of a plan."""
        return sum(self.owed[a].cents for a in plan.accounts if a in self.owed)

    def is_kept(self, plan: Plan) -> bool:
        """Whether all that was agreed came, or nothing is owed any more; what is owed beyond it is no part of the plan."""
        return plan.came >= plan.cents or self.left_of(plan) <= 0

    def paused(self, plan: Plan) -> bool:
        """Whether a dispute about one of its accounts, on which something is owed, lets a plan rest."""
        among = (self.owed[a] for a in plan.accounts if a in self.owed)
        return any(owed.dispute and owed.cents > 0 for owed in among)
