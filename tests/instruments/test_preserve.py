"""A European Preservation Order on the road: decided by two, kept, answered in silence, prolonged, ended by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from hostile.scene import alerts, kinds, mails, snapshot, words
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity import clock
from comity.alerts.models import Alert
from comity.cases import deciding, judging, obstacles, prolonging
from comity.cases.models import Case, Deadline
from comity.decisions import commands as decisions
from comity.demo import keys, samples
from comity.inquiries import commands as inquiries
from comity.inquiries import enforcing
from comity.inquiries import words as questions
from comity.inquiries.models import Inquiry
from comity.ledger.models import Event
from comity.measures import ending
from comity.measures.models import Measure, Preserved
from comity.notifications.models import Notification
from comity.people.refusals import BadInput, NotAllowed
from comity.regulations import matching
from comity.vault import commands as vault
from comity.vault.models import Blob

pytestmark = pytest.mark.slow  # whole stories of the road

pytestmark = pytest.mark.slow  # whole stories of the road

INSTRUMENT = "eu-eevidence-preservation"
NUMBER = "740 Js 1187/26"


@pytest.fixture
def road(db: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def account() -> str:
    return f"{settings.COMITY.sandbox_url}/u/anna"


def mail(road: Road, name: str, target: str, number: str, to: str = "") -> bytes:
    """A mail of the demo's prosecutor: the certificate as a PDF, or a later mail in the thread of ours."""
    road.count += 1
    return samples.make(
        name,
        target_url=target,
        reference=number,
        issued_at=clock.now(),
        message_id=f"<{road.count}.{clock.now().timestamp()}@nordhafen.example>",
        key=keys.ensure(settings.COMITY.data),
        replies_to=to,
    )


def opened(road: Road, target: str = "") -> Case:
    road.receive(mail(road, samples.PRESERVE, target or account(), NUMBER))
    road.drive()
    case = Case.objects.filter(instrument=INSTRUMENT).latest("received_at")
    assert case.state == "to-decide", road.refused
    return case


def decided(road: Road, target: str = "") -> Case:
    case = opened(road, target)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case


def write_again(road: Road) -> str:
    road.receive(mail(road, samples.PROLONG, account(), NUMBER, mails("answer")[-1].message_id))
    road.drive()
    return str(Event.objects.filter(kind="reply.received").latest("id").sealed["request"])


def at(monkeypatch: pytest.MonkeyPatch, when: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: when)


def test_it_works(road: Road) -> None:
    before = snapshot(account())
    case = opened(road)
    assert case.title == "Preserve three data categories"
    assert case.due == case.deadlines.get(name="preserve-until").due_target
    act = deciding.act_of(case, "execute")
    assert (act["what"], act["targets"]) == (["preserve"], [account()])
    assert {row["category"] for row in act["keep"]["data"]} == {"subscriber", "traffic", "content"}
    assert set(deciding.letters_of(case)) == {"answer"}
    road.sign(case, "BE")
    case.refresh_from_db()
    assert case.state == "second-approval"
    road.sign(case, "EE")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    measure = Measure.objects.get(case=case)
    assert (measure.kind, measure.state) == ("preserve", "effective")
    assert measure.ends_at == case.deadlines.get(name="preserve-until").due_legal
    assert snapshot(account()) == before
    answer = mails("answer")[0]
    assert answer.case == case.id
    assert "preserved under seal" in words(answer)
    assert road.refused == []


def test_nobody_but_its_authority_hears_of_it(road: Road) -> None:
    case = decided(road)
    assert not Notification.objects.exists()
    assert not [kind for kind in kinds(case) if kind.startswith("notification.")]
    assert [mail.kind for mail in mails("acknowledgement")] == ["acknowledgement"]


@pytest.mark.soak
def test_what_waits_for_its_authoritys_word_is_kept_meanwhile_and_said_to_be(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = matching.judge_request

    def lacking(*given: Any) -> dict[str, Any]:
        finding = genuine(*given)
        parts = {name: [row | {"outcome": "defective"} for row in finding[name]] for name in ("data", "targets")}
        return finding | parts | {"outcome": "defective"}

    monkeypatch.setattr(judging.matching, "judge_request", lacking)
    case = opened(road, "@silverfjord")
    assert case.plan == "annex3"
    (kept,) = Preserved.objects.filter(case=case)
    named = vault.get_json(kept.doc)
    assert {row["category"] for row in named["data"]} == {"subscriber", "traffic", "content"}
    assert any("silverfjord" in one for them in named["named"].values() for one in them)
    assert kept.until == case.deadlines.get(name="preserve-until").due_legal
    assert deciding.letters_of(case)["answer"]["fields"]["preservation_state"] == "preserved"
    shown = client_of(road.person("decider")).get(f"/console/cases/{case.id}").content.decode()
    assert "Under seal since it was judged: " in shown
    assert not Measure.objects.filter(case=case).exists()


@pytest.mark.soak
def test_a_name_without_an_address_is_kept_as_a_record(road: Road) -> None:
    case = decided(road, "@silverfjord")
    assert decisions.approved(case.id, "execute").act["targets"] == []
    assert Preserved.objects.filter(case=case).count() == 1


def test_the_same_certificate_again_joins_its_case(road: Road) -> None:
    case = decided(road)
    road.receive(mail(road, samples.PRESERVE, account(), NUMBER))
    road.drive()
    assert Case.objects.filter(instrument=INSTRUMENT).count() == 1
    assert "case.joined" in kinds(case)


def test_it_is_prolonged_by_thirty_days(road: Road) -> None:
    case = decided(road)
    first = Measure.objects.get(case=case).ends_at
    prolonging.prolong(road.person("handler"), case.id, "extension", write_again(road))
    road.drive()
    later = Measure.objects.get(case=case).ends_at
    assert first is not None
    assert later is not None
    assert timedelta(days=27) < later - first <= timedelta(days=33)  # both end with a working day
    assert case.deadlines.get(name="preserve-until").due_legal == later
    assert set(Preserved.objects.filter(case=case).values_list("until", flat=True)) == {later}
    assert {"order.prolonged", "measure.prolonged"} <= {*kinds(case)}
    (told,) = mails("prolonged")
    assert f"preserved until {later.astimezone(ZoneInfo('Europe/Brussels')):%-d %B %Y}" in words(told)
    with pytest.raises(BadInput, match="no longer by this"):
        prolonging.prolong(road.person("handler"), case.id, "extension", write_again(road))
    assert road.refused == []


@pytest.mark.parametrize("how", prolonging.HOW)
@pytest.mark.few(1)
def test_it_does_not_end_while_the_step_that_puts_its_end_off_is_late(road: Road, how: str) -> None:
    case = decided(road)
    first = Measure.objects.get(case=case).ends_at
    assert first is not None
    prolonging.prolong(road.person("handler"), case.id, how, write_again(road))
    ending.end_due(first)
    assert Measure.objects.get(case=case).state == "effective"
    road.drive()
    assert Measure.objects.get(case=case).ends_at != first


@pytest.mark.soak
def test_each_step_is_done_once_however_often_it_is_run(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    case = decided(road)
    prolonging.prolong(road.person("handler"), case.id, "extension", write_again(road))
    road.drive()
    later = Measure.objects.get(case=case).ends_at
    assert later is not None
    road.again(case, "measures.ending.put_off", "order.prolonged")
    road.drive()
    assert Measure.objects.get(case=case).ends_at == later
    assert kinds(case).count("measure.prolonged") == 1
    at(monkeypatch, later)
    ending.end_due(clock.now())
    ending.end_due(clock.now())
    road.drive()
    road.again(case, "measures.ending.over", "measure.ended")
    road.drive()
    case.refresh_from_db()
    assert (case.state, kinds(case).count("measure.ended")) == ("ended", 1)
    assert road.refused == []


@pytest.mark.soak
def test_once_production_is_requested_it_has_no_end_of_its_own(road: Road) -> None:
    case = decided(road)
    prolonging.prolong(road.person("handler"), case.id, "confirmation", write_again(road))
    road.drive()
    assert Measure.objects.get(case=case).ends_at is None
    assert case.deadlines.get(name="preserve-until").due_legal is None
    assert "You confirmed that you request production." in words(mails("prolonged")[0])


@pytest.mark.soak
def test_before_it_is_decided_a_prolongation_is_judged(road: Road) -> None:
    case = opened(road)
    road.receive(mail(road, samples.PROLONG, account(), NUMBER, mails("acknowledgement")[-1].message_id))
    road.drive()
    reply = str(Event.objects.filter(kind="reply.received").latest("id").sealed["request"])
    first = case.deadlines.get(name="preserve-until").due_legal
    prolonging.prolong(road.person("handler"), case.id, "extension", reply)
    road.drive()
    assert case.deadlines.get(name="preserve-until").due_legal > first
    assert deciding.finding_of(case)["facts"]["extension"]


@pytest.mark.parametrize(("how", "who"), [("forever", "handler"), ("extension", "decider")])
@pytest.mark.few(1)
def test_it_is_refused(road: Road, how: str, who: str) -> None:
    case = decided(road)
    with pytest.raises(BadInput if who == "handler" else NotAllowed):
        prolonging.prolong(road.person(who), case.id, how, write_again(road))


def test_a_mail_of_somebody_else_prolongs_nothing(road: Road) -> None:
    case = decided(road)
    road.receive(road.reply(mails("answer")[-1].message_id, "Keep it longer."))  # signed by another office
    road.drive()
    assert prolonging.mails(case) == []
    with pytest.raises(BadInput, match="its own authority"):
        prolonging.prolong(road.person("handler"), case.id, "extension", case.request_id)


@pytest.mark.soak
def test_the_desk_looks_before_it_ends_whether_it_was_prolonged(road: Road) -> None:
    case = decided(road)
    row = case.deadlines.get(name="preserve-until")
    Deadline.objects.filter(id=row.id).update(due_target=clock.now() - timedelta(seconds=1))
    for _ in range(2):
        ending.tell_near(clock.now())
    road.drive()
    assert kinds(case).count("end.near") == 1
    assert [alert.kind for alert in Alert.objects.filter(case=case.id, seen_at=None)] == ["end.near"]
    ending.tell_near(row.due_legal)  # it is over: `end_due` ends it
    assert kinds(case).count("end.near") == 1


def test_it_ends_by_itself(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    case = decided(road)
    measure = Measure.objects.get(case=case)
    assert measure.ends_at is not None
    at(monkeypatch, measure.ends_at - timedelta(seconds=1))
    ending.end_due(clock.now())
    assert Measure.objects.get(case=case).lifted_at is None
    at(monkeypatch, measure.ends_at)
    ending.end_due(clock.now())
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("ended", False)
    assert Measure.objects.get(case=case).state == "ended"
    assert case.deadlines.get(name="preserve-until").met_at
    (told,) = mails("ended")
    assert "The time of your order is over, and nothing prolonged it." in words(told)
    assert told.case == case.id
    kept = Preserved.objects.filter(case=case)
    assert not Blob.objects.filter(ref__in=kept.values("doc"), until__gt=clock.now()).exists()
    assert kinds(case).count("measure.ended") == 1
    assert alerts() == []
    assert road.refused == []


@pytest.mark.soak
def test_what_came_too_late_prolongs_nothing(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    case = decided(road)
    ends = Measure.objects.get(case=case).ends_at
    assert ends is not None
    at(monkeypatch, ends + timedelta(seconds=1))
    reply = write_again(road)
    with pytest.raises(BadInput, match="after the sixty days"):
        prolonging.prolong(road.person("handler"), case.id, "extension", reply)
    assert datetime.now(UTC) < ends


def test_the_enforcing_authority_is_told_what_stands_in_its_way(road: Road, client: Client) -> None:
    case, handler = opened(road), road.person("handler")
    obstacles.obstruct(handler, case.id, "press", "The account is of a newspaper's editor.")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.plan) == ("to-decide", "person")
    deciding.propose(case.id, "answer", by=handler.by)
    case.refresh_from_db()
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "waiting", road.refused
    assert "The account is of a newspaper's editor." in words(mails("answer")[0])
    assert enforcing.due(case)
    page = f"/console/cases/{case.id}"
    desk = client_of(handler)
    assert "Tell the enforcing authority" in desk.get(page).content.decode()
    with pytest.raises(BadInput, match="text"):
        enforcing.tell(handler, case.id, " ")
    assert desk.post(f"{page}/enforcing", {"text": "The press may be touched."}).status_code == 302
    with pytest.raises(BadInput, match="already"):  # pressed twice, or by two at once
        enforcing.tell(handler, case.id, " The press may be touched.")
    road.drive()
    (mail,) = mails("enforcing")
    made = message_from_bytes(vault.get(mail.doc), policy=default)
    assert made["To"] == settings.COMITY.enforcing_authority["address"]
    assert "The press may be touched." in words(mail)
    assert NUMBER in words(mail)
    assert [one.get_content_type() for one in made.iter_attachments()].count("application/pdf") == 1
    told = Inquiry.objects.get(case=case)
    assert (told.kind, told.outcome, told.due) == ("enforcing", "was-told", None)
    assert not enforcing.due(case)
    assert "It was told." in desk.get(page).content.decode()
    assert questions.told(inquiries.of_case(case), "BE", UTC) == ()
    # the authorities find that it doesn't protect them
    assert "It can be done now" in desk.get(page).content.decode()
    assert desk.post(f"{page}/obstacle").status_code == 302
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.plan) == ("to-decide", "execute")
    for step in ("answers.cannot", "answers.decline"):  # tried again, now that it is judged otherwise
        road.again(case, step, "decision.approved")
    road.drive()
    case.refresh_from_db()
    assert (case.state, len(mails("answer"))) == ("to-decide", 1)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, Measure.objects.get(case=case).kind) == ("answered", "preserve")
    assert road.refused == []


def test_a_ground_that_the_act_does_not_know_is_refused(road: Road) -> None:
    case = opened(road)
    for ground in ("not-convenient", "third-country"):  # a production's alone
        with pytest.raises(BadInput, match="immunity, privilege, press: the act knows no other"):
            obstacles.obstruct(road.person("handler"), case.id, ground, "It is much work.")


def test_nobody_is_told_of_a_real_order_at_an_invented_address_nor_where_the_act_knows_none(road: Road) -> None:
    assert settings.COMITY.enforcing_authority["address"].endswith(inquiries.INVENTED)
    assert (bool(enforcing.address("demo")), enforcing.address("real")) == (True, "")
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    removal = Case.objects.get()
    with pytest.raises(BadInput, match="its act knows none"):
        enforcing.tell(road.person("handler"), removal.id, "The press may be touched.")
