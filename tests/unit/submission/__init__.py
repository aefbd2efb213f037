"""Tests of submission: pure."""
