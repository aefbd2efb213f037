"""Tests of posting: pure."""
