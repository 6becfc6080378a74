"""The proxy: each request to the homeserver and its answer to the viewer, less what is withheld where they are."""

import asyncio
import hashlib
import hmac
import json
import sys
import time
import zlib
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote

import aiohttp
from yarl import URL

from . import asking, gates, leaving
from .config import Config
from .country import Viewers
from .following import Following
from .looks import said_by
from .measures import Measures
from .rewriting import View, packed
from .routes import Route, sort

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

# what concerns one connection alone (RFC 9110, 7.6.1), and what only we may say of the viewer
HOPS = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
OURS = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip", b"x-comity-look"}
)
LARGEST = 256 * 1024 * 1024  # bytes of an answer that is taken apart
SMALL_BODY = 64 * 1024
PIECE = 64 * 1024
AT_ONCE = 256 * 1024  # bytes of an answer that is passed on in one piece
LARGE = 512 * 1024  # bytes beyond which an answer is taken apart beside the loop
MEMBERS = 100  # pieces, each packed by itself, of one answer
LARGE_AT_ONCE = 2
DEEP = 5_000  # frames: an event may nest almost as deep as the homeserver itself can read
FILES_KNOWN = 100_000  # files whose SHA-256 is remembered
FILTERS_KNOWN = 5_000  # filters that the homeserver keeps for people
NOT_HERE = {"errcode": "M_UNAVAILABLE_FOR_LEGAL_REASONS", "error": "This is not available in your country."}
UNRECOGNIZED = {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"X-Requested-With, Content-Type, Authorization, Date"),
)
PRIVATE = (b"cache-control", b"private, no-store")


@dataclass(frozen=True)
class Asked:
    """A request, and who asks from where; `words`: what a directory is searched for."""

    method: str
    path: str
    query: str
    headers: tuple[Header, ...]
    address: str
    country: str
    route: Route
    words: str = ""

    def header(self, name: bytes) -> str:
        """The first header of a name; empty: none."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")


class TooLarge(Exception):
    """An answer that is larger, once unpacked, than what is taken apart."""


class Edge:
    """The ASGI application. One event loop; `close` ends what it holds."""

    def __init__(self, config: Config, *, follow: bool = True) -> None:
        self._config, self.measures = config, Measures()
        self.following = Following(config, self.measures)
        self._viewers = Viewers(config.lookup, config.proxies, config.header)
        self._follow = follow
        self._session: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None
        self._digests: OrderedDict[str, str] = OrderedDict()
        self._filters: OrderedDict[bytes, dict[str, Any]] = OrderedDict()
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self.counted = Counter[str]()

    async def start(self) -> None:
        """Open the lines to the homeserver, and begin to follow the list."""
        sys.setrecursionlimit(max(DEEP, sys.getrecursionlimit()))
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=20)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=10, sock_read=900),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            trust_env=False,
        )
        if self._follow:
            self._task = asyncio.create_task(self.following.run())

    async def stop(self) -> None:
        """End all of it."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._session:
            await self._session.close()
        self.following.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            said = (await receive())["type"]
            if said == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    # -- who asks ------------------------------------------------------------------------------------------------------

    def _asked(self, scope: Scope) -> Asked:
        headers = tuple(scope["headers"])
        peer = (scope.get("client") or ("", 0))[0]
        forwarded = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
        address = self._viewers.address(peer, forwarded)
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path, query = raw.decode("latin-1").partition("?")[0], scope["query_string"].decode("latin-1")
        named = self._viewers.header
        # of several the last: a proxy that adds its own leaves the viewer's before it
        said = next((v.decode("latin-1") for k, v in reversed(headers) if named and k == named.encode()), "")
        country = self._look(headers) or self._viewers.country(address, peer, said)
        # in capitals, as it is asked on: a homeserver takes no other for it
        return Asked(scope["method"].upper(), path, query, headers, address, country, sort(path))

    def _look(self, headers: Iterable[Header]) -> str:
        """The country from which our gateway's observer looks: it alone can say so, for a minute."""
        given = next((value.decode("latin-1") for name, value in headers if name == b"x-comity-look"), "")
        return said_by(self._config.token, given, time.time()) if given else ""

    # -- answering -----------------------------------------------------------------------------------------------------

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope)
        if asked.path.startswith("/_comity/edge/"):
            await self._of_ours(asked, send)
        elif not self.following.whole:
            await _say(send, 503, {"errcode": "M_UNKNOWN", "error": "Not ready yet."})
        elif asked.path in (gates.PAGE, gates.EXPORT, gates.APPEALS):
            await self._left_open(asked, send)
        elif (shut := self.measures.gate(asked.country)) is not None and not shut.lets(asked.method, asked.path):
            self.counted["gated"] += 1
            await _say(send, 403, {"errcode": gates.SHUT, "error": shut.says(asked.header(b"accept-language"))})
        elif (no := self._refused(asked)) is not None:
            await _say(send, *no)
        else:
            await self._passed(asked, receive, send)

    async def _of_ours(self, asked: Asked, send: Send) -> None:
        """How fresh the list is, for whoever has the token; to anybody else there is no such page."""
        token = asked.header(b"authorization").removeprefix("Bearer ")
        ours = hmac.compare_digest(token.encode(), self._config.token.encode())
        if asked.path != "/_comity/edge/freshness" or not ours:
            await _say(send, 404, UNRECOGNIZED)
            return
        await _say(send, 200, self.following.freshness() | {"counted": dict(self.counted)})

    async def _left_open(self, asked: Asked, send: Send) -> None:
        """The doors that no gate shuts, and the page that says why the others are."""
        gate = self.measures.gate(asked.country)
        if asked.path == gates.EXPORT:
            await self._export(asked, send)
        elif asked.path == gates.APPEALS and self._config.appeals:
            await _page(send, 303, b"", (b"location", self._config.appeals.encode()))
        elif asked.path == gates.PAGE and gate is not None:
            await _page(send, 403, gates.page(gate, self._config.appeals))
        else:
            await _say(send, 404, UNRECOGNIZED)

    async def _export(self, asked: Asked, send: Send) -> None:
        """A copy of what is the viewer's own, with their token alone; what is withheld from them stays so."""
        begun = False

        async def ask(path: str) -> dict[str, Any] | None:
            where, _, query = path.partition("?")
            one = replace(asked, method="GET", path=where, query=query, route=sort(where))
            async with self._upstream(one, None) as answer:
                raw = await self._rewritten(one, await _whole(answer), answer.headers.get("Content-Encoding", ""))
                return _object(raw) if answer.status == 200 else None

        try:
            async for line in leaving.lines(ask):
                if not begun:
                    kind = (b"content-type", b"application/x-ndjson")
                    await send({"type": "http.response.start", "status": 200, "headers": [kind, PRIVATE, *CORS]})
                begun = True
                await send({"type": "http.response.body", "body": line, "more_body": True})
        except (TooLarge, aiohttp.ClientError, TimeoutError, OSError):
            self.counted["upstream-down"] += 1
            if begun:
                raise  # it breaks off, so that nobody takes a part for the whole
            await _say(send, 502, {"errcode": "M_UNKNOWN", "error": "The homeserver does not answer."})
            return
        if begun:
            await send({"type": "http.response.body", "body": b""})
        else:
            await _say(send, 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Send your own access token."})

    def _view(self, asked: Asked) -> View:
        return View(self.measures, asked.country, time.time())

    def _refused(self, asked: Asked) -> tuple[int, dict[str, str]] | None:
        """What is answered without asking the homeserver."""
        if asked.method == "OPTIONS" or not self.measures.anything(asked.country):
            return None
        route, view = asked.route, self._view(asked)
        if route.treatment == "unknown":
            self.counted["unknown"] += 1
            return 404, UNRECOGNIZED
        whole = route.treatment in ("room", "profile", "file", "listed")
        if whole and any(view.hides(one) for one in (route.room, route.user, route.file)):
            self.counted["refused"] += 1
            return 451, NOT_HERE
        return None

    async def _passed(self, asked: Asked, receive: Receive, send: Send) -> None:
        try:
            if asked.route.treatment == "file" and self._by_bytes(asked):
                await self._file(asked, receive, send)
            elif self._state_asked(asked):
                await self._state(asked, receive, send)
            else:
                await self._relayed(await self._asking_whole(asked), receive, send)
        except TooLarge:
            self.counted["too-large"] += 1
            await _say(send, 502, {"errcode": "M_TOO_LARGE", "error": "The homeserver's answer is too large."})
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.counted["upstream-down"] += 1
            with suppress(Exception):
                await _say(send, 502, {"errcode": "M_UNKNOWN", "error": "The homeserver does not answer."})

    async def _asking_whole(self, asked: Asked) -> Asked:
        """A sync as its viewer asks for it, but for whole events: of one that comes without its id nobody could tell
        whether it is withheld. Its filter may stand in its query, or be kept by the homeserver under an id."""
        if not self.measures.anything(asked.country) or not (named := asking.filter_of(asked.path, asked.query)):
            return asked
        said = _object(named.encode()) if named[:1] == "{" else await self._filter(asked, named)
        whole = asking.whole_events(said)
        return asked if whole is None else replace(asked, query=asking.with_filter(asked.query, whole))

    async def _filter(self, asked: Asked, ident: str) -> dict[str, Any] | None:
        """A filter that the homeserver keeps for whoever asks; it never changes. None: it keeps none for them."""
        token = asking.token_of(asked.query)
        key = hashlib.sha256("\n".join((asked.header(b"authorization"), token, ident)).encode()).digest()
        if key not in self._filters:
            me = await self._told(asked, f"{leaving.API}/account/whoami", token)
            user = quote(str((me or {}).get("user_id")), safe="")
            said = await self._told(asked, f"{leaving.API}/user/{user}/filter/{quote(ident, safe='')}", token)
            if said is None:
                return None
            self._filters[key] = said
            if len(self._filters) > FILTERS_KNOWN:
                self._filters.popitem(last=False)
        return self._filters[key]

    async def _told(self, asked: Asked, path: str, query: str) -> dict[str, Any] | None:
        """What the homeserver tells a viewer; None where it refuses. Raises ClientError where it does neither."""
        async with self._upstream(replace(asked, method="GET", path=path, query=query), None) as answer:
            if answer.status >= 500:
                raise aiohttp.ClientError("a filter that could not be looked at")
            raw = _unpacked(await _whole(answer), answer.headers.get("Content-Encoding", ""))
            return _object(raw) if answer.status == 200 else None

    async def _relayed(self, asked: Asked, receive: Receive, send: Send, *, unread: bool = False) -> None:
        body = await _body(asked, receive)
        async with self._upstream(asked, body) as answer:
            if unread and answer.status < 400 and answer.status != 304:
                raise aiohttp.ClientError("a file that could not be looked at")
            if not self._taken_apart(asked, answer):
                await self._stream(asked, answer, send)
                return
            asked = replace(asked, words=asking.searched_for(body)) if asked.route.treatment == "listed" else asked
            made = await self._rewritten(asked, await _whole(answer), answer.headers.get("Content-Encoding", ""))
            headers = [
                one for one in _headers(answer) if one[0] not in (b"content-length", b"content-encoding", b"etag")
            ]
            await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, _length(made)]})
            await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else made})

    def _taken_apart(self, asked: Asked, answer: aiohttp.ClientResponse) -> bool:
        """Whether an answer may name what is withheld where the viewer is. Asked once it has begun to come: a measure
        that came while a client waited for it counts."""
        if asked.method == "HEAD" or not self.measures.anything(asked.country):
            return False
        looked_at = asked.route.treatment in ("events", "state", "search", "listed", "profile", "room")
        return looked_at and "json" in answer.headers.get("Content-Type", "json")

    async def _rewritten(self, asked: Asked, raw: bytes, coding: str) -> bytes:
        view = self._view(asked)
        if len(raw) < (SMALL_BODY if coding else LARGE):
            return self._made(asked, view, _unpacked(raw, coding))
        async with self._large:  # a few of them at once, or they fill memory
            return await asyncio.to_thread(lambda: self._made(asked, view, _unpacked(raw, coding)))

    def _made(self, asked: Asked, view: View, raw: bytes) -> bytes:
        """An answer as the viewer may have it: the very bytes, unless something in it is withheld."""
        if not view.touches(asked.route.room) and not view.concerns(raw):
            return raw
        listed: Callable[[Any], Any] = partial(view.listed, words=asked.words)
        treat = {"search": view.search, "listed": listed}.get(asked.route.treatment)
        try:
            said = json.loads(raw)
            made = treat(said) if treat else view.walk(said, asked.route.room)
            whole = packed(made) if view.hidden else raw
        except (ValueError, RecursionError, TypeError, AttributeError, KeyError):  # no JSON, or of no shape of theirs
            self.counted["malformed"] += 1
            if view.concerns(raw):  # it names what is withheld, and can't be taken apart: nothing of it is shown
                raise aiohttp.ClientError("malformed, and it names what is withheld") from None
            return raw
        self.counted["hidden"] += view.hidden
        return whole

    # -- state by its type ---------------------------------------------------------------------------------------------

    def _state_asked(self, asked: Asked) -> bool:
        """Whether state is asked for by its type in a room of which anything is withheld there, or might be with an
        account."""
        if asked.route.treatment != "state" or asked.method not in ("GET", "HEAD"):
            return False
        touched = self.measures.in_room(asked.route.room, asked.country, time.time())
        return touched or (self.measures.anything(asked.country) and self.measures.accounts())

    async def _state(self, asked: Asked, receive: Receive, send: Send) -> None:
        """State asked for by its type comes without its event's id: so the event is asked for first, and what it says
        decides. A homeserver that doesn't tell the event tells nothing."""
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        whole = "&".join(
            [*(part for part in asked.query.split("&") if part and not part.startswith("format=")), "format=event"]
        )
        async with self._upstream(asked, None, query=whole) as answer:
            raw = _unpacked(await _whole(answer), answer.headers.get("Content-Encoding", ""))
            status = answer.status
        event = _object(raw)
        view = self._view(asked)
        told = status != 200 or (event is not None and isinstance(event.get("content"), dict) and "event_id" in event)
        withheld = event is not None and status == 200 and told and view.event_withheld(event, asked.route.room)
        if not told or (withheld and query.get("format") != "event"):
            self.counted["refused"] += 1
            await _say(send, 451, NOT_HERE)
            return
        await self._relayed(asked, receive, send)

    # -- files ---------------------------------------------------------------------------------------------------------

    def _by_bytes(self, asked: Asked) -> bool:
        """Whether any file is withheld there by its bytes, whoever put it up and wherever."""
        return self.measures.bytes_withheld() and self.measures.anything(asked.country)

    async def _file(self, asked: Asked, receive: Receive, send: Send) -> None:
        """A file, unless its bytes are withheld there; one whose bytes the homeserver didn't give is not given."""
        digest = self._digests.get(asked.route.file) or await self._digest(asked)
        if digest and self._view(asked).hides(f"sha256:{digest}"):
            self.counted["refused"] += 1
            await _say(send, 451, NOT_HERE)
        else:
            await self._relayed(asked, receive, send, unread=not digest)

    async def _digest(self, asked: Asked) -> str:
        """The SHA-256 of a file, asked for as the viewer; empty if they don't get it."""
        head, _, rest = asked.path.partition("/thumbnail/")
        path = f"{head}/download/{rest}" if rest else asked.path
        whole = Asked("GET", path, "", tuple(h for h in asked.headers if h[0] not in (b"range", b"if-none-match")),
                      asked.address, asked.country, asked.route)  # fmt: skip
        async with self._upstream(whole, None) as answer:
            if answer.status != 200:
                return ""
            made = hashlib.sha256()
            async for piece in answer.content.iter_chunked(PIECE):
                made.update(piece)
        self._digests[asked.route.file] = made.hexdigest()
        if len(self._digests) > FILES_KNOWN:
            self._digests.popitem(last=False)
        return made.hexdigest()

    # -- passing on ----------------------------------------------------------------------------------------------------

    def _upstream(self, asked: Asked, body: Any, query: str | None = None) -> Any:
        assert self._session is not None
        query = asked.query if query is None else query
        url = URL(f"{self._config.upstream}{asked.path}{'?' if query else ''}{query}", encoded=True)
        kept = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in asked.headers if k not in HOPS and k not in OURS]
        if body is None:
            kept = [(k, v) for k, v in kept if k not in ("content-length", "content-type")]
        proto = asked.header(b"x-forwarded-proto") if self._config.proxies else ""
        kept += [("X-Forwarded-For", asked.address), ("X-Forwarded-Proto", proto if proto == "https" else "http")]
        if self.measures.anything(asked.country) and asked.route.treatment != "file":
            kept = [(k, v) for k, v in kept if k != "accept-encoding"]
        return self._session.request(asked.method, url, headers=kept, data=body, allow_redirects=False)

    async def _stream(self, asked: Asked, answer: aiohttp.ClientResponse, send: Send) -> None:
        headers = _headers(answer)
        if asked.route.treatment == "file" and self.measures.files():
            headers = [
                one for one in headers if one[0] not in (b"cache-control", b"etag", b"expires", b"last-modified")
            ]
            headers.append(PRIVATE)
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        if 0 < (answer.content_length or 0) <= AT_ONCE and asked.method != "HEAD":  # each call to send costs as much
            whole = await answer.read()
            if asked.route.treatment == "file" and self._file_withheld_now(asked):
                await _say(send, 451, NOT_HERE)
                return
            await send(start)
            await send({"type": "http.response.body", "body": whole})
            return
        await send(start)
        async for piece in answer.content.iter_any():
            if asked.route.treatment == "file" and self._file_withheld_now(asked):
                raise aiohttp.ClientError("withheld while it was sent")
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _file_withheld_now(self, asked: Asked) -> bool:
        return self.measures.withheld(asked.route.file, asked.country, time.time())


def _headers(answer: aiohttp.ClientResponse) -> list[Header]:
    return [(name.lower(), value) for name, value in answer.raw_headers if name.lower() not in HOPS]


def _length(body: bytes) -> Header:
    return b"content-length", str(len(body)).encode()


async def _say(send: Send, status: int, said: Any) -> None:
    """An answer of the edge's own, that no cache keeps."""
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), PRIVATE, _length(body), *CORS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _page(send: Send, status: int, body: bytes, *more: Header) -> None:
    """A page of the edge's own: no script, nothing from elsewhere."""
    kind = (b"content-type", b"text/html; charset=utf-8")
    policy = (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'")
    headers = [kind, policy, PRIVATE, _length(body), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(asked: Asked, receive: Receive) -> Any:
    """What is sent with a request: whole if it is small, else as it comes; None if nothing is."""
    length, chunked = asked.header(b"content-length"), asked.header(b"transfer-encoding")
    if not chunked and length in ("", "0"):
        return b"" if length == "0" else None
    if length.isdigit() and int(length) <= SMALL_BODY:
        return b"".join([piece async for piece in _pieces(receive)])
    return _pieces(receive)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        said = await receive()
        if said["type"] != "http.request":
            raise aiohttp.ClientError("the viewer hung up")
        if said.get("body"):
            yield said["body"]
        if not said.get("more_body"):
            return


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """All of an answer. Raises TooLarge."""
    got = bytearray()
    async for piece in answer.content.iter_any():
        got += piece
        if len(got) > LARGEST:
            raise TooLarge
    return bytes(got)


def _unpacked(raw: bytes, coding: str) -> bytes:
    """An answer as it was before it was packed. Raises TooLarge, ClientError for what can't be unpacked."""
    if coding in ("", "identity"):
        return raw
    if coding not in ("gzip", "deflate"):
        raise aiohttp.ClientError("packed in a way that can't be looked into")
    made, rest = bytearray(), raw
    for _ in range(MEMBERS):
        if not rest:
            return bytes(made)
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            made += inflate.decompress(rest, LARGEST + 1 - len(made))
        except zlib.error:
            raise aiohttp.ClientError("not packed as it says") from None
        if inflate.unconsumed_tail or len(made) > LARGEST:
            raise TooLarge
        if not inflate.eof:
            raise aiohttp.ClientError("it broke off")
        rest = inflate.unused_data
    raise aiohttp.ClientError("packed in too many pieces")


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
