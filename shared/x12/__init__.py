"""X12 as payers and clearinghouses speak it: one folder per transaction set, reading apart from judging.

Reading never judges; `check` of each set answers with all findings. Depends on nothing else of the project.
"""

from shared.x12.envelope import Group, Interchange, TransactionSet, X12File, read_file, sniff
from shared.x12.findings import Finding, Unreadable

__all__ = [
    "Finding",
    "Group",
    "Interchange",
    "TransactionSet",
    "Unreadable",
    "X12File",
    "read_file",
    "sniff",
]
