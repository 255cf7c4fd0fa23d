"""Fuzz one target: ``python -m fuzz.run TARGET WORKPLACE [libFuzzer's options]``. Needs atheris.

The workplace gets a folder for the target: what was found to be worth keeping, and inputs that broke a law.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from fuzz.words import dictionary

BOUNDS = ("-timeout=30", "-rss_limit_mb=1024")
"""Seconds that one input may take, and memory that the process may come to: more counts as a crash."""


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough; its exit code is this process's."""
    name, workplace, *options = sys.argv[1:]
    # Loaded by name: it is no part of the development environment, and has no types.
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["whosees"]):
        from fuzz.targets import TARGETS
    target = TARGETS[name]
    place = Path(workplace) / name
    corpus, broken = place / "corpus", place / "broken"
    for folder in (corpus, broken):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        if len(seed) <= target.longest:
            (corpus / f"seed-{number}").write_bytes(seed)
    words = place / "words.dict"
    words.write_text(dictionary(target.words), "ascii")
    arguments = [
        sys.argv[0],
        str(corpus),
        f"-artifact_prefix={broken}/",
        f"-dict={words}",
        f"-max_len={target.longest}",
        "-print_final_stats=1",
        *BOUNDS,
        *options,
    ]
    atheris.Setup(arguments, target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
