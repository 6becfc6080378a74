"""What the head sees first: what is due, missed and why, what grew, what is red, what ages, who sends most, what is
held back too long. In a fixed number of queries; reads, writes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count as Number
from django.db.models import F, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from comity import clock, instruments
from comity.authorities.models import Authority
from comity.balance import indicators
from comity.balance import words as balance
from comity.balance.models import Crossing
from comity.cases.models import Case, Deadline, Request
from comity.cases.rules import DRIVING
from comity.figures.models import Count, Made
from comity.ledger.models import Event
from comity.notifications.models import Notification

from . import register_pages, turning
from . import register_words as words
from .drills import drill_file
from .drills.models import Drill
from .drills.pages import period
from .register import all_of
from .standing import Stands

DAY, MONTH = timedelta(days=1), timedelta(days=28)
LISTED, LATE_LOOKED_AT = 10, 200
# at which point of its road a case stood when its time ran out, by the last of these that had happened
STAGES: Mapping[str, str | Promise] = {
    "": lazy("it was not judged yet"),
    "case.judged": lazy("its sender was not verified, or it was being drafted"),
    "decision.proposed": lazy("nobody had decided"),
    "decision.approved": lazy("it was approved, and not done on the platform"),
    "measure.acted": lazy("it was done, and nobody had seen it or answered"),
}
AGES: Sequence[tuple[timedelta | None, str | Promise]] = (
    (timedelta(hours=1), lazy("under an hour")),
    (DAY, lazy("an hour to a day")),
    (timedelta(days=7), lazy("a day to a week")),
    (MONTH, lazy("a week to four weeks")),
    (None, lazy("older")),
)


def home(realm: str) -> dict[str, Any]:
    """Everything, for one realm."""
    now = clock.now()
    register = "demo" if realm == "demo" else "real"
    return {
        **_due(realm, now),
        "missed": _missed(realm, now),
        "grew": _grew(realm, now),
        "red": _red(register),
        "drills": _drills(register, now),
        "ages": _ages(realm, now),
        "senders": _senders(realm, now),
        "held": _held(realm, now),
        "level": register_pages.level_now(register),
        "realm": realm,
        "suffix": register_pages.suffix(realm),
    }


def _due(realm: str, now: datetime) -> dict[str, Any]:
    found = Case.objects.filter(realm=realm, open=True, due__isnull=False, due__lte=now + DAY)
    told = found.aggregate(all=Number("id"), late=Number("id", filter=Q(due__lt=now)))
    waits = Request.objects.filter(realm=realm, due__isnull=False, due__lte=now + DAY)
    waits = waits.filter(Q(lane__in=("triage", "counsel")) | Q(top__gt=0))
    first = found.order_by("behind", "due", "id").values("id", "title", "due", "state", "country")[:LISTED]
    return {
        "due": told["all"],
        "overdue": told["late"],
        "to_sort": waits.count(),
        "first": [{**row, "late": bool(row["due"] and row["due"] < now)} for row in first],
    }


def _missed(realm: str, now: datetime) -> dict[str, Any]:
    """The clocks of the last four weeks that ran out, and where each stood then."""
    over = Deadline.objects.filter(name__in=DRIVING, case__realm=realm, stopped_at=None)
    over = over.filter(case__received_at__gte=now - MONTH, due_target__lt=now)
    over = over.filter(Q(met_at=None) | Q(met_at__gt=F("due_target"))).order_by("-due_target")
    n = over.count()
    rows = [(case, at) for case, at in over.values_list("case", "due_target")[:LATE_LOOKED_AT] if at]
    return {"n": n, "why": [(STAGES[stage], k) for stage, k in _stages(rows).most_common()], "of": len(rows)}


def _stages(rows: Sequence[tuple[str, datetime]]) -> Counter[str]:
    due, last = dict(rows), dict[str, str]()
    kinds = [kind for kind in STAGES if kind]
    events = Event.objects.filter(case__in=[*due], kind__in=kinds).order_by("id").values_list("case", "kind", "at")
    for case, kind, at in events:
        if at <= due[str(case)]:
            last[str(case)] = kind
    return Counter(last.get(case, "") for case in due)


def _grew(realm: str, now: datetime) -> list[dict[str, Any]]:
    """What came in the last four weeks against the four before, by instrument: what grew most first."""
    since = now.date() - 2 * MONTH
    found: dict[str, list[int]] = {}
    for rows in (
        Count.objects.filter(realm=realm),
        *([Made.objects.filter(world="growth")] if realm == "demo" else []),
    ):
        told = rows.filter(name="requests", day__gte=since, day__lt=now.date())
        recent = Q(day__gte=now.date() - MONTH)
        sums = told.values("instrument").annotate(now=Sum("n", filter=recent), was=Sum("n", filter=~recent))
        for row in sums:
            both = found.setdefault(row["instrument"], [0, 0])
            both[0] += row["was"] or 0
            both[1] += row["now"] or 0
    grown = sorted((was - is_now, name, was, is_now) for name, (was, is_now) in found.items() if is_now > was)
    return [{"title": instruments.of(name).short, "was": was, "now": is_now} for _, name, was, is_now in grown[:5]]


def _red(realm: str) -> list[dict[str, Any]]:
    """Risks that are red as they were last looked at, and bounds that are crossed."""
    if not Stands.objects.filter(realm=realm).exists():
        turning.look(realm)
    names = set(Stands.objects.filter(realm=realm, band="red").values_list("risk", flat=True))
    rows = [
        {"says": words.said(risk.says), "url": register_pages.where(risk, realm), "number": risk.number}
        for risk in all_of().values()
        if risk.id in names
    ]
    crossed = Crossing.objects.filter(bound__realm=realm, state="open").select_related("bound")
    rows += [
        {
            "says": balance.titled(indicators.all_of()[one.bound.indicator]),
            "url": f"/console/balance/crossings/{one.pk}",
            "number": one.bound_id,
        }
        for one in crossed
    ]
    return rows


def _drills(realm: str, now: datetime) -> list[dict[str, Any]]:
    """The drills that were not done in their period, or not met."""
    last = {
        row.name: row
        for row in Drill.objects.filter(realm=realm, state="ended").order_by("name", "-over_at").distinct("name")
    }
    made = []
    for spec in drill_file.all_of().values():
        row = last.get(spec.id)
        old = row is None or row.over_at is None or now - row.over_at > timedelta(days=period(spec, realm))
        if old or (row is not None and not row.met):
            made.append({"says": words.said(spec.says), "old": old, "never": row is None})
    return made


def _ages(realm: str, now: datetime) -> list[tuple[str | Promise, int]]:
    parts, before = {}, now
    for n, (age, _) in enumerate(AGES):
        inside = Q(received_at__lte=before)
        if age is not None:
            inside &= Q(received_at__gt=now - age)
            before = now - age
        parts[f"n{n}"] = Number("id", filter=inside)
    told = Case.objects.filter(realm=realm, open=True).aggregate(**parts)
    return [(says, told[f"n{n}"]) for n, (_, says) in enumerate(AGES)]


def _senders(realm: str, now: datetime) -> list[dict[str, Any]]:
    rows = Case.objects.filter(realm=realm, received_at__gte=now - MONTH).exclude(authority="").values("authority")
    top = list(rows.annotate(n=Number("id")).order_by("-n", "authority")[:5])
    names = dict(Authority.objects.filter(id__in=[row["authority"] for row in top]).values_list("id", "name"))
    return [{"name": names.get(row["authority"], row["authority"]), "n": row["n"]} for row in top]


def _held(realm: str, now: datetime) -> list[Any]:
    """What is still held back though its non-disclosure is over."""
    rows = Notification.objects.filter(case__realm=realm, state="held", until__lt=now).order_by("until")
    return list(rows.values("case_id", "until")[:LISTED])
