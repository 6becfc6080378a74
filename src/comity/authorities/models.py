"""The register of authorities: public matter, in clear."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Authority(models.Model):
    """An organisation that may ask. `domains` sign its mail; `phone` and `address` are the ones *we* know, never
    taken from a message. `source`: `file` where comity.toml lists it, `page` where people accepted it on the register's
    pages. `until`: when its accreditation ends by itself (None: not). `suspended_at`: since when it counts for nothing
    until people reinstate it. Instants in UTC."""

    id = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    realm = models.CharField(max_length=8, default="real")
    domains = ArrayField(models.CharField(max_length=253), default=list)
    address = models.CharField(max_length=320, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    competent_for = ArrayField(models.CharField(max_length=60), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    accredited = models.BooleanField(default=False)
    accredited_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    prior_information_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=4, default="file", db_default="file")
    until = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["country", "name"]

    def __str__(self) -> str:
        return self.id


class Check(models.Model):
    """What a person of the desk found who looked an authority up in the register that its law names. `instrument` is
    the id of its pack; the last check of an authority for it counts. `ended_at`: the authority left our register.
    Instants in UTC."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="checks")
    instrument = models.CharField(max_length=60)
    register = models.CharField(max_length=200)
    looked_on = models.DateField()
    found = models.CharField(max_length=12)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["authority", "instrument", "-id"], name="check_latest")]
