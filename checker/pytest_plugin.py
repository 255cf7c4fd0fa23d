"""The pytest plugin: recordings as tests (``pytest --sightline DIR``), and the fixture ``sightline``.

pytest imports this module in every run of every project that has Sightline installed: it costs next to nothing,
and does nothing until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .pytest_facts import FACTS

if TYPE_CHECKING:
    from .conformance import Conformance

VALUES = {
    **FACTS,
    "rules": "a rulebook of one's own in place of the built-in one",
    "unlisted": "how much an element counts that no row lists: error, warning, note or ignore",
    "empty_as": "how an element counts that holds nothing: present or absent",
    "baseline": "known findings that do not count: a TOML file",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; each has its counterpart in the ini file."""
    group = parser.getgroup("sightline", "conformance of recorded responses")
    group.addoption(
        "--sightline",
        action="append",
        metavar="PATH",
        help="judge the recordings in this folder or file, beside the tests; can be given several times",
    )
    parser.addini("sightline", type="paths", help="folders and files of recordings to judge in every run")
    for name, what in VALUES.items():
        group.addoption(f"--sightline-{name.replace('_', '-')}", metavar="VALUE", help=what)
        parser.addini(f"sightline_{name}", help=what)
    strict = "an element that should be there and is not is an error"
    group.addoption("--sightline-strict", action="store_true", default=None, help=strict)
    parser.addini("sightline_strict", type="bool", default=False, help=strict)
    allowed = "skip what could not be checked for this reason, instead of an error"
    group.addoption("--sightline-allow-unchecked", action="append", metavar="REASON", help=allowed)
    parser.addini("sightline_allow_unchecked", type="args", help=allowed)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker of the recordings' tests known, and see to it that the options can be used."""
    config.addinivalue_line("markers", "sightline: a recorded response, judged against the table")
    if config.getoption("sightline") or config.getini("sightline"):
        from .pytest_settings import plugin_settings, recording_paths

        plugin_settings(config)
        recording_paths(config)


@pytest.hookimpl(tryfirst=True)  # before others deselect
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the recordings' tests to those that were collected."""
    if config.getoption("sightline") or config.getini("sightline"):
        from .pytest_items import collect_recordings

        items.extend(collect_recordings(session))


@pytest.fixture
def sightline(request: pytest.FixtureRequest) -> Conformance:
    """Judge responses that a test got itself: ``sightline.assert_conformant(response, request=…, caller=…)``."""
    from .pytest_settings import plugin_settings

    return plugin_settings(request.config).conformance
