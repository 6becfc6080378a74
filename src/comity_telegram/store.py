"""What there is on the peer: chats, people, messages, members, updates that wait. One JSON file, written whole."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
FIRST_UPDATE = 900_001
KINDS = ("messages", "audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls", "other_messages")
MAY_WRITE = (*(f"can_send_{kind}" for kind in KINDS), "can_add_web_page_previews", "can_react_to_messages")
MAY_MORE = ("can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_promote_members",
    "can_manage_video_chats",
    "is_anonymous",
)
HELD = ("can_delete_messages", "can_invite_users", "can_restrict_members", "can_manage_chat")


class Store:
    """Everything, in memory and on disk: `with store.change() as all:` is one change, written before it ends."""

    def __init__(self, path: Path, bot: Doc) -> None:
        self._path, self._lock = path, threading.RLock()
        self.changed = threading.Condition(self._lock)
        self.all: Doc = json.loads(path.read_text()) if path.exists() else _empty(bot)

    @contextmanager
    def change(self) -> Iterator[Doc]:
        """A change that is on disk once the block ends."""
        with self._lock:
            yield self.all
            made = self._path.with_suffix(".new")
            made.write_text(json.dumps(self.all))
            os.replace(made, self._path)
            self.changed.notify_all()

    @contextmanager
    def look(self) -> Iterator[Doc]:
        """What there is, as nobody changes it meanwhile."""
        with self._lock:
            yield self.all


def _empty(bot: Doc) -> Doc:
    return {
        "bot": bot,
        "chats": {},
        "users": {},
        "members": {},
        "messages": {},
        "updates": [],
        "next_update": FIRST_UPDATE,
        "webhook": {"url": "", "allowed_updates": [], "max_connections": 40},
        "files": {},
        "commands": {},
        "mode": "normal",
        "later": 0,
        "revoked": False,
    }


def permissions(*, write: bool = True) -> Doc:
    """What people may do in a chat."""
    return dict.fromkeys(MAY_WRITE, write) | dict.fromkeys(MAY_MORE, False)


def public(chat: Doc) -> Doc:
    """A chat as updates name it."""
    keys = ("id", "type", "title", "username", "first_name", "is_forum")
    return {key: chat[key] for key in keys if chat.get(key)}


def key(chat: int, other: int) -> str:
    """Under what a message of a chat, or a member of it, is kept."""
    return f"{chat}:{other}"


def told(all_: Doc, kind: str, payload: Doc, now: int) -> None:
    """An update for the bot, where it asked for such ones: those about members only where it named them."""
    wanted = all_["webhook"].get("allowed_updates") or []
    named = kind in wanted if wanted else kind not in ("chat_member", "message_reaction")
    if named:
        update = {"update_id": all_["next_update"], kind: payload}
        all_["updates"].append({"at": now, "update": update})
        all_["next_update"] += 1
