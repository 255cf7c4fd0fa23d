"""The pytest plugin: recordings as tests (``--whosees DIR``), clients (``--whosees-client``), the fixture ``whosees``.

pytest imports this module in every run of every project that has Whosees installed, so it costs next to nothing and
does nothing until it is used.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from ....reports.text.fact_flags import FACT_FLAGS

if TYPE_CHECKING:
    from ..testing import ResponseChecker

OPTIONS = {
    **{fact: f"the {fact} of every call; `whosees expect --help` lists the values" for fact in FACT_FLAGS},
    "rules": "a rulebook to judge by, instead of the default one",
    "unlisted": "the severity of an element that no row lists: error, warning, note or ignore",
    "undecided": "the severity of an element that the known facts do not decide: error, warning, note or ignore",
    "fail_on": "the least that fails a test: error, warning, undecided or note",
    "empty_as": "how an element without content counts: present or absent",
    "baseline": "a TOML file of known findings, which do not count",
}
"""The options with a value: their names in the ini file, and their help."""

LISTS = {
    "require": ("FACT", "treat a response as unchecked if this fact of its call is unknown"),
    "select": ("RULE[:PATH]", "report only findings of this rule, or of this rule at or below a path"),
    "ignore": ("RULE[:PATH]", "report no findings of this rule, or of this rule at or below a path"),
}
"""The options that can be repeated: their names, the form of a value, and their help."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each of which can also be set in the ini file."""
    group = parser.getgroup("whosees", "conformance of recorded responses")
    group.addoption(
        "--whosees",
        action="append",
        metavar="PATH",
        help="judge the recordings in this folder or file along with the tests; repeatable",
    )
    parser.addini("whosees", type="paths", help="folders and files of recordings to judge in every run")
    client = "judge every exchange of httpx, requests and the test clients of Starlette, Flask and Django"
    group.addoption("--whosees-client", action="store_true", default=None, help=client)
    parser.addini("whosees_client", type="bool", default=False, help=client)
    for name, text in OPTIONS.items():
        group.addoption(f"--whosees-{name.replace('_', '-')}", metavar="VALUE", help=text)
        parser.addini(f"whosees_{name}", help=text)
    fact = "any other fact of every call, as NAME=VALUE"
    group.addoption("--whosees-fact", action="append", metavar="NAME=VALUE", help=f"{fact}; repeatable")
    parser.addini("whosees_facts", type="args", help=fact)
    for name, (metavar, text) in LISTS.items():
        group.addoption(f"--whosees-{name}", action="append", metavar=metavar, help=f"{text}; repeatable")
        parser.addini(f"whosees_{name}", type="args", help=text)
    strict = "treat an element that should be there and is absent as an error"
    group.addoption("--whosees-strict", action="store_true", default=None, help=strict)
    parser.addini("whosees_strict", type="bool", default=False, help=strict)
    allowed = "skip what could not be checked for this reason, instead of an error"
    group.addoption("--whosees-allow-unchecked", action="append", metavar="REASON", help=allowed)
    parser.addini("whosees_allow_unchecked", type="args", help=allowed)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the recordings' tests, and validate the options."""
    config.addinivalue_line("markers", "whosees: a recorded response, judged against the table")
    if config.getoption("whosees") or config.getini("whosees"):
        from .settings import plugin_settings, recording_paths

        plugin_settings(config)
        recording_paths(config)
    if config.getoption("whosees_client") or config.getini("whosees_client"):
        from .client import ClientPlugin

        config.pluginmanager.register(ClientPlugin(config), "whosees-client")


@pytest.hookimpl(tryfirst=True)  # before others deselect
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the recordings' tests to those that were collected."""
    if config.getoption("whosees") or config.getini("whosees"):
        from .items import collect_recordings

        items.extend(collect_recordings(session))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Fail a test during which a checked client had an exchange that fails."""
    result = yield
    _raise_findings()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Fail a test with such an exchange while it was torn down, or while a test that failed anyway ran."""
    result = yield
    _raise_findings()
    return result


def _raise_findings() -> None:
    __tracebackhide__ = True
    clients = sys.modules.get("whosees.checker.integrations.checked")
    if clients is not None:
        clients.raise_all_findings()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show errors of the fixture by their message and line alone: a traceback shows variables, which hold messages."""
    report = yield
    if call.excinfo is not None and getattr(call.excinfo.value, "hides_traceback", False):
        shown: Any = call.excinfo.getrepr(style="value", chain=False)
        if getattr(call.excinfo.value, "is_about_test", False):
            shown.reprcrash.path, shown.reprcrash.lineno = item.location[0], (item.location[1] or 0) + 1
        # Without its module, which would take all the place that the line of the summary has.
        shown.reprcrash.message = shown.reprcrash.message.removeprefix(
            f"{type(call.excinfo.value).__module__}."
        )
        shown.reprtraceback.reprentries[-1].reprfileloc = shown.reprcrash
        report.longrepr = shown
    return report


@pytest.fixture
def whosees(request: pytest.FixtureRequest) -> ResponseChecker:
    """Judge responses that a test has: ``whosees.assert_conformant(response, caller="anonymous")``."""
    from .settings import plugin_settings

    return plugin_settings(request.config).checker
