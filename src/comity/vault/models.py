"""The table of encrypted blobs."""

from django.db import models


class Blob(models.Model):
    """Encrypted bytes with an end date. `month` names its key, which is outside the database; `version` the format."""

    ref = models.CharField(primary_key=True, max_length=32)
    month = models.CharField(max_length=8, db_index=True)
    until = models.DateTimeField(db_index=True)
    version = models.SmallIntegerField(default=1)
    sealed = models.BinaryField()

    class Meta:
        db_table = "vault_blob"
