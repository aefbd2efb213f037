"""Hears everything, decides nothing: the story of an account, the money, the lists a biller asks for."""
