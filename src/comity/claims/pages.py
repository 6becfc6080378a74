"""What the desk sees of one claim: what is quoted, the questions, what left, counsel's lane. Reads; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from comity import clock, language
from comity.cases import document
from comity.cases.models import Question
from comity.console import timeline
from comity.console import words as console_words
from comity.console.words import begun
from comity.ledger.models import Event
from comity.ledger.sentences import HOW
from comity.people.models import Person
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Field, Form, Line, Link, Next, Pair, Unit

from . import commands, passing, posts, privilege, read, rules, words
from .models import Claim, Note, Post, Sent

REASON = Field("reason", "Why", kind="long", rows=3, hint="One or two sentences; they stay with the claim")
LINES = 200
QUIET = ("privilege.noted",)  # in no timeline


@dataclass(frozen=True, slots=True)
class Quote:
    """One feature with its words and its place; `n` is its number. `note`: what is to be said of a day."""

    n: int
    name: str
    text: str
    where: str
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the two questions and what was said."""

    name: str
    title: str
    says: str
    answer: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log of privilege; `text` for counsel alone (None: it is not shown, or its time is over)."""

    by: str
    to: str
    kind: str
    basis: str
    at: datetime
    text: str | None


def page(claim: Claim, person: Person) -> dict[str, Any]:
    """A claim as somebody may see it: the words in it are for who may see content, counsel's notes for counsel."""
    there = _there(claim)
    sees = there and may(person, "content.view", claim)
    acts = there and may(person, "claim.act", claim) and not claim.joined_to_id
    return {
        "there": there,
        "claim": claim,
        "title": f"Claim {claim.id}",
        "by_line": _came(claim),
        "clock": _clock(claim),
        "next": _next(claim),
        "late": claim.appear_at is not None and claim.appear_at <= claim.received_at,
        "passed": claim.appear_at is not None and claim.appear_at <= clock.now(),
        "states": [state(track, getattr(claim.joined_to or claim, track)) for track in rules.TRACKS],
        "asked": _asked(claim),
        "request": Link(f"Request {claim.request_id}", f"/console/requests/{claim.request_id}"),
        "cases": _cases(claim),
        "joined": [Link(f"Claim {one.id}", read.url(one)) for one in claim.joined.order_by("received_at")],
        "sent": _sent(claim, person),
        "seen": _seen(claim) if sees else None,
        "acts": acts,
        "forms": _forms(claim, person) if acts else {},
        "log": _log(claim, person),
        "note": _note(claim) if may(person, "privilege.note", claim) else None,
        "timeline": _timeline(claim, reasons=sees),
    }


def _there(claim: Claim) -> bool:
    """Whether what came can still be opened; its states and its log stay when its time is over."""
    try:
        return document.peek(claim.request) is not None
    except vault.Gone:
        return False


def _came(claim: Claim) -> str:
    country = f" from {name_of(claim.country)}" if claim.country else ", from where nobody has said yet"
    against = f" · {words.AGAINST[claim.against].lower()}" if claim.against else ""
    return f"Came {words.DOORS.get(claim.door, claim.door)}{country}{against}"


def name_of(code: str) -> str:
    """A country's name in English."""
    return "Veltria" if code in commands.INVENTED else language.country(code)


def state(track: str, slug: str) -> dict[str, str]:
    """The state of one of its lives, with its tone and glyph."""
    tone, glyph = words.TONES[slug]
    return {"word": (words.COURT if track == rules.COURT else words.PRESSURE)[slug], "tone": tone, "glyph": glyph}


def _clock(claim: Claim) -> Clock | None:
    """The day that it names, while somebody of the desk has something to do."""
    if claim.appear_at is None or claim.joined_to_id or not rules.waits(claim.court, claim.pressure):
        return None
    long = claim.appear_at - claim.received_at > rules.SOON * 3
    unit: Unit = "days" if long else "hours"
    return Clock(due_target=claim.appear_at, due_legal=claim.appear_at, started=claim.received_at, unit=unit)


def _next(claim: Claim) -> Next:
    if claim.joined_to_id:
        return Next(
            "wait", f"It is the same as claim {claim.joined_to_id}: what is said and done there counts for both."
        )
    if "unsorted" in (claim.court, claim.pressure):
        return Next("ask", "Counsel or the head says which it is. Until then the clock runs as for court papers.")
    if claim.court == "with-counsel":
        return Next("ask", "Pass the papers to that person’s own counsel, inside the day that they name.")
    if claim.pressure == "registered":
        return Next("ask", "Read the letter that turns it to the lawful door, and send it.")
    return Next("wait", "Nothing is left to do on it. What is asked in it is judged by itself, in its own case.")


def _asked(claim: Claim) -> list[Asked]:
    known = {one.name: one for one in Question.objects.filter(request=claim.request_id)}
    made = []
    for name, (title, says) in words.ASKS.items():
        one = known.get(name)
        answer = words.ANSWERS.get(one.answer, "") if one else ""
        made.append(Asked(name, title, says, answer, _by(one.by) if one else "", one.at if one else None))
    return made


def _by(by: str) -> str:
    """Who, by role and jurisdiction, never by name."""
    found = Person.objects.filter(id=by.removeprefix("person:")).first() if by.startswith("person:") else None
    return console_words.person(found.roles[0].capitalize(), found.jurisdiction) if found and found.roles else by


def _cases(claim: Claim) -> list[Link]:
    ids = [*claim.request.joined.order_by("id").values_list("case_id", flat=True), *filter(None, [claim.case_id])]
    return [Link(f"Case {one}", f"/console/cases/{one}") for one in dict.fromkeys(ids)]


def _timeline(claim: Claim, *, reasons: bool) -> tuple[Line, ...]:
    found = Event.objects.filter(case=claim.id).exclude(kind__in=QUIET).order_by("id")[:LINES]
    return timeline.lines(found, reasons=reasons)


# -- what stands in it ------------------------------------------------------------------------------------------------


def _seen(claim: Claim) -> dict[str, Any]:
    kept = document.of(claim.request)
    reading, peek = kept["reading"] or {}, document.peek(claim.request)
    envelope = document.envelope(kept)
    sender = envelope.get("from") or {}
    said = dict(vault.get_json(claim.doc)) if claim.doc else {}
    return {
        "subject": str(envelope.get("subject") or peek.get("subject") or "no subject"),
        "pairs": (
            Pair("From", " ".join(filter(None, (str(sender.get("name") or ""), _address(sender, peek))))),
            Pair("Received", at=claim.received_at),
        ),
        "text": str(reading.get("text") or ""),
        "quotes": quotes(claim, kept),
        "unsearched": bool(commands.features(kept).get("unsearched")),
        "read": kept["reading"] is not None,
        "parts": [_part(claim, part) for part in reading.get("parts", ())[:50] if part.get("name") and part.get("n")],
        "reason": str(said.get("reason") or ""),
        "rests_on": [str(one.get("text") or "") for one in said.get("rests_on") or ()],
    }


def _address(sender: Mapping[str, Any], peek: Mapping[str, Any]) -> str:
    address = str(sender.get("address") or "")
    return "" if address.endswith(".invalid") else address or str(peek.get("from") or "")


def _part(claim: Claim, part: Mapping[str, Any]) -> Link:
    return Link(str(part["name"])[:120], f"/console/requests/{claim.request_id}/parts/{part['n']}")


def quotes(claim: Claim, kept: Mapping[str, Any]) -> list[Quote]:
    """What reading quotes of a claim, each with its place."""
    return [_quote(claim, n, one) for n, one in enumerate(commands.quoted(kept))]


def _quote(claim: Claim, n: int, one: Mapping[str, Any]) -> Quote:
    at = datetime.fromisoformat(one["at"]) if one.get("at") else None
    note = "It had passed when this came." if at and at <= claim.received_at else ""
    name = begun(", ".join(words.FEATURES.get(name, name).lower() for name in one["names"]))
    return Quote(n, name, str(one["text"]), str(one.get("where") or ""), note, at)


def _sent(claim: Claim, person: Person) -> list[dict[str, Any]]:
    """What left; on paper, or by telephone, what was said stands there for who may act."""
    rows = list(claim.sent.select_related("post").order_by("id"))
    opened = vault.get_many([row.doc for row in rows if row.doc]) if may(person, "claim.act", claim) else {}
    return [_left(row, opened, person, claim) for row in rows]


def _left(row: Sent, opened: Mapping[str, bytes], person: Person, claim: Claim) -> dict[str, Any]:
    shown = may(person, "post.view", claim)
    return {
        "what": words.SENT[row.what],
        "how": HOW[row.how],
        "post": row.post.title if row.post and shown else "",
        "at": row.at,
        "mail": f"/console/outbox/{row.mail}" if row.mail else "",
        "text": privilege.text_of(opened[row.doc]) if row.doc in opened else "",
    }


# -- counsel's lane ---------------------------------------------------------------------------------------------------


def _log(claim: Claim, person: Person) -> list[Logged] | None:
    """The log for the head and the auditor, with the notes for counsel; None for everybody else."""
    if may(person, "privilege.view", claim):
        return [_logged(note, text) for note, text in privilege.read(person, claim)]
    if may(person, "privilege-log.view", claim):
        return [_logged(note, None) for note in privilege.log(person, claim)]
    return None


def _logged(note: Note, text: str | None) -> Logged:
    names = words.TO[note.to], words.KINDS[note.kind], words.BASES[note.basis]
    return Logged(_by(note.by), *names, note.at, text)


def _note(claim: Claim) -> Form:
    fields = (
        Field("text", "The note", kind="long", rows=5, hint="For counsel alone"),
        _select("to", "To whom", words.TO),
        _select("kind", "What it is", words.KINDS),
        _select("basis", "On which basis it is privileged", words.BASES),
    )
    return Form(f"{read.url(claim)}/note", "Keep the note", fields, second=True, id="note")


def _select(name: str, label: str, options: Mapping[str, str], value: str = "", *, required: bool = True) -> Field:
    choices = tuple(Choice(key, text, key == value) for key, text in options.items())
    return Field(name, label, kind="select", choices=choices, required=required)


# -- what can be done -------------------------------------------------------------------------------------------------


def _forms(claim: Claim, person: Person) -> dict[str, Any]:
    held = posts.of_realm(claim.realm)
    can = {track: rules.LIVES[track].acts_in(getattr(claim, track)) for track in rules.TRACKS}
    return {
        "sort": _sort(claim),
        "day": _day(claim),
        "post": _post(claim, held) if held else None,
        "instruct": _instruct(claim) if "instruct" in can[rules.COURT] and claim.post else None,
        "posts": bool(held),
        "tell": _tell(claim) if claim.post and not rules.neither(claim.court, claim.pressure) else None,
        "letter": _letter(claim) if "answer" in can[rules.PRESSURE] else None,
        "ends": [_end(claim, track) for track in rules.TRACKS if "end" in can[track]],
        "alike": [(one, _join(claim, one)) for one in commands.alike(claim)],
        "join": Form(
            f"{read.url(claim)}/join",
            "Join it to this one",
            (Field("other", "Another claim’s number", hint="It is the same, come by another way"),),
            second=True,
            id="join",
        ),
        "link": Form(
            f"{read.url(claim)}/link",
            "Name the case",
            (Field("case", "Number of the case", hint="As C-7Q4M2HXK"),),
            second=True,
            id="link",
        ),
        "known": _known(claim.post) if claim.post and may(person, "post.view", claim) else (),
    }


def _sort(claim: Claim) -> Form:
    kept = document.of(claim.request)
    known = dict(Question.objects.filter(request=claim.request_id).values_list("name", "answer"))
    ticks = tuple(Choice(str(one.n), f"{one.name}: “{one.text[:90]}”") for one in quotes(claim, kept))
    fields = (
        _answer("court", known.get("court", "")),
        _answer("pressure", known.get("pressure", "")),
        *((Field("rests_on", "It rests on", kind="ticks", choices=ticks, required=False),) if ticks else ()),
        _select("against", "Against whom", words.AGAINST, claim.against, required=False),
        Field("country", "From which State", claim.country, required=False, hint="Two letters, as FR"),
        REASON,
    )
    first = "unsorted" in (claim.court, claim.pressure)
    return Form(f"{read.url(claim)}/sort", "Say so" if first else "Put it right", fields, second=not first, id="sort")


def _answer(name: str, value: str) -> Field:
    choices = tuple(Choice(slug, text, slug == value) for slug, text in words.ANSWERS.items())
    title, says = words.ASKS[name]
    return Field(name, title, kind="radio", choices=choices, hint=says)


def _instruct(claim: Claim) -> Form:
    first = claim.court == "with-counsel"
    button = "Send them the papers" if first else "Send them the papers again, with what came since"
    return Form(f"{read.url(claim)}/instruct", button, (_after(claim),), second=not first, id="instruct")


def _after(claim: Claim) -> Field:
    return Field("after", "", str(claim.sent.count()), kind="hidden")


def _day(claim: Claim) -> Form:
    """The value is set by the view, in the zone of who looks."""
    field = Field("day", "The day to appear, or by which something is asked", kind="instant", required=False)
    return Form(f"{read.url(claim)}/day", "Set the day", (field,), second=True, id="day")


def with_day(form: Form, claim: Claim, zone: ZoneInfo) -> Form:
    """The form with the day as it stands, in a viewer's zone."""
    at = claim.appear_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if claim.appear_at else ""
    [field] = form.fields
    named = Field(field.name, field.label, at, kind=field.kind, required=False, hint=f"Zone: {zone}. Blank: none")
    return Form(form.action, form.button, (named,), second=True, id=form.id)


def _post(claim: Claim, held: Sequence[Post]) -> Form:
    choices = tuple(Choice(str(one.pk), one.title, one.pk == claim.post_id) for one in held)
    field = Field("post", "Whom of ours it concerns", kind="select", choices=choices)
    return Form(f"{read.url(claim)}/post", "It concerns them", (field,), second=True, id="post")


def _known(post: Post) -> tuple[Pair, ...]:
    said = posts.opened(post)
    return (
        Pair("Post", post.title),
        Pair("Who holds it", said["who"]),
        Pair("Their own counsel", said["counsel"], code=said["counsel_address"]),
        Pair("Told by", code=said["channel"]),
    )


def _tell(claim: Claim) -> Form:
    assert claim.post is not None
    mail = "@" in posts.opened(claim.post)["channel"]
    how = {slug: text for slug, text in HOW.items() if slug in ("phone", "hand") or (slug == "mail" and mail)}
    hint = "By mail they are only asked to call their lawyer. Otherwise: when, and what was said"
    fields = (
        _after(claim),
        _select("how", "How they are told", how),
        Field("note", "What was said", kind="long", rows=2, required=False, hint=hint),
    )
    return Form(f"{read.url(claim)}/tell", "Tell the person", fields, second=True, id="tell")


def _letter(claim: Claim) -> dict[str, Any]:
    subject, text = passing.draft(claim)
    mail = passing.can_mail(claim)
    how = {slug: HOW[slug] for slug in (("mail",) if mail else ()) + ("post", "hand")}
    fields = (
        _after(claim),
        _select("how", "How it goes", how),
        Field("text", "The letter that goes out", text, kind="long", rows=18),
    )
    first = claim.pressure == "registered"
    button = "Send this letter" if first else "Send another letter"
    form = Form(f"{read.url(claim)}/answer", button, fields, second=not first, id="letter")
    return {"subject": subject, "form": form, "first": first, "language": passing.spoken(claim)}


def _end(claim: Claim, track: str) -> Form:
    button = "The process is over" if track == rules.COURT else "The pressure is over"
    fields = (Field("track", "", track, kind="hidden"), REASON)
    return Form(f"{read.url(claim)}/end", button, fields, second=True, id=f"end-{track}")


def _join(claim: Claim, other: Claim) -> Form:
    fields = (Field("other", "", other.id, kind="hidden"),)
    return Form(f"{read.url(claim)}/join", "It is the same", fields, second=True, id=f"join-{other.id}")
