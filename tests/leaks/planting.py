"""Planting of an element in the text of a message; every function returns None if the message has no such place."""

from __future__ import annotations

import re

SECRET = "made-up secret"
BODY = r"<serv:bodyContent\b[^>]*>"


def element(name: str, prefix: str = "ep:", declared: str = "", text: str = SECRET) -> str:
    """Return an element with a text."""
    return f"<{prefix}{name}{declared}>{text}</{prefix}{name}>"


def after(message: str, pattern: str, planted: str) -> str | None:
    """Plant something behind the first match of a pattern."""
    found = re.search(pattern, message)
    return found and message[: found.end()] + planted + message[found.end() :]


def before(message: str, pattern: str, planted: str) -> str | None:
    """Plant something in front of the first match of a pattern."""
    found = re.search(pattern, message)
    return found and message[: found.start()] + planted + message[found.start() :]


def replace(message: str, old: str, new: str) -> str | None:
    """Replace the first occurrence of a text."""
    return message.replace(old, new, 1) if old in message else None


def in_its_place(message: str, path: str, planted: str) -> str | None:
    """Plant something where an element with this path belongs, in the containers that it needs."""
    steps = path.split("/")[:-1]
    while steps and f"<ep:{steps[-1]}>" not in message:
        name = steps.pop()
        planted = f"<ep:{name}>{planted}</ep:{name}>"
    return after(message, f"<ep:{steps[-1]}>" if steps else BODY, planted)


def failed(message: str) -> str:
    """Return the answer to a call that failed, with an empty body."""
    message = re.sub(rf"({BODY}).*</serv:bodyContent>", r"\1</serv:bodyContent>", message, flags=re.DOTALL)
    refusal = "FAILURE</serv:result><serv:reason>no</serv:reason><serv:exceptionID>060001</serv:exceptionID>"
    return message.replace("SUCCESS</serv:result>", refusal, 1)
