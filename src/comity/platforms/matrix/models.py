"""What stands on a homeserver by our keys, and the list of it that edges read: ids, countries, states and instants."""

from django.db import models

STATES = ("standing", "lifted")


class Counter(models.Model):
    """How far a platform's list goes. Whoever changes the list holds this row: numbers are in the order of commits."""

    platform = models.CharField(max_length=30, unique=True)
    serial = models.PositiveBigIntegerField(default=0)


class Deed(models.Model):
    """What one key did, kept for good: a key acts once in its life, and a lifted one never again.

    `said`: a digest of what else was asked under the key; `prior`: what stood before a global act, so that its lift
    puts back that and no more. `ref` empty: it was lifted before its act came.
    """

    platform = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="", blank=True)
    ref = models.CharField(max_length=600, default="", blank=True)
    territory = models.JSONField(default=list)
    said = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=8, default="standing")
    prior = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "key"], name="matrix_key"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="matrix_deed_state"),
        ]
        indexes = [models.Index(fields=["platform", "ref"], name="matrix_ref")]


class Held(models.Model):
    """One target of a withholding deed: the recorded set, which a lift takes back and nothing else."""

    deed = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="held")
    target = models.CharField(max_length=600)
    room = models.CharField(max_length=255, default="", blank=True)
    state = models.CharField(max_length=255, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deed", "target"], name="matrix_held_once")]
        indexes = [models.Index(fields=["target"], name="matrix_target")]


class Listed(models.Model):
    """One line of a platform's list as it is now: where a target is withheld by whatever stands. Nowhere: no longer,
    which edges that hold the line before have to be told. `notice`: of a gate what people there are told."""

    platform = models.CharField(max_length=30)
    target = models.CharField(max_length=600)
    countries = models.JSONField(default=list)
    room = models.CharField(max_length=255, default="", blank=True)
    state = models.CharField(max_length=255, default="", blank=True)
    notice = models.JSONField(default=dict)
    serial = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "target"], name="matrix_listed_once")]
        indexes = [models.Index(fields=["platform", "serial"], name="matrix_serial")]


class Edge(models.Model):
    """An edge that follows a list: how far it holds it, on disk and for viewers, when it last asked, and how many
    targets it withholds by it (`holds`; none said: an edge of an older version)."""

    platform = models.CharField(max_length=30)
    name = models.CharField(max_length=40)
    serial = models.PositiveBigIntegerField(default=0)
    holds = models.PositiveBigIntegerField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "name"], name="matrix_edge_once")]
