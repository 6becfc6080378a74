"""Tables of the hotline: codes, dates and ids. Words, and who is called back, lie in the vault."""

import secrets

from django.db import models

from comity.officers.models import Officer, _salt

__all__ = ["_salt"]  # the first migration names it

from . import rules

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def call_number() -> str:
    """A fresh number of a call: `H-` and eight characters of base32 (Crockford)."""
    return "H-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def _choices(names: tuple[str, ...]) -> models.Q:
    return models.Q(state__in=names)


class Service(models.Model):
    """How an accredited service stands on this line: `reviewed_at` is when people last reinstated it, from which on
    false calls count. Instants in UTC."""

    id = models.SlugField(primary_key=True, max_length=60)  # of the authority on the register
    realm = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="open")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    suspended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_choices(rules.SERVICES), name="service_state")]


class Call(models.Model):
    """What a service raised. `key` is made where it was typed, so that it is kept once however often it is sent.
    `joined_to`: the call of the same account, or the same sender, that was rung for. Instants in UTC."""

    id = models.CharField(primary_key=True, max_length=12, default=call_number)
    realm = models.CharField(max_length=8)
    door = models.CharField(max_length=8, default="hotline")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="calls")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="calls")
    sender = models.BinaryField(max_length=16, null=True)  # of a mail: a keyed hash
    request = models.CharField(max_length=12, default="", blank=True)
    key = models.CharField(max_length=64, unique=True)
    mark = models.CharField(max_length=64)  # SHA-256 of what is signed: the call's hash
    state = models.CharField(max_length=16, default="raised")
    version = models.IntegerField(default=1)
    act = models.CharField(max_length=64, default="", blank=True)
    imminence = models.CharField(max_length=10, default="", blank=True)
    joined_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="joined")
    rung = models.BooleanField(default=False)
    ordinary = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    acked_at = models.DateTimeField(null=True)
    acked_by = models.CharField(max_length=60, default="", blank=True)
    acted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)  # the formal order came
    outcome = models.CharField(max_length=10, default="", blank=True)
    callback = models.CharField(max_length=10, default="", blank=True)
    doc = models.CharField(max_length=32)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=_choices(rules.STATES), name="call_state")]
        indexes = [
            models.Index(fields=["realm", "raised_at"], name="call_open", condition=models.Q(state__in=rules.OPEN)),
            models.Index(fields=["officer", "-raised_at"], name="call_of_officer"),
            models.Index(fields=["sender", "-raised_at"], name="call_of_sender"),
            models.Index(fields=["request"], name="call_of_request"),
        ]


class Line(models.Model):
    """One line of a call's thread. `side`: service, desk or gateway; `key`: made where it was typed."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="lines")
    side = models.CharField(max_length=8)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    doc = models.CharField(max_length=32)
    key = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(null=True)


class Due(models.Model):
    """What is asked or looked at later, as the rule in force at receipt says: `name` is the id of its deadline."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="dues")
    name = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "name"], name="due_of_call")]
        indexes = [models.Index(fields=["due_at"], name="call_due", condition=models.Q(asked_at__isnull=True))]
