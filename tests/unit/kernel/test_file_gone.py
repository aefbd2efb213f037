"""A service whose published file is gone says of what it is the file, and how it comes back."""

from datetime import date
from typing import Any

import pytest

from contracts.reference import CodeSetPublished, FeeSchedulePublished
from services.coding.app import SERVICE as CODING
from services.posting.app import SERVICE as POSTING
from shared.errors import FileGone, Malformed, NotFound, ServiceError
from shared.service import Service

FEES = FeeSchedulePublished(
    payer="BLUE", name="PPO", version="2026", sha256="f" * 64, rates=1, effective_from=date.min
)
CODES = CodeSetPublished(
    name="HCPCS", version="2026", sha256="c" * 64, codes=1, effective_from=date.min
)


class Folder:
    """An object folder that has nothing whole."""

    def __init__(self, lost: ServiceError) -> None:
        self.lost = lost

    async def read(self, sha256: str) -> bytes:
        raise self.lost


@pytest.mark.parametrize("lost", [NotFound("absent"), Malformed("changed")], ids=repr)
@pytest.mark.parametrize(
    ("service", "published", "what"),
    [
        (POSTING, FEES, "fee schedule PPO 2026 of payer BLUE"),
        (CODING, CODES, "code set HCPCS 2026"),
    ],
)
async def test_the_file_that_is_gone_or_changed_is_named_by_what_it_is_of(
    service: Service, published: Any, what: str, lost: ServiceError
) -> None:
    assert service.evolve_book and service.hydrate
    book = service.evolve_book(service.book, published)
    with pytest.raises(FileGone) as gone:
        await service.hydrate(book, Folder(lost))
    assert str(gone.value).startswith(f"the file of {what} is gone from the object folder")
    assert "publish the same file again" in str(gone.value)
