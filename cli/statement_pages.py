"""A patient's statement as a page to print: one HTML file that needs nothing else, and holds no script.

It is laid out for Letter paper folded in three: the address shows in the window of a #10 envelope. Everything that
comes from outside is escaped. Pure: of the same document the same bytes are made.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cli.statement_words import (
    AMOUNTS,
    ASKED,
    DISPUTED,
    HELP,
    IN_PLAN,
    TITLE,
    Document,
    facts,
    in_figures,
    money,
    totals,
)

_STYLE = """\
@page { size: Letter; margin: 0.5in 0.75in 0.6in;
  @bottom-left { content: "Statement NUMBER"; font: 9pt sans-serif }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9pt sans-serif } }
* { box-sizing: border-box }
body { font: 11pt/1.25 Arial, Helvetica, sans-serif; color: #000; background: #fff; max-width: 7in; margin: 0 auto }
address { font-style: normal }
address span { display: block }
.top { position: relative; height: 3.2in }
.from { position: absolute; top: 0; left: 0; max-width: 3.5in }
.to { position: absolute; top: 2.05in; left: 0.25in; width: 3.75in; line-height: 0.17in }
.facts { position: absolute; top: 0; right: 0; margin: 0; width: 3in; border: 1pt solid #000; padding: 0.08in }
.facts div { display: flex; justify-content: space-between }
.facts dt, .facts dd { margin: 0 }
.facts dd { font-weight: bold; text-align: right; overflow-wrap: anywhere; padding-left: 0.1in }
h1 { font-size: 16pt; margin: 0 0 0.1in }
h2 { font-size: 12pt; margin: 0.14in 0 0.03in; break-after: avoid }
p { margin: 0 0 0.05in }
.asked { font-size: 13pt; font-weight: bold }
table { width: 100%; border-collapse: collapse; font-size: 9.5pt }
caption { text-align: left; font-size: 9.5pt }
th, td { border-bottom: 0.5pt solid #555; padding: 0.02in 0.05in; text-align: right; vertical-align: bottom }
th:first-child, td:first-child, tbody th { text-align: left }
thead { display: table-header-group }
tr { break-inside: avoid }
tfoot { display: table-row-group; font-weight: bold }
tfoot th, tfoot td { border-bottom: 0; border-top: 1pt solid #000 }
.slip { margin-top: 0.18in; border-top: 1pt dashed #000; padding-top: 0.1in; break-inside: avoid; display: flex; justify-content: space-between }
.slip h2 { margin-top: 0 }
footer { margin-top: 0.08in; font-size: 9pt; break-before: avoid }
"""
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


def page(said: Document) -> bytes:
    """The page of a statement's document (`statement_words.document`), in UTF-8."""
    number = said["statement"]
    style = _STYLE.replace("NUMBER", _in_style(number))
    asked, *more = said["says"]
    parts = [
        _HEAD.format(title=_text(f"Statement {number}"), style=style),
        _top(said),
        "<main>\n",
        f"<h1>{TITLE}</h1>\n",
        f'<p class="asked">{_text(asked)}</p>\n',
        *(f"<p>{_text(sentence)}</p>\n" for sentence in more),
        _table(ASKED, "What was charged, what was paid, and what you owe.", said["accounts"]),
        _table(IN_PLAN, "Its instalments are asked for instead.", said["in_plan"]),
        _table(DISPUTED, "We do not ask you to pay these now.", said["disputed"]),
        f"<h2>{HELP}</h2>\n<p>{_text(said['message'])}</p>\n",
        f"<p>Our phone: {_text(said['phone'])}</p>\n",
        "</main>\n",
        _slip(said),
        f"<footer>Statement {_text(number)}. This page holds health information about you: keep it safe.</footer>\n",
        "</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _top(said: Document) -> str:
    """Who sends it, what a reader looks for first, and what shows in the window."""
    told = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>\n" for name, value in facts(said)
    )
    sender = [*said["remit_to"], said["phone"]]
    return (
        '<header class="top">\n'
        f'<address class="from">{_lines(sender)}</address>\n'
        f'<dl class="facts">\n{told}</dl>\n'
        f'<address class="to">{_lines(said["to"])}</address>\n'
        "</header>\n"
    )


def _table(title: str, caption: str, accounts: Sequence[Mapping[str, Any]]) -> str:
    """Accounts with their amounts and the sum of them; nothing where there are none."""
    if not accounts:
        return ""
    names = ("Account", "Date of service", *(name for _, name in AMOUNTS))
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{_text(one["account"])}</th><td>{in_figures(one["service_on"])}</td>'
        f"{_amounts(one)}</tr>\n"
        for one in accounts
    )
    return (
        f"<h2>{title}</h2>\n<table>\n<caption>{caption}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n"
        f'<tfoot><tr><th scope="row" colspan="2">Total</th>{_amounts(totals(accounts))}</tr></tfoot>\n'
        "</table>\n"
    )


def _amounts(one: Mapping[str, Any]) -> str:
    return "".join(f"<td>{money(one[name])}</td>" for name, _ in AMOUNTS)


def _slip(said: Document) -> str:
    """What goes back with a payment; nothing where nothing is asked for."""
    if said["asked_cents"] <= 0:
        return ""
    due = dict(facts(said))
    return (
        '<section class="slip" aria-labelledby="slip">\n<div>\n'
        '<h2 id="slip">Please send this part with your payment</h2>\n'
        f"<p>Write this number on your check: {_text(said['statement'])}</p>\n"
        f"<p>Amount due: {_text(due['Amount due'])}, by {_text(due['Pay by'])}</p>\n"
        "<p>Amount enclosed: $ ______________</p>\n</div>\n"
        f"<address>Send to:{_lines(said['remit_to'])}</address>\n</section>\n"
    )


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"<span>{_text(line)}</span>" for line in lines)


def _text(words: str) -> str:
    """Words as a page may have them: no markup, and no sign that cannot be seen."""
    return escape("".join(sign if sign.isprintable() else " " for sign in words))


def _in_style(words: str) -> str:
    """Words inside a string of a style sheet: each sign that could end it stands by its number."""
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign == "-" else f"\\{ord(sign):x} "
        for sign in words
    )
