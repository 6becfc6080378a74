"""What stands around every page of the desk: who looks, in which realm, what can't wait, and the brake."""

from django.http import HttpRequest

from comity.alerts import commands as alerts
from comity.measures.models import Brake
from comity.people import access
from comity.people.models import Person
from comity.web.parts import Banner, Link

from .pages import Frame, Me

REALMS = ("real", "drill", "demo")
PEOPLE = ("gateway.founded", "person.admitted", "role.granted", "role.revoked", "person.deactivated")
ALERTS = {
    "measure.failed": "not effective, or the platform is down. It is tried again; look at it.",
    "clock.half": "half of its time is gone.",
    "review.waits": "one person decided it, and its review still waits. Review it before its day is over.",
    "decision.barred": "it takes two people, and this desk has one: it is put to nobody. The case says why.",
    "decision.unable": "a platform can’t do what it would decide: it is put to nobody. The case says why.",
    "reading.failed": "A mail could not be read by the machine. A person must look at it.",
    "reading.waits": "Many unproven mails came. Some wait to be read; look whether one of them can’t.",
    "mail.failed": "a letter of ours was refused for good.",
    "mail.bounced": "a letter of ours came back.",
    "complaint.received": "the person affected has complained. A decider, counsel or the head answers.",
    "case.joined": "the same order came again after it was lifted or closed. Look at it now.",
    "order.changed": "the same order came again and says something else. Compare the two before anything is done.",
    "reply.received": "the authority has written again.",
    "regulation.emergency": "A regulation was changed as an emergency. It ends by itself unless the quorum signs.",
    "regulation.ended": "An emergency change of a regulation has ended. The version before it counts again.",
    "gateway.founded": "This desk was founded. Who signed, and whether it is one person, stands under People.",
    "person.admitted": "Somebody was admitted to this desk. Look under People who vouched for them.",
    "role.granted": "Somebody was given a role. Look under People who signed it.",
    "role.revoked": "Somebody lost a role.",
    "person.deactivated": "Somebody has left this desk: their keys and roles have ended.",
}
SOON = ("clock.half", "complaint.received", "reply.received", "regulation.ended", "reading.waits", *PEOPLE)


def realm_of(request: HttpRequest, person: Person) -> str:
    """The realm a page shows: the demo for its people, else the one asked for, else the real one."""
    asked = request.GET.get("realm", "")
    return "demo" if person.realm == "demo" else asked if asked in REALMS else "real"


def frame(request: HttpRequest, realm: str, current: str = "") -> Frame:
    """The frame of one page, in three queries."""
    who = access.me(request)
    switch = Link("Be someone else", "/demo/") if access.person_of(request).realm == "demo" else None
    return Frame(
        me=Me(who["role"], who["jurisdiction"], who["key"], who["sign_out"], switch),
        realm=realm,
        current=current,
        banner=_banner(realm),
        brake=_braked(realm),
    )


def _braked(realm: str) -> bool:
    return Brake.objects.filter(realm=realm, released_at=None).exists()


def _banner(realm: str) -> Banner | None:
    alert = alerts.open_in(realm).first()
    if alert is None:
        return None
    says = ALERTS.get(alert.kind, "needs a look.") + (f" ({alert.count} times)" if alert.count > 1 else "")
    bold = f"{alert.case}:" if alert.case else ""
    where = f"/console/alerts/{alert.id}"
    return Banner(bold=bold, text=says, link=Link("Open it", where), tone="soon" if alert.kind in SOON else "late")
