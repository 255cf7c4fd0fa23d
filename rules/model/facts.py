"""Facts about a call: their values, the columns among them, and the implications between facts."""

from __future__ import annotations

from functools import cached_property

from .table import Table


class Column(Table, frozen=True):
    """``[[columns.values]]``: a column of the matrix, which is a value of the column fact."""

    id: str
    printed: str
    title: str
    names: tuple[str, ...]
    change: str = ""

    def as_value(self, fact: str) -> Value:
        """Return the column as a value of the column fact."""
        state, change = f"the {fact} is {self.title}", self.change or f"ask about {self.title}"
        return Value(id=self.id, names=self.names, state=state, change=change)


class NoColumn(Table, frozen=True):
    """``[[columns.without]]``: a known value of the column fact that has no column."""

    title: str
    names: tuple[str, ...]


class Columns(Table, frozen=True):
    """``[columns]``: the fact that picks the column, and its values in printed order."""

    fact: str
    values: tuple[Column, ...]
    without: tuple[NoColumn, ...] = ()


class EnforcementRule(Table, frozen=True):
    """``[facts.values.despite.if_success]``: the finding if the server accepts a call that it has to refuse.

    The engine reports ``rule`` and quotes the other texts; it knows none of them itself.
    """

    rule: str
    when: str
    message: str
    meaning: str
    remedy: str


class Override(Table, frozen=True):
    """``[[facts.values.despite]]``: names that state a value although the evidence rightly shows another.

    For example, a value that the server has to refuse is in the request, and does not count.
    """

    evidence: str
    names: tuple[str, ...]
    if_success: EnforcementRule | None = None


class Value(Table, frozen=True, rename={"overrides": "despite"}):
    """``[[facts.values]]``: a value of a fact, its accepted names, and the sentences about it."""

    id: str
    names: tuple[str, ...]
    state: str
    change: str
    overrides: tuple[Override, ...] = ()


class Fact(Table, frozen=True, dict=True):
    """``[[facts]]``: a property of a call that affects what its response shows."""

    id: str
    label: str
    caller_can: bool
    state_unknown: str
    values: tuple[Value, ...] = ()

    @cached_property
    def value_ids(self) -> tuple[str, ...]:
        """The ids of the values, in declared order."""
        return tuple(value.id for value in self.values)

    def value(self, value_id: str) -> Value:
        """Return the value with this id; raises KeyError if there is none."""
        return {value.id: value for value in self.values}[value_id]


class Implication(Table, frozen=True):
    """``[[implications]]``: facts that follow from other facts."""

    when: dict[str, str]
    then: dict[str, str]
    text: str
    cite: str
