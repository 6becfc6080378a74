"""What people do on the peer, and what befalls it: for who plays them in a demo or a test."""

from collections.abc import Callable, Mapping
from typing import Any

from .methods import bad
from .store import HELD, Doc, Store, key, permissions, public, told

MODES = ("normal", "pretend", "after", "down", "hang", "garbage", "flood")
BOT: Doc = {"id": 123456, "is_bot": True, "first_name": "LegalBot", "username": "legal_bot"}
SQUARE, NEWS, TALK, CLOSED, OLD = -1001234567890, -1001234567891, -1001234567892, -1001234567893, -4815162342
PEOPLE = (
    {"id": 777001, "is_bot": False, "first_name": "Alice", "username": "alice_t", "language_code": "de"},
    {"id": 777002, "is_bot": False, "first_name": "Bruno", "username": "bruno_t", "language_code": "fr"},
    {"id": 5000000003, "is_bot": False, "first_name": "Chiara", "language_code": "en"},
)
OWNER = 777002
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def _chat(ident: int, kind: str, title: str, **more: Any) -> Doc:
    bot = {"status": "administrator", **dict.fromkeys(HELD, True)}
    may = {"permissions": permissions()} if kind != "channel" else {}
    return {"id": ident, "type": kind, "title": title, "bot": bot, **may, **more}


def seed(store: Store) -> None:
    """A small town: a square, a channel and the group where it is talked about, a closed circle, an old group."""
    if store.all["chats"]:
        return
    chats = (
        _chat(SQUARE, "supergroup", "Town square", username="townsq", is_forum=True),
        _chat(NEWS, "channel", "Town news", username="townnews", linked_chat_id=TALK),
        _chat(TALK, "supergroup", "Town news talk", linked_chat_id=NEWS),
        _chat(CLOSED, "supergroup", "Choir"),
        _chat(OLD, "group", "Old friends"),
    )
    with store.change() as all_:
        all_["chats"] = {str(chat["id"]): chat for chat in chats}
        all_["users"] = {str(one["id"]): one for one in PEOPLE}
        for chat in chats:
            for one in PEOPLE:
                status = "creator" if one["id"] == OWNER else "member"
                all_["members"][key(chat["id"], int(str(one["id"])))] = {"status": status}


class Deed:
    """What somebody does: the body that was sent, what there is, and when it is."""

    def __init__(self, all_: Doc, body: Mapping[str, Any], now: int) -> None:
        self.all, self.body, self.now = all_, body, now

    def chat(self) -> Doc:
        """The chat that is meant, by number or name."""
        name = str(self.body.get("chat", SQUARE))
        chats = self.all["chats"]
        found = chats.get(name) or next((c for c in chats.values() if c.get("username") == name), None)
        if found is None:
            raise bad("chat not found")
        return dict(found)

    def user(self) -> Doc:
        """Who does it."""
        found = self.all["users"].get(str(self.body.get("user", PEOPLE[0]["id"])))
        if found is None:
            raise bad("user not found")
        return dict(found)

    def message(self) -> Doc:
        """A message as it is kept, whether it is there or not: who changes it changes what is kept."""
        found: Doc | None = self.all["messages"].get(key(self.chat()["id"], int(self.body.get("message", 0))))
        if found is None:
            raise bad("message not found")
        return found


def post(deed: Deed) -> Doc:
    """Somebody writes in a chat: who may not is refused, as its members are. `ago`: seconds before now."""
    chat, user = deed.chat(), deed.user()
    member = deed.all["members"].get(key(chat["id"], user["id"]), {"status": "left"})
    runs = not 0 < member.get("until_date", 0) <= deed.now
    barred = member["status"] in ("left", "kicked") or (
        member["status"] == "restricted" and runs and not member.get("can_send_messages")
    )
    shut = not chat.get("permissions", {}).get("can_send_messages", True) and member["status"] == "member"
    if barred or shut:
        raise bad("not enough rights to send text messages to the chat")
    return _posted(deed, chat, user)


def _posted(deed: Deed, chat: Doc, user: Doc) -> Doc:
    own = deed.all["chats"][str(chat["id"])]
    own["last"] = own.get("last", 0) + 1
    text, body = str(deed.body.get("text", "A message")), deed.body
    by = {"sender_chat": public(chat)} if chat["type"] == "channel" else {"from": user}
    content: Doc = {"text": text}
    if body.get("photo"):
        content = {"caption": text, "photo": _photo(deed)}
    if body.get("thread"):
        content |= {"message_thread_id": int(body["thread"]), "is_topic_message": bool(chat.get("is_forum"))}
    if body.get("reply_to"):
        replied = deed.all["messages"].get(key(chat["id"], int(body["reply_to"])))
        if replied:
            content["reply_to_message"] = replied["message"]
    at = deed.now - int(body.get("ago", 0))
    made: Doc = {"message_id": own["last"], **by, "chat": public(chat), "date": at, **content}
    deed.all["messages"][key(chat["id"], own["last"])] = {"message": made, "gone": False}
    told(deed.all, "channel_post" if chat["type"] == "channel" else "message", made, deed.now)
    if chat["type"] == "channel" and chat.get("linked_chat_id"):
        _forwarded(deed, chat, made)
    return made


def _forwarded(deed: Deed, channel: Doc, post_: Doc) -> None:
    """A post of a channel appears in the group where it is talked about: its comments are the thread below it."""
    talk = deed.all["chats"][str(channel["linked_chat_id"])]
    talk["last"] = talk.get("last", 0) + 1
    came = {"type": "channel", "chat": public(channel), "message_id": post_["message_id"], "date": post_["date"]}
    content: Doc = {name: post_[name] for name in ("text", "caption", "photo") if name in post_}
    made: Doc = {
        "message_id": talk["last"],
        "sender_chat": public(channel),
        "chat": public(talk),
        "date": post_["date"],
        "is_automatic_forward": True,
        "forward_origin": came,
        **content,
    }
    deed.all["messages"][key(talk["id"], talk["last"])] = {"message": made, "gone": False}
    told(deed.all, "message", made, deed.now)


def _photo(deed: Deed) -> list[Doc]:
    number = len(deed.all["files"])
    file: Doc = {"file_id": f"AgACAgIAAx0{number}", "file_unique_id": f"AQADx{number}", "file_size": len(PNG)}
    deed.all["files"][file["file_id"]] = file | {"file_path": f"photos/file_{number}.jpg"}
    if deed.body.get("photo") == "large":
        deed.all["files"][file["file_id"]]["file_size"] = 30 * 1024 * 1024
    return [file | {"width": 90, "height": 67}]


def edit(deed: Deed) -> Doc:
    """Somebody edits what they wrote."""
    kept = deed.message()
    kept["message"] |= {"edit_date": deed.now}
    kept["message"]["caption" if "caption" in kept["message"] else "text"] = str(deed.body.get("text", "Edited"))
    kind = "edited_channel_post" if kept["message"]["chat"]["type"] == "channel" else "edited_message"
    told(deed.all, kind, kept["message"], deed.now)
    return dict(kept["message"])


def remove(deed: Deed) -> bool:
    """Somebody deletes a message: the bot isn't told."""
    deed.message()["gone"] = True
    return True


def start(deed: Deed) -> Doc:
    """Somebody writes to the bot itself, which opens their private chat."""
    user, text = deed.user(), str(deed.body.get("text", "/start"))
    chat = {"id": user["id"], "type": "private", "first_name": user["first_name"], "bot": {"status": "member"}}
    deed.all["chats"].setdefault(str(user["id"]), chat)
    own = deed.all["chats"][str(user["id"])]
    own["last"] = own.get("last", 0) + 1
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text.startswith("/") else []
    made = {"message_id": own["last"], "from": user, "chat": public(own), "date": deed.now, "text": text}
    made |= {"entities": entities} if entities else {}
    deed.all["messages"][key(user["id"], own["last"])] = {"message": made, "gone": False}
    told(deed.all, "message", made, deed.now)
    return made


def block(deed: Deed) -> bool:
    """Somebody wants no more of the bot."""
    deed.all["chats"][str(deed.user()["id"])]["blocked"] = True
    return True


def upgrade(deed: Deed) -> Doc:
    """A basic group becomes a supergroup, with another number."""
    old = deed.chat()
    new = {**old, "id": -1009876543210, "type": "supergroup", "last": 0}
    deed.all["chats"][str(new["id"])] = new
    deed.all["chats"][str(old["id"])]["migrated_to"] = new["id"]
    for name, member in list(deed.all["members"].items()):
        if name.startswith(f"{old['id']}:"):
            deed.all["members"][key(new["id"], int(name.partition(":")[2]))] = member
    user = deed.user()
    by = {"message_id": old.get("last", 0) + 1, "from": user, "date": deed.now}
    told(deed.all, "message", by | {"chat": public(old), "migrate_to_chat_id": new["id"]}, deed.now)
    told(deed.all, "message", by | {"message_id": 1, "chat": public(new), "migrate_from_chat_id": old["id"]}, deed.now)
    return new


def throw_out(deed: Deed) -> bool:
    """The bot is thrown out of a chat, leaves it, or is let in again (`status`)."""
    chat = deed.all["chats"][str(deed.chat()["id"])]
    before, status = dict(chat["bot"]), str(deed.body.get("status", "kicked"))
    chat["bot"] = {**chat["bot"], "status": status}
    user = deed.all["bot"]
    update = {"chat": public(chat), "from": deed.user(), "date": deed.now}
    members = {
        "old_chat_member": {"status": before["status"], "user": user},
        "new_chat_member": {"status": status, "user": user} | ({"until_date": 0} if status == "kicked" else {}),
    }
    told(deed.all, "my_chat_member", update | members, deed.now)
    return True


def rights(deed: Deed) -> bool:
    """What the bot may do in a chat."""
    chat = deed.all["chats"][str(deed.chat()["id"])]
    chat["bot"] |= {name: bool(deed.body[name]) for name in HELD if name in deed.body}
    return True


def close(deed: Deed) -> bool:
    """A chat is deleted: it isn't found any more."""
    deed.all["chats"].pop(str(deed.chat()["id"]))
    return True


def allow(deed: Deed) -> bool:
    """Another administrator lets a member write again (`user`), or everybody (`everybody`), by hand."""
    chat = deed.all["chats"][str(deed.chat()["id"])]
    if deed.body.get("everybody"):
        chat["permissions"] = permissions()
        return True
    deed.all["members"][key(chat["id"], deed.user()["id"])] = {"status": "member"}
    return True


def age(deed: Deed) -> bool:
    """Time goes on by so many seconds."""
    deed.all["later"] += int(deed.body.get("seconds", 0))
    return True


def revoke(deed: Deed) -> bool:
    """The bot's token is taken back, or given again."""
    deed.all["revoked"] = bool(deed.body.get("revoked", True))
    return True


def mode(deed: Deed) -> bool:
    """How the peer behaves."""
    wanted = str(deed.body.get("mode", "normal"))
    if wanted not in MODES:
        raise bad(f"mode is none of {', '.join(MODES)}")
    deed.all["mode"] = wanted
    return True


def again(deed: Deed) -> bool:
    """The last updates are handed out once more, as after an answer that was lost."""
    deed.all["updates"] += [{"at": deed.now, "update": one} for one in deed.body.get("updates", [])]
    return True


DEEDS: Mapping[str, Callable[[Deed], Any]] = {
    "post": post,
    "edit": edit,
    "remove": remove,
    "start": start,
    "block": block,
    "upgrade": upgrade,
    "throw-out": throw_out,
    "rights": rights,
    "close": close,
    "allow": allow,
    "age": age,
    "revoke": revoke,
    "mode": mode,
    "again": again,
}


def seen(all_: Doc, name: str) -> Doc:
    """A chat as its members see it: what is there, who may not write, and whether it is open to writing."""
    chats = all_["chats"]
    chat = chats.get(name) or next((c for c in chats.values() if c.get("username") == name), None)
    if chat is None:
        raise bad("chat not found")
    its = [m["message"] for k, m in all_["messages"].items() if k.startswith(f"{chat['id']}:") and not m["gone"]]
    members = {k.partition(":")[2]: m for k, m in all_["members"].items() if k.startswith(f"{chat['id']}:")}
    muted = [who for who, m in members.items() if m["status"] == "restricted" and not m.get("can_send_messages")]
    writes = bool(chat.get("permissions", {}).get("can_send_messages", True))
    return {"chat": public(chat), "messages": its, "muted": muted, "everybody_writes": writes}
