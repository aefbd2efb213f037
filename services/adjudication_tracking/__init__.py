"""How payers answer: acknowledgements, remittances staged, balanced and released, adjudications."""
