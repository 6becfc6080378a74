"""A bot as its table in comity.toml says: its chats, its token, its webhook, and how it stands."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from comity import operator
from comity.connected import Connected
from comity.platforms.port import PlatformDown, PlatformRefused

from . import front_door, links, rules
from .calls import Calls
from .connector import Telegram
from .evidence import Ours


def ours_of(table: Connected) -> Ours:
    """Which chats a table names."""
    them = [link for link in map(links.read, table.addresses) if link]
    names, numbers = {one.name for one in them if one.name}, {one.number for one in them if one.number}
    return Ours(table.name, frozenset(names), frozenset(numbers), timedelta(days=table.keep_days))


def of(table: Connected) -> Telegram:
    """The bot of a table; its token is read from its file at each call, so that a new one counts at once."""
    return Telegram(ours_of(table), Calls(lambda: _token(table.keys["token"]), table.url))


def _token(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        raise PlatformDown("the bot's token file isn't there, or can't be read") from None


def secret(table: Connected) -> str:
    """What Telegram sends with each update, so that we know whose it is; made at first use."""
    return operator.secret(settings.COMITY.data, f"telegram-{table.name}.hook")


def hook(table: Connected) -> str:
    """Where Telegram is to send updates."""
    return f"{settings.COMITY.base_url}/platforms/{table.name}/telegram"


def connect(table: Connected) -> dict[str, Any]:
    """Tell Telegram where updates go, and what the bot's menu has; look at each chat once. Raises PlatformDown,
    PlatformRefused."""
    calls = of(table).calls
    me = calls.ask("getMe")
    if table.updates == "webhook":
        calls.ask("setWebhook", url=hook(table), secret_token=secret(table), allowed_updates=list(rules.UPDATES))
    else:
        calls.ask("deleteWebhook")
    for language, commands in front_door.menus().items():
        spoken: dict[str, Any] = {"language_code": language} if language != "en" else {}
        calls.ask("setMyCommands", commands=commands, **spoken)
    return {"bot": me.get("username"), "updates": table.updates, "chats": chats(table)}


def chats(table: Connected) -> list[dict[str, Any]]:
    """How the bot stands in each chat that its table names. Raises PlatformDown."""
    bot = of(table)
    found = []
    for address in table.addresses:
        said: dict[str, Any] = {"chat": address}
        try:
            said |= _standing(bot, address)
        except PlatformRefused as no:
            said |= {"no": no.code, "says": str(no)}
        found.append(said)
    return found


def _standing(bot: Telegram, address: str) -> dict[str, Any]:
    link, me = links.read(address), bot.calls.ask("getMe")
    chat = bot.calls.ask("getChat", chat_id=f"@{link.name}" if link and link.name else link.number if link else 0)
    member = bot.calls.ask("getChatMember", chat_id=chat["id"], user_id=me["id"])
    lacks = [] if member.get("status") == "administrator" else ["administrator"]
    return {"kind": chat.get("type"), "lacks": lacks + [one for one in rules.NEEDS if not _has(member, one, chat)]}


def _has(member: Mapping[str, Any], right: str, chat: Mapping[str, Any]) -> bool:
    """In a channel nobody is restricted, so that right isn't needed there."""
    return bool(member.get(right)) or (chat.get("type") == "channel" and right == "can_restrict_members")
