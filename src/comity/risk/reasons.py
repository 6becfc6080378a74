"""Which alarms stand, and what was reckoned of headroom, for what rests on them. Reads only."""

from datetime import datetime, timedelta

from comity import clock

from .models import Alarm, Reckoned

NEWS = timedelta(days=28)  # for which an alarm that was judged real is a reason


def real_alarms(realm: str) -> list[str]:
    """The numbers of the alarms that a person judged real lately."""
    rows = Alarm.objects.filter(realm=realm, state="real", judged_at__gt=clock.now() - NEWS)
    return list(rows.order_by("id").values_list("id", flat=True))


def headroom(realm: str) -> tuple[int, datetime] | None:
    """Of how much (people, machines) there won't be enough in sixty days, as it was last reckoned, and when that was;
    what a person called noise or known doesn't count. None: nobody has reckoned it."""
    row = Reckoned.objects.filter(realm=realm, what="headroom").first()
    if row is None:
        return None
    short = {name for name, told in row.doc.items() if told.get("rings")}
    return len(short - _dismissed(realm)), row.at


def _dismissed(realm: str) -> set[str]:
    """What its last alarm was judged to be noise, or known."""
    rows = Alarm.objects.filter(realm=realm, kind="headroom").order_by("name", "-raised_at").distinct("name")
    return {row.name for row in rows if row.state in ("noise", "known")}


def outgrown_at(realm: str) -> datetime | None:
    """When it last rang that there won't be enough: what was rehearsed before, was rehearsed against less."""
    rows = Alarm.objects.filter(realm=realm, kind="headroom", state__in=("raised", "real"))
    return rows.order_by("-raised_at").values_list("raised_at", flat=True).first()
