"""A person before a screen: pages in Chromium, and what the browser, axe and a finger have to say about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

WIDE, NARROW = 1440, 390
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
TARGETS = (
    "button, .btn, nav a, .acts a, summary, .choice a, label.tick, select, textarea, "
    "input:not([type=hidden], [type=checkbox], [type=radio])"
)
SMALL = """(targets) => [...document.querySelectorAll(targets)]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9)
    .map(e => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# the script that turns the clocks sets the one width of a track, which the policy allows a script
INLINE = "[...document.querySelectorAll('[style]:not(.track), style:not([nonce])')].map(e => e.outerHTML.slice(0, 120))"
UNFOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
    return e === document.body || s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 3 ? e.outerHTML : '' }"""


@dataclass
class Screen:
    """One browser window of one person. `faults`: what the browser complained of; `asked`: every address it asked."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a path of the gateway, or an address."""
        self.page.goto(path if path.startswith("http") else f"{self.base}{path}")
        return self.page

    def heard(self, said: ConsoleMessage) -> None:
        """Keep what the console says of errors on the gateway's pages."""
        if said.type == "error" and self.page.url.startswith(self.base):
            self.faults.append(f"{self.page.url}: {said.text}")

    def left_home(self) -> list[str]:
        """What was asked of anyone but this machine."""
        return [one for one in self.asked if not one.startswith((f"{self.base}/", "data:", "blob:"))]

    def be(self, who: str, path: str = "") -> Page:
        """Be one of the demo's people, by the button on the demo's page; then open a path."""
        self.go("/demo/")
        self.page.click(f"#be-{who}")
        expect(self.page.get_by_role("link", name="Be someone else").first).to_be_attached()
        return self.go(path) if path else self.page

    def follow(self, label: str) -> Page:
        """Press the link or the button of that name."""
        self.page.get_by_role("link", name=label).or_(self.page.get_by_role("button", name=label)).first.click()
        return self.page


@contextmanager
def screen(browser: Browser, base: str, width: int = WIDE, **how: Any) -> Iterator[Screen]:
    """A fresh window, closed at the end; that the browser found no fault is asserted then."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    context.set_default_timeout(20_000)
    seen = watched(context.new_page(), base)
    try:
        yield seen
    finally:
        context.close()
    assert seen.faults == [], seen.faults


def watched(page: Page, base: str) -> Screen:
    """A page whose complaints and requests are kept."""
    seen = Screen(page, base)

    def asked(request: Request) -> None:
        seen.asked.append(request.url)

    page.on("console", seen.heard)
    page.on("pageerror", lambda error: seen.faults.append(f"{page.url}: {error}"))
    page.on("request", asked)
    return seen


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, with the elements concerned."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def faultless(page: Page) -> None:
    """Raises AssertionError with the faults of a page."""
    found = faults(page)
    assert not found, found


def faults(page: Page) -> list[tuple[str, str]]:
    """Where and what: axe (wide and light, narrow and dark, all folds open), targets too small for a finger, no focus
    to be seen, scrolling sideways at 320, elements with a style of their own."""
    page.evaluate(OPEN_ALL)
    found: list[object] = [*violations(page)]
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.emulate_media(color_scheme="dark")
    found += [*violations(page), *page.evaluate(SMALL, TARGETS), *page.evaluate(INLINE)]
    page.keyboard.press("Tab")
    found += [f"focus is not seen: {unseen}"] if (unseen := page.evaluate(UNFOCUSED)) else []
    page.set_viewport_size({"width": 320, "height": 900})
    found += [f"{wider} px wider than 320"] if (wider := page.evaluate(WIDER)) > 0 else []
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(color_scheme="light")
    return [(page.url, str(fault)) for fault in found]
