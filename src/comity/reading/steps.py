"""Work counted in steps, each the call of a Python function: a busy machine reads as much of a document as an idle one,
and a document made to be slow ends at the same place every time. Time and memory are bounded too (`server.py`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

DOCUMENTS = 4_000_000  # for all the PDFs of a mail together; an annex takes some ten thousand
DOCUMENTS_UNPROVEN = 800_000
MAIL_UNPROVEN = 1_500_000  # for the rest of a mail that nothing proves; an order takes some ten thousand


class TooMuch(BaseException):
    """The work is more than there may be. Not an Exception: parsers swallow those and go on."""


class Steps:
    """So many steps, spent by whatever runs inside `counted`, once or several times."""

    def __init__(self, most: int) -> None:
        self.left = most

    @property
    def spent(self) -> bool:
        """Whether more was asked for than there was."""
        return self.left < 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what runs in the block, on this thread; it may stand within another's. Raises TooMuch."""
        outer = sys.gettrace()
        sys.settrace(self._step)
        try:
            yield
        finally:
            sys.settrace(outer)

    def _step(self, frame: FrameType, event: str, arg: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooMuch


_documents: ContextVar[Steps | None] = ContextVar("documents", default=None)


def documents() -> Steps:
    """What is left for the documents of the mail that is being read; outside of one, as much as a mail has."""
    return _documents.get() or Steps(DOCUMENTS)


@contextmanager
def of_a_mail(*, unproven: bool) -> Iterator[Steps]:
    """Read one mail in the block. Raises TooMuch where it is unproven and takes more than such a one may."""
    steps = Steps(DOCUMENTS_UNPROVEN if unproven else DOCUMENTS)
    before = _documents.set(steps)
    try:
        if not unproven:
            yield steps
            return
        with Steps(MAIL_UNPROVEN).counted():
            yield steps
    finally:
        _documents.reset(before)
