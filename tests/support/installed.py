"""Where the code is that is tested: what is installed, which need not be the checkout."""

from __future__ import annotations

from pathlib import Path

import sightline.engine
import sightline.rules

ENGINE = Path(sightline.engine.__file__).parent
RULES = Path(sightline.rules.__file__).parent
