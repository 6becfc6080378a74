"""The process that asks for what bots are told, where no webhook can reach us: a long poll for each."""

import threading
import time
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, connection

from comity.connected import Connected
from comity.platforms.port import PlatformError

from . import updates

log = structlog.get_logger()
FIRST, LONGEST = 1.0, 60.0  # seconds between tries of one that doesn't answer


def run(tables: Sequence[Connected]) -> None:
    """Ask for updates of each until the process ends; what fails is tried again, ever more slowly."""
    threads = [threading.Thread(target=_ask, args=(table,), daemon=True) for table in tables]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask(table: Connected) -> None:
    wait = FIRST
    while True:
        try:
            updates.poll(table)
            wait = FIRST
        except (PlatformError, DatabaseError) as error:  # nothing was confirmed: it comes again
            log.warning("a bot's updates can't be had", platform=table.name, error=type(error).__name__)
            time.sleep(wait)
            wait = min(2 * wait, LONGEST)
        finally:
            connection.close()
