"""Files that the tools themselves wrote: the practice server's leak is found in each (see their README)."""

from __future__ import annotations

from pathlib import Path

from support.traffic import context, detail, judged, outcomes
from whosees.engine.result import ResponseResult

FILES = Path(__file__).parents[2] / "data" / "recordings"
LEAK = "accessControl/sessionPassword"


def test_the_leak_is_found_in_what_each_tool_wrote() -> None:
    found = {Path(source).name: outcome for source, outcome in outcomes(judged(FILES))}
    assert found == {
        "betamax.json#interaction-0": "violating",
        "curl-trace-ascii.txt#transfer-0": "unreadable",
        "curl-trace.txt#transfer-0": "violating",
        "curl-v.txt#transfer-0": "conformant",
        "httpie-v.txt#exchange-0": "violating",
        "newman.json#execution-0": "violating",
        "session.warc.gz#record-1": "violating",
        "traffic.flows#flow-0": "violating",
    }


def test_it_is_the_leak_of_one_element_by_the_same_caller() -> None:
    for result in judged(FILES):
        assert isinstance(result, ResponseResult)
        if result.outcome == "violating":
            leaked = [finding.path for finding in result.findings if finding.rule == "leaked"]
            assert (leaked, context(result)["caller"]) == ([LEAK], "anonymous"), result.source


def test_what_a_tool_does_not_keep_is_never_taken_for_granted() -> None:
    """`curl -v` keeps no request, so that the element is undecided; `--trace-ascii` keeps no body as it was."""
    (verbose,) = judged(FILES / "curl-v.txt")
    assert isinstance(verbose, ResponseResult)
    assert context(verbose).get("caller", "unknown") == "unknown"
    assert LEAK in [finding.path for finding in verbose.findings if finding.rule == "undecided"]
    (replaced,) = judged(FILES / "curl-trace-ascii.txt")
    assert detail(replaced).startswith(
        "`--trace-ascii` writes line breaks and other bytes of the body as dots"
    )
