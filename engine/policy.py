"""Policy: the user's decisions about judging where the rulebook leaves room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..rules.model import Rulebook
from ..rules.names import did_you_mean, suggestion
from .finding import Finding, Severity
from .finding_rules import ROW_RULES, RULES, rules_of

SEVERITIES = (*map(str, Severity), "ignore")
EMPTY_AS = ("present", "absent")


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's decisions about judging where the rulebook leaves room.

    ``strict`` makes omissions errors; ``unlisted`` and ``undecided`` are the severities of what no row lists and of what the known
    facts do not decide, None to ignore it; ``empty_is_absent`` lets elements that hold nothing count as not returned. Of the
    findings those count that match ``select``, if there is any, and do not match ``ignore``: a rule, or ``RULE:PATH`` for one
    path and all below it.
    """

    strict: bool = False
    unlisted: Severity | None = Severity.NOTE
    empty_is_absent: bool = False
    undecided: Severity | None = Severity.NOTE
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def severity(self, rule: str) -> Severity | None:
        """Return the severity of a rule's findings; None if they are ignored."""
        if rule == "omitted" and self.strict:
            return Severity.ERROR
        return {"unlisted": self.unlisted, "undecided": self.undecided}.get(rule, RULES[rule].severity)

    def counts(self, finding: Finding) -> bool:
        """Return whether a finding is selected and not ignored."""
        return self._admits(finding.rule, finding.path)

    def reports(self, rule: str, path: str | None) -> bool:
        """Return whether a finding of this rule and path would be reported."""
        is_ignored = {"unlisted": self.unlisted, "undecided": self.undecided}.get(rule, rule) is None
        return not is_ignored and self._admits(rule, path)

    def _admits(self, rule: str, path: str | None) -> bool:
        if self.select and not any(_matches(pattern, rule, path) for pattern in self.select):
            return False
        return not any(_matches(pattern, rule, path) for pattern in self.ignore)


def policy_of(
    *,
    strict: bool = False,
    unlisted: str = "note",
    undecided: str = "note",
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    empty_as: str = "present",
) -> Policy:
    """Return the policy of some options; raises ValueError for a value that does not exist."""
    return Policy(
        strict=strict,
        unlisted=_severity("unlisted", unlisted),
        undecided=_severity("undecided", undecided),
        select=names(select),
        ignore=names(ignore),
        empty_is_absent=_choice("empty_as", empty_as, EMPTY_AS) == "absent",
    )


def names(texts: str | Sequence[str]) -> tuple[str, ...]:
    """Return names; one alone can be passed as a text."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _choice(name: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise ValueError(f"`{name}`: unknown value `{value}`{suggestion(str(value), choices)}")
    return value


def _severity(name: str, value: str) -> Severity | None:
    return None if _choice(name, value, SEVERITIES) == "ignore" else Severity(value)


def validate_policy(rulebook: Rulebook, policy: Policy) -> None:
    """Raise ValueError if ``select`` or ``ignore`` names a rule that no finding of the rulebook can have, or an empty path."""
    rules = rules_of(rulebook)
    for option, patterns in (("select", policy.select), ("ignore", policy.ignore)):
        for pattern in patterns:
            rule, colon, path = pattern.partition(":")
            if rule not in rules:
                raise ValueError(f"`{option}`: there is no rule `{rule}`{suggestion(rule, rules)}")
            if colon and not path.strip(
                "/ "
            ):  # a variable of a script that is not set would leave out the whole rule
                raise ValueError(f"`{option}`: `{pattern}` names no path")


def validate_selected_paths(rulebooks: Sequence[Rulebook], policy: Policy) -> None:
    """Raise ValueError if ``select`` names, for a rule about rows, a path at or below which the rulebooks have no row.

    It would select nothing, and a run without findings is green. What ``ignore`` names need not exist.
    """
    if not policy.select:
        return
    about_rows = {rule.id for rule in ROW_RULES}
    paths = [row.path for rulebook in rulebooks for row in rulebook.rows]
    for pattern in policy.select:
        rule, _, path = pattern.partition(":")
        if rule in about_rows and not any(_is_at_or_below(row, path) for row in paths):
            near = did_you_mean(path, paths)
            raise ValueError(f"`select`: `{pattern}` selects nothing: no row is at or below `{path}`{near}")


def _is_at_or_below(path: str, above: str) -> bool:
    return not above or f"{path}/".startswith(f"{above.strip('/')}/")


def _matches(pattern: str, rule: str, path: str | None) -> bool:
    wanted, _, above = pattern.partition(":")
    return wanted == rule and _is_at_or_below(path or "", above)


DEFAULT_POLICY = Policy()
