"""The tables of alerts and of paging: codes, ids and instants (UTC) only; addresses and sentences lie in the vault."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from comity.people.models import Person


class Alert(models.Model):
    """What the desk must see on every page until someone has dealt with it.

    The same again about the same thing (a case, a request, a change; for unproven mail without a case the whole realm)
    is the same alert: `count` rises, and `event` and `at` (UTC) are those of the last. `case` is where it leads, if to
    one.
    """

    case = models.CharField(max_length=12, null=True, db_column="case_id")
    realm = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    thing = models.CharField(max_length=24, default="", db_default="", blank=True)
    proven = models.BooleanField(default=True, db_default=True)
    count = models.IntegerField(default=1, db_default=1)
    event = models.BigIntegerField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_alert"
        indexes = [
            models.Index(
                fields=["realm", "-proven", "-at"], name="alert_open", condition=models.Q(seen_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "kind", "thing"], name="alert_once", condition=models.Q(seen_at__isnull=True)
            )
        ]


POSTS = ("first", "second")
KINDS = ("page", "push", "mail", "hook")


class Shift(models.Model):
    """Who is on duty, and in which post, from `starts` until `ends`: half-open, so that two that meet leave no hole."""

    realm = models.CharField(max_length=8)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    post = models.CharField(max_length=8)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    doc = models.CharField(max_length=32, default="")  # the sentence with which it was handed over

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_ends"),
            models.CheckConstraint(condition=Q(post__in=POSTS), name="shift_post"),
        ]
        indexes = [models.Index(fields=["realm", "ends", "starts"], name="shift_of_realm")]


class Absence(models.Model):
    """When somebody can't be rung, whatever the shifts say; half-open."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="absence_ends")]


class Profile(models.Model):
    """Which languages somebody on duty speaks, and where their clock is."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="on_duty_as")
    languages = ArrayField(models.CharField(max_length=8), default=list)
    zone = models.CharField(max_length=64, default="")


class Device(models.Model):
    """One way to reach somebody. `heard_at`: when the console's own page last asked whether it should ring."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField(max_length=4)
    doc = models.CharField(max_length=32, default="")
    added_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="device_kind"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="page", ended_at=None), name="device_one_page"
            ),  # it is the console itself, in however many tabs
        ]


class Round(models.Model):
    """One climb of the ladder for a subject: it ends when somebody acknowledges, or when what it was about is over.

    `unanswered_at`: when the ladder had reached the heads, or reached nobody. `answered_by` was the first.
    """

    subject = models.CharField(max_length=12)
    number = models.IntegerField()
    realm = models.CharField(max_length=8)
    ladder = models.CharField(max_length=16, default="life")
    by = models.CharField(max_length=60)
    cause = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField()
    unanswered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="round_once"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(answered_at=None, stopped_at=None), name="round_one_open"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="round_open", condition=Q(answered_at__isnull=True, stopped_at__isnull=True)
            )
        ]

    @property
    def over_at(self) -> datetime | None:
        """When it stopped ringing; None while it does."""
        return self.answered_at or self.stopped_at


class Ring(models.Model):
    """One try to reach one person by one device: handed over (`sent_at`), seen, answered, each at its instant.

    `made_at`: when its rung was due. `delivered_at`: when the channel said so, which only some do. `code`: what the
    channel answered, `late` for an acknowledgement after another's, `unpaged` for one of somebody who was not rung.
    """

    subject = models.CharField(max_length=12)
    round = models.IntegerField()
    rung = models.IntegerField()
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="rings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rings")
    realm = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="waiting")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=24, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "round", "rung", "device"], name="ring_once"),
        ]
        indexes = [
            models.Index(fields=["person"], name="ring_open", condition=Q(state__in=("waiting", "sent", "seen"))),
        ]
