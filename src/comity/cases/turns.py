"""Whose turn it is to be read, among the unproven: each sender, each site and all of them together have so many mails
and so many seconds of reading an hour. What comes beyond it is kept and listed, waits for its turn, and a person can
have any of it read at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.db import connection, transaction
from django.db.models import Count, F, QuerySet, Sum

from comity import clock, lane
from comity.ledger.commands import record
from comity.vault import commands as vault

from . import document
from .models import Request, Turn

HOUR = timedelta(hours=1)
RELEASED_AT_ONCE = 5


@dataclass(frozen=True)
class Share:
    """What of the reading one may have in an hour."""

    mails: int
    seconds: float

    def spent(self, mails: int, seconds: float) -> bool:
        """Whether nothing of it is left."""
        return mails >= self.mails or seconds >= self.seconds


SHARES: Mapping[str, Share] = {"sender": Share(20, 60), "site": Share(60, 180), "all": Share(600, 1800)}


def site_of(address: str) -> str:
    """The domain under which somebody can make up as many senders as they like: its last two labels, or three below a
    short one (`co.uk`)."""
    labels = address.rpartition("@")[2].lower().strip(". ").split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[-2:])


def _named(request: Request) -> dict[str, bytes]:
    sender = parseaddr(str(document.peek(request).get("from") or "")[:1_000])[1].lower()
    return {"sender": vault.keyed_hash(f"turn:{sender}"), "site": vault.keyed_hash(f"site:{site_of(sender)}")}


def over_all(now: datetime) -> bool:
    """Whether the share of all unproven mail is spent."""
    so_far = _read(now).aggregate(mails=Count("id"), seconds=Sum("seconds"))
    return SHARES["all"].spent(so_far["mails"], so_far["seconds"] or 0.0)


def _read(now: datetime) -> QuerySet[Turn]:
    """The turns at the reading within the last hour: not those of what was typed, which took none (`typed`)."""
    return Turn.objects.filter(at__gt=now - HOUR).exclude(sender=F("site"))


def over(sender: bytes, site: bytes, now: datetime) -> str:
    """Whose share is spent: `sender`, `site` or `all`; empty while something is left of each."""
    read = _read(now)
    for name, rows in (("sender", read.filter(sender=sender)), ("site", read.filter(site=site)), ("all", read)):
        so_far = rows.aggregate(mails=Count("id"), seconds=Sum("seconds"))
        if SHARES[name].spent(so_far["mails"], so_far["seconds"] or 0.0):
            return name
    return ""


def ask(request: Request, cause: int) -> bool:
    """Whether an unproven mail may be read now; if not, it waits, and that is told. Asked again it answers the same."""
    now = clock.now()
    with transaction.atomic():
        turn, fresh = Turn.objects.select_for_update().get_or_create(request=request, defaults=_named(request))
        if not fresh:
            return turn.at is not None
        if why := over(bytes(turn.sender), bytes(turn.site), now):
            _wait(request, cause, why)
            return False
        _take(turn, now)
    return True


def _take(turn: Turn, now: datetime) -> None:
    turn.nth = Turn.objects.filter(sender=turn.sender, at__gt=now - HOUR).count()
    turn.at = now
    turn.save(update_fields=["at", "nth"])


def _wait(request: Request, cause: int, why: str) -> None:
    Request.objects.filter(id=request.id, kind="unread").update(kind="waits")
    record(
        "reading.waits",
        realm=request.realm,
        by="gateway",
        request=request.id,
        cause=cause,
        once=f"waits:{request.id}",
        public={"why": why},
    )


def typed(request: Request, sender: str) -> None:
    """Count what was typed at a door in somebody's name: the more within the hour, the further behind. It waits for no
    reading."""
    who, now = vault.keyed_hash(f"typed:{sender}"), clock.now()
    before = Turn.objects.filter(sender=who, at__gt=now - timedelta(hours=1)).count()
    Turn.objects.get_or_create(request=request, defaults={"sender": who, "site": who, "at": now, "nth": before})


def nth(request: Request) -> int:
    """As which unproven mail of its sender within the hour a request came, from 1."""
    return 1 + (Turn.objects.filter(request=request).values_list("nth", flat=True).first() or 0)


def took(request: Request, seconds: float) -> None:
    """Charge what reading a mail took to whom it is to be charged."""
    Turn.objects.filter(request=request).update(seconds=seconds)


FIRST = """
select first.request_id from (
  select distinct on (sender) id, request_id, sender, site from cases_turn where at is null order by sender, id) first
where (select count(*) < %(sender_mails)s and coalesce(sum(seconds), 0) < %(sender_seconds)s
       from cases_turn read where read.sender = first.sender and read.at > %(since)s)
  and (select count(*) < %(site_mails)s and coalesce(sum(seconds), 0) < %(site_seconds)s
       from cases_turn read where read.site = first.site and read.at > %(since)s)
order by first.id limit %(most)s
"""


def release(now: datetime) -> None:
    """Let those be read whose share has room again: one of each sender at a time, who waits longest first."""
    if not Turn.objects.filter(at=None).exists():
        return
    shares = {f"{name}_{what}": getattr(SHARES[name], what) for name in SHARES for what in ("mails", "seconds")}
    with connection.cursor() as cursor:
        cursor.execute(FIRST, shares | {"since": now - HOUR, "most": RELEASED_AT_ONCE})
        found = [row[0] for row in cursor.fetchall()]
    with lane.inside(lane.UNPROVEN):  # its turn has come; it is no more proven than before
        for request in found:
            if not over_all(now):
                begin(request, "gateway")


def begin(request_id: str, by: str) -> bool:
    """Give a waiting mail its turn; false where it doesn't wait (any more)."""
    with transaction.atomic():
        request = Request.objects.select_for_update().get(id=request_id)
        if request.kind != "waits":
            return False
        request.kind = "unread"
        request.save(update_fields=["kind"])
        turn = Turn.objects.select_for_update().get(request=request)
        _take(turn, clock.now())
        record("reading.resumed", realm=request.realm, by=by, request=request.id)
    return True


def forget(now: datetime) -> None:
    """What was read more than a day ago counts for nobody any more."""
    Turn.objects.filter(at__lt=now - 24 * HOUR).delete()
