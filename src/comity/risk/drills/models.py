"""Drills and what was sent in them. Codes, numbers and instants (UTC) only; the mails themselves lie where all mail
lies, in realm drill."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from . import rules


class Drill(models.Model):
    """One drill. `realm`: whose people began it, and in whose register it counts; what is sent is realm drill.

    `desk`: how many people are modelled (None: those on duty). `live`: true while it is planned or runs, so that there
    is one at a time. `workers`: who ran the jobs when it began; when one of them is gone, it was interrupted.
    """

    id = models.CharField(primary_key=True, max_length=12, default=rules.fresh)
    realm = models.CharField(max_length=8)
    name = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    load = models.IntegerField(default=1)
    people = models.CharField(max_length=10, default=rules.MODELLED)
    desk = models.IntegerField(null=True)
    country = models.CharField(max_length=2, default="", blank=True)
    by = models.CharField(max_length=60)
    state = models.CharField(max_length=8, default="planned")
    live = models.BooleanField(null=True, default=True, unique=True)
    why = models.CharField(max_length=20, default="", blank=True)
    workers = ArrayField(models.BigIntegerField(), default=list)
    planned_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ends_by = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    met = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=rules.STATES), name="drill_state"),
            models.CheckConstraint(condition=models.Q(people__in=rules.PEOPLE), name="drill_people"),
            models.CheckConstraint(condition=models.Q(realm__in=("real", "demo")), name="drill_realm"),
            models.CheckConstraint(
                condition=models.Q(live=True, state__in=rules.LIVE)
                | (models.Q(live__isnull=True) & ~models.Q(state__in=rules.LIVE)),
                name="drill_live",
            ),
        ]
        indexes = [models.Index(fields=["realm", "name", "-over_at"], name="drill_latest")]

    @property
    def number(self) -> str:
        """What events call it."""
        return str(self.id)


class DrillMail(models.Model):
    """One mail of a drill: which kind it is, and when the door said 250. `mark`: the keyed hash of its Message-ID, by
    which its request is found."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="mails")
    n = models.IntegerField()
    kind = models.CharField(max_length=12)
    mark = models.BinaryField(max_length=16)
    taken_at = models.DateTimeField(null=True)
    request = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drill", "n"], name="drill_mail_once")]
        indexes = [models.Index(fields=["mark"], name="drill_mail_mark")]
