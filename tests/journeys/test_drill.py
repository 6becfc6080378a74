"""A drill whole, before a screen: begun by its form, watched while it runs, scored; and one that is broken off."""

import re

import pytest
from faults import NARROW, WIDE, faultless
from playwright.sync_api import Browser, Page, expect
from running import Gateway

from .screen import Screen, screen

pytestmark = [pytest.mark.journey, pytest.mark.soak]
DRILLS = "/console/risk/drills/"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_it_is_begun_watched_and_scored(gateway: Gateway, browser: Browser, width: int) -> None:
    with screen(browser, gateway.url, width) as here:
        here.page.set_default_timeout(120_000)
        page = begun(here, "buried-order", "1")
        expect(page.locator("#progress")).to_contain_text("Judged")
        assert re.search(r"/drills/E-[0-9A-Z]{8}$", page.url)
        asked_twice(here, page.url)
        expect(page.get_by_role("heading", name="Score")).to_be_visible(timeout=300_000)  # by itself, once it is over
        score = page.locator("#score + .figures")
        expect(score.get_by_role("row", name="Real things touched")).to_contain_text("Met")
        expect(score.get_by_role("row", name="that are lost")).to_contain_text("Met")
        expect(page.locator("ol.happened")).to_contain_text("The one that was to be found, put to a person")
        faultless(page)
        page = here.go(DRILLS)
        expect(page.locator("#buried-order")).not_to_contain_text("Never done")
        faultless(page)


def test_one_that_is_stopped_proves_nothing_and_is_begun_anew(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url) as here:
        page = begun(here, "forged-emergency", "20")
        faultless(page)  # while it runs
        page.get_by_role("button", name="Stop it").click()
        expect(page.locator(".lead")).to_contain_text("Broken off")
        expect(page.locator(".note.stop")).to_contain_text("Somebody stopped it. It proves nothing")
        faultless(page)
        expect(here.go(DRILLS).locator("#forged-emergency summary")).to_be_visible()


def begun(here: Screen, name: str, load: str) -> Page:
    """The head fills in the form of a drill and begins it."""
    page = here.be("head-ee", DRILLS)
    page.locator(f"#{name} summary").click()
    form = page.locator(f"#{name} form")
    form.locator("[name=load]").fill(load)
    form.get_by_role("button").click()
    expect(page.locator("#progress")).to_be_visible()
    return page


def asked_twice(here: Screen, running: str) -> None:
    """While one runs no page offers another, and who asks all the same is refused."""
    page = here.go(DRILLS)
    if page.get_by_text("One runs:").count():  # it may have ended meanwhile
        expect(page.locator("section.drill form")).to_have_count(0)
        page.get_by_role("link", name="One true order under a flood").first.click()
    here.go(running)
