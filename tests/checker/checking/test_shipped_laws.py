"""The law of every shipped rulebook: every single leak and omission is found, in every context, through every container.

Nothing here is written for one rulebook: a new one in the registry is held to it at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import traffic
from support.by_hand import expected_rows, single_fault
from support.shipped import SHIPPED, Situation, call_showing, situations
from support.traffic import Call
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Headers, HttpFacts, Recording, find_recordings
from whosees.engine.claims import Claim, Precedence
from whosees.engine.result import ResponseResult
from whosees.rules import Rulebook

Files = dict[str, bytes]
Faults = dict[str, set[tuple[str, str]]]

MAX_MESSAGES = int(os.environ.get("WHOSEES_SWEEP", "1")) * 3_000
"""Messages of one rulebook up to which each context goes through each container.

Otherwise contexts and containers take turns; `make mutants` takes the time for all.
"""


def files_of(calls: Sequence[Call]) -> Files:
    """A file for each response, with its request line and headers beside it."""
    files: Files = {}
    for number, call in enumerate(calls):
        files[f"{number:03}.response.http"] = traffic.raw_http(call)
        files[f"{number:03}.request.http"] = traffic.raw_http_request(call)
    return files


def one(pack: Callable[[Sequence[Call]], bytes]) -> Callable[[Sequence[Call]], Files]:
    return lambda calls: {"recording": pack(calls)}


def archive(pack: Callable[[list[tuple[str, bytes]]], bytes]) -> Callable[[Sequence[Call]], Files]:
    return lambda calls: {"recording": pack(list(files_of(calls).items()))}


CONTAINERS: Mapping[str, Callable[[Sequence[Call]], Files]] = {
    "JSON Lines": one(partial(traffic.json_lines, with_http=True)),
    "HAR": one(traffic.har),
    "VCR": one(traffic.vcrpy),
    "Ruby VCR": one(traffic.ruby_vcr),
    "WireMock journal": one(traffic.journal),
    "WireMock mappings": one(traffic.mappings),
    "raw HTTP": files_of,
    "zip": archive(traffic.zipped),
    "tar.gz": archive(traffic.tar_gz),
}


def faulty_calls(
    rulebook: Rulebook, situation: Situation
) -> Iterator[tuple[str, Call, set[tuple[str, str]]]]:
    """Yield for no row, and for each that can leak or be missing, the call and what has to be found in it."""
    expected = expected_rows(rulebook, situation.context)
    shown = [path for path, each in expected.items() if each in ("must", "should", "masked")]
    yield "", call_showing(rulebook, shown, situation), set()
    for path in expected:
        kind, found = single_fault(rulebook, path, expected)
        if kind:
            rows = [row for row in shown if not f"{row}/".startswith(f"{path}/")]
            rows += [path] if kind == "leak" else []
            yield f"{kind} {path}", call_showing(rulebook, rows, situation), found


def pairs(name: str) -> Iterator[tuple[Situation, str]]:
    """Yield the contexts with the containers that they go through."""
    possible, containers = situations(name), list(CONTAINERS)
    if len(possible) * len(SHIPPED[name].rows) * len(containers) <= MAX_MESSAGES:
        yield from ((situation, container) for situation in possible for container in containers)
    else:
        some = possible[:: max(1, len(possible) // (2 * len(containers)))]
        yield from ((each, containers[number % len(containers)]) for number, each in enumerate(some))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_single_leak_and_omission_is_found_in_every_context(name: str, tmp_path: Path) -> None:
    rulebook = SHIPPED[name]
    for number, (situation, container) in enumerate(pairs(name)):
        faults = list(faulty_calls(rulebook, situation))
        folder = tmp_path / str(number)
        folder.mkdir()
        for file, content in CONTAINERS[container]([call for _, call, _ in faults]).items():
            (folder / file).write_bytes(content)
        claims = tuple(
            Claim(fact, value, "test", Precedence.FLAG) for fact, value in situation.context.items()
        )
        checker = Checker(Settings(rules=rulebook.location, claims=claims))
        recordings = find_recordings([str(folder)], wire=rulebook.document.wire.format)
        results = [result for each in recordings for result in checker.check(each)]
        found = [
            {(each.rule, each.path) for each in result.findings if each.rule != "unlisted"}
            if isinstance(result, ResponseResult) and result.reason is None
            else result
            for result in results
        ]
        assert found == [each for _, _, each in faults], (name, container, situation.context)


def test_each_container_meets_each_row_of_each_rulebook() -> None:
    """So that no pair of them goes untested where contexts take turns."""
    for name, rulebook in SHIPPED.items():
        met: dict[str, set[str]] = {}
        for situation, container in pairs(name):
            met.setdefault(container, set()).update(
                label.rpartition(" ")[2] for label, _, _ in faulty_calls(rulebook, situation)
            )
        possible = set.union(*met.values())
        assert met == dict.fromkeys(CONTAINERS, possible)


LISTS = [name for name, rulebook in SHIPPED.items() if rulebook.document.wire.unit]


def items_of(rulebook: Rulebook) -> Iterator[tuple[Any, set[tuple[str, str]]]]:
    """Yield items that show their own context, each with what has to be found in it."""
    evidence = [entry.path for entry in rulebook.document.evidence.response]
    for situation in situations(rulebook.id):
        for label, call, found in faulty_calls(rulebook, situation):
            kind, _, path = label.partition(" ")
            if kind != "omit" or not any(f"{each}/".startswith(f"{path}/") for each in evidence):
                yield json.loads(call.response)[0], found


@settings(deadline=None, max_examples=50)
@given(st.data())
@pytest.mark.parametrize("name", LISTS)
def test_in_a_list_each_fault_is_found_in_its_item_and_nowhere_else(name: str, data: st.DataObject) -> None:
    """Lists of items with different facts, right or with one fault, in any order: no evidence but the items' own."""
    rulebook = SHIPPED[name]
    chosen = data.draw(st.lists(st.sampled_from(list(items_of(rulebook))), max_size=6))
    (situation, *_) = situations(name)
    call = Call(
        json.dumps([item for item, _ in chosen]).encode(), b"", method=situation.method, url=situation.url
    )
    facts = HttpFacts(call.method, call.url, 200, Headers(), Headers())
    results = list(CHECKERS[name].check(Recording("list", call.response, call.request, http=facts)))
    if not chosen:
        assert [result.why for result in results if isinstance(result, Skipped)] == ["a list without items"]
        return
    found = {
        result.source: {(each.rule, each.path) for each in result.findings if each.rule != "unlisted"}
        for result in results
        if isinstance(result, ResponseResult) and result.reason is None
    }
    assert found == {f"list[{place}]": expected for place, (_, expected) in enumerate(chosen)}


CHECKERS = {name: Checker(Settings(rules=SHIPPED[name].location)) for name in LISTS}
