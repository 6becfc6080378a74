"""Acts on a platform and what was observed of them. URLs lie in the vault; of prior states digests do."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from comity.cases.models import Case


class Measure(models.Model):
    """One measure of one approved act. `act` (its hash) is the key under which the platform takes it once. What
    lifts it is kept to `until` (UTC), which is put off for as long as it stands. `ends_at` (UTC) is when it ends by
    itself; null: never before it is lifted. `tried_at` (UTC): when that was last tried, and its platform was down; of
    one that nobody could see (`unseen`) when it was last looked at. `dropped`: which of its targets (from 0) its order
    no longer names, and are lifted; `dropped_at` (UTC): when the last of these was. `again`: how often it was put
    back after somebody had undone it by hand. `prior`: how its targets stood (`prior.py`); `bare`: in digests alone,
    and not in snapshots, as an earlier version had it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12)
    act = models.CharField(max_length=64)
    state = models.CharField(max_length=14, default="begun")
    territory = ArrayField(models.CharField(max_length=5), default=list)
    targets = models.CharField(max_length=32)
    prior = models.CharField(max_length=32, default="", blank=True)
    bare = models.BooleanField(default=True, db_default=False)
    begun_at = models.DateTimeField()
    acted_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    dropped = ArrayField(models.IntegerField(), default=list, db_default=[])
    dropped_at = models.DateTimeField(null=True)
    again = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "kind"], name="measure_once")]
        indexes = [
            models.Index(fields=["until"], name="measure_standing", condition=models.Q(lifted_at__isnull=True)),
            models.Index(
                fields=["ends_at"],
                name="measure_ending",
                condition=models.Q(lifted_at__isnull=True, ends_at__isnull=False),
            ),
            models.Index(fields=["tried_at"], name="measure_unseen", condition=models.Q(state="unseen")),
            models.Index(fields=["id"], name="measure_not_bare", condition=models.Q(bare=False)),
        ]


class Effect(models.Model):
    """What an ordinary viewer in one place saw of one target, at one instant; `target` counts from 0 in the act."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="effects")
    target = models.IntegerField()
    place = models.CharField(max_length=2)
    inside = models.BooleanField()
    when = models.CharField(max_length=8)
    wanted = models.CharField(max_length=10)
    seen = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "target", "place", "when"], name="effect_once")]


class Preserved(models.Model):
    """A snapshot kept under seal for a case, or the record of what it orders kept, with its end date."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="preserved")
    target = models.BinaryField(max_length=16)
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "target"], name="preserved_once")]


class Brake(models.Model):
    """The brake of a realm: while a row stands unreleased, nothing is done on the platform."""

    realm = models.CharField(max_length=8)
    set_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm"], condition=models.Q(released_at=None), name="one_brake")
        ]
