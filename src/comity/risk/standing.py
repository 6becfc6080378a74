"""The table of how each risk stands: computed, and kept so that a turn is seen. Codes and instants (UTC)."""

from django.db import models


class Stands(models.Model):
    """How a risk of the register stood when it was last looked at. `residual` is likelihood × consequence, each 1 to 5;
    `controls`: how each proof stood."""

    realm = models.CharField(max_length=8)
    risk = models.CharField(max_length=40)
    likelihood = models.SmallIntegerField()
    consequence = models.SmallIntegerField()
    band = models.CharField(max_length=8)
    controls = models.JSONField(default=dict)
    looked_at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "risk"], name="risk_stands_once")]
