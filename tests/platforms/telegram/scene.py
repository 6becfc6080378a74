"""A peer of Telegram's in the tests' process, a bot on it, and what people do there."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from comity.platforms.telegram import updates
from comity.platforms.telegram.calls import Calls
from comity.platforms.telegram.connector import Telegram
from comity.platforms.telegram.evidence import Ours, take
from comity_telegram import people
from comity_telegram.people import NEWS, SQUARE, TALK
from comity_telegram.server import Peer, Server, served
from comity_telegram.store import Store

TOKEN = "123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI"
ALICE, BRUNO, CHIARA = 777001, 777002, 5000000003
CLOSED = people.CLOSED


@dataclass
class Scene:
    """A bot and its chats. `name` is new for each, so that none sees another's rows."""

    server: Server
    bot: Telegram
    updates: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.bot.name

    def do(self, deed: str, **body: Any) -> Any:
        """Something that somebody does there; what the bot is told of it is taken."""
        import json

        said = json.loads(self.server.peer.people(deed, body).body)
        assert said["ok"], said
        self.hear()
        return said["result"]

    def hear(self) -> None:
        """Take what the bot is told."""
        with self.server.peer.store.change() as all_:
            waiting, all_["updates"] = all_["updates"], []
        for one in waiting:
            self.updates.append(one["update"])
            take(self.bot.ours, one["update"])

    def post(self, chat: int | str = SQUARE, **more: Any) -> str:
        """A message; gives its address."""
        made = self.do("post", chat=chat, **more)
        where = made["chat"].get("username") or f"c/{-1_000_000_000_000 - made['chat']['id']}"
        return f"https://t.me/{where}/{made['message_id']}"

    def ref(self, url: str) -> str:
        return self.bot.resolve(url).ref

    def mode(self, name: str) -> None:
        self.server.peer.people("mode", {"mode": name})

    def seen(self, name: str = "townsq") -> Any:
        """The chat as its members see it."""
        return people.seen(self.server.peer.store.all, name)

    def texts(self, name: str = "townsq") -> list[str]:
        return [one.get("text", one.get("caption")) for one in self.seen(name)["messages"]]


@contextmanager
def scene(path: Path, **more: Any) -> Iterator[Scene]:
    """A peer with its town, a bot that administers it."""
    store = Store(path / "telegram.json", people.BOT)
    people.seed(store)
    store.all["webhook"]["allowed_updates"] = list(updates.rules.UPDATES)
    server = served(Peer(store, TOKEN, "key", **more))
    ours = Ours(
        f"bot-{random.randrange(10**9)}",
        frozenset({"townsq", "townnews"}),
        frozenset({SQUARE, NEWS, TALK, CLOSED}),
        timedelta(days=30),
    )
    try:
        yield Scene(server, Telegram(ours, Calls(lambda: TOKEN, server.peer.base, timeout=1.0)))
    finally:
        server.shutdown()
        server.server_close()
