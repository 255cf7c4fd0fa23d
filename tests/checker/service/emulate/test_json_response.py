"""Responses in JSON that the practice server makes."""

from __future__ import annotations

import re
from pathlib import Path

import whosees
from whosees.checker.service.emulate.faults import Faults
from whosees.checker.service.emulate.json_response import unit_object
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.rules import load_rulebook

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "http-rulebooks.md"
FILE = re.compile(r'^```\w+ title="repos/([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def test_a_member_may_have_a_slash_or_a_tilde_in_its_name(tmp_path: Path) -> None:
    """RFC 6901, 3: ``~1`` stands for a slash and ``~0`` for a tilde."""
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        rows = text.replace("name,name,+,+", "a/b,a~1b,+,+\na~1,a~01,+,+\nname,name,+,+")
        (tmp_path / name).write_text(rows, encoding="utf-8")
    rulebook = load_rulebook(tmp_path)
    facts = {"site": "user", "push": "no"}
    item = unit_object(Evaluator(rulebook), context_of(rulebook, facts), Faults(), {})
    assert {"a/b", "a~1"} < item.keys()
    (result,) = whosees.check({"items": [item]}, rules=tmp_path, facts=facts).responses
    assert (result.outcome, [each.path for each in result.findings if each.rule != "unlisted"]) == (
        "conformant",
        [],
    )
