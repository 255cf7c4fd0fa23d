"""The law that `explain ELEMENT RESPONSE` and `check` agree about every element of every response."""

from __future__ import annotations

import re

from whosees.checker.checking.checker import Checker
from whosees.checker.recordings import Recording
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import Explanation, explain
from whosees.engine.result import ResponseResult

ROW_RULES = ("leaked", "unmasked", "undecided", "missing", "omitted")
_ABSENCES = {"missing", "omitted"}


def explain_all(checker: Checker, recording: Recording) -> list[tuple[ResponseResult, list[Explanation]]]:
    """Return each result of a recording with the explanations of all rows, after the law was held against both."""
    evaluator = Evaluator(checker.rulebook)
    judged = [each for each in checker.check(recording) if isinstance(each, ResponseResult)]
    results = {each.source: each for each in judged if each.reason is None and not each.failed}
    both = []
    for parsed in checker.parse(recording):
        if isinstance(parsed, Exception) or parsed.source not in results:
            continue
        result, context = results[parsed.source], parsed.resolved.context
        explained = [explain(evaluator, row, context, parsed.observation) for row in checker.rulebook.rows]
        for explanation in explained:
            require_agreement(result, explanation)
        both.append((result, explained))
    return both


def require_agreement(result: ResponseResult, explanation: Explanation) -> None:
    """Fail unless an explanation says of its element what the result finds, and that nothing else is wrong."""
    path, summary, observed = explanation.path, explanation.summary, explanation.observed
    assert observed is not None
    found = [each for each in result.findings if each.path == path and each.rule in ROW_RULES]
    assert sorted((each.rule, each.lines) for each in observed.findings) == sorted(
        (each.rule, each.lines) for each in found
    )
    rules = {each.rule for each in found}
    assert (", but " in summary) == bool(rules - {"undecided"}), (summary, rules)
    is_shown = bool(rules & {"leaked", "unmasked", "undecided"})
    if is_shown:
        assert observed.lines == next(each.lines for each in found if each.rule not in _ABSENCES)
    assert summary.startswith(f"`{path}` is in the response") == (observed.present or observed.is_masked)
    if rules & _ABSENCES:
        assert ("not in every" in summary) == (
            observed.lacking_container is not None and is_somewhere(explanation)
        )
    else:
        assert "not in every" not in summary
    if "leaked" in rules:
        assert ", but must not be there" in summary
    if "unmasked" in rules:
        assert "is in the response, not masked, but" in summary
    elsewhere = {place.path: place.lines for place in observed.elsewhere}
    for each in result.findings:
        if each.rule == "misplaced" and f"`{path}`" in re.sub("^`[^`]*`", "", each.message):
            assert elsewhere[each.path or ""] == each.lines


def is_somewhere(explanation: Explanation) -> bool:
    """Return whether an element is there, or masked as it has to be."""
    seen = explanation.observed
    return seen is not None and (seen.present or (seen.is_masked and explanation.expectation == "masked"))
