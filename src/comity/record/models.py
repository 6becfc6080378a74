"""Tables of the record. What is published lies in files; these are what the files are made from."""

from django.db import models


class Waiting(models.Model):
    """An event that has no number in the record yet, written by a trigger in the event's own transaction.

    `turn`: 0 a charter, 1 what is published at once, 2 what concerns a case and goes out in a shuffled batch, 3 what
    takes from people, or founds a desk anew: what was before comes before it, what is after waits with it.
    """

    event = models.BigIntegerField(primary_key=True)
    realm = models.CharField(max_length=8)
    turn = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["realm", "turn", "at"], name="record_waiting_turn")]


class Leaf(models.Model):
    """A numbered entry of one realm's log. `salts` opens what it seals, under the key of its scope; both may go."""

    realm = models.CharField(max_length=8)
    num = models.BigIntegerField()
    event = models.BigIntegerField(unique=True)
    body = models.BinaryField(null=True)
    salts = models.BinaryField(null=True)
    scope = models.CharField(max_length=24, default="")
    whole = models.BooleanField(default=False)  # sealed as a whole, until `until` or for ever
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "num"], name="record_leaf_num")]
        indexes = [
            models.Index(fields=["realm", "num"], name="record_leaf_bare", condition=models.Q(body__isnull=True)),
        ]


class Scope(models.Model):
    """What the salts of one case, one request or one day are sealed under: a key in the vault, with its end date."""

    name = models.CharField(primary_key=True, max_length=24)
    ref = models.CharField(max_length=32)
    until = models.DateTimeField()


class Head(models.Model):
    """The last head that this database saw signed, for each realm: an older backup than the files is noticed by it."""

    realm = models.CharField(primary_key=True, max_length=8)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
