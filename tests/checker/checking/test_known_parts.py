"""What was learnt from some documents is used on others, which nobody has parsed: they are judged alike both ways."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.judging import RULEBOOK
from support.messages import SERVICE_TYPES, body, elements, message, response
from support.two_ways import MC, SHOWN, TwoWays, recalls
from whosees.engine.judge import Policy

MANY = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BOTH = TwoWays()
STRICT = TwoWays(Policy(strict=True, unlisted=None, empty_is_absent=True))

for _service, _shown in SHOWN.items():
    for _both in (BOTH, STRICT):
        _both.agree(response(_service, _shown))

UNLISTED = [
    "<ep:isCreator>x</ep:isCreator>",
    "<ep:hostKey/>",
    "<ep:isCreator></ep:isCreator>",
    "<ep:statu>x</ep:statu>",
    "<ep:made><ep:up>x</ep:up><ep:down/>\n</ep:made>",
    "<ep:made>\n<ep:up><ep:status>x</ep:status></ep:up></ep:made>",
    "<other>x</other>",
    '<o:status xmlns:o="urn:o">x</o:status>',
    '<o:made xmlns:o="urn:o"><ep:status>x</ep:status></o:made>',
    "<serv:status>x</serv:status>",
    "<ep:telephony><ep:labels><ep:tollFreeCallInLabel>x</ep:tollFreeCallInLabel></ep:labels></ep:telephony>",
    "<ep:telephony><ep:labels><ep:participantLimitedAccessLabel/>x</ep:labels></ep:telephony>",
    "<ep:telephony>\n<ep:labels>\n<ep:participantLimitedAccessLabel/></ep:labels></ep:telephony>",
    "<ep:agenda><ep:up>x</ep:up></ep:agenda>",
    '<ep:agenda xml:id="a">x</ep:agenda>',
    '<ep:agenda a="1"\n b="2">x</ep:agenda>',
    "<ep:agenda>x</ep:agenda >",
    "<ep:agenda>&amp;</ep:agenda>",
    "<ep:agenda> </ep:agenda>",
]


@st.composite
def assembled(draw: st.DrawFn) -> bytes:
    """A response of known parts, some of them left out, doubled, in another order, or nested in each other."""
    service = draw(st.sampled_from(sorted(SHOWN)))
    shown = SHOWN[service] if draw(st.booleans()) else [row.path for row in RULEBOOK.rows]
    lost = draw(st.sets(st.sampled_from(shown), max_size=6))
    parts = [
        elements([path for path in shown if path.partition("/")[0] == top and path not in lost])
        for top in dict.fromkeys(path.partition("/")[0] for path in shown)
        if top not in lost
    ]
    parts += draw(st.lists(st.sampled_from(UNLISTED), max_size=3))
    parts += draw(st.lists(st.sampled_from(parts), max_size=2))
    if draw(st.booleans()):
        parts = draw(st.permutations(parts))
    ends = draw(st.sampled_from(["\n", "", "\n\n", "\r\n", "\n  "]))
    told = f"<ep:metaData><ep:serviceType>{SERVICE_TYPES[service]}</ep:serviceType></ep:metaData>"
    inside = ends.join([told, *(part.strip().replace("\n", ends) for part in parts)])
    made = message(body(inside))
    return (
        made
        if draw(st.integers(0, 9))
        else made.replace(b"</ep:", draw(st.sampled_from([b"<ep:", b"</serv:"])), 1)
    )


@given(content=assembled())
@MANY
def test_a_response_of_known_parts_is_judged_alike_both_ways(content: bytes) -> None:
    BOTH.agree(content)
    STRICT.agree(content)


def test_a_response_that_nobody_parsed_is_judged_where_its_parts_are_known() -> None:
    """It is not the skeleton alone that is recognised: other elements, and another order, are judged as well."""
    tops = list(dict.fromkeys(path.partition("/")[0] for path in SHOWN["MC"]))
    told = response("MC", ["metaData/serviceType"])

    def with_parts(names: list[str]) -> bytes:
        inside = "".join(elements([p for p in SHOWN["MC"] if p.partition("/")[0] == name]) for name in names)
        return told.replace(b"</serv:bodyContent>", inside.encode() + b"</serv:bodyContent>")

    known = [with_parts([one, other, one]) for one in tops for other in tops]
    new = [with_parts(tops), with_parts(tops[::-1]), with_parts(tops[3:] + tops[:2])]
    assert recalls(known + new) - recalls(known) == len(new)
    both = TwoWays()
    for content in known + new:
        both.agree(content)


@pytest.mark.parametrize(
    "unsound",
    [
        MC.replace(b"</ep:schedule>", b"</ep:host>", 1),
        MC.replace(b"</ep:schedule>", b"", 1),
        MC.replace(b"<ep:schedule>", b"<ep:schedule><ep:schedule>", 1),
        MC.replace(b'xmlns:ep="', b'xmlns:ex="', 1),
        MC.replace(b"</serv:message>", b"</serv:message><serv:message/>"),
        MC.replace(b"</serv:message>", b""),
        MC.replace(b"<ep:schedule>", b'<ep:schedule a="1" a="2">', 1),
    ],
)
def test_a_document_of_known_parts_that_is_not_sound_is_refused(unsound: bytes) -> None:
    (result,) = BOTH.agree(unsound)
    assert getattr(result, "reason", None) == "not-xml"
