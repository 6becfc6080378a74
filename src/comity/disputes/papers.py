"""The only writers of papers: submissions, their service, deadlines, exhibits, interim measures, the settlement lane.

What is handed in lies in the vault before anything is said of it, and is opened in a process of its own (`press`). A
paper of the settlement lane is known again by its bytes and by its words, and enters nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import clock
from comity.countries.commands import signed_as, words
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.regulations.legal_time import Period
from comity.vault import commands as vault

from . import commands, press, rules
from .commands import KEPT, TEXT, block, locked, one_of, tell
from .models import Dispute, Due, Exhibit, Interim, Offer, Service, Settlement, Submission

FILE_AT_MOST = 30 * 1024 * 1024
TITLE, SCOPE, MEASURE = 200, 500, 1000
WORDS, PLAIN = "typed", "text/plain"
LANE = lazy("it is a paper of the settlement lane, given without prejudice: it can enter no bundle, timeline or export")


@dataclass(frozen=True)
class File:
    """What somebody hands in: bytes, and what its name and sender say that it is."""

    data: bytes
    name: str = ""
    declared: str = ""


@dataclass(frozen=True)
class Held:
    """A paper that was looked at, and isn't in the vault yet."""

    data: bytes
    seen: press.Looked

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return sha256(self.data).hexdigest()

    def keep(self) -> str:
        """Put it into the vault; gives its reference."""
        return vault.put(self.data, clock.now() + KEPT)

    def columns(self) -> dict[str, Any]:
        """As the tables of papers have it, once it lies in the vault."""
        seen = self.seen
        shown = {"media": seen.media[:150], "pages": seen.pages, "wide": list(seen.wide), "fault": seen.fault}
        return {"doc": self.keep(), "sha256": self.sha256, "size": len(self.data), "words": seen.words, **shown}


def hold(file: File) -> Held:
    """Look at a file. Raises BadInput for an empty or too large one."""
    if not file.data:
        raise BadInput("file", _("choose a file that isn’t empty"))
    if len(file.data) > FILE_AT_MOST:
        raise BadInput("file", _("at most %(most)s MB") % {"most": FILE_AT_MOST // 1024 // 1024})
    return Held(file.data, press.look(file.data, file.name, file.declared))


def typed(text: str) -> Held:
    """Typed words as a paper. Raises BadInput."""
    data = block("text", text, TEXT, _("type what it says, or choose a file")).encode()
    return Held(data, press.Looked(PLAIN, 1, (), "", rules.of_words(data.decode())))


def refuse_lane(realm: str, field: str, held: Held) -> None:
    """Raises BadInput where a paper is one of the settlement lane, or holds one: the same bytes, or the same words.
    Terms that never stood are of it too."""
    known = [one for one in (held.sha256, held.seen.words, *held.seen.inside) if one]
    same = Q(sha256__in=known) | Q(words__in=known)
    if Offer.objects.filter(same, dispute__realm=realm).exists() or _terms(realm, known):
        raise BadInput(field, str(LANE))


def _terms(realm: str, known: Sequence[str]) -> bool:
    """Whether one of these is what terms say that don't stand."""
    terms = Settlement.objects.filter(dispute__realm=realm).exclude(state="standing").values_list("sha256", "terms")
    return any(sha in known or rules.of_words(text) in known for sha, text in terms)


# -- submissions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Served:
    """How and when a paper was served (UTC), and what it can be found by."""

    how: str
    at: datetime
    reference: str = ""


def served(how: str, at: str, reference: str) -> Served:
    """A service as somebody typed it; `at`: RFC 3339, or an instant without a zone in UTC. Raises BadInput."""
    one_of("how", how, rules.BY_HAND)
    try:
        instant = datetime.fromisoformat(at.strip())
        instant = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput("served_at", "a day and time as 2026-11-29T14:05, in UTC") from None
    if instant > clock.now() + timedelta(minutes=1):
        raise BadInput("served_at", "it must have been served already")
    if instant.year < 1990:
        raise BadInput("served_at", "not before 1990")
    return Served(how, instant, " ".join(reference.split())[:200])


def submit(person: Person, id: str, said: Mapping[str, str], file: File | None = None) -> Submission:
    """Enter a submission, of any side or the forum; the same one again is one, with one more service.

    `said`: side (us, state, forum), title, text and, of a service, how, served_at, reference; and what it calls for:
    `due_side` (us, state or empty), `period` (an id of the forum's) or `due_on` (a day that was set, ISO) with
    `due_text`. With a file, the text may be empty, or stands beside it. Raises NotAllowed, NotNow, BadInput,
    Dispute.DoesNotExist.
    """
    allow(person, "dispute.move", Dispute.objects.get(id=id))
    side = one_of("side", said.get("side", ""), rules.SIDES)
    title = words("title", said.get("title", ""), TITLE, "what it is, as “Statement of claim”, without personal data")
    service = served(said.get("how", ""), said.get("served_at", ""), said.get("reference", ""))
    held, beside = body(said.get("text", ""), file)
    with transaction.atomic():
        dispute = locked(id)
        wanted = _wanted(dispute, said, service)
        made = entered(dispute, side, title, held, beside, service, signed_as([person]), person.by)
        if wanted:
            _start(made, wanted, said["due_side"], person.by)
        return made


def body(text: str, file: File | None) -> tuple[Held, Held | None]:
    """A file with the typed words that stand beside it, or the words alone. Raises BadInput."""
    if file is None:
        return typed(text), None
    return hold(file), typed(text) if text.strip() else None


def entered(
    dispute: Dispute, side: str, title: str, held: Held, beside: Held | None, service: Served, who: str, by: str
) -> Submission:
    """Enter a submission in a locked dispute; the same one again gains a service. Raises NotNow, BadInput."""
    rules.OF_IT.after(dispute.state, "submit")
    refuse_lane(dispute.realm, "file", held)
    if beside is not None:
        refuse_lane(dispute.realm, "text", beside)
    same = Q(sha256=held.sha256) | (Q(words=held.seen.words, side=side) if held.seen.words else Q(pk=None))
    found = dispute.submissions.filter(same).order_by("n").first()
    if found is None:
        found = Submission.objects.create(
            dispute=dispute,
            n=dispute.submissions.count() + 1,
            side=side,
            title=title,
            **held.columns(),
            text=beside.keep() if beside else "",
            how=service.how,
            served_at=service.at,
            at=clock.now(),
            by=who,
        )
        told = {"side": side, "n": found.n, "how": service.how, "sha256": found.sha256}
        tell(dispute, "submission.entered", by, {"submission": found.pk}, **told)
    _serve(found, service, who, by)
    return found


def _serve(submission: Submission, service: Served, who: str, by: str) -> None:
    """One service of a submission; the earliest is the one that counts."""
    one = {"how": service.how, "at": service.at, "reference": service.reference}
    _, new = Service.objects.get_or_create(submission=submission, **one, defaults={"by": who})
    if not new:
        return
    if service.at < submission.served_at:
        submission.how, submission.served_at = service.how, service.at
        submission.save(update_fields=["how", "served_at"])
    told = {"side": submission.side, "n": submission.n, "how": service.how}
    tell(submission.dispute, "submission.served", by, {"submission": submission.pk}, **told)


# -- deadlines --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A deadline that a submission starts: what for, by which rule, and its ends (UTC)."""

    text: str
    cite: str
    ends: Period


def _wanted(dispute: Dispute, said: Mapping[str, str], service: Served) -> Wanted | None:
    """What a submission calls for. Raises BadInput."""
    if not said.get("due_side"):
        return None
    one_of("due_side", said["due_side"], rules.PARTIES)
    if said.get("due_on"):
        text = words("due_text", said.get("due_text", ""), TITLE, "what is due on that day")
        end = commands.end_of_day(dispute, "due_on", said["due_on"])
        if end <= service.at:
            raise BadInput("due_on", "a day that isn't over when the submission is served")
        return Wanted(text, "as the forum set it", Period(end, end))
    periods = {one.id: one for one in rules.forums().each[dispute.forum].periods}
    if said.get("period", "") not in periods:
        known = ", ".join(periods) or "none: type the day that was set"
        raise BadInput("period", f"a period of this forum ({known}), or a day that was set")
    period = periods[said["period"]]
    return Wanted(period.says["en"], period.cite, rules.counted(period, service.at, commands.place_of(dispute)))


def _start(submission: Submission, wanted: Wanted, side: str, by: str) -> Due | None:
    """Start a deadline once: the same submission, entered again by a later service, starts no second one."""
    dispute = submission.dispute
    if dispute.dues.filter(submission=submission, side=side, text=wanted.text).exists():
        return None
    due = Due.objects.create(
        dispute=dispute,
        submission=submission,
        side=side,
        text=wanted.text,
        cite=wanted.cite,
        started_at=submission.served_at,
        due_target=wanted.ends.due_target,
        due_legal=wanted.ends.due_legal,
        stopped_at=clock.now() if dispute.state == "stayed" else None,
    )
    tell(dispute, "dispute.due-set", by, {"due": due.pk}, side=side)
    return due


@transaction.atomic
def call_for(person: Person, id: str, submission: str, said: Mapping[str, str]) -> Due:
    """Start the deadline of a submission that is here, by its number, as one that came by a link; `said` as for
    `submit`. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    if dispute.state not in rules.OPEN:
        raise rules.OF_IT.not_now(dispute.state, "start a deadline")
    found = _with(dispute, submission)
    if found is None:
        raise BadInput("submission", "the number of a submission of this dispute")
    wanted = _wanted(dispute, said, Served(found.how, found.served_at))
    if wanted is None:
        raise BadInput("due_side", f"one of {', '.join(rules.PARTIES)}")
    made = _start(found, wanted, said["due_side"], person.by)
    if made is None:
        raise BadInput("submission", "it has that deadline already")
    return made


@transaction.atomic
def meet(person: Person, id: str, due_id: int) -> Due:
    """Say that what was due was done. Raises NotAllowed, NotNow, Dispute.DoesNotExist, Due.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    due = dispute.dues.select_for_update().get(pk=due_id)
    if due.met_at is not None or due.stopped_at is not None:
        raise rules.OF_IT.not_now(f"{dispute.state}, and that deadline runs no more", "meet a deadline")
    due.met_at = clock.now()
    due.save(update_fields=["met_at"])
    tell(dispute, "dispute.due-met", person.by, {"due": due.pk}, side=due.side)
    return due


# -- exhibits ---------------------------------------------------------------------------------------------------------


def exhibit(
    person: Person, id: str, title: str, side: str, file: File | None = None, of: str = "", submission: str = ""
) -> Exhibit:
    """Put something in evidence: a file or, by its number, a paper that is here already (`of`: “submission 2”).

    “offer 1” is refused, as one of the settlement lane. `submission`: the number of the one it goes with.

    The same exhibit again is one. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist.
    """
    dispute = Dispute.objects.get(id=id)
    allow(person, "dispute.move", dispute)
    one_of("side", side, rules.PARTIES)
    said = words("title", title, TITLE, "what it shows, without personal data")
    if of.strip():
        file = _already(dispute, of)
    held = hold(file or File(b""))
    with transaction.atomic():
        dispute = locked(id)
        rules.OF_IT.after(dispute.state, "submit")
        refuse_lane(dispute.realm, "file", held)
        found = dispute.exhibits.filter(sha256=held.sha256).first()
        if found is not None:
            return found
        made = Exhibit.objects.create(
            dispute=dispute,
            n=dispute.exhibits.count() + 1,
            side=side,
            title=said,
            **held.columns(),
            submission=_with(dispute, submission),
            at=clock.now(),
            by=signed_as([person]),
        )
        told = {"side": side, "n": made.n, "sha256": made.sha256}
        tell(dispute, "exhibit.entered", person.by, {"exhibit": made.pk}, **told)
        return made


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _with(dispute: Dispute, number: str) -> Submission | None:
    if not number:
        return None
    found = dispute.submissions.filter(n=_number(number)).first()
    if found is None:
        raise BadInput("submission", "the number of a submission of this dispute")
    return found


def _already(dispute: Dispute, of: str) -> File:
    """A paper that is here already. Raises BadInput, for one of the settlement lane too."""
    kind, _, number = " ".join(of.lower().split()).partition(" ")
    if kind == "offer":
        raise BadInput("of", str(LANE))
    found: Submission | Exhibit | None = None
    if kind == "submission":
        found = dispute.submissions.filter(n=_number(number)).first()
    elif kind == "exhibit":
        found = dispute.exhibits.filter(n=_number(number)).first()
    if found is None:
        raise BadInput("of", "a paper of this dispute, as “submission 2”")
    return File(vault.get(found.doc), "", found.media)


# -- the settlement lane ----------------------------------------------------------------------------------------------


def offer(person: Person, id: str, title: str, side: str, file: File | None = None, text: str = "") -> Offer:
    """Keep a paper of the settlement lane: without prejudice, for those who settle alone. The same again is one.

    Its event belongs to no dispute's timeline. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist.
    """
    allow(person, "dispute.agree", Dispute.objects.get(id=id))
    one_of("side", side, rules.PARTIES)
    said = words("title", title, TITLE, "what it is, without personal data")
    held = hold(file) if file else typed(text)
    with transaction.atomic():
        return laid(locked(id), side, said, held, signed_as([person]), person.by)


def laid(dispute: Dispute, side: str, title: str, held: Held, who: str, by: str) -> Offer:
    """Lay a paper in the lane of a locked dispute. Raises NotNow, BadInput."""
    if dispute.state in rules.ENDED:
        raise rules.OF_IT.not_now(dispute.state, "offer a settlement")
    same = Q(sha256=held.sha256) | (Q(words=held.seen.words) if held.seen.words else Q(pk=None))
    if dispute.submissions.filter(same).exists() or dispute.exhibits.filter(same).exists():
        raise BadInput("file", "it was put in openly already, and can't be made a paper without prejudice")
    if (found := dispute.offers.filter(sha256=held.sha256).first()) is not None:
        return found
    made = Offer.objects.create(
        dispute=dispute,
        n=dispute.offers.count() + 1,
        side=side,
        title=title,
        **held.columns(),
        at=clock.now(),
        by=who,
    )
    record("offer.kept", realm=dispute.realm, by=by, sealed={"dispute": dispute.number, "offer": made.pk})
    return made


# -- interim measures -------------------------------------------------------------------------------------------------


@transaction.atomic
def interim(person: Person, id: str, said: Mapping[str, str]) -> Interim:
    """Record a measure for the time being: narrow, dated, and ending by itself.

    `said`: side (whose word it is: us, state, forum), text, scope (what exactly, and where), until (a day, ISO) at most
    as far off as forums.yaml allows. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist.
    """
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    rules.OF_IT.after(dispute.state, "interim")
    now, most = clock.now(), rules.forums().interim_days
    until = commands.end_of_day(dispute, "until", said.get("until", ""))
    if not now < until <= now + timedelta(days=most + 1):
        raise BadInput("until", f"a day from today on, at most {most} days off; it can be made anew then")
    made = Interim.objects.create(
        dispute=dispute,
        side=one_of("side", said.get("side", ""), rules.SIDES),
        text=words("text", said.get("text", ""), MEASURE, "what is done or left undone; it is published"),
        scope=words("scope", said.get("scope", ""), SCOPE, "what exactly it touches, and where; it is published"),
        starts=now,
        until=until,
        by=signed_as([person]),
    )
    tell(dispute, "interim.made", person.by, {"interim": made.pk}, side=made.side, until=until.date().isoformat())
    return made


@transaction.atomic
def lift(person: Person, id: str, interim_id: int) -> Interim:
    """End an interim measure before its day. Raises NotAllowed, NotNow, Dispute.DoesNotExist, Interim.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    found = dispute.interims.select_for_update(of=("self",)).select_related("dispute__relation").get(pk=interim_id)
    if found.state != "standing":
        raise rules.OF_IT.not_now(f"{dispute.state}, and that measure has ended", "lift an interim measure")
    commands.end_interim(found, "lifted", person.by)
    return found
