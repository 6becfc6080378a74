"""HTTP: a bounded request in, one whole answer out. Nothing of a request is logged."""

import hmac
import json
import re
import socket
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from comity_sandbox import api, pages, things
from comity_sandbox.acts import Refused
from comity_sandbox.store import Store

LARGEST_BODY = 6 * 1024 * 1024
MOST_CONNECTIONS = 256
COOKIE = "lantern-as"
COUNTRY = re.compile(r"[A-Za-z]{2}")
LOOK = (Path(__file__).parent / "look.css").read_bytes()
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A page kept by a browser would go on showing what is withheld since.
    "Cache-Control": "no-store",
}
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """One request, taken apart. `viewer`: the author one is, by key or cookie."""

    method: str
    path: str
    query: dict[str, str]
    country: str
    viewer: str | None
    body: bytes


def html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, body.encode(), HTML, headers or {})


class Platform:
    """Routes: which page or call answers which path."""

    def __init__(self, store: Store, token: str) -> None:
        self.store, self.faults = store, api.Faults()
        self._token = token.encode()

    def allowed(self, header: str) -> bool:
        """Whether an Authorization header carries the token; the time it takes says nothing of the token."""
        kind, _, given = header.partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token)
        return same and kind.lower() == "bearer"

    def viewer(self, key: str) -> str | None:
        """Whose key this is."""
        row = self.store.row("SELECT id FROM authors WHERE key = ?", key)
        return row["id"] if row else None

    def call(self, ask: Ask, authorization: str) -> Reply:
        """A management call."""
        try:
            if not self.allowed(authorization):
                raise Refused(401, "no-token", "This needs the platform's token.")
            if self.faults.mode == "down" and ask.path != "/api/mode":
                raise Refused(503, "down", "The platform is down.")
            body = api.answer(self.store, self.faults, ask.method, ask.path, ask.query, ask.body)
            status = 200
        except Refused as no:
            status, body = no.status, {"error": no.code, "says": no.says}
        raw = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return Reply(status, raw, "application/json")

    def page(self, ask: Ask) -> Reply:
        """A page for people."""
        if ask.path == "/healthz":
            return Reply(200, b"ok\n", "text/plain; charset=utf-8")
        if ask.path == "/look.css":
            return Reply(200, LOOK, "text/css; charset=utf-8")
        if self.faults.mode == "down":
            return html(pages.sorry("Back soon", "Lantern isn’t answering at the moment. Try again in a while."), 503)
        if ask.method != "GET":
            return html(pages.sorry("Not like this", "This page can only be read."), 405, {"Allow": "GET, HEAD"})
        if not COUNTRY.fullmatch(ask.country):
            return html(pages.sorry("From where?", "?from= takes a country of two letters, for example ?from=FR."), 400)
        return self._found(ask) or html(pages.nothing(), 404)

    def _found(self, ask: Ask) -> Reply | None:
        if ask.path == "/":
            sql = "SELECT * FROM channels WHERE audience IN (?, ?) ORDER BY place"
            return html(pages.front_page(self.store.rows(sql, *things.OPEN), ask.country))
        match = things.ADDRESS.fullmatch(ask.path)
        if not match:
            return None
        if match["author"]:
            return self._author(ask, match["author"])
        channel = things.channel(self.store, match["channel"])
        if channel is None or not self._may_read(channel, ask.viewer):
            return None
        if not match["n"]:
            return html(pages.channel_page(self.store, channel, ask.country))
        message = things.message(self.store, channel["ref"], int(match["n"]))
        if message is None:
            return None
        if match["picture"]:
            return self._picture(message, int(match["n"]), ask.country)
        return html(pages.message_page(self.store, channel, message, ask.country))

    def _may_read(self, channel: Any, viewer: str | None) -> bool:
        if channel["audience"] in things.OPEN:
            return True
        return viewer is not None and viewer in things.members(self.store, channel["ref"])

    def _picture(self, message: things.Message, n: int, country: str) -> Reply | None:
        if not things.picture_shown(self.store, message, country):
            return None
        data = things.picture(self.store, message.channel, n)
        return Reply(200, data, "image/png") if data else None

    def _author(self, ask: Ask, ident: str) -> Reply | None:
        who = things.author(self.store, ident)
        if who is None:
            return None
        if ask.viewer != who.id:
            return html(pages.profile_page(self.store, who, ask.country))
        notices = self.store.rows("SELECT at, text FROM notices WHERE author = ? ORDER BY rowid DESC LIMIT 100", who.id)
        cookie = f"{COOKIE}={ask.query['as']}; Path=/; HttpOnly; SameSite=Lax" if "as" in ask.query else None
        return html(pages.own_page(self.store, who, notices), headers={"Set-Cookie": cookie} if cookie else None)


class Request(BaseHTTPRequestHandler):
    """One connection, kept open between requests; every wait on it has an end."""

    protocol_version = "HTTP/1.1"
    timeout = 15
    wbufsize = 1 << 16  # headers and body leave as one packet: else each answer waits for the other's late ACK
    server: "Server"

    def version_string(self) -> str:
        return "Lantern"

    def log_message(self, *_: Any) -> None:
        """Nothing: addresses and keys of people would end up in it."""

    def __getattr__(self, name: str) -> Any:
        if name in ("do_GET", "do_HEAD", "do_POST", "do_PUT"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        try:
            reply = self._reply()
        except Refused as no:
            self.close_connection = True
            reply = html(pages.sorry("Not like this", no.says), no.status)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            print(f"lantern: {type(error).__name__}", file=sys.stderr, flush=True)
            reply = html(pages.sorry("That went wrong", "Lantern made a mistake. Try again."), 500)
        self._send(reply)

    def _reply(self) -> Reply:
        raw = self._body()
        try:
            url = urlsplit("/" + self.path.lstrip("/") if self.path.startswith("/") else self.path)
            path = unquote(url.path, errors="replace").rstrip("/") or "/"
            query = dict(parse_qsl(url.query, keep_blank_values=True, max_num_fields=50))
        except ValueError:
            raise Refused(400, "bad-address", "The address can’t be read.") from None
        place, method = self.server.place, "GET" if self.command == "HEAD" else self.command
        viewer = place.viewer(query["as"] if "as" in query else self._cookie())
        country = query.get("from", pages.ELSEWHERE).upper()
        ask = Ask(method, path, query, country, viewer, raw)
        if path.startswith("/api/"):
            return place.call(ask, self.headers.get("Authorization", ""))
        return place.page(ask)

    def _cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _body(self) -> bytes:
        """The request's body. Raises Refused where its length is missing, doubtful or too large."""
        if self.headers.get("Transfer-Encoding"):
            raise Refused(411, "length", "A body needs a Content-Length.")
        lengths = self.headers.get_all("Content-Length", ["0"])
        if len(lengths) != 1 or not re.fullmatch(r"[0-9]{1,12}", lengths[0].strip()):
            raise Refused(400, "length", "Content-Length must be one number.")
        length = int(lengths[0])
        if length > LARGEST_BODY:
            raise Refused(413, "length", f"A body has at most {LARGEST_BODY} bytes.")
        raw = self.rfile.read(length)
        if len(raw) != length:
            raise ConnectionError
        return raw

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {**HEADERS, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)


class Server(ThreadingHTTPServer):
    """A thread a connection, so many and no more: when all are taken, the oldest makes room."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], place: Platform) -> None:
        self.place = place
        self._open: OrderedDict[int, socket.socket] = OrderedDict()
        self._guard = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Request)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host's name that the parent does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @contextmanager
    def _counted(self, sock: socket.socket) -> Iterator[None]:
        with self._guard:
            self._open[id(sock)] = sock
            if len(self._open) > MOST_CONNECTIONS:
                self._end(self._open.popitem(last=False)[1])
        try:
            yield
        finally:
            with self._guard:
                self._open.pop(id(sock), None)

    @staticmethod
    def _end(sock: socket.socket) -> None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # closed by its own thread meanwhile

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._counted(request):
            super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"lantern: {type(error).__name__}", file=sys.stderr, flush=True)
