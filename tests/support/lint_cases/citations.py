"""Cases of `rules lint` about citations."""

from __future__ import annotations

from .parts import INTERPRETATION, RULE, Case

CASES: dict[str, Case] = {
    "an interpretation that applies to nothing": (
        [],
        INTERPRETATION.format(
            title="x", text="y", more='cited_for = { markers = ["never"], expectations = ["must"] }'
        ),
        [
            (
                "never-cited",
                "warning",
                "`interpretations.I2.cited_for` applies to no decision",
                "none of 18 decisions",
            )
        ],
    ),
    "an interpretation that nothing cites": (
        [],
        INTERPRETATION.format(title="x", text="y", more=""),
        [
            (
                "unused-interpretation",
                "note",
                "no explanation cites the interpretation `I2`",
                "it has no `cited_for`: x",
            )
        ],
    ),
    "a statement without its words": (
        [('text = "These elements are never returned."', 'text = " "')],
        "",
        [("missing-citation", "warning", "`statements.never.text` is empty", "statements.never.text")],
    ),
    "a citation of what is not there": (
        [],
        RULE.format("version", "A", "role", "other").replace('"I1"', '"I7"'),
        [
            (
                "unknown-citation",
                "warning",
                "`implications[0].cite` cites `I7`, which is neither an interpretation nor a statement",
                "implications[0].cite",
            )
        ],
    ),
    "a source that no statement is of": (
        [],
        '[[sources]]\nid = "hearsay"\ntitle = "What people say"\nbasis = "inferred"\n',
        [("unused-source", "note", "no statement has the source `hearsay`", "none of 3 statements")],
    ),
    "a statement that nothing rests on": (
        [],
        '[[statements]]\nid = "idle"\nsource = "docs"\ncite = "Section 9"\ntext = "By the way."\n',
        [
            (
                "unused-statement",
                "note",
                "no marker rests on the statement `idle`, and no explanation quotes it",
                "it has no `cited_for`: Section 9",
            )
        ],
    ),
}
