"""Claim status by level: what a 276 asks and a 277 answers."""
