"""HTTP: a bounded request in, one whole answer out. Nothing of a request is logged."""

import hmac
import json
import re
import shutil
import socket
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from sqlite3 import Row
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from comity_sandbox import api, doors, gates, joining, looking, pages, private, records, things
from comity_sandbox.acts import Refused
from comity_sandbox.gates import Gate
from comity_sandbox.port import Port
from comity_sandbox.store import Store

LARGEST_BODY = 6 * 1024 * 1024
MOST_CONNECTIONS = 256
PIECE = 64 * 1024
COOKIE = "lantern-as"
COUNTRY = re.compile(r"[A-Za-z]{2}")
DOING = re.compile(r"/join|/[cp]/[a-z0-9-]{1,60}")
EXPORT = re.compile(r"/u/(?P<author>[a-z0-9-]{1,60})/export")
MAIN = b'<main id="main">'
LOOK = (Path(__file__).parent / "look.css").read_bytes()
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A page kept by a browser would go on showing what is withheld since.
    "Cache-Control": "no-store",
}
HTML = "text/html; charset=utf-8"
ITEM = "application/vnd.comity.item"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None  # whose bytes follow, instead of `body`


@dataclass(frozen=True)
class Ask:
    """One request, taken apart. `viewer`: the author one is, by key or cookie."""

    method: str
    path: str
    query: dict[str, str]
    country: str
    viewer: str | None
    body: bytes
    address: str = ""


def html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, body.encode(), HTML, headers or {})


def _json(status: int, body: dict[str, Any]) -> Reply:
    raw = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Reply(status, raw, "application/json")


def _form(body: bytes) -> dict[str, str]:
    """What somebody typed, by field. Raises Refused."""
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        raise Refused(400, "bad-form", "The form can’t be read.") from None


class Platform:
    """Routes: which page or call answers which path."""

    def __init__(self, store: Store, token: str, owner: str, directory: Path) -> None:
        self.store, self.faults = store, api.Faults()
        self._token, self._owner = token.encode(), owner.encode()
        self.sealer, self.visits = records.Sealer(store, directory), private.Visits(store)
        self.base = ""  # where it listens, once it does
        self._port = Port(store, self.faults, token, lambda: self.base, self._look)

    def _look(self, ref: str, country: str) -> dict[str, Any]:
        """What an ordinary viewer finds there."""

        def page(path: str, country: str, form: bytes | None) -> tuple[int, bytes]:
            ask = Ask("GET" if form is None else "POST", path, {}, country, None, form or b"")
            reply = self.page(ask)
            return reply.status, reply.body

        return looking.look(self.store, page, ref, country)

    def allowed(self, header: str) -> str:
        """By which token an Authorization header speaks: the gateway's, the owner's, or "" for neither.

        The time it takes says nothing of either."""
        kind, _, given = header.partition(" ")
        token = given.strip().encode("utf-8", "replace")
        gateway, owner = hmac.compare_digest(token, self._token), hmac.compare_digest(token, self._owner)
        return ("owner" if owner else "gateway" if gateway else "") if kind.lower() == "bearer" else ""

    def viewer(self, key: str) -> str | None:
        """Whose key this is."""
        row = self.store.row("SELECT id FROM authors WHERE key = ?", key)
        return row["id"] if row else None

    def signed(self, ask: Ask, headers: Mapping[str, str]) -> Reply:
        """A call of a gateway, signed (`port.py`)."""
        try:
            if ask.method != "POST":
                raise Refused(405, "no-such-call", "Calls are sent by POST.")
            return _json(200, self._port.answer(ask.path.removeprefix("/port/"), headers, ask.body))
        except Refused as no:
            return _json(no.status, {"error": no.code, "says": no.says})

    def call(self, ask: Ask, authorization: str) -> Reply:
        """A management call."""
        try:
            if not (by := self.allowed(authorization)):
                raise Refused(401, "no-token", "This needs the platform's token.")
            if self.faults.mode == "down" and ask.path != "/api/mode":
                raise Refused(503, "down", "The platform is down.")
            if (ask.method, ask.path) == ("POST", "/api/records"):
                return Reply(200, b"", ITEM, file=self.sealer.seal(api.parsed(ask.body)))
            return _json(200, self._sealing(ask) or self._answer(ask, by))
        except Refused as no:
            return _json(no.status, {"error": no.code, "says": no.says})

    def _sealing(self, ask: Ask) -> dict[str, Any] | None:
        if (ask.method, ask.path) == ("POST", "/api/records-collected"):
            return self.sealer.collected(api.parsed(ask.body))
        if ask.path != "/api/roster":
            return None
        return self.sealer.pin(ask.body) if ask.method == "PUT" else self.sealer.roster()

    def _answer(self, ask: Ask, by: str) -> dict[str, Any]:
        return api.answer(self.store, self.faults, ask.method, ask.path, ask.query, ask.body, owner=by == "owner")

    def page(self, ask: Ask) -> Reply:
        """A page for people."""
        if ask.path == "/healthz":
            return Reply(200, b"ok\n", "text/plain; charset=utf-8")
        if ask.path == "/look.css":
            return Reply(200, LOOK, "text/css; charset=utf-8")
        if self.faults.mode == "down":
            return html(pages.sorry("Back soon", "Lantern isn’t answering at the moment. Try again in a while."), 503)
        doing = DOING.fullmatch(ask.path)
        if ask.method != "GET" and not (ask.method == "POST" and doing):
            return html(pages.sorry("Not like this", "This page can only be read."), 405, {"Allow": "GET, HEAD"})
        if not COUNTRY.fullmatch(ask.country):
            return html(pages.sorry("From where?", "?from= takes a country of two letters, for example ?from=FR."), 400)
        return (self._done(ask) if ask.method == "POST" else self._gated(ask)) or html(pages.nothing(), 404)

    def _gated(self, ask: Ask) -> Reply | None:
        """What is there, as far as the gate leaves it."""
        gate = gates.standing(self.store, ask.country)
        if not gate.level:
            return self._found(ask, gate)
        if gate.reading:
            return self._left_open(ask, gate)
        found = self._found(ask, gate)
        if found is None or found.type != HTML or found.status != 200:
            return found
        above = doors.banner(gate, ask.country).encode()
        return replace(found, body=found.body.replace(MAIN, MAIN + above, 1))

    def _left_open(self, ask: Ask, gate: Gate) -> Reply:
        """Where nobody reads: the doors that never shut, one's own inbox, and for all else one page that says so."""
        match, me = things.ADDRESS.fullmatch(ask.path), self._me(ask)
        if ask.path in doors.NEVER_SHUT or EXPORT.fullmatch(ask.path):
            return self._door(ask, me) or html(pages.nothing(), 404)
        if match and me and match["author"] == me.id:
            page = doors.inbox_page(me, self._notices(me), gate, ask.country)
            return html(page, headers=self._remembered(ask))
        return html(doors.closed(gate, ask.country, ask.path if match else "/", me), 403)

    def _me(self, ask: Ask) -> things.Author | None:
        return things.author(self.store, ask.viewer) if ask.viewer else None

    def _door(self, ask: Ask, me: things.Author | None) -> Reply | None:
        """A page that one goes through, open from everywhere; None where the path is none."""
        own = EXPORT.fullmatch(ask.path)
        if own and me and own["author"] == me.id:
            raw = json.dumps(joining.copy(self.store, me), ensure_ascii=False, indent=1).encode()
            name = f'attachment; filename="lantern-{me.id}.json"'
            return Reply(200, raw, "application/json", {"Content-Disposition": name})
        if own or ask.path == "/export":
            return html(doors.export_page(me, ask.country), 403 if own else 200)
        return html(doors.appeals_page(me, ask.country)) if ask.path == "/appeals" else None

    def _done(self, ask: Ask) -> Reply | None:
        """What somebody does: join, or write. Whoever looks from where that is shut is told so first; in one
        transaction, so that nothing is done once a gate was answered for."""
        typed = _form(ask.body)
        with self.store.transaction():
            gate = gates.standing(self.store, ask.country)
            shut = gate.joining if ask.path == "/join" else gate.writing
            if shut and self.faults.mode != "shallow":
                return html(doors.shut(gate, ask.country, "/" if ask.path == "/join" else ask.path), 403)
            if ask.path == "/join":
                return self._join(ask, typed.get("name", ""))
            return self._write(ask, typed.get("text", ""))

    def _join(self, ask: Ask, name: str) -> Reply:
        try:
            ident, key = joining.join(self.store, name, ask.country)
            private.joined(self.store, ident, ask.address)
        except Refused as no:
            return html(doors.join_page(ask.country, open_here=True, name=name, wrong=no.says), no.status)
        return Reply(303, b"", headers={"Location": f"/u/{ident}?as={quote(key)}&from={ask.country}"})

    def _write(self, ask: Ask, text: str) -> Reply | None:
        channel, me = things.channel(self.store, ask.path), self._me(ask)
        if channel is None or not self._may_read(channel, ask.viewer):
            return None
        if me is None:
            says = "Whoever writes here has joined first."
            return html(pages.sorry("Join first", says), 401, {"WWW-Authenticate": "Lantern-page"})
        if things.withheld(self.store, (channel["ref"],), ask.country):
            return html(pages.channel_page(self.store, channel, ask.country))
        try:
            ref = joining.write(self.store, channel["ref"], me.id, text)
        except Refused as no:
            composer = doors.composer(channel, ask.country, me, typed=text, wrong=no.says)
            return html(pages.channel_page(self.store, channel, ask.country, composer), no.status)
        return Reply(303, b"", headers={"Location": f"{ref}?from={ask.country}"})

    def _found(self, ask: Ask, gate: Gate) -> Reply | None:
        if ask.path == "/":
            sql = "SELECT * FROM channels WHERE audience IN (?, ?) ORDER BY place"
            rows = self.store.rows(sql, *things.OPEN)
            return html(pages.front_page(rows, ask.country, joining=not gate.joining))
        if ask.path == "/join":
            return html(doors.join_page(ask.country, open_here=not gate.joining))
        match = things.ADDRESS.fullmatch(ask.path)
        if not match:
            return self._door(ask, self._me(ask))
        if match["author"]:
            return self._author(ask, match["author"])
        channel = things.channel(self.store, match["channel"])
        if channel is None or not self._may_read(channel, ask.viewer):
            return None
        if not match["n"]:
            composer = "" if gate.writing else doors.composer(channel, ask.country, self._me(ask))
            return html(pages.channel_page(self.store, channel, ask.country, composer))
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
        page = pages.own_page(self.store, who, self._notices(who), ask.country, by_key="as" in ask.query)
        return html(page, headers=self._remembered(ask))

    def _notices(self, who: things.Author) -> list[Row]:
        sql = "SELECT at, text FROM notices WHERE author = ? ORDER BY rowid DESC LIMIT 100"
        return self.store.rows(sql, who.id)

    def _remembered(self, ask: Ask) -> dict[str, str] | None:
        """The cookie by which one stays who one is."""
        return (
            {"Set-Cookie": f"{COOKIE}={ask.query['as']}; Path=/; HttpOnly; SameSite=Lax"} if "as" in ask.query else None
        )


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
        if viewer is not None:
            place.visits.came(viewer, *self.client_address[:2], self.headers.get("User-Agent", ""))
        ask = Ask(method, path, query, country, viewer, raw, self.client_address[0])
        if path.startswith("/api/"):
            return place.call(ask, self.headers.get("Authorization", ""))
        if path.startswith("/port/"):
            return place.signed(ask, {name.lower(): value for name, value in self.headers.items()})
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
        length = reply.file.stat().st_size if reply.file else len(reply.body)
        self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
            if reply.file:
                with reply.file.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile, PIECE)


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
        host = f"[{self.server_name}]" if ":" in self.server_name else self.server_name
        self.place.base = f"http://{host}:{self.server_port}"

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
