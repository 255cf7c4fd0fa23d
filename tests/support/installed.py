"""The place of the code under test: the installed package, which need not be the checkout."""

from __future__ import annotations

from pathlib import Path

import whosees.engine
import whosees.rules

ENGINE = Path(whosees.engine.__file__).parent
RULES = Path(whosees.rules.__file__).parent
