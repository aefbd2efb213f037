"""The doors that every service has count no further than its tables do."""

from typing import Any, cast

import httpx
import pytest

from shared.http import app
from shared.kernel_api import kernel_routes
from shared.service import Service

SERVICE = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())


@pytest.mark.parametrize("place", ["2147483648/0", "0/9223372036854775808", "-1/0", "0/-1"])
async def test_a_place_that_no_table_holds_is_malformed(place: str) -> None:
    async def ready() -> dict[str, Any]:
        return {}

    nothing = cast(Any, object)
    made = app(SERVICE, ready, kernel_routes(nothing, nothing))
    transport = httpx.ASGITransport(app=made)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as caller:
        assert (await caller.get(f"/parked/{place}")).status_code == 422
