"""Cases of `rules lint` about evidence."""

from __future__ import annotations

from .parts import MATCH, RESPONSE, Case

CASES: dict[str, Case] = {
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
    "evidence of one of two values": (
        [
            (
                '[[evidence.request]]\nfact = "role"\npart = "body"\nany_of = ["ownerKey"]\nif_given = "owner"\nif_not = "other"\n',
                MATCH.partition("\n\n[evidence.session]")[0].replace("ownerId", "id"),
            )
        ],
        "",
        [
            (
                "one-sided",
                "note",
                "evidence can state that `role` is `owner`, but never that it is `other`",
                "an entry of `evidence.http` can say `present` or `absent`; or state other for each response",
            )
        ],
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
