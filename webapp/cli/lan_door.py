"""A door over plain HTTP that hands out the authority's certificate, how to install it, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.locate import templates_dir

_TIMEOUT_S = 10
_AT_ONCE = 32
STYLE = (
    "body{margin:0 auto;max-width:36rem;padding:16px;font:16px/1.6 system-ui,sans-serif;color:#14201e;background:#fff}"
    "h1{font-size:22px;line-height:1.3;margin:16px 0 8px}h2{font-size:18px;margin:24px 0 4px}"
    "code{display:block;padding:12px;background:#eef4f2;border-radius:8px;font-size:15px;overflow-wrap:anywhere}"
    "a.do{display:block;margin:12px 0;padding:14px;border-radius:10px;background:#0b5d51;color:#fff;"
    "text-align:center;font-weight:700;text-decoration:none;overflow-wrap:anywhere}"
    "nav a,nav strong{display:inline-block;padding:10px 14px 10px 0}li{margin:6px 0}ol{padding-left:22px}"
    "a:focus-visible{outline:3px solid #b45f06;outline-offset:2px}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class LanDoor:
    """Serves from a thread of its own until ``close``. Port 0 takes a free one; OSError when it is taken."""

    def __init__(self, host: str, port: int, *, authority: bytes, fingerprint: str, origin: str) -> None:
        pages = {
            language: _page(language, fingerprint=fingerprint, origin=origin).encode("utf-8")
            for language in LANGUAGES
        }

        class Handler(_Handler):
            certificate = authority
            rendered = pages

        self._server = _Server((host, port), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="lan-door", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A phone that walks out of the network is no news."""


class _Handler(BaseHTTPRequestHandler):
    certificate: bytes
    rendered: dict[str, bytes]
    timeout = _TIMEOUT_S

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/ca.crt":
            self._send(
                self.certificate, "application/x-x509-ca-cert", 'attachment; filename="dockproof-lan.crt"'
            )
        elif parts.path in ("/", "/ca"):
            chosen = parse_qs(parts.query).get("language", [""])[0]
            self._send(
                self.rendered[chosen if chosen in LANGUAGES else self._language()], "text/html; charset=utf-8"
            )
        else:
            self.send_error(404)

    do_HEAD = do_GET

    def _language(self) -> str:
        """The first that the browser asks for, else Chinese: most of these phones are."""
        for part in self.headers.get("Accept-Language", "").split(","):
            primary = part.split(";")[0].strip().lower()[:2]
            for language in LANGUAGES:
                if language.lower()[:2] == primary:
                    return language
        return "zh_CN"

    def _send(self, body: bytes, mime: str, disposition: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def version_string(self) -> str:
        return "Dockproof"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a log of who asked has no use."""


def _page(language: str, **shown: str) -> str:
    pages = Environment(
        loader=FileSystemLoader(templates_dir()), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return pages.get_template("lan/authority.html").render(
        t=lambda key, **values: translate(language, key, **values),
        language=language,
        languages=LANGUAGES,
        style=STYLE,
        **shown,
    )
