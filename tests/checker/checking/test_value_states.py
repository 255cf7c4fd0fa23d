"""States of a value (docs/reference/http-rulebooks.md): nulls, masks, free keys and conditional rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import whosees
from support.http_apis import checker_of, exchange, judged, write_example
from whosees.engine.result import ResponseResult
from whosees.reports.text.cell_counts import CellCount, CellCounts

SCOPES = {"X-OAuth-Scopes": "repo"}
ADMIN = {"X-OAuth-Scopes": "site_admin"}
ITEM = {"id": 1, "name": "n", "permissions": {"push": False}}


def found(
    folder: Path, item: object, received: dict[str, str], *replacements: tuple[str, str], more: str = ""
) -> tuple[str, ...]:
    """Return the outcome of an item and what was found in it."""
    checker = checker_of(write_example(folder, *replacements, more=more))
    return judged(checker, exchange({"items": [item]}, received=received))[0][1:]


@pytest.mark.parametrize(
    ("owner", "received", "expected"),
    [
        ({"phone": "***"}, SCOPES, ("conformant",)),
        ({"phone": "+1 555 0100"}, SCOPES, ("violating", "unmasked owner/phone")),
        ({"phone": " ***"}, SCOPES, ("violating", "unmasked owner/phone")),
        ({"phone": None}, SCOPES, ("violating", "unmasked owner/phone")),
        ({}, SCOPES, ("violating", "missing owner/phone")),
        ([{"phone": "***"}, {"phone": "1"}], SCOPES, ("violating", "unmasked owner/phone")),
        ({"phone": "***"}, ADMIN, ("violating", "missing owner/phone")),
        ({"phone": "+1 555 0100", "company": None}, ADMIN, ("conformant",)),
        (None, SCOPES, ("conformant",)),
        ([], SCOPES, ("conformant",)),
        ([None], SCOPES, ("conformant",)),
    ],
)
def test_a_masked_value_counts_as_absent_except_where_a_mask_is_demanded(
    tmp_path: Path, owner: object, received: dict[str, str], expected: tuple[str, ...]
) -> None:
    item = {**ITEM, "owner": owner} | ({"allow_merge": 1} if received is ADMIN else {})
    assert found(tmp_path, item, received) == expected


def test_the_message_of_an_unmasked_value_says_why(tmp_path: Path) -> None:
    checker = checker_of(write_example(tmp_path))
    item = {**ITEM, "owner": {"phone": "synthetic"}}
    result = next(iter(checker.check(exchange({"items": [item]}, received=SCOPES))))
    assert isinstance(result, ResponseResult)
    messages = [each.message for each in result.findings if each.rule == "unmasked"]
    assert messages == [
        "`owner/phone` is there and is not masked, and its text must not be shown: the repository table has mask for user (users)"
    ]


MASKED_WITH_PUSH = ('granted = "masked"', 'granted = "masked"\n\n[[markers.granted_if]]\npush = ["yes"]')


@pytest.mark.parametrize(
    ("phone", "otherwise", "expected"),
    [
        ("synthetic", "must-not", ("violating", "unmasked owner/phone")),
        ("***", "must-not", ("conformant",)),
        ("synthetic", "may", ("conformant",)),
    ],
)
def test_what_is_masked_or_absent_whatever_is_unknown_never_shows_its_text(
    tmp_path: Path, phone: str, otherwise: str, expected: tuple[str, ...]
) -> None:
    """Without push the marker withholds: of both ways that are open, none shows the text."""
    changes = MASKED_WITH_PUSH[0], MASKED_WITH_PUSH[1].replace("\n\n", f'\nwithheld = "{otherwise}"\n\n', 1)
    item = {"id": 1, "name": "a", "owner": {"phone": phone}}
    assert found(tmp_path, item, SCOPES, changes) == expected


@pytest.mark.parametrize("changes", [(), (MASKED_WITH_PUSH,)], ids=["decided", "undecided"])
def test_a_cell_whose_text_is_shown_is_no_green_cell(
    tmp_path: Path, changes: tuple[tuple[str, str], ...]
) -> None:
    """The map of the HTML page counts it as shown, and not as what the table says or as undecided."""
    checker = checker_of(write_example(tmp_path, *changes))
    counts = CellCounts(checker.rulebook)
    item = {"id": 1, "name": "a", "owner": {"phone": "synthetic"}}
    (result,) = checker.check(exchange({"items": [item]}, received=SCOPES))
    assert isinstance(result, ResponseResult)
    counts.add(result)
    assert counts.cells()["owner/phone", "user"] == CellCount(judged=1, leaked=1)


def test_the_message_of_what_may_be_masked_at_most_names_what_is_unknown(tmp_path: Path) -> None:
    book = write_example(tmp_path, MASKED_WITH_PUSH)
    item = {"id": 1, "name": "a", "owner": {"phone": "synthetic"}}
    (result,) = checker_of(book).check(exchange({"items": [item]}, received=SCOPES))
    assert isinstance(result, ResponseResult)
    (message,) = [each.message for each in result.findings if each.path == "owner/phone"]
    assert message == (
        "`owner/phone` is there and is not masked, and its text must not be shown, whatever `push` may be: the "
        "repository table has mask for user (users) and it is not known whether the caller may push"
    )
    answer = whosees.explain("owner/phone", {"items": [item]}, rules=book, facts={"site": "user"})
    assert answer.matches[0].summary == (
        "`owner/phone` is in the response, not masked, but may be there only masked: the repository table "
        "has mask for user (users) and it is not known whether the caller may push. Nothing that the caller can do would "
        "make it appear for user (users)."
    )


@pytest.mark.parametrize(
    ("nulls", "expected"),
    [("absent", ("violating", "missing name")), ("present", ("conformant",))],
)
def test_null_counts_as_the_rulebook_says(tmp_path: Path, nulls: str, expected: tuple[str, ...]) -> None:
    item = {**ITEM, "name": None, "owner": {"phone": "***"}}
    wire = ('masks = ["***"]', f'masks = ["***"]\nnulls = "{nulls}"')
    assert found(tmp_path / "wire", item, SCOPES, wire) == expected
    assert found(tmp_path / "row", item, SCOPES, more=f'\n[rows."name"]\nnulls = "{nulls}"\n') == expected


def test_what_may_be_there_is_no_finding(tmp_path: Path) -> None:
    """`granted = "may"`: "neither presence nor absence is a finding, whatever the facts"."""
    for owner in ({"phone": "***", "company": "x"}, {"phone": "***"}):
        assert found(tmp_path, {**ITEM, "owner": owner}, SCOPES) == ("conformant",)


STAR = ("company,owner/company,o,o", "company,owner/company,o,o\ncontent,files/*/content,push,push")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ("conformant",)),
        ({"a.txt": {"size": 1}, "name": {}, "*": {}}, ("conformant",)),
        ({"a.txt": {}, "größe/b": {"content": "x"}}, ("violating", "leaked files/*/content")),
    ],
)
def test_a_star_stands_for_any_one_name(tmp_path: Path, files: object, expected: tuple[str, ...]) -> None:
    item = {**ITEM, "owner": {"phone": "***"}, "files": files}
    assert found(tmp_path, item, SCOPES, STAR) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({"content": "no", "size": 1}, ("violating", "leaked files/*/content")),
        ({"content": "yes"}, ("violating", "missing files/*/size")),
        ({"content": "yes", "size": 1}, ("conformant",)),
        ({"content": "other", "size": 1}, ("conformant",)),
    ],
)
def test_an_element_of_which_evidence_reads_the_text_is_still_a_member_like_any_other(
    tmp_path: Path, kind: dict[str, object], expected: tuple[str, ...]
) -> None:
    """Evidence says nothing about who sees an element; its row is the one with `*`."""
    star = (STAR[0], f"{STAR[1]}\nsize,files/*/size,+,+")
    evidence = ('path = "permissions/push"', 'path = "files/kind/content"')
    texts = ('{ true = "yes"', '{ yes = "yes"'), ('false = "no"', 'no = "no"')
    when = ('nulls = "absent"', 'nulls = "absent"\nwhen = { "files/kind/content" = ["yes"] }')
    pushes = kind["content"] == "yes"
    member = {"size": 1} | ({"content": 1} if pushes else {})
    item = {**ITEM, "owner": {"phone": "***"}, "files": {"kind": kind, "a": member}}
    item |= {"allow_merge": 1} if pushes else {}
    assert found(tmp_path, item, SCOPES, star, evidence, *texts, when) == expected


@pytest.mark.parametrize(
    ("rows", "files", "expected"),
    [
        ("files/*", {}, ("conformant",)),
        ("files/*/content", {}, ("conformant",)),
        ("files/*/content", None, ("conformant",)),
        ("files/*/content", {"a": {"content": 1}, "b": {"content": 1}}, ("conformant",)),
        ("files/*/content", {"a": {"content": 1}, "b": {}}, ("violating", "missing files/*/content")),
        ("files/*/content", {"a": 5}, ("violating", "missing files/*/content")),
        ("files/*/content", {"a": "***", "b": None, "c": []}, ("conformant",)),
        ("files files/* files/*/content", {}, ("conformant",)),
        ("files files/* files/*/content", {"a": {}}, ("violating", "missing files/*/content")),
        ("files files/* files/*/content", "absent", ("violating", "missing files")),
    ],
)
def test_a_map_lacks_no_member_and_each_member_lacks_what_must_be_in_it(
    tmp_path: Path, rows: str, files: object, expected: tuple[str, ...]
) -> None:
    """`*` stands for any one name: "none need be there", and "what must be in a member must be in each"."""
    company = "company,owner/company,o,o"
    star = (company, "\n".join([company, *(f"{row},{row},+,+" for row in rows.split())]))
    item = {**ITEM, "owner": {"phone": "***"}} | ({} if files == "absent" else {"files": files})
    assert found(tmp_path, item, SCOPES, star) == expected


WHEN = '\n[rows."name"]\nwhen = { "owner/kind" = ["Organization", "Team"] }\n'


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("User", {}, ("conformant",)),
        ("Team", {}, ("violating", "missing name")),
        ("Team", {"name": "n"}, ("conformant",)),
        (None, {}, ("conformant",)),
        ("User", {"name": "n"}, ("conformant",)),
    ],
)
def test_a_conditional_row_is_expected_only_if_its_condition_fits(
    tmp_path: Path, kind: str | None, name: dict[str, str], expected: tuple[str, ...]
) -> None:
    item = {"id": 1, "permissions": {"push": False}, "owner": {"phone": "***", "kind": kind}, **name}
    assert found(tmp_path, item, SCOPES, more=WHEN) == expected


@pytest.mark.parametrize(
    ("nulls", "expected"), [("absent", ("conformant",)), ("present", ("violating", "missing name"))]
)
def test_a_null_that_counts_as_absent_fits_no_condition(
    tmp_path: Path, nulls: str, expected: tuple[str, ...]
) -> None:
    """An empty list fits any text, and what is absent has none: a date of merging that is null says that nothing was merged."""
    item = {"id": 1, "permissions": {"push": False}, "owner": {"phone": "***", "kind": None}}
    wire = ('masks = ["***"]', f'masks = ["***"]\nnulls = "{nulls}"')
    more = '\n[rows."name"]\nwhen = { "owner/kind" = [] }\n'
    assert found(tmp_path, item, SCOPES, wire, more=more) == expected


def test_a_condition_does_not_make_a_leak_allowed(tmp_path: Path) -> None:
    item = {**ITEM, "owner": {"phone": "***", "kind": "User"}, "allow_merge": 1}
    more = WHEN.replace("name", "allow_merge")
    assert found(tmp_path, item, SCOPES, more=more) == ("violating", "leaked allow_merge")


def test_a_condition_is_looked_up_in_the_same_occurrence_of_the_container(tmp_path: Path) -> None:
    rows = (
        ("id,id,+,+", "id,id,+,+\nowner,owner,o,o"),
        ("company,owner/company,o,o", "company,owner/company,+,+"),
    )
    unlisted = (
        'paths = ["permissions", "permissions/push", "owner"]',
        'paths = ["permissions", "permissions/push"]',
    )
    more = '\n[rows."owner/company"]\nwhen = { "owner/kind" = ["Team"] }\n'
    given = ('\n[rows."owner/company"]\nnulls = "absent"\n', "")
    owners = [{"phone": "***", "kind": "User"}, {"phone": "***", "kind": "Team", "company": "x"}]
    for last, expected in (({}, ("conformant",)), ({"kind": "Team"}, ("violating", "missing owner/company"))):
        item = {**ITEM, "owner": [*owners, {"phone": "***", **last}]}
        assert found(tmp_path, item, SCOPES, *rows, unlisted, given, more=more) == expected


@pytest.mark.parametrize(
    ("owner", "received", "expected"),
    [
        ([{"phone": "***"}, {}], SCOPES, ("violating", "missing owner/phone")),
        ([{}, {"phone": "***"}], SCOPES, ("violating", "missing owner/phone")),
        ([{"phone": "1"}, {"phone": "***"}], ADMIN, ("violating", "missing owner/phone")),
        ([{"phone": "1"}, [{"phone": "2"}, "text"]], ADMIN, ("violating", "missing owner/phone")),
        ([{"phone": "1"}, None, []], ADMIN, ("conformant",)),
        ([None, []], ADMIN, ("conformant",)),
    ],
)
def test_an_element_in_no_row_lacks_in_each_occurrence_what_must_be_in_it(
    tmp_path: Path, owner: object, received: dict[str, str], expected: tuple[str, ...]
) -> None:
    """docs/reference/findings.md: "A container that occurs more than once is judged in each occurrence", in a row or not."""
    item = {**ITEM, "owner": owner} | ({"allow_merge": 1} if received is ADMIN else {})
    assert found(tmp_path, item, received) == expected


def test_what_some_occurrences_of_an_element_in_no_row_lack_is_on_their_lines(tmp_path: Path) -> None:
    checker = checker_of(write_example(tmp_path))
    item = {**ITEM, "owner": [{"phone": "***"}, {"company": "a"}, {"phone": "***"}, {"company": "b"}]}
    content = json.dumps({"items": [item]}, indent=1)
    result = next(iter(checker.check(exchange(content.encode(), received=SCOPES))))
    assert isinstance(result, ResponseResult)
    (finding,) = [each for each in result.findings if each.rule == "missing"]
    lines = content.splitlines()
    assert [lines[line] for line in finding.lines] == ['     "company": "a"', '     "company": "b"']


def test_an_element_on_the_way_to_a_row_is_like_no_other_row(tmp_path: Path) -> None:
    """Its own name is in the rulebook, as a step of a path."""
    rows = (
        "company,owner/company,o,o",
        "company,own_er/company,o,o\nnames,names,push,push\nfirst,nam_es/first,+,+",
    )
    item = {**ITEM, "owner": {"phone": "***"}, "own_er": {"company": 1}, "nam_es": {"first": 1}}
    options = ('[rows."owner/company"]', '[rows."own_er/company"]')
    assert found(tmp_path, item, SCOPES, rows, options) == ("conformant",)


@pytest.mark.parametrize(
    ("more", "received", "expected"),
    [
        ({"names": 1}, SCOPES, ("violating", "misplaced names")),
        ({"Names": 1}, SCOPES, ("violating", "misplaced Names")),
        ({"owner_names": 1}, SCOPES, ("violating", "misplaced owner_names")),
        ({"nome": 1}, SCOPES, ("conformant", "near-miss nome")),
        ({"NAME": 1}, SCOPES, ("conformant", "near-miss NAME")),
        (
            {"names": 1, "permissions": {"push": True}, "allow_merge": 1},
            SCOPES,
            ("conformant", "near-miss names"),
        ),
    ],
)
def test_the_name_of_what_must_not_be_there_is_no_misspelling_of_another(
    tmp_path: Path, more: dict[str, object], received: dict[str, str], expected: tuple[str, ...]
) -> None:
    rows = ("company,owner/company,o,o", "company,owner/company,o,o\nnames,owner/names,push,push")
    item = {**ITEM, "owner": {"phone": "***"}, **more}
    if item["permissions"] != ITEM["permissions"]:
        item["owner"] = {"phone": "***", "names": 1}
    assert found(tmp_path, item, received, rows) == expected


def test_what_an_element_in_no_row_lacks_is_on_its_line_though_the_next_has_it(tmp_path: Path) -> None:
    deep = ("phone,owner/phone,mask,+", "phone,owner/data/phone,mask,+")
    checker = checker_of(write_example(tmp_path, deep))
    item = {**ITEM, "allow_merge": 1, "owner": [{"company": "none"}, {"data": {"phone": "1"}, "company": 1}]}
    content = json.dumps({"items": [item]}, indent=1)
    result = next(iter(checker.check(exchange(content.encode(), received=ADMIN))))
    assert isinstance(result, ResponseResult)
    (finding,) = [each for each in result.findings if each.rule == "missing"]
    assert [content.splitlines()[line] for line in finding.lines] == ['     "company": "none"']


KINDS = (
    ("company,owner/company,o,o", "company,posts/data/company,+,+"),
    ('[rows."owner/company"]', '[rows."posts/data/company"]'),
)


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([{"kind": "t1", "data": {"company": 1}}, {"kind": "more", "data": {}}], ("conformant",)),
        ([{"kind": "more", "data": {}}, {"kind": "t1", "data": {"company": 1}}], ("conformant",)),
        ([{"kind": "t1", "data": {}}], ("violating", "missing posts/data/company")),
        (
            [{"kind": "t1", "data": {}}, {"kind": "more", "data": {"company": 1}}],
            ("violating", "missing posts/data/company"),
        ),
        (
            [{"kind": "t1", "data": {"company": 1}}, {"data": {}, "kind": "t1"}],
            ("violating", "missing posts/data/company"),
        ),
        (
            [{"kind": "t1"}, {"kind": "t1", "data": {"company": 1}}],
            ("violating", "missing posts/data/company"),
        ),
        ([{"kind": "more"}, {"kind": "t1", "data": {"company": 1}}], ("conformant",)),
    ],
)
def test_a_condition_is_looked_up_in_the_nearest_element_around_both(
    tmp_path: Path, posts: object, expected: tuple[str, ...]
) -> None:
    """Items whose kind a neighbour of their data tells, as in listings of things of several kinds."""
    item = {**ITEM, "owner": {"phone": "***"}, "posts": posts}
    when = 'nulls = "absent"\nwhen = { "posts/kind" = ["t1"] }'
    assert found(tmp_path, item, SCOPES, *KINDS, ('nulls = "absent"', when)) == expected
