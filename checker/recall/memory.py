"""Memory of verdicts: what a response is judged to be rests on its structure, and on the few texts that are evidence.

A response of known structure is not parsed again. Its verdict is recalled where one like it was judged with the same
evidence, or else reached by judging the sketch that `grammar` makes of it. Where that is not certain to be what parsing
it would come to, nothing is given, and the response takes the full way. No text of an element is kept, save for what the
rulebook itself names.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ...engine.context import ResolvedContext
from ...engine.expectation import Evaluator
from ...engine.judge import Judge, Policy, judge_for
from ...engine.result import ResponseResult, outcome_of
from ...rules.model import ResponseEvidence
from ..core.limits import Limits
from ..recordings import extract_request_body
from .drawing import Drawing
from .grammar import Grammar
from .requests import Requests, RequestShape
from .shelf import Shelf
from .skeleton import Split, split

LARGEST = 128 * 1024
"""Bytes of a document that is looked at here: a longer one takes the full way, and nothing nears a parser's limits."""

VERDICTS = 64
"""Verdicts that are remembered of a shape: one for each combination of evidence, request and sidecar."""

SETTLED = 4096
"""Combinations of evidence, request and sidecar of which it is remembered what they come to."""

_LARGEST_SIDECAR = 4096
_FEW, _MANY = 256, 2048

_Key = tuple[object, ...]


class Companions(NamedTuple):
    """What belongs to a response: the content of its request and of its sidecar, None where there is none.

    ``stated_by`` is what the sidecar is called for people.
    """

    request: bytes | None = None
    sidecar: bytes | None = None
    sidecar_name: str = ""


ALONE = Companions()


class _Shape(msgspec.Struct, eq=False):
    """What is known of a skeleton: what following it gave, and the verdicts that were reached."""

    drawing: Drawing
    verdicts: dict[_Key, ResponseResult]

    def keep(self, key: _Key, result: ResponseResult) -> None:
        """Remember a verdict."""
        if len(self.verdicts) >= VERDICTS:
            self.verdicts.clear()
        self.verdicts[key] = result


class _Known(msgspec.Struct, frozen=True, eq=False):
    """What is known of calls with the same evidence: what it comes to, and who judges it."""

    resolved: ResolvedContext
    judge: Judge
    undetermined: tuple[str, ...]
    depends_on: tuple[str, ...]


class _Repeats:
    """Keeps an eye on how often shapes come again."""

    def __init__(self) -> None:
        self._asked = 0
        self._again = 0
        self._passed = 0

    def likely(self) -> bool:
        """Whether the next is likely enough to be known; now and then it is said so all the same, to find out."""
        if self._asked <= _FEW or self._again * 4 >= self._asked:
            return True
        self._passed = (self._passed + 1) % 8
        return self._passed == 0

    def met(self, *, again: bool) -> None:
        """Take note of whether one was known; what was long ago counts less."""
        self._asked += 1
        self._again += again
        if self._asked > _MANY:
            self._asked //= 2
            self._again //= 2


class Memory:
    """Remembers, for one rulebook, one policy and one set of claims; its size is bounded."""

    def __init__(self, evaluator: Evaluator, policy: Policy, limits: Limits) -> None:
        self._evaluator = evaluator
        self._policy = policy
        document = evaluator.rulebook.document
        # Every element takes four bytes at least: so a document that is looked at cannot have too many.
        self._largest = min(LARGEST, limits.size, 4 * limits.elements)
        self._tellers = tuple((entry.path, _Teller(entry)) for entry in document.evidence.response)
        variables = document.variables
        self._variables = tuple(name.name.encode() for name in variables.names) if variables else ()
        # A byte that every variable has: most documents can be seen to hold none by it alone.
        common = set.intersection(*map(set, self._variables)) if self._variables else set()
        self._sign = bytes(sorted(common)[:1])
        self._grammar = Grammar(evaluator.rulebook, limits)
        self._requests = Requests(evaluator.rulebook, limits, self._largest)
        self._shelf: Shelf[_Shape] = Shelf()
        self._known: dict[_Key, _Known] = {}
        self._repeats = _Repeats()

    def look(self, response: bytes) -> Split | None:
        """Look at a response; None where one of its texts may hold a variable, or be no mere text."""
        if len(response) > self._largest:
            return None
        if self._sign in response and any(name in response for name in self._variables):
            return None
        return split(response)

    def recall(self, document: Split, companions: Companions, source: str) -> ResponseResult | None:
        """Give the verdict on a response with this company, if it is certain."""
        # Where hardly a shape comes again, the shelf is asked last: judging a sketch costs little more.
        if not self._repeats.likely():
            return self._judged_anew(document, companions, source)
        shape = self._held(document)
        key = None if shape is None else self._key(document, shape.drawing, companions)
        if shape is None or key is None:
            return None
        known = shape.verdicts.get(key)
        if known is not None:
            return known.of(source)
        judged = self._judged(shape.drawing, key, source)
        if judged is not None:
            shape.keep(key, judged)
        return judged

    def _judged_anew(self, document: Split, companions: Companions, source: str) -> ResponseResult | None:
        """Judge a document by its sketch; what is held of its shape is asked where that is not enough."""
        drawing = self._grammar.follow(document.pieces)
        key = None if drawing is None else self._key(document, drawing, companions)
        if drawing is None or key is None:
            return None
        judged = self._judged(drawing, key, source)
        if judged is not None:
            return judged
        held, _ = self._shelf.get(document.skeleton())
        known = held.verdicts.get(key) if held is not None else None
        return None if known is None else known.of(source)

    def learn(
        self,
        document: Split,
        companions: Companions,
        result: ResponseResult,
        resolved: ResolvedContext | None,
    ) -> None:
        """Learn from a response that was judged the full way, as the only one of its message.

        ``settled`` is what is known of its call where nothing was found about the call itself, else None.
        """
        shape = self._held(document)
        if shape is None:
            self._grammar.learn(document)
            shape = self._sketched(document)
            if shape is None:
                return
        key = self._key(document, shape.drawing, companions)
        if key is None:
            return
        if resolved is not None and key not in self._known:
            if len(self._known) >= SETTLED:
                self._known.clear()
            evaluator, context = self._evaluator, resolved.context
            judge = judge_for(evaluator, context, self._policy)
            self._known[key] = _Known(
                resolved, judge, evaluator.undecided_rows(context), evaluator.all_undecided_facts(context)
            )
        shape.keep(key, result)
        self._shelf.put(document.skeleton(), shape)

    def _held(self, document: Split) -> _Shape | None:
        """Give the shape of a document, from the shelf or else by following it; it is held if it should be."""
        skeleton = document.skeleton()
        shape, again = self._shelf.get(skeleton)
        self._repeats.met(again=shape is not None)
        if shape is None:
            shape = self._sketched(document)
            if shape is not None and again:
                self._shelf.put(skeleton, shape)
        return shape

    def _sketched(self, document: Split) -> _Shape | None:
        drawing = self._grammar.follow(document.pieces)
        return None if drawing is None else _Shape(drawing, {})

    def _judged(self, drawing: Drawing, key: _Key, source: str) -> ResponseResult | None:
        """Judge a sketch, where it is known what its evidence comes to."""
        known = self._known.get(key)
        findings = known.judge.judge_sketch(drawing.sketch) if known is not None else None
        if known is None or findings is None:
            return None
        return ResponseResult(
            source=source,
            index=0,
            outcome=outcome_of(findings),
            resolved=known.resolved,
            findings=findings,
            undetermined=known.undetermined,
            depends_on=known.depends_on,
        )

    def _key(self, document: Split, drawing: Drawing, companions: Companions) -> _Key | None:
        """Give all that a verdict rests on beside the structure; None where it rests on what is not recognised."""
        texts, told, (status, only_ascii) = document.texts, drawing.told, drawing.envelope
        if only_ascii and not document.ascii:
            return None
        for number in status:
            text = texts[number]
            if not text.isascii() or text.strip().upper() == b"FAILURE":
                return None
        said: list[bytes | bool | str] = []
        for path, teller in self._tellers:
            place = told.get(path)
            if place is None:
                said.append(_ABSENT)
                continue
            reading = teller.reads(texts[place] if place >= 0 else b"")
            if reading is None:
                return None
            said.append(reading)
        if companions is ALONE:
            return tuple(said)
        return self._key_of(tuple(said), document, drawing, companions)

    def _key_of(self, said: _Key, document: Split, drawing: Drawing, companions: Companions) -> _Key | None:
        sidecar = companions.sidecar
        if sidecar is not None and len(sidecar) > _LARGEST_SIDECAR:
            return None
        stated = (sidecar, companions.sidecar_name if sidecar is not None else "")
        if not companions.request:
            return said, *stated
        request = self._requests.recognise(extract_request_body(companions.request))
        if request is None:
            return None
        return said, *stated, request[1], _matches(document, drawing, *request)


def _matches(
    document: Split, drawing: Drawing, request: Split, asked: RequestShape
) -> tuple[bool | None, ...]:
    """Say for each pair of elements that evidence compares if they hold the same, None where one is not there."""
    told = drawing.told
    return tuple(
        [
            None
            if here is None or (there := told.get(path, -1)) < 0
            else _same(request.texts[here], document.texts[there], ignore_case=ignore_case)
            for here, path, ignore_case in asked.matched
        ]
    )


_ABSENT = "absent"


class _Teller:
    """Reads what an element that is evidence tells, as far as the rulebook knows it."""

    def __init__(self, entry: ResponseEvidence) -> None:
        self._is_value = entry.as_ is not None
        self._known = frozenset(
            text.casefold().encode() for text in (entry.equals if self._is_value else entry.names)
        )

    def reads(self, text: bytes) -> bytes | bool | None:
        """Give the known name that a text is, or whether it is one of the values; None where that is not certain."""
        folded = text.strip().lower()
        if folded in self._known:
            return True if self._is_value else folded
        return False if self._is_value and folded.isascii() else None


def _same(one: bytes, other: bytes, *, ignore_case: bool) -> bool:
    if one == other:
        return True
    first, second = one.decode().strip(), other.decode().strip()
    return first.casefold() == second.casefold() if ignore_case else first == second
