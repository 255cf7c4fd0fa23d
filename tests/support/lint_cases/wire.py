"""Cases of `rules lint` about the operation's calls, and about paths."""

from __future__ import annotations

from .parts import PRICE, RESPONSE, Case

REQUEST = '[wire.request]\nmethod = {method}\npath = "{path}"\n'

CASES: dict[str, Case] = {
    "a method that no call has": (
        [],
        REQUEST.format(method='["get", "PSOT"]', path="/orders/{order}"),
        [
            (
                "unknown-method",
                "warning",
                "`wire.request.method`: `PSOT` is not a registered HTTP method; did you mean `POST`?",
                "40 are registered",
            )
        ],
    ),
    "a star in a path template": (
        [],
        REQUEST.format(method='"GET"', path="/**/orders"),
        [
            (
                "literal-wildcard",
                "warning",
                "`wire.request.path`: the `*` of `/**/orders` matches only itself; write a parameter as `{name}`",
                "a template matches the end of a path",
            )
        ],
    ),
    "two stars in the path of a row": (
        [(PRICE, PRICE + "net,**/net,always,owner\nany,parts/*/gross,always,owner\n")],
        "",
        [
            (
                "literal-wildcard",
                "warning",
                "`rows`: `**` in `**/net` matches only a member of this very name",
                "`*` as a whole step stands for any one name, and no step for several",
            )
        ],
    ),
    "a part of a name in an unlisted path": (
        [('paths = ["apiVersion"]', 'paths = ["apiVersion", "x-*"]')],
        "",
        [
            (
                "literal-wildcard",
                "warning",
                "`unlisted.paths`: `x-*` in `x-*` matches only a member of this very name",
                "`*` as a whole step stands for any one name, and no step for several",
            )
        ],
    ),
    "a member of a map with a path of its own": (
        [
            (
                PRICE,
                PRICE
                + "tax,parts/*/tax,always,owner\nmass,parts/*/mass,always,owner\nwheel,parts/wheel/tax,always,owner\n",
            )
        ],
        "",
        [
            (
                "shadowed-rows",
                "warning",
                "`parts/wheel` has paths of its own, so `*` does not stand for it, and nothing is said there of `parts/*/mass`",
                "parts/wheel/mass",
            ),
            (
                "ambiguous-name",
                "note",
                "the name `tax` matches 2 rows",
                "explain tax: parts/*/tax, parts/wheel/tax",
            ),
        ],
    ),
    "the text of a member of a map": (
        [(PRICE, PRICE + "tax,parts/*/tax,always,owner\n")],
        RESPONSE.format(path="parts/wheel/tax", more='names = { "1" = "A" }'),
        [],
    ),
    "the URL of all queries": (
        [],
        REQUEST.format(method='"POST"', path="/api/graphql"),
        [
            (
                "shared-url",
                "warning",
                (
                    "`wire.request.path`: all GraphQL queries are sent to `/api/graphql`, so answers to others"
                    " are taken for answers to this one; leave out `[wire.request]` and let `recognised_by` tell them apart,"
                    " as in `data/order`"
                ),
                "/api/graphql",
            )
        ],
    ),
}
