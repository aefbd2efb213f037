"""Asking payers what a coverage is worth (270), and what they answer (271)."""
