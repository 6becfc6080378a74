"""Mails that got the gateway wrong, each with what is right (tests/data/found/INDEX.md)."""

import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django_settings
from hostile.scene import alerts, case_of, kinds, mails, order, signed, take, words
from hostile.test_outsiders import client_of
from reading import overlaid
from road import Road, open_road

from comity import prepare
from comity.cases import deciding, document
from comity.cases.models import Case, Request
from comity.demo import annex, keys, samples
from comity.desk.flags import FLAGS
from comity.people.approvals import ApprovalRefused
from comity.reading.form import load

FOUND = Path(__file__).parent.parent / "data" / "found"
OFFICE = "fr-office"


@pytest.fixture
def road(db: None, tmp_path: Path, settings: Any) -> Iterator[Road]:
    """A road with a data directory of its own, where the office's keys stand for the name server's answers."""
    settings.COMITY = replace(settings.COMITY, data=tmp_path / "data")
    settings.COMITY.data.mkdir()
    (settings.COMITY.data / "resolver.json").write_text((FOUND / "resolver.json").read_text())
    with open_road() as opened:
        yield opened


@pytest.fixture
def office(road: Road) -> Road:
    """The road with the office that signed the mails on the register of realm real."""
    (entry,) = tomllib.loads((FOUND / "comity.toml").read_text())["authority"]
    django_settings.COMITY = replace(django_settings.COMITY, authorities=(entry,))
    prepare.sync()
    return road


def raw_of(name: str) -> bytes:
    (path,) = FOUND.glob(f"{name}*.eml")
    raw = path.read_bytes()
    return raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")


def real(road: Road, name: str) -> Request:
    return take(road, raw_of(name), "real")


def in_thread(road: Road, name: str, case: Case) -> Request:
    """A found reply, as the demo's office would have written it to our last letter of a case."""
    head, _, body = raw_of(name).partition(b"\r\n\r\n")
    kept = [field for field in re.split(rb"\r\n(?![ \t])", head) if not field.startswith(b"DKIM-Signature")]
    letter = mails("answer")[-1] if mails("answer") else mails("acknowledgement")[-1]
    text = b"\r\n".join([*kept, b"", body])
    text = re.sub(rb"<comity\.[a-z2-7]{26}@lantern\.example>", letter.message_id.encode(), text)
    text = re.sub(rb"C-[0-9A-Z]{8}", case.id.encode(), text)
    return take(road, samples.sign(text, keys.ensure(django_settings.COMITY.data)))


def waiting(road: Road) -> Case:
    """A case that waits: its order names an address that leads to nothing, and Annex III told so."""
    url = re.sub(r"\d+$", "99999", road.post())
    case = case_of(take(road, signed(order(road, url, "OOS-2026-W"))))
    road.sign(case, "BE")
    road.drive()
    case.refresh_from_db()
    assert case.state == "waiting"
    return case


# -- whose words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["36", "39"])
def test_an_order_that_the_office_quotes_or_forwards_is_nobodys(office: Road, name: str) -> None:
    request = real(office, name)
    assert request.grade == "none"
    assert "quoted-order" in request.flags
    case = case_of(request)
    assert (case.state, case.authority, case.act) == ("verifying", "", "")
    assert document.of(request)["reading"]["own"].startswith(("We did not issue", "Is it ours?"))


@pytest.mark.parametrize("name", ["20", "22"])
@pytest.mark.slow
def test_a_reply_above_quoted_letters_joins_its_thread_and_clarifies(road: Road, name: str) -> None:
    case = waiting(road)
    reply = in_thread(road, name, case)
    assert (reply.grade, case_of(reply), reply.joined.get().how) == ("domain", case, "reply")
    assert Case.objects.count() == 1
    assert "clarification.received" in kinds(case)
    assert "reply.received" in alerts()


@pytest.mark.slow
def test_thanks_above_our_own_letter_open_nothing(road: Road) -> None:
    case = waiting(road)
    assert case_of(in_thread(road, "27", case)) == case
    assert Case.objects.count() == 1


@pytest.mark.parametrize("name", ["24", "25"])
@pytest.mark.slow
def test_what_a_machine_may_have_written_joins_and_clarifies_nothing_by_itself(road: Road, name: str) -> None:
    case = waiting(road)
    reply = in_thread(road, name, case)
    assert "maybe-automatic" in reply.flags
    assert case_of(reply) == case
    assert "clarification.received" not in kinds(case)
    assert "reply.received" in alerts()


# -- whose bytes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "flag"), [("37", "doubled-header"), ("38", "bare-line-ends")])
def test_what_is_read_is_what_was_signed_or_nobody_signed_it(office: Road, name: str, flag: str) -> None:
    request = real(office, name)
    assert (request.grade, request.authority) == ("none", "")
    assert flag in request.flags
    assert not Case.objects.exclude(state="verifying").exists()


def test_a_bare_cr_brings_no_second_sender_subject_or_body(office: Road) -> None:
    reading = document.of(real(office, "38"))["reading"]
    assert reading["envelope"]["subject"] == "Lunch at noon?"
    assert reading["text"].strip() == "Are you free at noon?"
    assert reading["orders"] == []


@pytest.mark.parametrize("name", ["17", "18", "16", "05", "10", "11", "13"])
@pytest.mark.few(3)
def test_sound_mail_of_the_office_is_its_order(office: Road, name: str) -> None:
    request = real(office, name)
    assert (request.grade, request.authority, request.kind) == ("domain", OFFICE, "order")
    assert not {"several-senders", "encrypted-attachment", "unread-attachment", "quoted-order"} & set(request.flags)
    assert case_of(request).grade == "domain"
    assert mails("acknowledgement")


def test_what_stays_unread_of_a_proven_office_is_flagged_and_has_the_hour(office: Road) -> None:
    request = real(office, "29")
    assert (request.grade, request.lane) == ("domain", "triage")
    assert "unread-attachment" in request.flags
    assert request.due == request.received_at.replace(microsecond=0) + timedelta(hours=1)


@pytest.mark.slow
def test_the_same_order_now_confidential_is_no_copy(office: Road) -> None:
    body = raw_of("35")
    key, public = _key()
    resolver = django_settings.COMITY.data / "resolver.json"
    resolver.write_text(json.dumps(json.loads(resolver.read_text()) | {"t._domainkey.office.gouv.example": public}))
    plain = re.sub(rb"(?s)SECTION C.*", b"", body.partition(b"\r\nFrom:")[2])
    plain = b"From:" + plain.replace(b"xmhhgexgocgq", b"first")
    first = take(office, _signed(plain, key), "real")
    case = case_of(first)
    second = real(office, "35")
    case.refresh_from_db()
    assert (case_of(second), second.joined.get().how) == (case, "reply")
    assert "order.changed" in alerts()
    assert document.of_case(case)["corrections"][0]["by"] == "authority"
    assert kinds(case).count("case.judged") == 2
    copy = real(office, "35")
    assert copy.joined.get().how == "duplicate"


def _key() -> tuple[bytes, str]:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return pem, keys.record(pem)


def _signed(raw: bytes, key: bytes) -> bytes:
    names = [b"from", b"to", b"subject", b"date", b"message-id", b"content-type", b"content-transfer-encoding"]
    return bytes(dkim.sign(raw, b"t", b"office.gouv.example", key, include_headers=names)) + raw


# -- read as blank, or read wrong -------------------------------------------------------------------------------------

POSTS = [f"https://lantern.example/c/4f/{number}" for number in (2, 3, 4)]
READ = {
    "01": ({"urls": POSTS[:2], "categories": ["a-incite"]}, {"rewritten-links"}),
    "02": ({"urls": POSTS, "categories": ["a-incite"]}, set()),
    "04": ({"urls": POSTS[:1], "categories": ["a-incite"]}, set()),
    "06": ({"urls": POSTS[:1], "reference": "P/6"}, {"acroform", "unclear-boxes"}),
    "07": (
        {"urls": POSTS[:1], "reference": "P/7", "categories": ["a-incite"], "non_disclosure": True},
        {"non-disclosure"},
    ),
    "08": (
        {"urls": POSTS[:1], "reference": "P/8", "categories": ["a-incite"], "non_disclosure": True},
        {"non-disclosure"},
    ),
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.few(3)
def test_what_the_office_filled_in_is_read_or_unread_and_never_blank(office: Road, name: str) -> None:
    wanted, flags = READ[name]
    request = real(office, name)
    form = document.of(request)["reading"]["orders"][0]["facts"]["form"]
    assert {key: form.get(key) for key in wanted} == wanted
    assert (request.kind, set(request.flags)) == ("order", flags)
    if name == "06":
        assert not {"non_disclosure", "cross_border", "copy_sent", "categories", "issuer_kind"} & set(form)
    case = case_of(request)
    # the addresses lead to nothing here; nothing else is said to be wrong with the order
    assert failed(case) <= LEADS_NOWHERE


def failed(case: Case) -> set[str]:
    finding = deciding.finding_of(case)["finding"]
    return {check["id"] for check in finding["checks"] if check["holds"] is False}


LEADS_NOWHERE = {"content-found"}


@pytest.mark.slow
def test_a_form_whose_values_were_not_found_is_put_to_a_person_and_nobody_is_told_that_it_is_blank(road: Road) -> None:
    mail = order(road, road.post(), "OOS-2026-B")
    mail.set_content("Please find attached our removal order.")
    form = load()
    data = overlaid.blank(annex.draw(form, {}, form.preamble))
    mail.add_attachment(data, maintype="application", subtype="pdf", filename="order.pdf")
    request = take(road, signed(mail))
    assert (request.grade, request.kind) == ("domain", "order")
    assert "values-not-found" in request.flags
    assert "missing-elements" not in request.flags
    case = case_of(request)
    assert (case.outcome, failed(case)) == ("needs-person", set())
    said = words(mails("acknowledgement")[-1]).lower()
    assert not any(label in said for label in ("missing", "left blank", "incomplete", "redress", "category"))
    page = client_of(road.person("handler")).get(f"/console/cases/{case.id}").content.decode()
    assert FLAGS["values-not-found"][1] in html.unescape(page)


# -- what the desk sees -----------------------------------------------------------------------------------------------


def test_the_signing_page_shows_every_flag_and_the_senders_own_words(road: Road) -> None:
    mail = order(road, road.post(), "OOS-2026-S")
    words = "Is it ours? Please do nothing yet."
    quoted = "".join(f"> {line}\n" for line in order(road, road.post(), "OOS-2026-Q").get_content().splitlines())
    mail.set_content(f"{words}\n\n{mail.get_content()}\n\nOn 1 November 2026 x@y.example wrote:\n{quoted}")
    case = case_of(take(road, signed(mail)))
    assert case.state == "to-decide"
    page = client_of(road.person("decider")).get(f"/console/cases/{case.id}/decide").content.decode()
    assert words in page
    assert FLAGS["quoted-order"][1] in html.unescape(page)


@pytest.mark.slow
def test_a_person_says_that_a_reply_which_looks_like_a_machines_clarifies(road: Road) -> None:
    case = waiting(road)
    reply = in_thread(road, "25", case)
    handler = client_of(road.person("handler"))
    shown = handler.get(f"/console/cases/{case.id}").content.decode()
    assert f"/console/cases/{case.id}/clarified" in shown
    form = handler.get(f"/console/cases/{case.id}/clarified").content.decode()
    assert "The right address is" in form
    refused = handler.post(f"/console/cases/{case.id}/clarified", {"reply": "R-00000000"})
    assert refused.status_code == 400
    handler.post(f"/console/cases/{case.id}/clarified", {"reply": reply.id})
    road.drive()
    case.refresh_from_db()
    assert "clarification.received" in kinds(case)
    assert case.state == "to-decide"
    assert f"/console/cases/{case.id}/clarified" not in handler.get(f"/console/cases/{case.id}").content.decode()


# -- realms -----------------------------------------------------------------------------------------------------------


def test_a_signed_demo_mail_at_the_real_address_moves_no_message(road: Road) -> None:
    url = road.post()
    raw = signed(order(road, url, "OOS-2026-R"))
    request = take(road, raw, "real")
    assert (request.realm, request.grade, request.authority) == ("real", "none", "")
    case = case_of(request)
    assert (case.realm, case.state) == ("real", "verifying")
    for person in (road.person("decider"), road.person("decider", "EE")):
        with pytest.raises(ApprovalRefused):
            deciding.sign(person, case.id, case.act, None)
    assert client_of(road.person("decider")).get(f"/console/cases/{case.id}").status_code == 404
    assert take(road, raw, "demo").grade == "domain"  # the same mail in the demo's own envelope
