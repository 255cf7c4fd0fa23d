"""Judge the responses of an ASGI application while it serves them: FastAPI, Starlette, Django and others.

``app.add_middleware(WhoseesMiddleware, rules="…")``, or ``app = WhoseesMiddleware(app, rules="…")``.
"""

from .checker.integrations.traffic.asgi import WhoseesMiddleware
from .checker.integrations.traffic.tally import TrafficFinding, TrafficReport

__all__ = ["TrafficFinding", "TrafficReport", "WhoseesMiddleware"]
