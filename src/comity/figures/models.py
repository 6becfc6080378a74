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
