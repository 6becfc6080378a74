"""Real people with passkeys and a real authority by mail: nothing of the demo's, and nothing for the demo's people."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import dkim
import pytest
from faults import NARROW, WIDE, faultless
from playwright.sync_api import Browser, Page, expect
from running import Gateway, Relay, eventually

from comity.outbox import dkim_key

from . import officers
from .office import Office
from .real import Member, approve, comes_in, founded
from .screen import screen
from .strange import LOADING, MAILS, STRANGE

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def desk(gateway: Gateway, browser: Browser) -> Iterator[tuple[Member, Member]]:
    """Alice and Bob, who founded the desk."""
    alice, bob = founded(gateway, browser)
    yield alice, bob
    alice.device.context.close()
    bob.device.context.close()


def body(mail: Any) -> str:
    """The text of a mail, its line ends ours."""
    part: Any = mail.message.get_body(("plain",))
    return str(part.get_content()).replace("\r\n", "\n").strip()


def shown(page: Page) -> str:
    """The answer as the page shows it, each blank that sending fills as a NUL."""
    return str(page.locator("#decision .letter div").first.evaluate(BLANKED))


BLANKED = """e => { const copy = e.cloneNode(true); document.body.append(copy);
    copy.querySelectorAll('.fill').forEach(f => f.textContent = '\\0');
    const said = copy.innerText; copy.remove(); return said }"""


def same(preview: str, sent: str) -> None:
    """The mail says what the page showed, word for word, but for the blanks."""
    said, got = " ".join(preview.split()), " ".join(sent.split())
    pattern = "(.{1,900})".join(re.escape(piece) for piece in said.split("\0"))
    assert "\0" in said
    assert re.fullmatch(pattern, got), f"{said!r}\n{got!r}"


def test_an_order_is_decided_with_passkeys_and_answered_in_its_thread(
    gateway: Gateway, browser: Browser, office: Office, desk: tuple[Member, Member]
) -> None:
    alice, bob = desk
    url = office.post()
    order = office.order(url)
    acknowledged = office.acknowledgement(order["message-id"])
    assert acknowledged.sender in ("", "<>")
    case = office.case(order["message-id"])
    path = f"/console/cases/{case}"
    outsiders_see_nothing(gateway, browser, case, office.request(order["message-id"])["id"])
    expect(alice.screen.go(path).locator("#decision .letter").first).to_contain_text("Answer to the authority")
    preview = shown(alice.page)
    approve(alice, path)
    approve(bob, f"{path}/decide")
    answer = office.answer(order["message-id"])
    assert answer.recipients == ["orders@office.ireland.example"]
    same(preview, body(answer))
    attached(answer.message)
    assert dkim.verify(answer.raw, dnsfunc=records(gateway))
    eventually(lambda: gateway.rows("select state from cases_case where id = %s", case) == [("answered",)])
    row = gateway.comity("cases", "show", case)
    assert row["realm"] == "real"
    seen = [effect for m in row["measures"] for effect in m["effects"] if effect["when"] != "before"]
    assert {(effect["inside"], effect["seen"] == "visible") for effect in seen} == {(True, False), (False, True)}
    ends_everywhere(alice, gateway, path)
    assert alice.screen.faults + bob.screen.faults == []


def records(gateway: Gateway) -> Any:
    """A resolver that knows what the operator publishes of our own key."""
    name, record = dkim_key.dns_record("lantern.example", gateway.data)
    return lambda asked, timeout=5: record.encode() if asked.rstrip(b".") == name.encode() else b""


def attached(message: EmailMessage) -> None:
    """One PDF/A with the answer in it."""
    (pdf,) = message.iter_attachments()
    data: bytes = pdf.get_payload(decode=True)  # type: ignore[assignment]  # the stub knows only messages
    assert data.startswith(b"%PDF-")
    assert b"pdfaid" in data


def outsiders_see_nothing(gateway: Gateway, browser: Browser, case: str, request: str) -> None:
    """To the demo's people a real case is as one that doesn't exist."""
    with screen(browser, gateway.url) as here:
        here.be("decider-be")
        answers = [
            here.page.request.get(f"{gateway.url}{path}").status
            for path in (f"/console/cases/{case}", f"/console/cases/{case}/decide", f"/console/requests/{request}")
        ]
        assert answers == [404, 404, 404]


def ends_everywhere(who: Member, gateway: Gateway, path: str) -> None:
    """One click ends every session of a person."""
    who.screen.go("/people/me").get_by_role("button", name="End all my sessions").click()
    who.screen.go(path)
    expect(who.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()


@pytest.mark.soak
def test_an_order_that_nobody_has_proven_is_decided_after_a_call(
    gateway: Gateway, office: Office, desk: tuple[Member, Member]
) -> None:
    alice, _bob = desk
    comes_in(alice, gateway)
    order = office.order(office.post(), signed=False)
    case = office.case(order["message-id"])
    path = f"/console/cases/{case}"
    page = alice.screen.go(path)
    expect(page.get_by_text("Not verified").first).to_be_visible()
    expect(page.locator("#approve")).to_have_count(0)
    page.get_by_role("link", name="Record a call-back").first.click()
    page.get_by_label("Which authority you called").select_option("ie-office")
    page.get_by_label("It is theirs", exact=True).check()
    page.get_by_role("button", name="Record it").click()
    eventually(lambda: alice.screen.go(path).locator("#approve button").count())
    expect(page.get_by_text("Accredited channel").first).to_be_visible()
    faultless(page)
    assert alice.screen.faults == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.few(1)
def test_an_officer_comes_in_files_follows_and_is_answered(
    gateway: Gateway, browser: Browser, relay: Relay, office: Office, desk: tuple[Member, Member], width: int
) -> None:
    with officers.device_of(browser, gateway, width) as here:
        for one in desk:
            comes_in(one, gateway)
        officers.accepted(desk, officers.applies(here.page, gateway, width))
        officers.enrols(here.page, officers.invited(desk, relay, width), width)
        follow = officers.files(here.page, gateway, office.post())
        officers.confirms(here.page)
        officers.answered(here.page, gateway, desk, follow)
    assert [one.screen.faults for one in desk] == [[], []]


@pytest.mark.soak
def test_strange_mails_can_be_looked_at_and_load_nothing(
    gateway: Gateway, office: Office, desk: tuple[Member, Member]
) -> None:
    here, raw = desk[0].screen, [LOADING, *((MAILS / name).read_bytes() for name in STRANGE)]
    before = {id for (id,) in gateway.rows("select id from cases_request")}
    for one in raw:
        office.send(one, "someone@strange.example")
    asked = len(here.asked)
    for number in eventually(lambda: read_since(gateway, before, len(raw))):
        here.go(f"/console/requests/{number}")
        expect(here.page.get_by_role("heading", name="The mail")).to_be_visible()
        faultless(here.page)
    assert [one for one in here.left_home() if one in here.asked[asked:]] == []
    assert here.faults == []


def read_since(gateway: Gateway, before: set[str], wanted: int) -> list[str]:
    """The numbers of the requests that came since, once so many are there and read."""
    rows = [row for row in gateway.rows("select id, kind from cases_request") if row[0] not in before]
    return [id for id, _ in rows] if len(rows) >= wanted and all(kind != "unread" for _, kind in rows) else []
