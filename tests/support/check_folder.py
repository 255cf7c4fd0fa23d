"""A folder of recordings for the tests of `whosees check`."""

from __future__ import annotations

import json

from support.judging import ALWAYS_MC
from support.messages import body, failure, message, response

GOOD = response("MC", ALWAYS_MC)
LEAKING = response("MC", [*ALWAYS_MC, "accessControl/sessionPassword"])
REFUSED = message("<serv:bodyContent/>", header=failure())
OTHER = message(body("", "ep:lstsummarySessionResponse"))
ANONYMOUS = ("--caller", "anonymous", "--password", "not-supplied")


def outcomes(out: str) -> list[tuple[str, int, str, str | None]]:
    return [(r["source"], r["index"], r["outcome"], r["reason"]) for r in json.loads(out)["responses"]]
