"""Exit codes, and the one that results lead to. Those of interrupts and crashes are in ``core``."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.result import FailOn, Summary

EXIT_CONFORMANT, EXIT_VIOLATING, EXIT_USAGE, EXIT_UNCHECKED = range(4)

EXIT_OUTPUT_CLOSED = 141
"""The code that a shell reports for a program ended by SIGPIPE."""


def exit_code(summary: Summary, allowed: Iterable[str] = (), fail_on: str = FailOn.ERROR) -> int:
    """Return the exit code for results, which never depends on the output format."""
    if FailOn(fail_on).fails(summary):
        return EXIT_VIOLATING
    not_allowed = set(summary.reasons) - set(allowed)
    return EXIT_UNCHECKED if not_allowed or not summary.responses else EXIT_CONFORMANT
