"""Validation of plans with ``[[requests]]``: calls of HTTP APIs, each of one rulebook's operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ....engine.claims import Precedence, read_claims
from ....engine.context import ContextError
from ....rules.http import path_template, template_error
from ....rules.model import Rulebook
from ....rules.names import did_you_mean, join_names, suggestion
from ...checking.http_call import Operation, most_specific_rulebooks, open_call
from ...recordings import HttpFacts
from .plan import Caller, Plan, PlannedRequest
from .secrets import PlanError, variables_in
from .session_checks import name_problem

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def require_valid(rulebooks: Sequence[Rulebook], plan: Plan) -> None:
    """Raise PlanError if a plan cannot be run."""
    for problem in _name_problems(plan):
        raise PlanError(problem)
    for request in plan.requests:
        for problem in _request_problems(plan, request):
            raise PlanError(f"`requests`, {request.name}: {problem}")
        rulebook = rulebook_of(rulebooks, request)
        for fact in request.facts:
            for problem in _fact_problems([rulebook], fact):
                raise PlanError(f"`requests`, {request.name}: {problem}")
        for caller in callers_of(plan, request):
            stated_facts(rulebook, request, caller)
    for caller in plan.callers:
        for problem in _caller_problems(rulebooks, plan, caller):
            raise PlanError(f"`callers`, {caller.segment}: {problem}")
    _require_used_variables(plan)


def callers_of(plan: Plan, request: PlannedRequest) -> tuple[Caller, ...]:
    """Return the callers who make a request."""
    return tuple(
        caller for caller in plan.callers if not request.callers or caller.segment in request.callers
    )


def rulebook_of(rulebooks: Sequence[Rulebook], request: PlannedRequest) -> Rulebook:
    """Return the rulebook whose operation a request is; raises PlanError unless there is exactly one."""
    found: dict[Operation, list[Rulebook]] = {}
    for rulebook in rulebooks:
        found.setdefault(_operation(rulebook, request), []).append(rulebook)
    these = most_specific_rulebooks(found.get(Operation.THIS, []), _filled_path(request))
    possible = these or found.get(Operation.UNKNOWN) or []
    if len(possible) == 1:
        return possible[0]
    where = f"`requests`, {request.name}: its method and path"
    if possible:
        raise PlanError(
            f"{where} are of the operation of several rulebooks: {join_names(r.id for r in possible)}"
        )
    known = join_names(rulebook.id for rulebook in rulebooks)
    raise PlanError(
        f"{where} are of no operation of {known}; pass the rulebook of their operation with `--rules`, or name it in the plan's `rules`"
    )


def is_of(rulebook: Rulebook, request: PlannedRequest) -> bool:
    """Return whether a request can be of a rulebook's operation."""
    return not template_error(request.path) and _operation(rulebook, request) is not Operation.OTHER


def _filled_path(request: PlannedRequest) -> str:
    """Return the path of a request, in which a parameter's name is as good as any value of it."""
    return path_template(request.path).text.replace("{", "").replace("}", "")


def _operation(rulebook: Rulebook, request: PlannedRequest) -> Operation:
    """Return whether a request is of a rulebook's operation; without a message it is of no XML service."""
    operation = open_call(rulebook, HttpFacts(request.method.upper(), _filled_path(request))).operation
    is_message = rulebook.document.wire.format != "xml" or request.body
    return operation if is_message or operation is not Operation.UNKNOWN else Operation.OTHER


def stated_facts(rulebook: Rulebook, request: PlannedRequest, caller: Caller) -> dict[str, str]:
    """Return the facts that a plan states of a call, by any of their names, as far as the rulebook has them.

    Raises PlanError for a value that does not exist, and for facts that contradict each other.
    """
    special = caller.facts_for.get(request.name, {})
    for fact in request.facts.keys() & caller.facts.keys() - special.keys():
        if request.facts[fact] != caller.facts[fact]:
            raise PlanError(
                f"`requests`, {request.name}, and `callers`, {caller.segment}, state two values of `{fact}`;"
                f" state the right one in `facts_for.{request.name}` of the caller"
            )
    facts = {**request.facts, **caller.facts, **special}
    known = {fact: text for fact, text in facts.items() if fact in rulebook.fact_ids}
    try:
        read_claims(rulebook, [(fact, text, "plan") for fact, text in known.items()], Precedence.SIDECAR)
    except ContextError as error:
        key = f"facts.{error.fact}" if error.fact else "facts"
        raise PlanError(f"`requests`, {request.name}, as {caller.segment}: `{key}`: {error}") from None
    return known


def texts_of(source: PlannedRequest | Caller) -> Iterator[tuple[str, str]]:
    """Yield the texts that can refer to variables, each with its key."""
    for table in ("parameters", "query", "headers"):
        for name, text in getattr(source, table, {}).items():
            yield f"{table}.{name}", text
    if isinstance(source, PlannedRequest):
        yield from (("body", text) for text in _texts_in(source.body))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(inner)


def _name_problems(plan: Plan) -> Iterator[str]:
    for where, names in (
        ("requests", [request.name for request in plan.requests]),
        ("callers", [caller.segment for caller in plan.callers]),
    ):
        for name, times in Counter(names).items():
            if problem := name_problem(where, name):
                yield problem
            if times > 1:
                yield f"`{where}`: {times} are called `{name}`; give each a unique `name`"


def _request_problems(plan: Plan, request: PlannedRequest) -> Iterator[str]:
    if request.method.upper() not in METHODS:
        yield f"`method`: not a method; known are {join_names(METHODS)}"
    if problem := template_error(request.path):
        yield f"`path`: `{request.path}` {problem}" + ("; use `query`" if "?" in request.path else "")
        return
    names = path_template(request.path).parameters
    for name in request.parameters:
        if name not in names:
            yield f"`parameters.{name}`: its path has no `{{{name}}}`{did_you_mean(name, names)}"
    yield from _unknown_callers(plan, request)
    for caller in callers_of(plan, request):
        for name in names:
            if not request.parameters.get(name) and not caller.parameters.get(name):
                yield (
                    f"`path`: `{{{name}}}` has no value; set `parameters.{name}` here,"
                    f" or for the caller {caller.segment}"
                )
    yield from _variable_problems(request)


def _unknown_callers(plan: Plan, request: PlannedRequest) -> Iterator[str]:
    everybody = [caller.segment for caller in plan.callers]
    for key, callers in (("callers", request.callers), ("refuses", request.refuses)):
        for name in callers:
            if name not in everybody:
                yield f"`{key}`: {_unknown('caller', name, everybody)}"


def _caller_problems(rulebooks: Sequence[Rulebook], plan: Plan, caller: Caller) -> Iterator[str]:
    if caller.anonymous and caller.headers:
        yield "an anonymous caller has no headers"
    requests = [request.name for request in plan.requests]
    templates = {name for request in plan.requests for name in path_template(request.path).parameters}
    for name in caller.parameters:
        if name not in templates:
            yield f"`parameters.{name}`: no path has `{{{name}}}`{did_you_mean(name, templates)}"
    for name in caller.facts_for:
        if name not in requests:
            yield f"`facts_for`: {_unknown('request', name, requests)}"
    for fact in (*caller.facts, *(fact for facts in caller.facts_for.values() for fact in facts)):
        yield from _fact_problems(rulebooks, fact)
    yield from _variable_problems(caller)


def _fact_problems(rulebooks: Sequence[Rulebook], fact: str) -> Iterator[str]:
    facts = dict.fromkeys(fact for rulebook in rulebooks for fact in rulebook.fact_ids)
    if fact not in facts:
        yield f"`facts`: {_unknown('fact', fact, facts)}"


def _variable_problems(source: PlannedRequest | Caller) -> Iterator[str]:
    for key, text in texts_of(source):
        try:
            list(variables_in(text))
        except PlanError as error:
            yield f"`{key}`: {error}"


def _require_used_variables(plan: Plan) -> None:
    sources: list[PlannedRequest | Caller] = [*plan.requests, *plan.callers]
    used = {name for source in sources for _, text in texts_of(source) for name in variables_in(text)}
    for name in plan.loopback:
        if name not in used:
            raise PlanError(f"`loopback.{name}`: no text has `${{{name}}}`{did_you_mean(name, used)}")


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    return f"unknown {kind} `{name}`{suggestion(name, names)}"
