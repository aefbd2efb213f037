"""The fault laboratory: real services under load, one fault at a time from a seed, and everything checked at the end."""
