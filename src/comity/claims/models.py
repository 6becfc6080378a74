"""Claims on persons, where papers for whom go, what left, and the privileged notes. Codes, dates, countries and hashes:
who somebody is, what was written and where they are reached lies in the vault."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from comity.cases.models import Case, Request, number

from . import rules


def claim_number() -> str:
    """A fresh number for a claim: `P-` and eight characters."""
    return number("P")


class Post(models.Model):
    """A post of ours that papers can be addressed to. `title` is the post, never a name; `doc` opens to who holds it,
    their own counsel, and how they themselves are told."""

    realm = models.CharField(max_length=8)
    title = models.CharField(max_length=80)
    doc = models.CharField(max_length=32)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "title"], name="post_once")]


class Claim(models.Model):
    """A claim on one of our people, or what may be one. `court` and `pressure` are states of two lives of their own
    (`rules.LIVES`). Instants in UTC.

    `appear_at`: the day that it names, as read until counsel sets it (`dated`). `doc` opens to what counsel or the head
    said of it. `keys`: keyed hashes of its sender, file numbers and day, by which the same claim is found again.
    `joined_to`: it is the same as that one, which alone is acted on.
    """

    id = models.CharField(primary_key=True, max_length=12, default=claim_number)
    realm = models.CharField(max_length=8)
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="claim")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="claims")
    door = models.CharField(max_length=12)
    country = models.CharField(max_length=2, default="", blank=True)
    against = models.CharField(max_length=12, default="", blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="claims")
    court = models.CharField(max_length=12, default="unsorted")
    pressure = models.CharField(max_length=12, default="unsorted")
    appear_at = models.DateTimeField(null=True)
    dated = models.BooleanField(default=False)
    keys = ArrayField(models.BinaryField(max_length=16), default=list)
    doc = models.CharField(max_length=32, default="", blank=True)
    received_at = models.DateTimeField()
    sorted_by = models.CharField(max_length=60, default="", blank=True)
    sorted_at = models.DateTimeField(null=True)
    joined_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="joined")
    told_soon = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(court__in=rules.COURT_STATES), name="claim_court"),
            models.CheckConstraint(condition=models.Q(pressure__in=rules.PRESSURE_STATES), name="claim_pressure"),
        ]
        indexes = [
            models.Index(fields=["realm", "-received_at", "-id"], name="claim_latest"),
            models.Index(fields=["realm", "country", "received_at"], name="claim_of_country"),
            models.Index(
                fields=["appear_at"],
                name="claim_soon",
                condition=models.Q(told_soon=False, court__in=["unsorted", "with-counsel"]),
            ),
        ]


class Sent(models.Model):
    """What left for a claim: papers to somebody's counsel, word to the person, a letter to who wrote. `mail` is ours in
    the outbox; where it went otherwise, `doc` opens to what was said and how."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="sent")
    what = models.CharField(max_length=8)
    how = models.CharField(max_length=8)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    mail = models.UUIDField(null=True)
    doc = models.CharField(max_length=32, default="", blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()


class Note(models.Model):
    """One privileged note: `doc` opens for counsel only; the other columns are the log, which says that it is there."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="notes")
    by = models.CharField(max_length=60)
    to = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    basis = models.CharField(max_length=16)
    at = models.DateTimeField()
    doc = models.CharField(max_length=32)
