"""The table of officers: codes, keys and instants. No name."""

import secrets
import uuid

from django.db import models


def _salt() -> str:
    return secrets.token_hex(16)


class Officer(models.Model):
    """Who acts for an authority. No name: a code. `public`: their passkey (None until the link was used);
    `session_salt` ends their sessions when it changes; `link`: SHA-256 of the one-time link's token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.SlugField(max_length=60, db_column="service_id")  # its id on the register
    realm = models.CharField(max_length=8)
    link = models.BinaryField(max_length=32, unique=True)
    link_ends_at = models.DateTimeField()
    invited_at = models.DateTimeField()
    invited_by = models.CharField(max_length=60)
    key = models.CharField(max_length=1400, null=True, unique=True)
    public = models.BinaryField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    session_salt = models.CharField(max_length=32, default=_salt)

    class Meta:
        db_table = "hotline_officer"  # they began there

    @property
    def by(self) -> str:
        """How this officer's acts are attributed in events."""
        return f"officer:{self.id}"

    @property
    def name(self) -> str:
        """What the desk calls them: four figures of their id."""
        return f"officer {str(self.id)[:4]}"
