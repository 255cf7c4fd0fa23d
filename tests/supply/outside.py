"""Running of the tests on an installed distribution, where nothing of the checkout can be imported.

Run as ``python outside.py --python PYTHON --requirements FILE --package FILE [PYTEST ARGUMENT]…``, with uv beside this
Python. The tests, and the documents and examples that they read, are copied to a temporary place.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

BESIDE = (
    "tests",
    "examples",
    "docs",
    "benchmarks",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "Makefile",
    "assure.mk",
    "release.mk",
    "mkdocs.yml",
    "pyproject.toml",
    "action.yml",
    ".pre-commit-hooks.yaml",
)
"""The files that the tests need beside the installed package; none of them is code under test."""


def main() -> int:
    """Make the environment and the place, and give the exit code of the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--requirements", required=True, type=Path)
    parser.add_argument("--package", required=True, type=Path)
    options, wanted = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="whosees-outside-") as name:
        place = Path(name) / "place"
        python = _environment(Path(name) / "venv", options.python, options.requirements, options.package)
        _lay_out(place)
        _show(python, place)
        command = [str(python), "-m", "pytest", "-q", *(wanted or ["tests"])]
        return subprocess.run(command, cwd=place, check=False, env=_surroundings()).returncode


def _environment(venv: Path, python: str, requirements: Path, package: Path) -> Path:
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "--quiet", "--python", python, str(venv)], check=True)
    inside = venv / "bin" / "python"
    install = [uv, "pip", "install", "--quiet", "--python", str(inside)]
    subprocess.run([*install, "--requirement", str(requirements)], check=True)
    subprocess.run([*install, "--no-deps", str(package.resolve())], check=True)
    return inside


def _lay_out(place: Path) -> None:
    place.mkdir()
    strange = shutil.ignore_patterns("__pycache__", ".hypothesis", ".pytest_cache")
    for name in BESIDE:
        here = ROOT / name
        if here.is_dir():
            shutil.copytree(here, place / name, ignore=strange)
        else:
            shutil.copy(here, place / name)


def _show(python: Path, place: Path) -> None:
    """Print the tested versions, and require that the installed code is the one imported."""
    code = (
        "import sys, whosees.rules, whosees.checker as c; from importlib.metadata import version as v;"
        "assert c.__file__.startswith(sys.prefix), c.__file__;"
        "print('python', sys.version.split()[0],"
        " *(f'{n} {v(n)}' for n in ('click','jinja2','lxml','msgspec','tabulate','httpx','uvicorn','pyyaml')), sep=', ')"
    )
    subprocess.run([str(python), "-c", code], cwd=place, check=True, env=_surroundings())


def _surroundings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_"))}


if __name__ == "__main__":
    sys.exit(main())
