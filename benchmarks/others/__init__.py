"""What one would otherwise pick, on the same events, the same PostgreSQL and into the same table."""
