"""What the installed command begins with."""

from __future__ import annotations

import gc


def main() -> None:
    """Load the command line and run it."""
    # What is imported stays. To look for garbage in it meanwhile would take a tenth of a short command's time.
    gc.disable()
    from .app import main as command

    gc.freeze()
    gc.enable()
    command()
