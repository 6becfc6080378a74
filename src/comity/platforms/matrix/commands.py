"""What stands by which key, and the list that edges read of it: the only writer of this room's tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from comity import clock, connected
from comity.ledger.commands import record
from comity.ledger.steps import GATEWAY
from comity.platforms.port import LEVELS, PlatformRefused

from .models import Counter, Deed, Edge, Held, Listed

CHANGED, ASKED = "matrix_list", "matrix_edges"  # whom to wake: edges that wait for a change, acts that wait for edges
EDGES_AT_MOST = 100
EACH = 1_000  # lines of one number, where all is listed anew
COUNTED = 1_000_000_000  # seconds: an older version numbered the list from one on
SECOND = 1_000_000
SLACK = 60 * SECOND  # microseconds that a clock may have been put back
LISTED = ("withhold", "gate")  # what edges do; all else the homeserver does
GATE = "gate:"
BYTES = "sha256:"


@dataclass(frozen=True)
class Target:
    """One thing that is withheld, as the list names it. `room` and `state` as in `comity_edge.measures.Row`."""

    target: str
    room: str = ""
    state: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked under a key: the same under the same key is the same deed, anything else is refused."""

    key: str
    kind: str
    ref: str
    territory: tuple[str, ...] = ()
    said: str = ""


def begin(platform: str, asked: Asked, targets: Iterable[Target] = (), prior: Mapping[str, Any] | None = None) -> Deed:
    """Let a deed stand, and what it withholds be listed: once for its key. Raises PlatformRefused "key-used"."""
    with transaction.atomic():
        counter = _counter(platform)
        found = of_key(platform, asked.key)
        if found is not None:
            _verify_same(found, asked)
            return found
        made = Deed.objects.create(
            platform=platform,
            key=asked.key,
            kind=asked.kind,
            ref=asked.ref,
            territory=list(asked.territory),
            said=asked.said,
            prior=dict(prior or {}),
            begun_at=clock.now(),
        )
        held = [Held(deed=made, target=one.target, room=one.room, state=one.state) for one in targets]
        Held.objects.bulk_create(held)
        _list(counter, [one.target for one in held] if asked.kind in LISTED else [])
    return made


def of_key(platform: str, key: str) -> Deed | None:
    """The deed of a key, if it ever came."""
    return Deed.objects.filter(platform=platform, key=key).first()


def verify_same(platform: str, asked: Asked) -> Deed | None:
    """The deed of a key, if it came already. Raises PlatformRefused "key-used" for one that asked something else."""
    found = of_key(platform, asked.key)
    if found is not None:
        _verify_same(found, asked)
    return found


def _verify_same(found: Deed, asked: Asked) -> None:
    if not found.kind:  # lifted before it came
        return
    same = (found.kind, found.ref, tuple(found.territory), found.said)
    if same != (asked.kind, asked.ref, asked.territory, asked.said):
        raise PlatformRefused("key-used", "This key has done something else.")


def done(deed: Deed, *, undone: bool = False) -> bool:
    """Remember that the homeserver, or its edges, were seen to have done it; whether nobody had before."""
    field = "undone_at" if undone else "done_at"
    return Deed.objects.filter(id=deed.id, **{f"{field}__isnull": True}).update(**{field: clock.now()}) == 1


def found_before(deed: Deed, name: str, before: bool) -> None:
    """Remember of a deed what stood before it and all that were there with it."""
    deed.prior = {**deed.prior, name: before}
    Deed.objects.filter(id=deed.id).update(prior=deed.prior)


def lift(platform: str, key: str) -> tuple[Deed, bool]:
    """Let a deed stand no longer; one that never came never will. The deed, and whether it stood."""
    with transaction.atomic():
        counter, now = _counter(platform), clock.now()
        found = of_key(platform, key)
        if found is None:
            made = Deed.objects.create(platform=platform, key=key, state="lifted", begun_at=now, lifted_at=now)
            return made, True
        if found.state == "lifted":
            return found, False
        found.state, found.lifted_at = "lifted", now
        found.save(update_fields=["state", "lifted_at"])
        _list(counter, list(found.held.values_list("target", flat=True)) if found.kind in LISTED else [])
    return found, True


def standing_with(deed: Deed) -> list[Deed]:
    """What else of a deed's kind stands on its thing, or on any of the same bytes, the oldest first."""
    same = deed.held.filter(target__startswith=BYTES).values("target")
    on = Q(ref=deed.ref) | Q(held__target__in=same)
    found = Deed.objects.filter(on, platform=deed.platform, kind=deed.kind, state="standing").exclude(id=deed.id)
    return list(found.distinct().order_by("id"))


def standing(platform: str, ref: str, kind: str = "") -> list[Deed]:
    """What stands on a thing, the oldest first."""
    found = Deed.objects.filter(platform=platform, ref=ref, state="standing")
    return list((found.filter(kind=kind) if kind else found).order_by("id"))


# -- the list ---------------------------------------------------------------------------------------------------------


def _counter(platform: str) -> Counter:
    Counter.objects.get_or_create(platform=platform)
    return Counter.objects.select_for_update().get(platform=platform)


def _list(counter: Counter, targets: Sequence[str]) -> None:
    """List anew where these targets are withheld: by all that stands."""
    if not targets:
        return
    counter.serial = max(counter.serial + 1, _instant())
    counter.save(update_fields=["serial"])
    where: dict[str, set[str]] = {one: set() for one in targets}
    about: dict[str, Held] = {}
    found = Held.objects.filter(target__in=targets, deed__platform=counter.platform, deed__kind__in=LISTED)
    for one in found.select_related("deed").order_by("id"):
        if one.deed.state == "standing":
            where[one.target] |= set(one.deed.territory)
        about[one.target] = max(one, about.get(one.target, one), key=_rank)
    rows = [
        Listed(
            platform=counter.platform,
            target=target,
            countries=sorted(countries),
            room=about[target].room,
            state=about[target].state,
            notice=about[target].deed.prior.get("notice", {}),
            serial=counter.serial,
        )
        for target, countries in where.items()
    ]
    Listed.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["platform", "target"],
        update_fields=["countries", "room", "state", "notice", "serial"],
    )
    _wake(CHANGED, counter.platform)


def _instant() -> int:
    """Now, in microseconds since 1970: no number of the list is used twice, by a gateway that is put back neither."""
    return int(clock.now().timestamp() * SECOND)


def _rank(one: Held) -> tuple[bool, int, int]:
    """Which line of several says what the list does: of gates the highest that stands, and the later of two."""
    height = LEVELS.index(one.state) if one.target.startswith(GATE) else 0
    return one.deed.state == "standing", height, one.pk


def _wake(channel: str, platform: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, platform])


def serial(platform: str) -> int:
    """How far the list goes."""
    found = Counter.objects.filter(platform=platform).first()
    return found.serial if found else 0


def after(platform: str, since: int, most: int) -> tuple[list[Listed], int, bool]:
    """The lines that changed after a number, up to which number they go, and whether there are more: all lines of a
    number or none. To an edge that holds nothing, what is withheld nowhere any more is not told."""
    upto = serial(platform)
    found = Listed.objects.filter(platform=platform, serial__gt=since, serial__lte=upto)
    if since == 0:
        found = found.exclude(countries=[])
    rows = list(found.order_by("serial", "target")[: most + 1])
    if len(rows) <= most:
        return rows, max(upto, 0), False
    last = rows[-1].serial
    if rows[0].serial == last:
        return list(found.filter(serial=last)), last, True
    return [one for one in rows if one.serial < last], last - 1, True


def edges(platform: str) -> list[Edge]:
    """The edges that ever followed a list, the latest to ask first."""
    return list(Edge.objects.filter(platform=platform).order_by("-asked_at"))


def asks(platform: str, name: str, held: int, holds: int | None = None) -> None:
    """Remember that an edge asked, how far it holds the list, and how many targets it withholds by it.

    One that is ahead has followed this gateway before it was put back to an older backup: it refuses what is older than
    what it holds, so all is listed anew. Where it withholds other than what is listed, the desk is told.
    """
    ahead = held > serial(platform)
    if ahead and not (ahead := _list_anew(platform, held)):
        held = 0  # no list of ours was ever so far: it holds nothing that we know
    said = {"serial": held, "holds": holds}
    found = Edge.objects.filter(platform=platform, name=name).first()
    if found is not None:
        same = (found.serial, found.holds) == (held, holds)
        Edge.objects.filter(id=found.id).update(**said, asked_at=clock.now())
    elif same := Edge.objects.filter(platform=platform).count() >= EDGES_AT_MOST:
        return
    else:
        Edge.objects.update_or_create(platform=platform, name=name, defaults=said | {"asked_at": clock.now()})
    _wake(ASKED, platform)
    if holds is not None and (ahead or (held == serial(platform) and not same)):
        _compare(platform, name, holds, ahead=ahead)


def _list_anew(platform: str, held: int) -> bool:
    """List all that stands anew, beyond a number that an edge holds; whether that can be a number of ours."""
    with transaction.atomic():
        counter = _counter(platform)
        if held > _instant() + SLACK:
            return False
        if held >= counter.serial:
            counter.serial = max(held, _instant()) + SECOND  # the first of them lie beyond it, too
            with connection.cursor() as cursor:  # so many lines a number: a page holds all lines of one
                cursor.execute(ANEW, {"platform": platform, "to": counter.serial, "each": EACH})
            counter.save(update_fields=["serial"])
            _wake(CHANGED, platform)
    return True


def _compare(platform: str, edge: str, holds: int, *, ahead: bool) -> None:
    """Tell the desk, once a day, where an edge withholds other than what is listed. What it lacks it is given anew."""
    listed = targets(platform)
    if holds == listed and not ahead:
        return
    realm, day = "demo" if platform == connected.MATRIX else "real", f"{clock.now():%Y%m%d}"
    public = {"platform": platform, "holds": holds, "listed": listed}
    with transaction.atomic():
        once = f"list.differs:{platform}:{edge}:{holds - listed}:{day}"
        told = record("list.differs", realm=realm, by=GATEWAY, once=once, public=public)
    if holds < listed and told.new:
        _list_anew(platform, serial(platform))


ANEW = """
UPDATE matrix_listed SET serial = %(to)s - found.n / %(each)s
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM matrix_listed WHERE platform = %(platform)s) AS found
WHERE matrix_listed.id = found.id
"""


def changed_at(platform: str) -> datetime | None:
    """When the list was changed last (UTC); None: never, or by a version that counted."""
    at = serial(platform) / SECOND
    return datetime.fromtimestamp(at, UTC) if at > COUNTED else None


def targets(platform: str) -> int:
    """How many targets are withheld anywhere by the list as it stands."""
    listed = Listed.objects.filter(platform=platform).exclude(countries=[])
    return listed.exclude(target__startswith=GATE).count()
