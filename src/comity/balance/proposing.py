"""The only writers of proposals, from the first words to the end: each act is one transaction with its event.

The hash that is published is the hash that is voted on and the hash that is adopted: `verify_same` looks at the bytes
themselves before each of these steps, and refuses where one differs.
"""

import secrets
from base64 import b32encode
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import clock
from comity.adoption import commands as adoption
from comity.adoption import trial
from comity.adoption.models import Draft
from comity.alerts import commands as alerts
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.regulations.packs import NoPack
from comity.vault import commands as vault

from . import bounds, rules, whatif
from .models import Crossing, Proposal

GATEWAY, OUTSIDE = "gateway", "outside"
SHOWN = 50
KEPT = timedelta(days=3650)  # what was proposed in public stays readable for as long as a rule is likely to stand


_NOT_THE_SAME = lazy("the draft %(draft)s is not, byte for byte, the text of %(id)s")


def locked(id: str) -> Proposal:
    """A proposal's row, locked until the transaction ends. Raises Proposal.DoesNotExist."""
    return Proposal.objects.select_for_update().get(id=id)


def tell(found: Proposal, kind: str, by: str, *, once: str | None = None, **told: Any) -> Event:
    """Record an event about a proposal. `act`, `draft` and `comment` are sealed ids, whatever they are called."""
    return record(
        kind, realm=found.realm, by=by, case=found.id, once=once, public={"regulation": found.regulation, **told}
    )


def move(found: Proposal, act: str) -> None:
    """Take a step of its life cycle. Raises NotNow."""
    found.state = rules.OF_PROPOSAL.after(found.state, act)


def _days(name: str) -> timedelta:
    return timedelta(days=rules.data()[f"{name}_days"])


# -- received ---------------------------------------------------------------------------------------------------------


def written(text: str, field: str, most: int) -> str:
    """What somebody outside typed, whole. Raises BadInput."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput(field, _("write it in your own words"))
    if len(words) > most:
        raise BadInput(field, _("at most %(most)s characters, this has %(n)s") % {"most": most, "n": len(words)})
    return words


@transaction.atomic
def receive(
    realm: str,
    lane: str,
    regulation: str,
    title: str,
    words: str,
    *,
    by: str = OUTSIDE,
    country: str = "",
    counter_to: str = "",
    crossing: int | None = None,
) -> tuple[Proposal, str]:
    """Store a proposal; gives it and the secret by which whoever made it follows it. Raises BadInput.

    Lane `authority` is for what came by a link sent to a State's registered address; its page shows it.
    """
    if lane not in rules.LANES:
        raise BadInput("lane", f"one of {', '.join(rules.LANES)}")
    try:
        in_force.library(realm).in_force(regulation, clock.now())
    except NoPack:
        raise BadInput("regulation", _("choose one of our regulations that is in force")) from None
    other = Proposal.objects.filter(id=counter_to, realm=realm).exclude(state__in=rules.OVER).first()
    if counter_to and other is None:
        raise BadInput("counter_to", _("no open proposal has this number"))
    token = b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    now = clock.now()
    made = Proposal.objects.create(
        realm=realm,
        lane=lane,
        country=country,
        regulation=regulation,
        title=" ".join(written(title, "title", rules.TITLE_AT_MOST).split()),
        doc=vault.put(written(words, "words", rules.WORDS_AT_MOST).encode(), now + KEPT),
        by=by,
        token_hash=_hash(token),
        counter_to=other,
        crossing=Crossing.objects.filter(pk=crossing, bound__realm=realm).first() if crossing else None,
        received_at=now,
        admit_by=now + timedelta(hours=rules.data()["admit_hours"]),
    )
    tell(made, "proposal.received", by, lane=lane)
    return made, token


def _hash(token: str) -> bytes:
    return vault.keyed_hash(f"proposal:{token}")


def by_token(token: str) -> Proposal | None:
    """The proposal whose secret this is."""
    known = len(token) == 26 and token.isascii()
    return Proposal.objects.filter(token_hash=_hash(token)).first() if known else None


def with_token(id: str, token: str) -> str:
    """Who acts with a proposal's secret, as events name them. Raises BadInput."""
    found = by_token(token)
    if found is None or found.id != id:
        raise BadInput("link", _("this link is not that of the proposal"))
    return OUTSIDE if found.lane != "authority" else f"state:{found.country}"


def words_of(found: Proposal) -> str | None:
    """The words as they came; None: deleted at their end date."""
    try:
        return bytes(vault.get(found.doc)).decode()
    except vault.Gone:
        return None


# -- admitted, or refused on a listed ground --------------------------------------------------------------------------


@transaction.atomic
def admit(person: Person, id: str) -> Proposal:
    """Admit a proposal. Raises NotAllowed, NotNow."""
    found = locked(id)
    allow(person, "proposal.admit", found)
    move(found, "admit")
    found.save()
    _calm(found)
    tell(found, "proposal.admitted", person.by)
    return found


@transaction.atomic
def refuse(person: Person, id: str, ground: str, why: str) -> Proposal:
    """Refuse a proposal on a listed ground, never on its merit; the reason is published. Raises NotAllowed, NotNow,
    BadInput."""
    found = locked(id)
    allow(person, "proposal.admit", found)
    if ground not in rules.data()["refuse"]:
        raise BadInput("ground", f"one of {', '.join(rules.data()['refuse'])}")
    move(found, "refuse")
    found.ground, found.why, found.over_at = ground, bounds.reason_of(why, "why"), clock.now()
    found.save()
    _calm(found)
    tell(found, "proposal.refused", person.by, ground=ground)
    return found


def _calm(found: Proposal) -> None:
    for kind in ("proposal.received", "proposal.late"):
        alerts.settle(found.realm, kind, found.id)


@transaction.atomic
def alert(event: Event) -> None:
    """A proposal waits to be admitted: on every page of the desk, if it still does. Whoever was quicker than this has
    settled it already."""
    found = locked(str(event.case))
    if found.state == "received":
        alerts.raise_alert(event, thing=found.id, proven=True)


# -- shaped -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def shape(person: Person, id: str, draft: int, ends_on: date | None = None) -> Proposal:
    """Make a tried draft of the regulation what the words ask for; who proposed it is asked to confirm.

    Raises NotAllowed, NotNow, BadInput.
    """
    found = locked(id)
    allow(person, "proposal.shape", found)
    if found.draft not in (None, draft):
        adoption.release(found.draft, found.id)
    of = Draft.objects.filter(pk=draft, realm=found.realm, regulation=found.regulation).first()
    if of is None:
        raise BadInput("draft", "no draft of this regulation has this number")
    move(found, "shape")
    fixed = adoption.fix(draft, found.id, ends_on or (clock.now().date() + timedelta(days=rules.data()["sunset_days"])))
    found.draft, found.sha256, found.ends_on = fixed.pk, fixed.sha256, fixed.ends_on
    found.shaped_at, found.confirmed_at = clock.now(), clock.now() if found.lane == "desk" else None
    found.save()
    tell(found, "proposal.shaped", person.by, sha256=fixed.sha256, draft=fixed.number)
    return found


@transaction.atomic
def confirm(id: str, by: str) -> Proposal:
    """Who proposed it says: the draft is what I mean. Raises NotNow, BadInput."""
    found = locked(id)
    if found.state != "shaped":
        raise rules.OF_PROPOSAL.not_now(found.state, "confirm")
    verify_same(found)
    found.confirmed_at = found.confirmed_at or clock.now()
    found.save(update_fields=["confirmed_at"])
    tell(found, "proposal.confirmed", by, once=f"confirmed:{found.id}:{found.sha256}", sha256=found.sha256)
    return found


def draft_of(found: Proposal) -> Draft:
    """The change that a proposal is. Raises BadInput."""
    draft = Draft.objects.filter(pk=found.draft).first() if found.draft else None
    if draft is None:
        raise BadInput("draft", _("no draft was made of it yet"))
    return draft


def verify_same(found: Proposal) -> Draft:
    """The draft, after looking at its very bytes. Raises BadInput where one is not what was published."""
    draft = draft_of(found)
    if not sha256(draft.text.encode()).hexdigest() == draft.sha256 == found.sha256:
        raise BadInput("sha256", _NOT_THE_SAME % {"draft": draft.number, "id": found.id})
    return draft


def base_moved(found: Proposal, draft: Draft) -> bool:
    """Whether another version came in force than the one that the draft changes: then it would undo that one."""
    at = max(clock.now(), in_force.midnight(clock.now().date()))
    try:
        return in_force.library(found.realm).in_force(found.regulation, at).sha256 != draft.base_sha256
    except NoPack:
        return True


def verify_base(found: Proposal, draft: Draft) -> None:
    """Raises BadInput where a draft changes a version that is no longer in force."""
    if base_moved(found, draft):
        raise BadInput("draft", "another version came in force since; shape the proposal anew on that one")


# -- published --------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(person: Person, id: str) -> Proposal:
    """Publish the draft with what differs, its trial on the past and its what-if, and open the consultation.

    Raises NotAllowed, NotNow, BadInput.
    """
    found = locked(id)
    allow(person, "proposal.shape", found)
    rules.OF_PROPOSAL.after(found.state, "publish")
    draft = verify_same(found)
    verify_base(found, draft)
    now = clock.now()
    if found.confirmed_at is None and (found.shaped_at or now) + _days("confirm") > now:
        raise BadInput("confirmed", "who proposed it hasn't confirmed the draft yet, and their time isn't over")
    found.what_if = what_if(found.realm, draft).as_json()
    move(found, "publish")
    found.round, found.published_at, found.closes_at = F("round") + 1, now, now + _days("consult")
    found.save()
    found.refresh_from_db()
    until = f"{found.closes_at:%Y-%m-%dT%H:%M:%SZ}" if found.closes_at else ""
    tell(found, "proposal.published", person.by, sha256=found.sha256, until=until)
    return found


def what_if(realm: str, draft: Draft) -> whatif.WhatIf:
    """The past year under a draft. Raises BadInput, NoPack."""
    old, new = adoption.versions_of(draft)
    rows = whatif.past(realm, draft.regulation, clock.now().date())
    if whatif.same_questions(old, new):
        return whatif.by_codes(rows, old, new)
    tried: dict[tuple[str, str], int] = {}
    for row in trial.told(old, new, trial.past(realm, draft.regulation)):
        key = (row.effect.before, row.effect.after)
        tried[key] = tried.get(key, 0) + 1
    return whatif.by_facts(rows, tried)


@transaction.atomic
def edit(person: Person, id: str, why: str) -> Proposal:
    """Send an answered proposal back to be shaped anew: what was published no longer stands, and comments stay.

    Raises NotAllowed, NotNow, BadInput.
    """
    found = locked(id)
    allow(person, "proposal.shape", found)
    move(found, "edit")
    go_back(found, bounds.reason_of(why, "why"))
    found.save()
    tell(found, "proposal.edited", person.by)
    return found


def go_back(found: Proposal, why: str) -> None:
    """Let the draft of a locked proposal go, so that it can be shaped anew; the caller saves it."""
    if found.draft:
        adoption.release(found.draft, found.id)
    found.why, found.sha256, found.confirmed_at, found.what_if = why, "", None, {}
    found.draft, found.closes_at, found.vote_ends_at = None, None, None


@transaction.atomic
def withdraw(id: str, by: str) -> Proposal:
    """Who made it takes it back, before it is voted on. Raises NotNow."""
    found = locked(id)
    move(found, "withdraw")
    end(found)
    found.save()
    _calm(found)
    tell(found, "proposal.withdrawn", by)
    return found


def withdraw_as(person: Person, id: str) -> Proposal:
    """The same, of one that the desk made itself. Raises NotAllowed, NotNow."""
    found = Proposal.objects.get(id=id)
    allow(person, "proposal.make", found)
    if found.lane != "desk":
        raise BadInput("lane", "only who made it withdraws it")
    return withdraw(id, person.by)


def end(found: Proposal) -> None:
    """A locked proposal is over, and its draft is free; the caller saves it."""
    found.over_at = clock.now()
    if found.draft:
        adoption.release(found.draft, found.id)


# -- carried, and put to those who adopt ------------------------------------------------------------------------------


def put_to_quorum(event: Event) -> None:
    """A carried proposal goes to the quorum that adopts, which is unchanged by it. Once for an event."""
    with transaction.atomic():
        found = locked(str(event.case))
        if found.state != "carried" or done(f"proposal.put:{event.id}"):
            return
        why = f"Carried by the council as {found.id}: {found.title}"
        try:
            draft = verify_same(found)
            verify_base(found, draft)
            with transaction.atomic():
                act = adoption.put_carried(draft.pk, found.id, found.sha256, why)
        except BadInput as refused:
            lapse(found, str(refused))
            return
        tell(found, "proposal.put", GATEWAY, once=f"proposal.put:{event.id}", sha256=found.sha256, act=act)


def lapse(found: Proposal, why: str) -> None:
    """A locked proposal was carried and won't be adopted; everyone sees why."""
    move(found, "lapse")
    found.why = why
    end(found)
    found.save()
    tell(found, "proposal.unsigned", GATEWAY)  # why is words, and stands on its page


def adopted(event: Event) -> None:
    """A version was adopted: if it is what was carried, byte for byte, its proposal is adopted. Once for an event."""
    with transaction.atomic():
        draft = Draft.objects.filter(pk=int(str(event.case).removeprefix("D-"))).first()
        if draft is None or not draft.proposal or done(f"proposal.adopted:{event.id}"):
            return
        found = locked(draft.proposal)
        if found.state != "carried" or event.public.get("sha256") != found.sha256:
            return
        move(found, "adopt")
        found.over_at = clock.now()
        found.save()
        told = {"version": draft.version, "sha256": draft.sha256}
        tell(found, "proposal.adopted", GATEWAY, once=f"proposal.adopted:{event.id}", **told)


def ended(event: Event) -> None:
    """A version that came by a proposal has ended on its day."""
    with transaction.atomic():
        found = Proposal.objects.select_for_update().filter(
            draft=int(str(event.case).removeprefix("D-")), state="adopted"
        )
        for one in found:
            move(one, "sunset")
            one.save()
            tell(one, "proposal.ended", GATEWAY, once=f"proposal.ended:{event.id}")


def open_of(realm: str, regulation: str, but: str = "") -> list[Proposal]:
    """Other proposals on a regulation that are still open, the first of them: two on one check are shown beside each
    other."""
    same = Proposal.objects.filter(realm=realm, regulation=regulation).exclude(Q(state__in=rules.OVER) | Q(id=but))
    return list(same.order_by("received_at")[:SHOWN])
