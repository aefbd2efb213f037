"""Posting: the journal, who owes what is left, provider-level money, the bank and the patient."""
