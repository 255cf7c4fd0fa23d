"""“Green is never silent”: a response counts as conformant only if everything in it was read, placed and decided.

A part of the campaign of `make leaks`: some rows in every way, and every row of a response in every format.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .containers import CONTAINERS, packed_verdicts
from .corpus import Case, examples, generated, json_documents
from .json_ways import JSON_WAYS
from .plants import sample
from .transformations import XML_WAYS, Transformation


@pytest.mark.parametrize(
    ("corpus", "ways"),
    [(examples, XML_WAYS), (generated, XML_WAYS), (json_documents, JSON_WAYS)],
    ids=["examples", "generated", "JSON"],
)
def test_no_planted_leak_is_silent(
    corpus: Callable[[], tuple[Case, ...]], ways: tuple[Transformation, ...]
) -> None:
    verdicts = [(plant, plant.verdict()) for plant in sample(corpus(), ways, 12)]
    assert [str(plant) for plant, verdict in verdicts if verdict == "silent"] == []
    planted = {plant.way for plant, verdict in verdicts if verdict is not None}
    assert planted == set(ways)


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("case", [examples()[0], json_documents()[0]], ids=["XML", "JSON"])
def test_no_leak_is_silent_in_a_recording(name: str, case: Case, tmp_path: Path) -> None:
    verdicts = list(packed_verdicts(name, case, tmp_path))
    assert [path for path, _ in verdicts] == list(case.hidden)
    assert {verdict for _, verdict in verdicts} <= {"violating", "unchecked"}
