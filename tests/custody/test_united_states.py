"""A warrant and an emergency request of the United States, from the mail to who reads and the person who is told.
The platform of these tests is established there; what happens in the Union, where neither is enforceable by itself, is
the first thing that is tried."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import pytest
import sealing
import typst
from django.conf import settings
from hostile.scene import mails, words
from road import Road, open_road

from comity import clock
from comity.cases import asking as questions
from comity.cases import commands as cases
from comity.cases import deciding, document, entering
from comity.cases.facts import instant
from comity.cases.models import Case, Request
from comity.custody import asking, commands, production, recipients, rostered, rules, telling
from comity.custody.models import Item, Opening, Roster
from comity.custody.rules import NotNow
from comity.demo import keys, samples
from comity.demo.register import SHERIFF_ADDRESS, SHERIFF_DOMAIN, SHERIFF_ID
from comity.demo.register import US_COURT_ADDRESS as ADDRESS
from comity.demo.register import US_COURT_DOMAIN as DOMAIN
from comity.demo.register import US_COURT_ID as COURT
from comity.demo.representative.orders import ORDERS
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.platforms import sandbox_world

from .scene import SECRET, Custody, proven, rostered_by
from .test_telling import notices

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # whole stories of the road
NUMBER = "26-mj-0417"


@pytest.fixture
def road(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    proven(monkeypatch)
    with open_road() as opened:
        there = settings.COMITY.provider | {"establishment": "US", "zone": "America/New_York"}
        settings.COMITY = replace(settings.COMITY, provider=there)
        Roster.objects.all().delete()  # the demo's own, whose keys are others each time
        rostered.adopt("demo", rostered_by().raw)
        sandbox_world().post("/p/holiday", "luc", SECRET)
        yield opened


def account() -> str:
    return f"{sandbox_world().base_url}/u/luc"


WARRANT = ORDERS["us-warrant"].text_


def warrant(text: str = WARRANT, number: str = NUMBER) -> bytes:
    """A mail of the court's clerk, the warrant in a PDF, signed by the court's domain."""
    at = clock.now()
    said = text.format_map(
        {"target": account(), "reference": number, "us_day": "November 30, 2026", "us_since": "November 23, 2026"}
    )
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = ADDRESS, samples.TO, f"Search warrant {number}"
    made["Date"], made["Message-ID"] = format_datetime(at), f"<{number}.{at.timestamp()}@{DOMAIN}>"
    made.set_content("To Lantern Messaging,\n\nplease find attached a warrant of this court.\n\nThe clerk\n")
    pdf = typst.compile(json.dumps(said, ensure_ascii=False).join(["#text(", ")"]).encode())
    assert isinstance(pdf, bytes)
    made.add_attachment(pdf, maintype="application", subtype="pdf", filename="warrant.pdf")
    return samples.sign(made.as_bytes(), keys.ensure(settings.COMITY.data), DOMAIN)


def typed(road: Road, request: Request, name: str, *, without: tuple[str, ...] = (), **more: Any) -> None:
    """The handler types what the letter says; `without`: what it doesn't say."""
    told = {one["path"]: one for one in ORDERS[name].facts(account(), NUMBER, clock.now())}
    told |= {path: {"path": path, "value": value, "where": "page 2"} for path, value in more.items()}
    rows = [one for path, one in told.items() if path not in without]
    entering.enter(road.person("handler"), request.id, name, rows)
    road.drive()


def came(road: Road, raw: bytes) -> Request:
    """A mail that was read, and waits for a person to type what no rule reads for certain."""
    request = road.receive(raw)
    road.drive()
    request.refresh_from_db()
    assert (request.lane, Case.objects.filter(request=request).exists()) == ("triage", False)
    return request


def opened(road: Road, **about: Any) -> Custody:
    """A warrant that came, was typed, and whose clerk was called back."""
    request = came(road, warrant())
    typed(road, request, "us-warrant", **about)
    cases.record_callback(road.person("handler"), request.id, COURT, True)
    road.drive()
    return Custody(road, Case.objects.get(request=request))


def text_of(mail: Mail) -> str:
    """What a mail says, as it is read."""
    whole = message_from_string(words(mail), policy=SMTP)
    body = whole.get_body(("plain",))  # type: ignore[attr-defined]
    return " ".join(body.get_content().split())


def stands(made: Custody) -> None:
    """It is decided that it stands, and an opening of it waits for its authority's key."""
    made.case.refresh_from_db()
    made.road.sign(made.case)
    made.road.drive()
    made.case.refresh_from_db()
    assert (made.case.state, made.opening.state) == ("to-produce", "waiting"), made.road.refused


UNTIL = "2027-03-01T00:00:00Z"
SILENT: Mapping[str, Any] = {
    "non_disclosure.requested": True,
    "non_disclosure.decided_at": "2026-11-20T18:00:00Z",
    "non_disclosure.until": UNTIL,
}


def test_it_works(road: Road) -> None:
    request = came(road, warrant())
    read = document.said(document.of(request))["facts"]
    assert (read["instrument"], read["form"]["reference"], read["authority"]["country"]) == ("us-warrant", NUMBER, "US")
    assert read["targets"] == [{"kind": "account", "ref": account()}]
    assert "data" not in read, "which categories a letter means is for a person to say, and nothing is guessed"
    typed(road, request, "us-warrant", **SILENT)
    made = Custody(road, Case.objects.get(request=request))
    assert (made.case.instrument, made.case.outcome, made.case.authority) == ("us-warrant", "valid", COURT)
    assert made.item.parts == 1 + 3 * 8, "kept on receipt, on the word of the court's domain: a week and today"

    cases.record_callback(road.person("handler"), request.id, COURT, True)
    road.drive()
    stands(made)
    recipients.log("demo", COURT, sealing.RECIPIENT.public)
    key = recipients.of("demo", COURT)
    assert key is not None
    recipients.called_back(road.person("handler"), key.id, theirs=True)
    recipients.called_back(road.person("decider", "BE"), key.id, theirs=True)
    road.drive()
    assert made.opening.state == "waiting", "no emergency: a day is waited for, whoever rings"
    with clock.freeze(clock.now() + timedelta(hours=24, seconds=1)):
        asking.keep_time(clock.now())
        road.drive()
        made.signed()
        made.give(*sorted(made.called()))
        read_ = made.texts(made.file())
        road.drive()
    assert {category for category, _ in read_} == {"subscriber", "access", "traffic", "content"}
    assert any(made.secret in text for (category, _), text in read_.items() if category == "content")
    assert len(read_) == made.item.parts
    sent = text_of(mails("answer")[-1])
    assert "18 U.S.C. § 2703(a)" in sent
    assert "No data are attached" in sent

    assert (made.opening.telling, made.opening.tell_at) == ("due", datetime.fromisoformat(UNTIL))
    telling.tell_due(datetime.fromisoformat(UNTIL) - timedelta(seconds=1))
    assert notices(made) == [], "a court ordered silence until then"
    for _ in range(2):
        telling.tell_due(datetime.fromisoformat(UNTIL))
    ((ref, text),) = notices(made)
    assert (ref, NUMBER in text, "18 U.S.C. § 2703(a)" in text) == ("/u/luc", True, True)
    assert made.secret not in text
    assert road.refused == []


def test_in_the_union_nothing_of_a_warrant_leaves_before_a_person_has_found_a_ground(road: Road) -> None:
    settings.COMITY = replace(settings.COMITY, provider=settings.COMITY.provider | {"establishment": "BE"})
    made = opened(road)
    assert made.case.outcome == "needs-person"
    assert made.item.parts, "what it names is kept, so that the lawful way is not too late"
    finding = deciding.finding_of(made.case)
    assert commands.covered(made.case, made.item, finding) == ()
    assert not Opening.objects.filter(case=made.case).exists()


def test_what_a_warrant_lacks_is_asked_for_and_nothing_is_opened(road: Road) -> None:
    made = opened(road, **{"form.signature": None, "data": [], "form.urls": []})
    assert (made.case.outcome, made.case.state) == ("defective", "to-decide")
    assert not Item.objects.filter(case=made.case).exists()
    deciding.propose(made.case.id, "answer", by=road.person("handler").by) if not made.case.act else None
    road.sign(made.case, "BE")
    road.drive()
    sent = words(mails("answer")[-1])
    assert "It is not signed. Please send the warrant as the court signed it." in sent
    assert "It names no category of records." in sent
    assert "It names no account" in sent
    assert not Opening.objects.filter(case=made.case).exists()
    assert road.refused == []


def test_without_days_content_is_not_kept_of_all_days_and_a_person_is_told(road: Road) -> None:
    made = opened(road, without=("form.time_range.from", "form.time_range.until"))
    assert not Item.objects.filter(case=made.case).exists()
    event = Event.objects.filter(kind="item.unsealed", case=made.case.id).latest("id")
    assert "from when until when" in event.sealed["why"] or event.sealed["why"] == "no-days"


def test_a_letter_that_only_speaks_of_a_warrant_is_none(road: Road) -> None:
    request = came(road, warrant("We may ask a court for a search warrant for {target} later.\n"))
    assert document.said(document.of(request)).get("facts", {}).get("instrument") is None


# -- an emergency request ---------------------------------------------------------------------------------------------


def urgent(road: Road) -> Custody:
    """A sheriff's emergency request, typed, its office called back, and a person found that a life is in danger."""
    raw = samples.make(
        "us-emergency",
        target_url=account(),
        reference=NUMBER,
        issued_at=clock.now(),
        message_id=f"<{clock.now().timestamp()}@{SHERIFF_DOMAIN}>",
        key=keys.ensure(settings.COMITY.data),
    )
    assert SHERIFF_ADDRESS.encode() in raw
    request = came(road, raw)
    typed(road, request, "us-emergency")
    cases.record_callback(road.person("handler"), request.id, SHERIFF_ID, True)
    road.drive()
    case = Case.objects.get(request=request)
    assert case.outcome == "needs-person", "before anybody has said that there is a danger"
    questions.answer(road.person("handler"), request.id, "danger", "yes")
    road.drive()
    return Custody(road, case)


def test_an_emergency_request_takes_two_who_ring_two_states_and_eight_hours(road: Road) -> None:
    made = urgent(road)
    made.case.refresh_from_db()
    assert (made.case.outcome, made.case.instrument) == ("valid", "us-emergency")
    due = made.case.deadlines.get(name="produce").due_target
    assert due == made.case.received_at.replace(microsecond=0) + timedelta(hours=8)
    stands(made)
    assert made.opening.emergency
    handler, decider = road.person("handler"), road.person("decider", "BE")
    row = recipients.log("demo", SHERIFF_ID, sealing.RECIPIENT.public)
    recipients.called_back(handler, row.id, theirs=True)
    road.drive()
    with pytest.raises(NotNow):
        commands.decisions.propose(commands.OPENING, made.opening.id, commands.DISCLOSE, by="gateway")
    assert made.opening.state == "waiting", "one who rings is not two"
    recipients.called_back(decider, row.id, theirs=True)
    road.drive()
    assert not commands.sign(decider, made.opening.id, made.opening.act, None)
    assert Act.objects.get(hash=made.opening.act).rule.jurisdictions == 2
    assert commands.sign(road.person("decider", "EE"), made.opening.id, made.opening.act, None)
    road.drive()
    assert (made.opening.state, rules.half(made.opening.asked_at, due) < due) == ("asked", True)
    made.give(*sorted(made.called()))
    read = made.texts(made.file())
    road.drive()
    assert {category for category, _ in read} == {"subscriber", "access", "traffic"}, "no content was asked for"
    assert made.opening.telling == "held"
    telling.tell_due(clock.now() + timedelta(days=900))
    assert notices(made) == [], "a life was in danger: a person says that it is over"
    telling.release(decider, made.opening.id)
    telling.tell_due(clock.now())
    assert [ref for ref, _ in notices(made)] == ["/u/luc"]
    assert production.receipt(made.opening)
    assert instant(due)
    assert road.refused == []
