"""A platform as it is connected, checked: over HTTP by the kit, a bot by what it may and how its chats stand."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.conf import settings

from comity.connected import SANDBOX, Connected
from comity.platforms.asking import Limits
from comity.platforms.http import HttpPlatform
from comity.platforms.kit import Report, Trial, run
from comity.platforms.port import Platform, PlatformDown, PlatformError

Tell = Callable[[str], None]


def of(table: Connected, targets: Sequence[str] = (), tell: Tell = lambda _: None) -> Report:
    """What holds of a platform, and what doesn't, each in a sentence. Raises nothing."""
    return KINDS[table.kind](table, targets, tell)


def _http(table: Connected, targets: Sequence[str], tell: Tell) -> Report:
    """Every guarantee of the port, on things that it offers or that are named; all of it is lifted again."""
    from comity.platforms import secrets_of

    secrets, limits = secrets_of(table), Limits(repeats=0)
    tried = HttpPlatform(table.url, secrets, name=table.name, addresses=table.addresses, limits=limits)
    return run(Trial(tried, secrets, limits.timeout, targets), tell=tell)


def _asked(table: Connected, targets: Sequence[str], tell: Tell) -> Report:
    """Whether it answers, what it says it can do, and what a viewer sees of what is named."""
    from comity.platforms import KINDS as made
    from comity.platforms.guarded import guarded

    report, platform = Report(), guarded(table, made[table.kind](table), lambda: False)
    _case(report, tell, "answers", "It answers.", platform.ask)
    for url in targets:
        _case(report, tell, f"resolve:{url}", f"{url} leads to one thing.", partial(_there, platform, url))
    able = platform.capabilities()
    report.capabilities = {
        "measures": {kind: sorted(them) for kind, them in able.measures.items()},
        "by_country": able.by_country,
        "limits": list(able.limits),
    }
    return report


def _homeserver(table: Connected, targets: Sequence[str], tell: Tell) -> Report:
    """As any that is asked, and whether each credential opens what it should, and an edge in front follows the list."""
    from comity.platforms import matrix_of
    from comity.platforms.matrix import commands, listing

    report, homeserver = _asked(table, targets, tell), matrix_of(table)
    for name, tries in homeserver.credentials().items():
        _case(report, tell, f"token:{name}", f"The {name} token opens what it should.", tries)
    if table.edge:
        held = lambda: listing.await_edges(table.name, commands.serial(table.name), 0)  # noqa: E731
        _case(report, tell, "edge", "An edge in front of it holds the whole list.", partial(_true, held))
    return report


def _true(holds: Callable[[], bool]) -> None:
    if not holds():
        raise PlatformDown("it doesn’t, or none has asked lately: `comity-edge --fresh` on its machine says why")


def _there(platform: Platform, url: str) -> None:
    if not platform.resolve(url).found or platform.observe(url, "CH").state != "visible":
        raise PlatformDown("it leads nowhere, or no viewer sees it")


def _sandbox(table: Connected, targets: Sequence[str], tell: Tell) -> Report:
    from comity.platforms import KINDS as made

    report = Report()
    _case(report, tell, "answers", "It answers.", lambda: _alive(made[SANDBOX](table), settings.COMITY.sandbox_url))
    return report


def _alive(platform: Platform, base: str) -> None:
    if not base:
        raise PlatformDown("COMITY_SANDBOX_URL is not set: `comity serve` starts the sandbox")
    platform.resolve(f"{base}/u/nobody")


def _bot(table: Connected, targets: Sequence[str], tell: Tell) -> Report:
    """Nothing is done in a chat: what a bot deletes would be gone."""
    from comity.platforms.telegram import bots

    report = Report()
    bot = bots.of(table)
    _case(report, tell, "token", "Telegram knows the bot’s token.", lambda: bot.calls.ask("getMe"))
    _case(report, tell, "updates", f"Its updates come by {table.updates}, and none waits.", lambda: _waits(table))
    if "token" in report.passed:
        for chat in bots.chats(table):
            says = f"In {chat['chat']} it is an administrator that may delete messages and restrict members."
            _case(report, tell, f"rights:{chat['chat']}", says, partial(_may, chat))
    report.capabilities = {
        "measures": {kind: sorted(them) for kind, them in bot.capabilities().measures.items()},
        "by_country": False,
        "within_hours": {k: int(v.total_seconds() // 3600) for k, v in bot.capabilities().within.items()},
        "limits": list(bot.capabilities().limits),
    }
    return report


def _waits(table: Connected) -> None:
    from comity.platforms.telegram import updates

    found = updates.pending(table)
    if not found["right"]:
        raise PlatformDown(f"they go elsewhere: `comity platform connect {table.name}` sets that right")
    if found["pending"] > 100 or found["error"]:
        raise PlatformDown(f"{found['pending']} wait, and the last try said: {found['error'] or 'nothing'}")


def _may(chat: dict[str, Any]) -> None:
    if chat.get("no"):
        raise PlatformDown(str(chat["says"]))
    if chat["lacks"]:
        raise PlatformDown(f"it lacks {', '.join(chat['lacks'])}")


def _case(report: Report, tell: Tell, ident: str, says: str, tries: Callable[[], object]) -> None:
    try:
        tries()
    except PlatformError as no:
        report.failing[ident] = f"{says} Found: {no}"
        tell(f"FAILED {ident}")
    else:
        report.passed.append(ident)
        tell(f"passed {ident}: {says}")


KINDS: dict[str, Callable[[Connected, Sequence[str], Tell], Report]] = {
    "http": _http,
    "matrix": _homeserver,
    "sandbox": _sandbox,
    "telegram": _bot,
}
