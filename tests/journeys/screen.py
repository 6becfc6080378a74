"""A person before a screen: pages in Chromium, and what the browser complained of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from faults import WIDE
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect


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
