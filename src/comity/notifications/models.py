"""Whom we told, and what they wrote back. Words and addresses lie in the vault; the link's token only as a hash."""

import uuid

from django.db import models

from comity.cases.models import Case


class Notification(models.Model):
    """What one author gets for one target of a case. While it is `held`, its page says nothing to anyone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notifications")
    target = models.IntegerField()
    token_hash = models.BinaryField(max_length=16, unique=True)
    state = models.CharField(max_length=8)
    until = models.DateTimeField(null=True)
    doc = models.CharField(max_length=32)
    event = models.BigIntegerField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "target"], name="notification_once")]
        indexes = [models.Index(fields=["until"], name="notification_held", condition=models.Q(state="held"))]


class Complaint(models.Model):
    """What the person affected wrote on their page, and our answer, shown there; `copy` is the order's, where given."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="complaints")
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    answer = models.CharField(max_length=32, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    copy = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        ordering = ["id"]
