"""Whom what is sent about an account is addressed to, as of now or as of then. People stand in the answer's body alone."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.phi import PersonDetails
from contracts.values import AccountNumber, Sealed
from shared.service import Doors

MOST_ACCOUNTS = 500
ADDRESS = ("last", "first", "middle", "suffix", "street", "street2", "city", "state", "zip")
"""All that an envelope needs, beside whether it goes to a `minor`: nothing else of the person is told."""
OF_AGE_YEARS = 18
"""In nearly all states: nobody younger owes by their own word, and mail goes to whoever has the care of them."""
ERASED = "erased"
UNKNOWN = "no such account"
NOT_YET = "nothing of the person is known of then; in an older database `claimlog rebuild registration` makes it"

_AS_OF = """
select a.account, v.key_id, v.person from account a left join lateral (
    select key_id, person from person_version v
    where v.patient = a.patient and v.key_id = a.key_id and ($2::timestamptz is null or v.recorded_at <= $2)
    order by v.recorded_at desc, v.position desc limit 1) v on true
where a.account = any($1::text[])
"""
"""The account's own key tells whose it is: somebody who comes again after they were erased has another one."""


class Asked(BaseModel):
    """Whose people, and as of when: all that was registered and corrected by then counts; without it, by now."""

    model_config = ConfigDict(extra="forbid")
    accounts: list[AccountNumber] = Field(min_length=1, max_length=MOST_ACCOUNTS)
    as_of: (
        Annotated[
            AwareDatetime,
            Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2199, 12, 31, tzinfo=UTC)),
        ]
        | None
    ) = None


def people_doors(router: APIRouter, doors: Doors) -> None:
    """`/people`."""

    @router.post("/people")
    async def people(body: Asked) -> dict[str, Any]:
        """The names and addresses of accounts' people as they were known then; null, and why, where there is none."""
        return {"people": await addressed(doors, body)}


async def addressed(doors: Doors, asked: Asked) -> list[dict[str, Any]]:
    """A row for each account, in the order in which it was asked for."""
    accounts = [account.upper() for account in asked.accounts]
    rows = await doors.rows(_AS_OF, accounts, asked.as_of)
    sealed = [Sealed(key_id=row["key_id"], box=row["person"]) for row in rows if row["key_id"]]
    opened = iter(await doors.open_all([(one, PersonDetails) for one in sealed]))
    on = asked.as_of.astimezone(UTC).date() if asked.as_of else (await doors.book()).today
    found = {
        row["account"]: _told(next(opened), on) if row["key_id"] else (None, NOT_YET)
        for row in rows
    }
    return [
        {"account": account, "person": person, "why": why}
        for account in accounts
        for person, why in [found.get(account, (None, UNKNOWN))]
    ]


def _told(person: PersonDetails | None, on: date | None) -> tuple[dict[str, Any] | None, str]:
    if person is None:
        return None, ERASED
    return {name: getattr(person, name) for name in ADDRESS} | {"minor": _minor(person, on)}, ""


def _minor(person: PersonDetails, on: date | None) -> bool:
    """Whether they are not of age yet on a day; unknown is of age."""
    born = person.born_on
    if born is None or on is None:
        return False
    return (on.year - OF_AGE_YEARS, on.month, on.day) < (born.year, born.month, born.day)
