"""A record that cannot be read takes nothing else with it."""

from types import SimpleNamespace

from shared import envelope as wire
from shared.reading import read_record


def test_why_a_record_cannot_be_read_holds_on_to_nothing_that_was_read_beside_it() -> None:
    header = (wire.ROUTING, b"reference.business_day_opened.v1|reference/0|1|0")
    for headers in ((), (header,)):
        heard = read_record(
            SimpleNamespace(partition=0, offset=1, key=b"k", value=b"{1}", headers=headers)
        )
        assert heard.fault is not None
        assert (heard.fault.__traceback__, heard.fault.__context__) == (None, None)
