"""The table of levels of management: one row for each time that one was raised. Codes and instants (UTC)."""

from django.db import models

from . import levels


class Level(models.Model):
    """That a realm is managed at a raised level, from when to when. `basis`: what it rests on, as codes; `act`: the
    hash of what is put to people; `how`: by what it ended (`lowered`, `ended`, `raised` to a higher one)."""

    realm = models.CharField(max_length=8)
    level = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="stands")
    basis = models.JSONField(default=list)
    by = models.CharField(max_length=60)
    since = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=8, default="", blank=True)
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm"], condition=models.Q(ended_at=None), name="one_level"),
            models.CheckConstraint(condition=models.Q(level__in=levels.RAISED), name="level_name"),
            models.CheckConstraint(condition=models.Q(state__in=levels.STATES), name="level_state"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("since")), name="level_ends"),
        ]
        indexes = [models.Index(fields=["realm", "-since"], name="level_latest")]

    @property
    def number(self) -> str:
        """How acts and events refer to it."""
        return f"L-{self.pk}"
