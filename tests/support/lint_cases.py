"""Rulebooks that can hardly be meant, and what `rules lint` says of them."""

from __future__ import annotations

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
MATCH = """
[[evidence.match]]
fact = "role"
part = "body"
request = "owner"
response = "ownerId"
as = "owner"

[evidence.session]
request = "order"
response = "orderId"
"""
OWNER = '[[markers.granted_if]]\nrole = ["owner"]'
CAR = "price,price,always,owner\ncar,car,always,owner\n"
PRICE = "price,price,always,owner\n"

Case = tuple[list[tuple[str, str]], str, list[tuple[str, str, str, str]]]
"""Replacements in the template, additions to it, and the diagnostics: id, severity, text and witness."""

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
    "names that differ in letter case": (
        [(PRICE, PRICE + "Price,Price,always,owner\n")],
        "",
        [
            (
                "colliding-names",
                "warning",
                "`price` and `Price` share a name, letter case aside: one can be taken for the other",
                "price: price, Price: Price",
            ),
            ("ambiguous-name", "note", "the name `Price` matches 2 rows", "explain Price: price, Price"),
        ],
    ),
    "a spelling that two rows have": (
        [(PRICE, CAR)],
        SPELLINGS.format('["cost"]') + 'car = ["cost"]\n',
        [
            (
                "colliding-names",
                "warning",
                "`price` and `car` share a name, letter case aside: one can be taken for the other",
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
                "the title of the column `A` is also a name of `B`",
                "version A: B",
            ),
            (
                "colliding-names",
                "warning",
                "the title of the column `B` is also a name of `A`",
                "Version A: A",
            ),
        ],
    ),
    "a name for two rows": (
        [(PRICE, PRICE + "id,price/id,owner,owner\n")],
        "",
        [("ambiguous-name", "note", "the name `id` matches 2 rows", "explain id: id, price/id")],
    ),
    "evidence that an earlier entry decides": (
        [],
        RESPONSE.format(path="apiVersion", more='equals = ["3"]\nas = "A"'),
        [
            (
                "shadowed",
                "warning",
                "entry 2 of `evidence.response` is never used: an earlier one reads `apiVersion`",
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
                "`evidence.response` reads `apiVersoin`, which is neither a row nor in `unlisted.paths`",
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
                "no evidence states `role`, so it has to be given for each response",
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
    "names of three rows that differ in letter case": (
        [(PRICE, PRICE + "Price,Price,always,owner\nPRICE,PRICE,always,owner\n")],
        "",
        [
            (
                "colliding-names",
                "warning",
                "`price` and `Price` share a name, letter case aside: one can be taken for the other",
                "price: price, Price: Price, PRICE: PRICE",
            ),
            (
                "ambiguous-name",
                "note",
                "the name `PRICE` matches 3 rows",
                "explain PRICE: price, Price, PRICE",
            ),
        ],
    ),
    "a spelling that is the name of the row beside it": (
        [(PRICE, PRICE + "net,price/net,always,owner\ntax,price/tax,always,owner\n")],
        '[spellings]\n"price/net" = ["Tax"]\n',
        [
            (
                "colliding-names",
                "warning",
                "`price/net` and `price/tax` share a name, letter case aside: one can be taken for the other",
                "price/net: Tax, price/tax: tax",
            ),
            (
                "ambiguous-name",
                "note",
                "the name `tax` matches 2 rows",
                "explain tax: price/net, price/tax",
            ),
        ],
    ),
    "two names for the same two rows": (
        [(PRICE, PRICE + "tag,price/net/sum,owner,owner\ntag,price/tax/sum,owner,owner\n")],
        "",
        [
            (
                "ambiguous-name",
                "note",
                "the name `sum` matches 2 rows",
                "explain sum: price/net/sum, price/tax/sum",
            )
        ],
    ),
    "evidence that earlier entries with the same values decide": (
        [],
        "".join(
            RESPONSE.format(path="id", more=f'equals = {equals}\nas = "A"')
            for equals in ('["Yes", "no"]', '["no", "YES"]', '["yes", "maybe"]', '["MAYBE"]')
        ),
        [
            (
                "shadowed",
                "warning",
                "entry 3 of `evidence.response` is never used: an earlier one reads `id`",
                "version by id",
            ),
            (
                "shadowed",
                "warning",
                "entry 5 of `evidence.response` is never used: an earlier one reads `id`",
                "version by id",
            ),
        ],
    ),
    "evidence by name after evidence by a value": (
        [],
        RESPONSE.format(path="id", more='equals = ["id"]\nas = "A"')
        + RESPONSE.format(path="id", more='names = { "1" = "A" }'),
        [],
    ),
    "a condition on an element that is nowhere": (
        [],
        '[rows.price]\nwhen = { kind = ["sale"] }\n',
        [
            (
                "unknown-path",
                "warning",
                "`rows.when` reads `kind`, which is neither a row nor in `unlisted.paths`",
                "kind",
            )
        ],
    ),
    "evidence of a pair that is read where nothing is": (
        [],
        MATCH,
        [
            (
                "unknown-path",
                "warning",
                "`evidence.match` reads `ownerId`, which is neither a row nor in `unlisted.paths`",
                "ownerId",
            ),
            (
                "unknown-path",
                "warning",
                "`evidence.session` reads `orderId`, which is neither a row nor in `unlisted.paths`",
                "orderId",
            ),
        ],
    ),
}
