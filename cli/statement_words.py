"""What a patient's statement says, in the words of its page, of a print vendor's document and of a terminal.

Pure: of the same statement, addressee and terms the same words are made for ever.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from contracts.posting import StatedAccount, StatementIssued

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
AMOUNTS = (
    ("charged_cents", "Charges"),
    ("insurance_paid_cents", "Insurance paid"),
    ("adjusted_cents", "Adjusted"),
    ("patient_paid_cents", "You paid"),
    ("with_payers_cents", "With insurance"),
    ("owed_cents", "You owe"),
)
"""Of an account, from what was charged to what is owed."""
OF_A_MINOR = "PARENT OR GUARDIAN OF"
TITLE = "Patient statement"
ASKED, DISPUTED = "Your accounts", "Amounts that you dispute"
IN_PLAN = "What your payment plan pays"
HELP = "If something is wrong, or if you need help"

Person = Mapping[str, Any]
Terms = Mapping[str, Any]
Document = dict[str, Any]


def document(statement: StatementIssued, person: Person, terms: Terms) -> Document:
    """All that a statement's page says, names in a fixed order; money is cents, days are ISO."""
    return {
        "statement": statement.statement,
        "legal_entity": statement.legal_entity,
        "issued_on": statement.issued_on.isoformat(),
        "due_on": statement.due_on.isoformat(),
        "notice": statement.notice,
        "final": statement.final,
        "on_demand": statement.on_demand,
        "plan": statement.plan,
        "instalments_cents": statement.instalments_cents,
        "to": address_of(person),
        "remit_to": list(terms["remit_to"]),
        "phone": terms["phone"],
        "asked_cents": statement.asked_cents,
        "owed_cents": statement.owed_cents,
        "disputed_cents": statement.disputed_cents,
        "unapplied_cents": statement.unapplied_cents,
        "received_cents": statement.received_cents,
        "says": sentences(statement),
        "accounts": [_account(one) for one in statement.accounts if _is_asked(one)],
        "in_plan": [_account(o) for o in statement.accounts if o.in_plan and not o.disputed],
        "disputed": [_account(one) for one in statement.accounts if one.disputed],
        "message": terms["message"],
    }


def _is_asked(one: StatedAccount) -> bool:
    return not one.disputed and not one.in_plan


def _account(one: StatedAccount) -> dict[str, Any]:
    return {
        "account": one.account,
        "service_on": one.service_on.isoformat() if one.service_on else None,
        **{name: getattr(one, name) for name, _ in AMOUNTS},
        "notice": one.notice,
    }


def address_of(person: Person) -> list[str]:
    """The lines of an envelope: name, street, and city, state and ZIP; whoever cares for a minor, by the minor's name."""
    names = (person.get(name, "") for name in ("first", "middle", "last", "suffix"))
    code = person.get("zip", "")
    code = f"{code[:5]}-{code[5:]}" if len(code) == 9 else code
    place = " ".join(filter(None, (person.get("city", ""), person.get("state", ""), code)))
    care = OF_A_MINOR if person.get("minor") else ""
    streets = (person.get("street", ""), person.get("street2", ""))
    lines = (care, " ".join(filter(None, names)), *streets)
    return [line for line in (*lines, place) if line.strip()]


def masked(person: Person) -> Person:
    """The person by initials, who lives nowhere."""
    names = (person.get(name, "") for name in ("first", "last"))
    return {"last": "".join(f"{name[0].upper()}." for name in names if name)}


def sentences(s: StatementIssued) -> list[str]:
    """What is asked and until when, and what the amounts do not tell by themselves."""
    said = [_asks(s)]
    if s.final and s.asked_cents > 0:
        said.append(_final(s))
    if s.on_demand:
        said.append("We send you this statement because you asked for it.")
    if s.disputed_cents:
        told = money(s.disputed_cents)
        said.append(f"You dispute {told}. We are looking at it and do not ask for it now.")
    if s.unapplied_cents > 0:
        told = money(s.unapplied_cents)
        said.append(
            f"We hold {told} from you that is not applied to an account yet. "
            "It is not taken off what you owe here. Please call us about it."
        )
    if s.received_cents > 0:
        told = money(s.received_cents)
        said.append(f"Since your last statement we received {told} from you. Thank you.")
    return said


def _asks(s: StatementIssued) -> str:
    until = in_words(s.due_on)
    beside = s.asked_cents - s.instalments_cents
    if s.plan and beside > 0 and s.instalments_cents > 0:
        return (
            f"Please pay {money(s.asked_cents)} by {until}: {money(s.instalments_cents)} under your payment plan, "
            f"and {money(beside)} that it does not pay."
        )
    if s.plan and not beside:
        asked = money(s.asked_cents) if s.asked_cents > 0 else "nothing"
        return f"Under your payment plan, {asked} is due by {until}."
    if s.asked_cents > 0:
        return f"Please pay {money(s.asked_cents)} by {until}."
    return "You do not need to pay anything now."


def _final(s: StatementIssued) -> str:
    """Of which accounts no other statement follows, where that is not all that is shown."""
    last = [one.account for one in s.accounts if one.notice]
    which = f" for {', '.join(last)}" if s.plan else ""
    return (
        f"This is the final notice{which}: we send no other statement for this amount alone. "
        "If you cannot pay it, please call us: we look for a way together."
    )


def money(cents: int) -> str:
    """`$1,234.56`, `-$5.00`."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def in_words(day: date) -> str:
    """`March 3, 2026`, whatever the machine's language."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def in_figures(day: str | None) -> str:
    """`03/03/2026`, of an ISO day; nothing for none."""
    return f"{day[5:7]}/{day[8:10]}/{day[:4]}" if day else ""


def notice_of(said: Document) -> str:
    """`2`, `3, final`; on demand it is none."""
    if said["on_demand"] or not said["notice"]:
        return "none"
    return f"{said['notice']}{', final' if said['final'] else ''}"


def totals(accounts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Each amount, summed."""
    return {name: sum(one[name] for one in accounts) for name, _ in AMOUNTS}


def facts(said: Document) -> list[tuple[str, str]]:
    """What a reader looks for first."""
    until = in_words(date.fromisoformat(said["due_on"]))
    return [
        ("Statement", said["statement"]),
        ("Date", in_words(date.fromisoformat(said["issued_on"]))),
        ("Notice", notice_of(said)),
        *([("Payment plan", said["plan"])] if said["plan"] else []),
        ("Amount due", money(said["asked_cents"])),
        *([("Pay by", until)] if said["asked_cents"] > 0 else []),
    ]
