"""The entry point of the installed command."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # Modules stay in memory. Searching them for garbage while they load takes a tenth of a short command's time,
    # which is why next to nothing is imported above.
    gc.disable()
    try:
        from ..core import signals

        signals.end_on_interrupt()
    except KeyboardInterrupt:  # Python's own handler, whose traceback nobody needs
        os.write(2, b"\nwhosees: interrupted\n")
        os._exit(130)
    from ..core import crash_report
    from .app import run
    from .standard_streams import prepare

    gc.freeze()
    gc.enable()
    prepare()
    crash_report.install()
    try:
        signals.install()
        code = run()
        signals.end_on_interrupt()
    except KeyboardInterrupt:  # just before or after it
        signals.end_interrupted()
    sys.exit(code)
