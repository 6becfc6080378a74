"""What the desk sees of growing risk. Reads; writes nothing."""

from datetime import timedelta
from typing import Any

from comity import clock
from comity.people.models import Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form

from . import rules, words
from .models import Alarm, Reckoned, Watched

SHOWN = 50


def overview(realm: str) -> dict[str, Any]:
    """Alarms that wait, headroom, and the largest series; a few rows by an index, however many series there are."""
    reckoned = {row.what: row for row in Reckoned.objects.filter(realm=realm)}
    return {
        "open": list(Alarm.objects.filter(realm=realm, state="raised").order_by("-raised_at")[:SHOWN]),
        "judged": list(Alarm.objects.filter(realm=realm).exclude(state="raised").order_by("-raised_at")[:SHOWN]),
        "series": list(Watched.objects.filter(realm=realm, why_not="").order_by("-mean", "id")[:SHOWN]),
        "reckoned": reckoned,
        "realm": realm,
    }


def alarm(found: Alarm, person: Person) -> dict[str, Any]:
    """One alarm."""
    judge = None
    if found.state == "raised" and may(person, "alarm.judge", found):
        choices = tuple(Choice(one, one) for one in rules.VERDICTS)
        fields = (Field("verdict", "What it is", kind="radio", choices=choices), Field("reason", "Why", kind="long"))
        judge = Form(f"/console/risk/alarms/{found.id}/judge", "Say what it is", fields, id="judge")
    return {"alarm": found, "name": words.NAMES.get(found.name, found.name), "form": judge}


def yesterday() -> Any:
    """The last whole day (UTC)."""
    return clock.now().date() - timedelta(days=1)
