"""Plans, their steps, what was seen of them, the dry runs, and which gates stand. Codes, dates and counts: the reason
is public matter from the day on which it is told; nobody's name stands anywhere."""

from django.db import models

from comity.countries.models import Relation

from .rules import OPEN, PLAN_STATES, STEP_STATES


class Plan(models.Model):
    """One plan of leaving a country or of coming back. Instants in UTC.

    `text` is the whole file that it was made from, `sha256` the hash of its bytes, which people sign. `act` is what is
    put to them now, `approved` what they approved it by; `version` rises when what was put is no longer true. `urgent`:
    without waits, and looked at again by `review_by`. `told_at`: from when on everyone is told; before it the plan is
    the desk's alone. `why`: why it is paused.
    """

    number = models.CharField(max_length=12, unique=True)
    realm = models.CharField(max_length=8)
    country = models.CharField(max_length=2)
    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=8)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="drafted")
    reason = models.TextField(default="", blank=True)
    urgent = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    approved = models.CharField(max_length=64, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=400, default="", blank=True)
    told_at = models.DateTimeField(null=True)
    review_by = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=2000, default="", blank=True)
    looked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["relation"], name="plan_open_once", condition=models.Q(state__in=OPEN)),
            models.CheckConstraint(condition=models.Q(state__in=PLAN_STATES), name="plan_state"),
            models.CheckConstraint(condition=models.Q(kind__in=("leave", "return")), name="plan_kind"),
        ]
        indexes = [
            models.Index(fields=["relation", "-id"], name="plan_latest"),
            models.Index(fields=["looked_at"], name="plan_to_look", condition=models.Q(approved_at__isnull=False)),
        ]


class Step(models.Model):
    """One step of a plan. `earliest`: its date as signed; `due`: when it is done, once the step before it was seen.
    `begun_at`: from when on the platform may have heard of it. `act`: by which it was signed, where it is signed by
    itself. `why`: what failed. `cursor`: how far the looks at the standing measures are."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    n = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    does = models.CharField(max_length=8)
    level = models.CharField(max_length=12, default="", blank=True)
    state = models.CharField(max_length=8, default="waiting")
    earliest = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=64, default="", blank=True)
    why = models.CharField(max_length=20, default="", blank=True)
    cursor = models.CharField(max_length=40, default="", blank=True)
    looked = models.PositiveIntegerField(default=0)
    blind = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind"], name="step_once"),
            models.CheckConstraint(condition=models.Q(state__in=STEP_STATES), name="step_state"),
        ]
        indexes = [models.Index(fields=["due"], name="step_due", condition=models.Q(state="waiting"))]

    @property
    def key(self) -> str:
        """The key under which the platform takes what this step shuts: once in its life."""
        return f"{self.plan.number}:{self.kind}"


class Gate(models.Model):
    """A key that shuts the platform to a country up to a level, with the notice that it shows there (language → text).
    It may stand there from the moment on in which its row does (`made_at`), until the platform has lifted it
    (`lifted_at`)."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="gates")
    realm = models.CharField(max_length=8)
    country = models.CharField(max_length=2)
    key = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=12)
    notice = models.JSONField()
    made_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["realm", "country"], name="gate_standing", condition=models.Q(lifted_at__isnull=True))
        ]


class Look(models.Model):
    """What an ordinary viewer in one place found: `before` a step, `after` it, on a `daily` look, or once it was
    `undone`. `wanted` and `seen`: door → open or not (None: the try told nothing)."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="looks")
    platform = models.CharField(max_length=60)
    place = models.CharField(max_length=2)
    inside = models.BooleanField()
    when = models.CharField(max_length=8)
    wanted = models.JSONField()
    seen = models.JSONField()
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["step", "when", "-id"], name="look_at_gate")]


class DryRun(models.Model):
    """What a plan would touch, counted at one instant; `counts`: name → number, or null for unknown. `dates`: those of
    the steps, between which deadlines were counted. `sha256`: the hash of all three, which people sign."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="dry_runs")
    at = models.DateTimeField()
    dates = models.JSONField()
    counts = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["plan", "-id"], name="dry_run_latest")]


class Attested(models.Model):
    """That a person of the desk attested to a step: who (`by`, and as whom: role and jurisdiction), and when. There are
    no words: they would say where somebody is."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="attested")
    by = models.CharField(max_length=60)
    who = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "by"], name="attested_once")]
