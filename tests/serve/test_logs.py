import json
import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import pytest
import structlog

from comity.serve.logs import Unfailing, WithoutValues
from comity.terminal import say


def _line(error: Exception) -> dict[str, object]:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("jobs", logging.ERROR, __file__, 1, "Job %s ended", (7,), sys.exc_info())
    line: dict[str, object] = json.loads(WithoutValues().format(record))
    return line


def test_it_works() -> None:
    line = _line(KeyError("row"))
    assert line["event"] == "Job 7 ended"
    assert line["error"] == "builtins.KeyError"
    assert "test_logs.py" in str(line["at"])


def test_the_text_of_an_exception_stays_out() -> None:
    assert "Zinaida" not in json.dumps(_line(ValueError("no such person: Zinaida")))


@pytest.mark.parametrize(
    "path", ["/statement/abcdefghijklmnopqrstuvwxyz", "/people/invite/abcdefghijklmnopqrstuvwxyz/options"]
)
def test_what_lets_somebody_in_is_in_no_line(path: str) -> None:
    record = logging.LogRecord(
        "django.security.csrf", logging.WARNING, "", 0, "Forbidden (%s): %s", ("why", path), None
    )
    line = WithoutValues().format(record)
    assert "abcdef" not in line
    assert "Forbidden (why): /" in line


def test_where_no_line_can_be_written_any_more_nothing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the logs themselves have filled the disk: the supervisor and the sequencer go on, and say so later."""
    full = open("/dev/full", "w")  # noqa: SIM115 closing it fails, too
    try:
        with pytest.raises(OSError, match="No space left"):
            print("control", file=full, flush=True)
        structlog.PrintLogger(cast(TextIO, Unfailing(full))).error("the record stopped")
        monkeypatch.setattr(sys, "stderr", full)
        say("worker ended (signal SIGKILL); starting it again")
    finally:
        with suppress(OSError):
            full.close()
