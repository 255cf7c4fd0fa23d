"""Untrusted YAML: plain data only, checked against the limits before any of it is built.

PyYAML parses it. Its safe loader builds no objects, but has no limits: references multiply, merge keys copy, and numbers
in base 60 take quadratic time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ....reports.text.escape import escape_control_chars
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ..encoding import decode_base64
from ..model import UnreadableContent

_MAX_NUMBER_LENGTH = 100
_MAX_NAME = 240
_MISSING = "it is YAML, which needs PyYAML: `pip install 'whosees[yaml]'`"


def load_yaml(content: bytes, limits: Limits, *, yaml_1_2: bool = False) -> Any:
    """Load one document of plain data; raises UncheckedError, which names the line and quotes nothing.

    Invalid base64 in a binary value becomes UnreadableContent. Tags of a language's objects are refused, and merge
    keys (they copy, and copies of copies grow exponentially, whereas an alias only refers), and more nodes or levels
    than the limits allow. With ``yaml_1_2`` only `true` and `false` are booleans, not `no` and `on`.
    """
    yaml = _yaml()
    loader = _loader(yaml)
    if yaml_1_2:
        loader.yaml_implicit_resolvers = _without_words(loader.yaml_implicit_resolvers)
    try:
        _require_bounded(yaml, loader, content, limits)
        return yaml.load(content, Loader=loader)
    except yaml.YAMLError as error:
        raise UncheckedError(
            Reason.UNREADABLE, f"it is not plain YAML{_location(error)}: {_describe(yaml, error)}"
        ) from None
    except RecursionError:
        raise UncheckedError(Reason.TOO_LARGE, "it is nested too deeply") from None
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError):
        # The loader does not catch every invalid date, number or key.
        raise UncheckedError(
            Reason.UNREADABLE, "it is not plain YAML: one of its values is an invalid date, number or key"
        ) from None


def _yaml() -> ModuleType:
    try:
        import yaml
    except ImportError:
        raise UncheckedError(Reason.UNREADABLE, _MISSING) from None
    return yaml


def _loader(yaml: ModuleType) -> Any:
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]  # its base is known when it runs
        def flatten_mapping(self, node: Any) -> None:
            if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
                raise yaml.constructor.ConstructorError(None, None, "a merge key", node.start_mark)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            mapping = super().construct_mapping(node, deep=deep)
            if len(mapping) < len(node.value):
                raise _repeated_key(self, node)
            return mapping

    for kind in ("int", "float"):
        tag = f"tag:yaml.org,2002:{kind}"
        Loader.add_constructor(tag, _limit_length(base.yaml_constructors[tag]))
    # Ruby writes bytes with its own tag.
    Loader.add_constructor("!binary", _binary)
    Loader.add_constructor("tag:yaml.org,2002:binary", _binary)
    # OkReplay marks its whole cassette.
    Loader.add_constructor("!tape", _mapping)
    return Loader


def _repeated_key(loader: Any, node: Any) -> UncheckedError:
    """Return the error of a mapping that has a key twice: YAML forbids it, and loaders take the last one in silence."""
    met = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in met:
            break
        met.add(key)
    name = escape_control_chars(str(key)[:_MAX_NAME])
    line = key_node.start_mark.line + 1
    return UncheckedError(
        Reason.UNREADABLE, f"it is not plain YAML, at line {line}: a mapping contains `{name}` more than once"
    )


def _without_words(resolvers: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the booleans that are words: they begin with other letters than `true` and `false`."""
    return {
        first: [(tag, pattern) for tag, pattern in pairs if first in "tTfF" or not tag.endswith(":bool")]
        for first, pairs in resolvers.items()
    }


def _mapping(loader: Any, node: Any) -> Any:
    return loader.construct_mapping(node, deep=True)


def _limit_length(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Refuse long numbers: the time to read one in base 60 grows with the square of its length."""

    def construct_limited(loader: Any, node: Any) -> Any:
        if len(node.value) > _MAX_NUMBER_LENGTH:
            raise ValueError("a number that is too long")
        return construct(loader, node)

    return construct_limited


def _binary(loader: Any, node: Any) -> bytes | UnreadableContent:
    """Decode a binary value; invalid base64 makes that value alone unreadable."""
    return decode_base64(loader.construct_scalar(node), "a value marked as binary")


def _require_bounded(yaml: ModuleType, loader: Any, content: bytes, limits: Limits) -> None:
    """Count nodes and levels before anything is built of them."""
    nodes = level = 0
    for event in yaml.parse(content, Loader=loader):
        if isinstance(event, yaml.events.NodeEvent):
            nodes += 1
        if isinstance(event, yaml.events.CollectionStartEvent):
            level += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            level -= 1
        if level > limits.levels:
            raise limit_exceeded(f"it has more than {limits.levels} levels", "levels")
        if nodes > limits.nodes:
            raise limit_exceeded(f"it has more than {limits.nodes:,} nodes", "nodes")


def _location(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", at line {mark.line + 1}" if mark is not None else ""


def _describe(yaml: ModuleType, error: Any) -> str:
    """Describe an error in our own words, because the loader's quote the input."""
    if isinstance(error, yaml.constructor.ConstructorError):
        return "it has a tag, a merge key or a kind of key that plain data does not have"
    if isinstance(error, yaml.reader.ReaderError):
        return "it has a character that YAML does not allow"
    return "it is not well-formed; is it cut off?"
