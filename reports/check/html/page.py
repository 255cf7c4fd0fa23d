"""The body of the page of `check`: totals, coverage, the map of the table, and the place for the responses."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ....engine.finding import RULES, Severity
from ....engine.result import Outcome, Summary
from ....rules.model import Row, Rulebook
from ...text.cell_counts import Cell, Seen
from ...text.coverage import coverage_of, tally
from ...text.escape import escape_control_chars
from ...text.style import count

_STATES = {
    "leaked": ("▲", "shown, and must not be"),
    "missing": ("▼", "not shown, and must be"),
    "omitted": ("▽", "not shown, and should be"),
    "kept": ("", "as the table says"),
    "open": ("", "left open by unknown facts"),
    "unseen": ("", "no response judged by it"),
}
_CONTROLS = """\
<div class="controls">
<label class="find">Find <input id="find" type="search" placeholder="name, element, rule, context" \
autocomplete="off" spellcheck="false"></label>
<label>Outcome <select id="outcome"><option value="">all</option>{outcomes}</select></label>
<label>{fact} <select id="column"><option value="">all</option>{columns}</select></label>
<label>Finding <select id="rule"><option value="">all</option>{rules}</select></label>
<label>Order <select id="order"><option value="">as judged</option>\
<option value="worst">most errors first</option></select></label>
</div>
"""
_RESPONSES = """\
</div>
<section id="responses" aria-labelledby="responses-title" tabindex="-1">
<h2 id="responses-title">Responses</h2>
"""
_LIST = """\
<p class="status"><span id="shown" role="status" aria-live="polite"></span> \
<button id="cell" type="button" hidden></button></p>
<div id="list"></div>
<button id="more" type="button" hidden></button>
<noscript><p class="empty">The list of responses needs JavaScript. Totals and map do without.</p></noscript>
</section>
</main>
"""


def body(rulebook: Rulebook, version: str, summary: Summary, seen: Seen) -> str:
    """Give the body up to its script."""
    return "".join(
        (
            '<body>\n<a class="skip" href="#responses">Skip to the responses</a>\n',
            *_header(rulebook, version, summary),
            '<main>\n<div class="side">\n',
            *_coverage(rulebook, summary),
            *_map(rulebook, seen),
            _RESPONSES,
            _controls(rulebook),
            _LIST,
        )
    )


def _header(rulebook: Rulebook, version: str, summary: Summary) -> Iterator[str]:
    identity = rulebook.document.rulebook
    verdict = next(
        (o for o in (Outcome.VIOLATING, Outcome.UNCHECKED) if summary.outcomes[o]), Outcome.CONFORMANT
    )
    said = {
        Outcome.VIOLATING: f"{count(summary.outcomes[Outcome.VIOLATING], 'response')} of {summary.responses:,} "
        f"{'violates' if summary.outcomes[Outcome.VIOLATING] == 1 else 'violate'} the table",
        Outcome.UNCHECKED: f"{count(summary.outcomes[Outcome.UNCHECKED], 'response')} could not be checked",
        Outcome.CONFORMANT: "Every response conforms" if summary.responses else "There was nothing to check",
    }[verdict]
    state = verdict if summary.responses else Outcome.UNCHECKED
    yield f'<header class="{state}">\n<p class="what">{_text(identity.title)}</p>\n<h1>{said}</h1>\n'
    yield '<dl class="totals">\n'
    for outcome in Outcome:
        yield _total(summary.outcomes[outcome], outcome, outcome)
    for severity in Severity:
        yield _total(
            summary.severities[severity], f"{severity}{'s' * (summary.severities[severity] != 1)}", severity
        )
    yield _total(summary.skipped.total(), "skipped", "skipped")
    yield "</dl>\n"
    if summary.reasons:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in summary.reasons.most_common())
        yield f'<p class="fine">Unchecked: {_text(reasons)}</p>\n'
    yield (
        f'<p class="fine">Rulebook {_text(identity.id)} {_text(identity.version)}, '
        f'<code title="{_text(rulebook.digest)}">{_text(rulebook.digest[:19])}…</code>; Whosees {_text(version)}</p>\n'
        "</header>\n"
    )


def _total(number: int, label: str, kind: str) -> str:
    zero = "" if number else " zero"
    return f'<div class="{kind}{zero}"><dt>{label}</dt><dd>{number:,}</dd></div>\n'


def _coverage(rulebook: Rulebook, summary: Summary) -> Iterator[str]:
    covered = coverage_of(rulebook, summary)
    yield '<section aria-labelledby="coverage-title">\n<h2 id="coverage-title">Coverage of obligations</h2>\n'
    yield f'<p class="whole"><strong>{covered.total.exercised:,}</strong> of {covered.total.obligations:,}</p>\n'
    yield '<table class="coverage">\n'
    for column in rulebook.columns:
        share = covered.by_column[column.id]
        yield (
            f'<tr><th scope="row" title="{_text(column.title)}">{_text(column.id)}</th><td class="bar">'
            '<svg aria-hidden="true"><rect class="track" width="100%" height="100%" rx="5"/>'
            f'<rect class="filled" width="{share.percent:.1f}%" height="100%" rx="5"/></svg></td>'
            f'<td class="n">{tally(share)}</td></tr>\n'
        )
    yield "</table>\n</section>\n"


def _map(rulebook: Rulebook, seen: Seen) -> Iterator[str]:
    cells = seen.cells()
    title = _text(rulebook.table_title)
    yield f'<details id="map" open>\n<summary><h2>{title}, as seen</h2></summary>\n'
    yield '<ul class="legend">\n'
    for state, (sign, said) in _STATES.items():
        yield f'<li><i class="{state}">{sign}</i>{said}</li>\n'
    yield "</ul>\n"
    yield '<p class="fine">A cell with findings is a button: it shows its responses. Arrow keys move.</p>\n'
    yield f'<table class="map">\n<caption class="hidden">{title} by what was seen</caption>\n<thead><tr><th></th>'
    for column in rulebook.columns:
        yield f'<th scope="col" title="{_text(column.title)}">{_text(column.id)}</th>'
    yield "</tr></thead>\n<tbody>\n"
    for row in rulebook.rows:
        indent, _, name = row.path.rpartition("/")
        deep = f" d{min(indent.count('/') + 1, 3)}" if indent else ""
        yield f'<tr><th scope="row" class="{deep.strip()}" title="{_text(row.path)}">{_text(name)}</th>'
        for column in rulebook.columns:
            yield _cell(rulebook, row, column.id, cells[row.path, column.id])
        yield "</tr>\n"
    yield "</tbody>\n</table>\n</details>\n"


def _cell(rulebook: Rulebook, row: Row, column: str, cell: Cell) -> str:
    sign, said = _STATES[cell.state]
    printed = rulebook.markers[row.cells[column]].printed
    numbers = [("leaked", cell.leaked), ("missing", cell.missing), ("omitted", cell.omitted)]
    numbers += [("as expected", cell.kept), ("left open", cell.open)]
    counted = ", ".join(f"{number:,} {what}" for what, number in numbers if number) or said
    label = _text(f"{row.path}, {column}, printed {printed}: {counted}")
    inner = f"<b>{sign}</b>{_text(printed)}" if sign else _text(printed)
    if cell.leaked or cell.missing or cell.omitted:
        at = f'data-path="{_text(row.path)}" data-column="{_text(column)}"'
        inner = (
            f'<button type="button" tabindex="-1" {at} title="{label}" aria-label="{label}">{inner}</button>'
        )
        return f'<td class="{cell.state}">{inner}</td>'
    return f'<td class="{cell.state}" title="{label}">{inner}</td>'


def _controls(rulebook: Rulebook) -> str:
    fact = rulebook.fact(rulebook.column_fact).label
    return _CONTROLS.format(
        fact=_text(fact[:1].upper() + fact[1:]),
        outcomes="".join(f'<option value="{outcome}">{outcome}</option>' for outcome in Outcome),
        columns="".join(
            f'<option value="{_text(column.id)}">{_text(column.id)}, {_text(column.title)}</option>'
            for column in rulebook.columns
        ),
        rules="".join(f'<option value="{rule}">{rule}</option>' for rule in RULES),
    )


def _text(text: str) -> str:
    return escape(escape_control_chars(text))
