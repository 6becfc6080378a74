"""A push that arrives is shown on the phone's screen, and its button acknowledges: in the whole Chromium, since the one
without a window shows no notification. `make soak` installs it where it isn't."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from pushed import PushService
from running import Gateway, eventually

from .screen import watched
from .test_hotline import ON_DUTY, PHONE, SUBSCRIBE, Woken

pytestmark = [pytest.mark.journey, pytest.mark.soak]
LISTED = """() => navigator.serviceWorker.getRegistration("/console/duty/").then((at) => at.getNotifications())
  .then((all) => all.map((one) => [one.title, one.requireInteraction, one.actions.map((act) => act.title)]))"""
# what a finger on the notification's button does: a browser without a hand can't be pressed on
PRESSED = """async (tag) => {
  const [one] = await self.registration.getNotifications({ tag });
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: one, action: "answer" }));
}"""


@pytest.fixture
def chromium() -> str:
    """The whole browser, as Debian has it."""
    if not shutil.which("chromium"):
        subprocess.run(["apt-get", "update"], check=True, capture_output=True)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        subprocess.run(install, check=True, capture_output=True)
    return "chromium"


@pytest.fixture
def pushes() -> Iterator[PushService]:
    made = PushService()
    yield made
    made.end()


def test_a_push_is_shown_and_its_button_acknowledges(
    gateway: Gateway, pushes: PushService, chromium: str, tmp_path: Path
) -> None:
    gateway.rows(ON_DUTY)
    told: dict[str, Any] = {"executable_path": shutil.which(chromium), "viewport": {"width": PHONE, "height": 900}}
    with sync_playwright() as play:
        # a profile on the disk: a private one shows no notification
        phone = play.chromium.launch_persistent_context(str(tmp_path), permissions=["notifications"], **told)
        desk, service = watched(phone.new_page(), gateway.url), watched(phone.new_page(), gateway.url)
        desk.be("handler-be", "/console/duty/").evaluate("navigator.serviceWorker.ready.then(() => 1)")
        desk.page.evaluate(SUBSCRIBE, pushes.subscription)
        expect(desk.page.get_by_text("Not tried yet").first).to_be_visible()
        woken = Woken(desk.page, gateway.url)
        desk.go("/console/duty/rota")  # not the page that rings

        service.go("/hotline/")
        service.follow("Be the demo’s officer")
        service.page.fill("#what", "A girl of nine was taken.")
        service.follow("Raise the alarm")
        service.page.wait_for_url("**/hotline/H-*")
        number = service.page.url.rpartition("/")[2]
        woken.push(pushes.opened())
        eventually(lambda: desk.page.evaluate(LISTED) == [[f"{number} rings", True, ["Acknowledge"]]])

        (worker,) = [one for one in phone.service_workers if one.url.endswith("/console/duty/sw.js")]
        worker.evaluate(PRESSED, number)
        expect(service.page.get_by_text("A person has it")).to_be_visible()
        eventually(lambda: desk.page.evaluate(LISTED) == [])
        assert gateway.rows("select answered_at is not null from alerts_round where subject = %s", number) == [(True,)]
        phone.close()
