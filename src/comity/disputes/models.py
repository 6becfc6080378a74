"""Disputes and their papers. What a party wrote or handed in lies in the vault; what is published (titles, summaries,
interim measures, terms) stands in clear. Instants in UTC."""

from django.db import models

from comity.cases.models import number
from comity.countries.models import Relation

from .rules import HOW, INTERIMS, OUTCOMES, PARTIES, SETTLEMENTS, SIDES, STATES


def dispute_number() -> str:
    """A fresh number for a dispute: `S-` and eight characters."""
    return number("S")


class Dispute(models.Model):
    """One dispute with one State. `doc`: claim, legal basis and relief; `mediator`: who it is, both in the vault.

    `claimant`: who claims. `ours`: the regulation whose change ended it, with its version. `act` is what is put to
    people now; `version` rises with each move, so that nothing signed before fits after it.
    """

    id = models.CharField(primary_key=True, max_length=12, default=dispute_number)
    realm = models.CharField(max_length=8)
    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="disputes")
    title = models.CharField(max_length=200)
    claimant = models.CharField(max_length=8)
    forum = models.CharField(max_length=40)
    file_number = models.CharField(max_length=100, default="", blank=True)
    doc = models.CharField(max_length=32)
    mediator = models.CharField(max_length=32, default="", blank=True)
    state = models.CharField(max_length=12, default="drafted")
    outcome = models.CharField(max_length=20, default="", blank=True)
    ours = models.CharField(max_length=80, default="", blank=True)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="dispute_state"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="dispute_outcome"),
            models.CheckConstraint(condition=models.Q(claimant__in=PARTIES), name="dispute_claimant"),
        ]
        indexes = [
            models.Index(fields=["realm", "-opened_at", "-id"], name="dispute_latest"),
            models.Index(fields=["relation", "-opened_at"], name="dispute_of_relation"),
        ]

    @property
    def number(self) -> str:
        """What acts and events call it."""
        return str(self.id)

    @property
    def country(self) -> str:
        """The State that is the other party."""
        return str(self.relation.country)


class Move(models.Model):
    """One move: from where to where, why, and who made it, by role and jurisdiction."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    step = models.CharField(max_length=12)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    reason = models.TextField()
    by = models.CharField(max_length=400)
    act = models.CharField(max_length=64, default="", blank=True)


class Paper(models.Model):
    """What a paper of any kind has: its bytes in the vault, what they are, and how far they can be shown on a page.

    `words`: tells the same words apart from others (`rules.of_words`). `pages`: of a PDF, and `wide` those of them that
    lie across; `fault`: why it can't be set, and stands in a bundle as a sheet that says so.
    """

    n = models.PositiveIntegerField()
    side = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    words = models.CharField(max_length=64, default="", blank=True)
    media = models.CharField(max_length=150)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(default=0)
    wide = models.JSONField(default=list)
    fault = models.CharField(max_length=120, default="", blank=True)
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=400)

    class Meta:
        abstract = True


class Submission(Paper):
    """What a side, or the forum, said in writing. `text`: typed words that go with a scan. `how` and `served_at`: its
    first service; whatever else served it stands in `Service`."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="submissions")
    text = models.CharField(max_length=32, default="", blank=True)
    how = models.CharField(max_length=8)
    served_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "n"], name="submission_in_order"),
            models.UniqueConstraint(fields=["dispute", "sha256"], name="submission_once"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="submission_side"),
            models.CheckConstraint(condition=models.Q(how__in=HOW), name="submission_how"),
        ]


class Service(models.Model):
    """One service of a submission: how, when, and by what it can be found again (gazette and page, postal number)."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="services")
    how = models.CharField(max_length=8)
    at = models.DateTimeField()
    reference = models.CharField(max_length=200, default="", blank=True)
    by = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "how", "at", "reference"], name="service_once"),
        ]


class Exhibit(Paper):
    """What is put in evidence. `submission`: with which one."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="exhibits")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="exhibits")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "n"], name="exhibit_in_order"),
            models.UniqueConstraint(fields=["dispute", "sha256"], name="exhibit_once"),
            models.CheckConstraint(condition=models.Q(side__in=PARTIES), name="exhibit_side"),
        ]


class Offer(Paper):
    """A paper of the settlement lane, without prejudice: it enters no bundle, no timeline and no export."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="offers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "n"], name="offer_in_order"),
            models.UniqueConstraint(fields=["dispute", "sha256"], name="offer_once"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="offer_bytes"),
            models.Index(fields=["words"], name="offer_words"),
        ]


class Due(models.Model):
    """One deadline of a dispute. `side`: whose it is; `text`: what is due; `cite`: by which rule, or who set it.

    `soon_at` and `late_at`: when the desk was told; `stopped_at`: the dispute rests or is over.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="dues")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="dues")
    side = models.CharField(max_length=8)
    text = models.CharField(max_length=200)
    cite = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    due_target = models.DateTimeField()
    due_legal = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    soon_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(side__in=PARTIES), name="due_side")]
        indexes = [
            models.Index(
                fields=["due_target"],
                name="due_running",
                condition=models.Q(met_at__isnull=True, stopped_at__isnull=True),
            ),
        ]


class Interim(models.Model):
    """A measure for the time being: what exactly, on whose word, from when until when. It ends by itself."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="interims")
    side = models.CharField(max_length=8)
    text = models.CharField(max_length=1000)
    scope = models.CharField(max_length=500)
    starts = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=12, default="standing")
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=INTERIMS), name="interim_state"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("starts")), name="interim_dated"),
        ]
        indexes = [models.Index(fields=["until"], name="interim_to_end", condition=models.Q(state="standing"))]


class Summary(models.Model):
    """A neutral account for everyone, in its versions. `state`: proposed, published or superseded."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="summaries")
    version = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="proposed")
    act = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], name="summary_stands_once", condition=models.Q(state="published")
            )
        ]


class Settlement(models.Model):
    """Terms put to the quorum, and after it to the State. `until`: as the agreement's, which they become."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="settlements")
    n = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    terms = models.TextField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    starts = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=12, default="proposed")
    act = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=400, default="", blank=True)
    signed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SETTLEMENTS), name="settlement_state"),
            models.UniqueConstraint(
                fields=["dispute"], name="settlement_waits_once", condition=models.Q(state__in=("proposed", "signed"))
            ),
        ]


class Bundle(models.Model):
    """One bundle as it was made: its bytes in the vault, their hash, and the hash of what it was made from."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="bundles")
    n = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    of = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    doc = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "n"], name="bundle_in_order")]
