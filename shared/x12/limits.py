"""How much of anything a file may hold, each with its reason."""

SEGMENT_BYTES = 65_536
"""No guide has a segment near it; a file without terminators would otherwise be one segment."""
ELEMENTS = 200
"""The longest segments of the guides have about 30 elements."""
CHUNK_BYTES = 262_144
"""What is read at once: large enough for C speed, small enough to stay in the cache."""
FILE_BYTES = 64 * 1024 * 1024
"""What is read in one piece; `open_file` takes any size."""
SETS = 10_000
"""Sets, groups or interchanges of a file read in one piece; a partner's daily file has some hundreds."""
SEGMENTS = 4_000_000
"""Of a file read in one piece: the largest that is taken has some 2,700,000 of usual length."""
LOOSE = 1_000
"""Segments outside any set that an interchange keeps: more than any answer with TA1s has."""
CLAIMS = 20_000
"""Claims of one file; the guides recommend 5,000 for a set."""
CLAIM_SEGMENTS = 100_000
"""Of one claim in a stream: 999 lines with every situational segment stay far below."""
CLAIM_BYTES = 16 * 1024 * 1024
"""Of one claim in a stream; so many segments of usual length have some 3,000,000."""
FINDINGS = 1_000
"""Of each severity; more would only fill the screen, and are counted."""
FINDINGS_EACH = 20
"""Of one interchange, group or set, so that every one of many can be answered, whatever the others had."""
CONTROLS = 100_000
"""Control numbers remembered to notice a repeated one; a day's batch has some thousands."""
IN_PAYMENT = 100_000
"""Provider adjustments of one payment, or segments of it outside its claims; the largest have some thousands."""
LEVELS = 100_000
"""HL loops of a set: a batch of 5,000 claims with a patient each has some 10,000."""
