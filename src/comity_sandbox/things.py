"""What has an address here, and who sees it. A thing's ref is the path of its page."""

import hmac
import json
import re
from dataclasses import dataclass
from sqlite3 import Row

from comity_sandbox.store import Store

ADDRESS = re.compile(
    r"(?P<channel>/[cp]/[a-z0-9-]{1,60})(?:/(?P<n>[1-9][0-9]{0,8})(?P<picture>/picture)?)?|/u/(?P<author>[a-z0-9-]{1,60})"
)
EVERYWHERE = "WORLD"
OPEN = ("public", "open-group")


@dataclass(frozen=True)
class Author:
    id: str
    name: str
    country: str | None
    contactable: bool


@dataclass(frozen=True)
class Version:
    at: str
    text: str


@dataclass(frozen=True)
class Message:
    ref: str
    channel: str
    author: Author
    posted_at: str
    removed: bool
    has_picture: bool
    versions: tuple[Version, ...]

    @property
    def text(self) -> str:
        return self.versions[-1].text if self.versions else ""

    @property
    def hidden_by(self) -> tuple[str, str, str]:
        """The refs any of which, when withheld, hides this message."""
        return (self.ref, self.channel, f"/u/{self.author.id}")


def author(store: Store, ident: str) -> Author | None:
    row = store.row("SELECT * FROM authors WHERE id = ?", ident)
    return Author(row["id"], row["name"], row["country"], bool(row["contactable"])) if row else None


def _message(store: Store, row: Row) -> Message:
    who = author(store, row["author"])
    assert who is not None
    versions = store.rows(
        "SELECT at, text FROM versions WHERE channel = ? AND n = ? ORDER BY version", row["channel"], row["n"]
    )
    return Message(
        ref=f"{row['channel']}/{row['n']}",
        channel=row["channel"],
        author=who,
        posted_at=row["posted_at"],
        removed=row["removed_at"] is not None,
        has_picture=bool(row["has_picture"]),
        versions=tuple(Version(v["at"], v["text"]) for v in versions),
    )


# Two whole queries rather than one assembled from pieces: nothing a client sends can become SQL.
_ONE = (
    "SELECT channel, n, author, posted_at, removed_at, picture IS NOT NULL AS has_picture"
    " FROM messages WHERE channel = ? AND n = ?"
)
_LATEST = (
    "SELECT channel, n, author, posted_at, removed_at, picture IS NOT NULL AS has_picture"
    " FROM messages WHERE channel = ? ORDER BY n DESC LIMIT ?"
)
_BY_AUTHOR = (
    "SELECT channel, n, author, posted_at, removed_at, picture IS NOT NULL AS has_picture"
    " FROM messages WHERE author = ? AND removed_at IS NULL ORDER BY posted_at DESC, channel, n DESC LIMIT ?"
)


def message(store: Store, channel: str, n: int) -> Message | None:
    row = store.row(_ONE, channel, n)
    return _message(store, row) if row else None


def latest(store: Store, channel: str, limit: int = 60) -> list[Message]:
    """The last messages of a channel, oldest first."""
    return [_message(store, row) for row in reversed(store.rows(_LATEST, channel, limit))]


def by_author(store: Store, ident: str, limit: int = 60) -> list[Message]:
    """What an author wrote and has not removed, newest first."""
    return [_message(store, row) for row in store.rows(_BY_AUTHOR, ident, limit)]


def mark(store: Store, what: Message) -> str:
    """A keyed hash of a message that isn't for everyone: it tells that it was edited, and nothing of what it says."""
    row = store.row("SELECT key FROM authors WHERE id = ?", what.author.id)
    said = json.dumps([[one.at, one.text] for one in what.versions]).encode()
    return hmac.digest(str(row and row["key"]).encode(), said, "sha256").hex()


def picture(store: Store, channel: str, n: int) -> bytes | None:
    row = store.row("SELECT picture FROM messages WHERE channel = ? AND n = ?", channel, n)
    return row["picture"] if row else None


def channel(store: Store, ref: str) -> Row | None:
    return store.row("SELECT * FROM channels WHERE ref = ?", ref)


def members(store: Store, ref: str) -> set[str]:
    return {row["author"] for row in store.rows("SELECT author FROM members WHERE channel = ?", ref)}


def withheld(store: Store, refs: tuple[str, ...], country: str) -> bool:
    """Whether any of these refs is withheld from viewers in a country, by whichever key."""
    sql = "SELECT 1 FROM withheld WHERE ref = ? AND country IN (?, ?) LIMIT 1"
    # All refs are always looked up, so that the answer's time tells nothing of why.
    found = [store.row(sql, ref, country, EVERYWHERE) for ref in refs]
    return any(row is not None for row in found)


def shown(store: Store, what: Message, country: str) -> bool:
    """Whether a viewer in a country sees a message: not withheld there, not removed by its author."""
    return not withheld(store, what.hidden_by, country) and not what.removed


def picture_shown(store: Store, what: Message, country: str) -> bool:
    """Whether a viewer in a country sees a message's picture."""
    return what.has_picture and shown(store, what, country) and not withheld(store, (f"{what.ref}/picture",), country)
