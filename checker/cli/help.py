"""Parts of the help texts that several commands share."""

from __future__ import annotations

VERDICT_CODES = (
    "Exit codes: 0 everything was checked and conforms; 1 an error was found; 2 wrong usage; 3 no error was found, "
    "but something could not be checked, or there was nothing to check"
)
EXIT_CODES = f"{VERDICT_CODES}; 130 interrupted, 143 terminated."


def examples(*commands: str) -> str:
    """Return the end of a help text that shows a command as it is typed."""
    heading = "Example" if len(commands) == 1 else "Examples"
    return f"\b\n{heading}:\n" + "\n".join(f"  {command}" for command in commands)
