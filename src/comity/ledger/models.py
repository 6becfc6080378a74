"""The table of events."""

from typing import Any

from django.db import models

from .events import KINDS


class Event(models.Model):
    """What happened: one append-only row, written by the act's own transaction. `at` is exact, in UTC."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    realm = models.CharField(max_length=8)
    case = models.CharField(max_length=12, null=True)
    request = models.CharField(max_length=12, null=True)
    by = models.CharField(max_length=60)
    cause = models.BigIntegerField(null=True)
    once = models.CharField(max_length=120, null=True, unique=True)
    public = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)

    new = True

    @property
    def told(self) -> dict[str, Any]:
        """What the desk sees of it: the public part, and the codes stored inside.

        Rows written before a code was moved inside have it in their public part.
        """
        inside = {key: self.sealed[key] for key in KINDS[self.kind].inside if key in self.sealed}
        return {**inside, **self.public}

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="event_of_case"),
            models.Index(fields=["request", "id"], name="event_of_request"),
            models.Index(fields=["kind", "id"], name="event_of_kind"),
        ]
