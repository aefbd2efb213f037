"""Claim edits as a list: each names its rule and version, loop and element, severity and fix.

A blocking failure holds the claim, a warning goes with it.
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from contracts.submission import EditFailure
from services.submission.domain import findings
from services.submission.domain.findings import Facts, Found
from services.submission.domain.writable import writable


class Rule(NamedTuple):
    """An edit with its name and version, where it looks, and whether a person may override it."""

    rule: str
    version: str
    loop: str
    element: str
    severity: Literal["block", "warn"]
    fix: str
    find: Callable[[Facts], Iterable[Found]]
    overridable: bool = False
    mended_by_books: bool = False
    """A broadcast may mend it: held claims are looked at again every morning."""


WRITER = "WRITER"
"""What the writer of files itself refuses; it names loop and element."""

RULES: tuple[Rule, ...] = (
    Rule(
        "CHARGES", "1", "2400", "LX01", "block", "Void the claim, or capture what is to be billed.",
        findings.charges,
    ),
    Rule(
        "CODING-HELD", "1", "2300", "HI01", "block", "Mend what coding holds.",
        findings.coding_held,
    ),
    Rule("SIZE-LINES", "2", "2400", "LX01", "block", "Split the charges.", findings.line_count),
    Rule(
        "SIZE-DIAGNOSES", "1", "2300", "HI01", "block", "Code the encounter again.",
        findings.diagnosis_count,
    ),
    Rule(
        "DIAGNOSES", "1", "2300", "HI01", "block", "Code the encounter again.",
        findings.diagnosis_codes,
    ),
    Rule("PROCEDURES", "1", "2400", "SV101", "block", "Correct the charge.", findings.procedures),
    Rule("POINTERS", "1", "2400", "SV107", "block", "Code the encounter again.", findings.pointers),
    Rule("BALANCE", "1", "2300", "CLM02", "block", "Correct the charges.", findings.balance),
    Rule(
        "BILLING-LISTED", "1", "2010AA", "NM109", "block", "List the facility.",
        findings.billing_listed, mended_by_books=True,
    ),
    Rule(
        "BILLING-NPI", "1", "2010AA", "NM109", "block", "List the facility with its NPI.",
        findings.billing_npi, mended_by_books=True,
    ),
    Rule(
        "BILLING-TAXONOMY", "1", "2000A", "PRV03", "block", "List the facility with its taxonomy.",
        findings.billing_taxonomy, mended_by_books=True,
    ),
    Rule(
        "BILLING-STREET", "1", "2010AA", "N301", "block", "List it with a street address.",
        findings.billing_street, mended_by_books=True,
    ),
    Rule(
        "RENDERING-NPI", "1", "2310B", "NM109", "block", "Correct the charge.",
        findings.rendering_npi,
    ),
    Rule("MEMBER", "1", "2010BA", "NM109", "block", "Set the coverages.", findings.member),
    Rule(
        "PAYER-COVERED", "1", "2010BB", "NM109", "block", "Set the coverage back, or withdraw the void.",
        findings.payer_covered,
    ),
    Rule(
        "COVERAGE-DATES", "1", "2000B", "SBR01", "block", "Set the coverages.",
        findings.coverage_dates, overridable=True,
    ),
    Rule(
        "PAYER-LISTED", "1", "2010BB", "NM109", "block", "List the payer.",
        findings.payer_listed, mended_by_books=True,
    ),
    Rule(
        "RECEIVER-LISTED", "1", "1000B", "NM109", "block", "List the receiver.",
        findings.receiver_listed, mended_by_books=True,
    ),
    Rule(
        "PLACE-OF-SERVICE", "1", "2400", "SV105", "block", "Correct the charge.",
        findings.place_of_service,
    ),
    Rule("MODIFIERS", "1", "2400", "SV101", "block", "Correct the charge.", findings.modifiers),
    Rule(
        "PAYER-CONTROL", "1", "2300", "REF02", "block", "Send it as a new claim.",
        findings.payer_control,
    ),
    Rule(
        "FILING-LIMIT", "1", "2300", "CLM01", "block", "Ask the payer for an exception.",
        findings.filing_limit, overridable=True,
    ),
    Rule(
        "ENROLMENT", "1", "2010AA", "NM109", "block", "Enrol; it goes by itself then.",
        findings.enrolment, mended_by_books=True,
    ),
    Rule(
        "ELIGIBILITY", "1", "2010BA", "NM109", "block", "Ask again, or set the coverages.",
        findings.eligibility, overridable=True,
    ),
    Rule(
        "PRIOR-PAYERS", "1", "2320", "SBR01", "block", "Wait for the earlier payer.",
        findings.prior_payers,
    ),
    Rule(
        "PRIOR-BALANCE", "2", "2320", "AMT02", "block", "Look at the earlier payer's decision.",
        findings.prior_balance,
    ),
    Rule(
        "PRIOR-LINES", "1", "2430", "SVD02", "block", "Match the earlier payer's lines.",
        findings.prior_lines, overridable=True,
    ),
    Rule(
        "SERVICE-DAYS", "1", "2400", "DTP03", "block", "Correct the charge's day.",
        findings.service_days, overridable=True,
    ),
    Rule(
        "DUPLICATE-LINE", "1", "2400", "SV101", "warn", "Add a modifier or void the charge.",
        findings.duplicate_lines,
    ),
)  # fmt: skip

_WRITER_RULE = Rule(WRITER, "1", "2300", "CLM01", "block", "Mend what is named.", writable)

OVERRIDABLE = frozenset(rule.rule for rule in RULES if rule.overridable)
MENDED_BY_BOOKS = frozenset({WRITER, *(rule.rule for rule in RULES if rule.mended_by_books)})


def judge(facts: Facts) -> tuple[EditFailure, ...]:
    """Every failure of every edit, in the order of the rules; the writer is asked when only what may be overridden is wrong."""
    failures = [_failure(rule, found) for rule in RULES for found in rule.find(facts)]
    if not any(f.severity == "block" and f.rule not in OVERRIDABLE for f in failures):
        failures += [_failure(_WRITER_RULE, found) for found in writable(facts)]
    return tuple(failures)


def _failure(rule: Rule, found: Found) -> EditFailure:
    placed = bool(found.loop or found.element)
    return EditFailure(
        rule=rule.rule,
        rule_version=rule.version,
        loop=found.loop if placed else rule.loop,
        element=found.element if placed else rule.element,
        severity=rule.severity,
        sentence=found.sentence,
        fix=rule.fix,
    )
