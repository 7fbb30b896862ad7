"""A server that gets a new version of the phone's app while phones work with it, and that can go away for a while."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_OF_THE_COPY = {"Accept-Encoding", "If-None-Match", "If-Modified-Since"}
"""Whole and uncompressed, so that something can be added."""
_OF_THE_CONNECTION = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class NewerApp:
    """A context manager. Passes on to ``target``: once ``newer`` with another service worker; if ``gone``, nothing."""

    def __init__(self, target: int) -> None:
        self.newer = False
        self.gone = False
        owner = self

        class Passing(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.close_connection = True
                if owner.gone:
                    return
                there = http.client.HTTPConnection("127.0.0.1", target)
                headers = {name: value for name, value in self.headers.items() if name not in _OF_THE_COPY}
                there.request(self.command, self.path, body or None, headers)
                answer = there.getresponse()
                data = answer.read()
                if self.path == "/sw.js" and owner.newer:
                    data += b"\n// the next version\n"
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in _OF_THE_CONNECTION:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)
                there.close()

            do_GET = do_POST = do_PATCH = do_HEAD = do_DELETE = do_OPTIONS = _pass

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        self._server.daemon_threads = True
        self.address = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> NewerApp:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
