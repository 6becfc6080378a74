"""People who come from outside: they join, write, and take a copy of what is theirs."""

import base64
import re
import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from comity_sandbox import acts, things
from comity_sandbox.acts import Refused
from comity_sandbox.store import Store, ago, now

LONGEST_NAME = 60
LONGEST_TEXT = 5_000
# Whoever fills a small platform on purpose meets a limit, and its people go on.
MOST_JOIN_A_DAY = 2_000
MOST_WRITE_AN_HOUR = 120


def _plain(value: str, field: str, longest: int, kept: str = "") -> str:
    """A text as typed, with one kind of line end. Raises Refused when it is empty, too long or not one."""
    typed = value.replace("\r\n", "\n").strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in typed):
        raise Refused(400, "bad-field", f"{field}: write something.")
    if len(typed) > longest:
        raise Refused(400, "bad-field", f"{field}: at most {longest} characters, and these are {len(typed)}.")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in kept for c in typed):
        raise Refused(400, "bad-field", f"{field}: it has characters that nobody can see.")
    return typed


def _ident(store: Store, name: str) -> str:
    """A free id that looks like the name."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub("[^a-z0-9]+", "-", folded).strip("-")[:40] or "guest"
    taken = {row["id"] for row in store.rows("SELECT id FROM authors WHERE id = ? OR id GLOB ?", wanted, f"{wanted}-*")}
    return next(ident for n in range(len(taken) + 2) if (ident := f"{wanted}-{n + 1}" if n else wanted) not in taken)


def join(store: Store, name: str, country: str) -> tuple[str, str]:
    """A new account of somebody who looks from a country. Returns its id and its key. Raises Refused."""
    called = " ".join(_plain(name, "name", LONGEST_NAME).split())
    with store.transaction() as db:
        (today,) = db.execute("SELECT count(*) FROM joined WHERE at > ?", (ago(timedelta(days=1)),)).fetchone()
        if today >= MOST_JOIN_A_DAY:
            raise Refused(429, "too-many", "So many people joined today that the door is shut until tomorrow.")
        ident, key = _ident(store, called), secrets.token_urlsafe(12)
        db.execute("INSERT INTO authors VALUES (?, ?, ?, 1, ?)", (ident, called, country, key))
        db.execute("INSERT INTO joined VALUES (?, ?)", (ident, now()))
    return ident, key


def write(store: Store, channel: str, who: str, text: str) -> str:
    """Post what somebody typed. Returns the message's ref. Raises Refused."""
    typed = _plain(text, "text", LONGEST_TEXT, kept="\n\t")
    with store.transaction() as db:
        sql = "SELECT count(*) FROM messages WHERE author = ? AND posted_at > ?"
        (lately,) = db.execute(sql, (who, ago(timedelta(hours=1)))).fetchone()
        if lately >= MOST_WRITE_AN_HOUR:
            raise Refused(429, "too-many", f"At most {MOST_WRITE_AN_HOUR} messages an hour: try again in a while.")
        return acts.post(store, acts.Draft(channel, who, typed))[0]


def copy(store: Store, who: things.Author) -> dict[str, Any]:
    """Everything of one's own: account, messages with their earlier versions and pictures, inbox, memberships."""
    with store.transaction():
        notices = store.rows("SELECT at, text FROM notices WHERE author = ? ORDER BY rowid", who.id)
        member = store.rows("SELECT channel FROM members WHERE author = ? ORDER BY channel", who.id)
        return {
            "account": {"id": who.id, "name": who.name, "country": who.country},
            "member_of": [row["channel"] for row in member],
            "messages": [_message(store, message) for message in things.by_author(store, who.id, limit=-1)],
            "inbox": [{"at": row["at"], "text": row["text"]} for row in notices],
        }


def _message(store: Store, message: things.Message) -> dict[str, Any]:
    data = things.picture(store, message.channel, int(message.ref.rpartition("/")[2]))
    picture = {"type": "image/png", "base64": base64.b64encode(data).decode()} if data else None
    versions = [{"at": one.at, "text": one.text} for one in message.versions]
    return {"ref": message.ref, "posted_at": message.posted_at, "versions": versions, "picture": picture}
