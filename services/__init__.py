"""The services: each is alone, and speaks only through the claim log."""
