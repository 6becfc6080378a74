"""Requests, cases, findings, drafts, decisions, clocks. Codes, dates, countries, ids and keyed hashes only: the words
lie in the vault."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing a clerk misreads on the telephone


def number(letter: str) -> str:
    """A fresh number such as C-7Q4M2HXK; forty random bits, unique by constraint."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def request_number() -> str:
    """A fresh number for a request: `R-` and eight characters."""
    return number("R")


def case_number() -> str:
    """A fresh number for a case: `C-` and eight characters."""
    return number("C")


class Request(models.Model):
    """What came in by a door, kept verbatim under `raw`. `peek` opens to subject, sender and Message-ID."""

    id = models.CharField(primary_key=True, max_length=12, default=request_number)
    realm = models.CharField(max_length=8)
    door = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    until = models.DateTimeField()
    raw = models.CharField(max_length=32)
    peek = models.CharField(max_length=32)
    message_hash = models.BinaryField(max_length=16, null=True, db_index=True)
    kind = models.CharField(max_length=12, default="unread")
    lane = models.CharField(max_length=12, default="", blank=True)
    flags = ArrayField(models.CharField(max_length=40), default=list)
    facts = models.CharField(max_length=32, default="", blank=True)
    grade = models.CharField(max_length=20, default="none")
    authority = models.CharField(max_length=60, default="", blank=True)
    signature = models.BinaryField(max_length=16, null=True)  # of a mail that an office signed, as its head has it
    due = models.DateTimeField(null=True)  # the first of its own clocks that runs (`RequestDeadline`)
    behind = models.IntegerField(default=0, db_default=0)  # as of a case
    top = models.SmallIntegerField(default=0, db_default=0)  # what stands above the queue (`rules.TOP`)

    class Meta:
        indexes = [
            models.Index(fields=["realm", "-received_at", "-id"], name="request_latest"),
            models.Index(
                fields=["realm", "behind", "received_at", "id"],
                name="request_triage",
                condition=(models.Q(lane__in=["triage", "counsel"]) | models.Q(top__gt=0)) & models.Q(due__isnull=True),
            ),
            models.Index(
                fields=["realm", "top", "behind", "due", "id"],
                name="request_due",
                condition=(models.Q(lane__in=["triage", "counsel"]) | models.Q(top__gt=0))
                & models.Q(due__isnull=False),
            ),
            models.Index(fields=["signature"], name="request_signed", condition=models.Q(signature__isnull=False)),
            models.Index(
                fields=["received_at"], name="request_unread", condition=models.Q(kind__in=["unread", "waits"])
            ),
        ]


class Question(models.Model):
    """What words can't decide about a request, put to a person of the desk: `name` is one of `rules.QUESTIONS`,
    `answer` one of `rules.ANSWERS`, blank until somebody has answered; `by` and `at` (UTC) say who did, and when."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="questions")
    name = models.CharField(max_length=12)
    put_at = models.DateTimeField()
    answer = models.CharField(max_length=12, default="", blank=True)
    by = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="question_once")]
        indexes = [models.Index(fields=["name"], name="question_open", condition=models.Q(answer=""))]


class RequestDeadline(models.Model):
    """One clock of a request itself, whether or not it has a case: of a rule of our own that it calls for, or a date
    that it names (`theirs`). Instants in UTC."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="deadlines")
    name = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    due_target = models.DateTimeField(null=True)
    due_legal = models.DateTimeField(null=True)
    cite = models.CharField(max_length=120)
    theirs = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="deadline_of_request")]


class Turn(models.Model):
    """An unproven mail's turn at the reading: whose it is (keyed hashes), when it came to it (None: it waits), as which
    of its sender's within the hour, and the seconds that reading it took."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="turn")
    sender = models.BinaryField(max_length=16)
    site = models.BinaryField(max_length=16)
    at = models.DateTimeField(null=True)
    nth = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["sender", "at"], name="turn_of_sender"),
            models.Index(fields=["site", "at"], name="turn_of_site"),
            models.Index(fields=["at"], name="turn_taken"),
            models.Index(fields=["sender", "id"], name="turn_waiting", condition=models.Q(at__isnull=True)),
        ]


class Case(models.Model):
    """One demand's life until answered. `version` rises with facts, finding, drafts and measure, and so voids a
    signature given before; `due` is its earliest open clock (`due_target`, UTC). `behind` is its place in the queue
    before that: 0 where the sender is proven, else as which unproven mail of its sender it came, from 1."""

    id = models.CharField(primary_key=True, max_length=12, default=case_number)
    realm = models.CharField(max_length=8)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="cases")
    order = models.SmallIntegerField(default=0, db_default=0)  # which of the mail's orders it is about, from 0
    instrument = models.CharField(max_length=60)
    authority = models.CharField(max_length=60, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    state = models.CharField(max_length=20, default="verifying")
    open = models.BooleanField(default=True)
    outcome = models.CharField(max_length=20, default="", blank=True)
    plan = models.CharField(max_length=12, default="", blank=True)
    grade = models.CharField(max_length=20, default="none")
    version = models.IntegerField(default=1)
    received_at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    behind = models.IntegerField(default=0, db_default=0)
    slot = models.DateTimeField(null=True)  # where it stands, if its sender has many (`fair`); not before it is due
    half = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    join_key = models.BinaryField(max_length=16, unique=True)
    act = models.CharField(max_length=64, default="", blank=True)
    title = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                "realm",
                "behind",
                Greatest("due", "slot"),
                "id",
                name="case_queue",
                condition=models.Q(open=True, due__isnull=False),
            ),
            models.Index(
                "realm",
                "authority",
                Greatest("due", "slot"),
                name="case_of_sender",
                condition=models.Q(open=True, due__isnull=False, behind=0),
            ),
            models.Index(
                fields=["realm", "behind", "received_at", "id"],
                name="case_waiting",
                condition=models.Q(open=True, due__isnull=True),
            ),
            models.Index(fields=["half"], name="case_half", condition=models.Q(half__isnull=False)),
            models.Index(fields=["realm", "-received_at", "-id"], name="case_latest"),
        ]


class Joined(models.Model):
    """That a request belongs to a case: it opened it, is the same order again, or is a reply in its thread."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joined")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="joined")
    how = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "request"], name="joined_once")]


class Finding(models.Model):
    """The result of judging; `doc` opens to the facts judged and the whole finding (design: facts and findings)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    version = models.IntegerField()
    outcome = models.CharField(max_length=20)
    pack = models.CharField(max_length=60)
    pack_version = models.CharField(max_length=40)
    pack_sha256 = models.CharField(max_length=64)
    calendar = models.CharField(max_length=40)
    tzdata = models.CharField(max_length=20)
    at = models.DateTimeField()
    doc = models.CharField(max_length=32)
    counted = models.BooleanField(default=False, db_default=False)  # its codes are kept, or can't be any more
    instead = models.CharField(max_length=12, default="", db_default="", blank=True)  # the measure taken in its place

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="finding_of_version")]
        indexes = [models.Index(fields=["id"], name="finding_uncounted", condition=models.Q(counted=False))]


class Judged(models.Model):
    """How a finding came out of the request, or of one of its targets or categories of data (`of`, `n` from 0): what is
    counted once the facts are forgotten. `name`: the category, where the pack knows it; `checks`: id → true, false, or
    null for unknown; `country`: of the authority. `finding` is null for what waits without a case."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="judged")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="judged")
    of = models.CharField(max_length=8)
    n = models.IntegerField()
    name = models.CharField(max_length=40, default="", blank=True)
    outcome = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="", blank=True)
    checks = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "of", "n"], name="judged_once", condition=models.Q(finding__isnull=False)
            )
        ]


class Deadline(models.Model):
    """One clock of a case, as the finding set it. Instants in UTC. `stopped_as`: for good, and why (`rules.STOPPED`);
    empty where it waits for the authority."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    name = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    due_target = models.DateTimeField(null=True)
    due_legal = models.DateTimeField(null=True)
    cite = models.CharField(max_length=120)
    stopped_at = models.DateTimeField(null=True)
    stopped_as = models.CharField(max_length=8, default="", db_default="", blank=True)
    met_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="deadline_of_case")]
        indexes = [
            models.Index(fields=["id"], name="deadline_review", condition=models.Q(name="review", met_at__isnull=True)),
            models.Index(
                fields=["id"], name="deadline_lift", condition=models.Q(name="lift-review", met_at__isnull=True)
            ),
        ]


class Draft(models.Model):
    """A letter as drafted or edited, for the finding of that version; the last row of each is shown and signed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    finding = models.IntegerField()
    letter = models.CharField(max_length=20)
    doc = models.CharField(max_length=32)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "letter", "-id"], name="draft_latest")]


class Term(models.Model):
    """A keyed hash by which a file number, URL, address or word of a name is found again, exactly."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True)
    request = models.ForeignKey(Request, on_delete=models.CASCADE)
    term = models.BinaryField(max_length=16)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["term"], name="term_lookup")]
        constraints = [
            models.UniqueConstraint(fields=["request", "case", "term"], name="term_once_a_case", nulls_distinct=False)
        ]
