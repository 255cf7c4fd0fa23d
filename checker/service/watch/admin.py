"""The admin port: the totals as a page, as JSON and as metrics, on a thread that no traffic passes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from ....reports.commands.watch import WatchTotals, totals_json, totals_page

PAGE, JSON, METRICS = "/-/whosees", "/-/whosees.json", "/-/whosees/metrics"

_Render = Callable[[WatchTotals], bytes]


def _metrics(totals: WatchTotals) -> bytes:
    # Imported here: its library is needed by whoever collects metrics.
    from ....reports.commands.watch_metrics import totals_metrics

    return totals_metrics(totals)


_RESOURCES: Mapping[str, tuple[str, _Render]] = {
    PAGE: ("text/html; charset=utf-8", lambda totals: totals_page(totals).encode()),
    JSON: ("application/json", lambda totals: totals_json(totals).encode()),
    METRICS: ("text/plain; version=0.0.4; charset=utf-8", _metrics),
}


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0
    server_version = "whosees"
    sys_version = ""
    totals: ClassVar[Callable[[], WatchTotals]]

    def do_GET(self) -> None:
        """Answer with a resource."""
        resource = _RESOURCES.get(self.path.partition("?")[0].rstrip("/"))
        if resource is None:
            self._send(404, "text/plain; charset=utf-8", f"there is nothing here; see {PAGE}\n".encode())
            return
        content_type, render = resource
        self._send(200, content_type, render(type(self).totals()))

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def _send(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Write nothing: a log would quote what was requested."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: mostly, the client has gone."""


class AdminServer:
    """Serves the totals until it is closed."""

    def __init__(self, listener: socket.socket, totals: Callable[[], WatchTotals]) -> None:
        handler = type("Handler", (_Handler,), {"totals": staticmethod(totals)})
        self._server = _Server(listener.getsockname()[:2], handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listener
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
