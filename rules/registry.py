"""The rulebooks that ship with Whosees: a folder beside this file each, and its name in `NAMES`."""

from __future__ import annotations

import os
from collections.abc import Mapping

_HERE = os.path.dirname(__file__)

NAMES = ("getsessioninfo", "webex-rest-meeting", "github-user", "github-repos")
"""The ids of the built-in rulebooks, which are the names of their folders; the first is the default."""

BUILTINS: Mapping[str, str] = {name: os.path.join(_HERE, name) for name in NAMES}
"""The folders of the built-in rulebooks, by id."""

DEFAULT = NAMES[0]
"""The id of the rulebook that is used if none is named."""

SKELETON = os.path.join(_HERE, "skeleton")
"""The folder of the commented rulebook that `rules new` copies."""
