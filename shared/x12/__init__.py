"""X12 as payers and clearinghouses speak it: one folder per transaction set, reading apart from judging.

Reading never judges; `check` of each set answers with all findings. Depends on nothing else of the project.
"""

from shared.x12.envelope import Group, Interchange, TransactionSet, X12File, kind_of
from shared.x12.findings import Finding, Unreadable
from shared.x12.reading import open_file, read_file, sniff
from shared.x12.stream import Stream

__all__ = [
    "Finding",
    "Group",
    "Interchange",
    "Stream",
    "TransactionSet",
    "Unreadable",
    "X12File",
    "kind_of",
    "open_file",
    "read_file",
    "sniff",
]
