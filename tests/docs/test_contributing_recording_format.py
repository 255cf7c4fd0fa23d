"""The page on adding a recording format: its example is a reader that works, and takes the two places it says."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.traffic import GOOD, LEAKING, judged, outcomes
from whosees.checker.recordings import formats, registry

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contributing" / "recording-format.md").read_text("utf-8")
MODULE, LINE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
NAME = "whosees.checker.recordings.formats.proxy_log"


@pytest.fixture
def added(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The page's module, with its line in the registry."""
    file = tmp_path_factory.mktemp("formats") / "proxy_log.py"
    file.write_text(MODULE, "utf-8")
    spec = importlib.util.spec_from_file_location(NAME, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, NAME, module)
    spec.loader.exec_module(module)
    names = {"READERS": formats.READERS, "ProxyLogReader": module.ProxyLogReader}
    exec(LINE, names)  # noqa: S102 - a line of our own page
    monkeypatch.setattr(registry, "READERS", names["READERS"])
    monkeypatch.setattr(registry, "_ALL", (*registry._ALL, names["READERS"][-1]))
    return module


def test_the_example_reads_its_format_wherever_it_is(added: Any, tmp_path: Path) -> None:
    lines = [f"{status} {base64.b64encode(body).decode()}" for status, body in ((200, GOOD), (200, LEAKING))]
    log = "\n".join(["#proxylog", *lines, "200 no base64!", ""]).encode()
    (tmp_path / "a.txt").write_bytes(log)
    (tmp_path / "b.gz").write_bytes(gzip.compress(log))
    verdicts = [("#line-2", "conformant"), ("#line-3", "violating"), ("#line-4", "unreadable")]
    assert outcomes(judged(tmp_path), tmp_path) == [
        (file + fragment, verdict) for file in ("a.txt", "b.gz") for fragment, verdict in verdicts
    ]
    assert added.ProxyLogReader.info in registry.format_infos()


def test_the_page_names_places_that_exist() -> None:
    places = re.findall(r"`((?:checker|tests|examples)/[\w./]*)`", PAGE)
    assert len(places) == 8
    assert [place for place in places if not (ROOT / place).exists()] == []
