"""The tools that others would use: a Schematron schema, a list of XPaths, and two policy engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from lxml import etree, isoschematron

from whosees.engine.context import Context
from whosees.engine.expectation import Expectation

from .corpus import EVALUATOR, SERV, contexts

NS = {"serv": SERV, "ep": f"{SERV}/ep"}
BODY = "/serv:message/serv:body/serv:bodyContent"


def _rules(context: Context) -> Iterator[tuple[str, bool]]:
    """Return an XPath for each row that has to be there or must not be, and which of the two."""
    for path, expectation in EVALUATOR.expectations(context).items():
        steps = "/".join(f"ep:{name}" for name in path.split("/"))
        yield f"{BODY}/{steps}", expectation is not Expectation.MUST_NOT


def schematron(context: Context) -> Callable[[etree._Element], bool]:
    """Compile a schema of the 57 rules of one context."""
    tests = "".join(
        f'<assert test="{escape(xpath if shown else f"not({xpath})")}">{escape(xpath)}</assert>'
        for xpath, shown in _rules(context)
    )
    spaces = "".join(f'<ns prefix="{prefix}" uri="{uri}"/>' for prefix, uri in NS.items())
    schema = (
        f'<schema xmlns="http://purl.oclc.org/dsdl/schematron">{spaces}'
        f'<pattern><rule context="/">{tests}</rule></pattern></schema>'
    )
    compiled = isoschematron.Schematron(etree.fromstring(schema))
    return lambda root: bool(compiled.validate(root))


def xpaths(context: Context) -> Callable[[etree._Element], bool]:
    """Compile the same rules as XPaths, to be run one by one."""
    compiled = [(etree.XPath(f"boolean({xpath})", namespaces=NS), shown) for xpath, shown in _rules(context)]

    def holds(root: etree._Element) -> bool:
        broken = [
            xpath for xpath, shown in compiled if xpath(root) is not shown
        ]  # every rule, not up to the first
        return not broken

    return holds


def casbin() -> Callable[[], bool] | None:
    """Return one decision of pycasbin, with policies of all 57 rows in all contexts; None if it is not installed."""
    try:
        import casbin as library
    except ImportError:
        return None
    model = library.Model()
    model.add_def("r", "r", "sub, obj, act")
    model.add_def("p", "p", "sub, obj, act")
    model.add_def("e", "e", "some(where (p.eft == allow))")
    model.add_def("m", "m", "r.sub == p.sub && r.obj == p.obj && r.act == p.act")
    enforcer = library.Enforcer(model)
    name = "/".join(contexts()[0].values)
    enforcer.add_policies(
        [
            [name, path, "see"]
            for path, expectation in EVALUATOR.expectations(contexts()[0]).items()
            if expectation.is_expected
        ]
    )
    return lambda: bool(enforcer.enforce(name, "schedule", "see"))


def cedar() -> Callable[[], bool] | None:
    """Return one decision of Cedar, with a policy for each shown row of one context; None if it is not installed."""
    try:
        import cedarpy
    except ImportError:
        return None
    shown = [path for path, e in EVALUATOR.expectations(contexts()[0]).items() if e.is_expected]
    policies = "\n".join(
        f'permit(principal, action == Action::"see", resource == Row::"{path}");' for path in shown
    )
    request = {
        "principal": 'User::"u"',
        "action": 'Action::"see"',
        "resource": 'Row::"schedule"',
        "context": {},
    }
    return lambda: bool(cedarpy.is_authorized(request, policies, []).allowed)
