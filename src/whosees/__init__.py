"""Whosees: which fields of an API response a caller should see, and why one is missing.

The functions use the words of the command line, and return frozen results whose `to_dict` is the command's JSON:

>>> import whosees
>>> whosees.expect(service="MC", caller="anonymous", password="not-supplied")["metaData/agenda"]
'must-not'
>>> whosees.explain("agenda", service="MC", caller="anonymous", password="not-supplied").matches[0].would_appear_if[0]
Remedy(changes={'password': 'supplied'}, expectation='should', caller_can=True)

Everything is loaded on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # static analysers take it for true; `typing` itself is large
if TYPE_CHECKING:
    from typing import Any

    from .checker.integrations.api import (
        CheckResult,
        Expectations,
        Explanations,
        Matrix,
        Rulebook,
        check,
        expect,
        explain,
        matrix,
        rulebook,
    )

__all__ = [
    "CheckResult",
    "Expectations",
    "Explanations",
    "Matrix",
    "Rulebook",
    "check",
    "expect",
    "explain",
    "matrix",
    "rulebook",
]


if not TYPE_CHECKING:  # a static analyser would take it for any attribute

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Imported here: every command imports this package, and few need this module.
        from .checker.integrations import api

        value = globals()[name] = getattr(api, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
