"""Notices, what was heard already, counts by day, and how far each platform was asked. Content is in the vault."""

from django.db import models

from comity.cases.models import number


def notice_number() -> str:
    """A new number of a notice."""
    return number("N")


class Notice(models.Model):
    """A report of a platform's user. `doc`: address and reason, in the vault; `said_at`: when the platform says that it
    came there; `reason`: why it was closed, in the vault. Instants in UTC."""

    id = models.CharField(max_length=12, primary_key=True, default=notice_number)
    realm = models.CharField(max_length=8)
    platform = models.CharField(max_length=40)
    doc = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    said_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, default="", blank=True)
    reason = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["realm", "-received_at", "-id"], name="notice_latest"),
            models.Index(fields=["realm", "received_at"], name="notice_open", condition=models.Q(closed_at=None)),
        ]


class Heard(models.Model):
    """An event that was taken: by its id, each platform's own."""

    platform = models.CharField(max_length=40)
    ident = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "ident"], name="heard_once")]


class Tally(models.Model):
    """How many events of a kind a platform told of on a day (UTC)."""

    realm = models.CharField(max_length=8)
    platform = models.CharField(max_length=40)
    day = models.DateField()
    kind = models.CharField(max_length=20)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "day", "kind"], name="tally_of_day")]


class Stand(models.Model):
    """How far a platform was asked for what it told: `after` is its own word for it. `failed`: what went wrong when it
    was last asked; empty: nothing."""

    platform = models.CharField(max_length=40, primary_key=True)
    after = models.CharField(max_length=300, default="", blank=True)
    asked_at = models.DateTimeField()
    failed = models.CharField(max_length=300, default="", blank=True)
