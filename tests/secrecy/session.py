"""Many commands in one process: each with standard streams of its own, down to the file descriptors.

Run by `sealed`: gets a list of argument lists on standard input, and gives their exit codes. Before a command can stand
`@` with a folder to run it in, and `!` with a function that is broken while it runs.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from whosees.checker.cli.app import run
from whosees.checker.cli.standard_streams import prepare
from whosees.checker.core import crash_report as crash
from whosees.checker.core import signals


class ToldAll(Exception):  # noqa: N818 - what is wrong is that it says so much
    """An exception whose words quote what was being read, as those of libraries do."""


def breaking(where: str) -> contextlib.AbstractContextManager[object]:
    """Make a function raise an exception that quotes everything it was called with.

    ``where`` names it, as in ``module:Class.method``.
    """
    module, _, path = where.partition(":")
    *holders, name = path.split(".")
    holder: Any = importlib.import_module(module)
    for step in holders:
        holder = getattr(holder, step)

    def broken(*args: object, **rest: object) -> NoReturn:
        quoted = "\n".join(map(_quoted, (*args, *rest.values())))
        raise ToldAll(quoted) from KeyError(quoted)

    return mock.patch.object(holder, name, broken)


def _quoted(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "itertext"):
        return "".join(value.itertext())
    return repr(value)


def main() -> None:
    folder = Path(sys.argv[1])
    commands: list[list[str]] = json.load(sys.stdin)
    results = os.dup(1)
    prepare()
    signals.install()
    crash.install()
    codes = []
    for number, arguments in enumerate(commands):
        for stream, name in ((1, "out"), (2, "err")):
            file = os.open(folder / f"{number}.{name}", os.O_WRONLY | os.O_CREAT)
            os.dup2(file, stream)
            os.close(file)
        codes.append(_run(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    os.write(results, json.dumps(codes).encode())


def _run(arguments: list[str]) -> int:
    with contextlib.ExitStack() as stack:
        while arguments[0] in ("@", "!"):
            kind, value, *arguments = arguments
            stack.enter_context(contextlib.chdir(value) if kind == "@" else breaking(value))
        return run(arguments)


if __name__ == "__main__":
    main()
