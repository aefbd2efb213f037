"""Submission: claims are compiled, edited, queued, sent in files, and sent again when refused."""
