"""Responses in JSON that the practice server makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import whosees
from support.http_apis import write_example
from whosees.checker.service.emulate.faults import Faults, read_fault
from whosees.checker.service.emulate.json_response import unit_objects
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
    item = next(unit_objects(Evaluator(rulebook), context_of(rulebook, facts), Faults(), {}))
    assert {"a/b", "a~1"} < item.keys()
    (result,) = whosees.check({"items": [item]}, rules=tmp_path, facts=facts).responses
    assert (result.outcome, [each.path for each in result.findings if each.rule != "unlisted"]) == (
        "conformant",
        [],
    )


def test_each_row_is_expected_in_an_item_if_conditions_exclude_each_other(tmp_path: Path) -> None:
    """Elements of OpenStreetMap are nodes, which have a place, and ways, which have nodes."""
    company = '[rows."owner/company"]'
    kinds = {"lat": ["node"], "nodes": ["way"], "closed": ["way", "area"]}
    options = "".join(f'[rows."{row}"]\nwhen = {{ kind = {texts} }}\n\n' for row, texts in kinds.items())
    rows = (
        "name,name,+,+",
        "name,name,+,+\nkind,kind,+,+\n" + "\n".join(f"{row},{row},+,+" for row in kinds),
    )
    folder = write_example(tmp_path, rows, (company, options + company))
    facts = {"site": "user", "push": "no"}
    rulebook = load_rulebook(folder)
    units = [*unit_objects(Evaluator(rulebook), context_of(rulebook, facts), Faults(), {})]
    assert [(unit["kind"], unit.keys() & kinds.keys()) for unit in units] == [
        ("node", {"lat"}),
        ("way", {"nodes", "closed"}),
    ]
    for path in kinds:
        faults = Faults((read_fault(rulebook, f"omit:{path}"),))
        shown = [*unit_objects(Evaluator(rulebook), context_of(rulebook, facts), faults, {})]
        result = whosees.check({"items": shown}, rules=folder, facts=facts)
        assert [(each.rule, each.path) for each in result.errors] == [("missing", path)]


def test_a_condition_can_be_about_each_member_of_a_map(tmp_path: Path) -> None:
    company = "company,owner/company,o,o"
    rows = (company, f"{company}\nkind,parts/*/kind,+,+\nsize,parts/*/size,+,+")
    more = '\n[rows."parts/*/size"]\nwhen = { "parts/*/kind" = ["box"] }\n'
    folder = write_example(tmp_path, rows, more=more)
    facts = {"site": "user", "push": "no"}
    rulebook = load_rulebook(folder)
    (unit,) = unit_objects(Evaluator(rulebook), context_of(rulebook, facts), Faults(), {})
    assert unit["parts"] == {"practice": {"kind": "box", "size": "practice"}}


def test_a_member_of_a_map_is_there_without_the_only_element_in_it(tmp_path: Path) -> None:
    company = "company,owner/company,o,o"
    folder = write_example(tmp_path, (company, f"{company}\nsize,parts/*/in/size,+,+"))
    facts = {"site": "user", "push": "no"}
    rulebook = load_rulebook(folder)
    faults = Faults((read_fault(rulebook, "omit:size"),))
    (unit,) = unit_objects(Evaluator(rulebook), context_of(rulebook, facts), faults, {})
    assert unit["parts"] == {"practice": {}}
    result = whosees.check({"items": [unit]}, rules=folder, facts=facts)
    assert [(each.rule, each.path) for each in result.errors] == [("missing", "parts/*/in/size")]


@pytest.mark.parametrize(("push", "members"), [("yes", {"size", "content"}), ("no", {"size"})])
def test_a_member_whose_text_states_a_fact_has_what_every_member_has(
    tmp_path: Path, push: str, members: set[str]
) -> None:
    """An element that must not be there states nothing."""
    company = "company,owner/company,o,o"
    rows = (company, f"{company}\ncontent,files/*/content,push,push\nsize,files/*/size,+,+")
    evidence = ('path = "permissions/push"', 'path = "files/kind/content"')
    folder = write_example(tmp_path, rows, evidence)
    facts = {"site": "user", "push": push}
    rulebook = load_rulebook(folder)
    (unit,) = unit_objects(Evaluator(rulebook), context_of(rulebook, facts), Faults(), {})
    assert [member.keys() for member in unit["files"].values()] == [members] * 2
    assert whosees.check({"items": [unit]}, rules=folder, facts=facts).conformant
