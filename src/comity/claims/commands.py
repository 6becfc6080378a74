"""Claims opened, sorted, dated, joined, ended. Each act is one transaction, which locks a request before its claim.

What leaves for a claim stands in `passing.py`, counsel's notes in `privilege.py`, what is typed in, in `entering.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.authorities import commands as register
from comity.cases import asking, document
from comity.cases import commands as cases
from comity.cases.models import Case, Question, Request, RequestDeadline
from comity.cases.rules import VERIFIED
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.outbox.rules import line
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms.territory import COUNTRIES
from comity.vault import commands as vault

from . import rules
from .models import Claim, Post

REASON = 2_000  # characters
INVENTED = frozenset({"XV"})  # in the demo only
FURTHEST = timedelta(days=3 * 366)
AT_ONCE = 200
CALLED = "called-on"  # what reading calls a day that stands with a call to appear


def locked(claim_id: str) -> Claim:
    """A claim, its request's row and its own locked until the transaction ends."""
    known = Claim.objects.get(id=claim_id)
    request = cases.locked(known.request_id)
    claim = Claim.objects.select_for_update().get(id=claim_id)
    claim.request = request
    return claim


def acted_on(person: Person, claim_id: str, act: str) -> Claim:
    """A claim, locked, on which somebody may act. Raises NotAllowed, and BadInput where another is acted on for it."""
    claim = locked(claim_id)
    allow(person, act, claim)
    if claim.joined_to_id:
        raise BadInput("claim", f"it is the same as {claim.joined_to_id}: act there")
    return claim


def tell(claim: Claim, kind: str, by: str, **told: Any) -> Event:
    """Record what happened to a claim, with its request."""
    sealed: dict[str, Any] = {name: told.pop(name) for name in ("reason",) if name in told}
    return record(kind, realm=claim.realm, by=by, case=claim.id, request=claim.request_id, public=told, sealed=sealed)


def words(field: str, text: str, most: int, hint: str) -> str:
    """A few sentences as somebody typed them. Raises BadInput."""
    said = text.replace("\r", "").strip()
    if not said:
        raise BadInput(field, hint)
    if len(said) > most:
        raise BadInput(field, f"at most {most:,} characters")
    return said


def one_of(field: str, value: str, known: Iterable[str]) -> None:
    """Raises BadInput unless a value is one of those that are known."""
    if value not in (offered := tuple(known)):
        raise BadInput(field, f"one of {', '.join(filter(None, offered))}")


def sealed_reason(claim: Claim, text: str) -> str:
    """Why somebody did something, sealed; its reference. Raises BadInput."""
    said = words("reason", text, REASON, "say why, in a sentence or two")
    return vault.put_json({"text": said}, claim.request.until)


# -- opened -----------------------------------------------------------------------------------------------------------


@step("claim", cases.of)
def open_found(event: Event, request: Request, say: Tell) -> None:
    """What a mail speaks of, or a person saw in it, has its claim; one opened before it was read has what was read."""
    claim, new = opened(request)
    if new:
        say("claim.opened", case=claim.id, public={"door": claim.door})


def opened(request: Request) -> tuple[Claim, bool]:
    """The claim of a locked request, with what reading found of it, and whether it was opened just now."""
    claim = Claim.objects.select_for_update().filter(request=request).first()
    new = claim is None
    if claim is None:
        claim = Claim(realm=request.realm, request=request, door=request.door, received_at=request.received_at)
    kept = document.of(request)
    claim.appear_at = claim.appear_at if claim.dated else appears(request, kept)
    claim.against = claim.against or _against(kept)
    claim.country = claim.country or _country(request)
    claim.keys = _keys(request, kept, claim.appear_at)
    claim.save(force_insert=new)
    if claim.appear_at and claim.appear_at <= claim.received_at and not claim.dated:
        asking.name_day(request, claim.appear_at)  # of a day that has passed nothing else says that it is late
    return claim, new


def _country(request: Request) -> str:
    """From where it comes, where the register knows its sender; else nobody has said so yet."""
    entry = register.entry(request.authority) if request.authority and request.grade in VERIFIED else None
    return entry.country if entry else ""


def open_by_hand(person: Person, request_id: str) -> Claim:
    """Say of a request that it may be a claim on one of our people, whatever words found. Raises NotAllowed."""
    with transaction.atomic():
        request = cases.locked(request_id)
        allow(person, "claim.open", request)
        return begun(request, person.by)


def begun(request: Request, by: str) -> Claim:
    """The claim of a locked request that a person opens; the desk is alerted."""
    asking.put_about_a_person(request, by)
    claim, new = opened(request)
    if new:
        tell(claim, "claim.opened", by, door=claim.door)
    return claim


def features(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """What reading quotes of a claim: `{"searched", "features"}`; empty where it didn't look."""
    return dict((kept["reading"] or {}).get("claims") or {})


def quoted(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is quoted, each place once: `names` of the features that stand there, `text`, `where`, and `at` of a day."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in features(kept).get("features", ()):
        key = (str(one["text"]), str(one.get("where")), str(one.get("at") or ""))
        found.setdefault(key, {**one, "names": []})["names"].append(one["name"])
    return list(found.values())


def appears(request: Request, kept: Mapping[str, Any]) -> datetime | None:
    """The day that a claim names as read (UTC): the first ahead that stands with a call to appear, else the first ahead
    of all, else one that had passed when it came, if it stands with a call."""
    called = [datetime.fromisoformat(one["at"]) for one in features(kept).get("features", ()) if one["name"] == CALLED]
    if ahead := [at for at in called if at > request.received_at]:
        return min(ahead)
    named = RequestDeadline.objects.filter(request=request, theirs=True).order_by("due_target").first()
    return named.due_target if named else max(called, default=None)


def _against(kept: Mapping[str, Any]) -> str:
    said = (kept["reading"] or {}).get("person_claim") or {}
    against = str(said.get("against") or "")
    return against if against in rules.AGAINST else ""


def _keys(request: Request, kept: Mapping[str, Any], appear: datetime | None) -> list[bytes]:
    """By what the same claim is known again, come by another way."""
    numbers = {str(one.get("value") or "") for one in features(kept).get("features", ()) if one["name"] == "number"}
    sender = str((document.envelope(kept).get("from") or {}).get("address") or "").lower()
    told = {f"number:{''.join(filter(str.isalnum, one.casefold()))}" for one in numbers if one}
    told |= {f"sender:{sender}"} if sender and not sender.endswith(".invalid") else set()
    told |= {f"day:{appear:%Y-%m-%d}"} if appear else set()
    return [vault.keyed_hash(f"claim:{request.realm}:{one}") for one in sorted(told)]


# -- sorted -----------------------------------------------------------------------------------------------------------


def sort(
    person: Person,
    claim_id: str,
    court: str,
    pressure: str,
    reason: str,
    *,
    country: str = "",
    against: str = "",
    rests_on: Iterable[int] = (),
) -> Claim:
    """Say whether there is process against the person, and whether harm is held out: yes, no or unsure, each by itself.

    `rests_on`: the numbers of the quoted places it rests on. It can be put right until papers or a letter have left.
    Raises NotAllowed, BadInput, NotNow.
    """
    said = {rules.COURT: court, rules.PRESSURE: pressure}
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.sort")
        for track, answer in said.items():
            one_of(track, answer, rules.ANSWERS)
        one_of("against", against, rules.AGAINST)
        why = words("reason", reason, REASON, "say why, in a sentence or two; quote what it rests on")
        for track, answer in said.items():
            _sorted(claim, track, answer)
        claim.country = country_of(country, claim.realm) if country else claim.country
        claim.against = against or claim.against
        claim.sorted_by, claim.sorted_at = person.by, clock.now()
        quoted = _quoted(claim, rests_on)
        claim.doc = vault.put_json({"reason": why, "rests_on": quoted}, claim.request.until)
        claim.save()
        for request in requests_of(claim):
            _said(request, said, claim, person.by)
        settle_alert(claim)
        tell(claim, "claim.sorted", person.by, court=court, pressure=pressure, reason=sealed_reason(claim, why))
        return claim


def _sorted(claim: Claim, track: str, answer: str) -> None:
    """Move one life by an answer; the same answer once more moves nothing."""
    before = getattr(claim, track)
    if answer == "yes" and before in ("with-counsel", "instructed", "registered", "answered", "ended"):
        return
    if answer == "no" and before == "none":
        return
    setattr(claim, track, rules.LIVES[track].after(before, answer))


def _quoted(claim: Claim, rests_on: Iterable[int]) -> list[Any]:
    found = quoted(document.of(claim.request))
    return [found[n] for n in sorted(set(rests_on)) if 0 <= n < len(found)]


def _said(request: Request, said: Mapping[str, str], claim: Claim, by: str) -> None:
    asking.said_of_a_person(request, said, by)
    if rules.neither(claim.court, claim.pressure):
        asking.no_claim(request)
    else:
        asking.a_claim_after_all(request)
    if claim.court in ("instructed", "ended"):
        asking.passed_on(request)


def requests_of(claim: Claim) -> Iterator[Request]:
    """The request of a locked claim, and those of the claims that are the same, each locked."""
    yield claim.request
    for id in claim.joined.order_by("request_id").values_list("request_id", flat=True):
        yield cases.locked(id)


def country_of(code: str, realm: str) -> str:
    """A country's code. Raises BadInput."""
    if code in COUNTRIES or (realm == "demo" and code in INVENTED):
        return code
    raise BadInput("country", "a code of ISO 3166-1, two capital letters, as FR")


def set_day(person: Person, claim_id: str, at: datetime | None) -> Claim:
    """Set the day on which somebody is to appear, or by which something is asked (UTC); None: it names none.

    A day that has passed is kept too, and said to be so. Raises NotAllowed, BadInput.
    """
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        now = clock.now()
        if at is not None and not claim.received_at - FURTHEST < at < now + FURTHEST:
            raise BadInput("day", "within three years")
        claim.appear_at, claim.dated, claim.told_soon = at, True, False
        claim.save(update_fields=["appear_at", "dated", "told_soon"])
        asking.name_day(claim.request, at)
        if claim.court in ("instructed", "ended"):
            asking.passed_on(claim.request)
        elif rules.neither(claim.court, claim.pressure):
            asking.no_claim(claim.request)
        settle_alert(claim)
        tell(claim, "claim.dated", person.by)
        return claim


def of_post(person: Person, claim_id: str, post_id: int) -> Claim:
    """Say which post of ours it is about. Raises NotAllowed, BadInput."""
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        claim.post = post_of(claim, post_id)
        claim.save(update_fields=["post"])
        tell(claim, "claim.concerns", person.by)
        return claim


def post_of(claim: Claim, post_id: int) -> Post:
    """A post of the claim's realm. Raises BadInput."""
    post = Post.objects.filter(realm=claim.realm, id=min(post_id, 2**62)).first()
    if post is None:
        raise BadInput("post", "choose one for which counsel has set who that person's lawyer is")
    return post


# -- one that came by two ways ----------------------------------------------------------------------------------------


def alike(claim: Claim) -> list[Claim]:
    """The claims that may be the same: with a file number, a sender or a day in common, within two months."""
    near = (claim.received_at - rules.ALIKE, claim.received_at + rules.ALIKE)
    found = Claim.objects.filter(realm=claim.realm, received_at__range=near, joined_to=None)
    found = found.filter(keys__overlap=list(claim.keys)) if claim.keys else found.none()
    return list(found.exclude(id=claim.id).order_by("received_at", "id")[:10])


def join(person: Person, claim_id: str, other_id: str) -> Claim:
    """Say that `other` is the same claim, come by another way; what is said and done of the one counts for both. Once.

    Raises NotAllowed, BadInput.
    """
    allow(person, "claim.act", Claim.objects.get(id=claim_id))
    if claim_id == other_id:
        raise BadInput("claim", "it is the same already")
    with transaction.atomic():
        ids = dict(Claim.objects.filter(id__in=(claim_id, other_id)).values_list("id", "request_id"))
        if len(ids) < 2:
            raise BadInput("claim", "there is none of that number")
        for request in sorted(ids.values()):
            cases.locked(request)
        claim, other = acted_on(person, claim_id, "claim.act"), locked(other_id)
        _verify_joinable(claim, other)
        other.joined_to = claim
        other.save(update_fields=["joined_to"])
        if claim.appear_at is None or (other.appear_at and not claim.dated and other.appear_at < claim.appear_at):
            claim.appear_at = other.appear_at
        claim.keys = list({bytes(key): key for key in (*claim.keys, *other.keys)}.values())
        claim.save(update_fields=["appear_at", "keys"])
        _said_before(claim, other, person.by)
        tell(other, "claim.joined", person.by, to=claim.id)
        return claim


def _verify_joinable(claim: Claim, other: Claim) -> None:
    if other.realm != claim.realm:
        raise BadInput("claim", "of another realm")
    if other.joined_to_id:
        raise BadInput("claim", f"{other.id} is joined to {other.joined_to_id} already")
    if other.sent.exists():
        raise BadInput("claim", f"something has left for {other.id}: join {claim.id} to it instead")


def _said_before(claim: Claim, other: Claim, by: str) -> None:
    """What was said of the one is said of the other; what had joined the other joins the one."""
    other.joined.update(joined_to=claim)
    answers = dict(Question.objects.filter(request=claim.request_id).values_list("name", "answer"))
    said = {track: answers.get(track, "") for track in rules.TRACKS}
    for request in (other.request, *(cases.locked(one.request_id) for one in other.joined.all())):
        if "" not in said.values():
            _said(request, said, claim, by)
        if not rules.waits(claim.court, claim.pressure) and not rules.neither(claim.court, claim.pressure):
            asking.dealt_with(request)


def link(person: Person, claim_id: str, case_id: str) -> Claim:
    """Name the case in which the demand inside is judged on its merits. Raises NotAllowed, BadInput."""
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        case = Case.objects.filter(id=case_id.strip().upper(), realm=claim.realm).first()
        if case is None:
            raise BadInput("case", "there is no case of that number in this realm, as C-7Q4M2HXK")
        claim.case = case
        claim.save(update_fields=["case"])
        tell(claim, "claim.linked", person.by, to=case.id)
        return claim


# -- ended ------------------------------------------------------------------------------------------------------------


def end(person: Person, claim_id: str, track: str, reason: str) -> Claim:
    """End one of its lives: the process is over, or the pressure has gone. Raises NotAllowed, BadInput, NotNow."""
    with transaction.atomic():
        claim = acted_on(person, claim_id, "claim.act")
        one_of("track", track, rules.TRACKS)
        setattr(claim, track, rules.LIVES[track].after(getattr(claim, track), "end"))
        claim.save(update_fields=[track])
        tell(claim, "claim.ended", person.by, track=track, reason=sealed_reason(claim, reason))
        return claim


# -- by the clock -----------------------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """Tell once more, a day before, of what names a day and was not passed on. `now`: UTC."""
    near = Claim.objects.filter(appear_at__lte=now + rules.SOON, told_soon=False, joined_to=None)
    for id in near.filter(court__in=("unsorted", "with-counsel")).values_list("id", flat=True)[:AT_ONCE]:
        _near(id, now)


def settle_alert(claim: Claim) -> None:
    """The alert that its day is near goes by itself, once papers have left or there are none."""
    if not rules.soon(claim.appear_at, claim.court, clock.now()):
        alerts.settle(claim.realm, "claim.due", claim.id)


@transaction.atomic
def _near(id: str, now: datetime) -> None:
    claim = locked(id)
    if claim.told_soon or not rules.soon(claim.appear_at, claim.court, now):
        return
    claim.told_soon = True
    claim.save(update_fields=["told_soon"])
    if not rules.neither(claim.court, claim.pressure):
        tell(claim, "claim.due", "gateway")


def said_line(field: str, text: str, most: int, hint: str) -> str:
    """One line as somebody typed it. Raises BadInput."""
    return line(words(field, text, most, hint), most)
