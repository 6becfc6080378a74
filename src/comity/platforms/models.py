"""What stands in shadow: names, states and instants."""

from typing import Any

from django.core.cache import cache
from django.db import models

from .shadow_rules import STATES

SIGN = "shadow.sign:"  # with a realm: where what its pages say of shadow is kept for a second


class Shadow(models.Model):
    """A platform, or the whole gateway (`connected.GATEWAY`), that is or was in shadow. Instants in UTC.

    `realm`: whose people decide about it; in shadow it is for every realm that reaches it. `act`: the hash of what is
    put to people, `version` rises when that is no longer true. `left_by`: the act by which it left.
    """

    realm = models.CharField(max_length=8)
    platform = models.CharField(max_length=30, unique=True)
    state = models.CharField(max_length=6, default="shadow")
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=64, default="", blank=True)
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="shadow_state"),
        ]

    def save(self, *args: Any, **more: Any) -> None:
        """Keep it, and let this process's pages say at once how it stands now."""
        super().save(*args, **more)
        cache.delete_many([SIGN + realm for realm in ("real", "drill", "demo")])

    @property
    def number(self) -> str:
        """How acts and events refer to it."""
        return f"X-{self.pk}"
