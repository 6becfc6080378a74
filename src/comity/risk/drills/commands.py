"""Begins drills, sends them through the real door, and ends them: the only writer of drills.

Everything that is sent goes by SMTP to this machine's own door, to a recipient that counts as realm drill until the
drill is over. A drill whose sending was cut off, or whose workers died, ends as broken and can be begun anew.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateWorker

from comity import clock
from comity.cases import exercises
from comity.cases.models import Request
from comity.countries import rules as countries
from comity.doors.email import realm as doors
from comity.front import health
from comity.hotline import exercises as calls
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.platforms import reached
from comity.vault import commands as vault
from comity.world import orders

from . import drill_file, dry, mails, measuring, offices, rules, sending
from .drill_file import Spec
from .models import Drill, DrillMail

GATEWAY = "gateway"
SOON, LATER, PATIENCE = timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=2)
SETTLED = timedelta(minutes=2)  # in which what was read is judged, too
MOST_LOAD = 200
AT_ONCE = 50  # mails noted as taken in one transaction


def begin(
    by: Person | str,
    realm: str,
    name: str,
    *,
    seed: int | None = None,
    load: int | None = None,
    people: str = rules.MODELLED,
    desk: int | None = None,
    country: str = "",
) -> Drill:
    """Plan a drill; the road runs it. `by`: a person, or who answers for it; `realm`: whose register it counts in;
    `load`: times the usual, `desk`: how many people are modelled.

    Raises NotAllowed, BadInput, and NotNow while another one runs.
    """
    spec = _spec(name)
    _verify(spec, realm, load, people, desk, country)
    if isinstance(by, Person):
        allow(by, "drill.begin", Realm(realm))
    now = clock.now()
    made = Drill(realm=realm, name=name, by=by.by if isinstance(by, Person) else by, planned_at=now)
    made.seed = secrets.randbelow(2**31) if seed is None else seed
    made.load, made.people, made.desk, made.country = load or spec.times, people, desk, country
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _tell(made, "drill.begun", made.by, load=made.load, people=people)
    except IntegrityError:
        raise rules.OF_IT.not_now("running", "begin another") from None
    return made


def _spec(name: str) -> Spec:
    if name not in drill_file.all_of():
        raise BadInput("name", f"no drill {name[:40]!r}; there are {', '.join(drill_file.all_of())}")
    return drill_file.all_of()[name]


def _verify(spec: Spec, realm: str, load: int | None, people: str, desk: int | None, country: str) -> None:
    if realm not in ("real", "demo"):
        raise BadInput("realm", "real or demo: whose people begin it")
    if load is not None and not 1 <= load <= MOST_LOAD:
        raise BadInput("load", f"from 1 to {MOST_LOAD} times the usual")
    if people not in rules.PEOPLE:
        raise BadInput("people", f"one of {', '.join(rules.PEOPLE)}")
    if people == rules.INVITED and (realm != "real" or spec.dry):
        raise BadInput(
            "people", "real people take part in a drill of the real desk, and there is nothing to do in a dry run"
        )
    if desk is not None and not 0 <= desk <= 10_000:
        raise BadInput("desk", "from 0 to 10,000 people")
    if spec.dry and country and country not in countries.codes(realm):
        raise BadInput("country", "two letters of a country")
    if country and not spec.dry:
        raise BadInput("country", f"{spec.id} is about no country")
    if not spec.dry:
        _verify_ways()


def _verify_ways() -> None:
    try:
        sending.verify_ours(health.mail_door())
    except sending.NoDoor as no:
        raise BadInput(no.why, str(no)) from None
    if not reached("drill"):
        raise BadInput("sandbox", "a drill is about messages on the sandbox, and there is none: start `comity serve`")


# -- run --------------------------------------------------------------------------------------------------------------


def run(event: Event) -> timedelta | None:
    """Send a drill's mails, then look until there is nothing more to wait for. Killed half-way, it is broken."""
    drill = Drill.objects.get(id=event.case)
    if drill.state == "planned" and _start(drill):
        _carry_out(drill)
    elif drill.state == "running":
        look(drill)
    return SOON if Drill.objects.filter(id=drill.id, state__in=rules.LIVE).exists() else None


def _start(drill: Drill) -> bool:
    """Whether it is ours to begin."""
    spec, now = drill_file.all_of()[drill.name], clock.now()
    with transaction.atomic():
        found = Drill.objects.select_for_update().get(id=drill.id)
        if found.state != "planned":
            return False
        found.state = rules.OF_IT.after(found.state, "begin")
        found.begun_at, found.workers = now, alive()
        found.ends_by = now + timedelta(minutes=spec.minutes)
        found.save()
    drill.refresh_from_db()
    return True


def alive() -> list[int]:
    """Who runs jobs now."""
    return sorted(ProcrastinateWorker.objects.values_list("id", flat=True))


def _carry_out(drill: Drill) -> None:
    spec = drill_file.all_of()[drill.name]
    if spec.dry:
        _end(drill.id, dry.run(drill))
        return
    try:
        _send(drill, spec)
    except sending.NoDoor as no:
        stop(drill.id, no.why)
        return
    Drill.objects.filter(id=drill.id, state="running").update(sent_at=clock.now())


def made_of(drill: Drill, spec: Spec) -> list[orders.Sent]:
    """The mails of a drill, by its seed."""
    mix = spec.mails(drill.load)
    return orders.buried(drill.seed, mix, spec.buried) if spec.buried else orders.orders(drill.seed, mix)


def _send(drill: Drill, spec: Spec) -> None:
    """Note what is to be sent first, then hand it over: what was not taken was never there."""
    them = made_of(drill, spec)
    marks = [vault.keyed_hash(mails.message_id(drill.id, one)) for one in them]
    DrillMail.objects.bulk_create(
        DrillMail(drill=drill, n=one.n, kind=one.kind, mark=mark) for one, mark in zip(them, marks, strict=True)
    )
    us, key = settings.COMITY, offices.key(settings.COMITY.data)
    here = mails.Here(us.address, str(us.provider["establishment"]))
    bait = sending.post(drill.id, them[0])
    targets = {one.n: _target(drill, one, bait) for one in them}
    recipient, taken = doors.mint_drill(drill.ends_by or clock.now()), dict[int, datetime]()
    with sending.line(health.mail_door()) as smtp:
        for one in them:
            raw = mails.make(drill.id, one, targets[one.n], here, clock.now(), key)
            smtp.sendmail(mails.sender(one), [recipient], raw)
            taken[one.n] = clock.now()
            if len(taken) >= AT_ONCE:
                _note(drill, taken)
                measuring.link(drill)  # who watches sees what is stored meanwhile
        _note(drill, taken)


def _target(drill: Drill, one: orders.Sent, bait: str) -> str:
    """What a mail is about: a message of its own for a true one, one that stands for a false alarm, else nothing."""
    if one.kind in mails.TARGETED:
        return sending.post(drill.id, one)
    return bait if one.kind == orders.FALSE_ALARM else sending.nowhere(one)


def _note(drill: Drill, taken: dict[int, datetime]) -> None:
    rows = list(DrillMail.objects.filter(drill=drill, n__in=[*taken]))
    for row in rows:
        row.taken_at = taken[row.n]
    DrillMail.objects.bulk_update(rows, ["taken_at"])
    taken.clear()


def look(drill: Drill) -> None:
    """Look at a drill that runs, and end it once there is nothing to wait for. One whose sending was cut off, or whose
    workers are gone, is broken; what only counts is counted again."""
    spec, now = drill_file.all_of()[drill.name], clock.now()
    if spec.dry:
        _carry_out(drill)
        return
    if drill.sent_at is None or interrupted(drill):
        stop(drill.id, "interrupted")
        return
    measuring.link(drill)
    came = measuring.Came(drill)
    if spec.buried == orders.ORDER and "place" not in drill.result and (at := measuring.place(came)):
        drill.result = drill.result | {"place": at}
        Drill.objects.filter(id=drill.id).update(result=drill.result)
    if rules.late(now, drill.ends_by) or measuring.through(drill, spec, came):
        figures = measuring.result(drill, spec, came)
        _end(drill.id, figures | {"timeline": measuring.timeline(drill, spec, came)})


def interrupted(drill: Drill) -> bool:
    """Whether one of those who ran the jobs when it began is gone."""
    return not {*drill.workers} <= {*alive()}


def _end(id: str, result: dict[str, Any]) -> None:
    with transaction.atomic():
        found = Drill.objects.select_for_update().get(id=id)
        if found.state != "running":
            return
        spec = drill_file.all_of()[found.name]
        found.state = rules.OF_IT.after(found.state, "end")
        found.result, found.live, found.over_at = found.result | result, None, clock.now()
        found.result["timeline"] = [*result.get("timeline", ()), {"what": "ended", "at": found.over_at.isoformat()}]
        found.met = rules.met(rules.scored(spec.objectives, found.result))
        found.save()
        told = {name: found.result.get(name) for name in ("sent", "stored", "judged", "lost", "missed")}
        _tell(found, "drill.ended", GATEWAY, met=found.met, **told)


def stop(id: str, why: str = "stopped", by: Person | None = None) -> bool:
    """A drill is over without a result. Raises NotAllowed, and NotNow for a person where it is over already."""
    with transaction.atomic():
        found = Drill.objects.select_for_update().get(id=id)
        if by is not None:
            allow(by, "drill.begin", Realm(found.realm))
        elif found.state not in rules.LIVE:
            return False
        found.state = rules.OF_IT.after(found.state, "break")
        found.live, found.why, found.over_at = None, why, clock.now()
        found.save()
        _tell(found, "drill.broken", by.by if by else GATEWAY, why=why)
    return True


def put_away(event: Event) -> timedelta | None:
    """What a drill left open in its realm is taken back by its offices: nobody has to tidy up after it. What is
    still read, or judged, afterwards is waited for, for a while."""
    once = f"put-away:{event.id}"
    if done(once):
        return None
    drill = Drill.objects.get(id=event.case)
    measuring.link(drill)
    ids = list(drill.mails.exclude(request="").values_list("request", flat=True))
    n = exercises.take_back(ids)
    calls.end_of(ids)
    if ids and clock.now() - event.at < (PATIENCE if _unread(ids) else SETTLED):
        return LATER
    with transaction.atomic():
        record("drill.cleared", realm=drill.realm, by=GATEWAY, case=drill.id, once=once, public={"cases": n})
    return None


def _unread(ids: list[str]) -> bool:
    return Request.objects.filter(id__in=ids, kind__in=("unread", "waits")).exists()


def keep_time(now: datetime) -> None:
    """By the clock: a drill that nobody begins, or that nobody ends, is over."""
    found = Drill.objects.filter(live=True).first()
    if found is None:
        return
    if found.state == "planned" and now - found.planned_at > rules.NEVER_BEGUN:
        stop(found.id, "never-begun")
    elif found.state == "running" and (interrupted(found) or (found.sent_at and rules.late(now, found.ends_by))):
        look(found)


def _tell(drill: Drill, kind: str, by: str, **public: Any) -> None:
    told = {"name": drill.name, **public}
    record(kind, realm=drill.realm, by=by, case=drill.id, once=f"{kind}:{drill.id}", public=told)
