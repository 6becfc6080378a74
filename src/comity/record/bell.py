"""The bell that wakes the sequencer: the database rings it when an event waits for its number, a signal when it is to
stop. A look is cheap only if it is rare where nothing happens."""

import os
import select

import psycopg
import structlog
from django.db import connection

log = structlog.get_logger()
LISTEN = "listen comity_record"  # as the trigger `record_wait` rings
DEAF = 0.2  # seconds between two looks while the database can't ring
TIMEOUT = 2  # seconds to connect in
MANY = 4096  # bytes of ringing taken at once


class Bell:
    """Heard from when it was made, on a connection of its own; whoever hears nothing looks often instead."""

    def __init__(self) -> None:
        self._hears, self._rings = os.pipe()
        self._line: psycopg.Connection | None = None
        self._listen()

    def ring(self) -> None:
        """Wake who waits, also from a signal's handler."""
        os.write(self._rings, b"\0")

    def wait(self, seconds: float) -> None:
        """Wait until somebody rings, `seconds` at most."""
        if self._line is None:
            self._listen()
        seconds = seconds if self._line else min(seconds, DEAF)
        watched = [self._hears, *([self._line.fileno()] if self._line else [])]
        ready, _, _ = select.select(watched, [], [], max(0.0, seconds))
        if self._hears in ready:
            os.read(self._hears, MANY)
        if len(ready) > (self._hears in ready):
            self._taken()

    def close(self) -> None:
        """Listen no more."""
        self._hang_up()
        os.close(self._hears)
        os.close(self._rings)

    def _listen(self) -> None:
        try:
            given = {**connection.get_connection_params(), "connect_timeout": TIMEOUT}
            line = psycopg.connect(**given, autocommit=True)
            line.execute(LISTEN)
        except psycopg.Error as error:
            self._lost(error)
        else:
            self._line = line

    def _taken(self) -> None:
        """Take what rang, or notice that the line is dead."""
        try:
            for _ in self._line.notifies(timeout=0) if self._line else ():
                pass
        except psycopg.Error as error:
            self._lost(error)

    def _lost(self, error: psycopg.Error) -> None:
        log.warning("the database can't ring", error=type(error).__name__)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
