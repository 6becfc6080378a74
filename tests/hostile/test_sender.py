"""Who it really comes from, and to which case it belongs: nothing in a message raises its own standing."""

import re
from email import message_from_string
from email.policy import SMTP

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hostile.scene import alerts, case_of, decide, kinds, mails, opened, order, plain, sealed, signed, take, words
from road import Road

from comity import clock
from comity.authorities.models import Authority
from comity.cases import commands as cases
from comity.cases import thread
from comity.cases.models import Case, Joined, Request
from comity.measures.models import Measure, Preserved
from comity.outbox.models import Mail

OURS = b"From: Office for Online Safety <orders@online-safety.example>\r\n"


def _key() -> bytes:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _by(raw: bytes, domain: bytes) -> bytes:
    return bytes(dkim.sign(raw, b"comity", domain, _key(), include_headers=[b"from", b"subject"])) + raw


def _unproven(road: Road) -> dict[str, bytes]:
    mail = order(road, road.post())
    raw, good = mail.as_bytes(policy=SMTP), signed(mail)
    body = re.sub(rb"(?m)^From: .*\r\n", b"", raw)
    return {
        "no signature": raw,
        "a body changed after signing": good.replace(b"holds up a recent attack", b"holds up a recent attack!"),
        "a subject changed after signing": good.replace(b"Subject: Removal", b"Subject: removal order now"),
        "another key under the same domain": _by(raw, b"online-safety.example"),
        "another domain": _by(raw, b"quickmail.example"),
        "a domain below": _by(raw, b"mail.online-safety.example"),
        "two senders in From": b"From: orders@online-safety.example, mallory@quickmail.example\r\n" + body,
        "two From lines, theirs first": OURS + b"From: mallory@quickmail.example\r\n" + body,
        "two From lines, a second before a good signature": b"From: mallory@quickmail.example\r\n" + good,
        "the address as a display name": b'From: "orders@online-safety.example" <mallory@quickmail.example>\r\n' + body,
        "the address in a comment": b"From: mallory@quickmail.example (orders@online-safety.example)\r\n" + body,
        "a group of one": b"From: Office: orders@online-safety.example;\r\n" + body,
        "no From at all": body,
    }


NAMES = [
    "no signature",
    "a body changed after signing",
    "a subject changed after signing",
    "another key under the same domain",
    "another domain",
    "a domain below",
    "two senders in From",
    "two From lines, theirs first",
    "two From lines, a second before a good signature",
    "the address as a display name",
    "the address in a comment",
    "a group of one",
    "no From at all",
]


@pytest.mark.slow
def test_nobody_is_taken_for_the_authority_on_the_word_of_a_mail(road: Road) -> None:
    known = _unproven(road)
    assert sorted(known) == sorted(NAMES)
    for name, raw in known.items():
        request = take(road, raw)
        assert (request.grade, request.authority) == ("none", ""), name
        assert "unauthenticated" in request.flags, name
        if request.kind == "order":
            case = case_of(request)
            assert (case.state, case.act, case.authority) == ("verifying", "", ""), name
    assert not Preserved.objects.exists()
    assert not Measure.objects.exists()
    assert road.refused == []
    genuine = take(road, signed(order(road, road.post(), "OOS-2026-G")))
    assert (genuine.grade, case_of(genuine).state) == ("domain", "to-decide")


def _masked(text: str) -> str:
    """A letter without what differs by itself: numbers, dates, ids and the signature."""
    head, _, body = text.partition("\r\n\r\n")
    kept = [
        line for line in re.split(r"\r\n(?![ \t])", head) if not re.match(r"(?i)dkim-signature|message-id|date", line)
    ]
    thread_of = re.compile(r"(?i)^(in-reply-to|references):.*", re.DOTALL)
    lines = [thread_of.sub(r"\1", line) for line in kept]
    masked = re.sub(r"[CR]-[0-9A-Z]{8}", "NUMBER", "\n".join([*lines, body]))
    return re.sub(r"\d{1,2}:\d\d(:\d\d)?", "TIME", masked)


@pytest.mark.parametrize("way", ["subject", "in-reply-to", "references"])
@pytest.mark.slow
@pytest.mark.few(1)
def test_a_stranger_who_names_a_case_joins_nothing_and_learns_nothing(road: Road, way: str) -> None:
    case = decide(road, opened(road, road.post()))
    letter = mails("answer")[0].message_id
    named = {
        "subject": {"subject": f"About [{case.id}]"},
        "in-reply-to": {"In_Reply_To": letter},
        "references": {"References": f"<a@b.example> {letter}"},
    }[way]
    unknown = {
        "subject": {"subject": "About [C-0000000Z]"},
        "in-reply-to": {"In_Reply_To": "<comity.aaaa@lantern.example>"},
        "references": {"References": "<a@b.example> <comity.aaaa@lantern.example>"},
    }[way]
    before = kinds(case)
    requests = [_stranger(road, **headers) for headers in (named, unknown)]
    assert not Joined.objects.filter(request__in=requests).exists()
    assert kinds(case) == before
    assert "foreign-reference" in requests[0].flags
    replies = [Mail.objects.get(request=request.id) for request in requests]
    assert [reply.case for reply in replies] == [None, None]
    ours, theirs = (_masked(words(reply)).replace(case.id, "NUMBER") for reply in replies)
    assert ours.replace("C-0000000Z", "NUMBER") == theirs.replace("C-0000000Z", "NUMBER")
    assert case.id not in words(replies[0]).replace(f"About [{case.id}]", "")


def _stranger(road: Road, subject: str = "A question", **headers: str) -> Request:
    road.count += 1
    raw = plain(
        "Mallory <mallory@quickmail.example>", subject, "What of it?", Message_ID=f"<{road.count}@q.example>", **headers
    )
    return take(road, raw)


@pytest.mark.slow
def test_a_forged_reply_in_the_name_of_the_authority_joins_nothing(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    raw = plain(
        "orders@online-safety.example", f"Re: {case.id}", "Please undo it.", In_Reply_To=mails("answer")[0].message_id
    )
    request = take(road, raw)
    assert thread.named({"subject": case.id}) == case
    assert not Joined.objects.filter(request=request).exists()
    assert {"foreign-reference", "spoofed"} <= set(request.flags)


@pytest.mark.slow
def test_a_genuine_order_that_names_an_earlier_case_is_not_lost_as_a_reply(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    mail = order(road, road.post(), "OOS-2026-N")
    mail.replace_header("Subject", f"Removal order, see also [{case.id}]")
    mail["In-Reply-To"] = mails("answer")[0].message_id
    request = take(road, signed(mail))
    assert case_of(request) != case
    assert case_of(request).state == "to-decide"


OTHER = {
    "name": "Another Office",
    "kind": "police",
    "country": "FR",
    "realm": "demo",
    "domains": ["other-office.example"],
    "address": "desk@other-office.example",
    "phone": "+33 1 00 00 00 00",
    "competent_for": ["eu-tco-removal-order"],
    "languages": ["en"],
    "accredited": True,
    "prior_information_at": clock.now(),
}


@pytest.mark.slow
def test_another_authority_proven_as_itself_joins_no_case_of_the_first(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    Authority.objects.create(id="other-office", **OTHER)
    request = _stranger(road, f"About [{case.id}]", In_Reply_To=mails("answer")[0].message_id)
    cases.record_callback(road.person("handler"), request.id, "other-office", True)
    road.drive()
    request.refresh_from_db()
    assert (request.grade, request.authority) == ("accredited-channel", "other-office")
    assert "foreign-reference" in request.flags
    assert not Joined.objects.filter(request=request).exists()


@pytest.mark.soak
def test_an_authority_that_is_no_longer_accredited_joins_nothing(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    letter = mails("answer")[0].message_id
    assert take(road, road.reply(letter, "Thank you.")).joined.get().case == case
    Authority.objects.filter(id=case.authority).update(accredited=False)
    request = take(road, road.reply(letter, "Undo it."))
    assert (request.grade, request.authority) == ("none", case.authority)
    assert not request.joined.exists()


@pytest.mark.slow
def test_a_mail_of_another_realm_joins_no_case(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    Authority.objects.filter(id=case.authority).update(realm="real")  # as if its record had been moved meanwhile
    request = take(road, road.reply(mails("answer")[0].message_id, "Undo it."), realm="real")
    assert (request.realm, request.authority, request.grade) == ("real", case.authority, "domain")
    assert not request.joined.exists()
    assert "foreign-reference" in request.flags


def test_a_forged_order_that_names_a_case_opens_its_own_and_changes_nothing_there(road: Road) -> None:
    case = opened(road, road.post())
    version = case.version
    mail = order(road, road.post(), "OOS-2026-F")
    mail.replace_header("Subject", f"Removal order [{case.id}]")
    request = take(road, mail.as_bytes(policy=SMTP))
    assert case_of(request) != case
    case.refresh_from_db()
    assert case.version == version
    assert Case.objects.count() == 2


@pytest.mark.slow
def test_the_answer_goes_to_the_registered_address_whatever_the_mail_asks_for(road: Road) -> None:
    mail = order(road, road.post())
    mail.replace_header("From", "Office <orders@unit.online-safety.example>")
    mail["Reply-To"] = "mallory@quickmail.example"
    mail["Sender"] = "mallory@quickmail.example"
    case = decide(road, case_of(take(road, signed(mail))))
    assert case.state == "answered", road.refused
    (answer,) = mails("answer")
    registered = Authority.objects.get(id=case.authority).address
    assert message_from_string(words(answer))["To"] == sealed(answer.peek)["to"] == registered
    (acknowledged,) = mails("acknowledgement")
    assert sealed(acknowledged.peek)["to"] == "orders@unit.online-safety.example"


BOUNCE = (
    "From: MAILER-DAEMON@mx.example\r\nTo: orders@lantern.example\r\nSubject: Undelivered Mail\r\n"
    "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; orders@online-safety.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: Answer\r\n--b--\r\n"
)
AUTOMATIC = {
    "bounce": BOUNCE.replace("{id}", "<unknown@x.example>").encode(),
    "away": plain("clerk@online-safety.example", "Away", "Back on Monday.", Auto_Submitted="auto-replied"),
    "list": plain("clerk@online-safety.example", "News", "Our news.", Precedence="bulk"),
    "receipt": (
        b"From: clerk@online-safety.example\r\nTo: orders@lantern.example\r\nSubject: Read\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt was read.\r\n--b\r\n"
        b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n--b--\r\n"
    ),
}


def test_what_machines_send_opens_no_case_and_gets_no_reply(road: Road) -> None:
    for name, raw in AUTOMATIC.items():
        request = take(road, raw)
        assert not request.joined.exists(), name
        # only replies by machines, returned mail and receipts open nothing: what merely was sent to many is sorted
        told = ("mail", "triage") if name == "list" else ("bounce" if name == "bounce" else "auto", "")
        assert (request.kind, request.lane) == told, name
    assert not Mail.objects.exists()
    assert not Case.objects.exists()
    assert road.refused == []


@pytest.mark.parametrize(
    ("mark", "then"), [("auto-generated", ("domain", "to-decide")), ("auto-replied", ("none", "verifying"))]
)
def test_an_order_is_a_case_whatever_its_mark_says_of_machines(road: Road, mark: str, then: tuple[str, str]) -> None:
    # what answers by itself may hold what somebody else wrote to it: that waits for a call
    mail = order(road, road.post(), f"OOS-{mark}")
    mail["Auto-Submitted"] = mark
    request = take(road, signed(mail))
    assert (request.kind, request.grade, case_of(request).state) == ("order", *then)


@pytest.mark.soak
def test_a_bounce_of_our_answer_is_told_to_the_desk(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    answer = mails("answer")[0]
    Mail.objects.filter(id=answer.id).update(state="sent")
    for _ in range(2):
        take(road, BOUNCE.replace("{id}", answer.message_id).encode())
    answer.refresh_from_db()
    assert answer.state == "bounced"
    assert alerts() == ["mail.bounced"]
    assert kinds(case).count("mail.bounced") == 1
