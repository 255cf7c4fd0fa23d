"""The keys of a rulebook for an HTTP API (docs/reference/http-rulebooks.md): what they mean, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from whosees.rules import Rulebook, RulebookError, load_rulebook
from whosees.rules.model import HttpEvidence, MatchEvidence
from whosees.rules.registry import BUILTINS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "http-rulebooks.md"
FILE = re.compile(r'^```\w+ title="repos/([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)

Example = Callable[..., Rulebook]


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """Load the page's example with replacements, each of which has to fit once, and with more keys at its end."""

    def load(*replacements: tuple[str, str], more: str = "") -> Rulebook:
        files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
        files["rulebook.toml"] += more
        for old, new in replacements:
            (name,) = [name for name, text in files.items() if old in text]
            assert files[name].count(old) == 1, old
            files[name] = files[name].replace(old, new)
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_rulebook(tmp_path)

    return load


def error(tmp_path: Path, load: Callable[[], Rulebook]) -> str:
    with pytest.raises(RulebookError) as caught:
        load()
    return str(caught.value).replace(f"{tmp_path}/", "")


class TestMeaning:
    def test_the_defaults_are_those_of_before(self) -> None:
        """The whole body is the unit, null is present, and any status answers."""
        wire = load_rulebook("getsessioninfo").document.wire
        assert (wire.unit, wire.nulls, wire.masks, wire.response) == ("", "present", (), None)

    def test_a_call_is_recognized_by_method_and_path(self, example: Example) -> None:
        request = example().document.wire.request
        assert request is not None
        assert request.match("get", "/api/orgs/acme/repos") == {"org": "acme"}
        assert request.match("GET", "/repos") == {}
        assert request.match("POST", "/repos") is None
        assert request.match("GET", "/repos/1") is None

    def test_without_a_method_or_a_path_any_will_do(self, example: Example) -> None:
        by_path = example(('method = "GET"\n', "")).document.wire.request
        by_method = example(('path = ["/repos", "/orgs/{org}/repos"]\n', "")).document.wire.request
        assert by_path is not None
        assert by_method is not None
        assert by_path.match("DELETE", "/repos") == by_method.match("GET", "/anything") == {}

    def test_other_statuses_than_the_answers_are_failures(self, example: Example) -> None:
        response = example(('["2xx"]', '["200", "3xx"]')).document.wire.response
        assert response is not None
        assert [status for status in (200, 201, 304, 404) if response.is_answer(status)] == [200, 304]

    def test_a_row_may_treat_nulls_and_masks_otherwise(self, example: Example) -> None:
        rows = example(
            more='\n[rows."owner/phone"]\nmasks = ["", "x"]\nwhen = { kind = ["User"] }\n'
        ).row_options
        assert [(row.nulls, row.masks) for row in rows.values()] == [
            *[("present", ("***",))] * 3,
            ("present", ("", "x")),
            ("absent", ("***",)),
        ]
        assert rows["owner/phone"].when == {"kind": ("User",)}

    def test_evidence_keeps_the_order_of_its_table(self, example: Example) -> None:
        """The first entry of the table that is in the list counts."""
        table = '{ "site_admin" = "admin", "repo" = "user", "a" = "admin" }'
        (entry,) = example(('{ "site_admin" = "admin" }', table)).document.evidence.http
        assert list(entry.contains) == ["site_admin", "repo", "a"]
        assert entry == HttpEvidence(
            fact="site",
            part="response.header",
            name="X-OAuth-Scopes",
            contains={"site_admin": "admin", "repo": "user", "a": "admin"},
            present="user",
        )

    @pytest.mark.parametrize(
        ("scopes", "value"),
        [
            ("repo, site_admin", "admin"),
            ("site_admin", "admin"),
            ("repo\tsite_admin,x", "admin"),
            ("site_admins, user", "user"),
            ("Site_Admin", "user"),
            ("", "user"),
        ],
    )
    def test_an_item_of_a_list_states_a_value_and_otherwise_presence_does(
        self, example: Example, scopes: str, value: str
    ) -> None:
        (entry,) = example().document.evidence.http
        assert entry.value_of(scopes) == value

    def test_a_whole_value_a_claim_and_a_status_state_a_value(self) -> None:
        whole = HttpEvidence(fact="f", part="query", name="q", equals={"a b": "x"})
        assert [whole.value_of(text) for text in ("a b", "a", "A B")] == ["x", None, None]
        claim = HttpEvidence(
            fact="f", part="request.jwt", name="roles", contains={"site admin": "x", "b": "y"}
        )
        assert claim.value_of("", ["b", "site admin"]) == "x"
        assert claim.value_of("site admin") is None
        status = HttpEvidence(fact="f", part="status", equals={"404": "x", "4xx": "y"})
        assert [status.value_of(text) for text in ("404", "403", "500", "4040")] == ["x", "y", None, None]

    def test_an_element_may_equal_a_parameter(self, example: Example) -> None:
        match = 'fact = "push"\npart = "path"\nrequest = "org"\nresponse = "owner/login"\nas = "yes"\n'
        more = f'\n[[evidence.match]]\n{match}\n[evidence.session]\npart = "path"\nrequest = "org"\nresponse = "id"\n'
        evidence = example(more=more).document.evidence
        assert evidence.match == (
            MatchEvidence(fact="push", part="path", request="org", response="owner/login", as_="yes"),
        )
        assert evidence.session is not None
        assert evidence.session.part == "path"

    def test_a_star_stands_for_a_name_and_json_names_are_free(self, example: Example) -> None:
        rulebook = example(("name,name,+,+", "+1,reactions/*/+1,+,+\n@type,@type,+,+\nname,name,+,+"))
        assert [row.path for row in rulebook.rows][1:3] == ["reactions/*/+1", "@type"]


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
