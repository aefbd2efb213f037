"""What is wrong with a file, as an error that a person can act on."""

from collections.abc import Iterable

from shared.errors import Malformed
from shared.x12 import Finding


def refuse(name: str, findings: Iterable[Finding]) -> Malformed:
    """The file, segment number, byte offset and reason of the first findings."""
    listed = list(findings)
    where = f"{name}: " if name else ""
    more = f" (and {len(listed) - 3} more)" if len(listed) > 3 else ""
    return Malformed(where + "; ".join(map(str, listed[:3])) + more)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those that forbid taking what they are about."""
    return [finding for finding in findings if finding.severity == "error"]
