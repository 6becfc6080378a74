"""Acts on a platform: begun with the prior state kept, carried out under an approved act only, observed by an ordinary
viewer, lifted exactly. Every step is idempotent by its event, and the platform by the key it is given."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from comity import clock
from comity.alerts import commands as alerts
from comity.cases import clocks, deciding, find
from comity.cases.models import Case, Deadline, Term
from comity.cases.rules import ENDS, LIFE
from comity.ledger.commands import again, done, record
from comity.ledger.models import Event
from comity.outbox import letters
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.platforms import PLAYED, among, for_url, many
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved
from comity.vault import commands as vault

from . import prior, rules
from .models import Brake, Effect, Measure, Preserved

PRESERVED_AT_MOST = 200
PRESERVED_BY_SENDER_AT_MOST = 1000
GATEWAY = "gateway"


class NotEffective(Exception):
    """The platform took the measure and an ordinary viewer still sees otherwise. The step is tried again."""


def platform_of(url: str, realm: str) -> Platform:
    """The platform a target lives on, for a case of that realm. An address of none should not come here.

    Raises PlatformDown, and in the realms that are played PlatformRefused "realm": they reach the sandbox alone."""
    platform = for_url(url, realm)
    if platform is None and realm in PLAYED:
        raise PlatformRefused("realm", f"Nothing of the realm {realm} is done outside the sandbox.")
    if platform is None:
        raise PlatformDown("no platform of ours has this address")
    return platform


def by_platform(urls: Sequence[str], realm: str) -> list[tuple[Platform, list[int]]]:
    """The platforms of targets, each with the positions of its own; raises as `platform_of`."""
    found = among(urls, realm)
    reached = {n for _, at in found for n in at}
    for n, url in enumerate(urls):
        if n not in reached:
            platform_of(url, realm)
    return found


def _platforms(urls: Sequence[str], realm: str) -> dict[int, Platform]:
    return {n: platform for platform, at in by_platform(urls, realm) for n in at}


def _resolved(urls: Sequence[str], realm: str) -> list[Resolved]:
    found: dict[int, Resolved] = {}
    for platform, at in by_platform(urls, realm):
        found |= dict(zip(at, many.resolve(platform, [urls[n] for n in at]), strict=True))
    return [found[n] for n in range(len(urls))]


def posted(measure: Measure, target: int) -> tuple[str, str]:
    """Where a target of a measure was posted, and when (RFC 3339, UTC); empty where the platform didn't say."""
    kept = vault.get_json(measure.targets)[target]
    return str(kept.get("channel") or ""), str(kept.get("posted_at") or "")


def targets_of(measure: Measure) -> list[tuple[str, str]]:
    """What a measure acts on, in the act's order: the ordered URL, and the platform's own name for what is there."""
    return [(target["url"], target["ref"]) for target in vault.get_json(measure.targets)]


def others_on(measure: Measure) -> dict[str, list[rules.Standing]]:
    """What else holds the same things back, of this case and of others, by the platform's own name of the thing."""
    targets = vault.get_json(measure.targets)
    spelled = {
        vault.keyed_hash(find.plain(t[key])): str(t["ref"]) for t in targets for key in ("url", "place") if t.get(key)
    }
    found = Measure.objects.filter(case__term__term__in=spelled, acted_at__isnull=False)
    others: dict[str, list[rules.Standing]] = {}
    for other in found.exclude(id=measure.id).exclude(kind=rules.PRESERVE).distinct():
        standing = rules.Standing(tuple(other.territory), other.acted_at or other.begun_at, other.lifted_at)
        for ref in _things(other, spelled):
            others.setdefault(ref, []).append(standing)
    return others


def _things(other: Measure, spelled: Mapping[bytes, str]) -> set[str]:
    """What another measure acts on; where its record's time is over, what its case named of the things `spelled`."""
    try:
        return {ref for _, ref in targets_of(other)}
    except vault.Gone:
        named = Term.objects.filter(case=other.case_id, term__in=spelled).values_list("term", flat=True)
        return {spelled[bytes(term)] for term in named}


# -- preserving -------------------------------------------------------------------------------------------------------


def preserve(event: Event) -> None:
    """Keep a sealed copy of what the order names in public, from grade `domain` up; private content never."""
    once = f"preserve:{event.id}"
    case = Case.objects.get(id=event.case)
    kept = vault.get_json(event.sealed["finding"])
    duty = any(d["id"] == "preserve" for d in kept["finding"]["duties"])
    if done(once) or not duty or case.grade == "none" or _capped(case):
        return
    copies, until = _copies(case, kept["facts"]), _kept_until(case, clock.now())
    with transaction.atomic():
        _keep(case, copies, until)
        if copies:
            record(
                "preserved",
                realm=case.realm,
                by=GATEWAY,
                case=case.id,
                cause=event.id,
                once=once,
                public={"targets": len(copies)},
            )


def _keep(case: Case, copies: Iterable[tuple[str, bytes]], until: datetime) -> None:
    """Keep each copy of a case under seal, by its address, at least until then. The first copy of a thing stays; the
    record of what has no address has an empty one."""
    for url, copy in copies:
        if not copy:
            continue
        key, kept = vault.keyed_hash(url), {"at": clock.now(), "until": until}
        found = Preserved.objects.filter(case=case, target=key).first()
        if found is None:
            Preserved.objects.create(case=case, target=key, doc=vault.put(copy, until), **kept)
        elif found.until < until:
            _extend(case, until, target=key)


def _extend(case: Case, until: datetime, **only: bytes) -> None:
    for copy in Preserved.objects.filter(case=case, **only):
        vault.extend(copy.doc, until)
        Preserved.objects.filter(id=copy.id).update(until=until)


def keep_standing(case: Case, until: datetime) -> None:
    """Keep the copies of a case's preservation that has no end of its own for as long as it stands (UTC)."""
    if Measure.objects.filter(case=case, kind=rules.PRESERVE, lifted_at=None, ends_at=None).exists():
        with suppress(vault.Gone):
            _extend(case, until)


def keep_until(measure: Measure, until: datetime) -> None:
    """Put off the instant (UTC) at which what a measure rests on is looked at again."""
    Measure.objects.filter(id=measure.id).update(until=until)


def _let_go(case: Case) -> None:
    """What was kept for a preservation alone is kept no longer."""
    now = clock.now()
    for copy in Preserved.objects.filter(case=case, until__gt=now):
        vault.end(copy.doc, now)
        Preserved.objects.filter(id=copy.id).update(until=now)


def prolong(case: Case, until: datetime, event: Event) -> bool:
    """Put off the end of a case's preservations (UTC), as an order that came asks (`event`); never to an earlier one.
    Whether any stands. In the caller's transaction."""
    standing = list(Measure.objects.select_for_update().filter(case=case, kind=rules.PRESERVE, lifted_at=None))
    for measure in standing:
        if measure.ends_at is None or measure.ends_at >= until:
            continue
        Measure.objects.filter(id=measure.id).update(ends_at=until)
        _extend(case, until)
        record(
            "measure.prolonged",
            realm=case.realm,
            by=GATEWAY,
            case=case.id,
            cause=event.id,
            once=f"prolong:{event.id}:{measure.id}",
            public={"kind": measure.kind},
            sealed={"measure": str(measure.id)},
        )
    return bool(standing)


ENDED_AT_ONCE = 20


def end_due(now: datetime) -> None:
    """End by itself each measure whose time is over (UTC): some at each tick, none of a realm whose brake is set, none
    while the platform is down. Its sealed copies have the same end.

    Once its order is prolonged the clock of its case says so at once, and the step that puts the measure's end off may
    be late: what that clock gives more time isn't ended."""
    held = Brake.objects.filter(released_at=None).values("realm")
    clocks_on = Deadline.objects.filter(case=OuterRef("case"), name__in=ENDS, met_at=None).exclude(due_legal__lte=now)
    due = Measure.objects.filter(~Exists(clocks_on), lifted_at=None, ends_at__lte=now).exclude(case__realm__in=held)
    for measure in due.select_related("case").order_by("ends_at")[:ENDED_AT_ONCE]:
        try:
            _lift_all(measure, measure.case.realm)
        except PlatformDown:
            return
        except PlatformRefused:
            _refused_end(measure)
        _ended(measure, now)


def _ended(measure: Measure, now: datetime) -> None:
    with transaction.atomic():
        if not Measure.objects.filter(id=measure.id, lifted_at=None).update(lifted_at=now, state="ended"):
            return
        record(
            "measure.ended",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            public={"kind": measure.kind},
            sealed={"measure": str(measure.id)},
        )


def _refused_end(measure: Measure) -> None:
    """Its time is over whatever the platform says: a person must look at what the platform still does."""
    with transaction.atomic():
        record(
            "measure.failed",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            once=f"end:{measure.id}:refused",
            public={"kind": "end", "why": "refused"},
            sealed={"measure": str(measure.id)},
        )


def _kept_until(case: Case, removed_at: datetime) -> datetime:
    """How long the regulation has what was removed kept (its duty `preserve`), counted from a removal at that instant;
    where it gives no time, as long as the request itself."""
    finding = deciding.finding_with(case, {"removed_at": letters.rfc3339(removed_at)})
    until = next((duty.get("until") for duty in finding["duties"] if duty["id"] == "preserve"), None)
    return datetime.fromisoformat(until) if until else case.request.until


def _capped(case: Case) -> bool:
    since = clock.now() - timedelta(days=1)
    recent = Preserved.objects.filter(case__authority=case.authority, at__gt=since).count()
    return recent >= PRESERVED_BY_SENDER_AT_MOST


def _copies(case: Case, facts: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    public = [t["ref"] for t in facts["targets"] if t.get("found") and t.get("audience") in ("public", "open-group")]
    fresh = [u for u in public if not Preserved.objects.filter(case=case, target=vault.keyed_hash(u)).exists()]
    some = fresh[:PRESERVED_AT_MOST]
    copies = zip(some, _snapshots(some, _resolved(some, case.realm), case.realm), strict=True)
    return [(url, copy) for url, copy in copies if copy]


def _snapshots(urls: Sequence[str], there: Sequence[Resolved], realm: str) -> list[bytes]:
    """Content and state of what stands at each address; empty where its author has taken it away."""
    copies = [b""] * len(urls)
    for platform, at in by_platform(urls, realm):
        found = [n for n in at if there[n].found]
        for n, copy in zip(found, many.snapshots(platform, [there[n].ref for n in found]), strict=True):
            copies[n] = copy if isinstance(copy, bytes) else b""
            _unless_unknown(copy)
    return copies


def _unless_unknown(answer: object) -> None:
    """A target that its author took away meanwhile has nothing left to copy, to withhold or to lift: any other refusal
    is one."""
    if isinstance(answer, PlatformRefused) and answer.code != "unknown":
        raise answer


# -- acting -----------------------------------------------------------------------------------------------------------


def begin(event: Event) -> None:
    """Carry out an approved decision: signatures checked again, prior state kept, then each of its measures. One that
    fails keeps no other from being taken."""
    case = Case.objects.get(id=event.case)
    if event.public["kind"] != "execute" or not _may_act(case):
        return
    act = _approved(event, case)
    due = [kind for kind in act.act["what"] if not done(rules.once(f"act:{event.id}", kind))]
    _all_told(event, case, [(kind, "", partial(carry_out, act, kind, case, event)) for kind in due])


def _approved(event: Event, case: Case) -> ApprovedAct:
    kind = event.public["kind"]
    try:
        return approvals.approved(event.sealed["act"], case=event.case, kind=kind)
    except approvals.NotApproved:
        _failed(event, case, "not-approved", kind)
        raise


def _all_told(event: Event, case: Case, deeds: Iterable[tuple[str, str, Callable[[], None]]]) -> None:
    """Do each deed (its kind, its measure's id if known). What the platform doesn't do is told to the desk, and raised
    once all have been tried, so that it is tried again."""
    failed: list[Exception] = []
    for kind, measure, do in deeds:
        try:
            do()
        except (PlatformDown, PlatformRefused) as error:
            _failed(event, case, "down" if isinstance(error, PlatformDown) else "refused", kind, measure)
            failed.append(error)
    if failed:
        raise failed[0]


def _may_act(case: Case) -> bool:
    """Not while the brake is set (`resume` goes on once it is released), and not once the case was lifted."""
    return not braked(case.realm) and case.state in ("carrying-out", "not-effective")


def braked(realm: str) -> bool:
    """Whether the brake of a realm is set: then nothing is done on the platform."""
    return Brake.objects.filter(realm=realm, released_at=None).exists()


def resume(event: Event) -> None:
    """The brake was released: what was approved meanwhile goes its way, each decision in a job of its own."""
    waiting = Case.objects.filter(realm=event.realm, open=True).exclude(state="waiting")
    behind = Event.objects.filter(kind="decision.approved", case__in=waiting.values("id"))
    lifts = Event.objects.filter(kind="decision.approved", public__kind="lift", case__in=_standing(event.realm))
    for decision in (behind | lifts).order_by("id"):
        again(decision)


def _standing(realm: str) -> list[str]:
    """The cases of a realm that have a measure which isn't lifted."""
    return list(Measure.objects.filter(case__realm=realm, lifted_at=None).values_list("case_id", flat=True))


def carry_out(act: ApprovedAct, kind: str, case: Case, event: Event) -> None:
    """One measure of an approved act on the platform, its prior state kept first. Stops where the brake is set."""
    measure = _begun(act, kind, case, event)
    targets = targets_of(measure)
    for platform, at in by_platform([url for url, _ in targets], case.realm):
        deeds = [(rules.key(act.hash, kind, n), targets[n][1]) for n in at if targets[n][1]]
        for some in many.in_calls(platform, deeds):
            if braked(case.realm):
                return
            _act(platform, measure, some)
    with transaction.atomic():
        now = clock.now()
        Measure.objects.filter(id=measure.id, acted_at=None).update(state="acted", acted_at=now)
        record(
            "measure.acted",
            realm=case.realm,
            by=GATEWAY,
            case=case.id,
            cause=event.id,
            once=rules.once(f"act:{event.id}", kind),
            public={"kind": kind, "territory": measure.territory},
            sealed={"measure": str(measure.id)},
        )


def _act(platform: Platform, measure: Measure, deeds: Sequence[tuple[str, str]]) -> None:
    for answer in many.act(platform, measure.kind, measure.territory, deeds):
        _unless_unknown(answer)


def _begun(act: ApprovedAct, kind: str, case: Case, event: Event) -> Measure:
    found = Measure.objects.filter(act=act.hash, kind=kind).first()
    if found is not None:
        return found
    urls, territory = act.act["targets"], act.act["territory"]
    there, on = _resolved(urls, case.realm), _platforms(urls, case.realm)
    refs = [_kept(url, at) for url, at in zip(urls, there, strict=True)]
    copies = list(zip(urls, _snapshots(urls, there, case.realm), strict=True))
    before = [
        (number, place, inside, _seen(on[number], url, place))
        for number, url in enumerate(urls)
        for place, inside in _places(case, territory, number)
    ]
    with transaction.atomic():
        if not _may_act(Case.objects.select_for_update().get(id=case.id)):
            raise PlatformDown("lifted, or braked, just now")
        measure, made = Measure.objects.get_or_create(
            act=act.hash,
            kind=kind,
            defaults={
                "case": case,
                "territory": territory,
                "targets": vault.put_json(refs, case.request.until),
                "until": case.request.until,
                "begun_at": clock.now(),
            }
            | (_preserved(act, case, copies) if kind == rules.PRESERVE else _prior(case, copies)),
        )
        if made:
            _saw(measure, "before", [(n, p, i, rules.wanted(kind, i, seen), seen) for n, p, i, seen in before])
        record(
            "measure.begun",
            realm=case.realm,
            by=GATEWAY,
            case=case.id,
            cause=event.id,
            once=f"begin:{event.id}:{kind}",
            public={"kind": kind, "territory": territory, "targets": len(urls)},
            sealed={"measure": str(measure.id)},
        )
    return measure


def _prior(case: Case, copies: list[tuple[str, bytes]]) -> dict[str, str]:
    """What stood there before, so that a lift can be shown to be exact."""
    return {"prior": vault.put(prior.pack(copy for _, copy in copies), case.request.until)}


def _preserved(act: ApprovedAct, case: Case, copies: list[tuple[str, bytes]]) -> dict[str, datetime | None]:
    """Keep under seal what a preservation names, and the record of what of it has no address. When it ends."""
    keep = act.act.get("keep") or {}
    ends = datetime.fromisoformat(keep["until"]) if keep.get("until") else None
    recorded = [("", json.dumps(keep, ensure_ascii=False).encode())] if keep.get("data") or keep.get("named") else []
    _keep(case, [*copies, *recorded], ends or case.request.until)
    return {"ends_at": ends}


def _kept(url: str, at: Resolved) -> dict[str, str]:
    """What a measure keeps of a target: `place` is its address in one spelling."""
    kept = {"url": url, "ref": at.ref if at.found else "", "place": at.url, "channel": at.channel}
    return kept | ({"posted_at": letters.rfc3339(at.posted_at)} if at.posted_at else {})


def _seen(platform: Platform, url: str, place: str) -> str:
    """What a viewer sees now. Raises PlatformDown where no look tells: nothing is begun on a guess."""
    seen = platform.observe(url, place).state
    if seen == "unknown":
        raise PlatformDown("no look at the target tells what is there")
    return seen


LOOKED_CLOSELY = 20


def _places(case: Case, territory: list[str], target: int) -> list[tuple[str, bool]]:
    """All places for the first targets; for each of very many, one inside and one outside."""
    ours = str(settings.COMITY.provider["establishment"])
    everywhere = rules.places(territory, ours, case.country)
    return everywhere if target < LOOKED_CLOSELY else [everywhere[0], *[p for p in everywhere if not p[1]]]


def _saw(measure: Measure, when: str, rows: list[tuple[int, str, bool, str, str]]) -> None:
    now = clock.now()
    made = [
        Effect(measure=measure, target=n, place=p, inside=i, when=when, wanted=w, seen=s, at=now)
        for n, p, i, w, s in rows
    ]
    Effect.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["measure", "target", "place", "when"],
        update_fields=["wanted", "seen", "at"],
    )


def _failed(event: Event, case: Case, why: str, kind: str, measure: str = "") -> None:
    once = rules.once(f"fail:{event.id}:{why}", kind)
    with transaction.atomic():
        if done(once):
            return
        if kind != "lift":  # a lift that doesn't take is told and tried again; the case's life goes on from it
            deciding.move(case.id, "fail")
        record(
            "measure.failed",
            realm=case.realm,
            by=GATEWAY,
            case=case.id,
            cause=event.id,
            once=once,
            public={"kind": kind, "why": why},
            sealed={"measure": measure},
        )


# -- observing --------------------------------------------------------------------------------------------------------


def observe(event: Event) -> None:
    """Look as an ordinary viewer, inside and outside: the effect is what was seen, not what the API promised."""
    once, lifted = f"observe:{event.id}", event.kind == "measure.lifted"
    measure = Measure.objects.select_related("case").get(id=event.sealed["measure"])
    if done(once) or (measure.lifted_at is not None and not lifted):
        return
    kind = "lift" if lifted else measure.kind
    _all_told(event, measure.case, [(kind, str(measure.id), partial(_observe, event, once, measure, kind))])


def _observe(event: Event, once: str, measure: Measure, kind: str) -> None:
    rows = _look(measure, lifted=kind == "lift")
    _saw(measure, "lifted" if kind == "lift" else "after", rows)
    if not rules.effective(measure.kind, _judged(measure, rows)):
        _failed(event, measure.case, "not-effective", kind, str(measure.id))
        raise NotEffective(measure.kind)
    _effective(event, once, measure, rows)


def _look(measure: Measure, *, lifted: bool) -> list[tuple[int, str, bool, str, str]]:
    rows: list[tuple[int, str, bool, str, str]] = []
    targets, others, now = targets_of(measure), others_on(measure), clock.now()
    on = _platforms([url for url, _ in targets], measure.case.realm)
    for before in measure.effects.filter(when="before").order_by("target", "-inside", "place"):
        url, ref = targets[before.target]
        held = before.inside and not lifted and measure.kind != rules.PRESERVE
        free = rules.without_us(before.seen, before.place, measure.begun_at, now, others.get(ref, ()))
        seen = on[before.target].observe(url, before.place).state
        rows.append((before.target, before.place, before.inside, before.wanted if held else free, seen))
    return rows


def _judged(measure: Measure, rows: list[tuple[int, str, bool, str, str]]) -> list[tuple[str, str]]:
    """Wanted and seen of each look. What its author took away meanwhile can't be seen again by any act of ours."""
    targets = targets_of(measure)
    missing = {n for n, _, _, wanted, seen in rows if not rules.as_wanted(wanted, seen) and seen in rules.NOT_SEEN}
    asked = sorted(missing)
    there = zip(asked, _resolved([targets[n][0] for n in asked], measure.case.realm), strict=True)
    taken = {n for n, found in there if found.found is False}
    return [(seen if n in taken and seen in rules.NOT_SEEN else wanted, seen) for n, _, _, wanted, seen in rows]


def _effective(event: Event, once: str, measure: Measure, rows: list[tuple[int, str, bool, str, str]]) -> None:
    now, lifted = clock.now(), event.kind == "measure.lifted"
    state = {"state": "lifted"} if lifted else {"state": "effective", "seen_at": now}
    with transaction.atomic():
        Case.objects.select_for_update().get(id=measure.case_id)
        Measure.objects.filter(id=measure.id).update(**state)
        if all_undone(measure.case_id) if lifted else all_seen(measure):
            _settle(measure, now, lifted=lifted)
        record(
            "effect.observed",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            request=measure.case.request_id,
            cause=event.id,
            once=once,
            public={"kind": "lift" if lifted else measure.kind, "effective": True, "seen": _summary(rows)},
            sealed={"measure": str(measure.id)},
        )


def _settle(measure: Measure, now: datetime, *, lifted: bool) -> None:
    alerts.settle(measure.case.realm, "measure.failed", measure.case_id)
    if lifted:
        return
    case = deciding.move(measure.case_id, "observe")
    clocks.handled(case, now)
    if reaching(measure):
        _keep_on(case, now)


def all_seen(measure: Measure) -> bool:
    """Whether every measure of its act was seen to take effect: what was decided once is answered once."""
    seen = Measure.objects.filter(act=measure.act, seen_at__isnull=False).values_list("kind", flat=True)
    return set(seen) >= set(_what(measure))


def all_undone(case_id: str) -> bool:
    """Whether every measure of a case was seen to be undone, or has ended."""
    return not Measure.objects.filter(case=case_id).exclude(state__in=("lifted", "ended")).exists()


def _what(measure: Measure) -> list[str]:
    return list(vault.get_json(Act.objects.get(hash=measure.act).doc)["what"])


def reaching(measure: Measure) -> Measure | None:
    """Of a measure's act the one that people notice: None where all of it only keeps."""
    return Measure.objects.filter(act=measure.act).exclude(kind=rules.PRESERVE).order_by("begun_at").first()


def _summary(rows: list[tuple[int, str, bool, str, str]]) -> dict[str, str]:
    return {place: seen for _, place, _, _, seen in rows}


def _keep_on(case: Case, removed_at: datetime) -> None:
    """The time of keeping runs from the removal: what was preserved before is kept until its end."""
    _extend(case, _kept_until(case, removed_at))


# -- lifting, and the brake -------------------------------------------------------------------------------------------


def lift(event: Event) -> None:
    """Undo the measures of a case under an approved act of lifting: exactly, and seen to be."""
    if event.public["kind"] != "lift" or braked(event.realm):
        return
    case = Case.objects.get(id=event.case)
    _approved(event, case)
    standing = Measure.objects.filter(case=case, lifted_at=None)
    _all_told(event, case, [("lift", str(one.id), partial(_undo, event, one)) for one in standing])
    with transaction.atomic():
        if (Case.objects.select_for_update().get(id=case.id).state, "lift") in LIFE:
            deciding.move(case.id, "lift")  # even where nothing had been acted yet: now nothing will be


def _undo(event: Event, measure: Measure) -> None:
    _lift_all(measure, event.realm)
    with transaction.atomic():
        Measure.objects.filter(id=measure.id).update(lifted_at=clock.now(), state="lifting")
        if measure.kind == rules.PRESERVE and reaching(measure) is None:
            _let_go(measure.case)
        record(
            "measure.lifted",
            realm=event.realm,
            by=event.by,
            case=event.case,
            cause=event.id,
            once=f"lift:{event.id}:{measure.id}",
            public={"kind": measure.kind},
            sealed={"measure": str(measure.id)},
        )


def _lift_all(measure: Measure, realm: str) -> None:
    """Undo a measure on each of its targets: one that is refused keeps no other from it, and is raised after them."""
    answers = [
        answer
        for platform, at in by_platform([url for url, _ in targets_of(measure)], realm)
        for keys in many.in_calls(platform, [rules.key(measure.act, measure.kind, n) for n in at])
        for answer in many.lift(platform, keys)
    ]
    for answer in answers:
        _unless_unknown(answer)


def set_brake(person: Person, realm: str, reason: str) -> None:
    """Stop all acts of a realm at once."""
    _brake(person, realm, reason, setting=True)


def release_brake(person: Person, realm: str, reason: str) -> None:
    """Let acts go on; what was approved meanwhile is carried out."""
    _brake(person, realm, reason, setting=False)


def _brake(person: Person, realm: str, reason: str, *, setting: bool) -> None:
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    allow(person, "brake" if setting else "brake.release", Realm(realm))
    with transaction.atomic():
        now = clock.now()
        if setting:
            _, changed = Brake.objects.get_or_create(realm=realm, released_at=None, defaults={"set_at": now})
        else:
            changed = bool(Brake.objects.filter(realm=realm, released_at=None).update(released_at=now))
        if changed:
            record(
                "brake.set" if setting else "brake.released",
                realm=realm,
                by=person.by,
                sealed={"reason": vault.put_json({"text": reason}, now + timedelta(days=settings.COMITY.keep_days))},
            )
