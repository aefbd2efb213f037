"""The outside world: a feed of encounters, a clearinghouse, payers, a bank, patients, and a biller at the screens.

It meets the system only through the doors that the real ones would use. Who answers what follows from the seed.
"""
