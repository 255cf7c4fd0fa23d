"""What a recording says of its call in a form of its own, as the sidecar that it stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping


def sidecar_of(stated: Mapping[str, str | None]) -> bytes:
    """Give a sidecar that states what is not None: strings are written alike in JSON and TOML, but for one."""
    pairs = (f"{_quoted(key)} = {_quoted(text)}\n" for key, text in stated.items() if text is not None)
    return "".join(pairs).encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
