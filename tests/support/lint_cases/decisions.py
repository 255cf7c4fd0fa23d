"""Cases of `rules lint` about decisions and contexts."""

from __future__ import annotations

from .parts import CONDITION, FACT, MARKER, OWNER, PRICE, RULE, Case

CASES: dict[str, Case] = {
    "a child that is more visible than its parent": (
        [(PRICE, PRICE + "net,price/net,always,always\n")],
        "",
        [
            (
                "contradictory",
                "error",
                "`price/net` is `must`, but `price`, which encloses it, is `must-not`",
                "B/other",
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
                "`secret/key` is shown to nobody, like `secret`, which encloses it",
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
        [
            (
                "alike",
                "note",
                "the markers `owner` and `extra` lead to the same decisions",
                "in all 6 contexts",
            )
        ],
    ),
    "a condition that always holds": (
        [('[[markers.granted_if]]\nrole = ["owner"]', '[[markers.granted_if]]\nrole = ["owner", "other"]')],
        "",
        [
            (
                "redundant",
                "warning",
                "the conditions of the marker `owner` have no effect: it is always granted",
                "`should` in all 6 contexts",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `role` has no effect, whatever its value",
                "no decision in 6 contexts changes with it",
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
                "without it, the decisions in all 18 contexts are the same",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `known` has no effect, whatever its value",
                "no decision in 18 contexts changes with it",
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
                "without it, the decisions in all 18 contexts are the same",
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
                "the implication from version `A` to role `other` adds nothing to the others",
                "without it, the same 4 contexts remain",
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
    "two children that are more visible than their parents": (
        [
            (PRICE, PRICE + "net,price/net,always,always\n"),
            ("secret,secret,never,owner", "secret,secret,never,owner\nkey,secret/key,never,always"),
        ],
        "",
        [
            (
                "contradictory",
                "error",
                "`price/net` is `must`, but `price`, which encloses it, is `must-not`",
                "B/other",
            ),
            (
                "contradictory",
                "error",
                "`secret/key` is `must`, but `secret`, which encloses it, is `must-not`",
                "B/other",
            ),
        ],
    ),
    "a condition that never holds": (
        [('role = ["owner"]', 'role = ["owner"]\nknown = ["yes"]')],
        FACT.format("known") + RULE.format("role", "owner", "known", "no"),
        [
            (
                "redundant",
                "warning",
                "the conditions of the marker `owner` have no effect: it is always withheld",
                "`must-not` in all 14 contexts",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `role` has no effect, whatever its value",
                "no decision in 14 contexts changes with it",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `known` has no effect, whatever its value",
                "no decision in 14 contexts changes with it",
            ),
            (
                "never-cited",
                "warning",
                "`interpretations.I1.cited_for` applies to no decision",
                "none of 42 decisions",
            ),
            (
                "alike",
                "note",
                "the markers `never` and `owner` lead to the same decisions",
                "in all 14 contexts",
            ),
            ("unreachable", "note", "`secret` is shown to nobody", "`must-not` in all 14 contexts"),
        ],
    ),
    "two conditions that another one contains": (
        [
            (
                OWNER,
                OWNER
                + "".join(
                    f'\n\n[[markers.granted_if]]\nrole = ["{role}"]\nknown = ["{known}"]'
                    for role, known in (("owner", "yes"), ("other", "yes"), ("owner", "no"))
                ),
            )
        ],
        FACT.format("known"),
        [
            (
                "redundant",
                "warning",
                "entry 1 of `markers.owner.granted_if` grants nothing that the others do not grant",
                "without it, the decisions in all 18 contexts are the same",
            ),
            (
                "redundant",
                "warning",
                "entry 2 of `markers.owner.granted_if` grants nothing that the others do not grant",
                "without it, the decisions in all 18 contexts are the same",
            ),
            (
                "redundant",
                "warning",
                "entry 4 of `markers.owner.granted_if` grants nothing that the others do not grant",
                "without it, the decisions in all 18 contexts are the same",
            ),
        ],
    ),
    "a value that a later entry grants": (
        [(OWNER, '[[markers.granted_if]]\nrole = ["owner", "other"]\nknown = ["yes"]\n\n' + OWNER)],
        FACT.format("known"),
        [
            (
                "redundant",
                "warning",
                "`owner` of `role` in entry 1 of `markers.owner.granted_if` grants nothing that the rest does not grant",
                "without it, the decisions in all 18 contexts are the same",
            )
        ],
    ),
    "an implication of several facts that is said twice": (
        [],
        FACT.format("known")
        + '[[implications]]\nwhen = { version = "A", role = "owner" }\nthen = { known = "yes" }\ntext = "so it is"\ncite = "I1"\n'
        * 2,
        [
            (
                "redundant",
                "warning",
                "the implication from version `A` and role `owner` to known `yes` adds nothing to the others",
                "without it, the same 16 contexts remain",
            ),
            (
                "redundant",
                "warning",
                "the implication from version `A` and role `owner` to known `yes` adds nothing to the others",
                "without it, the same 16 contexts remain",
            ),
            (
                "unused-fact",
                "warning",
                "the fact `known` has no effect, whatever its value",
                "no decision in 16 contexts changes with it",
            ),
        ],
    ),
}
