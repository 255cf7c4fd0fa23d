"""Record one call by each tool, for the files in tests/data/recordings.

Run as ``python -m tools.sample --place FOLDER CALLS.json DESTINATION [TOOL…]`` in tests/, with a server at the address of the calls.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from .registry import Kit, Tool, chosen


def file_name(tool: Tool) -> str:
    """Return the name of a tool's file, without its suffix."""
    return re.sub(r"\W+", "-", tool.name.lower().replace("'s", ""))


def main() -> None:
    """Record the calls by each tool that writes one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--place", type=Path, required=True, help="the folder in which the tools are installed"
    )
    parser.add_argument("calls", type=Path)
    parser.add_argument("destination", type=Path)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="the beginning of a tool's name")
    options = parser.parse_args()
    calls = json.loads(options.calls.read_text())
    options.destination.mkdir(parents=True, exist_ok=True)
    for tool in chosen(options.tools):
        with TemporaryDirectory() as temporary:
            folder = Path(temporary, "recording")
            folder.mkdir()
            tool.record(Kit(options.place.resolve()), calls, folder)
            found = [path for path in folder.rglob("*") if path.is_file()]
            if len(found) == 1:
                suffix = "".join(found[0].suffixes[-2:]) if found[0].suffix == ".gz" else found[0].suffix
                shutil.copy(found[0], options.destination / f"{file_name(tool)}{suffix}")


if __name__ == "__main__":
    main()
