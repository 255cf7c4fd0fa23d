"""Loading of plans, and the validation of what a file or options state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from ....rules.decode import DecodeError, decode_text, decode_toml
from ....rules.files import os_error_text, read_text_file
from ....rules.model import Rulebook
from ....rules.registry import BUILTINS
from ...core.display import escape_unprintable
from . import request_checks, session_checks
from .plan import Caller, Plan
from .secrets import PlanError

_DEFAULTS = Caller()
_SESSION_KEYS = ("webex_id", "email", "password", "session_ticket", "access_token", "role", "roles")
_REQUEST_KEYS = ("headers", "parameters", "facts", "facts_for")


def load_plan(rulebooks: Sequence[Rulebook], path: str | Path) -> Plan:
    """Load and validate a plan for the operations of some rulebooks; raises PlanError."""
    return validate_file(rulebooks, read_plan(path), path)


def read_plan(path: str | Path) -> Plan:
    """Read a plan that is not validated yet; raises PlanError. Its rulebooks are built-in ones, or paths from here."""
    try:
        plan = decode_toml(read_text_file(path), Plan)
    except (OSError, ValueError) as error:
        raise PlanError(escape_unprintable(f"`{path}`: {_problem(error)}")) from None
    names = (plan.rules,) if isinstance(plan.rules, str) else plan.rules
    folder = Path(path).parent
    rules = tuple(name if name in BUILTINS else str(folder / name) for name in names)
    return structs.replace(plan, rules=rules)


def validate_file(rulebooks: Sequence[Rulebook], plan: Plan, path: str | Path) -> Plan:
    """Return a plan that was read from a file as `validate` does, with the contents of body files; raises PlanError."""
    try:
        return validate(rulebooks, _with_bodies(plan, Path(path).parent))
    except PlanError as error:
        raise PlanError(escape_unprintable(f"`{path}`: {error}")) from None


def validate(rulebooks: Sequence[Rulebook], plan: Plan) -> Plan:
    """Return a plan with services and roles as the rulebook names them; raises PlanError if it cannot be run."""
    for problem in _problems(plan):
        raise PlanError(problem)
    if plan.requests:
        request_checks.require_valid(rulebooks, plan)
        return plan
    return session_checks.validate(rulebooks, plan)


def _problems(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the tables that a plan consists of."""
    if not plan.callers:
        yield "`callers`: a plan needs at least one caller"
    if plan.requests and (plan.sessions or plan.site):
        yield f"`{'sessions' if plan.sessions else 'site'}`: it does not go with `requests`; write two plans"
    if plan.loopback and not plan.requests:
        yield "`loopback`: it belongs to a plan with `requests`; a secret of `sessions` has its own"
    keys, other = (_SESSION_KEYS, "sessions") if plan.requests else (_REQUEST_KEYS, "requests")
    for caller in plan.callers:
        for key in keys:
            if getattr(caller, key) != getattr(_DEFAULTS, key):
                yield f"`callers`, {caller.name or 'a caller'}: `{key}` belongs to a plan with `{other}`"


def _with_bodies(plan: Plan, folder: Path) -> Plan:
    """Return a plan with the contents of body files in place of their names; raises PlanError for an unreadable one."""
    requests = []
    for request in plan.requests:
        if request.body_file:
            where = f"`requests`, {request.name}: `body_file`"
            if request.body:
                raise PlanError(f"{where}: the request has a `body` too")
            try:
                body = decode_text(read_text_file(folder / request.body_file))
            except (OSError, ValueError) as error:
                raise PlanError(f"{where}: {_problem(error)}") from None
            requests.append(structs.replace(request, body=body))
        else:
            requests.append(request)
    return structs.replace(plan, requests=tuple(requests))


def _problem(error: OSError | ValueError) -> str:
    return str(error) if isinstance(error, DecodeError) else os_error_text(error)
