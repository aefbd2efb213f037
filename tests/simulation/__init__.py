"""The real kernel against a log and a store in memory, in virtual time, from one seed."""
