"""A rulebook's `[wire]`: formats, evidence in JSON, and errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.base import Request
from whosees.checker.messages.registry import reader_for
from whosees.rules import RulebookError, load_rulebook
from whosees.rules.registry import BUILTINS

if TYPE_CHECKING:
    from support.rulebooks import Loaded, Run, Variant

JSON_WIRE = 'format = "json"\nrecognised_by = ["id"]\nfailure_members = ["error"]'


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (
            'format = "json"',
            '`wire`: key `recognised_by` (or `[wire.request]`) is missing; `format = "json"` needs it',
        ),
        ('format = "xml"', '`wire`: key `namespace` is missing; `format = "xml"` needs it'),
        ("", '`wire`: key `namespace` is missing; `format = "xml"` needs it'),
        (
            JSON_WIRE + '\nnamespace = "urn:x"',
            '`wire`: `namespace` belongs to `format = "xml"`, but the format here is `json`',
        ),
        (
            'namespace = "urn:x"\nenvelope = "urn:y"\nresponse_types = ["r"]\nrecognised_by = ["id"]',
            '`wire`: `recognised_by` belongs to `format = "json"`, but the format here is `xml`',
        ),
        ('format = "yaml"', "`wire.format`: invalid enum value 'yaml'; known are `xml`, `json`"),
    ],
)
def test_a_wire_that_does_not_fit_its_format_is_refused(variant: Variant, wire: str, said: str) -> None:
    folder = variant((JSON_WIRE, wire), of="skeleton")
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    assert str(caught.value) == f"`{folder / 'rulebook.toml'}`: {said}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'part = "body"',
            'part = "security"',
            "a JSON request has no security context; set `part` to `body`",
        ),
        (
            'id = "other"\nnames = ["other"',
            'id = "o/o"\nnames = ["o/o"',
            "id `o/o` must consist of letters, digits, hyphens and underscores",
        ),
        (
            'id = "role"',
            'id = "outcome"',
            r"`outcome` is a key of sidecars \(whether the call fails\); choose another id",
        ),
    ],
)
def test_what_could_not_work_is_refused(variant: Variant, old: str, new: str, said: str) -> None:
    with pytest.raises(RulebookError, match=said):
        load_rulebook(variant((old, new), of="skeleton"))


MATCH = '[[evidence.match]]\nfact = "role"\npart = "body"\nrequest = "owner"\nresponse = "ownerId"\nas = "owner"\n'
EVIDENCE = '[[evidence.response]]\nfact = "role"\npath = "mine"\nequals = ["True"]\nas = "owner"\n'
SESSION = '[evidence.session]\nrequest = "order"\nresponse = "id"\n'


def context_of(
    run: Run, folder: Path, tmp_path: Path, response: str, request: str | None
) -> dict[str, dict[str, str]]:
    (tmp_path / "a.response.json").write_text(response)
    if request is not None:
        (tmp_path / "a.request.json").write_text(request)
    found = run("check", "a.response.json", "--rules", folder, "--format", "json")
    (judged,) = json.loads(found.stdout)["responses"]
    context: dict[str, dict[str, str]] = judged["context"]
    return context


@pytest.mark.parametrize(
    ("more", "response", "request_", "role"),
    [
        ("", '{"id": 1, "apiVersion": 1}', None, {"value": "unknown", "from": "default"}),
        ("", '{"id": 1, "apiVersion": 1}', '{"ownerKey": "k"}', {"value": "owner", "from": "request"}),
        ("", '{"id": 1, "apiVersion": 1}', '{"ownerKey": ""}', {"value": "other", "from": "request"}),
        (
            "",
            '{"id": 1, "apiVersion": 1}',
            '{"in": {"ownerKey": "k"}}',
            {"value": "other", "from": "request"},
        ),
        (EVIDENCE, '{"id": 1, "apiVersion": 1, "mine": true}', None, {"value": "owner", "from": "response"}),
        (
            EVIDENCE,
            '{"id": 1, "apiVersion": 1, "mine": false}',
            None,
            {"value": "unknown", "from": "default"},
        ),
        (EVIDENCE, '{"id": 1, "apiVersion": 1}', None, {"value": "unknown", "from": "default"}),
    ],
)
def test_messages_tell_facts(
    run: Run,
    variant: Variant,
    tmp_path: Path,
    more: str,
    response: str,
    request_: str | None,
    role: dict[str, str],
) -> None:
    context = context_of(run, variant(of="skeleton", more=more), tmp_path, response, request_)
    assert context == {"version": {"value": "A", "from": "response"}, "role": role}


def test_what_both_messages_hold_tells_a_fact(run: Run, variant: Variant, tmp_path: Path) -> None:
    evidence = '[[evidence.request]]\nfact = "role"\npart = "body"\nany_of = ["ownerKey"]\nif_given = "owner"\nif_not = "other"\n'
    folder = variant((evidence, MATCH), of="skeleton")
    response = '{"id": 1, "apiVersion": "2", "ownerId": 17}'
    assert context_of(run, folder, tmp_path, response, '{"owner": 17}')["role"] == {
        "value": "owner",
        "from": "request",
    }
    assert context_of(run, folder, tmp_path, response, '{"owner": 18}')["role"]["value"] == "unknown"


def test_a_pair_about_two_things_is_a_warning(run: Run, variant: Variant, tmp_path: Path) -> None:
    folder = variant(of="skeleton", more=SESSION)
    (tmp_path / "a.json").write_text('{"id": 1, "apiVersion": 1, "price": 2}')
    (tmp_path / "a.request.json").write_text('{"order": 2}')
    assert "pair-mismatch" in run("check", "a.json", "--rules", folder).stdout


def test_a_request_on_the_command_line_counts(run: Run, variant: Variant, tmp_path: Path) -> None:
    folder = variant(of="skeleton")
    (tmp_path / "r.json").write_text('{"ownerKey": "k"}')
    (tmp_path / "broken.json").write_text('{"ownerKey": ')
    found = run("expect", "--rules", folder, "--fact", "version=B", "--request", "r.json")
    assert "role owner (request)" in found.stdout
    broken = run("expect", "--rules", folder, "--fact", "version=B", "--request", "broken.json")
    assert broken.returncode == 2
    assert "`--request broken.json`: at line 1, column 14: it ends before its root does" in broken.stderr


def test_a_request_that_is_no_json_leaves_the_pair_unchecked(
    run: Run, variant: Variant, tmp_path: Path
) -> None:
    folder = variant(of="skeleton")
    (tmp_path / "a.response.json").write_text('{"id": 1, "apiVersion": 1}')
    (tmp_path / "a.request.json").write_text("<a/>")
    found = run("check", "a.response.json", "--rules", folder)
    assert found.returncode == 3
    assert "its request `a.request.json`: at line 1, column 1: no value of JSON" in " ".join(
        found.stdout.split()
    )


def test_a_sidecar_takes_any_id_of_a_fact(run: Run, variant: Variant, tmp_path: Path) -> None:
    folder = variant(
        ('id = "role"\nlabel', 'id = "class-of-2"\nlabel'),
        ("[[markers.granted_if]]\nrole =", "[[markers.granted_if]]\nclass-of-2 ="),
        ('fact = "role"', 'fact = "class-of-2"'),
        of="skeleton",
    )
    (tmp_path / "a.json").write_text('{"id": 1, "apiVersion": 1, "price": 2}')
    (tmp_path / "a.context.toml").write_text('class-of-2 = "owner"\n')
    found = run("check", "a.json", "--rules", folder, "-v")
    assert found.returncode == 0
    assert "role owner (sidecar)" in found.stdout


def test_a_variable_that_nothing_replaced_is_found_in_json_too(
    run: Run, variant: Variant, tmp_path: Path
) -> None:
    variables = '[variables]\npath = "price"\ntitle = "Variables"\ncite = "Documentation"\n'
    variables += '[[variables.names]]\nname = "%Price%"\ntext = "the price"\n'
    (tmp_path / "a.json").write_text('{"id": 1, "apiVersion": 1,\n"price": "about %Price% SECRET"}')
    found = run("check", "a.json", "--rules", variant(of="skeleton", more=variables))
    assert "unexpanded-variable" in found.stdout
    assert "line 2" in found.stdout
    assert "SECRET" not in found.stdout


@pytest.mark.parametrize(
    ("types", "name"),
    [
        ("", "my-rulebook"),
        ('request_types = ["java:x.First", "java:x.Second"]', "First"),
        ('request_type_names = ["second", "third"]', "second"),
        ('request_types = ["First"]\nrequest_type_names = ["second"]', "First"),
    ],
)
def test_an_xml_request_of_another_operation_is_named_by_what_the_rulebook_has(
    varied: Loaded, types: str, name: str
) -> None:
    xml = f'namespace = "urn:x"\nenvelope = "urn:y"\nresponse_types = ["r"]\n{types}'
    reader = reader_for(varied((JSON_WIRE, xml), of="skeleton"), Limits())
    with pytest.raises(UncheckedError, match=f"^it asks for no {name}$") as caught:
        reader.requests(b'<message xmlns="urn:y"><body><bodyContent/></body></message>')
    assert caught.value.reason is Reason.OTHER_OPERATION


def test_the_reader_is_the_one_of_the_format() -> None:
    reader = reader_for(load_rulebook("webex-rest-meeting"), Limits())
    assert reader.requests(b'{"password": "x"}') == (Request(security=None, body={}),)
    (body,) = reader.bodies(b'{"id": 1, "agenda": 2}')
    assert (body.index, body.answered, body.is_empty) == (0, True, False)
    with pytest.raises(UncheckedError) as caught:
        reader_for(load_rulebook("getsessioninfo"), Limits()).bodies(b'{"id": 1}')
    assert caught.value.reason is Reason.NOT_XML


def test_rulebooks_that_are_built_in_are_named_by_their_id(run: Run) -> None:
    for name in BUILTINS:
        rulebook = load_rulebook(name)
        assert rulebook.id == name
        assert rulebook.location == (None if name == "getsessioninfo" else name)
        assert run("matrix", "--rules", name).returncode == 0
    assert load_rulebook(BUILTINS["webex-rest-meeting"]).location == str(BUILTINS["webex-rest-meeting"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("webex-rest-meetings", "; did you mean `webex-rest-meeting`?"),
        (
            "nowhere",
            "; the built-in rulebooks are `getsessioninfo`, `webex-rest-meeting`, `github-user`, `github-repos`",
        ),
    ],
)
def test_a_rulebook_that_is_not_there_is_one_message(run: Run, name: str, hint: str) -> None:
    found = run("rules", "lint", name)
    assert found.returncode == 2
    assert (
        found.stderr == f"whosees: the rulebook `{name}`: cannot be read: no such file or directory{hint}\n"
    )
