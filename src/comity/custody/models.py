"""Rosters, sealed items, recipients' keys and openings. Codes, dates, hashes and public keys only; whatever says more
lies in the vault, and what is sealed in files that nobody here can read. Instants in UTC."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from comity.cases.models import Case, number
from comity_seal.rosters import parse

from .rules import ANSWERS, STATES, TELLING


def opening_number() -> str:
    """A fresh number for an opening: `O-` and eight characters."""
    return number("O")


class Roster(models.Model):
    """A roster of custodians as they signed it (`comity_seal.rosters`). The last of a realm is the one in force."""

    realm = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    raw = models.BinaryField()
    adopted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "version"], name="roster_once")]


class Item(models.Model):
    """What one order names, sealed by its platform; `id` is the sealer's own. The file lies below `custody/items`.

    `content`: the digest of all its bytes as they came ("": it came before that was kept), so that whoever is given its
    keys later can't show others; `asked`: the digest of what it was sealed for; `doc`: that, whose parts are whose, and
    the salt by which it is bound to its case; `card`: its heads, as custodians are given them; both in the vault. It is
    kept to `until`; then its envelopes are destroyed, and nobody opens it any more.
    """

    id = models.CharField(primary_key=True, max_length=32)
    realm = models.CharField(max_length=8)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT)
    head = models.CharField(max_length=64)
    content = models.CharField(max_length=64, default="", blank=True)
    asked = models.CharField(max_length=64)
    doc = models.CharField(max_length=32)
    card = models.CharField(max_length=32)
    parts = models.PositiveIntegerField()
    bytes = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "asked"], condition=models.Q(ended_at=None), name="item_once")
        ]
        indexes = [models.Index(fields=["until"], name="item_kept", condition=models.Q(ended_at=None))]


class Envelope(models.Model):
    """One custodian's envelope of an item: its bytes lie in the vault, whose keys don't outlive their month."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="envelopes")
    custodian = models.CharField(max_length=60)
    doc = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "custodian"], name="envelope_once")]


class Recipient(models.Model):
    """A public key to which an authority has things sealed. It is in the record since `logged_at`; who called the
    authority back about it is an event each."""

    realm = models.CharField(max_length=8)
    authority = models.CharField(max_length=60)
    public = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    logged_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "authority"], condition=models.Q(ended_at=None), name="recipient_one"
            )
        ]


class CallBack(models.Model):
    """That somebody of the desk called an authority at its registered number, and it said that the key is its own."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="calls")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "by"], name="call_back_once")]


class Opening(models.Model):
    """A request to custodians to open listed parts of an item to one recipient, or its way there.

    `doc`: finding, what is asked and the order, as they were put to people; `request`: what custodians were sent
    (opening.json), both in the vault, and its digest. `act` is what is put to people now. `supplements`: the opening
    that this one goes on from. `due` is the clock of its order. `telling`: whether the persons are told of it ("": not
    by us), and `tell_at` from when on, or since when they were.
    """

    id = models.CharField(primary_key=True, max_length=12, default=opening_number)
    realm = models.CharField(max_length=8)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="openings")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="openings")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True)
    supplements = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    parts = ArrayField(models.PositiveIntegerField())
    emergency = models.BooleanField()
    due = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, default="waiting")
    act = models.CharField(max_length=64, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    doc = models.CharField(max_length=32, default="", blank=True)
    request = models.CharField(max_length=32, default="", blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    token = models.BinaryField(max_length=32, null=True, unique=True)
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    complete_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    telling = models.CharField(max_length=4, default="", db_default="", blank=True)
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="opening_state"),
            models.CheckConstraint(condition=models.Q(telling__in=TELLING), name="opening_telling"),
        ]
        indexes = [
            models.Index(fields=["realm", "-opened_at"], name="opening_latest"),
            models.Index(fields=["tell_at"], name="opening_tells", condition=models.Q(telling="due")),
        ]

    @property
    def item_k(self) -> int:
        """How many custodians open its item."""
        return parse(bytes(self.item.roster.raw)).roster.k


class Called(models.Model):
    """A custodian who was asked for their shares, and what they answered: the answer's bytes lie in the vault."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="called")
    custodian = models.CharField(max_length=60)
    at = models.DateTimeField()
    answer = models.CharField(max_length=8, default="", blank=True)
    ground = models.CharField(max_length=20, default="", blank=True)
    doc = models.CharField(max_length=32, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    bad_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opening", "custodian"], name="called_once"),
            models.CheckConstraint(condition=models.Q(answer__in=ANSWERS), name="called_answer"),
        ]


class Package(models.Model):
    """What an authority collects for an opening: a file below `custody/productions`, by the hash of its manifest. A
    later one of the same opening has more shares in it."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveIntegerField()
    manifest = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    shares = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opening", "number"], name="package_once")]
