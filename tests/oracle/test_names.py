"""Everything by its names: values of facts as people say them, elements as they are printed, and what has no row."""

from __future__ import annotations

from collections import Counter

import pytest

from . import messages, tool
from .messages import response
from .names import NAMES, PRINTED_OTHERWISE, SENTENCES, TITLES, UNLISTED
from .reading import COLUMNS, CONTEXTS, ROW, ROWS, SERVICES, Context, closed, ideal

_FACTS = tuple(NAMES)


def _context(fact: str, said: str) -> dict[str, str]:
    service = () if fact == "service" else ("--service", "MC")
    context: dict[str, str] = tool.answer("expect", *service, f"--{fact}", said)["context"]
    return context


@pytest.mark.parametrize("fact", _FACTS)
def test_a_value_has_these_names_in_any_letter_case(fact: str) -> None:
    for value, names in NAMES[fact].items():
        for name in names:
            assert _context(fact, name)[fact] == _context(fact, name.upper())[fact] == value, name


_NO_NAMES = (
    "SupportCenter",
    "Support Center",
    "MeetingCentre",
    "Webex",
    "somebody",
    "alternate-host",
    "maybe",
)


@pytest.mark.parametrize("fact", _FACTS)
def test_what_is_no_name_of_a_value_is_refused(fact: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"".join(n.split()).replace("-", "").casefold() for of in NAMES[fact].values() for n in of}
    nearly = {f"{name}x" for name in known} | {name[:-1] for name in known} - {""}
    for name in (*_NO_NAMES, *sorted(nearly - known)):
        service = () if fact == "service" else ("--service", "MC")
        with pytest.raises(ValueError, match="Expecting value"):  # nothing is on standard output
            tool.answer("expect", *service, f"--{fact}", name, code=2)
        said = capsys.readouterr().err
        # A name is quoted where it is like a known one; else it could be anything, such as a secret.
        assert (
            f"`--{fact}`: `{name}` is not a known {fact}" in said
            or f"`--{fact}`: not a known {fact}" in said
            or ("Support Center has no column" in said and "Support" in name)
        )


def test_a_service_without_a_column_is_named_as_that(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("SupportCenter", "Support Center"):
        with pytest.raises(ValueError, match="Expecting value"):
            tool.answer("expect", "--service", name, code=2)
        assert "Support Center has no column in Table 4-3; the columns are MC (Meeting Center), " in (
            capsys.readouterr().err
        )


def test_the_printed_spellings_are_accepted() -> None:
    """The wire has the schema's spelling; the printed one is accepted (I3)."""
    for context in (
        Context("MC", "authenticated", "host", "supplied"),
        Context("AO", "anonymous", "none", "supplied"),
    ):
        message = response(ideal(context), context.service)
        content = message.content
        for path, printed in PRINTED_OTHERWISE.items():
            name = path.rpartition("/")[2].encode()
            assert content.count(b":" + name + b">") == 2
            content = content.replace(b":" + name + b">", b":" + printed.encode() + b">")
        result = tool.check(content, sidecar=messages.sidecar(context))
        assert not tool.found(result)
        assert {rule for rule, _ in tool.noted(result)} == {"unlisted"}
        assert tool.noted(result) == tool.noted(
            tool.check(message.content, sidecar=messages.sidecar(context))
        )


def test_no_other_spelling_is_accepted_and_a_near_one_is_called_so() -> None:
    """near-miss: unlisted, but like a listed name (letter case, one or two letters)."""
    context = Context("TC", "authenticated", "host", "supplied")
    for path in ROW:
        name = path.rpartition("/")[2]
        for other in {name.swapcase(), name.lower(), f"{name}s", f"{name[:-2]}{name[-1]}{name[-2]}"} - {name}:
            near = f"{path.rpartition('/')[0]}/{other}".lstrip("/")
            message = response(closed([near]), context.service)
            result = tool.check(message.content, sidecar=messages.sidecar(context))
            found = {finding.path for finding in result.findings if finding.rule == "near-miss"}
            assert near in found, near


def test_an_element_that_real_responses_carry_can_be_asked_for() -> None:
    assert len(set(UNLISTED)) == 45
    assert not set(UNLISTED) & set(ROW)
    for path in UNLISTED:
        matches = tool.answer("explain", path)["matches"]
        assert {(match["path"], match["expectation"], match["marker"]) for match in matches} == {
            (path, None, None)
        }


def test_an_element_that_real_responses_carry_is_like_none() -> None:
    context = Context("TC", "authenticated", "host", "supplied")
    carried = [path for path in UNLISTED if path.split("/")[0] != "attendeeOptions"]  # no row stands in it
    message = response(ideal(context) | closed(carried), "TC")
    result = tool.check(message.content, sidecar=messages.sidecar(context))
    assert tool.noted(result) == {("unlisted", path) for path in carried}
    assert not tool.found(result)


def test_each_row_is_explained_by_the_sentence_of_its_marker() -> None:
    for row in ROWS:
        for match in tool.answer("explain", row.path)["matches"]:
            if match["path"] == row.path:
                quoted = [reason["text"] for reason in match["because"]]
                assert SENTENCES[row.cell(match["context"]["service"])] in quoted
                others = {
                    text
                    for marker, text in SENTENCES.items()
                    if marker != row.cell(match["context"]["service"])
                }
                assert not others & set(quoted)


def test_a_service_is_called_by_its_title() -> None:
    for match in tool.answer("explain", "agenda")["matches"]:
        service = match["context"]["service"]
        cell = tool.MARKER_OF[match["marker"]]
        said = f"agenda is printed {cell} for {COLUMNS[service]} ({TITLES[service]})."
        assert match["because"][0]["text"] == said


def test_findings_are_of_this_rulebook() -> None:
    context = Context("MC", "anonymous", "none", "not-supplied")
    result = tool.check(response(frozenset(ROW), "MC").content, sidecar=messages.sidecar(context))
    rulebooks = Counter(finding.id.split(":")[0] for finding in result.findings)
    assert set(rulebooks) == {"getsessioninfo"}


def test_every_service_is_offered_in_printed_order() -> None:
    contexts = [match["context"]["service"] for match in tool.answer("explain", "sessionkey")["matches"]]
    assert contexts == list(SERVICES) == list(dict.fromkeys(context.service for context in CONTEXTS))
