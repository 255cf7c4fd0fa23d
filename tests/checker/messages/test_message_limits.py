"""The limits on a message, each with a refusal of its own."""

from __future__ import annotations

import pytest

from support.judging import ALWAYS_MC, broken, check_one
from support.messages import body, message, response

MC = response("MC", ALWAYS_MC)
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}
BEYOND = {
    "elements outside of bodies": (
        message(body(""), header="<a/>" * 200_001),
        "more than 200,000 elements; --limit elements=N allows more",
    ),
    "elements in UTF-16": (
        message(body("<ep:a/>" * 200_001)).decode().encode("utf-16"),
        "more than 200,000 elements; --limit elements=N allows more",
    ),
    "levels": (
        message(body("<ep:a>" * 201 + "</ep:a>" * 201)),
        "more than 200 levels of elements; --limit depth=N allows more",
    ),
    "attributes": (
        message(body("\n<ep:a " + " ".join(f"a{n}=''" for n in range(101)) + "/>")),
        "at line 4: more than 100 attributes of an element; --limit attributes=N allows more",
    ),
    "namespaces": (
        message(body("<ep:a " + " ".join(f"xmlns:a{n}='u'" for n in range(101)) + "/>")),
        "at line 3: more than 100 attributes of an element; --limit attributes=N allows more",
    ),
    "a name": (
        message(body(f"<ep:{'a' * 1001}/>")),
        "at line 3: a name of more than 1,000 letters; --limit name=N allows more",
    ),
    "a name that no parser takes": (
        message(body(f"<ep:{'a' * 50_001}/>")),
        "beyond what is parsed, at line 3: nested too deeply, or a name or text too long",
    ),
    "a comment that no parser takes": (
        message(body(f"<!--{'a' * 10_000_001}-->")),
        "beyond what is parsed, at line 3: nested too deeply, or a name or text too long",
    ),
}


@pytest.mark.parametrize("case", BEYOND)
def test_each_bound_has_a_message_of_its_own(case: str) -> None:
    content, detail = BEYOND[case]
    result = check_one(content)
    assert (result.reason, result.detail) == ("too-large", detail)


def test_what_is_within_the_bounds_is_read() -> None:
    attributes = " ".join([f"a{n}='='" for n in range(99)] + ["xmlns:n='u'"])
    inside = f"<ep:{'a' * 1000} {attributes}/>" + "<ep:a>" * 198 + "</ep:a>" * 198
    commented = "<!--" + "<a>" * 1000 + "-->" + "<ep:a b='='/>" * 1000
    within = MC.replace(b"<ep:status>", f"{inside}{commented}<ep:status>".encode())
    assert broken(check_one(within, facts=ANONYMOUS)) == []


def test_what_is_said_of_a_message_has_nothing_to_do_with_those_before() -> None:
    check_one(message(body(f"<ep:{'a' * 50_001}/>")))
    assert "it ends before its elements do" in (check_one(b"<a>").detail or "")
