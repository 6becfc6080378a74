"""The methods of the Bot API, as far as a moderating bot calls them: each takes what was sent and gives a result."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .store import MAY_MORE, MAY_WRITE, RIGHTS, Doc, key, public, told

DELETABLE = 48 * 3600
FOREVER_UNDER, FOREVER_OVER = 30, 366 * 86_400
MOST_TEXT = 4096
MOST_FILE = 20 * 1024 * 1024
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
Given = Mapping[str, Any]


class No(Exception):
    """A refusal: `{"ok": false, "error_code", "description", "parameters"}`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str, **parameters: int) -> No:
    """400, as most refusals are."""
    return No(400, f"Bad Request: {description}", **parameters)


class Call:
    """One call: what was given, what there is, and when it is (seconds since 1970)."""

    def __init__(self, all_: Doc, given: Given, now: int) -> None:
        self.all, self.given, self.now = all_, given, now

    def whole(self, name: str, otherwise: int | None = None) -> int:
        """A whole number, which may be sent as a text."""
        value = self.given.get(name, otherwise)
        try:
            return int(str(value))
        except (TypeError, ValueError):
            raise bad(f"{name} must be an Integer" if value is not None else f"{name} is empty") from None

    def nested(self, name: str) -> Any:
        """A list or an object, which may be sent as the text of its JSON."""
        value = self.given.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name} JSON object") from None
        return value

    def chat(self, *, member: bool = True) -> Doc:
        """The chat that is meant, by its number or its @name, in which the bot still is."""
        given = str(self.given.get("chat_id", "")).strip()
        if given.startswith("@"):
            named = [c for c in self.all["chats"].values() if c.get("username", "").lower() == given[1:].lower()]
            found = named[0] if named else None
        else:
            found = self.all["chats"].get(given)
        if found is None:
            raise bad("chat not found" if given else "chat_id is empty")
        if found.get("migrated_to"):
            says = "group chat was upgraded to a supergroup chat"
            raise bad(says, migrate_to_chat_id=found["migrated_to"])
        if member and found["type"] != "private":
            _still_in(found)
        return dict(found)

    def user(self, chat: Doc) -> tuple[Doc, Doc]:
        """A user, and how they stand in a chat."""
        found = self.all["users"].get(str(self.whole("user_id")))
        if found is None:
            raise bad("user not found")
        return found, self.all["members"].get(key(chat["id"], found["id"]), {"status": "left"})

    def message(self, chat: Doc, what: str) -> Doc:
        """A message that is there."""
        found = self.all["messages"].get(key(chat["id"], self.whole("message_id")))
        if found is None or found["gone"]:
            raise bad(f"message to {what} not found")
        return dict(found["message"])

    def may(self, chat: Doc, right: str, says: str) -> None:
        """Raises No where the bot has no such right in a chat."""
        if not chat["bot"].get(right):
            raise bad(says)


def _still_in(chat: Doc) -> None:
    kind = chat["type"]
    if chat["bot"]["status"] == "kicked":
        raise No(403, f"Forbidden: bot was kicked from the {kind} chat")
    if chat["bot"]["status"] == "left":
        raise No(403, f"Forbidden: bot is not a member of the {kind} chat")


# -- looking ----------------------------------------------------------------------------------------------------------


def get_me(call: Call) -> Doc:
    """The bot itself."""
    more = ("can_join_groups", "can_read_all_group_messages")
    less = ("supports_inline_queries", "can_connect_to_business", "has_main_web_app")
    bot: Doc = call.all["bot"]
    return bot | dict.fromkeys(more, True) | dict.fromkeys(less, False)


def get_chat(call: Call) -> Doc:
    """A chat in full: what people may do in it, and what it is linked to."""
    chat = call.chat()
    more = {key: chat[key] for key in ("linked_chat_id", "permissions") if chat.get(key)}
    return public(chat) | {"accent_color_id": 3, "max_reaction_count": 11, "accepted_gift_types": {}} | more


def get_chat_member(call: Call) -> Doc:
    """How somebody stands in a chat."""
    chat = call.chat()
    if call.whole("user_id") == call.all["bot"]["id"]:
        return _bot_in(call, chat)
    user, member = call.user(chat)
    return _lasting(member, call.now) | {"user": user}


def _lasting(member: Doc, now: int) -> Doc:
    """A member as they stand now: what has run out is over."""
    over = 0 < member.get("until_date", 0) <= now
    return {"status": "member"} if over else dict(member)


def _bot_in(call: Call, chat: Doc) -> Doc:
    if chat["bot"]["status"] != "administrator":
        return {"status": chat["bot"]["status"], "user": call.all["bot"]}
    held = {right: bool(chat["bot"].get(right)) for right in RIGHTS}
    return {"status": "administrator", "user": call.all["bot"], **held}


def get_administrators(call: Call) -> list[Doc]:
    """Who administers a chat, but for other bots."""
    chat = call.chat()
    its = [(k, m) for k, m in call.all["members"].items() if k.startswith(f"{chat['id']}:")]
    users = call.all["users"]
    above = [m | {"user": users[k.partition(":")[2]]} for k, m in its if m["status"] in ("creator", "administrator")]
    return [*above, _bot_in(call, chat)]


def get_count(call: Call) -> int:
    """How many are in a chat."""
    chat = call.chat()
    its = [m for k, m in call.all["members"].items() if k.startswith(f"{chat['id']}:")]
    return 1 + sum(m["status"] not in ("left", "kicked") for m in its)


def get_file(call: Call) -> Doc:
    """Where the bytes of a file are, for an hour."""
    found = call.all["files"].get(str(call.given.get("file_id", "")))
    if found is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if found["file_size"] > MOST_FILE:
        raise bad("file is too big")
    return {k: found[k] for k in ("file_id", "file_unique_id", "file_size", "file_path")}


# -- acting -----------------------------------------------------------------------------------------------------------


def delete_message(call: Call) -> bool:
    """Delete a message that is less than 48 hours old, or the bot's own in a group."""
    chat = call.chat()
    found = call.message(chat, "delete")
    own = found.get("from", {}).get("id") == call.all["bot"]["id"]
    call.may(chat, "can_delete_messages" if not own else "status", "message can't be deleted")
    if call.now - found["date"] >= DELETABLE and not own:
        raise bad("message can't be deleted")
    _gone(call.all, chat["id"], found["message_id"])
    return True


def _gone(all_: Doc, chat: int, message: int) -> None:
    all_["messages"][key(chat, message)]["gone"] = True


def delete_messages(call: Call) -> bool:
    """Delete many; those that aren't found are skipped, and it is true all the same."""
    chat, given = call.chat(), call.nested("message_ids")
    if not isinstance(given, list) or not given:
        raise bad("message identifiers are not specified")
    if len(given) > 100:
        raise bad("too many message identifiers specified")
    call.may(chat, "can_delete_messages", "message can't be deleted")
    for one in given:
        found = call.all["messages"].get(key(chat["id"], int(one)))
        if found and call.now - found["message"]["date"] < DELETABLE:
            found["gone"] = True
    return True


def _to_restrict(call: Call, chat: Doc) -> tuple[Doc, Doc]:
    call.may(chat, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    user, member = call.user(chat)
    if member["status"] == "creator":
        raise bad("can't remove chat owner")
    if member["status"] == "administrator":
        raise bad("user is an administrator of the chat")
    return user, member


def _until(call: Call) -> int:
    asked = call.whole("until_date", 0)
    away = asked - call.now
    return 0 if away < FOREVER_UNDER or away > FOREVER_OVER else asked


def restrict(call: Call) -> bool:
    """What one member may do in a supergroup; all of it: they are a member like any other again."""
    chat = call.chat()
    if chat["type"] != "supergroup":
        raise bad("method is available only for supergroups")
    user, member = _to_restrict(call, chat)
    wanted = call.nested("permissions")
    if not isinstance(wanted, dict):
        raise bad("permissions is empty")
    may = {name: bool(wanted.get(name, False)) for name in (*MAY_WRITE, *MAY_MORE)}
    if all(may[name] for name in MAY_WRITE):
        now: Doc = {"status": "member"}
    else:
        now = {"status": "restricted", "is_member": True, "until_date": _until(call), **may}
    _stands(call, chat, user, member, now)
    return True


def _stands(call: Call, chat: Doc, user: Doc, before: Doc, now: Doc) -> None:
    call.all["members"][key(chat["id"], user["id"])] = now
    update = {"chat": public(chat), "from": call.all["bot"], "date": call.now}
    members = {"old_chat_member": before | {"user": user}, "new_chat_member": now | {"user": user}}
    told(call.all, "chat_member", update | members, call.now)


def ban(call: Call) -> bool:
    """Ban somebody; in supergroups and channels all that they wrote goes with them."""
    chat = call.chat()
    user, member = _to_restrict(call, chat)
    if chat["type"] in ("supergroup", "channel") or call.given.get("revoke_messages") in (True, "true"):
        for one in call.all["messages"].values():
            if one["message"]["chat"]["id"] == chat["id"] and one["message"].get("from", {}).get("id") == user["id"]:
                one["gone"] = True
    _stands(call, chat, user, member, {"status": "kicked", "until_date": _until(call)})
    return True


def unban(call: Call) -> bool:
    """They may join again; nothing comes back."""
    chat = call.chat()
    user, member = _to_restrict(call, chat)
    if member["status"] == "kicked":
        _stands(call, chat, user, member, {"status": "left"})
    return True


def set_permissions(call: Call) -> bool:
    """What everybody may do in a group or supergroup."""
    chat = call.chat()
    if chat["type"] not in ("group", "supergroup"):
        raise bad("method is available only for supergroups")
    call.may(chat, "can_restrict_members", "not enough rights to change chat permissions")
    wanted = call.nested("permissions")
    if not isinstance(wanted, dict):
        raise bad("permissions is empty")
    may = {name: bool(wanted.get(name, False)) for name in (*MAY_WRITE, *MAY_MORE)}
    if may == chat["permissions"]:
        raise bad("CHAT_NOT_MODIFIED")
    call.all["chats"][str(chat["id"])]["permissions"] = may
    return True


def send_message(call: Call) -> Doc:
    """Write: to who has started the bot, or in a chat."""
    text = str(call.given.get("text", ""))
    chat = call.chat()
    if chat.get("blocked"):
        raise No(403, "Forbidden: bot was blocked by the user")
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > MOST_TEXT:
        raise bad("message is too long")
    replied = (call.nested("reply_parameters") or {}).get("message_id")
    if replied and key(chat["id"], int(replied)) not in call.all["messages"]:
        raise bad("message to be replied not found")
    made = written(call.all, chat, call.all["bot"], call.now, text=text)
    markup = call.nested("reply_markup")
    if markup:
        made["reply_markup"] = markup
    return made


def written(all_: Doc, chat: Doc, user: Doc, now: int, **content: Any) -> Doc:
    """A message more in a chat."""
    own = all_["chats"][str(chat["id"])]
    own["last"] = own.get("last", 0) + 1
    by = {"sender_chat": public(chat)} if chat["type"] == "channel" else {"from": user}
    made = {"message_id": own["last"], **by, "chat": public(chat), "date": now, **content}
    all_["messages"][key(chat["id"], own["last"])] = {"message": made, "gone": False}
    return made


def edit_markup(call: Call) -> Doc:
    """The buttons below a message of the bot's own; another's can't be edited, and one that isn't there isn't found."""
    chat = call.chat()
    found = call.message(chat, "edit")
    posts = chat["type"] == "channel" and chat["bot"].get("can_edit_messages")
    if found.get("from", {}).get("id") != call.all["bot"]["id"] and not posts:
        raise bad("message can't be edited")
    wanted = call.nested("reply_markup")
    if (wanted or None) == found.get("reply_markup"):
        raise bad("message is not modified: specified new message content and reply markup are exactly the same")
    kept = call.all["messages"][key(chat["id"], found["message_id"])]["message"]
    kept.pop("reply_markup", None)
    if wanted:
        kept["reply_markup"] = wanted
    return dict(kept)


def set_commands(call: Call) -> bool:
    """What the bot's menu shows, in a language."""
    call.all["commands"][str(call.given.get("language_code", ""))] = call.nested("commands")
    return True


# -- updates ----------------------------------------------------------------------------------------------------------


def set_webhook(call: Call) -> bool:
    """Where updates go from now on."""
    secret, url = str(call.given.get("secret_token", "")), str(call.given.get("url", ""))
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if call.given.get("drop_pending_updates") in (True, "true"):
        call.all["updates"] = []
    allowed = call.nested("allowed_updates") or []
    most = call.whole("max_connections", 40)
    call.all["webhook"] = {"url": url, "secret": secret, "allowed_updates": allowed, "max_connections": most}
    return True


def delete_webhook(call: Call) -> bool:
    """Updates wait to be asked for."""
    call.all["webhook"] = {"url": "", "allowed_updates": call.all["webhook"].get("allowed_updates", [])}
    return True


def webhook_info(call: Call) -> Doc:
    """How the webhook does."""
    hook = call.all["webhook"]
    shown = {"url": hook["url"], "has_custom_certificate": False, "pending_update_count": len(call.all["updates"])}
    more = ("last_error_date", "last_error_message", "max_connections", "allowed_updates")
    return shown | {name: hook[name] for name in more if hook.get(name)}


def get_updates(call: Call) -> list[Doc]:
    """What waits from an update on; what came before it is done with."""
    if call.all["webhook"]["url"]:
        says = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        raise No(409, f"Conflict: {says}")
    if "allowed_updates" in call.given:
        call.all["webhook"]["allowed_updates"] = call.nested("allowed_updates") or []
    offset, most = call.whole("offset", 0), max(1, min(call.whole("limit", 100), 100))
    if offset > 0:
        call.all["updates"] = [one for one in call.all["updates"] if one["update"]["update_id"] >= offset]
    return [one["update"] for one in call.all["updates"][:most]]


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "getme": get_me,
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_administrators,
    "getchatmembercount": get_count,
    "getfile": get_file,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "restrictchatmember": restrict,
    "banchatmember": ban,
    "unbanchatmember": unban,
    "setchatpermissions": set_permissions,
    "sendmessage": send_message,
    "editmessagereplymarkup": edit_markup,
    "setmycommands": set_commands,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": webhook_info,
    "getupdates": get_updates,
}
CHANGING = frozenset(METHODS) - {name for name in METHODS if name.startswith("get")}
