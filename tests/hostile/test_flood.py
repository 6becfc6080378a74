"""Floods of unproven mail, machines that answer machines, the same again and again: a true order keeps its place, the
desk sees it, and nothing that was held back ends in silence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.db import connection
from hostile.scene import case_of, mails, order, plain, signed, take, two_orders, words
from hostile.test_outsiders import client_of
from road import Road

from comity import clock, lane
from comity.alerts.models import Alert
from comity.answers import commands as answers
from comity.authorities import glance
from comity.cases import commands as cases
from comity.cases import lanes, receive, turns
from comity.cases.models import Case, Request, Turn
from comity.demo import keys, register, samples
from comity.desk import order as queue_order
from comity.ledger.models import Event
from comity.outbox import commands as outbox
from comity.outbox import rules
from comity.reading import child


def unsigned(road: Road, reference: str, sender: str = "clerk@flood.example") -> bytes:
    """A whole order that nobody signed."""
    mail = order(road, road.post(), reference)
    mail.replace_header("From", sender)
    return mail.as_bytes(policy=SMTP)


def waiting() -> list[str]:
    """The queues of the jobs that wait, in the order in which they came."""
    with connection.cursor() as cursor:
        cursor.execute("select queue_name from procrastinate_jobs where status = 'todo' order by id")
        return [row[0] for row in cursor.fetchall()]


HOLD = "update procrastinate_jobs set status = 'cancelled' where status = 'todo' and queue_name = %s returning id"


def proven_work(road: Road) -> None:
    """Run what the proven lane's places would, and nothing of the other's."""
    for _ in range(200):
        road.look()
        with connection.cursor() as cursor:
            cursor.execute(HOLD, [lane.UNPROVEN.queue])
            held = [row[0] for row in cursor.fetchall()]
        more = road.one()
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = 'todo' where id = any(%s)", [held])
        if not more:
            return


# -- the lanes --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_true_order_is_judged_before_any_of_a_flood_that_came_first(road: Road) -> None:
    flood = [road.receive(unsigned(road, f"F-{n}")) for n in range(5)]
    true = road.receive(signed(order(road, road.post())))
    proven_work(road)
    assert case_of(true).state == "to-decide"
    assert {Request.objects.get(id=one.id).kind for one in flood} == {"unread"}
    road.drive()
    assert {Request.objects.get(id=one.id).kind for one in flood} == {"order"}
    assert Case.objects.filter(behind=0).count() == 1


def test_without_its_own_lane_the_flood_would_go_first(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "UNPROVEN", lane.PROVEN)
    first = road.receive(unsigned(road, "F-1"))
    assert road.one()  # its lane is looked up; that of a mail with a signature was
    true = road.receive(signed(order(road, road.post())))
    while Request.objects.get(id=true.id).kind == "unread":
        assert road.one()
    assert Request.objects.get(id=first.id).kind == "order"


def test_a_forged_signature_line_and_a_replayed_one_gain_nothing(road: Road) -> None:
    raw = signed(order(road, road.post()))
    head, body = raw.split(b"\r\n\r\n", 1)
    forged = re.sub(rb"b=[A-Za-z0-9+/]{6}", b"b=AAAAAA", raw, count=1)
    other = head + b"\r\n\r\n" + body.replace(b"OOS-2026-X", b"OOS-2026-Y")
    for raw_, queue in ((forged, lane.UNPROVEN), (raw, lane.PROVEN), (raw, lane.UNPROVEN), (other, lane.UNPROVEN)):
        road.receive(raw_)
        assert lane.CLAIMS in waiting()
        road.look()
        assert lane.CLAIMS not in waiting()
        assert waiting()[-1] == queue.queue


def test_what_a_person_begins_and_what_becomes_proven_leaves_the_lane_of_the_unproven(road: Road) -> None:
    request = take(road, unsigned(road, "F-1", "clerk@elsewhere.example"))
    assert case_of(request).behind == 1
    road.receive(unsigned(road, "F-2"))
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", confirmed=True)
    proven_work(road)
    case = case_of(request)
    assert (case.state, case.behind, case.grade) == ("to-decide", 0, "accredited-channel")
    assert waiting() == [lane.UNPROVEN.queue]


def test_the_first_look_asks_only_so_much_of_any_name_server() -> None:
    asked: list[str] = []
    now = [0.0]

    def answers_none(name: str) -> None:
        asked.append(name)

    keys_ = lanes.Keys(ask=answers_none, clock=lambda: now[0])
    for n in range(50):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lanes.child, "prepared", lambda context: {"records": {}})
            lanes.glance.proven_by(claim(f"s{n}"), {"office.example"}, keys_.lookup)
    assert len(asked) == lanes.ASKED_A_MINUTE
    now[0] = 61.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lanes.child, "prepared", lambda context: {"records": {}})
        lanes.glance.proven_by(claim("s51"), {"office.example"}, keys_.lookup)
    assert len(asked) == lanes.ASKED_A_MINUTE + 1


def claim(selector: str) -> bytes:
    """A mail with a well-made signature line that nobody's key made."""
    line = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=office.example; s={selector}; h=from; bh=AAAA; b=AAAA"
    )
    return f"{line}\r\n".encode() + plain("a@office.example", "x", "y")


def test_the_first_look_never_counts_the_body(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = signed(order(road, road.post()))
    lookup = lanes.Keys(ask=lambda name: None).lookup
    assert glance.proven_by(raw, {register.DOMAIN}, lookup)
    assert glance.proven_by(raw + b"more\r\n" * 1_000, {register.DOMAIN}, lookup)
    assert glance.proven_by(raw.replace(b"From: ", b"From: X "), {register.DOMAIN}, lookup) is None
    assert glance.proven_by(raw, {"other.example"}, lookup) is None
    assert glance.proven_by(b"From: a@office.example\r\n" + raw, {register.DOMAIN}, lookup) is None
    assert take(road, raw + b"more\r\n").grade == "none"


# -- turns ------------------------------------------------------------------------------------------------------------


@contextmanager
def shares(mails: int, seconds: float = 1_000) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "SHARES", turns.SHARES | {"sender": turns.Share(mails, seconds)})
        yield


@pytest.mark.slow
def test_beyond_its_senders_share_a_mail_waits_is_told_once_and_has_its_turn_later(road: Road) -> None:
    with shares(2):
        came = [take(road, plain("clerk@flood.example", f"Mail {n}", "Nothing")) for n in range(5)]
        assert [one.kind for one in came] == ["mail", "mail", "waits", "waits", "waits"]
        assert take(road, plain("other@elsewhere.example", "Mine", "Nothing")).kind == "mail"
        (alert,) = Alert.objects.filter(kind="reading.waits")
        assert (alert.count, alert.proven) == (3, False)
        turns.release(clock.now())
        road.drive()
        assert Request.objects.filter(kind="waits").count() == 3
        turns.release(clock.now() + timedelta(hours=1, minutes=1))
        road.drive()
    assert Request.objects.filter(kind="waits").count() == 2
    assert not road.refused


def test_a_long_reading_spends_the_share_as_many_do(road: Road) -> None:
    with shares(100, seconds=30):
        first = take(road, plain("clerk@flood.example", "One", "Nothing"))
        Turn.objects.filter(request=first).update(seconds=31)
        assert take(road, plain("clerk@flood.example", "Two", "Nothing")).kind == "waits"


def test_senders_made_up_below_one_domain_have_one_share_together() -> None:
    assert {turns.site_of(f"a@x{n}.y.evil.example") for n in range(3)} == {"evil.example"}
    assert turns.site_of("a@one.co.uk") == "one.co.uk"
    assert turns.site_of("a@mail.ministry.gouv.fr") == "gouv.fr"


def test_a_person_has_a_waiting_mail_read_at_once(road: Road) -> None:
    with shares(0):
        request = take(road, unsigned(road, "F-1"))
        desk = client_of(road.person("handler"))
        shown = desk.get(f"/console/requests/{request.id}").content.decode()
        assert "Read it now" in shown
        assert "Waits to be read" in desk.get("/console/requests/").content.decode()
        assert desk.post(f"/console/requests/{request.id}/read").status_code == 302
        assert set(waiting()) == {lane.PROVEN.queue}
        road.drive()
        assert desk.post(f"/console/requests/{request.id}/read").status_code == 400
    request.refresh_from_db()
    assert (request.kind, case_of(request).state) == ("order", "verifying")
    assert Event.objects.filter(kind="facts.read", request=request.id).count() == 1


# -- one case at the most ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_unproven_mail_opens_one_case_and_the_rest_when_its_sender_is_proven(road: Road) -> None:
    raw = two_orders(road)
    without = raw[raw.index(b"\r\nFrom: ") + 2 :] if raw.startswith(b"DKIM") else raw
    request = take(road, without)
    assert (request.grade, "orders-unopened" in request.flags) == ("none", True)
    assert Case.objects.filter(request=request).count() == 1
    assert (
        "opens one case only"
        in client_of(road.person("handler")).get(f"/console/requests/{request.id}").content.decode()
    )
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", confirmed=True)
    road.drive()
    request.refresh_from_db()
    assert "orders-unopened" not in request.flags
    assert sorted(Case.objects.filter(request=request).values_list("order", "state")) == [
        (0, "to-decide"),
        (1, "to-decide"),
    ]


# -- machines that answer machines ------------------------------------------------------------------------------------


def ticket(road: Road, answered: EmailMessage, shape: str) -> bytes:
    """What an office's ticket system sends back for a mail of ours, signed: by our subject, or by our thread."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Service Desk <{register.ADDRESS}>", samples.TO
    subject = str(answered["Subject"])
    mail["Subject"] = f"[Ticket#{road.count}] registered - {subject}" if shape == "subject" else "Your message"
    road.count += 1
    mail["Message-ID"] = f"<ticket{road.count}@online-safety.example>"
    if shape == "thread":
        mail["In-Reply-To"] = str(answered["Message-ID"])
    mail.set_content("Thank you. Your message has been registered. An agent will answer.")
    return samples.sign(mail.as_bytes(policy=SMTP), keys.ensure(road_data()))


def road_data():
    from django.conf import settings

    return settings.COMITY.data


def rounds(road: Road, shape: str, most: int) -> int:
    """So many rounds at most of our acknowledgement and the machine's; how many there were."""
    from email import message_from_bytes, policy

    take(road, signed(order(road, road.post())))
    for number in range(most):
        sent = mails("acknowledgement")
        if len(sent) <= number:
            return number
        take(road, ticket(road, message_from_bytes(words(sent[-1]).encode(), policy=policy.default), shape))
    return most


@pytest.mark.parametrize("shape", ["subject", "thread"])
@pytest.mark.slow
@pytest.mark.few(1)
def test_a_ticket_system_that_answers_each_acknowledgement_is_answered_once(road: Road, shape: str) -> None:
    assert rounds(road, shape, 8) == 2
    case = Case.objects.get()
    withheld = Event.objects.get(kind="reply.withheld")
    assert (withheld.public, withheld.case) == ({"kind": "acknowledgement", "why": "acknowledged"}, case.id)
    (alert,) = Alert.objects.filter(kind="reply.received")
    assert (alert.count, alert.case, alert.proven) == (2, case.id, True)
    banner = client_of(road.person("handler")).get("/console/").content.decode()
    assert "the authority has written again. (2 times)" in banner


@pytest.mark.soak
def test_whatever_its_shape_a_thread_has_an_end(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_known_already", lambda *_: "")
    monkeypatch.setattr(outbox, "answers_reply", lambda _: False)
    assert rounds(road, "subject", 12) == rules.THREAD_REPLIES_AN_HOUR


@pytest.mark.soak  # that the test before this one can fail
def test_without_the_limits_it_would_go_on(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_known_already", lambda *_: "")
    monkeypatch.setattr(outbox, "answers_reply", lambda _: False)
    monkeypatch.setattr(rules, "THREAD_REPLIES_AN_HOUR", 1_000)
    assert rounds(road, "subject", 9) == 9


@pytest.mark.slow
def test_forty_copies_are_acknowledged_a_few_times_and_answered_once(road: Road) -> None:
    raw = signed(order(road, road.post()))
    for _ in range(8):
        take(road, raw)
    assert len(mails("acknowledgement")) == answers.OF_ONE_A_DAY
    assert Event.objects.filter(kind="reply.withheld", public__why="copy").count() == 8 - answers.OF_ONE_A_DAY
    assert Case.objects.count() == 1


@pytest.mark.soak
def test_strangers_together_are_sent_only_so_many_replies_an_hour(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "BACKSCATTER_AN_HOUR", 3)
    for n in range(5):
        take(road, plain(f"victim{n}@host{n}.example", "Hello", "Nothing"))
    assert len(mails("acknowledgement")) == 3
    assert Event.objects.filter(kind="reply.withheld", public__why="backscatter").count() == 2
    take(road, signed(order(road, road.post())))
    assert len(mails("acknowledgement")) == 4


# -- alerts -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_unreadable_mail_of_strangers_is_one_alert_below_those_of_proven_cases(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(take(road, signed(order(road, road.post()))))
    Event.objects.filter(case=case.id)
    cases.alert(Event.objects.filter(case=case.id, kind="case.judged").get())
    monkeypatch.setattr(child, "once", failing)
    for n in range(4):
        take(road, plain(f"a@host{n}.example", "x", "y"))
    (alert,) = Alert.objects.filter(kind="reading.failed")
    assert (alert.count, alert.proven, alert.thing) == (4, False, "")
    cases.alert(Event.objects.get(id=alert.event))
    alert.refresh_from_db()
    assert alert.count == 4
    banner = client_of(road.person("handler")).get("/console/").content.decode()
    assert f"<b>{case.id}:" in banner or f"{case.id}:" in banner


def failing(raw: bytes, context: dict[str, object]) -> None:
    raise child.ReadingFailed("the mail takes too long to read")


# -- what an office sent and could not be read ------------------------------------------------------------------------


@pytest.mark.slow
def test_a_part_unread_from_an_office_stands_on_top_with_the_hour_of_its_regulation(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = case_of(take(road, signed(order(road, road.post()))))
    genuine = child.read
    monkeypatch.setattr(child, "read", lambda *given: (found := genuine(*given)) | {"flags": [*found["flags"], UNREAD]})
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = register.ADDRESS, samples.TO, "Our order is attached"
    mail["Message-ID"] = "<attached@online-safety.example>"
    mail.set_content("Please see the attachment.")
    request, stranger = take(road, signed(mail)), take(road, mail.as_bytes(policy=SMTP))
    assert true.due
    hour = (true.due - true.received_at).total_seconds()
    assert request.due
    assert abs((request.due - request.received_at).total_seconds() - hour) < 2  # whole seconds, as findings have them
    assert stranger.behind > 0
    assert stranger.due
    assert stranger.due > request.due  # the time of our own rule for what nobody recognised
    shown = client_of(road.person("handler")).get("/console/").content.decode()
    rows = re.findall(r'id="row-([CR]-[0-9A-Z]{8})"', shown)
    assert set(rows[:2]) == {request.id, true.id}
    assert rows[2:] == [stranger.id]
    assert "Part of it could not be read" in shown
    (first, *_), _ = queue_order.page("demo", "", None, 10)
    assert first.id == request.id


UNREAD = "unread-attachment"
