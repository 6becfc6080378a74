"""One step of the road: its row locked, done once for its event, told in the transaction of its act.

    @step("grade", locked)
    def grade_sender(event: Event, request: Request, tell: Tell) -> None:
        …
        tell("sender.graded", public={…}, sealed={…})

The key is `<name>:<event id>`. The row is looked at and locked first, then the key: two workers that run a step at once
(one was given up for dead, and was slow) come one after the other, and the second finds it done. What waits for another
machine is done before, outside the transaction, and handed in: `grade_sender(event, found)`.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.db import transaction

from .commands import done, record
from .models import Event

GATEWAY = "gateway"
P = ParamSpec("P")
Row = TypeVar("Row")


class Tell(Protocol):
    """Record what a step did: realm, case, request and cause are its event's, where nothing else is said."""

    def __call__(
        self,
        kind: str,
        *,
        case: str | None = None,
        request: str | None = None,
        public: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Event:
        """`key` tells apart what one step records twice of one kind. Raises `ledger.commands.Unlisted`."""
        ...


def step(
    name: str, lock: Callable[[Event], Row]
) -> Callable[[Callable[Concatenate[Event, Row, Tell, P], None]], Callable[Concatenate[Event, P], None]]:
    """Make a function of an event, its locked row, and `tell` into a step that takes the event alone.

    `lock(event)` gives the row that the step changes, locked until the transaction ends. A step that tells nothing is
    run again for the same event: it must then have found nothing to do.
    """

    def made(act: Callable[Concatenate[Event, Row, Tell, P], None]) -> Callable[Concatenate[Event, P], None]:
        @wraps(act)
        def run(event: Event, *args: P.args, **more: P.kwargs) -> None:
            once = f"{name}:{event.id}"
            if done(once):
                return
            with transaction.atomic():
                row = lock(event)
                if not done(once):
                    act(event, row, _teller(event, once), *args, **more)

        return run

    return made


def _teller(event: Event, once: str) -> Tell:
    def tell(
        kind: str,
        *,
        case: str | None = None,
        request: str | None = None,
        public: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> Event:
        return record(
            kind,
            realm=event.realm,
            by=GATEWAY,
            case=case or event.case,
            request=request or event.request,
            cause=event.id,
            once=f"{once}:{key}" if key else once,
            public=public,
            sealed=sealed,
        )

    return tell
