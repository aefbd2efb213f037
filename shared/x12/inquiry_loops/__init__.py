"""What the sets share that ask or answer level by level (270, 271, 276, 277, 278): who is named, and what is said of it."""
