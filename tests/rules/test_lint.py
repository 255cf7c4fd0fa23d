"""`rules lint`: what is valid and can hardly be meant, each remark with a witness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sightline.engine.analysis import Remark, analyse
from sightline.engine.expectation import Evaluator
from sightline.engine.finding import Severity
from sightline.rules import Rulebook, load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded, Run, Variant


def remarks(rulebook: Rulebook) -> list[Remark]:
    return list(analyse(Evaluator(rulebook)))


@pytest.mark.parametrize("name", ["getsessioninfo", "webex-rest-meeting"])
def test_what_is_built_in_has_notes_at_most(name: str) -> None:
    found = remarks(load_rulebook(name))
    assert {remark.severity for remark in found} == {Severity.NOTE}
    assert all(remark.witness for remark in found)


def test_the_notes_on_the_built_in_rulebook_are_true() -> None:
    """`status` is printed twice (FACTS 1); the rest is said nowhere but in reading messages, or not at all."""
    assert [
        (remark.id, remark.text, remark.witness) for remark in remarks(load_rulebook("getsessioninfo"))
    ] == [
        ("ambiguous-name", "the name `status` stands for 2 rows", "explain status: status, test/status"),
        *(
            (
                "unused-statement",
                f"no marker rests on the statement `{name}`, and no explanation quotes it",
                "it has no `cited_for`: GetSessionInfo, third paragraph",
            )
            for name in ("where", "service")
        ),
        *(
            ("unused-source", f"no statement is of the source `{name}`", "none of 7 statements")
            for name in ("sample", "schema", "sightline")
        ),
        (
            "unused-interpretation",
            "no explanation cites the interpretation `I9`",
            "it has no `cited_for`: An empty element is returned",
        ),
    ]


def test_the_skeleton_has_none(varied: Loaded) -> None:
    assert remarks(varied(of="skeleton")) == []


MARKER = """
[[markers]]
id = "extra"
printed = "extra"
statement = "owner"
meaning = "whatever"
granted = "{granted}"
"""
CONDITION = '\n[[markers.granted_if]]\nrole = ["owner"]\n'
RULE = (
    '[[implications]]\nwhen = {{ {0} = "{1}" }}\nthen = {{ {2} = "{3}" }}\ntext = "so it is"\ncite = "I1"\n'
)
SPELLINGS = "[spellings]\nprice = {0}\n"
INTERPRETATION = (
    '[[interpretations]]\nid = "I2"\ntitle = "{title}"\ntext = "{text}"\nbasis = "inferred"\n{more}\n'
)
RESPONSE = '[[evidence.response]]\nfact = "version"\npath = "{path}"\n{more}\n'
FACT = """
[[facts]]
id = "{0}"
label = "{0}"
caller_can = true
state_unknown = "it is not known"

[[facts.values]]
id = "yes"
names = ["yes"]
state = "it is so"
change = "make it so"

[[facts.values]]
id = "no"
names = ["no"]
state = "it is not so"
change = "make it otherwise"
"""
CAR = "price,price,always,owner\ncar,car,always,owner\n"
PRICE = "price,price,always,owner\n"

CASES: dict[str, tuple[list[tuple[str, str]], str, list[tuple[str, str, str, str]]]] = {
    "a child that is more visible than its parent": (
        [(PRICE, PRICE + "net,price/net,always,always\n")],
        "",
        [
            (
                "contradictory",
                "error",
                "`price/net` is `must` where `price`, which encloses it, is `should`",
                "B/owner",
            )
        ],
    ),
    "a child of a parent that is never there": (
        [("secret,secret,never,owner", "secret,secret,never,never\nkey,secret/key,never,never")],
        "",
        [
            ("unreachable", "note", "`secret` is shown to nobody", "`must-not` in all 6 contexts"),
            (
                "unreachable",
                "note",
                "`secret/key` is shown to nobody, as `secret` is, which encloses it",
                "`must-not` in all 6 contexts",
            ),
        ],
    ),
    "a marker that no cell has": (
        [],
        MARKER.format(granted="must"),
        [("unused-marker", "warning", "no cell has the marker `extra`", "none of 6 cells")],
    ),
    "two markers that decide the same": (
        [(PRICE, "price,price,always,extra\n")],
        MARKER.format(granted="should") + CONDITION,
        [("alike", "note", "the markers `owner` and `extra` decide the same", "in all 6 contexts")],
    ),
    "a condition that always holds": (
        [('[[markers.granted_if]]\nrole = ["owner"]', '[[markers.granted_if]]\nrole = ["owner", "other"]')],
        "",
        [
            (
                "redundant",
                "warning",
                "the conditions of the marker `owner` decide nothing: it is always granted",
                "`should` in all 6 contexts",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `role` decides nothing, whatever its value",
                "no decision of 6 contexts changes with it",
            ),
        ],
    ),
    "a condition that another one contains": (
        [
            (
                '[[markers.granted_if]]\nrole = ["owner"]',
                '[[markers.granted_if]]\nrole = ["owner"]\n\n[[markers.granted_if]]\nrole = ["owner"]\nknown = ["yes"]',
            )
        ],
        FACT.format("known"),
        [
            (
                "redundant",
                "warning",
                "entry 2 of `markers.owner.granted_if` grants nothing that the others do not grant",
                "without it all 18 contexts are decided alike",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `known` decides nothing, whatever its value",
                "no decision of 18 contexts changes with it",
            ),
        ],
    ),
    "a value that another entry grants": (
        [
            (
                '[[markers.granted_if]]\nrole = ["owner"]',
                '[[markers.granted_if]]\nrole = ["owner"]\n\n[[markers.granted_if]]\nrole = ["owner", "other"]\nknown = ["yes"]',
            )
        ],
        FACT.format("known"),
        [
            (
                "redundant",
                "warning",
                "`owner` of `role` in entry 2 of `markers.owner.granted_if` grants nothing that the rest does not grant",
                "without it all 18 contexts are decided alike",
            )
        ],
    ),
    "a column that no context has": (
        [],
        RULE.format("version", "B", "role", "owner") + RULE.format("role", "owner", "version", "A"),
        [
            (
                "unreachable",
                "warning",
                "no context has the column `B`: the implications exclude it",
                "none of 3 contexts",
            ),
            ("unused-fact", "warning", "", ""),
            ("never-cited", "warning", "", ""),
            ("unreachable", "note", "", ""),
        ],
    ),
    "a value that no context has": (
        [],
        RULE.format("role", "other", "role", "owner"),
        [
            (
                "unreachable",
                "warning",
                "no context has the value of `role` `other`: the implications exclude it",
                "none of 4 contexts",
            ),
            ("redundant", "warning", "", ""),
            ("unused-fact", "warning", "", ""),
        ],
    ),
    "an implication that follows from others": (
        [],
        RULE.format("version", "A", "role", "other") * 2,
        [
            (
                "redundant",
                "warning",
                "the implication from version `A` to role `other` says nothing that the others do not say",
                "without it the same 4 contexts remain",
            )
        ]
        * 2,
    ),
    "two columns that are alike": (
        [(PRICE, "price,price,owner,owner\n"), ("secret,secret,never,owner", "secret,secret,never,never")],
        "",
        [
            ("unreachable", "note", "`secret` is shown to nobody", "`must-not` in all 6 contexts"),
            ("alike", "note", "the columns `A` and `B` have the same marker in every row", "in all 3 rows"),
        ],
    ),
    "names that differ in letter case": (
        [(PRICE, PRICE + "Price,Price,always,owner\n")],
        "",
        [
            (
                "colliding-names",
                "warning",
                "`price` and `Price` are called alike, letter case apart: one can be taken for the other",
                "price: price, Price: Price",
            ),
            ("ambiguous-name", "note", "the name `Price` stands for 2 rows", "explain Price: price, Price"),
        ],
    ),
    "a spelling that two rows have": (
        [(PRICE, CAR)],
        SPELLINGS.format('["cost"]') + 'car = ["cost"]\n',
        [
            (
                "colliding-names",
                "warning",
                "`price` and `car` are called alike, letter case apart: one can be taken for the other",
                "price: cost, car: cost",
            )
        ],
    ),
    "a title that is another column's name": (
        [('title = "version B"', 'title = "Version A"')],
        "",
        [
            (
                "colliding-names",
                "warning",
                "the title of the column `A` is a name of `B` too",
                "version A: B",
            ),
            (
                "colliding-names",
                "warning",
                "the title of the column `B` is a name of `A` too",
                "Version A: A",
            ),
        ],
    ),
    "a name for two rows": (
        [(PRICE, PRICE + "id,price/id,owner,owner\n")],
        "",
        [("ambiguous-name", "note", "the name `id` stands for 2 rows", "explain id: id, price/id")],
    ),
    "evidence that an earlier entry decides": (
        [],
        RESPONSE.format(path="apiVersion", more='equals = ["3"]\nas = "A"'),
        [
            (
                "shadowed",
                "warning",
                "entry 2 of `evidence.response` never decides: an earlier one on `apiVersion` does",
                "version by apiVersion",
            )
        ],
    ),
    "evidence that is read where nothing is": (
        [],
        RESPONSE.format(path="apiVersoin", more='equals = ["3"]\nas = "A"'),
        [
            (
                "unknown-path",
                "warning",
                "`evidence.response` reads `apiVersoin`, which is neither a row nor known as unlisted",
                "apiVersoin",
            )
        ],
    ),
    "a fact that no message tells": (
        [
            (
                '[[evidence.request]]\nfact = "role"\npart = "body"\nany_of = ["ownerKey"]\nif_given = "owner"\nif_not = "other"\n',
                "",
            )
        ],
        "",
        [
            (
                "not-evident",
                "note",
                "no message tells `role`: somebody has to say it",
                "`evidence` has no entry for role",
            )
        ],
    ),
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
                "`implications[0].cite` cites `I7`, which is no interpretation and no statement",
                "implications[0].cite",
            )
        ],
    ),
    "a source that no statement is of": (
        [],
        '[[sources]]\nid = "hearsay"\ntitle = "What people say"\nbasis = "inferred"\n',
        [("unused-source", "note", "no statement is of the source `hearsay`", "none of 3 statements")],
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


@pytest.mark.parametrize("case", CASES)
def test_each_remark_has_its_case(varied: Loaded, case: str) -> None:
    replacements, more, expected = CASES[case]
    found = [
        (remark.id, remark.severity.value, remark.text, remark.witness)
        for remark in remarks(varied(*replacements, of="skeleton", more=more))
        if remark.id != "not-evident" or case == "a fact that no message tells"
    ]
    # An empty text stands for a remark that follows from the one that the case is about.
    abridged = [
        (*one[:2], "", "") if wanted[2:] == ("", "") else one
        for one, wanted in zip(found, expected, strict=False)
    ] + found[len(expected) :]
    assert abridged == expected


def test_exit_codes(run: Run, variant: Variant) -> None:
    warning = variant(of="skeleton", name="warning", more=MARKER.format(granted="must"))
    error = variant((PRICE, PRICE + "net,price/net,always,always\n"), of="skeleton", name="error")
    assert [run("rules", "lint", folder).returncode for folder in ("getsessioninfo", warning, error)] == [
        0,
        0,
        1,
    ]
    assert [
        run("rules", "lint", "--strict", folder).returncode for folder in ("getsessioninfo", warning)
    ] == [0, 1]
    assert run("rules", "lint").returncode == 0
    assert run("rules", "lint", "--rules", error).returncode == 1


def test_the_text_and_the_json_say_the_same(run: Run, variant: Variant) -> None:
    folder = variant(
        (PRICE, PRICE + "net,price/net,always,always\n"), of="skeleton", more=MARKER.format(granted="must")
    )
    text = run("rules", "lint", folder).stdout
    assert text.startswith(
        "my-rulebook 0.1.0: What the API shows to whom\n4 rows, 2 columns, 8 cells, 1 interpretation\n"
    )
    assert "error: contradictory: `price/net` is `must` where `price`, which encloses" in text
    assert text.endswith("valid, with 1 error and 1 warning\n")
    data = json.loads(run("rules", "lint", folder, "--format", "json").stdout)
    assert data["schema"] == "sightline/rules-lint@1"
    assert [(remark["id"], remark["severity"], remark["witness"]) for remark in data["remarks"]] == [
        ("contradictory", "error", "B/owner"),
        ("unused-marker", "warning", "none of 8 cells"),
    ]
