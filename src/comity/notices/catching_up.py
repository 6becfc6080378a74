"""What platforms told while we were down, asked for each minute: each platform from where it was asked last."""

import structlog

from comity.platforms import sources
from comity.platforms.port import PlatformError
from comity.platforms.signed import LONGEST_ID
from comity.platforms.sources import Source

from . import commands, rules
from .models import Stand

log = structlog.get_logger()
MOST = 50  # pages of events in one go


def catch_up() -> int:
    """Ask every platform that can be asked; returns how many events were new."""
    return sum(_of(source) for source in sources.every() if _offers(source))


def _offers(source: Source) -> bool:
    source.platform.capabilities()
    return source.platform.offers.events


def _of(source: Source) -> int:
    stand = Stand.objects.filter(platform=source.name).first()
    after, new = stand.after if stand else "", 0
    for _ in range(MOST):
        try:
            events, after, more = source.platform.missed(after)
        except PlatformError as error:
            commands.stood(source, after, str(error))
            return new
        new += sum(_taken(source, event) for event in events)
        commands.stood(source, after)
        if not more:
            break
    return new


def _taken(source: Source, event: dict[str, object]) -> bool:
    """Whether it was new. One that makes no sense is left where it is: it would make none tomorrow."""
    ident = event.get("id")
    if not isinstance(ident, str) or not 0 < len(ident) <= LONGEST_ID or not ident.isprintable():
        log.warning("event without an id", platform=source.name)
        return False
    try:
        return commands.take(source, ident, event)
    except rules.Unfit as unfit:
        log.warning("event unfit", platform=source.name, rule=str(unfit))
        return False
