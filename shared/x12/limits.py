"""How much of anything a file may hold, each with its reason."""

SEGMENT_BYTES = 65_536
"""No guide has a segment near it; a file without terminators would otherwise be one segment."""
ELEMENTS = 200
"""The longest segments of the guides have about 30 elements."""
FILE_BYTES = 64 * 1024 * 1024
"""What is read in one piece at a door; larger files are split by their sets first."""
SETS = 10_000
CLAIMS = 20_000
"""Claims of one file; the guides recommend 5,000 for a set."""
FINDINGS = 1_000
"""After so many, a file is broken beyond reading; more would only fill the screen."""
