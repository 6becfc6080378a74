"""The bot as a front door on Telegram: `/orders`, `/figures`, `/appeal`, answered in the user's language with links to
the operator's pages. It takes nothing in: what people write to it is not kept.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from comity import language
from comity.operator import LANGUAGES
from comity.platforms.port import PlatformError

from . import rules
from .connector import Telegram

COMMANDS = ("orders", "figures", "appeal")


def answer(bot: Telegram, update: Mapping[str, Any]) -> str:
    """Answer a command that somebody wrote to the bot itself; which one it was, empty for none. In a group nothing is
    said: what one asks there, all read."""
    _kind, message = rules.found(update, ("message",))
    chat, by = message.get("chat"), message.get("from")
    if not isinstance(chat, Mapping) or chat.get("type") != "private" or not isinstance(by, Mapping):
        return ""
    asked = rules.command(message)
    if by.get("is_bot") or not asked:
        return ""
    try:
        with bot.noted():
            bot.calls.ask("sendMessage", chat_id=chat["id"], text=words(asked, str(by.get("language_code") or "")))
    except PlatformError:
        return ""  # they ask again, or read our pages: nothing hangs on it
    return asked


def words(asked: str, spoken: str) -> str:
    """What is said to a command, in a language of ours."""
    us, base = settings.COMITY, settings.COMITY.base_url
    with override(language.known(spoken[:2].lower())):
        if asked == "orders":
            return _(
                "Orders of authorities reach %(name)s at %(address)s, or by these pages: %(link)s\nA message to this "
                "bot is no order, and nobody reads it."
            ) % {"name": us.name, "address": us.address, "link": f"{base}/authorities/"}
        if asked == "figures":
            return _(
                "How many orders came, from which States, and what was done: %(link)s\nEach decision is in a public "
                "record, which anybody can check: %(record)s"
            ) % {"link": f"{base}/countries/", "record": f"{base}/ledger/"}
        if asked == "appeal":
            return _appeal(us.address)
        return _(
            "This is the bot of %(name)s for what authorities ask of it.\n/orders – where authorities send "
            "orders\n/figures – what was ordered and done\n/appeal – how to contest what was done to something that "
            "you wrote"
        ) % {"name": us.name}


def _appeal(address: str) -> str:
    """How a statement's own link works: whoever has it, and nobody else, acts on it."""
    return _(
        "If something you wrote was deleted, or you may not write any more, because an authority ordered it, this bot "
        "sent you a message with a link of your own. It opens a page without an account: what was done, why, who "
        "ordered it, until when you can contest it and where, and a box in which you write to us. A person reads it "
        "and answers on that page.\nThe link is yours alone: who has it can answer for you. If you have lost it, write "
        "to %(address)s, and say in which chat and when you wrote it."
    ) % {"address": address}


def menus() -> dict[str, list[dict[str, str]]]:
    """The commands as the bot's menu shows them, by language."""
    made = {}
    for spoken in LANGUAGES:
        with override(spoken):
            says = {
                "orders": _("Where authorities send orders"),
                "figures": _("What was ordered and done"),
                "appeal": _("How to contest what was done"),
            }
            made[spoken] = [{"command": one, "description": says[one]} for one in COMMANDS]
    return made
