"""TOML that nests or repeats itself without end: every file that is TOML is refused with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.judging import RULEBOOK
from whosees.checker.checking.baseline_file import BaselineError, read_baseline
from whosees.checker.checking.sidecar import SidecarError, read_sidecar
from whosees.checker.core.config_file import ConfigError, read_config
from whosees.checker.service.emulate.scenario import ScenarioError, load_scenario
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.secrets import PlanError
from whosees.rules.load import RulebookError, load_rulebook

READERS: dict[str, tuple[type[ValueError], Callable[[Path], object]]] = {
    "sidecar": (SidecarError, lambda path: read_sidecar(RULEBOOK, path.read_bytes())),
    "baseline": (BaselineError, lambda path: read_baseline(path.read_bytes())),
    "configuration": (ConfigError, lambda path: read_config(str(path))),
    "rulebook": (RulebookError, load_rulebook),
    "plan": (PlanError, lambda path: load_plan((RULEBOOK,), path)),
    "scenario": (ScenarioError, lambda path: load_scenario(RULEBOOK, path)),
}

TOO_DEEP = "nested too deeply"
LONG_KEY = "a key has more than 100 parts"
DEEP = {
    "lists": ("a = " + "[" * 20_000, TOO_DEEP),
    "lists that end": ("a = " + "[" * 20_000 + "]" * 20_000, TOO_DEEP),
    "tables": ("a = " + "{a = " * 10_000, TOO_DEEP),
    "a key": ("a." * 20_000 + "a = 1", LONG_KEY),
    "a key with spaces": ("a . " * 10_000 + "a = 1", LONG_KEY),
    "a key with quotation marks": ("\"a\".'b'." * 8_000 + "a = 1", LONG_KEY),
    "a key with dots in quotation marks": ('"\\".\\""."." . ' * 4_000 + "a = 1", LONG_KEY),
    "the head of a table": ("[" + "a." * 20_000 + "a]", LONG_KEY),
    "a key in a table in line": ("a = {" + "a." * 20_000 + "a = 1}", LONG_KEY),
    "a long number": ("a = " + "1" * 20_000, "integer string"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", DEEP)
def test_toml_is_refused_before_it_fills_memory(reader: str, name: str, tmp_path: Path) -> None:
    error, read = READERS[reader]
    content, said = DEEP[name]
    path = tmp_path / "a.toml"
    path.write_text(content)
    with pytest.raises(error, match=said):
        read(path)


def test_keys_of_a_usual_length_are_read() -> None:
    """The bound is on keys, not on dots: texts and lists of numbers have as many as they like."""
    texts = "format = 1\nreason = '" + "it is so. " * 500 + "'\nnumbers = [" + "0.5, " * 500 + "]\n"
    with pytest.raises(BaselineError, match="unknown key `reason`"):
        read_baseline(texts.encode())
