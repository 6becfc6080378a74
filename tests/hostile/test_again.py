"""The same order twice, forged twins, and what only looks the same: one case, one answer, nobody silenced."""

import threading
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.db import connections
from hostile.scene import case_of, decide, kinds, mails, order, signed, take
from road import Road

from comity.cases import commands, document, judging
from comity.cases.models import Case, Request
from comity.ledger.models import Event


def unsigned(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=SMTP)


@pytest.mark.slow
def test_the_same_order_twice_is_one_case_and_one_answer(road: Road) -> None:
    raw = signed(order(road, road.post()))
    first, second = take(road, raw), take(road, raw)
    case = case_of(first)
    assert case_of(second) == case
    decide(road, case)
    third = take(road, raw)
    assert case_of(third) == case
    assert Case.objects.count() == 1
    assert len(mails("answer")) == 1
    assert len(mails("acknowledgement")) == 3
    assert kinds(case).count("measure.acted") == 1
    assert road.refused == []


@pytest.mark.slow
def test_the_same_order_twice_at_once_is_one_case(road: Road) -> None:
    raw = signed(order(road, road.post()))
    requests = [road.receive(raw), road.receive(raw)]
    graded = []
    while len(graded) < 2:
        assert road.one()
        graded = list(Event.objects.filter(kind="sender.graded"))
    start, failed = threading.Barrier(2), []

    def judge(event: Event) -> None:
        try:
            start.wait(10)
            judging.judge_request(event)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=judge, args=(event,)) for event in graded]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    road.drive()
    assert Case.objects.count() == 1, failed
    assert {case_of(request) for request in requests} == {Case.objects.get()}
    decide(road, Case.objects.get())
    assert len(mails("answer")) == 1


@pytest.mark.parametrize("change", [str.upper, lambda url: url.rsplit("/", 1)[0] + "/1"])
@pytest.mark.few(1)
@pytest.mark.slow
def test_the_same_reference_with_another_url_is_not_silently_joined(road: Road, change: object) -> None:
    url = road.post()
    first = take(road, signed(order(road, url)))
    second = take(road, signed(order(road, change(url))))  # type: ignore[operator]  # one of the two above
    assert case_of(first) != case_of(second)


@pytest.mark.slow
def test_two_orders_without_a_reference_are_two(road: Road) -> None:
    url = road.post()
    first, second = (take(road, signed(order(road, url, "", issued_at=at))) for at in ("", "yesterday"))
    assert case_of(first) != case_of(second)


@pytest.mark.slow
def test_the_same_url_under_another_reference_is_another_order(road: Road) -> None:
    url = road.post()
    first, second = (take(road, signed(order(road, url, reference))) for reference in ("OOS-2026-1", "OOS-2026-2"))
    assert case_of(first) != case_of(second)


def test_the_same_order_in_another_realm_is_another_case(road: Road) -> None:
    raw = unsigned(order(road, road.post()))
    real, demo = take(road, raw, realm="real"), take(road, raw)
    assert case_of(real) != case_of(demo)
    assert (case_of(real).realm, case_of(demo).realm) == ("real", "demo")


@pytest.mark.slow
def test_two_urls_alike_for_two_thousand_characters_are_two(road: Road) -> None:
    long = road.post() + "?x=" + "a" * 2100
    first, second = take(road, signed(order(road, long + "1"))), take(road, signed(order(road, long + "2")))
    assert case_of(first) != case_of(second)


@pytest.mark.slow
def test_urls_in_another_order_are_the_same_order(road: Road) -> None:
    a, b = road.post(), road.post()
    first = take(road, signed(order(road, f"{a}\n{b}")))
    assert case_of(take(road, signed(order(road, f"{b}\n{a}")))) == case_of(first)


@pytest.mark.parametrize("forged_first", [True, False])
@pytest.mark.slow
@pytest.mark.few(1)
def test_an_unproven_copy_neither_blocks_nor_poisons_the_genuine_order(road: Road, forged_first: bool) -> None:
    mail = order(road, road.post())
    raws = [unsigned(mail), signed(mail)] if forged_first else [signed(mail), unsigned(mail)]
    requests = [take(road, raw) for raw in raws]
    forged, genuine = requests if forged_first else reversed(requests)
    case, other = case_of(genuine), case_of(forged)
    assert case != other
    assert (case.grade, case.state) == ("domain", "to-decide")
    assert (other.grade, other.state, other.authority) == ("none", "verifying", "")
    assert {"spoofed", "unauthenticated"} <= set(forged.flags)
    decide(road, case)
    assert case.state == "answered"
    assert len(mails("answer")) == 1


@pytest.mark.slow
def test_an_unproven_order_that_a_call_back_confirms_takes_its_later_copies_in(road: Road) -> None:
    from comity.cases import commands as cases

    mail = order(road, road.post())
    request = take(road, unsigned(mail))
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", True)
    road.drive()
    case = case_of(request)
    assert (case.grade, case.state) == ("accredited-channel", "to-decide")
    again = take(road, signed(mail))
    assert case_of(again) == case
    decide(road, case)
    assert len(mails("answer")) == 1


def test_a_call_back_that_does_not_confirm_leaves_nothing_to_decide(road: Road) -> None:
    from comity.cases import commands as cases
    from comity.cases import deciding, rules

    request = take(road, unsigned(order(road, road.post())))
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", False)
    road.drive()
    case = case_of(request)
    assert (case.grade, case.state, case.act) == ("none", "verifying", "")
    with pytest.raises(rules.NotNow):
        deciding.propose(case.id, "execute")


@pytest.mark.parametrize("ids", [0, 2])
def test_a_mail_without_a_message_id_or_with_two_goes_the_whole_road(road: Road, ids: int) -> None:
    mail = order(road, road.post())
    del mail["Message-ID"]
    raw = b"Message-ID: <one@x.example>\r\nMessage-ID: <two@x.example>\r\n" * bool(ids) + unsigned(mail)
    request = take(road, raw)
    assert case_of(request).state == "verifying"
    assert road.refused == []
    assert len(mails("acknowledgement")) == 1


@pytest.mark.slow
def test_another_order_under_a_message_id_seen_before_is_a_case_of_its_own(road: Road) -> None:
    one, two = order(road, road.post(), "OOS-2026-1"), order(road, road.post(), "OOS-2026-2")
    for mail in (one, two):
        mail.replace_header("Message-ID", "<same@online-safety.example>")
    assert case_of(take(road, signed(one))) != case_of(take(road, signed(two)))
    assert Request.objects.filter(kind="order").count() == 2


@pytest.mark.soak
def test_a_call_back_on_an_order_that_has_a_proven_twin_is_flagged(road: Road) -> None:
    from comity.cases import commands as cases

    mail = order(road, road.post())
    request = take(road, unsigned(mail))
    take(road, signed(mail))
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", True)
    road.drive()
    request.refresh_from_db()
    assert "same-order" in request.flags
    assert road.refused == []


@pytest.mark.slow
def test_a_call_back_on_a_copy_does_not_move_the_clock_of_the_order(road: Road) -> None:
    from datetime import timedelta

    from comity import clock
    from comity.cases import commands as cases

    raw = unsigned(order(road, road.post()))
    first = take(road, raw)
    due = case_of(first).deadlines.get(name="remove").due_target
    with clock.freeze(clock.now() + timedelta(minutes=30)):
        copy = take(road, raw)
        cases.record_callback(road.person("handler"), copy.id, "demo-online-safety", False)
        road.drive()
    case = case_of(first)
    assert case.deadlines.get(name="remove").due_target == due
    assert case_of(copy) == case


@pytest.mark.slow
def test_a_copy_of_an_order_that_a_person_corrected_is_a_copy_and_undoes_nothing(road: Road) -> None:
    raw = signed(order(road, road.post()))
    case = case_of(take(road, raw))
    commands.correct(road.person("handler"), case.request_id, "form.issuing_file_number", "F-77")
    road.drive()
    assert take(road, raw).joined.get().how == "duplicate"
    assert "order.changed" not in kinds(case)
    (correction,) = document.of_case(case)["corrections"]
    assert correction["value"] == "F-77"
