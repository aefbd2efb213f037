"""The loops that professional and institutional claims share: parties, earlier payers, providers, dates, references."""
