"""The desk of real people, each with a browser and a passkey of their own."""

from dataclasses import dataclass
from typing import Any

from faults import NARROW
from playwright.sync_api import Browser, Page, expect
from running import Gateway

from .screen import Screen, watched
from .test_passkeys import Device, device


@dataclass
class Member:
    """One of the real desk: a browser with an authenticator in it."""

    device: Device
    screen: Screen

    @property
    def page(self) -> Page:
        """What they look at."""
        return self.device.page


def founder(gateway: Gateway, browser: Browser, link: str, roles: tuple[str, ...], place: str, **how: Any) -> Member:
    """Somebody who enrols at the page of the founding, in a browser of their own."""
    here = device(browser, **how)
    here.context.set_default_timeout(20_000)
    seen = watched(here.page, gateway.url)
    here.page.goto(link)
    for role in ("administrator", "handler", "decider", "counsel", "head", "guardian"):
        here.page.get_by_label(role, exact=True).set_checked(role in roles)
    here.page.get_by_label("Jurisdiction").fill(place)
    here.page.get_by_role("button", name="Make your passkey").click()
    expect(here.page.get_by_role("cell", name=", ".join(sorted(roles)), exact=True).last).to_be_visible()
    return Member(here, seen)


def founded(gateway: Gateway, browser: Browser) -> tuple[Member, Member]:
    """Two who decide, who founded the desk with one who guards it: each with a browser and a passkey of their own."""
    link = gateway.comity("people", "found")["link"]
    alice = founder(gateway, browser, link, ("decider", "handler"), "BE")
    narrow = {"width": NARROW, "height": 900}
    bob = founder(gateway, browser, link, ("counsel", "decider"), "EE", viewport=narrow)
    guards = founder(gateway, browser, link, ("guardian",), "CH")
    for n, one in enumerate((guards, alice, bob), 1):
        one.page.goto(link)
        one.page.get_by_role("button", name="Sign the charter with your passkey").click()
        if one is not bob:
            expect(one.page.get_by_text(f"Signed by {n} of 3.")).to_be_visible()
    guards.device.context.close()
    bob.page.wait_for_url(f"{gateway.url}/console/")
    comes_in(alice, gateway)
    return alice, bob


def comes_in(who: Member, gateway: Gateway) -> None:
    """Sign in with the passkey."""
    who.page.goto(f"{gateway.url}/people/sign-in")
    who.page.get_by_role("button", name="Sign in with your passkey").click()
    who.page.wait_for_url(f"{gateway.url}/console/")


def approve(who: Member, path: str) -> None:
    """Approve with the passkey."""
    who.screen.go(path).locator("#approve button").click()
    expect(who.page.locator("#measures")).to_be_visible()
    expect(who.page.locator("#approve")).to_have_count(0)
