"""A mail that speaks of danger: seen at a glance, rung, answered, taken further by a person, and never by its words."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.conf import settings
from road import Road

from comity import clock
from comity.alerts import paging
from comity.cases import asking
from comity.cases.commands import read_request
from comity.demo import register
from comity.hotline import acting, commands, glance, pages
from comity.hotline.models import Call
from comity.ledger.models import Event
from comity.measures.models import Preserved
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.platforms import for_url
from comity.vault import commands as vault

from .scene import again, on_duty
from .test_bad_input import mail

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "0123456789abcdef"


def look() -> None:
    glance._seen.clear()
    assert glance.look(clock.now()) > 0


def test_it_is_rung_for_though_what_follows_its_reading_waits(road: Road) -> None:
    """As in a lane whose only place an answer to a deaf relay holds: read, and nothing after it runs."""
    on_duty(road)
    request = road.receive(road.sample("urgent-mail", road.post("Pretend that a child is held.")))
    read_request(Event.objects.get(kind="request.received", request=request.id))
    request.refresh_from_db()
    assert (request.kind, Call.objects.count()) == ("mail", 0)
    look()
    call = Call.objects.get()
    assert (call.rung, call.request) == (True, request.id)
    assert glance.look(clock.now()) == 0  # once
    road.drive()
    assert road.refused == []
    assert Call.objects.count() == Event.objects.filter(kind="danger.found").count() == 1


def test_it_is_rung_for_before_it_is_read_kept_and_restricted_once_its_service_was_called(road: Road) -> None:
    on_duty(road)
    handler, target = road.person("handler"), road.post("Pretend that a child is held.")
    request = road.receive(road.sample("urgent-mail", target))
    look()
    call = Call.objects.get()
    assert (call.rung, [one.person for one in paging.rings(call.id)], call.request) == (True, [], request.id)
    shown = pages.page(call, handler)["mail"]
    assert (shown["read"], "abducted in Nordhafen" in shown["text"]) == (False, True)
    request.refresh_from_db()
    assert (request.kind, request.top, request.flags) == ("unread", 2, ["danger-to-life"])
    assert glance.look(clock.now()) == 0  # once
    with pytest.raises(BadInput, match="call: it is being read"):
        acting.name_places(handler, call.id, [target])

    road.drive()
    assert road.refused == []
    assert Call.objects.count() == Event.objects.filter(kind="danger.found").count() == 1
    assert [one.person for one in paging.rings(call.id)] == [handler]
    request.refresh_from_db()
    assert ("danger-to-life" in request.flags, request.grade) == (True, "domain")
    reply = vault.get(Mail.objects.get(kind="acknowledgement").doc).decode()
    assert "112" in reply
    assert f"{settings.COMITY.base_url}/hotline/" in reply

    commands.acknowledge(handler, call.id)
    offered = pages.page(again(call), handler)["forms"]["places"].fields[0].value
    assert offered == target
    with pytest.raises(BadInput, match="links: at least one"):
        acting.name_places(handler, call.id, [" "])
    with pytest.raises(BadInput, match="authority: choose one"):
        acting.name_places(handler, call.id, [target], "demo-nobody")
    acting.name_places(handler, call.id, [target])
    with pytest.raises(BadInput, match="call: it has its order"):
        acting.name_places(handler, call.id, [target])
    road.drive()
    case = acting.case_of(call)
    assert case is not None
    assert (case.instrument, case.grade, case.state) == ("own-hotline", "domain", "verifying")
    assert Preserved.objects.filter(case=case).count() == 1  # a mailbox keeps what is public, and restricts nothing
    assert "A mailbox is not enough" in pages.page(again(call), handler)["restrict"]["says"]

    asking.answer(handler, call.request, "danger", "yes")
    acting.call_back(handler, call.id, confirmed=True)
    road.drive()
    case.refresh_from_db()
    assert (case.grade, case.plan, case.state) == ("accredited-channel", "execute", "to-decide")
    road.sign(case)
    road.drive()
    assert road.refused == []
    assert for_url(target, "demo").observe(target, "FR").state == "withheld"
    commands.write(handler, call.id, "It is restricted. Is she found?", KEY)
    road.drive()
    assert b"Is she found?" in vault.get(Mail.objects.get(kind="hotline-line").doc)


def test_a_strangers_mail_wakes_and_whom_it_names_is_called_at_the_number_we_have(road: Road) -> None:
    handler, target = road.person("handler"), road.post()
    request = road.receive(mail("mother@anywhere.example", link=target))
    look()
    road.drive()
    call = Call.objects.get(request=request.id)
    shown = pages.page(call, handler)
    assert (call.rung, shown["entry"]) == (True, None)
    assert {"places", "confirmed", "denied"} <= shown["forms"].keys()
    acting.name_places(handler, call.id, [target], register.SERVICE_ID)
    road.drive()
    assert acting.case_of(call).grade == "none"
    assert Preserved.objects.count() == 0
    assert acting.preserve(handler, call.id) == 1  # by a click
    assert pages.page(again(call), handler)["entry"].id == register.SERVICE_ID
    acting.call_back(handler, call.id, confirmed=True, authority=register.SERVICE_ID)
    road.drive()
    assert acting.case_of(call).grade == "accredited-channel"


def test_what_is_quoted_forwarded_returned_or_sent_to_a_list_is_left_to_the_reading(road: Road) -> None:
    plain = mail("someone@anywhere.example")
    assert glance.glanced(plain) is not None
    head, _, body = plain.partition(b"\r\n\r\n")
    calm = head.replace(b"URGENT: child abducted, life at risk", b"A question")
    quoted = b"\r\n".join(b"> " + line for line in body.split(b"\r\n"))
    assert glance.glanced(calm + b"\r\n\r\nWhat do you say to this?\r\n\r\n" + quoted) is None
    forwarded = calm.replace(b"A question", b"Fwd: A question")
    assert glance.glanced(forwarded + b"\r\n\r\n---------- Forwarded message ---------\r\n" + body) is None
    for line in (b"List-Id: <a.b>", b"Auto-Submitted: auto-replied", b"Precedence: bulk", b"List-Unsubscribe: <x>"):
        assert glance.glanced(line + b"\r\n" + plain) is None, line
    assert glance.glanced(b"\x00" * 70_000) is None
    assert glance.glanced(calm + b"\r\n\r\n" + b"Nothing.\r\n" * 1_000 + body) is None  # beyond the first lines
    large = EmailMessage(policy=SMTP)
    large["From"], large["To"], large["Subject"] = "a@b.example", "orders@localhost", "My picture"
    large.set_content("Please look at this.")
    large.add_attachment(body, maintype="text", subtype="plain", filename="x.txt")
    assert glance.glanced(large.as_bytes()) is None


def test_one_that_breaks_a_parser_holds_up_none_and_one_that_was_read_is_not_looked_at(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.receive(mail("first@anywhere.example"))
    real = glance.glanced

    def breaks(raw: bytes) -> tuple[str, str] | None:
        if b"second@" in raw:
            raise RecursionError
        return real(raw)

    monkeypatch.setattr(glance, "glanced", breaks)
    road.receive(mail("second@anywhere.example"))
    look()
    assert Call.objects.count() == 1
    road.drive()
    assert Call.objects.count() == 2  # the reading found it
    glance._seen.clear()
    assert glance.look(clock.now()) == 0


def test_an_order_that_speaks_of_danger_is_decided_in_its_own_case(road: Road) -> None:
    danger = b"A child was abducted an hour ago. Her life is at risk. He will kill her tonight."
    raw = road.sample("good-text", road.post()).replace(b"Yours faithfully", danger)
    request = road.receive(raw)
    road.drive()
    call = Call.objects.get(request=request.id)
    assert acting.case_of(call).instrument == "eu-tco-removal-order"
    assert "by its own law" in pages.page(call, road.person("handler"))["restrict"]["says"]
