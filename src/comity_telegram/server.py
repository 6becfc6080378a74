"""The peer over HTTP: the Bot API, its files, what people do, and their pages."""

import hmac
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import pages, people
from .methods import CHANGING, METHODS, Call, No
from .people import PNG, Deed, seen
from .store import Store

LARGEST = 1 << 20
BOT = re.compile(r"/bot([^/]+)/([A-Za-z]+)")
FILE = re.compile(r"/file/bot([^/]+)/(.+)")
PAGE = re.compile(r"/([A-Za-z][A-Za-z0-9_]{3,31})(?:/([1-9][0-9]{0,9}))?")
A_MINUTE, SECONDS = 20, 60.0
LONGEST_POLL = 50.0
HANGS = 60.0


@dataclass
class Reply:
    """An answer before it is sent."""

    status: int
    body: bytes
    type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Peer:
    """The peer as a whole. `token`: the bot's; `key`: of who plays its people; `a_minute`: messages in one chat."""

    def __init__(self, store: Store, token: str, key: str, a_minute: int = A_MINUTE) -> None:
        self.store, self.token, self.key, self.a_minute = store, token, key, a_minute
        self._sent: dict[str, deque[float]] = {}
        self.base = ""

    def now(self) -> int:
        """Its clock, in seconds."""
        return int(time.time()) + int(self.store.all["later"])

    # -- the Bot API ---------------------------------------------------------------------------------------------------

    def call(self, token: str, method: str, given: Mapping[str, Any]) -> Reply:
        """One call of a method, as the peer behaves now."""
        name = method.lower()
        if self.store.all["revoked"] or not hmac.compare_digest(token.encode(), self.token.encode()):
            return refused(No(401, "Unauthorized"))
        mode = self.store.all["mode"]
        if mode in ODD and name != "getupdates":
            return self._oddly(mode)
        if name not in METHODS:
            return refused(No(404, "Not Found: method not found"))
        if mode == "pretend" and name in CHANGING and not name.endswith("webhook"):
            return _ok(True if name != "sendmessage" else {"message_id": 1, "date": self.now(), "chat": {"id": 1}})
        try:
            reply = _ok(self._poll(given) if name == "getupdates" else self._done(name, given))
        except No as no:
            return refused(no)
        return (
            Reply(500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}')
            if (mode == "after" and name in CHANGING)
            else reply
        )

    def _oddly(self, mode: str) -> Reply:
        if mode == "hang":
            time.sleep(HANGS)
        if mode == "flood":
            return refused(No(429, "Too Many Requests: retry after 7", retry_after=7))
        if mode == "garbage":
            return Reply(200, b'{"ok":true,"result":')
        return Reply(502, b"<html><h1>502 Bad Gateway</h1></html>", "text/html")

    def _done(self, name: str, given: Mapping[str, Any]) -> Any:
        if name not in CHANGING:
            with self.store.look() as all_:
                return METHODS[name](Call(all_, given, self.now()))
        if name == "sendmessage":
            self._verify_pace(str(given.get("chat_id", "")))
        with self.store.change() as all_:
            return METHODS[name](Call(all_, given, self.now()))

    def _verify_pace(self, chat: str) -> None:
        """Raises No where a chat got as many messages within a minute as one may have."""
        now, sent = time.monotonic(), self._sent.setdefault(chat, deque())
        while sent and now - sent[0] > SECONDS:
            sent.popleft()
        if len(sent) >= self.a_minute:
            after = max(1, round(SECONDS - (now - sent[0])))
            raise No(429, f"Too Many Requests: retry after {after}", retry_after=after)
        sent.append(now)

    def _poll(self, given: Mapping[str, Any]) -> Any:
        end = time.monotonic() + min(float(given.get("timeout") or 0), LONGEST_POLL)
        while True:
            with self.store.change() as all_:
                found = METHODS["getupdates"](Call(all_, given, self.now()))
            left = end - time.monotonic()
            if found or left <= 0:
                return found
            with self.store.changed:
                self.store.changed.wait(min(left, 0.5))

    def file(self, token: str, path: str) -> Reply:
        """The bytes of a file."""
        known = any(one["file_path"] == path for one in self.store.all["files"].values())
        if not known or not hmac.compare_digest(token.encode(), self.token.encode()):
            return refused(No(404, "Not Found"))
        return Reply(200, PNG, "image/png")

    # -- people --------------------------------------------------------------------------------------------------------

    def people(self, deed: str, body: Mapping[str, Any]) -> Reply:
        """Something that somebody does there, or that befalls the peer."""
        if deed not in people.DEEDS:
            return refused(No(404, "Not Found"))
        try:
            with self.store.change() as all_:
                return _ok(people.DEEDS[deed](Deed(all_, body, self.now())))
        except No as no:
            return refused(no)

    def seen(self, name: str) -> Reply:
        """A chat as its members see it."""
        try:
            with self.store.look() as all_:
                return _ok(seen(all_, name))
        except No as no:
            return refused(no)

    def page(self, path: str) -> Reply:
        """A page that anyone may open: of public chats alone."""
        match = PAGE.fullmatch(path)
        try:
            with self.store.look() as all_:
                found = seen(all_, match[1].lower()) if match else None
        except No:
            found = None
        if match is None or found is None or "username" not in found["chat"]:
            return Reply(404, pages.NOTHING, "text/html; charset=utf-8")
        body = pages.message(found, int(match[2])) if match[2] else pages.chat(found)
        return Reply(200 if body else 404, body or pages.NOTHING, "text/html; charset=utf-8")


ODD = ("down", "hang", "garbage", "flood")


def _ok(result: Any) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())


def refused(no: No) -> Reply:
    """A refusal as the API writes it; a 429 says in a header too when to come back."""
    body: dict[str, Any] = {"ok": False, "error_code": no.code, "description": no.description}
    if no.parameters:
        body["parameters"] = no.parameters
    after = no.parameters.get("retry_after")
    return Reply(no.code, json.dumps(body).encode(), headers={"Retry-After": str(after)} if after else {})


class Request(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 75
    wbufsize = 1 << 16
    server: "Server"

    def log_message(self, *_: Any) -> None:
        """Nothing: the token stands in every path."""

    def do_GET(self) -> None:
        """A call, a file, or a page."""
        self._answer({})

    def do_POST(self) -> None:
        """A call, or what somebody does."""
        self._answer(self._body())

    def _body(self) -> dict[str, Any]:
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        if "json" in self.headers.get("Content-Type", ""):
            try:
                found = json.loads(raw)
            except ValueError:
                found = None
            return found if isinstance(found, dict) else {}
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))

    def _answer(self, body: dict[str, Any]) -> None:
        at = urlsplit(self.path)
        given = dict(parse_qsl(at.query, keep_blank_values=True)) | body
        try:
            reply = self._reply(unquote(at.path), given)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            print(f"telegram peer: {type(error).__name__}: {error}", flush=True)
            reply = Reply(500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}')
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": reply.type,
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def _reply(self, path: str, given: dict[str, Any]) -> Reply:
        peer = self.server.peer
        if match := BOT.fullmatch(path):
            return peer.call(match[1], match[2], given)
        if match := FILE.fullmatch(path):
            return peer.file(match[1], match[2])
        if path == "/healthz":
            return Reply(200, b"ok\n", "text/plain")
        if path.startswith("/people/"):
            if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), f"Bearer {peer.key}".encode()):
                return refused(No(401, "Unauthorized"))
            what = path.removeprefix("/people/")
            return peer.seen(str(given.get("name", ""))) if what == "chat" else peer.people(what, given)
        return peer.page(path)


class Server(ThreadingHTTPServer):
    """A thread a connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], peer: Peer) -> None:
        self.peer = peer
        super().__init__(address, Request)
        peer.base = f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host's name that the parent does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up is nobody's error."""


def served(peer: Peer, address: tuple[str, int] = ("127.0.0.1", 0)) -> Server:
    """A peer that answers, in a thread of its own: for tests."""
    made = Server(address, peer)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return made
