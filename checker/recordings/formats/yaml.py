"""YAML that nobody vouches for: plain data only, bounded before any of it is built."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from ...core.errors import Limits, Reason, UncheckedError, limit_exceeded
from ..encoding import bytes_of_base64
from ..model import UnreadableContent

_LONGEST_NUMBER = 100
_MISSING = "it is a cassette in YAML, which needs PyYAML: `pip install 'whosees[yaml]'`"


def load_yaml(content: bytes, limits: Limits) -> Any:
    """Load one document of plain data; raises Refusal, which says at which line, and quotes nothing.

    What is marked as binary and is none becomes Unusable. Refused are tags of any language's objects, merge keys (they copy what they name, and copies of copies grow
    without bound; an alias alone only points), and more nodes or levels than the limits allow.
    """
    yaml = _yaml()
    loader = _loader(yaml)
    try:
        _require_bounded(yaml, loader, content, limits)
        return yaml.load(content, Loader=loader)
    except yaml.YAMLError as error:
        raise UncheckedError(
            Reason.UNREADABLE, f"it is no plain YAML{_at(error)}: {_said(yaml, error)}"
        ) from None
    except RecursionError:
        raise UncheckedError(Reason.TOO_LARGE, "it is nested too deeply") from None
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError):
        # What looks like a date, a number or a key and cannot be one: the loader does not catch all of it.
        raise UncheckedError(
            Reason.UNREADABLE, "it is no plain YAML: a value in it cannot be what it looks like"
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

    for kind in ("int", "float"):
        tag = f"tag:yaml.org,2002:{kind}"
        Loader.add_constructor(tag, _short(base.yaml_constructors[tag]))
    # Ruby writes its bytes under a tag of its own.
    Loader.add_constructor("!binary", _binary)
    Loader.add_constructor("tag:yaml.org,2002:binary", _binary)
    return Loader


def _short(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let numbers be short: reading one in base 60 takes the square of its length."""

    def construct_short(loader: Any, node: Any) -> Any:
        if len(node.value) > _LONGEST_NUMBER:
            raise ValueError("a number that is too long")
        return construct(loader, node)

    return construct_short


def _binary(loader: Any, node: Any) -> bytes | UnreadableContent:
    """Decode bytes; what is no base64 spoils that value alone."""
    return bytes_of_base64(loader.construct_scalar(node), "a value marked as binary")


def _require_bounded(yaml: ModuleType, loader: Any, content: bytes, limits: Limits) -> None:
    """Count nodes and levels while nothing is built of them yet."""
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


def _at(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", at line {mark.line + 1}" if mark is not None else ""


def _said(yaml: ModuleType, error: Any) -> str:
    """Say what is wrong in our own words: the loader's quote the input."""
    if isinstance(error, yaml.constructor.ConstructorError):
        return "a tag, a merge key or a key that plain data does not have"
    if isinstance(error, yaml.reader.ReaderError):
        return "a character that YAML does not allow"
    return "it is not well-formed; is it cut off?"
