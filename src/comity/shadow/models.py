"""What would have been done in shadow, what people did instead, and how standing measures look now. Codes, dates and
countries; addresses lie in the vault."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from comity.cases.models import Case
from comity.measures.models import Measure


class Would(models.Model):
    """One act that people approved while its platforms, or the gateway, were in shadow. Instants in UTC.

    `act`: its hash. `what`: the kinds of measure. `doc`: the addresses, in the vault. `look_at`: when it is looked at
    what people did (null: a look can tell nothing of it); `seen` and `said` are codes of `ledger.of_shadow`, of a look
    and of people.
    """

    act = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="would")
    realm = models.CharField(max_length=8)
    platforms = ArrayField(models.CharField(max_length=30))
    kind = models.CharField(max_length=12)
    instrument = models.CharField(max_length=60, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    what = ArrayField(models.CharField(max_length=12), default=list)
    territory = ArrayField(models.CharField(max_length=5), default=list)
    targets = models.PositiveIntegerField(default=0)
    doc = models.CharField(max_length=32)
    decided_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    seen = models.CharField(max_length=8, default="", blank=True)
    seen_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=8, default="", blank=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["realm", "-decided_at"], name="would_latest"),
            models.Index(fields=["look_at"], name="would_to_look", condition=models.Q(look_at__isnull=False)),
        ]


class Drift(models.Model):
    """The last look at a standing measure: whether it is as it should be, or nobody could see it (`blind`)."""

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="drift")
    at = models.DateTimeField()
    right = models.BooleanField()
    blind = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="drift_oldest")]
