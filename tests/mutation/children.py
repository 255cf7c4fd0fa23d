"""Doing something in a child process that is forked now, with all that is imported, and hearing what came of it."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Sequence

import pytest
from _pytest.runner import runtestprotocol

MEMORY = 6 << 30
"""Bytes that a child may use, so that a mutant that never stops collecting ends."""


def in_a_child(work: Callable[[], str], seconds: int) -> str:
    """Do the work in a child process and give what it says; a child that is ended by a signal is told as that."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        os.close(readable)
        said = "the child broke off"
        try:
            signal.alarm(seconds)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            said = work()
        finally:
            with os.fdopen(writable, "wb") as stream:
                stream.write(said.encode())
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as stream:
        said = stream.read().decode()
    _, status = os.waitpid(child, 0)
    return f"ended by signal {-os.waitstatus_to_exitcode(status)}" if status else said


def first_failure(items: Sequence[pytest.Item]) -> str:
    """Run tests in turn until one fails, and give its name; "" where all pass."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return item.nodeid
    return ""
