"""Tests of denial: pure."""
