"""The entry point of the installed command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # Modules stay in memory. Searching them for garbage while they load takes a tenth of a short command's time,
    # which is why nothing is imported above.
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
