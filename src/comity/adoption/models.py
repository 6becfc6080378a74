"""The drafts of regulations. Their text and the reasons for them are public, so they are stored in clear."""

from django.db import models

from .rules import STATES


class Draft(models.Model):
    """One change of a regulation, from the copy to its end. Instants are UTC.

    `text` is the whole pack file; `sha256` the hash of its bytes, which is what people sign. `act` is what is put to
    them now, `acts` what they have approved. `revision` rises with each edit, so that two people can't overwrite each
    other unnoticed. `tried` holds figures and case numbers only. `returned`: why it was sent back, or ended by a
    person. `proposal`: under which number it was published, so that nobody here changes a byte of it; `frozen_until`:
    until when that is frozen, and with it the regulation but for the emergency lane; `ends_on`: the day (UTC) on which
    it ends by itself, part of what is signed.
    """

    realm = models.CharField(max_length=8)
    regulation = models.CharField(max_length=60)
    base_version = models.CharField(max_length=60)
    base_sha256 = models.CharField(max_length=64)
    version = models.CharField(max_length=60)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, default="draft")
    reason = models.TextField(default="", blank=True)
    returned = models.TextField(default="", blank=True)
    by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    tried = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    act = models.CharField(max_length=64, default="", blank=True)
    acts = models.JSONField(default=list)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    proposal = models.CharField(max_length=12, default="", db_default="", blank=True)
    frozen_until = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(realm__in=("real", "demo")), name="draft_realm"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="draft_state"),
        ]
        indexes = [
            models.Index(fields=["realm", "regulation", "-id"], name="draft_latest_of"),
            models.Index(fields=["starts_at"], name="draft_to_begin", condition=models.Q(state="adopted")),
            models.Index(fields=["ends_at"], name="draft_to_end", condition=models.Q(ends_at__isnull=False)),
        ]

    @property
    def number(self) -> str:
        """How acts and events refer to it: the `case` of what people sign."""
        return f"D-{self.pk}"
