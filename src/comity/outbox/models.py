"""The table of mail that leaves."""

import uuid

from django.db import models


class Mail(models.Model):
    """A mail that leaves, or, in shadow, would have left: its `state` is then "would" for ever. Its bytes are in the
    vault (`doc`), so a repeat after a crash is the same, byte for byte.

    `peek` is a small blob of its own with recipient and subject, for lists. `peer` is the recipient's keyed hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    message_id = models.CharField(max_length=320, unique=True)
    kind = models.CharField(max_length=40)
    realm = models.CharField(max_length=8)
    case = models.CharField(max_length=12, null=True)
    request = models.CharField(max_length=12, null=True)
    state = models.CharField(max_length=8, default="queued")
    null_return = models.BooleanField(default=False)
    unproven = models.BooleanField(default=False, db_default=False)  # a reply to a sender that nothing authenticates
    doc = models.CharField(max_length=32)
    peek = models.CharField(max_length=32)
    peer = models.BinaryField(max_length=16)
    attempts = models.IntegerField(default=0)
    code = models.IntegerField(default=0)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_mail"
        indexes = [
            models.Index(fields=["case", "queued_at"], name="mail_of_case"),
            models.Index(fields=["peer", "queued_at"], name="mail_to_peer"),
            models.Index(fields=["realm", "-queued_at"], name="mail_of_realm"),
            models.Index(fields=["queued_at"], name="mail_to_unproven", condition=models.Q(unproven=True)),
        ]
