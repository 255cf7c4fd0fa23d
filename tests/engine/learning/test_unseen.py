"""Elements of a schema that no recording shows: they are rows, and nothing is decided of them."""

from __future__ import annotations

from support.learning import SPACE, calls, taught
from whosees.engine.learning.cells import CellKind
from whosees.engine.learning.unseen import with_unseen

SCHEMA = ["id", "extra", "billing", "billing/iban", "billing/total", "billing/card", "name", "pin"]


def test_rows_are_in_the_order_of_the_schema_and_others_follow_what_they_followed() -> None:
    matrix = with_unseen(taught(calls()), SCHEMA)
    assert matrix.paths == (
        "id",
        "extra",
        "billing",
        "billing/iban",
        "billing/total",
        "billing/card",
        "secret",
        "name",
        "note",
        "pin",
    )
    assert matrix.unseen == ("extra", "billing/iban", "pin")


def test_unseen_never_becomes_never_except_where_its_container_is_hidden_or_the_schema_says_so() -> None:
    learnt = taught(calls())
    matrix = with_unseen(learnt, SCHEMA, {"pin"})
    for column in SPACE.columns:
        assert matrix.cell("extra", column).kind is CellKind.UNOBSERVED
        assert matrix.cell("billing/iban", column).withheld == learnt.cell("billing", column).withheld
        assert matrix.cell("billing/iban", column).granted == 0
        assert matrix.cell("pin", column).kind is CellKind.NEVER
        assert matrix.cell("billing/card", column) == learnt.cell("billing/card", column)
