"""The custodian's page, served by their own program to their own browser: on this machine, under a secret address.

No script, nothing from elsewhere. The address holds a token made at each start; a request for another host, or a form
without the token, is not answered, so that no page that the custodian visits can give anything in their name.
"""

import html
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from .. import openings
from ..hybrid import BadKey, NotOpened
from ..keys import Locked
from ..openings import GROUNDS, Opening
from ..texts import BadText
from . import words
from .acting import Custodian, Looked
from .checks import Check, instant
from .keeper import BadKeeper

LOOK = (Path(__file__).parent.parent / "look.css").read_bytes()
LARGEST_FORM = 20_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
SHOWN = ("application/pdf", "text/plain", "message/rfc822")


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] | None = None


def serve(custodian: Custodian, listen: str, ready: Callable[[str], None]) -> int:
    """Serve until interrupted; `ready` is told the address."""
    host, _, port = listen.rpartition(":")
    if host not in ("127.0.0.1", "localhost", "[::1]") or not port.isdigit():
        raise BadKeeper("--listen: a port of this machine alone, like 127.0.0.1:0")
    server = Server((host.strip("[]"), int(port)), custodian)
    ready(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


class Server(ThreadingHTTPServer):
    """The page of one custodian."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], custodian: Custodian) -> None:
        super().__init__(address, _Handler)
        self.custodian, self.token, self.guard = custodian, secrets.token_urlsafe(24), threading.Lock()
        self.host = f"{address[0]}:{self.server_port}"

    @property
    def url(self) -> str:
        """Its address, which is a secret."""
        return f"http://{self.host}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST_FORM:
            self.close_connection = True
            return self._send(Reply(413, b""))
        return self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _answer(self, form: str) -> None:
        language = words.chosen(self.headers.get("Accept-Language", ""))
        path = self.path.partition("?")[0].strip("/").split("/")
        ours = self.headers.get("Host") == self.server.host
        if not ours or not secrets.compare_digest(path[0].encode(), self.server.token.encode()):
            return self._send(Reply(404, b""))
        with self.server.guard:  # one thing at a time: two clicks give once
            pages = Pages(self.server.custodian, f"/{self.server.token}", language)
            return self._send(pages.answer(self.command, path[1:], dict(parse_qsl(form, keep_blank_values=True))))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {**HEADERS, **(reply.headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address is a secret."""


def _e(text: object) -> str:
    return html.escape(str(text))


def runs(days: Sequence[str]) -> str:
    """Days (ISO), each from the first to the last of those in a row: what lies between two rows is not among them."""
    rows: list[list[date]] = []
    for day in sorted(date.fromisoformat(one) for one in days if one):
        if rows and day - rows[-1][-1] <= timedelta(days=1):
            rows[-1].append(day)
        else:
            rows.append([day])
    return ", ".join(f"{row[0]}" if len(row) == 1 else f"{row[0]} – {row[-1]}" for row in rows)


class Pages:
    """The pages in one language, under one address."""

    def __init__(self, custodian: Custodian, base: str, language: str) -> None:
        self._custodian, self._base, self._language = custodian, base, language

    @property
    def _colon(self) -> str:
        return self._say("colon")

    def _say(self, key: str, **about: object) -> str:
        return _e(words.say(self._language, key, **about))

    def answer(self, method: str, path: list[str], form: Mapping[str, str]) -> Reply:
        """The page at a path."""
        if path == ["look.css"]:
            return Reply(200, LOOK, "text/css; charset=utf-8")
        try:
            return self._found(method, path, form)
        except Locked as error:
            return self._page(self._unlock(str(error) if form else ""), 200)
        except (BadText, BadKey, NotOpened, OSError, TypeError, ValueError, AttributeError) as error:
            says = f'<p class="late" role="alert">{self._say("wrong", why=error)}</p>'
            return self._page(f"{self._crumb()}{says}", 400)

    def _found(self, method: str, path: list[str], form: Mapping[str, str]) -> Reply:
        if method == "POST" and path == ["unlock"]:
            self._custodian.unlock(form.get("phrase", ""))
            return Reply(303, b"", headers={"Location": f"{self._base}/"})
        _ = self._custodian.key
        if method == "GET" and path in ([], [""]):
            return self._page(self._list())
        number = path[0]
        if number not in self._custodian.keeper.numbers():
            return self._page(f"{self._crumb()}<p>{self._say('nopage')}</p>", 404)
        if method == "GET" and path[1:] == []:
            return self._page(self._one(self._custodian.look(number)))
        if method == "GET" and path[1:] == ["order"]:
            return self._order(number)
        if method == "POST" and path[1:] == ["give"]:
            self._custodian.give(number)
        elif method == "POST" and path[1:] == ["refuse"] and form.get("ground") in GROUNDS:
            self._custodian.refuse(number, form["ground"], form.get("why", "")[:2000])
        else:
            return self._page(f"{self._crumb()}<p>{self._say('nopage')}</p>", 404)
        return Reply(303, b"", headers={"Location": f"{self._base}/{number}"})

    def _page(self, body: str, status: int = 200) -> Reply:
        settings = self._custodian.keeper.settings
        you = self._say("you", name=settings.name, place=settings.jurisdiction)
        realm = f'<p class="realm">{_e(settings.realm)}</p>' if settings.realm != "real" else ""
        whole = (
            f'<!doctype html><html lang="{self._language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{self._say("title")}</title>'
            f'<link rel="stylesheet" href="{self._base}/look.css"></head><body>'
            f'<a class="skip" href="#main">{self._say("skip")}</a>'
            f"<header><b>Comity</b><span>{you}</span></header>{realm}"
            f'<main id="main"><h1>{self._say("title")}</h1>{body}</main>'
            f"<footer>{self._say('alone')}</footer></body></html>"
        )
        return Reply(status, whole.encode())

    def _crumb(self) -> str:
        return f'<p><a href="{self._base}/">{self._say("back")}</a></p>'

    def _unlock(self, wrong: str) -> str:
        says = f'<p class="late" role="alert">{self._say("wrong", why=wrong)}</p>' if wrong else ""
        return (
            f'{says}<form method="post" action="{self._base}/unlock"><label for="phrase">{self._say("phrase")}</label>'
            f'<input id="phrase" name="phrase" type="password" required autocomplete="off">'
            f"<button>{self._say('unlock')}</button></form>"
        )

    # what is asked for
    def _list(self) -> str:
        above = ""
        try:
            self._custodian.fetch()
        except BadText as error:
            above = f'<p class="soon" role="status">{self._say("unreached", why=error)}</p>'
        rows = [self._row(number) for number in self._custodian.keeper.numbers()]
        if not rows:
            return f"{above}<p>{self._say('nothing')}</p>"
        return above + self._table(("opening", "from", "due", "parts", "answer"), rows)

    def _row(self, number: str) -> tuple[str, ...]:
        opening = self._custodian.keeper.request(number).opening
        order, clock = openings.of(opening, "order"), openings.of(opening, "clock")
        did = next(
            (o["did"].partition(":")[0] for o in self._custodian.keeper.log() if o["request"] == opening.digest), ""
        )
        link = f'<a href="{self._base}/{_e(number)}">{_e(number)}</a>'
        whose = f"{_e(order.get('name', ''))}, {_e(order.get('country', ''))}"
        due = f"{self._time(clock.get('due'))}{self._left(clock.get('due')) if not did else ''}"
        return link, whose, due, str(len(opening.parts)), self._say(did or "waiting")

    def _table(self, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
        """A table; in narrow windows each cell stands below the other with its head before it."""
        names = [self._say(head) for head in heads]
        top = "".join(f'<th scope="col">{name}</th>' for name in names)
        cells = [zip(names, row, strict=True) for row in rows]
        one = '<td data-is="{}"><span>{}</span></td>'
        body = "".join("<tr>" + "".join(one.format(n, c) for n, c in row) + "</tr>" for row in cells)
        return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"

    def _time(self, value: Any) -> str:
        return f'<time datetime="{_e(value)}">{_e(str(value).replace("T", " ").rstrip("Z"))}</time>'

    def _left(self, due: Any) -> str:
        try:
            left = instant(due) - self._custodian.keeper.now()
        except BadText:
            return ""
        minutes = abs(left) // 60
        some = {"d": minutes // 1440, "h": minutes // 60 % 24 if minutes >= 1440 else minutes // 60, "m": minutes % 60}
        time = words.say(self._language, "days" if minutes >= 2880 else "hours", **some)
        return (
            f' <b class="{"late" if left < 0 else "still"}">{self._say("left" if left >= 0 else "over", time=time)}</b>'
        )

    # one of them
    def _one(self, looked: Looked) -> str:
        opening = looked.request.opening
        order, clock = openings.of(opening, "order"), openings.of(opening, "clock")
        urgent = f' <b class="late">{self._say("emergency")}</b>' if clock.get("emergency") else ""
        head = f"<h2>{_e(opening.number)}{urgent}</h2><p>{self._say('due')}{self._colon} {self._time(clock.get('due'))}"
        head += f"{self._left(clock.get('due'))}</p>"
        read = f'<p><a href="{self._base}/{_e(opening.number)}/order" download>{self._say("read")}</a></p>'
        whose = (
            f"<p>{_e(order.get('name', ''))}, {_e(order.get('country', ''))} · {_e(order.get('instrument', ''))}</p>"
        )
        return "".join(
            (
                self._crumb(),
                head,
                self._stands(looked),
                f"<h2>{self._say('order')}</h2>{whose}{read if self._here(opening) else ''}",
                self._finding(looked),
                self._parts(looked),
                self._checks(looked.checked.checks),
                self._before(looked),
                f"<h2>{self._say('answer')}</h2>{self._act(looked)}",
            )
        )

    def _stands(self, looked: Looked) -> str:
        """In one line, whether all of it holds."""
        wrong = sum(not one.holds for one in looked.checked.checks)
        says = self._say("wrongs", n=wrong, of=len(looked.checked.checks)) if wrong else self._say("all")
        return f'<p class="{"late" if wrong else "good"}">{says}</p>'

    def _here(self, opening: Opening) -> bool:
        """Whether the order's own bytes lie here, so that it can be read."""
        return bool(openings.of(opening, "order").get("text") or self._custodian.keeper.order(opening.number))

    def _order(self, number: str) -> Reply:
        keeper = self._custodian.keeper
        opening = keeper.request(number).opening
        raw = openings.order_of(opening, keeper.order(number))
        kind = str(openings.of(opening, "order").get("type"))
        return Reply(
            200, raw, kind if kind in SHOWN else "application/octet-stream", {"Content-Disposition": "attachment"}
        )

    def _finding(self, looked: Looked) -> str:
        finding = openings.of(looked.request.opening, "finding")
        pairs = [(k, v) for k, v in finding.items() if isinstance(v, str | int) and not isinstance(v, bool)]
        said = "".join(f"<dt>{_e(name)}</dt><dd>{_e(value)}</dd>" for name, value in pairs)
        asked = [
            (
                _e(words.category(self._language, str(row.get("category")))),
                _e(", ".join(map(str, row.get("persons", ())))),
                f"{_e(row.get('from', ''))} – {_e(row.get('to', ''))}",
            )
            for row in looked.request.opening.said.get("asked", ())
            if isinstance(row, dict)
        ]
        table = self._table(("category", "person", "day"), asked)
        return f"<h2>{self._say('finding')}</h2><dl>{said}</dl><h3>{self._say('asked')}</h3>{table}"

    def _parts(self, looked: Looked) -> str:
        rows, together = [], dict[tuple[str, str], list[tuple[str, int]]]()
        for number in looked.request.opening.parts:
            part, size = looked.request.item.parts[number], looked.request.item.bodies[number].length
            kind = _e(words.category(self._language, part.category))
            whose = _e(looked.checked.persons.get(number, "?"))
            rows.append((kind, whose, _e(part.day) or self._say("anyday"), self._size(size)))
            together.setdefault((kind, whose), []).append((part.day, size))
        sums = [
            (*of, _e(runs([day for day, _ in them])) or self._say("anyday"), self._size(sum(size for _, size in them)))
            for of, them in together.items()
        ]
        heads = ("category", "person", "day", "size")
        each = f"<details><summary>{self._say('each')}</summary>{self._table(heads, rows)}</details>"
        mark = looked.request.opening.recipient.fingerprint
        key = f"<p>{self._say('to')} <code>{_e(' '.join(mark[i : i + 8] for i in range(0, 64, 8)))}</code></p>"
        title = f"<h2>{self._say('parts')}{self._colon} {len(rows)} / {len(looked.request.item.parts)}</h2>"
        return title + self._table(heads, sums) + each + key

    def _size(self, length: int) -> str:
        return self._say("bytes", n=f"{length:,}".replace(",", "\u202f"))

    def _checks(self, them: tuple[Check, ...]) -> str:
        rows = "".join(
            f'<li class="{"good" if one.holds else "late"}"><b>{"✓" if one.holds else "✗"} '
            f"{_e(words.check(self._language, one.id))}{self._colon} {self._say('holds' if one.holds else 'fails')}</b>"
            f"<span>{_e(one.says)}</span></li>"
            for one in them
        )
        return f'<h2>{self._say("checks")}</h2><ul class="checks">{rows}</ul>'

    def _before(self, looked: Looked) -> str:
        mine = "".join(f"<li>{_e(one['opening'])}: {len(one['parts'])}, {_e(one['did'])}</li>" for one in looked.before)
        told = looked.request.opening.said.get("before")
        rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
        theirs = "".join(
            f"<li>{_e(row.get('day', ''))} {_e(row.get('opening', ''))}: {_e(row.get('parts', ''))}, "
            f"{_e(', '.join(map(str, row.get('categories', ()))))}</li>"
            for row in rows
        )
        never = f"<p>{self._say('never')}</p>"
        return (
            f"<h2>{self._say('before')}</h2><h3>{self._say('byyou')}</h3>{f'<ul>{mine}</ul>' if mine else never}"
            f"<h3>{self._say('said')}</h3>{f'<ul>{theirs}</ul>' if theirs else never}"
        )

    def _act(self, looked: Looked) -> str:
        at = f"{self._base}/{_e(looked.request.opening.number)}"
        if looked.answer:
            again = f'<form method="post" action="{at}/give"><button>{self._say("again")}</button></form>'
            again = again if self._custodian.keeper.settings.gateway else ""
            return f'<p class="good" role="status">{self._say("kept", what=self._say(looked.answer))}</p>{again}'
        if looked.checked.holds:
            giving = self._say("giving", n=len(looked.request.opening.parts))
            give = f'<form method="post" action="{at}/give"><p>{giving}</p><button>{self._say("give")}</button></form>'
        else:
            give = f'<p class="late" role="alert">{self._say("cannot")}</p>'
        options = "".join(f'<option value="{one}">{_e(words.ground(self._language, one))}</option>' for one in GROUNDS)
        return (
            f"{give}<details><summary>{self._say('refuse')}</summary>"
            f'<form method="post" action="{at}/refuse"><label for="ground">{self._say("ground")}</label>'
            f'<select id="ground" name="ground">{options}</select><label for="why">{self._say("why")}</label>'
            f'<textarea id="why" name="why" rows="3" maxlength="2000"></textarea>'
            f"<button>{self._say('refuse')}</button></form></details>"
        )
