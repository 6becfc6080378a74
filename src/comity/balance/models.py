"""Bounds and their crossings, proposals, comments, votes; and the past as counts. Words of people outside lie in the
vault; what the desk and the council say in public is stored in clear."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from . import rules
from .rules import PROPOSAL_STATES


def bound_number() -> str:
    """A fresh number of a bound."""
    return rules.fresh("K")


def proposal_number() -> str:
    """A fresh number of a proposal."""
    return rules.fresh("V")


class Coded(models.Model):
    """How many judged parts of one day came out alike: `pattern` names the checks that failed or (?) were unknown.

    Counted from `cases.Judged` while cases change, and kept: what a year would have been under another rule is worked
    out from it. `made`: of the seeded world, in realm demo alone.
    """

    realm = models.CharField(max_length=8)
    made = models.BooleanField(default=False)
    day = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    instrument = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    pattern = models.TextField(blank=True)
    outcome = models.CharField(max_length=20)
    n = models.IntegerField()
    acted = models.IntegerField()
    reversed = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "made", "day", "country", "instrument", "version", "pattern", "outcome"],
                name="coded_once",
            ),
            models.CheckConstraint(condition=models.Q(made=False) | models.Q(realm="demo"), name="coded_made_in_demo"),
        ]
        indexes = [models.Index(fields=["realm", "instrument", "day"], name="coded_of_instrument")]


class CodedDay(models.Model):
    """When a day's codes were counted last (UTC)."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()


class Bound(models.Model):
    """What the council allows of an indicator: `budget` in ten-thousandths of what may count against it."""

    id = models.CharField(primary_key=True, max_length=12, default=bound_number)
    realm = models.CharField(max_length=8)
    indicator = models.CharField(max_length=40)
    country = models.CharField(max_length=2, default="", blank=True)
    budget = models.IntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=10, default="drafted")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    set_at = models.DateTimeField(null=True)
    watched_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(budget__gt=0, budget__lt=10_000), name="bound_budget"),
            models.UniqueConstraint(
                fields=["realm", "indicator", "country"],
                condition=models.Q(state="standing", set_at__isnull=False),
                name="one_bound",
            ),
        ]


class Crossing(models.Model):
    """That a bound was crossed: seen on the day `at`, after rising since `since`. `causes`: its largest excesses."""

    bound = models.ForeignKey(Bound, on_delete=models.PROTECT, related_name="crossings")
    since = models.DateField()
    at = models.DateField()
    found_at = models.DateTimeField()
    bad = models.IntegerField()
    of = models.IntegerField()
    causes = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open")
    answer = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    proposal = models.CharField(max_length=12, default="", blank=True)
    act = models.CharField(max_length=64, default="", blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bound"], condition=~models.Q(state="closed"), name="one_crossing_at_a_time"
            )
        ]


class Proposal(models.Model):
    """A proposal to change a regulation, from the first words to its end. Instants are UTC.

    `doc`: the words as they came, in the vault; `draft`: the change it became (`adoption`), `sha256` that of its bytes
    as published; `round` rises with each publication. `before`: the state it was frozen in.
    """

    id = models.CharField(primary_key=True, max_length=12, default=proposal_number)
    realm = models.CharField(max_length=8)
    lane = models.CharField(max_length=10)
    country = models.CharField(max_length=2, default="", blank=True)
    regulation = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    doc = models.CharField(max_length=32)
    by = models.CharField(max_length=60)
    token_hash = models.BinaryField(max_length=16, unique=True, null=True)
    counter_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="counters")
    crossing = models.ForeignKey(Crossing, on_delete=models.PROTECT, null=True, related_name="proposals")
    state = models.CharField(max_length=12, default="received")
    before = models.CharField(max_length=12, default="", blank=True)
    version = models.IntegerField(default=1)
    round = models.IntegerField(default=0)
    draft = models.BigIntegerField(null=True, unique=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    ends_on = models.DateField(null=True)
    ground = models.CharField(max_length=20, default="", blank=True)
    why = models.TextField(default="", blank=True)
    what_if = models.JSONField(default=dict)
    tally = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    admit_by = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    shaped_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    vote_ends_at = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)
    sign_by = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_until = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=PROPOSAL_STATES), name="proposal_state")]
        indexes = [
            models.Index(fields=["realm", "-received_at"], name="proposal_latest"),
            models.Index(fields=["state"], name="proposal_of_state"),
        ]

    @property
    def number(self) -> str:
        """What acts and events call it."""
        return str(self.id)


class Answer(models.Model):
    """What the desk answers to one comment, or to a group of them; public."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()


class Comment(models.Model):
    """What somebody says of a published proposal; `digest` knows the same text again, and `times` counts it.

    `near`: the first comment that it is nearly the same as (`near.py`), and its `place` among those; `nearly`: how many
    are that to this one. `bands` finds it.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="comments")
    lane = models.CharField(max_length=10, default="person")
    doc = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=16)
    times = models.IntegerField(default=1)
    at = models.DateTimeField()
    hidden = models.CharField(max_length=20, default="", blank=True)
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, related_name="comments")
    near = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="alike", db_index=False)
    place = models.IntegerField(default=0, db_default=0)
    nearly = models.IntegerField(default=0, db_default=0)
    bands = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "digest"], name="comment_once")]
        indexes = [
            models.Index(fields=["proposal", "id"], name="comment_in_order"),
            models.Index(
                fields=["proposal", "id"],
                name="comment_unanswered",
                condition=models.Q(answer__isnull=True, hidden=""),
            ),
            models.Index(fields=["proposal", "id"], name="comment_first", condition=models.Q(near__isnull=True)),
            models.Index(fields=["near", "place"], name="comment_near", condition=models.Q(near__isnull=False)),
            GinIndex(fields=["bands"], name="comment_bands", condition=models.Q(near__isnull=True)),
        ]


class Ballot(models.Model):
    """One vote as it was put to its member to sign; it counts once signed, until the member's next one."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="ballots")
    round = models.IntegerField()
    member = models.UUIDField()
    jurisdiction = models.CharField(max_length=2)
    choice = models.CharField(max_length=8)
    reason = models.TextField()
    act = models.CharField(max_length=64, unique=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["proposal", "round", "id"], name="ballot_of_round")]


class Threat(models.Model):
    """That a member of the council says a proposal is under threat. Who, and their reason, is sealed."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="threats")
    member = models.UUIDField()
    jurisdiction = models.CharField(max_length=2)
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()
    used = models.BooleanField(default=False)
