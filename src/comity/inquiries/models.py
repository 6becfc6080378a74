"""What we asked an authority on a case, and what came of it. Words lie in the vault."""

from django.db import models

from comity.cases.models import Case


class Inquiry(models.Model):
    """One question of ours, or what an authority told us unasked. Instants in UTC; `doc` opens to the words that went
    out, `answer` to those that came, as a person wrote them down. `reply` is the request that came in its thread;
    `until` the last day on which the order can be challenged, as the authority says."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inquiries")
    kind = models.CharField(max_length=12)
    doc = models.CharField(max_length=32, default="", blank=True)
    at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    reply = models.CharField(max_length=12, default="", blank=True)
    replied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, default="", blank=True)
    answer = models.CharField(max_length=32, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(closed_at=None), name="one_open_inquiry"
            )
        ]
