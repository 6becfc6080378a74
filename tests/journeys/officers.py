"""An officer of a real authority, from the application to the answer: each person in a browser, each with a passkey."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from faults import faultless
from playwright.sync_api import Browser, Page, expect
from reading import pdfs
from running import Gateway, Relay, eventually

from .real import Member, approve
from .screen import Screen, watched
from .test_passkeys import device

NUMBER = "+49 441 5500"
REASONS = "It calls on readers to repeat an attack."


@contextmanager
def device_of(browser: Browser, gateway: Gateway, width: int) -> Iterator[Screen]:
    """The officer's own browser, with an empty authenticator; that it found no fault is asserted at the end."""
    here = device(browser, viewport={"width": width, "height": 900})
    here.context.set_default_timeout(20_000)
    seen = watched(here.page, gateway.url)
    yield seen
    here.context.close()
    assert seen.faults == []


def court(width: int) -> tuple[str, str]:
    """The name and the domain of an office that nobody knows yet."""
    return f"Court of Nordhafen {width}", f"court-{width}.nordhafen.example"


def applies(page: Page, gateway: Gateway, width: int) -> str:
    """Apply, publish the record that the page asks for, and let it be looked up; gives the application's number."""
    name, domain = court(width)
    page.goto(f"{gateway.url}/authorities/apply")
    page.get_by_label("Name of the authority").fill(name)
    page.get_by_label("What it is", exact=True).select_option("court")
    page.get_by_label("Its State").fill("DE")
    page.get_by_label("Its mail domain").fill(domain)
    page.get_by_label("The address that our answers go to").fill(f"orders@{domain}")
    page.get_by_label("Its switchboard").fill(NUMBER)
    page.locator("input[value=eu-tco-removal-order]").check()
    faultless(page)
    page.get_by_role("button", name="Apply", exact=True).click()
    record, text = page.locator("dd.id").all_inner_texts()
    path = gateway.data / "resolver.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {record: text}))
    faultless(page)
    page.get_by_role("button", name="It is published: look now").click()
    expect(page.get_by_text("The record is there.")).to_be_visible()
    return page.locator("h1 .id").inner_text()


def accepted(desk: tuple[Member, Member], application: str) -> None:
    """It is called at a number that the desk found, put to those who accept, and signed by two."""
    alice, bob = desk
    page = alice.screen.go(f"/console/register/{application}")
    page.locator("summary", has_text="They confirm it").click()
    form = page.locator("details[open]")
    form.get_by_label("The number that you called").fill(NUMBER)
    form.locator("[name=source]").fill("justiz.example, list of courts")
    form.get_by_role("button", name="They confirm it").click()
    page.get_by_role("button", name="Put it to those who accept").click()
    for one in (alice, bob):
        one.screen.go(f"/console/register/{application}#sign")
        one.page.locator("main form[data-passkey] button").click()
        expect(one.page.locator("main form[data-passkey]")).to_have_count(0)


def invited(desk: tuple[Member, Member], relay: Relay, width: int) -> str:
    """Counsel, who called the office, sends its officer the one-time link; gives it as the mail has it."""
    name, domain = court(width)
    page = desk[1].screen.go("/console/register/")
    page.get_by_role("link", name=name).click()
    form = page.locator("form", has=page.get_by_role("button", name="Send their one-time link"))
    form.locator("[name=address]").fill(f"clerk@{domain}")
    form.locator("[name=confirmed]").check()
    form.get_by_role("button", name="Send their one-time link").click()
    mail = relay.wait_for(lambda m: m.recipients == [f"clerk@{domain}"])
    found = re.search(r"https?://\S+/authorities/join/[\w-]+", mail.message.get_content())
    assert found, mail.message.get_content()
    return found.group()


def files(page: Page, gateway: Gateway, url: str) -> str:
    """Type the order, with its file, see what is missing, and send it; gives the path of its status page."""
    page.goto(f"{gateway.url}/authorities/file/eu-tco-removal-order")
    page.locator("[name='form.reference']").fill("NH-7/26")
    page.locator("[name='form.urls']").fill(url)
    page.locator("[name='form.reasons']").fill(REASONS)
    page.locator("input[value=a-incite]").check()
    page.locator("[name='form.legal_basis']").fill("Regulation (EU) 2021/784, Article 3")
    page.locator("[name='form.signature']").select_option("qualified")
    page.locator("[name='form.issued_at']").fill("2026-11-30T08:00")
    faultless(page)
    page.get_by_role("button", name="Look what is missing").click()
    order = pdfs.make({"reference": "NH-7/26", "issuing_file_number": "F-77/26", "redress_body": "Court of Appeal"})
    page.locator("#files").set_input_files({"name": "order.pdf", "mimeType": "application/pdf", "buffer": order})
    faultless(page)
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(re.compile("/authorities/follow/"))
    return page.url.removeprefix(gateway.url)


def enrols(page: Page, link: str, width: int) -> None:
    """Make the passkey by the one-time link."""
    page.goto(link)
    faultless(page)
    page.get_by_role("button", name="Make your passkey").click()
    expect(page.get_by_text(f"officer of {court(width)[0]}")).to_be_visible()


def confirms(page: Page) -> None:
    """Sign exactly what was filed."""
    faultless(page)
    page.get_by_role("button", name="Confirm it with your passkey").click()
    expect(page.get_by_text("Confirmed with your passkey.")).to_be_visible()


def answered(page: Page, gateway: Gateway, desk: tuple[Member, Member], follow: str) -> None:
    """The desk sees what was filed and what its file says, two approve, and the officer reads that it is answered."""

    def case() -> str:
        page.goto(f"{gateway.url}{follow}")
        found = re.search(r"C-[0-9A-Z]{8}", page.inner_text("main"))
        return found.group() if found else ""

    number = str(eventually(case))
    alice, bob = desk
    eventually(lambda: alice.screen.go(f"/console/cases/{number}").locator("#approve button").count())
    expect(alice.page.get_by_text("F-77/26").first).to_be_visible()  # nobody typed it: its file says it
    expect(alice.page.get_by_text("Accredited channel").first).to_be_visible()
    approve(alice, f"/console/cases/{number}")
    approve(bob, f"/console/cases/{number}/decide")
    said = "Answered: our letter went to your registered address."
    eventually(lambda: page.goto(f"{gateway.url}{follow}") and page.get_by_text(said).count())
    faultless(page)
