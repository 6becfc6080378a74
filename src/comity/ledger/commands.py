"""`record` is the only writer of events; the same transaction defers the jobs that continue the road."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection

from comity import clock

from . import public as published
from .events import KINDS, parts
from .models import Event

FOLLOW = "comity:follow"
LOOK = "comity:look"


class Unlisted(Exception):
    """An event, or a key of one, that the closed list doesn't have."""


def check(kind: str, told: Mapping[str, Any]) -> None:
    """Raises Unlisted unless the closed list has this kind with these keys, and `public.Personal` for a value that may
    not be published."""
    if kind not in KINDS:
        raise Unlisted(kind)
    listed = KINDS[kind]
    if extra := {*told} - {*listed.public, *listed.sealed, *listed.inside}:
        raise Unlisted(f"{kind}: {', '.join(sorted(extra))}")
    for key in listed.public:
        published.verify(f"{kind}.{key}", told.get(key))


def record(
    kind: str,
    *,
    realm: str,
    by: str,
    case: str | None = None,
    request: str | None = None,
    cause: int | None = None,
    once: str | None = None,
    public: Mapping[str, Any] | None = None,
    sealed: Mapping[str, Any] | None = None,
) -> Event:
    """Write an event, inside the transaction of the act it describes.

    Which of `public` and `sealed` is stored in which part is decided by the closed list alone. `once` is an idempotency
    key: if it was used before, nothing is written, and the first event comes back with `.new` false. Raises Unlisted;
    RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its act")
    told = {**(public or {}), **(sealed or {})}
    check(kind, told)
    if once and (found := Event.objects.filter(once=once).first()):
        found.new = False
        return found
    shown, kept = parts(kind, told)
    event = Event.objects.create(
        kind=kind,
        at=clock.now(),
        realm=realm,
        by=by,
        case=case,
        request=request,
        cause=cause,
        once=once,
        public=shown,
        sealed=kept,
    )
    follow([event])
    return event


def again(event: Event) -> None:
    """Let the road continue from an event once more; steps already done for it are not done twice."""
    follow([event])


_FOLLOWED: list[Callable[[Iterable[Event]], None]] = []


def followed(by: Callable[[Iterable[Event]], None]) -> None:
    """Set what defers the jobs that follow events, inside the transaction that records them."""
    _FOLLOWED[:] = [by]


def follow(events: Iterable[Event]) -> None:
    """Let the road continue from events that the database has, in the current lane."""
    for by in _FOLLOWED:
        by(events)


def done(once: str) -> bool:
    """Whether an act with this idempotency key has been recorded."""
    return Event.objects.filter(once=once).exists()
