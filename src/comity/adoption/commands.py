"""The only writers of a regulation's life cycle: each act is one transaction with its event.

What is adopted is a file in the data directory, written before the transaction that approves it commits: a file whose
act wasn't approved after all is not in force, and is reported (`library.in_force`).
"""

import json
import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from comity import clock
from comity.alerts import commands as alerts
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.library import in_force
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm
from comity.regulations.pack_file import MAX_BYTES, PackError
from comity.regulations.packs import NoPack, Pack

from . import rules, trial
from .models import Draft

GATEWAY = "gateway"
FOR_EVER = timedelta(days=36_500)  # a rule's adoption must verify for as long as what was judged by it
REASON = 2000  # characters
SUNSET_AT_MOST = timedelta(days=1827)
RENEWAL = timedelta(days=60)


def realm_of(person: Person) -> str:
    """The realm in which a person changes regulations: demo people in the demo, real ones in the real realm."""
    return "demo" if person.realm == "demo" else "real"


def locked(id: int) -> Draft:
    """A draft's row, locked until the transaction ends."""
    return Draft.objects.select_for_update().get(id=id)


def _move(draft: Draft, act: str) -> None:
    draft.state = rules.after(draft.state, act)


def _tell(draft: Draft, kind: str, by: str, *, act: str = "", **public: Any) -> None:
    record(
        kind,
        realm=draft.realm,
        by=by,
        case=draft.number,
        public={"regulation": draft.regulation, **public},
        sealed={"act": act} if act else {},
    )


# -- written ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(person: Person, regulation: str, version: str) -> Draft:
    """Start a change: a copy of a version, its text stored. Raises NotAllowed, packs.NoPack."""
    realm = realm_of(person)
    allow(person, "regulation.draft", Realm(realm))
    library = in_force.library(realm)
    base = library.version(regulation, version)
    taken = [pack.version for pack in library.versions(regulation)]
    named = rules.next_version(version, taken)
    text = rules.copied(in_force.source(realm, base), named, clock.now().date().isoformat())
    made = Draft.objects.create(
        realm=realm,
        regulation=regulation,
        base_version=base.version,
        base_sha256=base.sha256,
        version=named,
        text=text,
        sha256=_sha256(text),
        by=person.by,
        made_at=clock.now(),
        edited_at=clock.now(),
    )
    _tell(made, "regulation.drafted", person.by, version=base.version)
    return made


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def plain(text: str) -> str:
    """A text as submitted by a browser's form, with a file's line ends. Raises BadInput if it can't be one."""
    made = text.replace("\r\n", "\n").replace("\r", "\n")
    made = made if made.endswith("\n") else made + "\n"
    try:
        size = len(made.encode())
    except UnicodeEncodeError:
        raise BadInput("text", "it holds half a character (a lone surrogate)") from None
    if size > MAX_BYTES:
        raise BadInput("text", f"a pack has at most {MAX_BYTES} bytes, this one has {size}")
    return made


@transaction.atomic
def edit(person: Person, id: int, text: str, revision: int) -> Draft:
    """Store a draft's text, faulty or not. Raises NotAllowed, rules.NotNow, BadInput.

    `revision` is the one that was edited: if a newer one exists, BadInput is raised and nothing is lost.
    """
    found = locked(id)
    allow(person, "regulation.draft", found)
    _verify_free(found)
    text = plain(text)
    after = rules.after(found.state, "edit")
    if found.text == text:
        return found
    if found.revision != revision:
        raise BadInput("text", "somebody else has saved another text since; reload the page and compare")
    found.state, found.text, found.sha256 = after, text, _sha256(text)
    found.revision += 1
    found.edited_at, found.tried_at, found.tried = clock.now(), None, {}
    named = rules.VERSION.search(text)
    found.version = named[2].strip("\"'")[:60] if named else found.version
    found.save()
    _tell(found, "regulation.edited", person.by)
    return found


def block(person: Person, id: int, check: str, outcome: str) -> Draft:
    """Make one check of a draft block with an outcome, or (empty) not block.

    Raises NotAllowed, rules.NotNow, rules.NoSuchCheck, BadInput.
    """
    found = Draft.objects.get(id=id)
    allow(person, "regulation.draft", found)
    if not check:
        raise BadInput("check", "choose the question whose answer decides")
    _, pack = versions_of(found)
    if outcome and (outcome not in pack.outcomes or outcome == "valid"):
        raise BadInput("outcome", f"one of {', '.join(name for name in pack.outcomes if name != 'valid')}")
    alike = (other.ground for other in pack.checks if other.outcome == outcome and other.ground)
    text = rules.set_blocking(found.text, check, outcome, next(alike, "") or "")
    return edit(person, id, text, found.revision)


def versions_of(found: Draft) -> tuple[Pack, Pack]:
    """The version that a draft changes, and the draft as a version. Raises BadInput, packs.NoPack."""
    old = in_force.library(found.realm).made_by(found.regulation, found.base_version, found.base_sha256)
    try:
        return old, trial.built(found.regulation, found.text)
    except PackError as wrong:
        raise BadInput(f"line {wrong.line}, {wrong.field}" if wrong.field else "text", wrong.rule) from None


def try_on_past(person: Person, id: int) -> Draft:
    """Judge past cases by the draft, and store what would have been different. Nothing else is done to them.

    Raises NotAllowed, rules.NotNow, BadInput.
    """
    found = Draft.objects.get(id=id)
    allow(person, "regulation.draft", found)
    rules.after(found.state, "try")
    old, new = versions_of(found)
    rows = trial.told(old, new, trial.past(found.realm, found.regulation))
    return _tried(person, id, found.revision, rows)


@transaction.atomic
def _tried(person: Person, id: int, revision: int, rows: list[trial.Told]) -> Draft:
    found = locked(id)
    if found.revision != revision:
        raise BadInput("text", "the draft was edited while it was tried; try it again")
    _verify_free(found)
    _move(found, "try")
    tally = rules.tally([row.as_row() for row in rows])
    changed = [row.as_row() for row in trial.changed(rows)[: trial.SHOWN]]
    found.tried, found.tried_at = {**tally, "changed": changed}, clock.now()
    found.save()
    figures = {"cases": tally["orders"], **{way: tally[way] for way in ("more", "less", "other")}}
    _tell(found, "regulation.tried", person.by, **figures)
    return found


@transaction.atomic
def withdraw(person: Person, id: int) -> Draft:
    """Withdraw a change. Its text and its events stay. Raises NotAllowed, rules.NotNow."""
    found = locked(id)
    allow(person, "regulation.draft", found)
    _verify_free(found)
    decisions.void(CHANGE, found, "withdraw")
    _tell(found, "regulation.withdrawn", person.by)
    return found


@transaction.atomic
def end(person: Person, id: int, reason: str) -> Draft:
    """End an emergency change that the quorum has not confirmed: from now on the previous version is in force again.

    It needs no signature, since it would also end by itself; what the quorum signed can only be changed by a new
    version. Raises NotAllowed, rules.NotNow, BadInput.
    """
    found = locked(id)
    allow(person, "regulation.urge", found)
    rules.after(found.state, "end")
    found.returned = _reason(reason)
    found.ends_at = clock.now()
    found.save(update_fields=["returned", "ends_at"])
    decisions.void(CHANGE, found, "end")
    _calm(found)
    _tell(found, "regulation.ended", person.by, version=found.version, **{"as": "by-hand"})
    _write_acts(found, ended=found.ends_at)
    return found


def _calm(found: Draft) -> None:
    """Settle the alert that a change was put in force without the quorum: the quorum signed, or the change has
    ended."""
    alerts.settle(found.realm, "regulation.emergency", found.number)


# -- put to people ----------------------------------------------------------------------------------------------------


def propose(person: Person, id: int, reason: str, *, urgent: bool = False) -> str:
    """Put a tried draft to the quorum or, in an emergency, to one person; returns the act's hash. The reason is
    published.

    Raises NotAllowed, rules.NotNow, BadInput.
    """
    if not urgent:
        _verify_free(Draft.objects.get(id=id))
    return decisions.propose(
        CHANGE, id, in_force.EMERGENCY if urgent else in_force.ADOPT, {"reason": reason}, by=person
    )


# -- proposed in public -----------------------------------------------------------------------------------------------


def _verify_free(found: Draft) -> None:
    """Raises BadInput for a draft that is published: it is changed where it was proposed, or not at all."""
    if found.proposal:
        raise BadInput(
            "text", f"it is published as {found.proposal}, as it is; to change it, send the proposal back first"
        )


@transaction.atomic
def fix(id: int, proposal: str, ends_on: date) -> Draft:
    """Hold a tried draft fast under the number of the proposal that it is: from now on no byte of it changes here.

    `ends_on` becomes part of what is signed. Raises BadInput.
    """
    found = locked(id)
    if found.state != "tried":
        raise BadInput("draft", f"it is {found.state}; a proposal takes one that was tried on the past")
    if found.proposal not in ("", proposal):
        raise BadInput("draft", f"it is the draft of {found.proposal} already")
    if not clock.now().date() < ends_on <= clock.now().date() + SUNSET_AT_MOST:
        raise BadInput("ends_on", f"a day from tomorrow to {SUNSET_AT_MOST.days} days from now")
    found.proposal, found.ends_on = proposal, ends_on
    found.save(update_fields=["proposal", "ends_on"])
    return found


@transaction.atomic
def release(id: int, proposal: str) -> None:
    """Let a draft go that a proposal held: it can be edited again. One that was adopted meanwhile stays its own."""
    found = locked(id)
    if found.proposal == proposal and found.state not in rules.STANDING | rules.CLOSED | {"adopted"}:
        found.proposal, found.frozen_until, found.ends_on = "", None, None
        found.save(update_fields=["proposal", "frozen_until", "ends_on"])


@transaction.atomic
def freeze(id: int, proposal: str, until: datetime | None) -> None:
    """Freeze the regulation of a proposal's draft until an instant (UTC), or no longer: meanwhile the emergency lane
    alone is open."""
    Draft.objects.filter(id=id, proposal=proposal).update(frozen_until=until)


@transaction.atomic
def put_carried(id: int, proposal: str, sha256: str, reason: str) -> str:
    """Put what the council carried to the quorum that adopts, unchanged by it; returns the act's hash.

    Raises BadInput where the draft is not what was voted on, byte for byte; rules.NotNow.
    """
    found = locked(id)
    if found.proposal != proposal or not found.sha256 == sha256 == _sha256(found.text):
        raise BadInput("sha256", "the draft is not the text that was published and voted on")
    return decisions.put(CHANGE, found, in_force.ADOPT, {"reason": reason}, by=GATEWAY)


def _made(found: Draft, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What is signed for a change: by the quorum; in an emergency by one person, and later by the quorum after all."""
    if kind != in_force.CONFIRM:
        found.reason, found.urgent = _reason(said["reason"]), kind == in_force.EMERGENCY
        _verify_thawed(found)
        found.version = _adoptable(found).version
    rule, new = in_force.change(), trial.built(found.regulation, found.text)
    act = {
        "kind": kind,
        "what": ["bring a version of a regulation in force"],
        "regulation": new.id,
        "pack_version": new.version,
        "sha256": new.sha256,
        "in_force_from": new.in_force_from.isoformat(),
        "reason": found.reason,
        "previous": {"version": found.base_version, "sha256": found.base_sha256},
        "tried": {key: found.tried.get(key, 0) for key in ("orders", "more", "less", "other")},
        "confirm_within_hours": int(rule.confirm_within.total_seconds()) // 3600,
        "ends_after_days": rule.ends_after.days,
        **({"ends_on": found.ends_on.isoformat(), "proposal": found.proposal} if found.ends_on else {}),
    }
    return act, rule.emergency if kind == in_force.EMERGENCY else rule.adopt


def _verify_thawed(found: Draft) -> None:
    """While a proposal on a regulation is under threat, only what can't wait changes it. Raises BadInput."""
    same = Draft.objects.filter(realm=found.realm, regulation=found.regulation, frozen_until__gt=clock.now())
    if not found.urgent and (held := same.order_by("-frozen_until").first()) and held.frozen_until:
        until = f"{held.frozen_until:%Y-%m-%d %H:%M} UTC"
        raise BadInput("regulation", f"{held.proposal} on it is frozen until {until}; only the emergency lane is open")


def _proposed(found: Draft, act: Mapping[str, Any], hash: str, by: str) -> None:
    told = {"version": act["pack_version"], "sha256": act["sha256"], "from": act["in_force_from"]}
    _tell(found, "regulation.proposed", by, act=hash, urgent=act["kind"] == in_force.EMERGENCY, **told)


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise BadInput("reason", "say why, in a sentence; it is published with the version")
    if len(words) > REASON:
        raise BadInput("reason", f"at most {REASON} characters")
    return words


def _adoptable(found: Draft) -> Pack:
    """The draft as a version that can be put to people. Raises BadInput."""
    old, new = versions_of(found)
    if new.sha256 != found.sha256:
        raise BadInput("text", "the text is not the one that was saved")
    if new.version in {pack.version for pack in in_force.library(found.realm).versions(found.regulation)}:
        raise BadInput("version", f"there is a version {new.version} already; give this one another name")
    if {**new.data, "version": "", "in_force_from": ""} == {**old.data, "version": "", "in_force_from": ""}:
        raise BadInput("text", "nothing differs from the version that it changes")
    if not (found.urgent or found.proposal) and new.in_force_from < clock.now().date():  # a vote takes weeks
        raise BadInput("in_force_from", "this day has passed; no version judges what arrived before it was adopted")
    if new.in_force_until is not None:
        raise BadInput("in_force_until", "an adopted version has no end of its own; another one takes its place")
    return new


def send_back(person: Person, id: int, reason: str) -> Draft:
    """Send what was put to people back to be edited, with a reason; signatures given become void.

    Raises NotAllowed, rules.NotNow, BadInput.
    """
    return decisions.send_back(CHANGE, id, person, reason)


def _returned(found: Draft, hash: str, back: Back, reason: str, person: Person) -> None:
    found.returned = _reason(reason)
    found.save(update_fields=["returned"])
    _tell(found, "regulation.returned", person.by, act=hash)


def sign(person: Person, id: int, act_hash: str, response: Mapping[str, Any] | None) -> bool:
    """Add one approval; true if it meets the quorum. `response` is the passkey's, None for a demo person.

    Raises approvals.ApprovalRefused (recorded as an event of its own), rules.NotNow, BadInput.
    """
    return decisions.sign(CHANGE, id, person, act_hash, response)


def _signed(found: Draft, signed: ApprovedAct) -> None:
    """What follows from a met quorum, whatever it signed: the file is in place before anything is recorded."""
    approvals.keep(signed.hash, clock.now() + FOR_EVER)
    found.acts = [*found.acts, signed.hash]
    if not signed.act["sha256"] == found.sha256 == _sha256(found.text):
        raise approvals.ApprovalRefused("gone", "the text is not the one that was signed")
    _lay(found)


def _adopted(found: Draft, signed: ApprovedAct, person: Person) -> None:
    _signed(found, signed)
    day = date.fromisoformat(signed.act["in_force_from"])
    found.starts_at = max(in_force.midnight(day), in_force.last_signed(signed))
    if found.ends_on:
        found.ends_at = in_force.midnight(found.ends_on)
    told = {"version": found.version, "sha256": found.sha256, "from": day.isoformat()}
    _tell(found, "regulation.adopted", person.by, act=signed.hash, **told)
    if found.starts_at <= clock.now():
        _begin(found)
    found.save()


def _decreed(found: Draft, signed: ApprovedAct, person: Person) -> None:
    _signed(found, signed)
    found.starts_at = in_force.last_signed(signed)
    found.ends_at = found.starts_at + in_force.change().confirm_within
    told = {"version": found.version, "sha256": found.sha256, "until": found.ends_at.isoformat()}
    _tell(found, "regulation.emergency", person.by, act=signed.hash, **told)
    _supersede(found, ("emergency", "confirmed"))
    decisions.put(CHANGE, found, in_force.CONFIRM, by=GATEWAY)


def _confirmed(found: Draft, signed: ApprovedAct, person: Person) -> None:
    _signed(found, signed)
    if found.starts_at is None or found.ends_at is None or found.ends_at <= in_force.last_signed(signed):
        raise rules.not_now("ended", "confirm")
    found.ends_at = found.starts_at + in_force.change().ends_after
    _calm(found)
    told = {"version": found.version, "until": found.ends_at.isoformat()}
    _tell(found, "regulation.confirmed", person.by, act=signed.hash, **told)
    found.save()


# -- in force ---------------------------------------------------------------------------------------------------------


def _begin(found: Draft) -> None:
    _move(found, "begin")
    _tell(found, "regulation.in-force", GATEWAY, version=found.version)
    _supersede(found, ("in-force", "emergency", "confirmed"))


def _supersede(found: Draft, states: tuple[str, ...]) -> None:
    """An ordinary version replaces all before it; an emergency one only other emergency ones, and one that ends by
    itself no ordinary one, which is in force again after it."""
    same = Draft.objects.select_for_update().filter(realm=found.realm, regulation=found.regulation, state__in=states)
    if found.ends_on:
        same = same.exclude(state="in-force", ends_on=None)
    for older in same.filter(starts_at__lt=found.starts_at).exclude(id=found.id).order_by("id"):
        decisions.void(CHANGE, older, "supersede")
        _calm(older)
        _tell(older, "regulation.superseded", GATEWAY, version=older.version)


def keep_time(now: datetime) -> None:
    """What time alone causes by `now` (UTC): versions come into force, emergency changes end. Idempotent."""
    for id in _ids(Draft.objects.filter(state="adopted", starts_at__lte=now)):
        with transaction.atomic():
            if (found := locked(id)).state == "adopted":
                _begin(found)
                found.save()
    decisions.expire_each(CHANGE, _ids(Draft.objects.filter(state__in=ENDING, ends_at__lte=now)), now)
    _tell_near(now)


def _tell_near(now: datetime) -> None:
    """Tell once, 60 days before, that a version ends by itself: to renew it takes a proposal."""
    near = Draft.objects.filter(state="in-force", ends_at__gt=now, ends_at__lte=now + RENEWAL)
    for found in near.order_by("ends_at", "id"):
        with transaction.atomic():
            record(
                "regulation.ends-soon",
                realm=found.realm,
                by=GATEWAY,
                case=found.number,
                once=f"regulation.ends-soon:{found.pk}",
                public={"regulation": found.regulation, "version": found.version, "until": f"{found.ends_on}"},
            )


EMERGENCIES = ("emergency", "confirmed")
ENDING = (*EMERGENCIES, "in-force")  # what can end by itself; an ordinary version without a day has no `ends_at`


def _ids(due: QuerySet[Draft]) -> list[int]:
    return list(due.order_by("starts_at", "id").values_list("id", flat=True))


def _ends(found: Draft) -> datetime | None:
    return found.ends_at if found.state in ENDING else None


def _expired(found: Draft, hash: str) -> None:
    _calm(found)
    alerts.settle(found.realm, "regulation.ends-soon", found.number)
    if found.ends_on:
        _tell(found, "regulation.sunset", GATEWAY, version=found.version)
    else:
        _tell(found, "regulation.ended", GATEWAY, version=found.version, **{"as": "by-clock"})


def _lay(found: Draft) -> None:
    """Write the version and the names of its acts into the data directory, each file atomically."""
    place = in_force.folder(found.realm) / found.regulation
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = place / f"{found.version}.yaml"
    if text.exists() and text.read_bytes() != found.text.encode() and _stands(found):
        raise BadInput("version", f"there is a version {found.version} already; give this one another name")
    _write(text, found.text.encode())
    _write_acts(found)


def _write_acts(found: Draft, ended: datetime | None = None) -> None:
    """Write, beside a version, the acts by which it was adopted and, if a person ended it, when."""
    told = {"acts": found.acts, **({"ended": ended.isoformat()} if ended else {})}
    path = in_force.folder(found.realm) / found.regulation / f"{found.version}.json"
    _write(path, json.dumps(told).encode())


def _stands(found: Draft) -> bool:
    try:
        in_force.library(found.realm).version(found.regulation, found.version)
    except NoPack:
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)


CHANGE: Subject[Draft] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda found: found.number,
    version="revision",
    rises=True,
    kinds={
        in_force.ADOPT: Kind(
            _made,
            put="propose",
            sign="sign",
            met="adopt",
            may_put="regulation.draft",
            may_sign="regulation.draft",
            follows=_adopted,
        ),
        in_force.EMERGENCY: Kind(
            _made,
            put="urge",
            sign="sign",
            met="decree",
            may_put="regulation.urge",
            may_sign="regulation.draft",
            follows=_decreed,
        ),
        in_force.CONFIRM: Kind(_made, sign="sign", met="confirm", may_sign="regulation.draft", follows=_confirmed),
    },
    proposed=_proposed,
    back=lambda found, how: Back("regulation.draft", "return"),
    returned=_returned,
    ends=_ends,
    lapse="lapse",
    expired=_expired,
)
