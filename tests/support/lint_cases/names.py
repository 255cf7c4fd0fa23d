"""Cases of `rules lint` about names."""

from __future__ import annotations

from .parts import CAR, PRICE, SPELLINGS, Case

CASES: dict[str, Case] = {
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
}
