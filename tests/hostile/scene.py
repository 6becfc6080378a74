"""Mails nobody should send, and short ways to look at what became of them."""

import json
import re
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from django.conf import settings
from road import Road

from comity import clock
from comity.alerts.models import Alert
from comity.answers import lifting
from comity.cases import deciding, lifts
from comity.cases.models import Case, Request
from comity.demo import keys, samples
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.platforms import for_url
from comity.vault import commands as vault


def order(road: Road, urls: str, reference: str = "OOS-2026-X", **changed: Any) -> EmailMessage:
    """The demo authority's order as labelled text, some lines changed, not yet signed."""
    content = samples.filled(urls, reference, clock.now()) | changed
    mail = samples.in_text(content, samples.ADDRESS)
    mail["To"] = samples.TO
    road.count += 1
    mail["Message-ID"] = f"<{road.count}.{reference}@online-safety.example>"
    return mail


def two_orders(road: Road, issued: str = "") -> bytes:
    """Two orders of the demo authority on two posts, one below the other in one mail; when the second was issued."""
    mail, other = order(road, road.post(), "OOS-2026-A"), order(road, road.post(), "OOS-2026-B")
    second = other.get_content()
    if issued:
        second = re.sub(r"(?m)^(A\.5 [^:]*): .*$", rf"\1: {issued}", second)
    mail.set_content(f"{mail.get_content()}\n\n{second}")
    return signed(mail)


def signed(mail: EmailMessage) -> bytes:
    """The bytes of a mail under the demo authority's DKIM key."""
    return samples.sign(mail.as_bytes(policy=SMTP), keys.ensure(settings.COMITY.data))


def plain(sender: str, subject: str, text: str, **headers: str) -> bytes:
    """Bytes of a small mail; headers by their names with `_` for `-`."""
    lines = [f"From: {sender}", "To: orders@lantern.example", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "", text]) + "\r\n").encode()


def take(road: Road, raw: bytes, realm: str = "demo") -> Request:
    """Let a mail in and drive its road to the end."""
    request = road.receive(raw, realm)
    road.drive()
    request.refresh_from_db()
    return request


def case_of(request: Request) -> Case:
    """The one case of a request."""
    return Case.objects.get(joined__request=request)


def opened(road: Road, url: str, reference: str = "OOS-2026-X", **changed: Any) -> Case:
    """A case of a genuine order on a URL, ready to be decided."""
    return case_of(take(road, signed(order(road, url, reference, **changed))))


def decide(road: Road, case: Case) -> Case:
    """Let two deciders sign, and drive what follows."""
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    return case


ORDER = lifts.Document("order.pdf", b"%PDF-1.7 The order of 1 November is withdrawn.")


def lift(road: Road, case: Case) -> Case:
    """Let as many deciders lift as acted, by the authority's own word, and drive what follows."""
    person = road.person("decider")
    act = lifting.propose(person, case.id, "It was art, and the order was withdrawn", "order", ORDER)
    deciding.sign(person, case.id, act, None) or deciding.sign(road.person("decider", "EE"), case.id, act, None)
    road.drive()
    case.refresh_from_db()
    return case


def snapshot(url: str) -> bytes:
    """Everything of a thing on the sandbox, as canonical bytes."""
    platform = for_url(url, "demo")
    assert platform
    return platform.snapshot(platform.resolve(url).ref)


def seen(url: str, country: str) -> str:
    """What an ordinary viewer in a country sees."""
    platform = for_url(url, "demo")
    assert platform
    return platform.observe(url, country).state


def page(url: str, country: str) -> str:
    """The sandbox's page as a viewer's browser gets it."""
    with urllib.request.urlopen(f"{url}?from={country}", timeout=10) as answer:
        return str(answer.read().decode())


def alerts() -> list[str]:
    """The kinds of what the desk must see and has not dealt with."""
    return sorted(Alert.objects.filter(seen_at=None).values_list("kind", flat=True))


def kinds(case: Case) -> list[str]:
    """What happened to a case, in its order."""
    return list(Event.objects.filter(case=case.id).order_by("id").values_list("kind", flat=True))


def mails(kind: str) -> list[Mail]:
    """The mails of one kind that left, in their order."""
    return list(Mail.objects.filter(kind=kind).order_by("queued_at"))


def words(mail: Mail) -> str:
    """The whole text of a mail of ours."""
    return vault.get(mail.doc).decode("utf-8", "replace")


def sealed(ref: str) -> Mapping[str, Any]:
    """An object of the vault."""
    opened_doc: Mapping[str, Any] = json.loads(vault.get(ref))
    return opened_doc
