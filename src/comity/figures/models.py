"""Counts, their sums, and from when on a case is counted in public. Codes, days and numbers only; days are UTC's."""

from django.db import models

from comity.cases.models import Case


class Count(models.Model):
    """How many, of one name (`names.NAMES`), of the cases that one day brought from one country under one instrument.

    No row: none. `country` is ISO 3166-1 alpha-2, or empty where no authority is known.
    """

    realm = models.CharField(max_length=8)
    day = models.DateField()
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    instrument = models.CharField(max_length=60)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "realm", "country", "name", "instrument"], name="count_once")
        ]


class Quarter(models.Model):
    """The sums of a quarter, by its first day. `n`: of its days but today; `public`: as it was fixed for everyone."""

    realm = models.CharField(max_length=8)
    quarter = models.DateField()
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    instrument = models.CharField(max_length=60)
    n = models.IntegerField(default=0, db_default=0)
    public = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm", "country", "quarter", "name", "instrument"], name="quarter_once")
        ]
        indexes = [models.Index(fields=["realm", "name", "quarter"], name="quarter_of_name")]


class Counted(models.Model):
    """When a day was counted last, and, on the first of a quarter, when that was fixed for everyone (UTC)."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)


class Source(models.Model):
    """A platform that reports its own daily counts, by a token that is kept as a keyed hash alone."""

    platform = models.SlugField(max_length=40)
    realm = models.CharField(max_length=8)
    token_hash = models.BinaryField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "realm"], condition=models.Q(ended_at=None), name="one_source_of_platform"
            ),
            models.CheckConstraint(condition=models.Q(realm__in=("real", "demo")), name="source_realm"),
        ]


class Reported(models.Model):
    """What a platform says of one of its days (`names.REPORTED`). `country` is empty for the whole; `doubt` says why
    the figure is no denominator (`reports.DOUBTS`). Reported again, a day is replaced."""

    realm = models.CharField(max_length=8)
    platform = models.CharField(max_length=40)
    day = models.DateField()
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="", blank=True)
    n = models.BigIntegerField()
    doubt = models.CharField(max_length=24, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["realm", "day", "platform", "name", "country"], name="reported_once"),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="reported_positive"),
        ]


class Made(models.Model):
    """A made-up count of a seeded world: of no case and no platform, and of realm demo alone, whatever reads it.

    `world` is whose: `year` is the balance's, `growth` that of growing risk."""

    world = models.CharField(max_length=8, default="year", db_default="year")
    seed = models.IntegerField()
    day = models.DateField()
    name = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    instrument = models.CharField(max_length=60)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "day", "name", "country", "instrument"], name="made_once")
        ]


class Cleared(models.Model):
    """From which day on a case may be counted in public; `day` null: something holds it back.

    `hold` says what (`rules.HOLDS`), as the finding of that version has it, and `until` when it ends (UTC), if known.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    finding = models.IntegerField()
    hold = models.CharField(max_length=12)
    until = models.DateTimeField(null=True)
    day = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="cleared_day"),
            models.Index(fields=["case"], name="cleared_not_yet", condition=models.Q(day__isnull=True)),
        ]
