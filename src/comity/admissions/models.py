"""Admissions, and what was said against them. Codes, dates and ids only; reasons lie in the vault."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from comity.people.models import Person

from . import rules

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing anybody misreads on the telephone


def number() -> str:
    """A fresh number of an admission: `M-` and eight characters."""
    return "M-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


class Admission(models.Model):
    """That somebody is to be given roles. `sponsor`: who brought them in (a person's id), or empty for the server;
    `event`: that it was put, whose entry in the record counts; `logged_at`: when that was first seen published, from
    which the day counts. Instants in UTC."""

    id = models.CharField(primary_key=True, max_length=12, default=number)
    realm = models.CharField(max_length=8, default="real")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="admissions")
    roles = ArrayField(models.CharField(max_length=16))
    sponsor = models.CharField(max_length=36, default="", blank=True)
    invitation = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=12, default="waits")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    put_at = models.DateTimeField()
    event = models.BigIntegerField(null=True)
    logged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=rules.STATES), name="admission_state"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=("waits", "agreed")), name="admission_one_at_a_time"
            ),
        ]


class Objection(models.Model):
    """What somebody said against an admission: a person of the desk or one who guards or votes, which stops it once;
    or anybody outside (`by` empty), which those who sign read."""

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="objections")
    by = models.CharField(max_length=36, default="", blank=True)
    version = models.IntegerField()
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["admission", "by"], condition=~Q(by=""), name="objection_once"),
        ]
