"""Patients, their ordered coverages, and the accounts of their encounters."""
