"""Tables of staff, keys and approvals. Codes, dates and public keys only: nobody's name, address or mail.

Each row that lets somebody in or counts towards a quorum bears a tag over its fields `TAGGED`; see `tags.py`.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterator
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from .rules import Quorum

ROLES = ("handler", "decider", "counsel", "head", "auditor", "administrator", "council", "guardian")


def _session_salt() -> str:
    return secrets.token_hex(16)


class Person(AbstractBaseUser):
    """A member of the desk, referred to by role, jurisdiction and key; the name is a code made at enrolment.

    There is no password and no mail address: a passkey is the only way in. Each session is checked against
    `session_salt`, so a new salt ends all of them, whoever started them and how.
    """

    password = None  # type: ignore[assignment]  # no password exists, so none can leak, be reset or be guessed
    last_login = None  # signing in is an event

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40, unique=True)
    realm = models.CharField(max_length=8)
    jurisdiction = models.CharField(max_length=2)
    roles = ArrayField(models.CharField(max_length=16), default=list)
    is_active = models.BooleanField(default=True)
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    session_salt = models.CharField(max_length=32, default=_session_salt)
    tag = models.CharField(max_length=64, default="")
    TAGGED = ("id", "name", "realm", "jurisdiction", "roles", "is_active", "enrolled_at", "ended_at")

    objects: BaseUserManager[Person] = BaseUserManager()  # type: ignore[assignment]  # Self is Person

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(realm__in=("real", "demo")), name="person_realm"),
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="person_roles"),
            models.CheckConstraint(  # who votes on the rules is not who applies them
                condition=~Q(roles__contains=["council"]) | Q(roles=["council"]), name="person_council_alone"
            ),
            models.CheckConstraint(  # nor is who guards who may be let in
                condition=~Q(roles__contains=["guardian"]) | Q(roles=["guardian"]), name="person_guardian_alone"
            ),
            models.CheckConstraint(condition=Q(jurisdiction__regex=r"^[A-Z]{2}$"), name="person_jurisdiction"),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at=None) | Q(is_active=False, ended_at__isnull=False),
                name="person_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def by(self) -> str:
        """How this person's acts are attributed in events."""
        return f"person:{self.id}"

    def get_session_auth_hash(self) -> str:
        """A keyed hash over `session_salt`, instead of Django's over the password."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under earlier secret keys, for as long as Django accepts them."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes) -> str:
        value = f"{self.id}:{self.session_salt}"
        return salted_hmac("comity.people.session", value, secret=secret, algorithm="sha256").hexdigest()


class Domain(models.Model):
    """Where an organisation publishes the fingerprints of a person's keys: a domain of its own. Signed with their
    admission, so that no row need be believed."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="domain")
    name = models.CharField(max_length=100)


class Key(models.Model):
    """A passkey's public key. Never deleted: what was signed with a key that has ended still verifies."""

    id = models.CharField(primary_key=True, max_length=1400)  # the credential's id, base64url
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    public = models.BinaryField()  # AttestedCredentialData as the authenticator gave it (WebAuthn, 6.5.1)
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tag = models.CharField(max_length=64, default="")
    TAGGED = ("id", "person_id", "public", "enrolled_at", "ended_at")

    @property
    def short(self) -> str:
        """Four hexadecimal digits by which the desk refers to the key."""
        figures = hashlib.sha256(bytes(self.public)).hexdigest()
        return f"{figures[:2]}·{figures[2:4]}"

    @property
    def mark(self) -> str:
        """Its fingerprint, SHA-256 in hexadecimal digits: as an organisation publishes it."""
        return hashlib.sha256(bytes(self.public)).hexdigest()

    @property
    def figures(self) -> str:
        """The first 80 bits of its fingerprint, as two people read them to each other before one vouches."""
        mark = hashlib.sha256(bytes(self.public)).hexdigest()
        return " ".join(mark[n : n + 4] for n in range(0, 20, 4))


class Grant(models.Model):
    """That a person had a role, from when to when (UTC): an approval is checked against its own instant."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    act = models.CharField(max_length=64, default="")  # the signed act that gave it; none to a helper who was invited
    tag = models.CharField(max_length=64, default="")
    TAGGED = ("person_id", "role", "since", "until", "act")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], condition=Q(until__isnull=True), name="grant_once"),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="grant_role"),
        ]


class Invite(models.Model):
    """A one-time link, kept as the hash of its token, so that reading the table is no use."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    roles = ArrayField(models.CharField(max_length=16))
    jurisdiction = models.CharField(max_length=2)
    by = models.CharField(max_length=48)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True)
    act = models.CharField(max_length=64, default="")  # the signed invitation; none where it was made on the server
    tag = models.CharField(max_length=64, default="")
    TAGGED = (
        *("token_hash", "roles", "jurisdiction", "by", "made_at", "expires_at"),
        *("used_at", "person_id", "act"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="invite_roles"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invite_expires"),
            models.CheckConstraint(
                condition=Q(person=None, used_at=None) | Q(person__isnull=False, used_at__isnull=False),
                name="invite_used",
            ),
        ]


class Act(models.Model):
    """What is put to people to approve. The text is in the vault; they sign its SHA-256."""

    hash = models.CharField(primary_key=True, max_length=64)
    realm = models.CharField(max_length=8)
    kind = models.CharField(max_length=40)
    case = models.CharField(max_length=16, null=True)
    version = models.PositiveIntegerField()
    doc = models.CharField(max_length=32)
    quorum = models.JSONField()
    state = models.CharField(max_length=8, default="open")
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    tag = models.CharField(max_length=64, default="")
    TAGGED = ("hash", "realm", "kind", "case", "version", "proposed_at")  # what never changes; states are moved

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(realm__in=("real", "drill", "demo")), name="act_realm"),
            models.CheckConstraint(condition=Q(state__in=("open", "approved", "void")), name="act_state"),
        ]
        indexes = [models.Index(fields=["case", "version"], name="act_case")]

    @property
    def rule(self) -> Quorum:
        """The quorum that this row names; the one that counts is in the signed text itself."""
        return Quorum.read(self.quorum)


class Approval(models.Model):
    """One person's passkey signature over one act. The database itself keeps the realms apart (migration 0001)."""

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="approvals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="approvals")
    key = models.ForeignKey(Key, on_delete=models.PROTECT)
    at = models.DateTimeField()
    response = models.JSONField()  # the assertion as the browser gave it
    tag = models.CharField(max_length=64, default="")
    TAGGED = ("act_id", "person_id", "key_id", "at", "response")

    complete = False  # set by the command: whether this one met the quorum

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "person"], name="approval_once")]
