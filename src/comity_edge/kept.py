"""The list on disk: what an edge that is cut off from its gateway, and starts anew, still withholds."""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from .measures import NOTHING, Reach, Row, reach

TABLES = """
CREATE TABLE IF NOT EXISTS held (target TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stands (one INTEGER PRIMARY KEY CHECK (one = 1), platform TEXT, serial INTEGER, at REAL,
                                   whole INTEGER);
"""


class Kept:
    """One file for each edge. Raises ValueError if it is another platform's."""

    def __init__(self, path: Path, platform: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + TABLES)
        self._db.execute("INSERT OR IGNORE INTO stands VALUES (1, ?, 0, 0, 0)", (platform,))
        if (of := self._stands()[0]) != platform:
            raise ValueError(f"state: {path} is the list of platform {of!r}, and this edge is of {platform!r}")

    def _stands(self) -> Any:
        return self._db.execute("SELECT platform, serial, at, whole FROM stands").fetchone()

    @property
    def serial(self) -> int:
        """The number up to which it holds the list."""
        return int(self._stands()[1])

    @property
    def at(self) -> float:
        """When the gateway last said so (seconds since 1970, UTC)."""
        return float(self._stands()[2])

    @property
    def whole(self) -> bool:
        """Whether it ever held all of the list."""
        return bool(self._stands()[3])

    def rows(self) -> Iterator[Row]:
        """All that is withheld."""
        for target, said in self._db.execute("SELECT target, said FROM held"):
            yield Row(target, *_read(said))

    def take(self, rows: Iterable[Row], serial: int, at: float, *, whole: bool) -> None:
        """Keep these rows, each instead of what stood for its target, and how far the list goes now. All or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            last = {one.target: one for one in rows}.values()
            gone = [(one.target,) for one in last if not one.reach.countries]
            held = [(one.target, _said(one)) for one in last if one.reach.countries]
            self._db.executemany("DELETE FROM held WHERE target = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO held VALUES (?, ?)", held)
            self._db.execute("UPDATE stands SET serial = ?, at = ?, whole = max(whole, ?)", (serial, at, int(whole)))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """End it."""
        self._db.close()


@lru_cache(maxsize=4096)
def _read(said: str) -> tuple[Any, ...]:
    """A line but for its target: of a million lines few are different."""
    countries, until, room, state, *notice = json.loads(said)
    return reach(tuple(countries), until or None), room, state, *(notice or [NOTHING])


def _said(one: Row) -> str:
    return (
        _text(one.reach, one.room, one.state, dict(one.notice))
        if one.notice
        else _plain(one.reach, one.room, one.state)
    )


def _text(reach: Reach, room: str, state: str, *notice: Mapping[str, str]) -> str:
    until = None if math.isinf(reach.until) else reach.until
    return json.dumps([sorted(reach.countries), until, room, state, *notice], separators=(",", ":"))


_plain = lru_cache(maxsize=8192)(_text)
