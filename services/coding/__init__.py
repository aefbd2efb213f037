"""Charges and codes: captured, checked against the code set in force on the date of service, corrected."""
