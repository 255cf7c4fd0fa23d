"""Secrets of a plan: they come from the environment, and values for practice go to this machine only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ....rules.model import Table

UNSENDABLE = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot represent."""

_REFERENCE = re.compile(r"\$(\$?)\{([^{}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class PlanError(ValueError):
    """A plan cannot be run; the message names the key or variable and the problem, and contains no secret."""


class Secret(Table, frozen=True):
    """A secret, by the environment variable that contains it.

    ``loopback`` is a value for practice: it is sent if the variable is not set, and only to this machine.
    """

    env: str
    loopback: str | None = None


def variables_in(text: str) -> Iterator[str]:
    """Yield the environment variables that a text refers to as ``${NAME}``; raises PlanError for a malformed one."""
    names = [name for escaped, name in _REFERENCE.findall(text) if not escaped]
    if "${" in _REFERENCE.sub("", text) or not all(map(_VARIABLE.fullmatch, names)):
        raise PlanError(
            "`${` must begin `${NAME}`, an environment variable; write `$${NAME}` for that very text"
        )
    yield from names


@dataclass(frozen=True, slots=True)
class Secrets:
    """The environment that secrets come from.

    ``practice`` means that the server is this machine, which allows the values of ``loopback``, by variable.
    """

    environment: Mapping[str, str]
    practice: bool
    loopback: Mapping[str, str] = field(default_factory=dict)

    def value(self, secret: Secret | None) -> str | None:
        """Return a secret's value, None for no secret; raises PlanError if it is not set or cannot be sent."""
        if secret is None:
            return None
        text = self._variable(secret.env, secret.loopback)
        if UNSENDABLE.search(text):
            raise PlanError(
                f"the environment variable `{secret.env}` contains characters that XML cannot represent"
            )
        return text

    def expand(self, text: str) -> str:
        """Return a text with the values of the variables that it refers to as ``${NAME}``; raises PlanError if one is not set."""

        def replace(match: re.Match[str]) -> str:
            escaped, name = match.groups()
            return match[0][1:] if escaped else self._variable(name, self.loopback.get(name))

        return _REFERENCE.sub(replace, text)

    def _variable(self, name: str, loopback: str | None) -> str:
        text = self.environment.get(name, loopback if self.practice else None)
        if text:
            return text
        only = "; `loopback` is sent to this machine only" if loopback and not self.practice else ""
        raise PlanError(f"the environment variable `{name}` is not set{only}")
