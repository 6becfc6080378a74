"""Following the gateway's list: by long-poll, page by page, and what is refused of it."""

import asyncio
import gc
import json
import os
import secrets
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from .config import Config
from .kept import Kept
from .measures import Measures, Row
from .signed import SIGNATURE, Page, Refused, verified, verify_next

WAIT = 8  # seconds a poll may wait for a change
UNWAITED = 0.5  # seconds: a poll that is answered with nothing sooner was not waited with
LONGEST = 15  # seconds beyond it, or for a page
LARGEST = 16 * 1024 * 1024
PAUSES = (0.2, 0.5, 1, 2, 5)  # seconds after a failure, the last for every further one


class Following:
    """One edge's list: what it holds, how fresh it is, and what it refused."""

    def __init__(self, config: Config, measures: Measures) -> None:
        self._config, self.measures = config, measures
        self._kept = Kept(config.state / "list.sqlite", config.platform)
        measures.take(self._kept.rows())
        gc.freeze()  # a long list is held for good: no collection of garbage looks at it while viewers wait
        self.serial, self.at, self.whole = self._kept.serial, self._kept.at, self._kept.whole
        self.name = _name(config)
        self.refused, self.trouble, self.connected = Counter[str](), "", False

    def freshness(self) -> dict[str, Any]:
        """How fresh the list is, for people and machines. Ages in seconds; instants in seconds since 1970, UTC."""
        return {
            "platform": self._config.platform,
            "edge": self.name,
            "serial": self.serial,
            "whole": self.whole,
            "said_at": self.at,
            "age": round(time.time() - self.at, 3) if self.at else None,
            "connected": self.connected,
            "targets": len(self.measures),
            "refused": dict(self.refused),
            "trouble": self.trouble,
        }

    async def run(self) -> None:
        """Follow until cancelled. What goes wrong is counted and said, and tried again; what is held stays."""
        failed = 0
        async with aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
            while True:
                try:
                    began, page = time.monotonic(), await self._page(session)
                    self._take(page)
                    waited = time.monotonic() - began > UNWAITED or page.rows or page.more or not self.connected
                    failed, self.connected, self.trouble = 0, True, ""
                    if not waited:  # too many wait there already
                        await asyncio.sleep(UNWAITED)
                    continue
                except Refused as no:
                    self.refused[no.why] += 1
                    self.trouble = str(no)
                except (aiohttp.ClientError, TimeoutError, OSError) as gone:
                    self.trouble = f"the gateway does not answer ({type(gone).__name__})"
                except sqlite3.Error as full:  # viewers have it already; it is not said to be held before it is kept
                    self.trouble = f"the list can't be kept on disk ({type(full).__name__})"
                self.connected = False
                await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])
                failed += 1

    async def _page(self, session: aiohttp.ClientSession) -> Page:
        wait = WAIT if self.whole and self.connected else 0
        asked = {"after": str(self.serial), "wait": str(wait), "edge": self.name, "holds": str(len(self.measures))}
        async with session.get(
            self._config.list_url,
            params=asked,
            headers={"Authorization": f"Bearer {self._config.token}"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=wait + LONGEST),
        ) as answer:
            if answer.status != 200:
                raise aiohttp.ClientError(f"it answered {answer.status}")
            raw = await answer.content.read(LARGEST)
            if not answer.content.at_eof():
                raw += await _rest(answer.content, LARGEST - len(raw))
            signature = answer.headers.get(SIGNATURE, "")
        return verified(raw, signature, self._config.key, self._config.platform)

    def _take(self, page: Page) -> None:
        """Let a page count: at once for viewers, then on disk; the next poll says that both is so."""
        verify_next(page, self.serial, self.at)
        self.measures.take(page.rows)
        whole = not page.more
        self._kept.take(page.rows, page.to, page.at, whole=whole)
        if not self.whole:
            gc.freeze()
        self.serial, self.at, self.whole = page.to, page.at, self.whole or whole

    def take_by_hand(self, rows: list[Row]) -> None:
        """For benches: rows that no gateway has sent."""
        self.measures.take(rows)
        self.whole = True

    def close(self) -> None:
        """End it."""
        self._kept.close()


async def _rest(content: aiohttp.StreamReader, most: int) -> bytes:
    got = bytearray()
    while piece := await content.readany():
        got += piece
        if len(got) > most:
            raise Refused("malformed", "the list is larger than a page may be")
    return bytes(got)


def _name(config: Config) -> str:
    """The edge's own name, made once: by it the gateway knows which edges hold what. A copy of its directory is another
    edge's: two of one name would count as one, and what one of them holds as held by both."""
    path = config.state / "edge.json"
    try:
        said = json.loads(path.read_text())
        if said["of"] == _of(config, path) and str(said["edge"]).isalnum():
            return str(said["edge"])
    except (OSError, ValueError, TypeError, KeyError):  # there is none yet, or a kill left half of one
        pass
    return _named(config, path)


def _of(config: Config, path: Path) -> list[Any]:
    """Which file it is, on which address: no copy has the same."""
    return [path.stat().st_ino, *config.listen]


def _named(config: Config, path: Path) -> str:
    made, new = secrets.token_hex(6), path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps({"edge": made, "of": _of(config, new)}))
    os.replace(new, path)
    return made
