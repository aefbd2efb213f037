"""The calendar and the books: business days, cut-offs, facilities, payers, enrolment, code sets, rule sets."""
