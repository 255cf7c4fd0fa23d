"""No field of a rulebook is forgotten: each is mutated, or it is said why it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whosees.rules.model import Document

from .rulebook_fields import DECIDES, INERT


def _leaves(kind: msgspec.inspect.Type, path: str) -> Iterator[str]:
    """Return the pattern of every plain value below a type of the model."""
    if isinstance(kind, msgspec.inspect.StructType):
        for field in kind.fields:
            yield from _leaves(field.type, f"{path}.{field.encode_name}".lstrip("."))
    elif isinstance(kind, msgspec.inspect.VarTupleType):
        yield from _leaves(kind.item_type, f"{path}[]")
    elif isinstance(kind, msgspec.inspect.DictType):
        yield from _leaves(kind.value_type, f"{path}{{}}")
    elif isinstance(kind, msgspec.inspect.UnionType):
        for each in kind.types:
            if not isinstance(each, msgspec.inspect.NoneType):
                yield from _leaves(each, path)
    else:
        yield path


def test_each_field_of_the_model_is_mutated_or_has_a_reason() -> None:
    leaves = list(_leaves(msgspec.inspect.type_info(Document), ""))
    assert len(set(leaves)) == len(leaves)
    assert set(leaves) == DECIDES.keys() | INERT.keys()
    assert not DECIDES.keys() & INERT.keys()
