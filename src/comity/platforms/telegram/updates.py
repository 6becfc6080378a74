"""Updates come by webhook, with its secret, or are asked for by a long poll; each is taken once, however it comes."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

import structlog
from django.db.models import Max

from comity.connected import Connected
from comity.platforms.port import PlatformDown

from . import bots, evidence, front_door, rules
from .models import Update

log = structlog.get_logger()
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024
AT_ONCE, PATIENCE = 100, 50  # updates of one poll, and the seconds that it waits for them


class NotTheirs(Exception):
    """It came without the webhook's secret."""


def heard(table: Connected, secret: str, body: bytes) -> bool:
    """Take an update that was sent; whether it is new. Raises NotTheirs; evidence.NoUpdate for what is none."""
    if not hmac.compare_digest(secret.encode(), bots.secret(table).encode()):
        raise NotTheirs("the secret of the webhook is missing, or another")
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    if not isinstance(update, dict):
        raise evidence.NoUpdate("body: must be a JSON object")
    return take(table, update)


def take(table: Connected, update: Mapping[str, Any]) -> bool:
    """Take an update, and answer it where it is a question to the bot; whether it is new. Raises NoUpdate."""
    new = evidence.take(bots.ours_of(table), update)
    if new:
        front_door.answer(bots.of(table), update)
    return new


def poll(table: Connected, patience: int = PATIENCE) -> int:
    """Ask once for what is new; how many updates came. What is asked for next confirms them. Raises PlatformDown,
    PlatformRefused."""
    last = Update.objects.filter(platform=table.name).aggregate(last=Max("number"))["last"]
    given = {"timeout": patience, "limit": AT_ONCE, "allowed_updates": list(rules.UPDATES)}
    found = bots.of(table).calls.ask(
        "getUpdates", patience=patience, **given, **({"offset": last + 1} if last is not None else {})
    )
    if not isinstance(found, list):
        raise PlatformDown("Telegram’s answer is not the list that it should be")
    for update in found:
        _taken(table, update)
    return len(found)


def _taken(table: Connected, update: Any) -> None:
    """One that can't be read holds up none behind it: its number is confirmed with theirs."""
    try:
        take(table, update if isinstance(update, dict) else {})
    except evidence.NoUpdate as why:
        log.warning("an update can't be read", platform=table.name, why=str(why))


def pending(table: Connected) -> dict[str, Any]:
    """How many updates wait at Telegram, and what went wrong last with our webhook. Raises PlatformDown,
    PlatformRefused."""
    info = bots.of(table).calls.ask("getWebhookInfo")
    if not isinstance(info, Mapping):
        raise PlatformDown("Telegram’s answer lacks what it should say")
    url = str(info.get("url") or "")
    right = url == (bots.hook(table) if table.updates == "webhook" else "")
    return {
        "pending": rules.whole(info.get("pending_update_count")) or 0,
        "right": right,
        "error": str(info.get("last_error_message") or "")[:200],
    }
