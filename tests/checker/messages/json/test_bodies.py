"""Messages in JSON: what a body says of the call, and which of its texts are noted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.rulebooks import variant, varied
from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.base import Request
from whosees.checker.messages.json.reader import JsonBody, JsonReader
from whosees.rules import load_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded

__all__ = ["variant", "varied"]

RULEBOOK = load_rulebook("webex-rest-meeting")
READER = JsonReader(RULEBOOK, Limits())


def body(members: dict[str, object], reader: JsonReader = READER) -> JsonBody:
    (one,) = reader.bodies(json.dumps(members).encode())
    return one


def refused(one: JsonBody) -> tuple[Reason, str, bool]:
    with pytest.raises(UncheckedError) as caught:
        one.require_answer()
    return caught.value.reason, caught.value.detail, caught.value.foreign


def test_a_document_is_one_body_with_its_members() -> None:
    one = body({"id": "1", "agenda": None, "other": {"hostKey": 2}})
    assert (one.index, one.answered, one.is_empty) == (0, True, False)
    one.require_answer()
    assert [place.path for place in one.read().observation.unlisted] == ["id", "other", "other/hostKey"]


@pytest.mark.parametrize(
    ("members", "holds"),
    [
        ({"id": 1}, False),
        ({"id": 1, "agenda": None}, True),
        ({"telephony": {}}, False),
        ({"telephony": {"accessCode": 1}}, True),
        ({"accessCode": 1}, True),
        ({"in": {"Host-Key": 1}}, True),
        ({"in": {"other": 1}}, False),
    ],
)
def test_elements_that_the_table_lists_count_in_any_place(members: dict[str, object], *, holds: bool) -> None:
    assert body(members).is_empty != holds


FAILED = "the service answered with an error object: it holds "
REFUSED: dict[str, tuple[dict[str, object], Reason, str]] = {
    "an error": ({"errors": []}, Reason.FAILURE_RESPONSE, FAILED + "`errors`"),
    "an error in two members": (
        {"trackingId": 1, "errors": 2, "id": 3},
        Reason.FAILURE_RESPONSE,
        FAILED + "`errors` and `trackingId`",
    ),
    "an error that shows something": (
        {"errors": 1, "agenda": 2},
        Reason.FAILURE_RESPONSE,
        FAILED + "`errors`; it holds elements of the table too",
    ),
    "something else": (
        {"items": [{"id": 1}]},
        Reason.NOT_A_MESSAGE,
        "it has no `id`, so nothing says that it is a response of webex-rest-meeting",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_answer_says_why(case: str) -> None:
    members, reason, said = REFUSED[case]
    one = body(members)
    assert one.answered == (reason is not Reason.FAILURE_RESPONSE)
    assert refused(one) == (reason, said, False)


def test_any_one_of_the_members_that_a_rulebook_names_makes_a_response(varied: Loaded) -> None:
    rulebook = varied(('recognised_by = ["id"]', 'recognised_by = ["id", "key", "name"]'), of="skeleton")
    reader = JsonReader(rulebook, Limits())
    for name in ("id", "key", "name"):
        body({"other": 1, name: 2}, reader).require_answer()
    assert refused(body({"other": 1}, reader)) == (
        Reason.NOT_A_MESSAGE,
        "it has no `id`, `key` or `name`, so nothing says that it is a response of my-rulebook",
        False,
    )


def test_a_request_gives_the_members_that_are_evidence_if_they_hold_something(varied: Loaded) -> None:
    rulebook = varied(
        ('any_of = ["ownerKey"]', 'any_of = ["ownerKey", "ticket", "pass", "in/side"]'),
        of="skeleton",
        more='[evidence.session]\nrequest = "order"\nresponse = "id"\n',
    )
    reader = JsonReader(rulebook, Limits())
    asked = (
        b'{"ownerKey": " k ", "ticket": "", "pass": null, "order": 7, "secret": "x", "in": {"ownerKey": 1}}'
    )
    assert reader.requests(asked) == (Request(None, {"ownerKey": "k", "order": "7"}),)
    assert reader.requests(b"{}") == (Request(None, {}),)


def test_only_texts_that_are_evidence_are_kept() -> None:
    one = body({"id": "secret", "agenda": "secret", "telephony": {"accessCode": "secret"}})
    payload = one.read()
    assert [payload.text(path) for path in ("id", "agenda", "telephony/accessCode")] == [None] * 3


def test_evidence_of_every_kind_is_noted(varied: Loaded) -> None:
    match = '[[evidence.match]]\nfact = "role"\npart = "body"\nrequest = "owner"\nresponse = "ownerId"\nas = "owner"\n'
    session = '[evidence.session]\nrequest = "order"\nresponse = "id"\n'
    reader = JsonReader(varied(of="skeleton", more=match + session), Limits())
    payload = body(
        {"id": 7, "apiVersion": "1", "ownerId": " x ", "price": "secret", "owner": "y"}, reader
    ).read()
    paths = ("id", "apiVersion", "ownerId", "price", "owner")
    assert [payload.text(path) for path in paths] == ["7", "1", "x", None, None]
    assert reader.requests(b'{"owner": "y", "order": "z", "id": "secret", "ownerId": "secret"}') == (
        Request(None, {"owner": "y", "order": "z"}),
    )


def test_a_message_has_a_member_that_tells_it_or_cannot_be_read() -> None:
    assert READER.looks_like_message(b'{"\\u0069d": 1}')
    assert READER.looks_like_message(b'{"id": ')
    assert not READER.looks_like_message(b'{"other": {"id": 1}}')
    assert not READER.looks_like_message(b"")


def test_any_unit_of_a_list_tells_a_message() -> None:
    """A list of numbers is one that can be read, and shows none; the unit that shows one need not be the first."""
    reader = JsonReader(load_rulebook("github-repos"), Limits())
    assert reader.looks_like_message(b'[{"x": 1}, 3, {"full_name": "x"}]')
    assert not reader.looks_like_message(b'[1, 2.5, "full_name", true, [{"full_name": "x"}]]')
    assert not reader.looks_like_message(b"[]")
    assert reader.looks_like_message(b'{"full_name": "x"}')
