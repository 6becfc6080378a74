"""Raises and lowers the level of management: one hand raises it at once, two lower it, and it ends by itself. The only
writer of levels. A level touches no regulation and no decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.balance.models import Crossing
from comity.decisions import commands as decisions
from comity.decisions import switch
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm

from . import levels, reasons
from .managing import Level
from .standing import Stands

GATEWAY = "gateway"


def row(realm: str) -> Level | None:
    """The level that was raised and stands; None: the usual one."""
    return Level.objects.filter(realm=realm, ended_at=None).first()


def current(realm: str) -> str:
    """The level of a realm now."""
    found = row(realm)
    return found.level if found and found.ends_at > clock.now() else levels.USUAL


def basis(realm: str) -> list[str]:
    """What a raised level may rest on now, as codes: alarms that a person judged real, red risks, crossed bounds."""
    red = Stands.objects.filter(realm=realm, band="red").order_by("risk").values_list("risk", flat=True)
    crossed = Crossing.objects.filter(bound__realm=realm).exclude(state="closed").order_by("id")
    return [
        *(f"alarm:{one}" for one in reasons.real_alarms(realm)),
        *(f"risk:{one}" for one in red),
        *(f"bound:{one}" for one in crossed.values_list("bound_id", flat=True)),
    ]


def raise_level(person: Person, realm: str, level: str, reason: str) -> Level:
    """Raise the level at once, by one hand. Raises NotAllowed, BadInput, and NotNow where it isn't higher."""
    told = switch.reason_of(reason)
    if level not in levels.RAISED:
        raise BadInput("level", f"one of {', '.join(levels.RAISED)}")
    allow(person, "level.raise", Realm(realm))
    rests, file, now = basis(realm), levels.load(), clock.now()
    if len(rests) < file.levels[level].needs:
        raise BadInput("level", f"{level} rests on {file.levels[level].needs} alarms, red risks or crossed bounds: "
                                f"there are {len(rests)}")  # fmt: skip
    with transaction.atomic():
        before = Level.objects.select_for_update().filter(realm=realm, ended_at=None).first()
        if before is not None:
            if before.ends_at > now and not levels.above(level, before.level):
                raise levels.OF_IT.not_now(before.level, f"raise to {level}")
            _over(before, "raise", "raised")
        made = Level.objects.create(
            realm=realm, level=level, basis=rests, by=person.by, since=now, ends_at=now + file.lasts
        )
        until, inside = made.ends_at.date().isoformat(), {"basis": rests} | switch.sealed(told)
        _tell(made, "level.raised", person.by, level=level, until=until, reasons=len(rests), sealed=inside)
        return made


def propose_lower(person: Person, realm: str, level: str, reason: str) -> str:
    """Put it to people that the level is lowered; the hash of the act. Raises NotAllowed, BadInput, NotNow."""
    found = row(realm)
    if found is None:
        raise levels.OF_IT.not_now(levels.USUAL, "lower")
    return decisions.propose(
        LEVEL, found.pk, levels.LOWER, {"to": level, "reason": switch.reason_of(reason)}, by=person
    )


def sign(person: Person, realm: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one signature; true once the level is lowered. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(LEVEL, _standing(realm).pk, person, hash, response)


def send_back(person: Person, realm: str, reason: str) -> None:
    """Send what was put to people back. Raises NotAllowed, NotNow, BadInput."""
    decisions.send_back(LEVEL, _standing(realm).pk, person, switch.reason_of(reason))


def keep_time(now: datetime) -> None:
    """By the clock: a raised level ends by itself."""
    for pk in list(Level.objects.filter(ended_at=None, ends_at__lte=now).values_list("pk", flat=True)):
        _lapse(pk)


def end_in_demo() -> None:
    """A level that a story of the demo raised is over, so that it can be told again."""
    if (found := row("demo")) is not None:
        _lapse(found.pk)


@transaction.atomic
def _lapse(pk: Any) -> None:
    found = locked(pk)
    if found.ended_at is None:
        _over(found, "lapse", "ended")
        _tell(found, "level.ended", GATEWAY, level=found.level)


def days_raised(realm: str, since: datetime, until: datetime) -> float:
    """How many days of a time were at a raised level."""
    rows = Level.objects.filter(realm=realm, since__lt=until)
    spans = [(max(one.since, since), min(one.ended_at or one.ends_at, until)) for one in rows]
    return sum(max(0.0, (end - start).total_seconds()) for start, end in spans) / 86_400


# -- how it is decided ------------------------------------------------------------------------------------------------


def locked(pk: Any) -> Level:
    """A row, locked until the transaction ends."""
    return Level.objects.select_for_update().get(pk=pk)


def _standing(realm: str) -> Level:
    found = row(realm)
    if found is None:
        raise levels.OF_IT.not_now(levels.USUAL, "lower")
    return found


def _over(found: Level, step: str, how: str) -> None:
    """End one that stands; what is put to people of it is void."""
    decisions.void(LEVEL, found, step)
    found.ended_at, found.how = clock.now(), how
    found.save(update_fields=["ended_at", "how"])


def _made(found: Level, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    if said["to"] not in levels.below(found.level):
        raise BadInput("level", f"one of {', '.join(levels.below(found.level))}")
    act = {"kind": kind, "from": found.level, "to": said["to"], "reason": said["reason"]}
    return act | {"since": found.since.isoformat()}, levels.load().lower


def _lowered(found: Level, signed: ApprovedAct, person: Person) -> None:
    if signed.act["from"] != found.level:
        raise levels.OF_IT.not_now(found.level, "lower")
    found.ended_at, found.how, found.act = clock.now(), "lowered", ""
    found.save()
    _tell(found, "level.lowered", person.by, level=signed.act["to"], sealed={"act": signed.hash})
    if signed.act["to"] != levels.USUAL:
        Level.objects.create(realm=found.realm, level=signed.act["to"], basis=found.basis, by=person.by,
                             since=found.ended_at, ends_at=found.ends_at)  # fmt: skip


def _proposed(found: Level, act: Mapping[str, Any], hash: str, by: str) -> None:
    _tell(found, "level.put", by, level=act["to"], sealed={"act": hash} | switch.sealed(act["reason"]))


def _back(found: Level, how: str) -> Back:
    return switch.back(found, levels.OF_IT, found.level, "level.lower")


def _returned(found: Level, hash: str, back: Back, reason: str, person: Person) -> None:
    _tell(found, "level.returned", person.by, level=found.level, sealed={"act": hash} | switch.sealed(reason))


def _tell(found: Level, kind: str, by: str, *, sealed: Mapping[str, Any] | None = None, **public: Any) -> None:
    record(kind, realm=found.realm, by=by, case=found.number, public=public, sealed=sealed)


LEVEL: Subject[Level] = Subject(
    life=levels.OF_IT,
    lock=locked,
    number=lambda found: found.number,
    kinds={
        levels.LOWER: Kind(_made, put="put", sign="sign", met="lower", may_put="level.lower", may_sign="level.lower",
                           follows=_lowered),
    },
    proposed=_proposed,
    back=_back,
    returned=_returned,
)  # fmt: skip
