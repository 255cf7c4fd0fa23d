"""The pytest plugin: recordings as tests (``pytest --whosees DIR``), and the fixture ``whosees``.

pytest imports this module in every run of every project that has Whosees installed: it costs next to nothing,
and does nothing until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .facts import FACTS

if TYPE_CHECKING:
    from ..testing import Conformance

VALUES = {
    **FACTS,
    "rules": "a rulebook of one's own in place of the built-in one",
    "unlisted": "how much an element counts that no row lists: error, warning, note or ignore",
    "empty_as": "how an element counts that holds nothing: present or absent",
    "baseline": "known findings that do not count: a TOML file",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; each has its counterpart in the ini file."""
    group = parser.getgroup("whosees", "conformance of recorded responses")
    group.addoption(
        "--whosees",
        action="append",
        metavar="PATH",
        help="judge the recordings in this folder or file, beside the tests; can be given several times",
    )
    parser.addini("whosees", type="paths", help="folders and files of recordings to judge in every run")
    for name, what in VALUES.items():
        group.addoption(f"--whosees-{name.replace('_', '-')}", metavar="VALUE", help=what)
        parser.addini(f"whosees_{name}", help=what)
    strict = "an element that should be there and is not is an error"
    group.addoption("--whosees-strict", action="store_true", default=None, help=strict)
    parser.addini("whosees_strict", type="bool", default=False, help=strict)
    allowed = "skip what could not be checked for this reason, instead of an error"
    group.addoption("--whosees-allow-unchecked", action="append", metavar="REASON", help=allowed)
    parser.addini("whosees_allow_unchecked", type="args", help=allowed)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker of the recordings' tests known, and see to it that the options can be used."""
    config.addinivalue_line("markers", "whosees: a recorded response, judged against the table")
    if config.getoption("whosees") or config.getini("whosees"):
        from .settings import plugin_settings, recording_paths

        plugin_settings(config)
        recording_paths(config)


@pytest.hookimpl(tryfirst=True)  # before others deselect
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the recordings' tests to those that were collected."""
    if config.getoption("whosees") or config.getini("whosees"):
        from .items import collect_recordings

        items.extend(collect_recordings(session))


@pytest.fixture
def whosees(request: pytest.FixtureRequest) -> Conformance:
    """Judge responses that a test got itself: ``whosees.assert_conformant(response, request=…, caller=…)``."""
    from .settings import plugin_settings

    return plugin_settings(request.config).conformance
