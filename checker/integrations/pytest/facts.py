"""The facts of a call that the pytest plugin has options for, each with what may be said of it."""

from __future__ import annotations

FACTS = {
    "service": "the service that answered: MC, SC, TC, EC or AO",
    "caller": "the caller: anonymous, authenticated or unknown",
    "role": "the caller's role: host, invited-attendee, panelist, presenter, none or unknown",
    "password": "the meeting password: supplied, not-supplied or unknown",
}
