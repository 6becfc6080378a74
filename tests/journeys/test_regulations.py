"""The demo's story of a changed rule, by its buttons alone: changed, tried, adopted, it judges the next order.

It stands last: the gateway that the journeys share judges the demo by the changed rule from then on.
"""

import re

import pytest
from faults import faultless
from playwright.sync_api import Browser, Page, expect
from running import Gateway

from .screen import Screen, screen

pytestmark = pytest.mark.journey
REASON = "Orders came without a word on redress; the author could not fight them."
BLOCKS = "blocking: true\n    outcome: defective\n    ground: insufficient-information"
TYPED = "(e, text) => { e.value = text; e.dispatchEvent(new Event('input', {bubbles: true})) }"


def said(here: Screen, says: str) -> Page:
    """The bar, on the page where one is, says what to do next."""
    expect(here.page.locator(".next-says, .stage .verdict").first).to_contain_text(says, timeout=60_000)
    return here.page


def go_on(here: Screen) -> Page:
    """Press the one blue button of the bar, or of the demo's page."""
    here.page.locator("#do-next").click()
    return here.page


def blocking(text: str) -> str:
    """The text with the check on redress made to block, as a person would type it."""
    before, check, after = text.partition("  - id: redress\n")
    return before + check + after.replace("blocking: false", BLOCKS, 1)


def test_a_rule_is_changed_and_judges_the_next_order(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        here.go("/demo/").click("#send-missing-elements")
        expect(here.page.locator("table tbody tr").first).to_contain_text("To decide")
        here.page.click("#start-change-rule")
        page = said(here, "Begin a change")
        faultless(page)
        page.get_by_role("button", name=re.compile("Begin a change")).first.click()
        said(here, "Does it say where and until when it can be challenged?")
        expect(page.locator("#sum")).to_contain_text("Nothing differs")
        expect(page.get_by_label("The question")).to_be_visible()
        typed = page.locator("#text")
        expect(typed).to_be_hidden()  # the form stands first; the text unfolds
        kept = typed.input_value()
        typed.evaluate(TYPED, kept.replace("holds_when: authority.accredited", "holds_when: authority.accredted"))
        expect(page.locator("#wrong")).to_contain_text("unknown fact: authority has no 'accredted'")
        page.locator("#wrong [data-go]").click()
        expect(page.locator("#here")).to_be_visible()
        typed.evaluate(TYPED, blocking(kept))
        expect(page.locator("#sum")).to_contain_text("would have come out otherwise")
        expect(page.locator("#here")).to_be_hidden()
        expect(page.locator("#found .ways li").nth(1)).to_contain_text(re.compile(r"[1-9]\d*Less"))
        assert typed.input_value() == blocking(kept)
        page.get_by_role("button", name="Keep this text").click()
        said(here, "Try it on the past")
        page.locator("#do-try").click()
        faultless(page)
        said(here, "Say why")
        page.locator("#adopt").get_by_label("Why this change").first.fill(REASON)
        page.get_by_role("button", name="Put it to the quorum").click()
        said(here, "press Approve")
        page.locator("#adopt").get_by_role("button", name="Approve").click()
        go_on(here)  # as the second decider
        said(here, "press Approve")
        page.locator("#adopt").get_by_role("button", name="Approve").click()
        expect(page.locator("header.head")).to_contain_text("In force")
        said(here, "In force, in the demo only")
        go_on(here)
        expect(page.locator("table tbody tr").first).to_contain_text("missing-elements")
        said(here, "One decider’s signature is enough")
        go_on(here)
        expect(page.locator("#main")).to_contain_text("Say what stands in the way of the order")
        page.get_by_role("button", name="Approve").click()
        said(here, "One signature was enough")
        go_on(here)
        said(here, "That is the whole story")
        go_on(here)
        expect(page.locator("#story-change-rule")).to_contain_text("Played")
        assert "2021-784.2" not in here.go("/regulations/").content()
        assert here.left_home() == []
