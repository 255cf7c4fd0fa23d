"""Judge the responses of a WSGI application while it serves them: Flask, Django and others.

``app.wsgi_app = WhoseesMiddleware(app.wsgi_app, rules="…")`` of Flask; ``app = WhoseesMiddleware(app, rules="…")``.
"""

from .checker.integrations.traffic.tally import TrafficFinding, TrafficReport
from .checker.integrations.traffic.wsgi import WhoseesMiddleware

__all__ = ["TrafficFinding", "TrafficReport", "WhoseesMiddleware"]
