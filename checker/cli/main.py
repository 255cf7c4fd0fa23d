"""The entry point of the installed command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # What is imported stays. To look for garbage in it meanwhile would take a tenth of a short command's time,
    # and so nothing is imported above.
    gc.disable()
    from ..core import crash_report, signals
    from .app import run
    from .standard_streams import prepare

    gc.freeze()
    gc.enable()
    prepare()
    signals.install()
    crash_report.install()
    sys.exit(run())
