"""Judge responses in tests: one response, or every exchange of a client.

>>> import httpx, whosees.testing
>>> client = whosees.testing.checked(httpx.Client(), rules="github-user")
>>> whosees.testing.report(client)
<TrafficReport: 0 exchanges: 0 conformant, 0 violating, 0 unchecked; 0 errors>

Options that are not passed come from the nearest ``whosees.toml``, or ``[tool.whosees]`` of ``pyproject.toml``.
"""

from .checker.integrations.checked import assert_conformant, check, checked, raise_findings, report
from .checker.integrations.testing import NotConformantError
from .checker.integrations.traffic.tally import TrafficFinding, TrafficReport

__all__ = [
    "NotConformantError",
    "TrafficFinding",
    "TrafficReport",
    "assert_conformant",
    "check",
    "checked",
    "raise_findings",
    "report",
]
