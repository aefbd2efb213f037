"""The `claimlog` command; one module per command."""
