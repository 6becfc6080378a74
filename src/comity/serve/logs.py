"""Log lines as JSON, without values: an exception's text may quote a row, a name or a mail; its class doesn't."""

import io
import json
import logging
import re
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

FRAMES = 6  # innermost frames of the traceback
# The last segment of these paths is a secret that grants access: to a person's page, or to joining the desk.
_LETS_IN = re.compile(
    r"(/statement/|/people/invite/|/people/founding/|/hotline/join/"
    r"|/authorities/(?:follow|confirm|letters|join|applied)/)[^/\s]+"
)


class Unfailing(io.TextIOBase):
    """A stream whose lines are lost where they can't be written: a disk that is full of logs must end no process, least
    of all the one that would say so."""

    def __init__(self, to: TextIO) -> None:
        super().__init__()
        self._to = to

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError):
            self._to.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with suppress(OSError):
            self._to.flush()


class WithoutValues(logging.Formatter):
    """One JSON object per line: message, level, logger; of an exception only its class, SQLSTATE and place."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "event": _LETS_IN.sub(r"\1…", record.getMessage()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _told(error: BaseException) -> dict[str, object]:
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "sqlstate": getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None),
        "at": _places(error.__traceback__),
    }


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-FRAMES:]]
