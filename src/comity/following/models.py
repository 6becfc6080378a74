"""Secret links of demands. Of each only a keyed hash of its token is stored."""

from django.db import models

from comity.cases.models import Request
from comity.officers.models import Officer


class Link(models.Model):
    """One link to the status page of a request. `n`: which of its links, from 1; the last one that isn't revoked works.
    Instants in UTC."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="links")
    n = models.IntegerField()
    token_hash = models.BinaryField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "n"], name="link_of_request")]


class MailboxLink(models.Model):
    """A link that was sent to the registered address of an authority alone: whoever opens it reads that mailbox.
    `purpose`: `confirm` that a filing is theirs, or read our `letters`. Instants in UTC."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="mailbox_links")
    authority = models.CharField(max_length=60)
    purpose = models.CharField(max_length=8)
    token_hash = models.BinaryField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=10, default="", blank=True)  # confirmed, or denied

    class Meta:
        indexes = [models.Index(fields=["authority", "-made_at"], name="mailbox_link_of")]


class Written(models.Model):
    """What was written on a status page: the request that it became. `key`: made where it was typed, so that it is kept
    once however often it is sent. `proven`: by an officer of the authority, with their passkey."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="written")
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="written")
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    proven = models.BooleanField(default=False)


class Filing(models.Model):
    """That a request was typed on our page. `key`: made with the form, so that it is kept once however often it is
    sent; `authority`: in whose name (its id on the register; empty: none of it); `mark`: SHA-256 of exactly what was
    filed, its files too, which the officer's passkey signs."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="filing")
    key = models.CharField(max_length=64, unique=True)
    authority = models.CharField(max_length=60, default="", blank=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="filings")
    mark = models.CharField(max_length=64)
    signed_at = models.DateTimeField(null=True)
