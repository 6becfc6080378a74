"""The table of alerts: codes and ids only."""

from django.db import models


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
