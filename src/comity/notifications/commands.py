"""Telling the person affected, holding that back where a lawful non-disclosure stands, and taking their complaint."""

from base64 import b32encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.alerts import commands as alerts
from comity.cases import clocks, deciding, find
from comity.cases.models import Case
from comity.cases.rules import plan, told
from comity.inquiries import commands as inquiries
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.measures import looking, targets
from comity.measures.models import Measure
from comity.outbox import letters as filling
from comity.people import approvals
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed, allow
from comity.people.rules import ACTS, may
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

from . import copies, letters, rules
from .models import Complaint, Notification

TEXT_AT_MOST = 20_000
COMPLAINTS_AT_MOST = 20


# -- telling ----------------------------------------------------------------------------------------------------------


@step("draft:notification", deciding.of)
def draft(event: Event, case: Case, tell: Tell) -> None:
    """Draft what the author is told, where the finding leads to a measure that they are told of."""
    kept = deciding.finding_of(case)
    if plan(kept["finding"]) == "execute" and told(kept["finding"]):
        ref = deciding.put_draft(case, "notification", letters.notice(kept["facts"], kept["finding"], settings.COMITY))
        tell("case.drafted", public={"kind": "notification"}, sealed={"draft": ref})


def notify(event: Event) -> None:
    """Tell each author of what was seen to take effect, or hold it back; of a lift, those who had been told. Nobody is
    told of what only keeps."""
    observed = Measure.objects.select_related("case__request").get(id=event.sealed["measure"])
    measure = looking.reaching(observed)
    if event.public["kind"] == "narrow":
        if measure is not None and measure.id == observed.id:
            _tell_lifted(event, measure, measure.dropped)
        return
    if event.public["kind"] == "lift":
        if measure is not None and looking.all_undone(measure.case_id):
            _tell_lifted(event, measure)
        return
    if measure is None or not looking.all_seen(observed):
        return
    letter = approvals.approved(measure.act, case=measure.case_id, kind="execute").act["letters"].get("notification")
    if letter is None:
        return  # nobody is told: it changes nothing for anybody, or the order has it kept confidential
    hold = rules.Hold(*rules.held(deciding.finding_of(measure.case)["finding"]))
    known = {one.target: one for one in Notification.objects.filter(case=measure.case, state="sent")}
    for number, place in enumerate(targets.targets_of(measure)):
        before = known.get(number)
        if before is None:
            _tell(_made(event, measure, number, letter, hold), place, letter)
        elif measure.lifted_at is None and not hold.stands and vault.get_json(before.doc)["measure"] != str(measure.id):
            _tell(_anew(before, measure, letter), place, letter)


def _anew(notification: Notification, measure: Measure, letter: Mapping[str, Any]) -> Notification:
    """Somebody who was told of a measure that was lifted since, and taken again: their page is of this one now."""
    doc = {"letter": letter, "measure": str(measure.id), "anew": True}
    notification.doc, notification.state = vault.put_json(doc, measure.case.request.until), "ready"
    notification.save(update_fields=["doc", "state"])
    return notification


def token_of(event: int, target: int) -> str:
    """The link's token: 128 bits under this gateway's key, the same when a step runs again."""
    return b32encode(vault.keyed_hash(f"statement:{event}:{target}")).decode().rstrip("=").lower()


def _made(event: Event, measure: Measure, number: int, letter: Mapping[str, Any], hold: rules.Hold) -> Notification:
    with transaction.atomic():
        made = Notification.objects.filter(case=measure.case, target=number).first()
        if made is not None:
            return made
        notification = Notification.objects.create(
            case=measure.case,
            target=number,
            token_hash=vault.keyed_hash(token_of(event.id, number)),
            state="held" if hold.stands else "ready",
            until=hold.until,
            doc=vault.put_json({"letter": letter, "measure": str(measure.id)}, measure.case.request.until),
            event=event.id,
            made_at=clock.now(),
        )
        if hold.stands:
            record(
                "notification.held",
                realm=measure.case.realm,
                by=GATEWAY,
                case=measure.case_id,
                cause=event.id,
                once=f"held:{notification.id}",
                public={"until": hold.until.isoformat() if hold.until else None},
                sealed={"notification": str(notification.id)},
            )
    return notification


def _tell(notification: Notification, place: tuple[str, str], letter: Mapping[str, Any]) -> None:
    if notification.state == "ready":
        _send(notification, place, letter)


def _send_kept(notification: Notification) -> None:
    """Send one that was held back, from what its document keeps."""
    kept = vault.get_json(notification.doc)
    measure = Measure.objects.get(id=kept["measure"])
    _send(notification, targets.targets_of(measure)[notification.target], kept["letter"])


def _send(notification: Notification, place: tuple[str, str], letter: Mapping[str, Any]) -> None:
    url, ref = place
    link = f"{settings.COMITY.base_url}/statement/{token_of(notification.event, notification.target)}"
    text = letters.text(filling.fill(letter, {"link": link}))
    try:
        targets.platform_of(url, notification.case.realm).notify(_once(notification), ref, text)
        channel = "platform"
    except PlatformRefused:
        channel = "none"  # nobody to tell there; the page stands, for whoever asks our support
    _sent(notification, channel)


def _once(notification: Notification) -> str:
    """The key under which somebody is told once: of the first measure on their thing, and of each that follows it."""
    kept = vault.get_json(notification.doc)
    return f"{notification.id}:{kept['measure']}" if kept.get("anew") else str(notification.id)


def _sent(notification: Notification, channel: str) -> None:
    with transaction.atomic():
        Notification.objects.filter(id=notification.id).update(state="sent", sent_at=clock.now(), until=None)
        record(
            "notification.sent",
            realm=notification.case.realm,
            by=GATEWAY,
            case=notification.case_id,
            cause=notification.event,
            once=f"notified:{_once(notification)}",
            public={"channel": channel},
            sealed={"notification": str(notification.id)},
        )


def _tell_lifted(event: Event, measure: Measure, only: Collection[int] | None = None) -> None:
    """Tell those who were told of it that it is lifted; of part of a measure, those of the targets `only`."""
    letter = deciding.lift_of(measure.case_id).act["letters"].get("author")
    if letter is None:
        return
    places = targets.targets_of(measure)
    for notification in Notification.objects.filter(case=measure.case, state="sent"):
        if only is not None and notification.target not in only:
            continue
        url, ref = places[notification.target]
        if measure.effects.filter(when="lifted", target=notification.target, inside=True, seen="withheld").exists():
            continue  # another case still holds it back: "can be seen again" would be untrue
        link = f"{settings.COMITY.base_url}/statement/{token_of(notification.event, notification.target)}"
        text = letters.lifted_text(filling.fill(letter, {"link": link}))
        try:
            targets.platform_of(url, event.realm).notify(f"{_once(notification)}:lifted", ref, text)
        except PlatformRefused:
            continue


def release_due(now: datetime) -> None:
    """Release what was held back once its end has come; what another non-disclosure touches is left to a person."""
    for notification in Notification.objects.filter(state="held", until__lte=now).select_related("case")[:100]:
        try:
            released = _release_due(notification, now)
        except vault.Gone:  # lifted long ago, and forgotten: nobody is told any more
            released = False
        if not released:
            Notification.objects.filter(id=notification.id, state="held").update(until=None)


def _release_due(notification: Notification, now: datetime) -> bool:
    freed = done(f"released:{notification.id}")
    hold = rules.Hold(True, notification.until)
    by_itself = freed or rules.release(hold, _other_holds(notification), now) == "by-itself"
    if by_itself:
        _release(notification, by=GATEWAY)
    return by_itself


def release(person: Person, case_id: str) -> None:
    """A person releases what a case holds back, having looked at what else may forbid to tell."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "notification.release", case)
        held = Notification.objects.filter(case=case, state="held")
        held.update(until=clock.now())
    for notification in held.select_related("case"):
        _release(notification, by=person.by)


def _release(notification: Notification, *, by: str) -> None:
    with transaction.atomic():
        record(
            "notification.released",
            realm=notification.case.realm,
            by=by,
            case=notification.case_id,
            once=f"released:{notification.id}",
            sealed={"notification": str(notification.id)},
        )
    try:
        _send_kept(notification)
    except PlatformDown:
        return  # still held in the table: the next tick of the clock tells it


def _other_holds(notification: Notification) -> list[rules.Hold]:
    """The non-disclosures of other cases that name the same address."""
    measure = Measure.objects.get(id=vault.get_json(notification.doc)["measure"])
    url, _ = targets.targets_of(measure)[notification.target]
    named = Case.objects.filter(term__term=vault.keyed_hash(find.plain(url)), realm=notification.case.realm)
    others = named.exclude(id=notification.case_id).exclude(state="lifted").distinct()
    return [hold for case in others if (hold := _hold_of(case))]


def _hold_of(case: Case) -> rules.Hold | None:
    """What another case holds back; None where its time is over, which it never is while a measure of it stands."""
    try:
        return rules.Hold(*rules.held(deciding.finding_of(case)["finding"]))
    except vault.Gone:
        return None


def says(finding: Mapping[str, Any]) -> str:
    """How the notification goes out, in a few words for the desk."""
    held, until = rules.held(finding)
    if held and until:
        return f"Held back by the non-disclosure; released by itself on {until:%d %b %Y, %H:%M} UTC"
    if held:
        return "Held back by the non-disclosure; its end is not known, so a person releases it"
    return (
        f"Through {settings.COMITY.name}, in discreet words, with a private link to the author's own page: what was "
        "done, why, who ordered it, and how to fight it and by when"
    )


def is_held(case: Case) -> bool:
    """Whether a notification of a case is held back."""
    return Notification.objects.filter(case=case, state="held").exists()


# -- the page and the complaint ---------------------------------------------------------------------------------------


def by_token(token: str) -> Notification | None:
    """The notification whose page a token opens; None for an unknown one, and while it is held back."""
    found = Notification.objects.filter(token_hash=vault.keyed_hash(token)).select_related("case__request").first()
    return found if found is not None and found.state == "sent" else None


def complain(notification: Notification, text: str) -> None:
    """Take what the person affected writes. It hangs on the case and is answered on their page."""
    words = text.strip()
    if not words:
        raise BadInput("text", _("write in a sentence or two what we got wrong"))
    if len(words) > TEXT_AT_MOST:
        raise BadInput("text", _("at most %(most)s characters") % {"most": TEXT_AT_MOST})
    with transaction.atomic():
        Notification.objects.select_for_update().get(id=notification.id)
        if notification.complaints.count() >= COMPLAINTS_AT_MOST:
            raise BadInput("text", _("we have many complaints of yours; wait for our answer to them"))
        doc = vault.put_json({"text": words}, notification.case.request.until)
        complaint = Complaint.objects.create(notification=notification, doc=doc, at=clock.now())
        record(
            "complaint.received",
            realm=notification.case.realm,
            by="affected",
            case=notification.case_id,
            sealed={"complaint": complaint.id},
        )


def start_clock(event: Event) -> None:
    """Start the complaint's clock: its length is the pack's (Regulation (EU) 2021/784, Art. 10(2)), or, where that has
    none, our own rule's."""
    complaint = Complaint.objects.select_related("notification__case").get(id=event.sealed["complaint"])
    case = complaint.notification.case
    finding = deciding.finding_with(case, {"complaint": {"received_at": filling.rfc3339(complaint.at)}})
    of_its_pack = (d for d in finding["deadlines"] if d["id"] == "complaint" and d["due_target"])
    found = next(of_its_pack, None) or inquiries.our_rule(case, "complaint")
    if found is None:
        return
    due = datetime.fromisoformat(found["due_target"])
    with transaction.atomic():
        if not Complaint.objects.filter(id=complaint.id, due=None, answered_at=None).update(due=due):
            return  # this step ran before: its clock may be met by now
        clocks.start(case, found, complaint.at)
        clocks.settle(Case.objects.select_for_update().get(id=case.id))


@dataclass(frozen=True)
class Told:
    """A complaint opened: its words, and our answer where there is one. Instants in UTC."""

    id: int
    at: datetime
    text: str
    due: datetime | None
    answer: str
    answered_at: datetime | None
    copy: bool = False


def complaints_of(case: Case) -> list[Told]:
    """The complaints of a case, the oldest first."""
    return [_told(found) for found in Complaint.objects.filter(notification__case=case)]


def complaints_on(notification: Notification) -> list[Told]:
    """The complaints of this one person, the oldest first: no other author's words stand on their page."""
    return [_told(found) for found in notification.complaints.all()]


def _told(found: Complaint) -> Told:
    answer = vault.get_json(found.answer)["text"] if found.answer else ""
    return Told(
        found.id, found.at, vault.get_json(found.doc)["text"], found.due, answer, found.answered_at, bool(found.copy)
    )


def may_answer(person: Person, case: Case) -> bool:
    """Whether a complaint about a case is this person's to decide: nobody's who put or signed what it is about."""
    return may(person, "complaint.answer", case) and str(person.id) not in deciding.took_part(case)


def anyone_may_answer(case: Case) -> bool:
    """Whether this desk has somebody who may answer a complaint about a case."""
    realm = "demo" if case.realm == "demo" else "real"
    here = Person.objects.filter(realm=realm, is_active=True, roles__overlap=sorted(ACTS["complaint.answer"]))
    return here.exclude(id__in=deciding.took_part(case)).exists()


def copy_forbidden(case: Case, complaint_id: int) -> bool:
    """Whether a non-disclosure forbids to give this person a copy of the order now."""
    complaint = Complaint.objects.select_related("notification").get(id=complaint_id, notification__case=case)
    return copies.forbidden(case, _other_holds(complaint.notification))


def copy_of(notification: Notification) -> Complaint | None:
    """The complaint with whose answer this person was given a copy of the order; None also while it is forbidden."""
    complaint = copies.of(notification)
    if complaint is None or copies.forbidden(notification.case, _other_holds(notification)):
        return None
    return complaint


def answer_complaint(person: Person, case_id: str, complaint_id: int, text: str, *, copy: bool = False) -> None:
    """Answer a complaint; the answer stands on the person's page, and with `copy` the order can be downloaded there."""
    if not text.strip():
        raise BadInput("text", "write the answer; it is shown on the person's page")
    order = _order_for(person, case_id, complaint_id) if copy else b""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "complaint.answer", case)
        if not may_answer(person, case):
            raise NotAllowed("a complaint is decided by somebody who neither put nor signed the act it is about")
        complaint = Complaint.objects.select_for_update().filter(id=complaint_id, notification__case=case).first()
        if complaint is None or complaint.answered_at:
            raise BadInput("complaint", "answered already, or not of this case")
        complaint.answer = vault.put_json({"text": text.strip()}, case.request.until)
        complaint.answered_at = clock.now()
        complaint.copy = vault.put(order, case.request.until) if copy else ""
        complaint.save(update_fields=["answer", "answered_at", "copy"])
        _close(case)
        record(
            "complaint.answered",
            realm=case.realm,
            by=person.by,
            case=case.id,
            sealed={"complaint": complaint.id},
        )
        if copy:
            record("copy.given", realm=case.realm, by=person.by, case=case.id, sealed={"complaint": complaint.id})


def _order_for(person: Person, case_id: str, complaint_id: int) -> bytes:
    """The order, taken out of its mail before anything is locked. Raises NotAllowed, BadInput."""
    case = Case.objects.select_related("request").get(id=case_id)
    allow(person, "copy.give", case)
    if not Complaint.objects.filter(id=complaint_id, notification__case=case).exists():
        raise BadInput("complaint", "not of this case")
    if copy_forbidden(case, complaint_id):
        raise BadInput("copy", "a non-disclosure stands: no copy of the order can be given")
    return copies.order_of(case)


def _close(case: Case) -> None:
    """Nothing of this case is open any more once its last complaint is answered."""
    if Complaint.objects.filter(notification__case=case, answered_at=None).exists():
        return
    clocks.end(case, "complaint", clock.now())
    alerts.settle(case.realm, "complaint.received", case.id)
    if case.state in ("answered", "lifted"):
        clocks.settle(case)
