"""A project with recordings, in which pytest runs with the plugin."""

from __future__ import annotations

import pytest

PASSWORD = "example-password"


def run(site: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest with the plugin: in this process, unless it starts others."""
    start = site.runpytest_subprocess if "-n" in arguments else site.runpytest_inprocess
    result = start("-p", "no:cacheprovider", *arguments)
    assert PASSWORD not in result.stdout.str() + result.stderr.str()
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    return result
