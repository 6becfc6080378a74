"""The demo by someone who has read nothing: press what the page offers, and see what came of it."""

import re
import time
from typing import Any

import pytest
from faults import NARROW, WIDE, faultless
from playwright.sync_api import Browser, Locator, Page, expect
from running import Gateway, Received, Relay, eventually

from .screen import Screen, screen

pytestmark = pytest.mark.journey


GOAL = 7  # presses, from the demo's page to what came of it seen in both countries
SECONDS = 90


def next_button(page: Page) -> Locator:
    """The one blue button of the bar, or of the demo's page, once there is one."""
    button = page.locator("#do-next")
    button.wait_for()
    return button


def rest(page: Page) -> Locator:
    """What says that one only looks from here."""
    return page.locator("#do-next", has_text=re.compile("^(See the answer|Back to all stories)$"))


def press_on(here: Screen, sample: str) -> None:
    """Send a sample, then press what the bar offers on the page where one is, until there is only to look."""
    here.go("/demo/").click(f"#send-{sample}")
    expect(here.page.locator("table tbody tr").first).to_contain_text(sample)
    play_on(here)
    here.go("/demo/")


def play_on(here: Screen) -> int:
    """Press what the page where one is offers, until there is only to look; gives how often."""
    for pressed in range(12):
        either = here.page.locator("#do-next, #approve button").first
        either.wait_for()
        if rest(here.page).count():
            return pressed
        approve = here.page.locator("#approve button")
        if approve.count():
            expect(approve).to_be_in_viewport()
            approve.click()
            expect(approve).to_have_count(0)
        else:
            here.page.locator("#do-next").click()
            here.page.wait_for_load_state()
    raise AssertionError(f"the demo does not end: {here.page.locator('.next-says').inner_text()}")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.few(1)
def test_in_seven_presses_and_ninety_seconds_it_is_seen_gone_here_and_there_elsewhere(
    gateway: Gateway, browser: Browser, width: int
) -> None:
    with screen(browser, gateway.url, width) as here:
        began = time.monotonic()
        next_button(here.go("/demo/")).click()
        panes = here.page.locator(".pane")
        expect(here.page.locator(".pane.there")).to_have_count(2)
        for pane in panes.all():
            expect(pane).to_contain_text("Pretend that it praises")
        assert 1 + play_on(here) == GOAL
        expect(panes.nth(0)).to_have_class(re.compile("away"))
        expect(panes.nth(1)).to_have_class(re.compile("there"))
        assert time.monotonic() - began < SECONDS
        faultless(here.page)
        next_button(here.page).click()
        here.page.wait_for_url(re.compile("/console/outbox/"))
        next_button(here.page).click()
        here.page.wait_for_url(re.compile("/statement/"))
        faultless(here.page)
        next_button(here.page).click()
        expect(here.page.locator("#story-removal-order")).to_contain_text("Played")
        faultless(here.page)
        assert here.left_home() == []


@pytest.mark.soak
def test_without_a_script_it_is_played_by_looking_again(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url, java_script_enabled=False) as here:
        here.go("/demo/").click("#do-next")
        for _ in range(GOAL + 1):
            eventually(lambda: here.page.locator("#do-next, #approve button").count() or (here.page.reload() and False))
            if rest(here.page).count():
                break
            here.page.locator("#approve button").or_(here.page.locator("#do-next")).first.click()
        expect(here.page.locator(".pane.away")).to_have_count(1)
        expect(here.page.locator(".pane.there")).to_have_count(1)


def test_from_the_mail_to_the_answer_to_the_author(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        press_on(here, "good-pdf")
        seen(here)
        page = here.go("/demo/")
        page.get_by_role("link", name="Be the author: the inbox").first.click()
        page.locator("a[href*='/statement/']").first.click()
        expect(page.get_by_role("heading", name="How to fight it, and by when")).to_be_visible()
        statement = page.url
        page.get_by_label("What is wrong").fill("It was a quotation from a newspaper.")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status").first).to_contain_text("Your complaint is with us")
        answered(here, statement)
        lifted(here)


def seen(here: Screen) -> None:
    """Gone for a viewer inside, there for one outside."""
    for country, shown in (("from inside (FR)", False), ("from outside (CH)", True)):
        here.go("/demo/").locator("table tbody tr").first.get_by_role("link", name=country).click()
        expect(here.page.get_by_text("Pretend that it praises")).to_have_count(1 if shown else 0)


@pytest.mark.soak
def test_on_a_phone_and_the_same_again_is_one_case_and_one_answer(
    gateway: Gateway, browser: Browser, relay: Relay
) -> None:
    with screen(browser, gateway.url, NARROW) as here:
        press_on(here, "good-text")
        seen(here)
        rows = here.go("/demo/").locator("table tbody tr")
        case = rows.first.get_by_role("link", name="Case").inner_text()
        here.page.click("#again-good-text")
        expect(rows.first).to_contain_text("the same again")
        expect(rows.first.get_by_role("link", name=case)).to_be_visible()
        number = case.split()[-1]
        relay.wait_for(lambda m: len(about(relay, number)) == 3)
        answers = [m for m in about(relay, number) if list(m.message.iter_attachments())]
        assert len(answers) == 1


def about(relay: Relay, number: str) -> list[Received]:
    """The mails with a case's number in their subject."""
    return [mail for mail in relay.mails if number in str(mail.message["subject"])]


def answered(here: Screen, statement: str) -> None:
    """The desk sees the complaint, and answers it where the author reads it."""
    page = here.be("counsel-be", "/console/alerts/")
    told = page.locator("#alerts li").filter(has_text="has complained").first
    for _ in range(40):  # the complaint is told to the desk by the worker, which may be busy
        if told.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    told.get_by_role("link", name="Open it").click()
    form = page.locator("#complaints form")
    form.get_by_role("textbox").fill("We looked again, and lift the measure.")
    form.get_by_role("button").click()
    expect(page.locator("#complaints")).to_contain_text("Answered")
    expect(page.locator("#banner")).not_to_contain_text(case_in(page.url))
    expect(here.go(statement).get_by_text("We looked again, and lift the measure.")).to_be_visible()


def opened(here: Screen) -> str:
    """Open the case of the latest mail, from the demo's page; gives its address."""
    here.go("/demo/").locator("table tbody tr").first.get_by_role("link", name="Case").click()
    here.page.wait_for_url(re.compile("/console/cases/"))
    return here.page.url.partition("#")[0]


def case_in(url: str) -> str:
    """The number of the case that an address leads to."""
    found = re.search(r"C-[0-9A-Z]+", url)
    assert found, url
    return found.group()


def lifted(here: Screen) -> None:
    """One decider lifts it, and it is where it was."""
    case = opened(here)
    page = here.be("decider-ee", case)
    page.get_by_text("Lift: undo").click()
    page.get_by_label("Why it is lifted").fill("It was a quotation from a newspaper.")
    page.get_by_label("mistake").check()
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_text("It was a quotation from a newspaper.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    here.go("/demo/").locator("table tbody tr").first.get_by_text("Lifted").wait_for()
    page.locator("table tbody tr").first.get_by_role("link", name="from inside (FR)").click()
    expect(page.get_by_text("Pretend that it praises")).to_be_visible()


@pytest.mark.soak
def test_what_is_missing_does_not_stop_the_order_and_is_said(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        press_on(here, "missing-elements")
        opened(here)
        expect(here.page.locator("#finding")).to_contain_text("not blocking")
        expect(here.page.locator("#decision .letter").first).to_contain_text("The order does not")


def test_what_leads_nowhere_is_said_on_annex_iii_by_one_decider(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url, NARROW) as here:
        press_on(here, "cannot-carry-out")
        opened(here)
        expect(here.page.get_by_role("heading", level=1)).to_have_text("Say what stands in the way of the order")
        expect(here.page.locator("#decision")).to_contain_text("1 of 1")
        expect(here.page.locator("#decision .letter")).to_contain_text("Annex III")


def test_a_forged_order_waits_for_a_call_and_nothing_is_done_on_it(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        here.go("/demo/").click("#send-forged")
        expect(here.page.locator("table tbody tr").first).to_contain_text("forged")
        next_button(here.page).click()
        page = here.page
        expect(page.get_by_text("Not verified").first).to_be_visible()
        expect(page.get_by_text("domain looks like that of an authority").first).to_be_visible()
        expect(page.locator("#approve")).to_have_count(0)
        page.get_by_role("link", name="Record a call-back").first.click()
        page.get_by_label("It is not theirs").check()
        page.get_by_role("button", name="Record it").click()
        expect(page.locator("#timeline")).to_contain_text("Call-back")
        assert gateway.sandbox in here.go("/demo/").locator("table tbody tr").first.inner_html()


@pytest.mark.soak
def test_a_threat_waits_for_counsel(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        here.go("/demo/").click("#send-threat")
        expect(here.page.locator("table tbody tr").first).to_contain_text("threat")
        expect(here.page.locator("#do-next")).to_contain_text("counsel")  # once it is read
        next_button(here.page).click()
        expect(here.page.get_by_text("Is harm held out so that we do something?").first).to_be_visible()


def test_an_ordinary_mail_is_sent_on_by_one_key_with_a_reply(gateway: Gateway, browser: Browser, relay: Relay) -> None:
    with screen(browser, gateway.url) as here:
        here.go("/demo/").click("#send-support")
        expect(here.page.locator("table tbody tr").first).to_contain_text("support")
        next_button(here.page).click()
        page = here.page
        expect(page.locator("summary[data-key]").first).to_be_visible()
        page.locator("body").press("s")
        reply = page.get_by_label("The reply that goes out").first
        reply.fill(f"{reply.input_value()}\n\nThe desk, by hand.")
        said = reply.input_value().replace("\r\n", "\n")
        page.get_by_role("button", name="To support").click()
        mail = relay.wait_for(lambda m: "The desk, by hand." in str(m.message))
        body: Any = mail.message.get_body()
        assert body.get_content().replace("\r\n", "\n").strip() == said.strip()
        assert mail.sender in ("", "<>")  # a null return path, as aiosmtpd tells it
