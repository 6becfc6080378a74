"""Applications to the register, and how an authority stands on it. The register is public matter, and so is what is
applied for; who applies lies in the vault."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models

from comity.cases.models import ALPHABET

from . import rules


def number() -> str:
    """A fresh number of an application: `A-` and eight characters of base32 (Crockford)."""
    return "A-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


class Application(models.Model):
    """What somebody asks to stand on the register. `sort`: new, change (of `authority`), or import (from a file);
    `token_hash`: of the link to its page; `challenge`: what its TXT record says; `proven_by`: dns or mail. Instants in
    UTC."""

    id = models.CharField(primary_key=True, max_length=12, default=number)
    realm = models.CharField(max_length=8)
    sort = models.CharField(max_length=8, default=rules.NEW)
    state = models.CharField(max_length=12, default="applied")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    authority = models.CharField(max_length=60, default="", blank=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    domains = ArrayField(models.CharField(max_length=253), default=list)
    address = models.CharField(max_length=320)
    phone = models.CharField(max_length=40)
    competent_for = ArrayField(models.CharField(max_length=60), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    changed = ArrayField(models.CharField(max_length=20), default=list)
    doc = models.CharField(max_length=32)
    until = models.DateTimeField()
    token_hash = models.BinaryField(max_length=16, unique=True)
    challenge = models.CharField(max_length=32)
    proven_at = models.DateTimeField(null=True)
    proven_by = models.CharField(max_length=4, default="", blank=True)
    mail_hash = models.BinaryField(max_length=16, null=True, unique=True)
    mail_to = models.CharField(max_length=320, default="", blank=True)
    mail_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.CharField(max_length=60, default="", blank=True)
    resembles = models.CharField(max_length=253, default="", blank=True)
    resembles_of = models.CharField(max_length=60, default="", blank=True)
    weighed = models.CharField(max_length=1000, default="", blank=True)
    waits_until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=rules.STATES), name="application_state")]
        indexes = [
            models.Index(fields=["realm", "at"], name="application_open", condition=models.Q(state__in=rules.OPEN))
        ]


class Standing(models.Model):
    """How an authority on the register stands: suspended by one hand, reinstated by several. Instants in UTC."""

    id = models.SlugField(primary_key=True, max_length=60)
    realm = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="open")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    told_until = models.DateTimeField(null=True)  # the end of the term that was told to be near

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=rules.STANDS), name="standing_state")]
