"""What strangers write, on every page that shows it: text that stays text, whatever it looks like."""

import csv
import io
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from hostile.scene import case_of, decide, mails, order, plain, signed, take
from hostile.test_outsiders import HOST, Office, addresses, client_of
from road import Road

from comity import clock
from comity.alerts.models import Alert
from comity.cases import commands as cases
from comity.cases import deciding
from comity.ledger.models import Event
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.outbox.models import Mail

MARK = "</textarea></title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
TURNED = "Dr\u202egnp.exe"  # right-to-left override: what follows is shown backwards
TEXTS = (
    "addressee",
    "reasons",
    "issuing_authority",
    "issuer_representative",
    "issuing_file_number",
    "issuer_address",
    "redress_body",
    "redress_deadline",
)


class Elements(HTMLParser):
    """What a browser would take for markup: elements, and attributes with their values."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[tuple[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("svg", "img", "script") and ("onload" in given or given.get("src") in ("x", None) and tag != "svg"):
            self.wrong.append((tag, attrs))
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "data:text")):
                self.wrong.append((tag, attrs))
            if name in ("href", "src", "action") and "elsewhere.example" in (value or ""):
                self.wrong.append((tag, attrs))


def wrong(body: bytes) -> list[tuple[str, Any]]:
    """Elements of a page that are not ours."""
    reader = Elements()
    reader.feed(body.decode("utf-8", "replace"))
    return reader.wrong


def dressed(road: Road) -> bytes:
    """An order that carries markup, and a turned name, wherever it carries words."""
    urls = "\n".join((road.post(MARK), "https://elsewhere.example/c/x'onclick=alert(4)", "javascript:alert(5)"))
    words = dict.fromkeys(TEXTS, f"{TURNED} {MARK}")
    mail = order(road, urls, f"REF {MARK[:60]}", **words)
    mail.replace_header("From", f'"{TURNED} <b onclick=alert(6)>" <orders@online-safety.example>')
    mail.replace_header("Subject", f"{TURNED} {MARK}")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"../../{MARK}.pdf")
    return signed(mail)


@pytest.mark.slow
def test_markup_of_strangers_stays_text_on_every_page(road: Road, soak: bool) -> None:
    case = case_of(take(road, dressed(road)))
    handler = road.person("handler")
    cases.correct(handler, case.request_id, "form.issuing_file_number", MARK)
    road.drive()
    deciding.edit_draft(handler, case.id, "answer", [MARK, TURNED])
    road.drive()
    if soak:
        visit(road, case, "")
    decide(road, case)
    told = Notification.objects.get(case=case)
    token = notifications.token_of(told.event, told.target)
    Client(**HOST).post(f"/statement/{token}", {"text": MARK})
    road.drive()
    (complaint,) = notifications.complaints_of(case)
    notifications.answer_complaint(road.person("counsel"), case.id, complaint.id, MARK)
    road.drive()
    take(road, plain(f'"{MARK[:40]}" <m@q.example>', MARK, MARK, Content_Type="text/html"))
    assert road.refused == []
    assert visit(road, case, token) > 60


def visit(road: Road, case: Any, token: str) -> int:
    """Every address by GET as handler, decider and stranger; how many pages were shown."""
    case.refresh_from_db()
    alert = Alert.objects.create(
        case=case.id, thing=token[:24], realm="demo", kind="clock.half", event=10**9 + len(token), at=clock.now()
    )
    mail = (mails("answer") or list(Mail.objects.all()))[0]
    scene = Office(case, case.request, alert, mail, road.person("decider"))
    paths = [scene.filled(route) for route in addresses()]
    paths += [f"/statement/{token}", f"/console/cases/{case.id}?correct=form.reference", f"/console/?q={MARK}"]
    paths += [f"/console/requests/{other.id}" for other in type(case.request).objects.all()]
    people = (client_of(road.person("handler")), client_of(road.person("decider")), Client(**HOST))
    seen, happened = 0, Event.objects.exclude(kind="content.viewed").count()
    for client in people:
        for path in paths:
            answer = client.get(path)
            assert answer.status_code < 500 or path.startswith("/readyz"), path
            if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
                seen += 1
                assert wrong(answer.content) == [], path
                assert "\u202e" not in answer.content.decode(), path
    before = (case.version, case.state, case.taken_by)
    case.refresh_from_db()
    assert (case.version, case.state, case.taken_by) == before
    assert Event.objects.exclude(kind="content.viewed").count() == happened
    return seen


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)")


@pytest.mark.slow
def test_nothing_in_an_export_is_a_formula(road: Road) -> None:
    for formula in FORMULAS:
        take(road, plain(f'"{formula}" <m@q.example>', formula, "What of it?"))
    client = client_of(road.person("handler"))
    for path in ("/console/?format=csv", "/console/cases/?format=csv", "/console/requests/?format=csv"):
        rows = list(csv.reader(io.StringIO(client.get(path).getvalue().decode())))
        assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell], path
    assert {f"'{formula}" for formula in FORMULAS} <= {cell for row in rows for cell in row}
