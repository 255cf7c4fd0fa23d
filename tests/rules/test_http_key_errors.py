"""Keys of a rulebook for an HTTP API that cannot be used, each named with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.http_rulebook import Example, error
from whosees.rules import load_rulebook
from whosees.rules.registry import BUILTINS

CLAIM = '\n[[evidence.http]]\nfact = "push"\nfrom = "{}"\n{}\n'

PRESENT = 'present = "yes"'

BROKEN: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    "a unit that is no list": (
        [('unit = "items[]"', 'unit = "items"')],
        "",
        "`wire.unit`: `items` is not a unit; end it with `[]`, as in `items[]`",
    ),
    "a tilde that stands for nothing": (
        [("name,name,+,+", "a~b,a~b,+,+")],
        "",
        "line 3: path `a~b` contains `~`; write `~0` for a tilde and `~1` for a slash in a name",
    ),
    "a unit in a unit": (
        [('unit = "items[]"', 'unit = "items[]/parts[]"')],
        "",
        "`wire.unit`: `items[]/parts[]` is not a unit; write `[]` once, at its end; arrays on the way need no mark",
    ),
    "a unit as JSONPath writes it": (
        [('unit = "items[]"', 'unit = "$.items[*]"')],
        "",
        "`wire.unit`: `$.items[*]` is not a unit; leave out `$.` and join names by `/`, as in `data/items[]`",
    ),
    "a unit as a JSON pointer writes it": (
        [('unit = "items[]"', 'unit = "/items[]"')],
        "",
        "`wire.unit`: `/items[]` is not a unit; leave out the first `/`",
    ),
    "a unit that ends in an item": (
        [('unit = "items[]"', 'unit = "items[0]"')],
        "",
        "`wire.unit`: `items[0]` is not a unit; end it with `[]`, as in `items[]`",
    ),
    "a unit with an empty name": (
        [('unit = "items[]"', 'unit = "data//items[]"')],
        "",
        "`wire.unit`: `data//items[]` is not a unit; join names by `/`, as in `data/items[]`",
    ),
    "a path with a list": (
        [("name,name,+,+", "name,parts[]/name,+,+")],
        "",
        "line 3: path `parts[]/name` contains `[]`; an array needs no mark, and its items have the path of the array",
    ),
    "no mark of a response at all": (
        [('[wire.request]\nmethod = "GET"\npath = ["/repos", "/orgs/{org}/repos"]\n', "")],
        "",
        '`wire`: key `recognised_by` (or `[wire.request]`) is missing; `format = "json"` needs it',
    ),
    "a request that is any": (
        [('method = "GET"\npath = ["/repos", "/orgs/{org}/repos"]\n', "")],
        "",
        "`wire.request`: names neither a `method` nor a `path`, so it would match every call",
    ),
    "a method that is none": (
        [('method = "GET"', 'method = ["GET", "GET /x"]')],
        "",
        "`wire.request.method`: `GET /x` is not a method; write it as in `GET`",
    ),
    "a path that is no template": (
        [('"/orgs/{org}/repos"', '"orgs/{org}"')],
        "",
        "`wire.request.path`: `orgs/{org}` is not a path template; begin with `/`, as in `/users/{username}`",
    ),
    "a status that is none": (
        [('answers = ["2xx"]', 'answers = ["2**"]')],
        "",
        "`wire.response.answers`: `2**` is not a status; write `200`, `2xx` or the like",
    ),
    "no status": (
        [('answers = ["2xx"]', "answers = []")],
        "",
        "`wire.response.answers`: names no status, so that no response would be an answer",
    ),
    "nulls that are neither": (
        [('nulls = "absent"', 'nulls = "ignored"')],
        "",
        "`rows[...].nulls`: invalid enum value 'ignored'",
    ),
    "options of no row": (
        [('[rows."owner/company"]', '[rows."owner/compny"]')],
        "",
        "`rows`: there is no `owner/compny`; did you mean `owner/company`?",
    ),
    "a condition on the row itself": (
        [],
        'when = { "owner/company" = [] }',
        '`rows."owner/company".when`: the row cannot depend on itself',
    ),
    "a condition on any element": (
        [],
        'when = { "owner/*" = [] }',
        '`rows."owner/company".when`: `owner/*` contains `*`; here a path has to name one element',
    ),
    "a mask that nothing is": (
        [('masks = ["***"]\n', "")],
        "",
        "`wire.masks`: the marker `mask` of `owner/phone` needs at least one text",
    ),
    "a mask twice": (
        [('masks = ["***"]', 'masks = ["***", "***"]')],
        "",
        "`wire.masks`: `***` is named twice",
    ),
    "evidence of nothing": (
        [],
        CLAIM.format("query", 'name = "push"'),
        "`evidence.http` for `push`: needs `equals`, `contains`, `present` or `absent`",
    ),
    "evidence of two tables": (
        [],
        CLAIM.format("query", 'name = "push"\nequals = { a = "yes" }\ncontains = { b = "no" }'),
        "`evidence.http` for `push`: has both `equals` and `contains`; split it into two entries",
    ),
    "evidence without a name": (
        [],
        CLAIM.format("request.header", PRESENT),
        "`evidence.http` for `push`: key `name` is missing; it names the header",
    ),
    "a claim without a name": (
        [],
        CLAIM.format("request.jwt", PRESENT),
        "`evidence.http` for `push`: key `name` is missing; it names the claim",
    ),
    "evidence from elsewhere": (
        [],
        CLAIM.format("request.headers", f'name = "x"\n{PRESENT}'),
        "`evidence.http[1].from`: invalid enum value 'request.headers'; did you mean `request.header`?",
    ),
    "evidence of a header with a colon": (
        [],
        CLAIM.format("response.header", f'name = "X-Scopes:"\n{PRESENT}'),
        "`evidence.http` for `push`: `X-Scopes:` is not the name of a header; write it without spaces and without a colon, as in `X-OAuth-Scopes`",
    ),
    "evidence of a cookie with its text": (
        [],
        CLAIM.format("request.cookie", f'name = "sid=1; x"\n{PRESENT}'),
        "`evidence.http` for `push`: `sid=1; x` is not the name of a cookie; write it without its text, as in `session`",
    ),
    "a value that the fact has not": (
        [],
        CLAIM.format("query", 'name = "push"\ncontains = { a = "ja" }'),
        "`evidence.http.push`: there is no `ja`; known are `yes`, `no`",
    ),
    "a parameter that no template has": (
        [],
        CLAIM.format("path", f'name = "orgs"\n{PRESENT}'),
        "`evidence.http`: no path template has the parameter `orgs`; did you mean `org`?",
    ),
    "a parameter without a template": (
        [('path = ["/repos", "/orgs/{org}/repos"]\n', "")],
        CLAIM.format("path", f'name = "org"\n{PRESENT}'),
        "`evidence.http`: there is no parameter `org`; write a template with `{org}` as `wire.request.path`",
    ),
    "a status with a name": (
        [],
        CLAIM.format("status", 'name = "x"\nequals = { 404 = "no" }'),
        '`evidence.http` for `push`: `from = "status"` has no `name`; remove it',
    ),
    "a status that is there": (
        [],
        CLAIM.format("status", PRESENT),
        '`evidence.http` for `push`: `from = "status"` takes `equals`, not `present`',
    ),
    "evidence by a status that is none": (
        [],
        CLAIM.format("status", 'equals = { 4 = "no" }'),
        "`evidence.http` for `push`: `4` is not a status; write `200`, `2xx` or the like",
    ),
    "evidence of any element": (
        [('path = "permissions/push"', 'path = "permissions/*"')],
        "",
        "`evidence.response.path`: `permissions/*` contains `*`; here a path has to name one element",
    ),
    "a common name of no row": (
        [('common = ["name", "id"]', 'common = ["name", "ids"]')],
        "",
        "`unlisted.common`: there is no `ids`; did you mean `id`?",
    ),
    "a marker that withholds more than it grants": (
        [('granted = "masked"', 'granted = "may"\nwithheld = "must"')],
        "",
        "`markers[2].withheld`: invalid enum value 'must'",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_key_that_cannot_be_used_is_named_with_what_is_wrong(
    example: Example, tmp_path: Path, case: str
) -> None:
    replacements, more, message = BROKEN[case]
    if more.startswith("when"):
        replacements, more = [('nulls = "absent"', more)], ""
    assert error(tmp_path, lambda: example(*replacements, more=more)).partition(": ")[2].startswith(message)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('unit = "[]"', '`wire`: `unit` belongs to `format = "json"`, but the format here is `xml`'),
        ('nulls = "absent"', '`wire`: `nulls` belongs to `format = "json"`, but the format here is `xml`'),
    ],
)
def test_xml_has_no_lists_and_no_nulls(tmp_path: Path, keys: str, message: str) -> None:
    source = Path(BUILTINS["getsessioninfo"])
    for file in source.iterdir():
        text = file.read_text(encoding="utf-8").replace("[wire]\n", f"[wire]\n{keys}\n")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    assert error(tmp_path, lambda: load_rulebook(tmp_path)).endswith(message)
