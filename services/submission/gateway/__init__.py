"""The outside of submission: 837P files out, TA1 and 999 files in."""

from services.submission.gateway.answers import Answers, read_answers
from services.submission.gateway.writing import HAND_OVER

__all__ = ["HAND_OVER", "Answers", "read_answers"]
