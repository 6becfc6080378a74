"""One step of the road: its row locked, done once per event, recorded in the transaction of its act.

    @step("grade", locked)
    def grade_sender(event: Event, request: Request, tell: Tell) -> None:
        …
        tell("sender.graded", public={…}, sealed={…})

The key is `<name>:<event id>`. The row is locked first and the key checked after it, so that two workers that run a
step at once (one was taken for dead, but was only slow) take turns, and the second finds it done. What waits for
another machine is done before, outside the transaction, and passed in: `grade_sender(event, found)`. A step that has
several parts for one event names the part from its own arguments: `@step("lift", locked, part=lambda measure:
measure.id)` is done once for each, under `<name>:<event id>:<part>`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.db import transaction

from comity import clock

from .commands import done, record
from .models import Event

GATEWAY = "gateway"
ITS = "its event's"  # None is a value of its own: an event that belongs to no case
SOON, LATER, HOPE = timedelta(seconds=2), timedelta(minutes=1), timedelta(hours=12)
P = ParamSpec("P")
Row = TypeVar("Row")


class Tell(Protocol):
    """Record what a step did; realm, case, request and cause are its event's unless given."""

    def __call__(
        self,
        kind: str,
        *,
        by: str = GATEWAY,
        case: str | None = ITS,
        request: str | None = ITS,
        public: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
        key: str = "",
        once: str = "",
    ) -> Event:
        """`key` distinguishes several events of one kind in one step; `once` replaces the step's own key.

        Raises `ledger.commands.Unlisted`.
        """
        ...


def step(
    name: str, lock: Callable[[Event], Row], *, part: Callable[..., object] | None = None
) -> Callable[[Callable[Concatenate[Event, Row, Tell, P], None]], Callable[Concatenate[Event, P], None]]:
    """Make a function of an event, its locked row and `tell` into a step that takes the event alone.

    `lock(event)` returns the row that the step changes, locked until the transaction ends. A step that tells nothing
    runs again for the same event, and must then find nothing to do. `part` is for a step called several times for one
    event: from the arguments after the event, it returns what distinguishes the key; an empty value doesn't.
    """

    def made(act: Callable[Concatenate[Event, Row, Tell, P], None]) -> Callable[Concatenate[Event, P], None]:
        @wraps(act)
        def run(event: Event, /, *args: P.args, **more: P.kwargs) -> None:
            own = part(*args, **more) if part else ""
            once = f"{name}:{event.id}:{own}" if own else f"{name}:{event.id}"
            with transaction.atomic():
                row = lock(event)
                if not done(once):
                    act(event, row, _teller(event, once), *args, **more)

        return run

    return made


def _teller(event: Event, own: str) -> Tell:
    def tell(
        kind: str,
        *,
        by: str = GATEWAY,
        case: str | None = ITS,
        request: str | None = ITS,
        public: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
        key: str = "",
        once: str = "",
    ) -> Event:
        return record(
            kind,
            realm=event.realm,
            by=by,
            case=event.case if case is ITS else case,
            request=event.request if request is ITS else request,
            cause=event.id,
            once=once or (f"{own}:{key}" if key else own),
            public=public,
            sealed=sealed,
        )

    return tell


def backoff(event: Event) -> timedelta:
    """When to retry a step that waits for another machine; the step returns this instead of failing.

    The time it has waited so far, but at least two seconds and at most a minute; after half a day, an hour.
    """
    waited = clock.now() - event.at
    return timedelta(hours=1) if waited > HOPE else min(max(waited, SOON), LATER)
