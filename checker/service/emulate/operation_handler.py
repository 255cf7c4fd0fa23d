"""Handling of the calls of a JSON rulebook's operation: it answers with the rows that the rulebook shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from itertools import islice, product
from urllib.parse import urlsplit

from ....engine.context import Context, ContextError, context_of
from ....engine.expectation import Evaluator
from ....engine.finding import context_id
from ....rules.http import most_specific
from ....rules.model import UNKNOWN, Rulebook
from ...checking.context_header import context_sidecar
from ...checking.evidence import claims_of
from ...checking.http_call import HttpCall, Operation, open_call
from ...checking.sidecar import NO_SIDECAR, Sidecar, SidecarError, read_sidecar
from ...core.context_header import CONTEXT_HEADER
from ...core.errors import UncheckedError
from ...messages.base import Request
from ...messages.json.reader import JsonReader
from ...recordings import Headers, HttpFacts, UnreadableContent
from .faults import Fault, FaultKind, Faults, faults_in_case
from .http import LIMITS, Handler, HttpRequest, Response, deliver, text_response
from .json_response import failure_object, in_units, unit_objects
from .stated_texts import NEUTRAL, statable_values, stated_headers

MAX_UNITS = 100
"""The most items of a list."""

_JSON = "application/json"


class UnknownContextError(ValueError):
    """The context of a call cannot be known; the text says why."""


class OperationHandler:
    """Handles the calls of one rulebook's operation, with the given faults.

    ``facts`` hold for calls that say nothing else: what the request proves counts first, then the header X-Whosees-Context.
    """

    def __init__(
        self, rulebook: Rulebook, facts: Mapping[str, str] | None = None, faults: tuple[Fault, ...] = ()
    ) -> None:
        self._rulebook = rulebook
        self._evaluator = Evaluator(rulebook)
        self._reader = JsonReader(rulebook, LIMITS)
        self._facts = dict(facts or {})
        self._faults = faults
        self._most_units = MAX_UNITS if rulebook.document.wire.unit else 1

    @property
    def addresses(self) -> tuple[str, ...]:
        """The operation's path templates, or the root if any path will do."""
        request = self._rulebook.document.wire.request
        return request.paths if request and request.paths else ("/",)

    def refusal(self, method: str, path: str) -> Response | None:
        """Return the response to a call of another operation, None for one of this."""
        if open_call(self._rulebook, HttpFacts(method, path)).operation is not Operation.OTHER:
            return None
        request = self._rulebook.document.wire.request
        methods = request.methods if request else ()
        if any(
            open_call(self._rulebook, HttpFacts(each, path)).operation is Operation.THIS for each in methods
        ):
            return text_response(405, f"this is called with {' or '.join(methods)}", allow=", ".join(methods))
        return text_response(
            404, f"there is nothing here; {self._rulebook.id} is at {', '.join(self.addresses)}"
        )

    def respond(self, request: HttpRequest) -> Response:
        """Return the response to a call."""
        try:
            call, sent, context, must_fail = self._parse(request)
        except (UnknownContextError, UncheckedError, ContextError) as error:
            return text_response(400, f"refused: {error}")
        case = context_id(self._rulebook, context)
        faults = faults_in_case(self._faults, case)
        status = faults.argument(FaultKind.STATUS)
        if must_fail or status is not None:
            code = int(status) if status is not None else self._refusing_status()
            body = failure_object(self._rulebook, "refused, as asked for")
            return deliver(Response(code, _JSON, body, case), faults)
        given = self._given_texts(call, sent)
        units = (
            unit
            for each in self._contexts(context)
            for unit in unit_objects(
                self._evaluator, each, self._in_unit(each), _texts(self._rulebook, each, given)
            )
        )
        headers = stated_headers(self._rulebook, context)
        response = Response(
            200, _JSON, in_units(self._rulebook, list(islice(units, self._most_units))), case, headers=headers
        )
        return deliver(response, faults)

    def _in_unit(self, context: Context) -> Faults:
        return faults_in_case(self._faults, context_id(self._rulebook, context))

    def _parse(self, request: HttpRequest) -> tuple[HttpCall, Request | None, Context, bool]:
        """Return a call with what its body says, its context, and whether it has to fail."""
        facts = HttpFacts(request.method, request.url, request_headers=Headers.of(request.headers))
        call = open_call(self._rulebook, facts)
        sent = None
        if request.body and self._reader.reads_requests:
            sent = self._reader.requests(request.body)[0]
        stated = self._sidecar(request)
        values = {**self._facts, **{claim.fact: claim.value for claim in stated.claims}}
        provable = self._provable(call, sent)
        for claim in claims_of(self._rulebook, sent, None, call).claims:
            if (claim.fact, values.get(claim.fact)) not in provable:
                values[claim.fact] = claim.value
        column = self._rulebook.column_fact
        if values.get(column, UNKNOWN) == UNKNOWN and not statable_values(self._rulebook, column):
            raise UnknownContextError(
                f"nothing says which {self._rulebook.fact(column).label} it is; send the header"
                f" `{CONTEXT_HEADER}: {column}=VALUE`, or start with `--fact {column}=VALUE`"
            )
        return call, sent, context_of(self._rulebook, values), stated.expects_failure

    def _sidecar(self, request: HttpRequest) -> Sidecar:
        """Return what the header of a request states; raises UnknownContextError if it cannot be used."""
        content = context_sidecar(request.headers, self._rulebook.fact_ids)
        if isinstance(content, UnreadableContent):
            raise UnknownContextError(content.detail)
        try:
            return NO_SIDECAR if content is None else read_sidecar(self._rulebook, content)
        except SidecarError as error:
            raise UnknownContextError(f"the request header {CONTEXT_HEADER}: {error}") from None

    def _contexts(self, context: Context) -> Iterator[Context]:
        """Yield the contexts that units can have: one for each combination of the values that items can state."""
        stated = {entry.fact for entry in self._rulebook.document.evidence.response}
        choices = {
            fact: statable_values(self._rulebook, fact)
            for fact, value in context.items()
            if value == UNKNOWN and fact in stated
        }
        return self._complete(context, {fact: values for fact, values in choices.items() if values})

    def _complete(self, context: Context, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Context]:
        for values in product(*choices.values()):
            facts = {**context.known_facts(), **dict(zip(choices, values, strict=True))}
            try:
                yield context_of(self._rulebook, facts)
            except ContextError:
                continue

    def _provable(self, call: HttpCall, sent: Request | None) -> set[tuple[str, str]]:
        """Return the facts that the response proves by repeating a text of the request, which counts before all else."""
        given = self._given_texts(call, sent)
        return {
            (entry.fact, entry.as_)
            for entry in self._rulebook.document.evidence.match
            if (entry.part, entry.request) in given
        }

    def _given_texts(self, call: HttpCall, sent: Request | None) -> dict[tuple[str, str], str]:
        """Return the texts of the request that responses repeat, by part and name."""
        evidence = self._rulebook.document.evidence
        wanted = [(entry.part, entry.request) for entry in evidence.match]
        wanted += [(evidence.session.part, evidence.session.request)] if evidence.session else []
        texts: dict[tuple[str, str], str] = {}
        for part, name in wanted:
            text = sent.body.get(name) if part == "body" and sent else call.text(part, name)
            if text:
                texts[part, name] = text
        return texts

    def _refusing_status(self) -> int:
        response = self._rulebook.document.wire.response
        return 403 if response is not None and not response.is_answer(403) else 200


def _texts(rulebook: Rulebook, context: Context, given: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return the texts of elements that are compared with the request: the same if that is to prove a fact."""
    texts: dict[str, str] = {}
    evidence = rulebook.document.evidence
    if evidence.session and (text := given.get((evidence.session.part, evidence.session.request))):
        texts[evidence.session.response] = text
    for entry in evidence.match:
        text = given.get((entry.part, entry.request))
        if text and context[entry.fact] == entry.as_:
            texts[entry.response] = text
        elif text == NEUTRAL:
            texts.setdefault(entry.response, f"{NEUTRAL}-other")
    return texts


class Operations:
    """Several operations on one server: the first that knows a call answers it, or the one that writes most of its path out."""

    def __init__(self, handlers: tuple[Handler, ...]) -> None:
        self._handlers = handlers

    @property
    def addresses(self) -> tuple[str, ...]:
        """The paths of all operations."""
        return tuple(path for handler in self._handlers for path in handler.addresses)

    def refusal(self, method: str, path: str) -> Response | None:
        """Return the response to a call of no operation: that of the one that comes nearest."""
        refused = [handler.refusal(method, path) for handler in self._handlers]
        if None in refused:
            return None
        found = [response for response in refused if response is not None]
        nearest = next((response for response in found if response.status != HTTPStatus.NOT_FOUND), None)
        text = f"there is nothing here; operations are at {', '.join(self.addresses)}\n".encode()
        return nearest or replace(found[0], body=text)

    def respond(self, request: HttpRequest) -> Response:
        """Return the response of the operation that a call is of."""
        path = urlsplit(request.url).path
        willing = [each for each in self._handlers if each.refusal(request.method, path) is None]
        templates = [[address for address in each.addresses if address != "/"] for each in willing]
        return willing[most_specific(templates, path)[0]].respond(request)
