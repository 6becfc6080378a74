"""Ringing for a subject until somebody answers: the rounds, who acknowledged, and what was rung when.

    ring("H-7Q4M2HXK", "real", by="gateway", cause=event.id)   # within the transaction of what it is about
    acknowledge(person, "H-7Q4M2HXK")                          # True: they are the first
    stop("H-7Q4M2HXK")                                         # what it was about is over: closed never rings

This room knows no call and no case: a subject is a number, and what it is about says its own room. What a room above
wants to hear within the same transaction it names in `settings.PAGED`, by the letter of its numbers: an object with
`acknowledged(person, subject)`, `unanswered(subject)` and `where(subject)`, the path of its page.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.jobs import JobDeferrer

from comity import clock
from comity.lane import PAGE, SLOW
from comity.ledger.commands import record
from comity.outbox import push
from comity.people.models import Person
from comity.people.refusals import NotAllowed, allow
from comity.people.rules import Realm, may

from . import commands as alerts
from . import devices, ladder, rota
from .models import Ring, Round

CLIMB, HAND = "comity:climb", "comity:hand"
GATEWAY = "gateway"
TEST = "T-"  # the daily test of the ladder itself, which rings whoever would be rung
STUCK = timedelta(seconds=2)  # a ring nobody has handed over by then is given to a worker again
OPEN = ("waiting", "sent", "seen")


class Above(Protocol):
    """What a room whose subjects are rung for wants to hear, within the same transaction."""

    def acknowledged(self, person: Person, subject: str) -> None:
        """Somebody has answered, the first of this round."""

    def unanswered(self, subject: str) -> None:
        """The ladder has reached the heads, or reaches nobody. It rings on. Once a round."""

    def where(self, subject: str) -> str:
        """The path of the subject's page in the console."""


def above(subject: str) -> Above | None:
    """The room that a subject is of, if it wants to hear."""
    named = settings.PAGED.get(subject.partition("-")[0])
    return import_string(named) if named else None


def where(subject: str) -> str:
    """The path that a ring for this subject leads to."""
    room = above(subject)
    return room.where(subject) if room else f"/console/duty/rings/{subject}"


# -- begin and end ----------------------------------------------------------------------------------------------------


def ring(subject: str, realm: str, by: str, cause: int | None = None, name: str = "life") -> None:
    """Begin a round of the ladder for a subject, or the next one. While one rings, nothing is begun.

    Within the caller's transaction: with its commit the first job is there, in the queue `page`. `by`: who caused it,
    as in events; `cause`: its event. `name`: which ladder. What a drill brings rings nobody, unless people were
    invited to it. Raises RuntimeError outside a transaction, ladder.BadLadder.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a ring begins in the transaction of what it is about")
    ladder.load(name)
    if realm == "drill" and not subject.startswith(TEST) and not _invited():
        return
    last = Round.objects.select_for_update().filter(subject=subject).order_by("-number").first()
    if last is not None and last.over_at is None:
        return
    made = Round.objects.create(
        subject=subject,
        number=last.number + 1 if last else 1,
        realm=realm,
        ladder=name,
        by=by,
        cause=cause,
        begun_at=clock.now(),
    )
    app.configure_task(CLIMB, queue=PAGE.queue).defer(round=made.id)


@cache
def _asked() -> Any:
    return import_string(settings.DRILL_RINGS)


def _invited() -> bool:
    """Whether people were invited to the drill that runs: what it brings rings nobody else."""
    return bool(_asked()())


def acknowledge(person: Person, subject: str) -> bool:
    """Somebody takes it. True: they are the first of this round, and it stops ringing; False: another was
    (`answered_by`), and that they came late is kept. Somebody of the desk who was not rung may as well, and is marked.

    Raises NotAllowed; Round.DoesNotExist if it was never rung for.
    """
    with transaction.atomic():
        found = _last(subject)
        allow(person, "duty.answer", Realm(found.realm))
        if found.over_at is not None:
            _late(person, found)
            return False
        found.answered_at, found.answered_by = clock.now(), person
        found.save(update_fields=["answered_at", "answered_by"])
        _answered(person, found)
        _settle(found, why="answered", by=person.by)
        if room := above(subject):
            room.acknowledged(person, subject)
    return True


def stop(subject: str) -> None:
    """What it was about is over: nothing of it rings any more. Does nothing if nothing does."""
    with transaction.atomic():
        found = Round.objects.select_for_update().filter(subject=subject, answered_at=None, stopped_at=None).first()
        if found is not None:
            found.stopped_at = clock.now()
            found.save(update_fields=["stopped_at"])
            _settle(found, why="over", by=GATEWAY)


def _last(subject: str) -> Round:
    found = Round.objects.select_for_update().filter(subject=subject).order_by("-number").first()
    if found is None:
        raise Round.DoesNotExist(subject)
    return found


def _answered(person: Person, found: Round) -> None:
    """Mark the rings of who answered; one who was not rung gets one that says so."""
    own = _of(found).filter(person=person)
    if own.exists():
        for one in own.exclude(seen_at=None, delivered_at=None).select_related("device__person"):
            devices.tested(one.device, by=person.by)
        own.filter(state__in=OPEN).update(state="answered", answered_at=found.answered_at)
    else:
        _beside(person, found, "answered", "unpaged")


def _late(person: Person, found: Round) -> None:
    """An acknowledgement after another's, or after it was over: kept, once a person, and marked."""
    if found.answered_by_id == person.id:
        return
    own = _of(found).filter(person=person)
    if not own.exists():
        _beside(person, found, "stopped", "late-unpaged")
    elif not own.filter(code="late").exists():
        own.filter(id=own.latest("made_at").id).update(answered_at=clock.now(), code="late")


def _beside(person: Person, found: Round, state: str, code: str) -> None:
    """A ring of somebody who was not rung."""
    now = clock.now()
    Ring.objects.get_or_create(
        subject=found.subject,
        round=found.number,
        rung=-1,
        device=devices.page_of(person),
        defaults={
            "person": person,
            "realm": found.realm,
            "state": state,
            "made_at": now,
            "seen_at": now,
            "answered_at": now,
            "code": code,
        },
    )


def _settle(found: Round, *, why: str, by: str) -> None:
    _of(found).filter(state__in=OPEN).update(state="stopped")
    alerts.settle(found.realm, "ring.unanswered", found.subject)
    _tell("ring.stopped", found, by=by, public={"why": why})


def _of(found: Round) -> Any:
    return Ring.objects.filter(subject=found.subject, round=found.number)


def _tell(kind: str, found: Round, *, once: str = "", by: str = GATEWAY, **parts: Any) -> Any:
    key = f"{kind}:{found.id}:{once}" if once else f"{kind}:{found.id}"
    return record(kind, realm=found.realm, by=by, case=found.subject, cause=found.cause, once=key, **parts)


# -- climb ------------------------------------------------------------------------------------------------------------


def tick(now: datetime) -> int:
    """The ladder's clock: climb each open round; returns how many there are. Run each second, by any number of
    processes: a round that another climbs is left to it."""
    _warm()
    found = list(Round.objects.filter(answered_at=None, stopped_at=None).values_list("id", flat=True))
    for round in found:
        climb(round)
    return len(found)


@cache
def _warm() -> None:
    """Load once, with the first tick, what the first ring would otherwise wait for."""
    ladder.load("life")
    push.encrypt(b"", push.unb64(push.public_key()), b"")
    push.authorization(settings.COMITY.base_url, 0.0)


def climb(round: int, *, hands: bool = False) -> None:
    """Ring what is due of a round; nothing if it is over, or another process is at it. Idempotent.

    `hands`: the first push is handed over here and now instead of by a job of its own, which saves its wait; not by the
    ladder's clock, which no channel may hold up.
    """
    with transaction.atomic():
        found = Round.objects.select_for_update(skip_locked=True).filter(id=round).first()
        if found is None or found.over_at is not None:
            return
        now, steps = clock.now(), ladder.load(found.ladder)
        rung = _counting(found, steps, now)
        rang = [ladder.Rang(one.rung, one.device_id, one.state, one.made_at) for one in rung]
        due = ladder.due(steps, rota.reaches(found.realm, now), found.begun_at, rang, now)
        made = [_ring(found, number, reach, now) for number, reach in due.rings]
        pushed = next((one for one in made if hands and one.device.kind == "push"), None)
        stuck = [one for one in rung if one.state == "waiting" and now - one.made_at > STUCK]
        for one in (*made, *stuck):
            if one.state == "waiting" and one is not pushed:
                devices.once(_job(one), ring=one.id)
        if due.unanswered and found.unanswered_at is None:
            _unanswered(found, "nobody" if due.nobody else "heads")
    if pushed is not None:
        hand(pushed.id)


def _counting(found: Round, steps: ladder.Ladder, now: datetime) -> list[Ring]:
    """The rings of a round that say what is next: a round nobody answers for days has thousands of the last rung."""
    lately = Q(rung__lt=len(steps.rungs)) | Q(made_at__gt=now - 2 * steps.every)
    return list(_of(found).filter(lately).select_related("device"))


def _job(made: Ring) -> JobDeferrer:
    lane = PAGE if made.device.kind == "push" else SLOW
    return app.configure_task(HAND, queue=lane.queue, queueing_lock=f"hand:{made.id}")


def _ring(found: Round, number: int, reach: ladder.Reach, now: datetime) -> Ring:
    """Make one ring. The console's own is handed over by being there: an open page finds it within half a second."""
    at_once = reach.kind == "page"
    made = Ring.objects.create(
        subject=found.subject,
        round=found.number,
        rung=number,
        device_id=reach.device,
        person_id=reach.person,
        realm=found.realm,
        state="sent" if at_once else "waiting",
        made_at=now,
        sent_at=now if at_once else None,
    )
    if at_once:
        _sent(found, made, "page")
    return made


def _sent(found: Round, made: Ring, kind: str) -> None:
    sealed = {"ring": str(made.id), "person": str(made.person_id)}
    _tell("ring.sent", found, once=str(made.id), public={"kind": kind}, sealed=sealed)


def _unanswered(found: Round, why: str) -> None:
    found.unanswered_at = clock.now()
    found.save(update_fields=["unanswered_at"])
    event = _tell("ring.unanswered", found, public={"why": why})
    alerts.raise_alert(event, thing=found.subject, proven=True)
    if room := above(found.subject):
        room.unanswered(found.subject)


def hand(ring: int) -> None:
    """Hand one ring to its channel and keep what came of it. A failure lets the ladder go on at once.

    The channel is spoken to outside the transaction. Killed in between, it may ring twice, never not: a push carries
    its subject as Topic and replaces the one before.
    """
    made = Ring.objects.select_related("device", "person").filter(id=ring, state="waiting").first()
    if made is None:
        return
    kind, said = made.device.kind, devices.send(made)
    with transaction.atomic():
        found = Round.objects.select_for_update().get(subject=made.subject, number=made.round)
        now = clock.now()
        changed = Ring.objects.filter(id=ring, state="waiting").update(
            state=said.state,
            sent_at=now if said.state == "sent" else None,
            delivered_at=said.delivered_at,
            code=said.code,
        )
        if not changed:
            Ring.objects.filter(id=ring, sent_at=None).update(sent_at=now if said.state == "sent" else None)
        if said.state == "sent":
            _sent(found, made, kind)
        else:
            _tell("ring.failed", found, once=str(ring), public={"kind": kind, "code": said.code}, sealed=_whose(made))
        if said.state == "gone":
            devices.end(made.device, by=GATEWAY)
    if said.state != "sent":
        climb(found.id)


def _whose(made: Ring) -> dict[str, str]:
    return {"ring": str(made.id), "person": str(made.person_id)}


# -- what pages ask ---------------------------------------------------------------------------------------------------


def rings(subject: str) -> list[Ring]:
    """Who was rung for a subject, when, by what; who saw it, and who answered. Round by round, in their order."""
    return list(
        Ring.objects.filter(subject=subject).select_related("device", "person").order_by("round", "made_at", "id")
    )


def rounds(subject: str) -> list[Round]:
    """The rounds of a subject, the first first."""
    return list(Round.objects.filter(subject=subject).select_related("answered_by").order_by("number"))


def answered_by(subject: str) -> Person | None:
    """Who was the first to acknowledge the last round; None while it rings, or if it was stopped."""
    found = Round.objects.filter(subject=subject).select_related("answered_by").order_by("-number").first()
    return found.answered_by if found else None


def ringing(person: Person) -> list[Ring]:
    """The rings of somebody that are out, one a subject, the oldest first."""
    found = Ring.objects.filter(person=person, state__in=OPEN).order_by("subject", "made_at", "id").distinct("subject")
    return sorted(found, key=lambda one: (one.made_at, one.id))


def see(person: Person, subjects: Sequence[str], kind: str = "page", ring: int | None = None) -> None:
    """Somebody's device shows these rings, or the one that its link names: kept at its instant, once a ring."""
    own = Ring.objects.filter(person=person, state="sent", seen_at=None)
    shown = own.filter(id=ring) if ring else own.filter(subject__in=subjects, device__kind=kind)
    if not shown.exists():
        return
    with transaction.atomic():
        for one in shown.select_for_update().order_by("id"):
            Ring.objects.filter(id=one.id).update(state="seen", seen_at=clock.now())
            found = Round.objects.get(subject=one.subject, number=one.round)
            _tell("ring.seen", found, once=str(one.id), public={"kind": one.device.kind}, sealed=_whose(one))


def delivered(person: Person) -> None:
    """Somebody's browser was woken by a push and has come to look: all that were sent to it have arrived."""
    own = Ring.objects.filter(person=person, device__kind="push", delivered_at=None, state__in=OPEN)
    own.exclude(sent_at=None).update(delivered_at=clock.now())


def may_answer(person: Person, subject: str) -> bool:
    """Whether somebody may acknowledge a subject."""
    found = Round.objects.filter(subject=subject).order_by("-number").first()
    return found is not None and may(person, "duty.answer", Realm(found.realm))


on_duty, unstaffed = rota.on_duty, rota.unstaffed

__all__ = [
    "NotAllowed",
    "above",
    "acknowledge",
    "answered_by",
    "climb",
    "delivered",
    "hand",
    "may_answer",
    "on_duty",
    "ring",
    "ringing",
    "rings",
    "rounds",
    "see",
    "stop",
    "tick",
    "unstaffed",
    "where",
]
