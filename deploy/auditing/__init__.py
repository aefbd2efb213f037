"""The promises of the whole, checked against live data: money, journal, clearing, log, files, rows, people."""
