"""Addresses of Telegram in one spelling: `t.me` links of public and private chats, topics, comments, albums. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from comity import addresses

HOSTS = ("t.me", "telegram.me", "telegram.dog")
NAME = re.compile(r"[a-z][a-z0-9_]{3,31}")
NUMBER = re.compile(r"[1-9][0-9]{0,9}")
PRIVATE = re.compile(r"[1-9][0-9]{0,14}")
SUPER = -1_000_000_000_000  # a supergroup's number is this less what its links show
# first words of paths that lead to no chat
OTHERWISE = frozenset({"joinchat", "addstickers", "addemoji", "addlist", "share", "proxy", "socks", "login", "boost"})
REF = re.compile(r"-?[0-9]{1,17}(?:/[1-9][0-9]{0,9}(?:\+[1-9][0-9]{0,9}){0,9})?")


@dataclass(frozen=True)
class Link:
    """What a link names: a chat by its public `name` or its `number`, a message in it, or a comment below a post.

    `single`: this one message alone of an album.
    """

    name: str = ""
    number: int = 0
    message: int = 0
    comment: int = 0
    single: bool = False


def read(url: str) -> Link | None:
    """What an address names; None where it isn't Telegram's, or names no chat: an invitation names its bearer's way
    in, and nothing that one could look at."""
    if url.strip().lower().startswith("tg:"):
        return _of_app(url.strip())
    parts = addresses.split(url)
    if parts is None or parts.port not in (None, 80, 443):
        return None
    host, _, _ = (parts.hostname or "").lower().rstrip(".").partition(":")
    pieces = [piece for piece in addresses.path(parts.path).split("/") if piece]
    if host.endswith(".t.me") and NAME.fullmatch(host.removesuffix(".t.me")):
        pieces = [host.removesuffix(".t.me"), *pieces]
    elif host.removeprefix("www.") not in HOSTS:
        return None
    return _of_path(pieces, dict(parse_qsl(parts.query, keep_blank_values=True)))


def _of_path(pieces: list[str], query: dict[str, str]) -> Link | None:
    private = pieces[:1] == ["c"]
    if pieces[:1] == ["s"] or private:
        pieces = pieces[1:]
    if not pieces or len(pieces) > 3 or not all(NUMBER.fullmatch(one) for one in pieces[1:]):
        return None
    message = int(pieces[-1]) if len(pieces) > 1 else 0  # with three, the one in the middle is the topic
    comment, single = _number(query.get("comment")), "single" in query
    if private:
        number = SUPER - int(pieces[0]) if PRIVATE.fullmatch(pieces[0]) else 0
        return Link("", number, message, comment, single) if number else None
    name = pieces[0].lower()
    return Link(name, 0, message, comment, single) if NAME.fullmatch(name) and name not in OTHERWISE else None


def _of_app(url: str) -> Link | None:
    """`tg://resolve?domain=…&post=…` and `tg://privatepost?channel=…&post=…`, as apps write them."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    what = (parts.netloc or parts.path).strip("/").lower()
    first = {"resolve": [query.get("domain", "")], "privatepost": ["c", query.get("channel", "")]}.get(what)
    post = query.get("post", "")
    return _of_path([*first, *([post] if post else [])], query) if first and first[-1] else None


def _number(text: str | None) -> int:
    return int(text) if text and NUMBER.fullmatch(text) else 0


def spelled(name: str, chat: int, message: int = 0, *, single: bool = False) -> str:
    """The one spelling of an address: by the chat's public name, where it has one."""
    first = name or f"c/{SUPER - chat}"
    return f"https://t.me/{first}" + (f"/{message}" if message else "") + ("?single" if single else "")


def ref(chat: int, *messages: int) -> str:
    """Our name for a chat, or for one message or album of it."""
    return f"{chat}/{'+'.join(map(str, messages))}" if messages else str(chat)


def of_ref(text: str) -> tuple[int, tuple[int, ...]] | None:
    """The chat and the messages that a ref names; None for what is none."""
    if not REF.fullmatch(text):
        return None
    chat, _, messages = text.partition("/")
    return int(chat), tuple(int(one) for one in messages.split("+") if one)
