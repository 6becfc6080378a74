"""The platform's own memory: one SQLite file. Every act is one transaction, on disk before it is answered."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS authors (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT, contactable INTEGER NOT NULL, key TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS channels (
    ref TEXT PRIMARY KEY, name TEXT NOT NULL, about TEXT NOT NULL, audience TEXT NOT NULL, place INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS members (
    channel TEXT NOT NULL REFERENCES channels, author TEXT NOT NULL REFERENCES authors, PRIMARY KEY (channel, author)
);
CREATE TABLE IF NOT EXISTS messages (
    channel TEXT NOT NULL REFERENCES channels, n INTEGER NOT NULL, author TEXT NOT NULL REFERENCES authors,
    posted_at TEXT NOT NULL, removed_at TEXT, picture BLOB, once TEXT UNIQUE, PRIMARY KEY (channel, n)
);
CREATE INDEX IF NOT EXISTS messages_of_author ON messages (author, posted_at);
CREATE TABLE IF NOT EXISTS versions (
    channel TEXT NOT NULL, n INTEGER NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (channel, n, version), FOREIGN KEY (channel, n) REFERENCES messages
);
CREATE TABLE IF NOT EXISTS withholdings (
    key TEXT PRIMARY KEY, ref TEXT, countries TEXT, acted_at TEXT, lifted_at TEXT
);
CREATE TABLE IF NOT EXISTS withheld (
    ref TEXT NOT NULL, country TEXT NOT NULL, key TEXT NOT NULL REFERENCES withholdings,
    PRIMARY KEY (ref, country, key)
);
CREATE INDEX IF NOT EXISTS withheld_by ON withheld (key);
CREATE TABLE IF NOT EXISTS preserved (
    key TEXT PRIMARY KEY REFERENCES withholdings, copy TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gates (
    key TEXT PRIMARY KEY REFERENCES withholdings, level TEXT NOT NULL, notice TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gated (
    country TEXT NOT NULL, key TEXT NOT NULL REFERENCES gates, PRIMARY KEY (country, key)
);
CREATE TABLE IF NOT EXISTS joined (
    author TEXT PRIMARY KEY REFERENCES authors, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS joined_at ON joined (at);
CREATE TABLE IF NOT EXISTS notices (
    key TEXT PRIMARY KEY, author TEXT NOT NULL REFERENCES authors, ref TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    n INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, ref TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS notices_of_author ON notices (author, at);
CREATE TABLE IF NOT EXISTS subscribers (
    author TEXT PRIMARY KEY REFERENCES authors, email TEXT NOT NULL, registered_at TEXT NOT NULL, address TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS visits (
    author TEXT NOT NULL REFERENCES authors, at TEXT NOT NULL, address TEXT NOT NULL, port INTEGER, agent TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS visits_of_author ON visits (author, at);
CREATE TABLE IF NOT EXISTS contacts (
    author TEXT NOT NULL REFERENCES authors, other TEXT NOT NULL REFERENCES authors, at TEXT NOT NULL,
    PRIMARY KEY (author, other)
);
CREATE TABLE IF NOT EXISTS films (
    channel TEXT NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL, seed BLOB NOT NULL,
    PRIMARY KEY (channel, n), FOREIGN KEY (channel, n) REFERENCES messages
);
"""


def now() -> str:
    """This instant as RFC 3339 in UTC, to the second."""
    return ago(timedelta())


def ago(time: timedelta) -> str:
    """The instant so long ago, as `now`."""
    return (datetime.now(UTC) - time).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """One connection behind one lock: a small platform needs no more, and nothing can interleave."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # FULL: with WAL's usual NORMAL a commit may be lost when the machine, not only the process, dies.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; what it wrote is durable when the outermost block has ended."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a question."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a question, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def close(self) -> None:
        with self._lock:
            self._db.close()
