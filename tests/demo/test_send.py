"""Sending samples: each a fresh message and a fresh order, or the same bytes once more."""

import re
import urllib.request
from dataclasses import replace

import pytest
from django.conf import settings

from comity.cases.models import Case, Joined, Request
from comity.demo import commands
from comity.demo.samples import PRESERVE, PROLONG, SAMPLES
from comity.outbox.models import Mail

pytestmark = pytest.mark.django_db


def page(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def test_it_works(road, door):
    sent = commands.send("good-text", "door:25")
    assert set(sent) == {"sample", "message_id", "target", "reference"}
    assert "Demo message" in page(sent["target"])
    request = Request.objects.get()
    assert (request.realm, commands.sample_of(commands.document.peek(request))) == ("demo", "good-text")
    road.drive()
    assert Case.objects.get().request == request


@pytest.mark.slow
def test_each_sending_is_about_another_message_under_another_reference_and_number(road, door):
    first, second = commands.send("good-text", "door:25"), commands.send("good-text", "door:25")
    assert all(first[key] != second[key] for key in ("target", "reference", "message_id"))
    road.drive()
    assert Case.objects.count() == 2


def test_the_same_again_is_the_same_bytes_and_joins_its_case(road, door):
    first = commands.send("good-text", "door:25")
    road.drive()
    again = commands.send("good-text", "door:25", again=True)
    assert again == first
    assert door[0] == door[1]
    road.drive()
    assert sorted(Joined.objects.values_list("how", flat=True)) == ["duplicate", "opened"]
    assert Case.objects.count() == 1
    recipients = [commands.document.peek(request)["recipients"] for request in Request.objects.all()]
    assert recipients[0] != recipients[1]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in (PROLONG, "scrutiny")])
def test_every_sample_is_taken_and_read(road, door, name):
    sent = commands.send(name, "door:25")
    assert re.fullmatch(rf"<{name}\.[0-9a-f]{{16}}@online-safety\.example>", sent["message_id"])
    road.drive()
    assert road.refused == []
    assert Request.objects.get().kind in ("order", "mail")


def test_the_forged_order_stays_unverified_and_nothing_is_put_to_the_deciders(road, door):
    commands.send("forged", "door:25")
    road.drive()
    assert (Case.objects.get().state, Case.objects.get().act) == ("verifying", "")


def test_what_leads_nowhere_names_an_address_of_the_sandbox(road, door):
    sent = commands.send("cannot-carry-out", "door:25")
    assert sent["target"].startswith(settings.COMITY.sandbox_url)
    road.drive()
    assert Case.objects.get().plan == "annex3"


def test_refused_when_never_sent_there_is_nothing_to_send_again(road, door):
    with pytest.raises(commands.NotSent, match="good-pdf has not been sent yet"):
        commands.send("good-pdf", "door:25", again=True)


def test_refused_to_send_again_what_is_no_sample_or_not_of_the_demo(road, door):
    real = road.receive(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n", realm="real")
    mail = road.receive(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n")
    for request in (real.id, mail.id, "R-NOTHERE0", "", "' or 1=1", "R-\x00"):
        with pytest.raises(commands.NotSent, match="only a sample"):
            commands.send_again(request, "door:25")
    assert door == []


def test_refused_for_an_unknown_name(road, door):
    with pytest.raises(commands.NotSent, match="no sample 'nothing'"):
        commands.send("nothing", "door:25")


def test_refused_where_the_demo_is_off(road, door):
    settings.COMITY = replace(settings.COMITY, demo=False)
    with pytest.raises(commands.NotSent, match="the demo is off"):
        commands.send("good-text", "door:25")


def test_refused_when_the_sandbox_does_not_answer(road, door):
    settings.COMITY = replace(settings.COMITY, sandbox_url="http://127.0.0.1:9")
    with pytest.raises(commands.NotSent, match="the demo's platform"):
        commands.send("good-text", "door:25")
    assert Request.objects.count() == 0


@pytest.mark.parametrize("address", ["127.0.0.1:9", "", "nonsense", "127.0.0.1:notaport"])
def test_refused_when_the_door_is_shut(road, address):
    with pytest.raises(commands.NotSent, match="the door at"):
        commands.send("good-text", address)
    assert Mail.objects.count() == 0


def test_there_is_nothing_to_prolong_before_an_order_was_answered(road, door):
    with pytest.raises(commands.NotSent, match="send preserve"):
        commands.send(PROLONG, "door:25")


@pytest.mark.soak
def test_the_later_mail_joins_the_case_of_the_order_that_it_prolongs(road, door):
    sent = commands.send(PRESERVE, "door:25")
    road.drive()
    case = Case.objects.get()
    road.sign(case)
    road.drive()
    later = commands.send(PROLONG, "door:25")
    road.drive()
    assert later["reference"] == sent["reference"]
    assert list(Joined.objects.order_by("id").values_list("case", "how")) == [(case.id, "opened"), (case.id, "reply")]
    assert road.refused == []
