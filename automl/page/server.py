"""The live page of a run: a small server on this machine, for its own user alone.

::

    browser ──GET /TOKEN/──► host, token, method checked ──► history file, read only ──► page

Other users of the machine do not know the token. A page of somebody else that reaches this server
by a name of its own (DNS rebinding) is refused, because its requests carry that name.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from automl.errors import AutoMLError
from automl.page.facts import ReportFacts
from automl.page.write import WRITERS, Live, as_page

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")  # also behind a forwarded port, whose number may be another
SECONDS = 1.0  # between two looks at the file: many readers cost no more than one
WAITING = 10.0  # seconds for a request to come in
TYPES = {".html": "text/html", ".md": "text/markdown", ".json": "application/json"}
N_PARTS = 3  # of a path: before the first stroke, the token, the name
ENDINGS = {"": ".html", "report.md": ".md", "report.json": ".json"}  # by the name after the token
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the secret
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class LivePage:
    """The newest facts of a run.

    Parameters
    ----------
    read : callable
        Returns the facts.
    stamp : callable
        Returns a text that changes with the file.
    """

    def __init__(self, read: Callable[[], ReportFacts], stamp: Callable[[], str]) -> None:
        self._read, self._stamp = read, stamp
        self._lock = threading.Lock()
        self._looked, self._tag = 0.0, ""
        self._facts: ReportFacts | None = None

    def newest(self) -> tuple[str, ReportFacts]:
        """Return the state of the file as a tag, and its facts.

        Raises
        ------
        AutoMLError
            If the file cannot be read.
        """
        with self._lock:
            if self._facts is None or time.monotonic() - self._looked > SECONDS:
                # Before it is read: what comes meanwhile is news of the next look.
                tag = self._stamp()
                if tag != self._tag or self._facts is None:
                    self._facts, self._tag = self._read(), tag
                self._looked = time.monotonic()
            return self._tag, self._facts


class PageServer(ThreadingHTTPServer):
    """Serves the live page and its twins below an address that nobody can guess.

    Parameters
    ----------
    page : LivePage
    port : int
        0 takes a free one.

    Raises
    ------
    OSError
        If the port is taken.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, page: LivePage, port: int = 0) -> None:
        self.page = page
        self.token = secrets.token_urlsafe(24)
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.server_address[1]}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a reader that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = WAITING
    server_version, sys_version = "automl", ""

    def do_GET(self) -> None:
        """Answer with the page or a twin of it, or refuse in a sentence."""
        # Nothing of the file is looked at before the reader is known.
        if _hostname(self.headers.get("Host", "")) not in HOSTS:
            return self._answer(HTTPStatus.FORBIDDEN, "This address is for this machine only.")
        parts = urlsplit(self.path).path.split("/")
        token, name = parts[1:] if len(parts) == N_PARTS else ("", "")
        is_known = secrets.compare_digest(token.encode(), self.server.token.encode())
        ending = ENDINGS.get(name)
        if not is_known or ending is None:
            return self._answer(HTTPStatus.NOT_FOUND, "There is no such page.")
        try:
            tag, facts = self.server.page.newest()
        except AutoMLError as error:
            return self._answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if self.headers.get("If-None-Match") == tag:
            return self._answer(HTTPStatus.NOT_MODIFIED, "")
        return self._send(ending, tag, facts)

    def _send(self, ending: str, tag: str, facts: ReportFacts) -> None:
        """Send the page or a twin of it."""
        if ending != ".html":
            return self._answer(HTTPStatus.OK, WRITERS[ending](facts), TYPES[ending])
        nonce = secrets.token_urlsafe(16)
        text = as_page(facts, Live(nonce, tag))
        policy = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; "
            "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        headers = {"ETag": tag, "Content-Security-Policy": policy}
        return self._answer(HTTPStatus.OK, text, TYPES[ending], headers)

    def _answer(
        self,
        status: HTTPStatus,
        text: str,
        kind: str = "text/plain",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        content = text.encode()
        self.send_response(status)
        sizes = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(content))}
        for name, value in (HEADERS | sizes | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Log nothing: a line would hold the token."""


def _hostname(host: str) -> str | None:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname if "@" not in host else None
    except ValueError:  # brackets that do not match
        return None
