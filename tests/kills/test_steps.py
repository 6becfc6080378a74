"""Each step of the road run twice and half-way: the second time changes nothing, and all happens once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
import sealing
from custody import scene as disclosing
from django.db import transaction
from django.http import QueryDict
from hostile.scene import ORDER, order, signed, two_orders
from hotline.test_bad_input import mail as of_danger
from instruments.test_preserve import NUMBER, account, mail
from leaving.scene import Leaving
from people import members
from reading import pdfs
from road import Road

from comity import clock
from comity.admissions.models import Admission
from comity.adoption import commands as adoption
from comity.alerts.models import Alert
from comity.answers import lifting
from comity.answers.changing import change
from comity.cases import commands as cases
from comity.cases import deciding, entering, obstacles, prolonging
from comity.cases.changing import Change
from comity.cases.filed import File
from comity.cases.models import Case, Question, Request
from comity.claims import commands as claims
from comity.claims.models import Claim
from comity.custody import answering, recipients
from comity.demo import samples
from comity.demo.register import JUDGE_ID, SERVICE_ID
from comity.demo.representative.orders import ORDERS
from comity.demo.veltria import balancing
from comity.doors.filing import commands as filing
from comity.doors.filing import form
from comity.following import commands as following
from comity.hotline import acting, officers
from comity.hotline import commands as calls
from comity.hotline.models import Call
from comity.hotline.rules import Said
from comity.inquiries import commands as inquiries
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.measures import brakes, ending
from comity.measures.models import Brake, Measure
from comity.notifications import commands as notifications
from comity.notifications.models import Complaint, Notification
from comity.outbox.models import Mail
from comity.people import commands as people
from comity.people.models import Act
from comity.platforms import sandbox_world, shadow
from comity.platforms.models import Shadow
from comity.risk import turning
from comity.risk.drills import commands as drills
from comity.risk.models import Alarm
from comity.road import COMMANDS
from comity.shadow import commands as watching
from comity.shadow.models import Would
from comity.vault import commands as vault

from .steps import BrokenRoad, broken_road, kinds, tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokenRoad]:
    with broken_road(monkeypatch) as opened:
        yield opened


def judged(road: BrokenRoad, sample: str = "good-text") -> Case:
    """A case as it stands before people decide."""
    target = road.road.post() if sample == "good-text" else sandbox_world().base_url + "/c/harbour/987654321"
    request = road.road.receive(road.road.sample(sample, target))
    road.drive()
    return Case.objects.get(request=request)


def answered_lifted_and_complained_about(road: BrokenRoad) -> None:
    case = judged(road)
    road.road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.failed
    once = [kind for kind in kinds(case.id) if kinds(case.id).count(kind) > 1]
    assert sorted(set(once)) == ["approval.given", "case.drafted", "mail.queued", "mail.sent"]
    assert [kinds(case.id).count(kind) for kind in sorted(set(once))] == [2, 2, 2, 2]
    assert len({mail.message["Message-ID"] for mail in road.mailbox.mails}) == Mail.objects.count() == 2
    complained(road, case)
    lifting.propose(road.road.person("decider"), case.id, "The order was withdrawn", "order", ORDER)
    road.road.sign(case)
    road.drive()
    assert Measure.objects.get(case=case).state == "lifted"
    assert Mail.objects.filter(case=case.id, kind="lifted").count() == 1
    road.road.receive(vault.get(case.request.raw))
    road.drive()
    assert Alert.objects.filter(kind="case.joined").count() == 1


def complained(road: BrokenRoad, case: Case) -> None:
    notifications.complain(Notification.objects.get(case=case), "It was a joke between friends")
    road.drive()
    complaint = Complaint.objects.get()
    notifications.answer_complaint(road.road.person("counsel"), case.id, complaint.id, "We looked again.")
    event = Event.objects.get(kind="complaint.received")
    notifications.start_clock(event)
    case.refresh_from_db()
    assert not case.open, "the complaint's clock, started once more, opened an answered case again"
    road.drive()


def said_what_stands_in_the_way(road: BrokenRoad) -> None:
    case = judged(road, "cannot-carry-out")
    road.road.sign(case, "BE")
    road.drive()
    case.refresh_from_db()
    assert case.state == "waiting", road.failed
    answer = Mail.objects.get(case=case.id, kind="answer")
    road.road.receive(road.road.reply(answer.message_id, "You are right, the number was mistyped."))
    road.drive()
    assert kinds(case.id).count("clarification.received") == 1


def watched_in_shadow_until_it_was_left(road: BrokenRoad) -> None:
    found = Shadow.objects.create(platform="sandbox", realm="demo", since=clock.now())
    case, waiting = judged(road), judged(road, "cannot-carry-out")
    road.road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "in-shadow", road.failed
    assert kinds(case.id).count("decision.would") == Would.objects.count() == 1
    assert not Mail.objects.exclude(state="would").exists()
    waiting.refresh_from_db()
    before = waiting.act
    for jurisdiction in ("BE", "EE"):
        person = road.road.person("decider", jurisdiction)
        hash = found.act or watching.leave(person, "sandbox", "It was right")
        shadow.sign(person, "sandbox", hash, None)
        found.refresh_from_db()
    road.drive()
    waiting.refresh_from_db()
    assert (found.state, waiting.act in ("", before)) == ("left", False), road.failed
    assert road.mailbox.mails == []


def two_orders_in_one_mail(road: BrokenRoad) -> None:
    request = road.road.receive(two_orders(road.road))
    road.drive()
    for case in Case.objects.filter(request=request).order_by("order"):
        assert case.state == "to-decide", road.failed
        assert kinds(case.id).count("case.opened") == kinds(case.id).count("case.judged") == 1
        assert list(Mail.objects.filter(case=case.id).values_list("kind", flat=True)) == ["acknowledgement"]
    assert request.cases.count() == 2


def weighed_and_answered_without_a_measure(road: BrokenRoad) -> None:
    case = judged(road)
    obstacles.weigh(road.road.person("handler"), case.id, "journalism", within=False)
    road.drive()
    deciding.propose(case.id, "answer")
    road.road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "not-carried-out", road.failed
    assert Mail.objects.filter(case=case.id, kind="answer").count() == 1


def sorted_by_a_person(road: BrokenRoad) -> None:
    request = road.road.receive(road.road.sample("support", ""))
    road.drive()
    cases.sort(road.road.person("handler"), request.id, "support", "Thank you, our support writes to you.")
    road.drive()
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["acknowledgement", "reply"]


def not_effective_then_braked_and_resumed(road: BrokenRoad) -> None:
    case = judged(road)
    sandbox_world().misbehave("pretend")
    road.road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "not-effective"
    assert Alert.objects.filter(case=case.id).count() == 1
    second = judged(road)
    brakes.set_brake(road.road.person("decider"), "demo", "we look into it")
    road.road.sign(second)
    road.drive()
    assert not Measure.objects.filter(case=second).exists()
    sandbox_world().misbehave("normal")
    brakes.release_brake(road.road.person("decider"), "demo", "found")
    road.drive()
    second.refresh_from_db()
    assert second.state == "answered", road.failed
    assert Measure.objects.filter(case=second).count() == 1


def corrected_joined_and_bounced(road: BrokenRoad) -> None:
    case = judged(road)
    raw = road.road.sample("good-text", "http://elsewhere.example/1")
    cases.correct(road.road.person("handler"), case.request_id, "form.issuing_file_number", "FN 12/26")
    road.drive()
    assert case.findings.count() == 2
    again = Request.objects.get(id=case.request_id)
    road.road.receive(vault.get(again.raw))
    del raw
    road.drive()
    assert Case.objects.count() == 1
    ours = Mail.objects.filter(kind="acknowledgement").first()
    assert ours is not None
    road.road.receive(bounce_of(ours))
    road.drive()
    ours.refresh_from_db()
    assert ours.state == "bounced"


def bounce_of(mail: Mail) -> bytes:
    """What another server sends back."""
    report = EmailMessage()
    report["From"], report["To"] = "MAILER-DAEMON@mx.example", "orders@lantern.example"
    report["Subject"], report["Message-ID"] = "Undelivered Mail Returned to Sender", "<b1@mx.example>"
    report["Auto-Submitted"], report["In-Reply-To"] = "auto-replied", mail.message_id
    report.set_content("The mailbox is full.")
    report.replace_header("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')
    head = report.as_bytes().partition(b"\n\n")[0]
    status = b"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.2.2\n"
    parts = (b"text/plain\n\nIt came back.\n", b"message/delivery-status\n\n" + status)
    body = b"".join(b"--b\nContent-Type: " + part for part in parts) + b"--b--\n"
    return (head + b"\n\n" + body).replace(b"\n", b"\r\n")


def founded_while_a_decision_was_put_to_nobody(road: BrokenRoad) -> None:
    case = judged(road)
    Case.objects.filter(id=case.id).update(realm="real", act="")
    with transaction.atomic():
        record("gateway.founded", realm="real", by="founders")
    road.drive()
    case.refresh_from_db()
    assert Act.objects.get(hash=case.act, state="open").realm == "real"


def left_who_had_signed_an_admission(road: BrokenRoad) -> None:
    first, second = members.founders()
    row = Admission.objects.get(person=members.enrolled(people.invite_as_operator(["decider"], "FR")).person)
    members.sign_admission(row, first, second)
    before = row.act
    members.given("person.deactivate", first, second.person)
    road.drive()
    row.refresh_from_db()
    assert (row.state, row.version) == ("waits", 2), road.failed
    assert Act.objects.get(hash=before).state == "void"
    assert Act.objects.get(hash=row.act).state == "open"


def preserved_prolonged_and_ended(road: BrokenRoad) -> None:
    road.road.receive(mail(road.road, samples.PRESERVE, account(), NUMBER))
    road.drive()
    case = Case.objects.get()
    road.road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.failed
    first = Measure.objects.get(case=case).ends_at
    answer = Mail.objects.get(case=case.id, kind="answer")
    road.road.receive(mail(road.road, samples.PROLONG, account(), NUMBER, answer.message_id))
    road.drive()
    reply = str(Event.objects.filter(kind="reply.received").latest("id").sealed["request"])
    prolonging.prolong(road.road.person("handler"), case.id, "extension", reply)
    road.drive()
    ends = Measure.objects.get(case=case).ends_at
    assert first
    assert ends
    assert ends > first
    with clock.freeze(ends):
        ending.end_due(clock.now())
        road.drive()
    case.refresh_from_db()
    assert case.state == "ended", road.failed


def asked_an_authority_and_the_order_fell(road: BrokenRoad) -> None:
    case = judged(road)
    road.road.sign(case)
    road.drive()
    inquiries.ask(road.road.person("handler"), case.id, "Until when can your order be challenged?")
    road.drive()
    asked = Mail.objects.get(case=case.id, kind="inquiry")
    road.road.receive(road.road.reply(asked.message_id, "Within two months."))
    road.drive()
    assert kinds(case.id).count("inquiry.replied") == 1
    inquiries.decided(road.road.person("decider"), case.id, "infringes", "It is a news report.")
    road.drive()
    lifting.propose(road.road.person("decider"), case.id, "The order has fallen", "order", ORDER)
    road.road.sign(case)
    road.drive()
    assert not case.deadlines.filter(name="reinstate", met_at=None).exists()
    assert not Alert.objects.filter(kind="order.fallen", seen_at=None).exists()


def answered_by_a_person(road: BrokenRoad) -> None:
    """A mail that may be about one of our people: it has one claim, which counsel sorts."""
    request = road.road.receive(road.road.sample("threat", ""))
    road.drive()
    claim = Claim.objects.get(request=request)
    claims.sort(road.road.person("counsel"), claim.id, "no", "yes", "It holds out an arrest.")
    road.drive()
    assert kinds(claim.id) == ["claim.opened", "claim.sorted"]
    assert Question.objects.filter(request=request).count() == 2
    assert request.deadlines.filter(theirs=True).exists()


def left_a_country_stopped_and_reversed(road: BrokenRoad) -> None:
    """Veltria: as far as reading only, the second time after a gate that wasn't seen; then all of it undone."""
    with clock.freeze(clock.now()):
        veltria = Leaving(road.road, drives=road.drive)
        veltria.running()
        sandbox_world().misbehave("pretend")
        veltria.to("no-signups")
        assert veltria.plan.state == "paused"
        sandbox_world().misbehave("normal")
        veltria.put("resume")
        veltria.sign()
        road.drive()
        veltria.to("read-only")
        assert veltria.level() == "read-only", road.failed
        veltria.tick(61)
        veltria.reversed()
        assert (veltria.plan.state, veltria.level()) == ("reversed", "open"), road.failed
        assert kinds(veltria.plan.number).count("plan.reversed") == 1


def called_for_help_kept_and_closed(road: BrokenRoad) -> None:
    """A service calls, what it names is kept, and it is asked what came of it; a mail of danger is a call too."""
    handler = road.road.person("handler")
    call = calls.raise_call(officers.demo_officer(SERVICE_ID), Said("A child.", links=(road.road.post(),)), "a" * 16)
    road.drive()
    calls.acknowledge(handler, call.id)
    acting.preserve(handler, call.id)
    road.drive()
    calls.close(handler, call.id, "Dealt with.")
    road.road.receive(of_danger("someone@anywhere.example"))
    road.drive()
    assert Mail.objects.filter(kind="hotline-outcome", case=call.id).count() == 1, road.failed
    assert Call.objects.filter(door="email").count() == 1
    assert kinds(call.id).count("call.acted") == 1


def came(road: BrokenRoad, name: str, target: str, reference: str) -> Case:
    """An office's letter of the demo, typed by the desk, its office called back."""
    one, handler = ORDERS[name], road.road.person("handler")
    request = road.road.receive(road.road.sample(name, target, reference))
    road.drive()
    entering.enter(handler, request.id, one.instrument, one.facts(target, reference, clock.now()))
    road.drive()
    cases.record_callback(handler, request.id, one.office, True)
    road.drive()
    return Case.objects.get(request=request)


def reinstated_by_scrutiny_and_told_that_data_wait(road: BrokenRoad) -> None:
    fallen = judged(road)
    road.road.sign(fallen)
    road.drive()
    found = deciding.finding_of(fallen)["facts"]
    decision = came(road, "scrutiny", found["targets"][0]["ref"], found["form"]["reference"])
    road.road.sign(fallen)
    road.drive()
    decision.refresh_from_db()
    fallen.refresh_from_db()
    assert (decision.state, fallen.state) == ("answered", "lifted"), road.failed
    assert Mail.objects.filter(case=decision.id, kind="answer").count() == 1
    asked = came(road, "dsa-inform", account(), "N 12/26")
    road.road.sign(asked)
    road.drive()
    asked.refresh_from_db()
    assert asked.state == "to-produce", road.failed
    assert kinds(asked.id).count("production.waits") == Mail.objects.filter(case=asked.id, kind="answer").count() == 1


def narrowed_and_withdrawn(road: BrokenRoad) -> None:
    urls = road.road.post(), road.road.post("Another harmless message")
    request = road.road.receive(signed(order(road.road, "\n".join(urls), "OOS-2026-7001")))
    road.drive()
    case = Case.objects.get(request=request)
    road.road.sign(case)
    road.drive()
    answer = Mail.objects.get(case=case.id, kind="answer")
    later = road.road.receive(road.road.reply(answer.message_id, "We drop the second message."))
    road.drive()
    change(road.road.person("handler"), case.id, Change("narrowed", later.id, (urls[1],)))
    road.road.sign(case)
    road.drive()
    assert Measure.objects.get(case=case).dropped == [1], road.failed
    assert case.findings.count() == 2
    assert Mail.objects.filter(case=case.id, kind="lifted").count() == 1
    second = judged(road)
    ours = Mail.objects.get(case=second.id, kind="acknowledgement")
    later = road.road.receive(road.road.reply(ours.message_id, "We withdraw it."))
    road.drive()
    change(road.road.person("handler"), second.id, Change("withdrawn", later.id))
    road.drive()
    assert Mail.objects.filter(case=second.id, kind="withdrawn").count() == 1, road.failed


def filed_written_about_and_called_back(road: BrokenRoad) -> None:
    pack = form.of("demo", "eu-tco-removal-order")
    assert pack is not None
    given = QueryDict(mutable=True)
    given.update({"office": "demo-online-safety", "form.reference": "WEB-1", "form.urls": road.road.post()})
    typed = form.read(pack, "demo", given, ZoneInfo("UTC"), None)
    paper = File(pdfs.make({"reference": "WEB-1", "urls": "https://x.example/1", "redress_body": "Court"}), "order.pdf")
    link = filing.file(typed, [paper], "filed-once-1234567890", "demo")
    following.write(link, "And the second picture, please.", [], "written-once-1234567890")
    road.drive()
    case = Case.objects.get(request=link.request)
    assert case.joined.filter(how="reply").count() == 1
    cases.record_callback(road.road.person("handler"), link.request_id, "demo-online-safety", True)
    road.drive()
    case.refresh_from_db()
    assert case.grade == "accredited-channel"
    assert Mail.objects.filter(kind="status-link").count() == 1
    assert "parts-differ" in case.request.flags
    assert Event.objects.filter(kind="files.read", request=link.request_id).count() == 1


def changed_a_rule_in_the_open(road: BrokenRoad) -> None:
    """A bound crossed, a State's proposal carried by the council, adopted by the quorum, and ended on its day."""
    bound = balancing.measure()
    draft = balancing.attempt()
    found, token = balancing.propose(bound.id)
    balancing.shape(found.id, draft.pk, token)
    balancing.comment(found.id)
    for key in balancing.COUNCIL:
        balancing.vote(found.id, key)
    balancing.over(found.id)
    road.drive()
    for key in ("counsel-be", "decider-ee"):
        balancing.sign(draft, key)
    road.drive()
    with clock.freeze(clock.now() + timedelta(days=366)):
        adoption.keep_time(clock.now())
    road.drive()
    assert balancing.proposal(found.id).state == "ended", road.failed
    for kind in ("proposal.put", "proposal.adopted", "proposal.ended"):
        assert kinds(found.id).count(kind) == 1


def rehearsed_and_a_risk_turned(road: BrokenRoad) -> None:
    """A drill is begun, counted again where it was broken off, ended once; what rests on it turns by itself."""
    turning.look("demo")
    drill = drills.begin("operator", "demo", "leave-a-country", country="FR")
    road.drive()
    drill.refresh_from_db()
    assert drill.state == "ended", road.failed
    assert kinds(drill.id) == ["drill.begun", "drill.cleared", "drill.ended"]
    assert kinds("G-09") == ["risk.turned"] * bool(drill.met)
    day, now = clock.now().date(), clock.now()
    with transaction.atomic():
        Alarm.objects.create(
            id="A-ABCDEFGH", realm="demo", kind="headroom", name="people", since=day, at=day, seen=2, expected=1,
            size=2, sure=3, raised_at=now,
        )  # fmt: skip
        told = {"alarm": "headroom", "name": "people", "since": day.isoformat()}
        record("alarm.raised", realm="demo", by="gateway", case="A-ABCDEFGH", public=told)
    road.drive()
    assert Alert.objects.get(kind="alarm.raised", thing="A-ABCDEFGH").count == 1


COVERS: dict[Callable[[BrokenRoad], None], set[str]] = {
    answered_lifted_and_complained_about: {
        "cases.reviews.start",
        "cases.read_request",
        "cases.grade_sender",
        "cases.note_bounce",
        "cases.judging.judge_request",
        "answers.acknowledge",
        "answers.draft",
        "notifications.draft",
        "measures.preserve",
        "cases.deciding.put_forward",
        "measures.begin",
        "measures.lift",
        "measures.observe",
        "answers.answer",
        "notifications.notify",
        "outbox.deliver",
        "notifications.start_clock",
        "answers.lifting.tell",
        "cases.repeated",
    },
    weighed_and_answered_without_a_measure: {"answers.decline"},
    said_what_stands_in_the_way: {"answers.cannot", "cases.obstacles.clarified"},
    sorted_by_a_person: {"answers.reply"},
    answered_by_a_person: {"cases.asking.ask", "claims.open_found", "cases.judging.judge_request"},
    called_for_help_kept_and_closed: {
        "hotline.measured",
        "hotline.after.ask_outcome",
        "hotline.from_mail",
        "cases.grade_sender",
    },
    two_orders_in_one_mail: {"cases.judging.judge_request"},
    watched_in_shadow_until_it_was_left: {"shadow.would", "cases.deciding.put_as_it_stands"},
    not_effective_then_braked_and_resumed: {"measures.resume", "cases.alert"},
    corrected_joined_and_bounced: {"cases.note_bounce"},
    founded_while_a_decision_was_put_to_nobody: {"cases.deciding.put_anew"},
    left_who_had_signed_an_admission: {"admissions.left"},
    reinstated_by_scrutiny_and_told_that_data_wait: {
        "inquiries.fallen.put",
        "inquiries.fallen.follow",
        "inquiries.fallen.answered",
        "answers.stand_by",
    },
    narrowed_and_withdrawn: {"cases.changing.settle", "measures.let_go", "answers.changing.withdrawn"},
    asked_an_authority_and_the_order_fell: {"inquiries.replied", "inquiries.reinstated"},
    left_a_country_stopped_and_reversed: {
        "leaving.carrying.put_step",
        "leaving.carrying.act",
        "leaving.carrying.observe",
        "leaving.carrying.undo",
        "leaving.carrying.look",
    },
    changed_a_rule_in_the_open: {
        "balance.bounds.alert",
        "balance.proposing.alert",
        "balance.proposing.put_to_quorum",
        "balance.proposing.adopted",
        "balance.proposing.ended",
    },
    preserved_prolonged_and_ended: {
        "measures.ending.put_off",
        "measures.ending.over",
        "answers.lasting.prolonged",
        "answers.lasting.ended",
    },
}


COVERS[rehearsed_and_a_risk_turned] = {
    "risk.alert",
    "risk.drills.run",
    "risk.drills.put_away",
    "risk.turning.after",
    "risk.turning.alert",
}


class Whole:
    """The road of a test with its breaks, as custody's scene drives it."""

    def __init__(self, road: BrokenRoad) -> None:
        self.drive, self._road = road.drive, road.road

    def __getattr__(self, name: str) -> Any:
        return getattr(self._road, name)


def disclosed_to_a_judge(road: BrokenRoad) -> None:
    with pytest.MonkeyPatch.context() as patch:
        disclosing.proven(patch)
        made = disclosing.standing(cast(Road, Whole(road)))
        thief = recipients.log("demo", JUDGE_ID, sealing.key("thief").public)
        road.drive()
        recipients.called_back(road.road.person("handler"), thief.id, theirs=False)
        with transaction.atomic():  # it counts again, and has no key: it is asked anew, once
            told = {"public": {"authority": JUDGE_ID}, "sealed": {"act": "a" * 64}}
            record("register.reinstated", realm="demo", by="gateway", **told)
        road.drive()
        assert Mail.objects.filter(case=made.case.id, kind="production-key").count() == 2
        made.key()
        made.signed()
        first = made.opening.id
        recipients.log("demo", JUDGE_ID, sealing.key("another").public)
        road.drive()
        assert made.opening.id != first
        made.key()
        made.signed()
        made.give(*sorted(made.called()))
        assert made.opening.state == "complete", road.failed
        answering.bad(made.opening.id, min(made.called()))
        road.drive()
        made.give(*(made.called() - made.called(answer="shares")))
        assert made.opening.packages.count() == 2
        assert any(made.secret in text for text in made.texts(made.file()).values())
        assert Mail.objects.filter(case=made.case.id, kind="production").count() == 2
        with transaction.atomic():
            sealed = {"authority": JUDGE_ID}
            record("register.suspended", realm="demo", by="gateway", case=None, sealed=sealed)
        road.drive()
        assert recipients.of("demo", JUDGE_ID) is None


COVERS[disclosed_to_a_judge] = {
    "custody.seals.keep",
    "custody.prepare",
    "custody.forward",
    "custody.recipient_ended",
    "custody.prepare_again",
    "custody.telling.plan",
    "custody.recipients.suspended",
    "custody.asking.ask",
    "custody.production.ask_key",
    "custody.production.ask_key_again",
    "custody.production.make",
    "custody.production.again",
    "custody.production.tell_ready",
    "custody.production.produced",
}
COVERS[preserved_prolonged_and_ended] |= {"custody.fell"}
COVERS[filed_written_about_and_called_back] = {
    "following.tell_confirmed",
    "following.join_case",
    "cases.attached.read_files",
}


@pytest.mark.slow
@pytest.mark.parametrize("story", COVERS, ids=lambda story: story.__name__)
def test_each_step_twice_and_half_way(road: BrokenRoad, story: Callable[[BrokenRoad], None]) -> None:
    story(road)
    assert road.ran.keys() >= COVERS[story]


def test_every_command_of_the_road_is_in_a_story() -> None:
    assert set().union(*COVERS.values()) == COMMANDS.keys()


def test_what_a_step_is_compared_by_sees_one_changed_column() -> None:
    Brake.objects.create(realm="demo", set_at=clock.now())
    before = tables()
    Brake.objects.update(released_at=clock.now())
    assert {table for table, rows in tables().items() if rows != before[table]} == {"Brake"}
