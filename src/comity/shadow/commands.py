"""What would have been done is kept; what people did is said and looked at; and what may be done for real is put anew.
Nothing here acts on a platform."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from comity import clock
from comity.cases import clocks, deciding, shadowed
from comity.cases import rules as life
from comity.cases.models import Case
from comity.connected import GATEWAY
from comity.decisions import commands as decisions
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY as BY
from comity.ledger.steps import Tell, step
from comity.measures import putting, standing
from comity.measures import rules as measures
from comity.measures.models import Measure
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms import among, many, shadow
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

from . import rules
from .models import Drift, Would

DECISIONS = ("execute", "annex3", "answer")
AT_ONCE = 5  # looks at what people did, and at standing measures, of one tick of the clock


# -- what would have been done ----------------------------------------------------------------------------------------


def would(event: Event) -> None:
    """Keep what people approved in shadow, and that nothing of it was done; no letter of it leaves."""
    if event.public["kind"] not in DECISIONS:
        return
    act = approvals.approved(event.sealed["act"], case=event.case, kind=event.public["kind"])
    if shadowed.of_act(act.act):
        _would(event, act)


@step("would", deciding.of)
def _would(event: Event, case: Case, tell: Tell, act: ApprovedAct) -> None:
    said, kind = act.act, event.public["kind"]
    about = shadowed.its(deciding.finding_of(case)["facts"], case.realm)
    deciding.move(case.id, "would")
    seen_by_anyone = "withhold" in said["what"] and said["targets"]
    Would.objects.create(
        act=act.hash,
        case=case,
        realm=case.realm,
        platforms=list(dict.fromkeys([*shadowed.of_act(said), *about])),
        kind=kind,
        instrument=case.instrument or "",
        country=case.country or "",
        what=said["what"],
        territory=said["territory"],
        targets=len(said["targets"]),
        doc=vault.put_json({"urls": list(said["targets"])}, case.request.until),
        decided_at=event.at,
        look_at=event.at + rules.AFTER if seen_by_anyone else None,
    )
    inside = {"platforms": ", ".join(shadowed.of_act(said)), "targets": len(said["targets"])}
    tell("decision.would", public={"kind": kind, **inside}, sealed={"act": act.hash})


# -- what people did --------------------------------------------------------------------------------------------------


def of_case(case: Case) -> Would | None:
    """What would have been done on a case, the last of it."""
    return Would.objects.filter(case=case).order_by("-decided_at").first()


def say(person: Person, case_id: str, said: str, words: str = "") -> Would:
    """Say what people did where the gateway only watched; its clocks are met by that, unless they did nothing. May be
    said again.

    Raises NotAllowed, BadInput, NotNow.
    """
    if said not in rules.SAID:
        raise BadInput("said", f"one of {', '.join(rules.SAID)}")
    if said == "other" and not words.strip():
        raise BadInput("words", "say what was done instead, in a sentence")
    with transaction.atomic():
        case = deciding.locked(case_id)
        allow(person, "shadow.say", case)
        found = of_case(deciding.move(case.id, "say"))
        if found is None:
            raise BadInput("case", "nothing would have been done on it")
        found.said, found.said_at = said, clock.now()
        found.save(update_fields=["said", "said_at"])
        clocks_end = clocks.undone if said == "nothing" else clocks.handled
        clocks_end(case := deciding.locked(case_id), found.said_at)
        sealed = deciding.kept(case, words)
        record("shadow.said", realm=case.realm, by=person.by, case=case.id, public={"said": said}, sealed=sealed)
        return found


def look_now(person: Person, case_id: str) -> Would:
    """Look at what people did, at once. Raises NotAllowed, BadInput where a look can tell nothing, or the platform
    doesn't answer."""
    case = Case.objects.get(id=case_id)
    allow(person, "shadow.say", case)
    found = of_case(case)
    if found is None or found.look_at is None:
        raise BadInput("case", "nobody can see from outside what people did here")
    try:
        _look(found, clock.now())
    except (PlatformDown, PlatformRefused, vault.Gone):
        raise BadInput("platform", "no look tells anything now; try again") from None
    return found


def keep_time(now: datetime) -> None:
    """Look, a week after each decision in shadow, at what people did (UTC), and each day at what stands."""
    waits = Would.objects.filter(seen="", look_at__lte=now)
    for found in waits.select_related("case").order_by("look_at")[:AT_ONCE]:
        try:
            _look(found, now)
        except (PlatformDown, PlatformRefused):
            Would.objects.filter(pk=found.pk).update(look_at=now + rules.AGAIN)
        except vault.Gone:
            Would.objects.filter(pk=found.pk).update(look_at=None)
    for measure in _to_look(now)[:AT_ONCE]:
        look_at(measure, now)


def _look(found: Would, now: datetime) -> None:
    seen = rules.seen(_looks(found))
    if seen == "unknown":
        raise PlatformDown("no look tells what people did")
    with transaction.atomic():
        Would.objects.filter(pk=found.pk).update(seen=seen, seen_at=now)
        record("shadow.looked", realm=found.realm, by=BY, case=found.case_id, public={"seen": seen})
    found.seen, found.seen_at = seen, now


def _looks(found: Would) -> list[tuple[bool, str]]:
    """What viewers inside and outside see now of what would have been withheld."""
    urls: Sequence[str] = vault.get_json(found.doc)["urls"]
    on = {n: platform for platform, at in among(urls, found.realm) for n in at}
    ours = str(settings.COMITY.provider["establishment"])
    everywhere = measures.places(found.territory, ours, found.country)
    places = [(n, place, inside) for n in on for place, inside in measures.places_of(everywhere, n)]
    seen = many.observe([(on[n], urls[n], place) for n, place, _ in places])
    return [(inside, one.state) for (_, _, inside), one in zip(places, seen, strict=True)]


# -- left -------------------------------------------------------------------------------------------------------------


def of_platform(name: str, realm: str, since: datetime | None = None) -> QuerySet[Would]:
    """What would have been done on a platform, or, for the gateway's name, anywhere."""
    found = Would.objects.filter(realm=realm)
    found = found if name == GATEWAY else found.filter(platforms__contains=[name])
    return found.filter(decided_at__gte=since) if since else found


def compared(name: str, realm: str, since: datetime | None = None) -> list[rules.Compared]:
    """What would have been done beside what people did, by instrument and country."""
    return rules.compare(of_platform(name, realm, since).values_list("instrument", "country", "said", "seen"))


def leave(person: Person, name: str, reason: str) -> str:
    """Put it to people that shadow is left, with the comparison as it stands. Raises NotAllowed, BadInput, NotNow."""
    found = shadow.row(name)
    figures = rules.total(compared(name, found.realm, found.since)) if found else {}
    return shadow.propose(person, name, reason, figures)


def for_real(person: Person, case_id: str, reason: str) -> None:
    """Put what would have been done to the deciders once more, now that shadow is left: the same quorum signs it anew.

    Raises NotAllowed, BadInput, NotNow.
    """
    if not reason.strip():
        raise BadInput("reason", "say why it is to be done now, in a sentence")
    with transaction.atomic():
        case = deciding.locked(case_id)
        allow(person, "measure.again", case)
        if not may_for_real(case):
            raise life.not_now(case.state, "do it for real, before shadow is left")
        decisions.void(deciding.CASE, case, "again")
        clocks.run_again(case)
        record(
            "measure.again",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=case.request_id,
            sealed=deciding.kept(case, reason),
        )


def may_for_real(case: Case) -> bool:
    """Whether what would have been done on a case can be put to the deciders for real."""
    return case.state in shadowed.STATES and not shadowed.now(case)


# -- what stands ------------------------------------------------------------------------------------------------------


def _to_look(now: datetime) -> QuerySet[Measure]:
    """The standing measures whose last look is a day old, the oldest first."""
    stands = Measure.objects.filter(lifted_at=None, state="effective", seen_at__lte=now - rules.EACH)
    stands = stands.exclude(kind=measures.PRESERVE)
    due = stands.filter(Q(drift=None) | Q(drift__at__lte=now - rules.EACH))
    return due.select_related("case").order_by(F("drift__at").asc(nulls_first=True), "seen_at")


def look_at(measure: Measure, now: datetime) -> Drift | None:
    """Look at a standing measure again, and tell the desk once where it is not as it should be. None: no look told
    anything now; it is looked at tomorrow."""
    try:
        right, blind = standing.look_again(measure)
    except (PlatformDown, PlatformRefused, vault.Gone):
        Drift.objects.filter(measure=measure).update(at=now)
        return None
    with transaction.atomic():
        before = Drift.objects.filter(measure=measure).first()
        found, _ = Drift.objects.update_or_create(measure=measure, defaults={"at": now, "right": right, "blind": blind})
        if not right and (before is None or before.right):
            _drifted(measure)
    return found if right else _put_back(measure, found, now)


def _put_back(measure: Measure, found: Drift, now: datetime) -> Drift:
    """What was undone by hand, where it is to be put back: done again, and looked at again."""
    try:
        if not putting.put_back(measure):
            return found
        right, blind = standing.look_again(measure)
    except (PlatformDown, PlatformRefused, vault.Gone, approvals.NotApproved):
        return found
    found, _ = Drift.objects.update_or_create(measure=measure, defaults={"at": now, "right": right, "blind": blind})
    return found


def _drifted(measure: Measure) -> None:
    sealed = {"measure": str(measure.id)}
    record("platform.drifted", realm=measure.case.realm, by=BY, case=measure.case_id, sealed=sealed)
