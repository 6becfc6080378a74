"""Relations, moves, agreements and words. They are public matter, so they stand in clear; what a side wrote lies in the
vault, as it may name somebody, and a link's token is kept as a hash."""

from django.db import models

from .rules import PURPOSES, REACHES, SIDES, STATES, number


class Relation(models.Model):
    """How we stand with one State, in one realm. Instants in UTC.

    `reach`: whether people there reach us, as was observed (`reach_seen_at`, `reach_note`). `contact`: its registered
    address, confirmed last at `contact_checked_at`. `act` is what is put to people now; `version` rises with each move,
    so that nothing signed before fits after it.
    """

    realm = models.CharField(max_length=8)
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=12, default="none")
    reach = models.CharField(max_length=8, default="", blank=True)
    reach_seen_at = models.DateTimeField(null=True)
    reach_note = models.CharField(max_length=300, default="", blank=True)
    contact = models.CharField(max_length=320, default="", blank=True)
    contact_asked_at = models.DateTimeField(null=True)
    contact_checked_at = models.DateTimeField(null=True)
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm", "country"], name="relation_once"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="relation_state"),
            models.CheckConstraint(condition=models.Q(reach__in=REACHES), name="relation_reach"),
        ]
        indexes = [
            models.Index(fields=["contact_asked_at"], name="relation_to_ask", condition=~models.Q(contact="")),
        ]

    @property
    def number(self) -> str:
        """What acts and events call it."""
        return number(self.realm, self.country)


class Move(models.Model):
    """One move of a relation: from where to where, why, and who made it, by role and jurisdiction. `act`: the signed
    one, where people signed it."""

    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    step = models.CharField(max_length=12)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    reason = models.TextField()
    by = models.CharField(max_length=200)
    act = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["relation", "-id"], name="move_latest")]


class Agreement(models.Model):
    """One version of what was agreed. `state`: proposed, standing, superseded or ended; `until` null: no end."""

    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    starts = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=12, default="proposed")
    act = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=400, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["relation"], name="agreement_stands_once", condition=models.Q(state="standing")
            ),
        ]
        indexes = [
            models.Index(fields=["relation", "-id"], name="agreement_latest"),
            models.Index(fields=["until"], name="agreement_to_end", condition=models.Q(state="standing")),
        ]


class Said(models.Model):
    """What one side said. `about`: the words of the other side that it annotates. `thing`: the number of the dispute
    whose summary it annotates. `shown`: whether the public sees the words; until then it sees that there are some, and,
    where they are kept back, why (`kept_back`)."""

    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="said")
    side = models.CharField(max_length=8)
    at = models.DateTimeField()
    source = models.CharField(max_length=200)
    doc = models.CharField(max_length=32)
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="notes")
    thing = models.CharField(max_length=12, default="", db_default="", blank=True)
    shown = models.BooleanField(default=False)
    kept_back = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(side__in=SIDES), name="said_side")]
        indexes = [models.Index(fields=["relation", "thing", "id"], name="said_in_order")]


class Link(models.Model):
    """A secret link that was sent to a registered address. It works once, and until it expires. `thing`: the number of
    the dispute that it is for."""

    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=12)
    thing = models.CharField(max_length=12, default="", db_default="", blank=True)
    token_hash = models.BinaryField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    said = models.ForeignKey(Said, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(purpose__in=PURPOSES), name="link_purpose")]
        indexes = [
            models.Index(fields=["relation", "purpose", "thing", "-id"], name="link_latest"),
            models.Index(
                fields=["expires_at"],
                name="link_missed",
                condition=models.Q(purpose="contact", used_at__isnull=True, missed_at__isnull=True),
            ),
        ]
