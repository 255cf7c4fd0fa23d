"""Rows in XML, as in JSON: masks count as withheld, rows can depend on the text of another element, and names can be free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from support.messages import body, message
from support.rulebooks import Variant
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.claims import Claim, Precedence
from whosees.engine.result import ResponseResult

MASKS = ("[wire]\nnamespace", '[wire]\nmasks = ["***", "x&y"]\nnamespace')
MASKED = ("host/email,✓,✓,✓,✓,✓", "host/email,m,✓,✓,✓,✓")
_MASK = '[[markers]]\nid = "m"\nprinted = "m"\nstatement = "always"\nmeaning = "masked"\ngranted = "masked"'
MARKER = ('[[markers]]\nid = "never"', f'{_MASK}\n\n[[markers]]\nid = "never"')


def rules_found(folder: Path, path: str, contents: Sequence[str], service: str = "MC") -> list[list[str]]:
    """Return for each response what is said of a row; one checker judges them in turn, and then again from its caches."""
    facts = {"service": service, "caller": "authenticated", "role": "host", "password": "supplied"}
    claims = tuple(Claim(fact, value, "test", Precedence.FLAG) for fact, value in facts.items())
    checker = Checker(Settings(rules=str(folder), claims=claims))
    rounds = []
    for _ in range(3):
        results = [
            result
            for content in contents
            for result in checker.check(Recording("r", message(body(content))))
            if isinstance(result, ResponseResult) and result.reason is None
        ]
        rounds.append([[each.rule for each in one.findings if each.path == path] for one in results])
    assert len(rounds[0]) == len(contents)
    assert rounds[0] == rounds[1] == rounds[2]
    return rounds[0]


def email(text: str) -> str:
    return f"<ep:host><ep:email>{text}</ep:email></ep:host>"


EMAILS = {
    email("***"): [],
    email("a@b.invalid"): ["unmasked"],
    email("x&amp;y"): [],
    email(" ***"): ["unmasked"],
    email("<![CDATA[***]]>"): [],
    email("*<!-- -->**"): [],
    email(""): ["unmasked"],
    email("***<ep:whole>a@b.invalid</ep:whole>"): ["unmasked"],
    "<ep:host/>": ["missing"],
    email("***<ep:whole/>") + email("***"): ["unmasked"],
    email("***") + email("***"): [],
    email("***") + email("a@b.invalid"): ["unmasked"],
    "<ep:host><ep:email>a@b.invalid</ep:email><ep:email>***</ep:email></ep:host>": ["unmasked"],
}


def test_a_row_that_has_to_be_masked_is(variant: Variant) -> None:
    folder = variant(MASKS, MASKED, MARKER)
    assert dict(zip(EMAILS, rules_found(folder, "host/email", list(EMAILS)), strict=True)) == EMAILS


def test_an_element_in_one_of_several_leaves_the_others_masked(variant: Variant) -> None:
    """An element that contains another is not masked; each is looked at by itself."""
    shown, masked = "<ep:host><ep:email>***<ep:whole/></ep:email></ep:host>", email("***")
    contents = [shown + masked, masked + shown, masked + masked]
    folder = variant(MASKS, ("host/email,✓,✓,✓,✓,✓", "host/email,✓,✓,✓,✓,✓"))
    assert rules_found(folder, "host/email", contents) == [["missing"]] * 3


CONTAINERS = {
    "<ep:host>***</ep:host>": ["missing host"],
    "<ep:host> *** </ep:host>": ["missing host/email"],
    "<ep:host>***<ep:email>a</ep:email></ep:host>": [],
    "<ep:host>***<ep:other/></ep:host>": ["missing host/email"],
    "<ep:host>***</ep:host><ep:host><ep:email>a</ep:email></ep:host>": [],
    "<ep:host><ep:email/></ep:host><ep:host>***</ep:host><ep:host/>": ["missing host/email"],
}


def test_a_masked_container_counts_as_absent_and_lacks_nothing(variant: Variant) -> None:
    folder = variant(MASKS)
    paths = ("host", "host/email")
    found = [rules_found(folder, path, list(CONTAINERS)) for path in paths]
    brief = [
        [f"{rule} {path}" for path, rules in zip(paths, each, strict=True) for rule in rules]
        for each in zip(*found, strict=True)
    ]
    # What falls with a container is not counted here.
    brief = [
        [each for each in one if "missing host" not in one or each != "missing host/email"] for one in brief
    ]
    assert dict(zip(CONTAINERS, brief, strict=True)) == CONTAINERS
    leaked = "<ep:presenter>***</ep:presenter>"
    assert rules_found(folder, "presenter", [leaked, leaked.replace("***", "x")]) == [[], ["leaked"]]


def test_a_masked_element_is_on_no_line_of_a_leak(variant: Variant) -> None:
    content = message(body("\n".join(f"<ep:presenter>{text}</ep:presenter>" for text in ("***", "x", "***"))))
    claims = (Claim("service", "MC", "test", Precedence.FLAG),)
    (result,) = Checker(Settings(rules=str(variant(MASKS)), claims=claims)).check(Recording("r", content))
    assert isinstance(result, ResponseResult)
    (leak,) = [each for each in result.findings if each.rule == "leaked"]
    assert [content.splitlines()[line - 1] for line in leak.lines] == [b"<ep:presenter>x</ep:presenter>"]


FREE = {
    "<ep:host><ep:anything/></ep:host>": ["leaked"],
    "<ep:host><ep:email>a</ep:email></ep:host>": [],
    "<ep:host><ep:email>a</ep:email><ep:some><ep:deep/></ep:some><ep:more>x</ep:more></ep:host>": ["leaked"],
    '<ep:host><anything xmlns="urn:other"/></ep:host>': ["near-miss"],
    "<ep:schedule><ep:anything/></ep:schedule>": [],
}


def test_a_star_in_a_path_stands_for_any_one_name(variant: Variant) -> None:
    """A row with the name itself takes precedence over one with `*`."""
    row = "alternateHost,host/alternateHost,"
    folder = variant((row, f"any,host/*,X,X,X,X,X,\n{row}"))
    assert dict(zip(FREE, rules_found(folder, "host/*", list(FREE)), strict=True)) == FREE


MEMBERS = {
    "<ep:schedule/>": [],
    "<ep:schedule><ep:one><ep:in/></ep:one><ep:two><ep:in/></ep:two></ep:schedule>": [],
    "<ep:schedule><ep:one><ep:in/></ep:one><ep:two/></ep:schedule>": ["missing"],
    '<ep:schedule><one xmlns="urn:other"/></ep:schedule>': [],
}


def test_each_element_with_a_free_name_lacks_what_must_be_in_it(variant: Variant) -> None:
    row = "alternateHost,host/alternateHost,"
    folder = variant((row, f"in,schedule/*/in,✓,✓,✓,✓,✓,\n{row}"))
    assert dict(zip(MEMBERS, rules_found(folder, "schedule/*/in", list(MEMBERS)), strict=True)) == MEMBERS


READ = {
    "<ep:schedule><ep:one><ep:in>yes</ep:in></ep:one></ep:schedule>": ([], ["missing"]),
    "<ep:schedule><ep:one><ep:in>no</ep:in></ep:one></ep:schedule>": ([], []),
    "<ep:schedule><ep:one/><ep:two><ep:in>yes</ep:in></ep:two></ep:schedule>": (["missing"], []),
    "<ep:schedule><ep:one><ep:in>***</ep:in></ep:one></ep:schedule>": (["missing"], []),
}


def test_an_element_whose_text_is_read_by_its_name_is_one_with_a_free_name_all_the_same(
    variant: Variant,
) -> None:
    row = "alternateHost,host/alternateHost,"
    condition = '[rows."isLocked"]\nwhen = { "schedule/one/in" = ["yes"] }'
    folder = variant(MASKS, (row, f"in,schedule/*/in,✓,✓,✓,✓,✓,\n{row}"), more=condition)
    members, locked = (rules_found(folder, path, list(READ)) for path in ("schedule/*/in", "isLocked"))
    assert dict(zip(READ, zip(members, locked, strict=True), strict=True)) == READ


@pytest.mark.parametrize(("path", "rule"), [("programName", "leaked"), ("isLocked", "missing")])
def test_a_masked_value_counts_as_absent(variant: Variant, path: str, rule: str) -> None:
    """So it is no leak, and it is not there where it has to be."""
    texts = [f"<ep:{path}>{text}</ep:{path}>" for text in ("***", "true", "***")]
    masked, shown = ([], ["leaked"]) if rule == "leaked" else (["missing"], [])
    assert rules_found(variant(MASKS), path, texts) == [masked, shown, masked]


def test_masks_of_a_row_take_the_place_of_all_others(variant: Variant) -> None:
    folder = variant(MASKS, more='[rows."programName"]\nmasks = ["-"]')
    texts = [f"<ep:programName>{text}</ep:programName>" for text in ("***", "-")]
    assert rules_found(folder, "programName", texts) == [["leaked"], []]


def test_a_row_is_expected_only_if_its_condition_fits(variant: Variant) -> None:
    folder = variant(more='[rows."isLocked"]\nwhen = { "status" = ["INPROGRESS"] }')
    locked = "<ep:isLocked>true</ep:isLocked>"
    states = ["<ep:status>INPROGRESS</ep:status>", "<ep:status>OVER</ep:status>", ""]
    assert rules_found(folder, "isLocked", states) == [["missing"], [], []]
    assert rules_found(folder, "isLocked", [state + locked for state in states]) == [[], [], []]


def test_a_condition_is_looked_up_in_the_same_occurrence_of_the_container(variant: Variant) -> None:
    folder = variant(more='[rows."material/document/size"]\nwhen = { "material/document/name" = ["big"] }')
    size = "<ep:size>1</ep:size>"

    def documents(*inside: tuple[str, str]) -> str:
        each = (f"<ep:document><ep:name>{name}</ep:name>{more}</ep:document>" for name, more in inside)
        return f"<ep:material>{''.join(each)}</ep:material>"

    contents = [
        documents(("small", ""), ("big", size)),
        documents(("small", size), ("big", "")),
        documents(("small", "")),
    ]
    assert rules_found(folder, "material/document/size", contents, "TC") == [[], ["omitted"], []]


LABEL = "telephony/labels/participantLimitedAccessLabel"
WITH, WITHOUT = (
    "<ep:participantLimitedAccessLabel>x</ep:participantLimitedAccessLabel>",
    "<ep:tollCallInLabel/>",
)
MASKED_ONE = WITH.replace("x", "***")


def telephony(*labels: str) -> str:
    """Return a `telephony` with these `labels`, an element in no row, as `emails` may be in JSON."""
    return f"<ep:telephony>{''.join(f'<ep:labels>{each}</ep:labels>' for each in labels)}</ep:telephony>"


LABELS = {
    telephony(WITH): [],
    telephony(WITH, WITH): [],
    telephony(WITH, WITHOUT): ["omitted"],
    telephony(WITHOUT, WITH): ["omitted"],
    telephony(WITH, ""): ["omitted"],
    telephony(WITH) + "<ep:telephony/>": ["omitted"],
    telephony(WITH) + telephony(WITH, WITHOUT, WITH): ["omitted"],
    telephony(WITH).replace("</ep:telephony>", "<ep:labels/></ep:telephony>"): ["omitted"],
    telephony(WITH).replace("</ep:telephony>", '<labels xmlns="urn:other"/></ep:telephony>'): [],
    telephony(f"<ep:deeper>{WITH}</ep:deeper>", WITH): ["omitted"],
}


def test_an_element_in_no_row_lacks_in_each_occurrence_what_must_be_in_it(variant: Variant) -> None:
    """docs/reference/findings.md: "A container that occurs more than once is judged in each occurrence", in a row or not."""
    assert dict(zip(LABELS, rules_found(variant(), LABEL, list(LABELS), "AO"), strict=True)) == LABELS


def test_masks_and_conditions_count_in_the_same_occurrence_of_an_element_in_no_row(variant: Variant) -> None:
    contents = [telephony(WITH, MASKED_ONE), telephony(MASKED_ONE, WITH), telephony(WITH, MASKED_ONE + WITH)]
    assert rules_found(variant(MASKS), LABEL, contents, "AO") == [["omitted"], ["omitted"], []]
    demanded = variant(
        MASKS,
        ("participantLimitedAccessLabel,X,X,X,X,PW", "participantLimitedAccessLabel,X,X,X,X,m"),
        MARKER,
        name="m",
    )
    contents = [telephony(MASKED_ONE), telephony(MASKED_ONE, WITHOUT), telephony(MASKED_ONE, WITH)]
    assert rules_found(demanded, LABEL, contents, "AO") == [[], ["missing"], ["unmasked"]]
    more = f'[rows."{LABEL}"]\nwhen = {{ "telephony/labels/kind" = ["limited"] }}'
    conditional = variant(name="when", more=more)
    kind, other = "<ep:kind>limited</ep:kind>", "<ep:kind>open</ep:kind>"
    contents = [
        telephony(kind + WITH, other),
        telephony(other + WITH, kind),
        telephony(kind, other + WITH),
        telephony(other, other),
        telephony(other) + telephony(kind + WITH, kind),
    ]
    expected = [[], ["omitted"], ["omitted"], [], ["omitted"]]
    assert rules_found(conditional, LABEL, contents, "AO") == expected


DEEP = (
    "alternateHost,host/alternateHost,",
    "deep,host/one/two/deep,✓,✓,✓,✓,✓,\nalternateHost,host/alternateHost,",
)


def test_what_some_elements_in_no_row_lack_is_on_the_line_of_each(variant: Variant) -> None:
    """The line is that of the deepest element that is there, on the way from the one that lacks it."""
    lines = (
        *("<ep:host>", "<ep:one>", "<ep:two><ep:deep/></ep:two>", "<ep:two/>", "</ep:one>", "<ep:one/>"),
        *("<ep:one>", "<ep:two><ep:deep/></ep:two>", "</ep:one>", "</ep:host>", "<ep:host>", "</ep:host>"),
    )
    content = message(body("\n".join(["", *lines])))
    claims = (Claim("service", "MC", "test", Precedence.FLAG),)
    checker = Checker(Settings(rules=str(variant(DEEP)), claims=claims))
    for _ in range(3):
        (result,) = checker.check(Recording("r", content))
        assert isinstance(result, ResponseResult)
        (finding,) = [each for each in result.findings if each.path == "host/one/two/deep"]
        shown = [content.splitlines()[line - 1].decode() for line in finding.lines]
        assert (finding.rule, shown) == ("missing", ["<ep:two/>", "<ep:one/>", "<ep:host>"])
        assert len(set(finding.lines)) == 3
