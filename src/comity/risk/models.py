"""What is watched, what rang, what was reckoned last night, and what is done about it: codes, days
and numbers. Days are UTC's.

In a series `*` means all: all countries, all instruments. `country` may be empty where no authority is known.
"""

from django.db import models

from . import alarms
from .drills.models import Drill, DrillMail
from .managing import Level
from .standing import Stands

__all__ = ["Alarm", "Drill", "DrillMail", "Level", "Reckoned", "Stands", "Watched"]


def alarm_number() -> str:
    """A fresh number of an alarm: `A-` and eight characters."""
    return alarms.fresh()


class Watched(models.Model):
    """One series as it was last looked at: how many a day in the last eight weeks, and why no alarm can ring on it
    (`alarms.WHY_NOT`), empty where it can. `limit`: above which it rings."""

    realm = models.CharField(max_length=8)
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    instrument = models.CharField(max_length=60)
    day = models.DateField()
    mean = models.FloatField()
    sum = models.FloatField(default=0.0)
    limit = models.FloatField()
    why_not = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "name", "country", "instrument"], name="watched_once")]
        indexes = [models.Index(fields=["realm", "why_not", "-mean", "id"], name="watched_largest")]


class Alarm(models.Model):
    """That a series changed (`change`), or that the load will be more than can be done (`headroom`: `name` says of
    what). `since` it rises, `at`: the day on whose figures it rang. `size`: so many times the usual, or the limit;
    `sure`: the logarithm of the odds. It stands until a person has said what it is, with a reason."""

    id = models.CharField(primary_key=True, max_length=12, default=alarm_number)
    realm = models.CharField(max_length=8)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    instrument = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    at = models.DateField()
    seen = models.FloatField()
    expected = models.FloatField()
    size = models.FloatField()
    sure = models.FloatField()
    state = models.CharField(max_length=8, default="raised")
    raised_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    by = models.CharField(max_length=60, default="", blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=alarms.STATES), name="alarm_state"),
            models.CheckConstraint(condition=models.Q(kind__in=alarms.KINDS), name="alarm_kind"),
            models.CheckConstraint(
                condition=models.Q(state="raised") | (~models.Q(reason="") & ~models.Q(by="")), name="alarm_reason"
            ),
            models.UniqueConstraint(
                fields=["realm", "kind", "name", "country", "instrument"],
                condition=models.Q(state="raised"),
                name="one_alarm_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["realm", "-raised_at", "-id"], name="alarm_latest")]


class Reckoned(models.Model):
    """What was worked out for a realm on the figures of a day (`alarms.RECKONED`), so that a page only reads it."""

    realm = models.CharField(max_length=8)
    what = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField()
    doc = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "what"], name="reckoned_once")]
