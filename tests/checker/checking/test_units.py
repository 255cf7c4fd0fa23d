"""Units: "a result for each item of a list, with facts of its own"."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.http_apis import checker_of, exchange, judged, outline, write_example
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.engine.claims import Claim, Precedence
from whosees.engine.result import ResponseResult

SCOPES = {"X-OAuth-Scopes": "repo"}
PUSH = {"id": 1, "name": "a", "permissions": {"push": True}, "allow_merge": True, "owner": {"phone": "***"}}
PULL = {"id": 2, "name": "b", "permissions": {"push": False}, "owner": {"phone": "***"}}
LEAK = {**PULL, "allow_merge": False}

WRAPPERS: dict[str, Callable[[object], object]] = {
    "[]": lambda items: items,
    "items[]": lambda items: {"total": 1, "items": items, "next": None},
    "data/search/edges[]": lambda items: {"data": {"search": {"count": 9, "edges": items}}},
}


def repos(folder: Path, unit: str = "items[]") -> Checker:
    return checker_of(write_example(folder, ('unit = "items[]"', f'unit = "{unit}"')))


@pytest.mark.parametrize("unit", WRAPPERS)
def test_a_leak_is_found_in_its_item_and_nowhere_else(tmp_path: Path, unit: str) -> None:
    checker = repos(tmp_path, unit)
    response = WRAPPERS[unit]([PUSH, LEAK, None, PULL])
    assert judged(checker, exchange(response, received=SCOPES)) == [
        ("t.har[0]", "conformant"),
        ("t.har[1]", "violating", "leaked allow_merge"),
        ("t.har[2]", "skipped", "an item that is null"),
        ("t.har[3]", "conformant"),
    ]


def test_lines_are_those_of_the_document(tmp_path: Path) -> None:
    response = b'{"items": [\n{"id": 1, "name": "a", "permissions": {"push": false}},\n{"id": 2,\n"name": "b",\n"permissions": {"push": false},\n"allow_merge": 1}]}'
    results = [
        each
        for each in repos(tmp_path).check(exchange(response, received=SCOPES))
        if isinstance(each, ResponseResult)
    ]
    assert [finding.lines for finding in results[1].findings if finding.rule == "leaked"] == [(6,)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([PUSH, PULL, LEAK]), max_size=6), st.sampled_from([*WRAPPERS]))
def test_facts_from_inside_a_unit_count_for_that_unit_alone(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, object]], unit: str
) -> None:
    """In lists with and without push permission, in any order, a leak is found and no false alarm is raised."""
    checker = repos(tmp_path_factory.mktemp("rules"), unit)
    found = judged(checker, exchange(WRAPPERS[unit](items), received=SCOPES))
    expected: list[tuple[str, ...]] = [
        (f"t.har[{place}]", *(("violating", "leaked allow_merge") if item is LEAK else ("conformant",)))
        for place, item in enumerate(items)
    ]
    assert found == (expected or [("t.har", "skipped", "a list without items")])


def test_a_row_s_name_beside_the_items_is_misplaced(tmp_path: Path) -> None:
    response = {"items": [PULL], "meta": {"allow_merge": [{"x": 1}]}}
    assert judged(repos(tmp_path), exchange(response, received=SCOPES)) == [
        ("t.har[0]", "conformant"),
        ("t.har", "conformant", "misplaced meta/allow_merge"),
    ]


def test_what_every_item_may_show_is_nothing_beside_them(tmp_path: Path) -> None:
    """Lists have a `url`, `_links`, `metadata/resourceVersion` or `bbox` of their own, as their items have."""
    response = {"items": [PULL], "id": 9, "meta": {"name": "all"}, "company": "allowed"}
    assert judged(repos(tmp_path), exchange(response, received=SCOPES)) == [("t.har[0]", "conformant")]
    inside = {"items": [PULL], "name": {"allow_merge": True}}
    assert judged(repos(tmp_path), exchange(inside, received=SCOPES))[1:] == [
        ("t.har", "conformant", "misplaced name/allow_merge")
    ]


@pytest.mark.parametrize(
    ("cells", "outcome"), [("-,+", "conformant"), ("+,-", "conformant"), ("-,-", "violating")]
)
def test_a_name_beside_the_items_is_an_error_if_it_is_one_in_every_column(
    tmp_path: Path, cells: str, outcome: str
) -> None:
    """Nothing tells the column here; which one the table has first makes no difference."""
    never = '[[markers]]\nid = "never"\nprinted = "-"\nstatement = "all"\nmeaning = "never"\ngranted = "must-not"\n'
    row = ("company,owner/company,o,o", f"company,owner/company,{cells}")
    surroundings = list(
        checker_of(write_example(tmp_path, row, more=never)).check(exchange({"items": [], "company": 1}))
    )[-1]
    assert outline(surroundings) == ("t.har", outcome, "misplaced company")


def test_an_element_beside_the_items_is_not_taken_for_one_in_them(tmp_path: Path) -> None:
    """`id` is a row's in an item and none beside it, so that it explains what is in it only there."""
    item = {
        "name": "c",
        "owner": {"phone": "***"},
    }  # without permissions, so that both are judged in one context
    inside = exchange({"items": [{**item, "id": {"phone": 1}}]}, received=SCOPES)
    beside = exchange({"items": [item], "id": {"phone": 1}}, received=SCOPES)
    expected = [list(repos(tmp_path).check(each)) for each in (inside, beside)]
    for first, second in ((0, 1), (1, 0)):
        checker, both = repos(tmp_path), (inside, beside)
        assert list(checker.check(both[first])) == expected[first]
        assert list(checker.check(both[second])) == expected[second]


def test_an_item_that_lacks_the_one_element_that_tells_its_column_says_so(tmp_path: Path) -> None:
    column = '[[evidence.response]]\nfact = "site"\npath = "as"\nnames = { u = "user", a = "admin" }\n'
    header = """[[evidence.http]]
fact = "site"
from = "response.header"
name = "X-OAuth-Scopes"
contains = { "site_admin" = "admin" }
present = "user"
"""
    (result,) = checker_of(write_example(tmp_path, (header, column))).check(exchange({"items": [PULL]}))
    assert isinstance(result, ResponseResult)
    assert result.detail == "nothing says which site it is: as is absent; say it with --fact site=NAME"


def test_a_row_s_name_in_an_item_that_is_no_object_has_no_cause(tmp_path: Path) -> None:
    """The item has no path by which a cause could be named."""
    *_, surroundings = repos(tmp_path, "[]").check(exchange([PUSH, [{"allow_merge": 1}]], received=SCOPES))
    assert isinstance(surroundings, ResponseResult)
    assert [(each.path, each.cause) for each in surroundings.findings] == [("allow_merge", None)]


def test_a_partial_answer_is_judged_for_what_it_shows(tmp_path: Path) -> None:
    """GraphQL sends `errors` beside the data that it could read."""
    folder = write_example(
        tmp_path, ('unit = "items[]"', 'unit = "data/repos[]"\nfailure_members = ["errors"]')
    )
    checker, errors = checker_of(folder), [{"message": "no", "path": ["data", "repos", 1]}]
    partial = {"data": {"repos": [LEAK, None]}, "errors": errors}
    assert judged(checker, exchange(partial, received=SCOPES))[0] == (
        "t.har[0]",
        "violating",
        "leaked allow_merge",
    )
    for items in (None, [], [PULL]):
        *_, result = checker.check(exchange({"data": {"repos": items}, "errors": errors}, received=SCOPES))
        assert isinstance(result, ResponseResult)
        assert (result.source, result.reason) == ("t.har", "failure-response")


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_a_failure_member_with_nothing_in_it_is_no_failure(tmp_path: Path, nothing: object) -> None:
    """GraphQL, section 7.1: "If the request included no errors, the errors entry must not be present", and one that is must
    not be empty. Servers send an empty list all the same, and then nothing has failed: the answer is judged as any other."""
    folder = write_example(
        tmp_path, ('unit = "items[]"', 'unit = "data/repos[]"\nfailure_members = ["errors"]')
    )
    checker = checker_of(folder)
    for items, outcome in (([PULL], "conformant"), ([LEAK], "violating")):
        whole = {"data": {"repos": items}, "errors": nothing}
        ((source, *found),) = judged(checker, exchange(whole, received=SCOPES))
        assert (source, found[0]) == ("t.har[0]", outcome)
    failed = {"data": {"repos": [PULL]}, "errors": [nothing]}
    assert [found[1] for found in judged(checker, exchange(failed, received=SCOPES))] == [
        "conformant",
        "unchecked",
    ]


@pytest.mark.parametrize("request_", [None, b"{}"])
def test_an_empty_failure_member_hides_no_leak_of_a_single_answer(
    tmp_path: Path, request_: bytes | None
) -> None:
    """In either order, at a glance or with a request: what is remembered of one answer is not taken for the other."""
    folder = write_example(tmp_path, ('unit = "items[]"', 'failure_members = ["errors"]'))
    answers = [
        (LEAK | {"errors": errors}, said)
        for errors, said in (([], "violating"), (["no"], "violating"), ([], "violating"))
    ]
    checker = Checker(replace(checker_of(folder).settings, request=request_))
    for answer, outcome in (
        *answers,
        *[(PULL | {"errors": []}, "conformant")] * 3,
        (PULL | {"errors": ["no"]}, "unchecked"),
    ):
        (found,) = judged(checker, exchange(answer, received=SCOPES))
        assert found[1] == outcome, answer


ERROR = {"id": 3, "error": {"code": -32601}}


@pytest.mark.parametrize(("unit", "wrap"), [(unit, WRAPPERS[unit]) for unit in ("[]", "items[]")])
def test_a_failed_item_is_the_answer_to_a_failed_call(
    tmp_path: Path, unit: str, wrap: Callable[[object], object]
) -> None:
    """JSON-RPC 2.0, section 6: a batch is answered with a response object for each call, and 5: one of `result` and `error`."""
    folder = write_example(tmp_path, ('unit = "items[]"', f'unit = "{unit}"\nfailure_members = ["error"]'))
    checker, leak = checker_of(folder), ERROR | {"error": {"data": {"allow_merge": 1}}}
    items = [PULL, ERROR, PULL | {"error": None}, leak, ERROR | {"allow_merge": 1}]
    for _ in range(3):  # what comes again is remembered
        assert judged(checker, exchange(wrap(items), received=SCOPES)) == [
            ("t.har[0]", "conformant"),
            ("t.har[1]", "unchecked"),
            ("t.har[2]", "conformant"),
            ("t.har[3]", "unchecked"),
            ("t.har[4]", "unchecked"),
        ]
    for item, found in ((PUSH, ("unchecked",)), (LEAK, ("violating", "leaked allow_merge"))):
        failed = item | {"error": "x"}
        assert judged(checker, exchange(wrap([failed]), received=SCOPES)) == [("t.har[0]", *found)]


def test_a_failure_member_that_items_are_known_to_have_is_no_failure_of_theirs(tmp_path: Path) -> None:
    changes = (
        ('unit = "items[]"', 'unit = "items[]"\nfailure_members = ["error"]'),
        ('"permissions",', '"permissions", "error",'),
    )
    checker = checker_of(write_example(tmp_path, *changes))
    assert judged(checker, exchange({"items": [PULL | {"error": "e"}]}, received=SCOPES)) == [
        ("t.har[0]", "conformant")
    ]


def test_what_is_remembered_of_an_item_is_not_taken_for_a_response_without_the_list(tmp_path: Path) -> None:
    """An item and a whole response that show the same are not the same."""
    checker = repos(tmp_path)
    admin = {"X-OAuth-Scopes": "site_admin"}
    for _ in range(3):  # what comes again is remembered
        assert judged(checker, exchange({"items": [{}]}, received=admin))[0][1] == "violating"
    assert judged(checker, exchange({}, received=admin)) == [("t.har", "unchecked")]


@pytest.mark.parametrize(
    ("unit", "response", "detail"),
    [
        ("items[]", {"items": {"id": 1}}, "`items` is an object, not an array, so it has no unit of repos"),
        ("items[]", {"items": 5}, "`items` is a number, not an array, so it has no unit of repos"),
        ("items[]", {"elements": [PULL]}, "it has no list at `items`, so it has no unit of repos"),
        ("[]", {"items": [PULL]}, "its root is an object, not an array, so it has no unit of repos"),
        (
            *("items[]", [PULL]),
            "its root is an array; it has no list at `items`, so it has no unit of repos",
        ),
        ("items[]", 1.5, "its root is a number, not an object"),
        ("", [PULL], 'its root is an array, not an object; a rulebook with `unit = "[]"` judges each item'),
        ("", [], 'its root is an array, not an object; a rulebook with `unit = "[]"` judges each item'),
        ("[]", ["x"], "the item of its list is a string, not an object"),
        ("[]", [[PULL]], "the item of its list is an array, not an object"),
        ("[]", [True], "the item of its list is a boolean, not an object"),
    ],
)
def test_a_response_without_the_list_is_unchecked(
    tmp_path: Path, unit: str, response: object, detail: str
) -> None:
    result = next(iter(repos(tmp_path, unit).check(exchange(response, received=SCOPES))))
    assert isinstance(result, ResponseResult)
    assert (result.reason, result.detail) == ("not-a-message", detail)


SHAPES: dict[str, object] = {
    "": [{"allow_merge": 1}],
    "[]": {"allow_merge": 1},
    "items[]": {"items": {"allow_merge": 1}},
}


@pytest.mark.parametrize("unit", SHAPES)
def test_an_answer_of_another_shape_is_violating_if_it_certainly_shows_a_leak(
    tmp_path: Path, unit: str
) -> None:
    """Method and URL say what it answers, so that the name of a row that must not be there is misplaced; a doubt is none."""
    shown, facts = SHAPES[unit], {"site": "user", "push": "no"}
    claims = tuple(Claim(fact, value, "test", Precedence.FLAG) for fact, value in facts.items())
    checker = repos(tmp_path, unit)
    sure = Checker(Settings(rules=checker.settings.rules, claims=claims))
    lines = json.dumps(shown, indent=1).encode()
    line = 1 + lines[: lines.index(b"allow_merge")].count(b"\n")
    for _ in range(3):
        (result,) = sure.check(exchange(lines))
        assert isinstance(result, ResponseResult)
        assert [(each.rule, each.severity.value, each.lines) for each in result.findings] == [
            ("misplaced", "error", (line,))
        ]
        assert (result.outcome.value, result.reason) == ("violating", None)
    for unsure in (checker.check(exchange(shown, received=SCOPES)), sure.check(exchange(shown, url=None))):
        assert [outline(each)[1] for each in unsure] in (["unchecked"], ["skipped"])
    assert [
        outline(each)[1] for each in sure.check(exchange([{"id": 1}] if unit != "[]" else {"id": 1}))
    ] == ["unchecked"]
