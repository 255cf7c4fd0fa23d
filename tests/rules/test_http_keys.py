"""The keys of a rulebook for an HTTP API (docs/reference/http-rulebooks.md): what they mean, and what is refused."""

from __future__ import annotations

import pytest

from support.http_rulebook import Example
from whosees.rules import load_rulebook
from whosees.rules.model import HttpEvidence, MatchEvidence


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
