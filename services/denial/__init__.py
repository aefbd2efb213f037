"""Denial: what payers refused, whose work it is, by when, and how it ended."""
