"""A small API to learn from: who sees what of an account, by plan, role and key."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from support.command import whosees
from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.learning.cells import Matrix
from whosees.engine.learning.evidence import Evidence, Presence
from whosees.engine.learning.learn import learn
from whosees.engine.learning.policy import Policy
from whosees.engine.learning.space import FactSpace
from whosees.rules import load_rulebook

FACTS = {"role": ("owner", "member", "guest"), "key": ("yes", "no")}
SPACE = FactSpace("plan", ("free", "paid"), FACTS)
ELEMENTS = ("id", "name", "note", "billing", "billing/card", "billing/total", "secret")
OPTIONAL = frozenset({"note"})
GUEST = {"plan": "free", "role": "guest", "key": "no"}
MEMBER = {"plan": "paid", "role": "member", "key": "yes"}


def inferred(recordings: Path, folder: Path, *options: str) -> Any:
    """Learn from recordings as a user does; return the report."""
    run = whosees(
        "rules", "infer", recordings, "--column", "plan", "-o", folder, "--format", "json", *options
    )
    assert run.code == 0, run.err
    return run.json


def learnt_expectation(folder: Path, path: str, facts: dict[str, str]) -> str:
    """Return what the rulebook in a folder expects."""
    rulebook = load_rulebook(folder)
    return Evaluator(rulebook).expectation(path, context_of(rulebook, facts)).value


class Call(NamedTuple):
    """A recording in the making."""

    facts: Mapping[str, str]
    key: str
    shown: tuple[str, ...]

    def presence(self, source: str) -> Presence:
        return Presence(source, self.key, self.facts, self.shown)


def visible(facts: Mapping[str, str]) -> set[str]:
    """Owners, and whoever has the key, see billing; the card only owners; the secret is shown to nobody on free."""
    shown = {"id", "name", "note"}
    if facts["role"] == "owner" or facts["key"] == "yes":
        shown |= {"billing", "billing/total"}
    if facts["role"] == "owner":
        shown.add("billing/card")
    if facts["plan"] == "paid" and facts["role"] != "guest":
        shown.add("secret")
    return shown


def contexts() -> list[dict[str, str]]:
    return [
        {"plan": plan, "role": role, "key": key}
        for plan, role, key in product(("free", "paid"), FACTS["role"], FACTS["key"])
    ]


def call(
    facts: Mapping[str, str], key: str, *, lacking: Iterable[str] = (), leaking: Iterable[str] = ()
) -> Call:
    shown = (visible(facts) - set(lacking)) | set(leaking)
    return Call(facts, key, tuple(path for path in ELEMENTS if path in shown))


def calls(objects: int = 3, seed: int = 1, unset: float = 0.3) -> Iterator[Call]:
    """Every context with so many objects of its own; a third of them have no note."""
    rng = random.Random(seed)  # noqa: S311 - it makes up recordings
    for facts in contexts():
        for number in range(objects):
            lacking = [path for path in OPTIONAL if rng.random() < unset]
            yield call(facts, f"{'-'.join(facts.values())}-{number}", lacking=lacking)


def taught(recorded: Iterable[Call], policy: Policy | None = None) -> Matrix:
    """Learn from recordings that are called r1, r2 and so on."""
    evidence = Evidence()
    for number, each in enumerate(recorded, start=1):
        evidence.add(each.presence(f"r{number}"))
    return learn(evidence, SPACE, policy)


def decision(matrix: Matrix, path: str, facts: Mapping[str, str]) -> str:
    cell = matrix.cells[path, facts["plan"]]
    context = SPACE.index[facts["role"], facts["key"]]
    if cell.granted >> context & 1:
        return "must" if cell.required else "should"
    return "must-not" if cell.withheld >> context & 1 else "may"


def as_json(each: Call) -> str:
    """Write the response of a recording, with texts that need escapes."""
    tree: dict[str, object] = {}
    for path in each.shown:
        node = tree
        *above, name = path.split("/")
        for step in above:
            inner = node[step]
            assert isinstance(inner, dict)
            node = inner
        node[name] = {} if name == "billing" else each.key if name == "id" else "Łódź & “co”"
    return json.dumps(tree, ensure_ascii=False)


def write_lines(file: Path, recorded: Iterable[Call]) -> Path:
    """Write recordings as JSON Lines."""
    lines = [json.dumps({"response": as_json(each), "context": dict(each.facts)}) for each in recorded]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def write_folder(folder: Path, recorded: Iterable[Call]) -> Path:
    """Write recordings as files with sidecars beside them."""
    folder.mkdir()
    for number, each in enumerate(recorded, start=1):
        (folder / f"r{number}.response.json").write_text(as_json(each), encoding="utf-8")
        stated = "".join(f'{fact} = "{value}"\n' for fact, value in each.facts.items())
        (folder / f"r{number}.context.toml").write_text(stated, encoding="utf-8")
    return folder


def write_table(file: Path, recorded: Iterable[Call]) -> Path:
    """Write recordings as a table, in Parquet or Arrow by the name of the file."""
    import pyarrow as pa
    from pyarrow import feather, parquet

    rows = [{"response": as_json(each), "context": dict(each.facts)} for each in recorded]
    table = pa.Table.from_pylist(rows)
    write = parquet.write_table if file.suffix == ".parquet" else feather.write_feather
    write(table, file)
    return file
