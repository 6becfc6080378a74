"""A service presses its button; a phone is woken by a push, answers from its service worker, and acts: at 390 px."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pushed import PushService
from running import Gateway, eventually

from .screen import Screen, screen

pytestmark = pytest.mark.journey

PHONE = 390
ON_DUTY = """
insert into alerts_shift (realm, person_id, post, starts, ends, doc)
select 'demo', id, 'first', now() - interval '1 hour', now() + interval '8 hours', ''
from people_person where name = 'demo-handler-be' returning id
"""
DELIVERED = """
select r.delivered_at, r.seen_at from alerts_ring r join alerts_device d on d.id = r.device_id
where r.subject = %s and d.kind = 'push'
"""
JUDGED = "select 1 from hotline_call c join cases_joined j on j.request_id = c.request where c.id = %s"
SUBSCRIBE = """(given) => {
  const form = document.getElementById("push");
  for (const name of ["endpoint", "p256dh", "auth"]) form.elements[name].value = given[name];
  form.submit();
}"""
ANSWER = "(subject) => navigator.serviceWorker.ready.then((at) => at.active.postMessage({ answer: subject }))"


@pytest.fixture
def pushes() -> Iterator[PushService]:
    made = PushService()
    yield made
    made.end()


class Woken:
    """A browser whose push service is ours: what was pushed is delivered to its service worker."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.ids = page, base, dict[str, str]()
        self.session = page.context.new_cdp_session(page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self.session.send("ServiceWorker.enable")

    def _registered(self, told: dict[str, list[dict[str, str]]]) -> None:
        self.ids |= {one["scopeURL"]: one["registrationId"] for one in told["registrations"]}

    def push(self, data: dict[str, str]) -> None:
        """Deliver a message to the worker of the duty page."""
        scope = f"{self.base}/console/duty/"
        for _ in range(100):
            if scope in self.ids:
                break
            self.page.wait_for_timeout(50)
        told = {"origin": self.base, "registrationId": self.ids[scope], "data": json.dumps(data)}
        self.session.send("ServiceWorker.deliverPushMessage", told)


def narrow(here: Screen) -> None:
    """Nothing on a phone's screen is to be scrolled to sideways."""
    assert here.page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_a_phone_is_woken_answers_and_acts_and_the_service_sees_each_step(
    gateway: Gateway, browser: Browser, pushes: PushService
) -> None:
    gateway.rows(ON_DUTY)
    with screen(browser, gateway.url, PHONE) as phone, screen(browser, gateway.url, PHONE) as service:
        phone.be("handler-be", "/console/duty/").evaluate("navigator.serviceWorker.ready.then(() => 1)")
        phone.page.evaluate(SUBSCRIBE, pushes.subscription)
        expect(phone.page.get_by_text("Not tried yet").first).to_be_visible()
        narrow(phone)
        woken = Woken(phone.page, gateway.url)
        phone.page.goto("about:blank")  # the page is closed; the worker isn't

        service.go("/hotline/")
        service.follow("Be the demo’s officer")
        service.page.fill("#what", "A girl of nine was taken. Her captor posts from here.")
        service.page.get_by_label("It is happening now").check()
        service.page.fill("#links", f"{gateway.sandbox}/c/harbour/1")
        narrow(service)
        service.follow("Raise the alarm")
        service.page.wait_for_url("**/hotline/H-*")
        number = service.page.url.rpartition("/")[2]
        expect(service.page.get_by_text("People are being rung")).to_be_visible()
        narrow(service)

        told = pushes.opened()
        assert told == {"subject": number}  # the number alone
        phone.go("/console/duty/sw.js")  # a page of the worker's, and not the one that rings
        woken.push(told)
        eventually(lambda: [row for row in gateway.rows(DELIVERED, number) if row[0]])
        phone.go("/console/duty/rota")
        phone.page.evaluate(ANSWER, number)
        expect(service.page.get_by_text("A person has it")).to_be_visible()

        page = phone.go(f"/console/hotline/{number}")
        expect(page.get_by_role("button", name="Acknowledge: I have it")).to_have_count(0)
        narrow(phone)
        eventually(lambda: gateway.rows(JUDGED, number))
        page.reload()
        phone.follow("Preserve now")
        expect(service.page.get_by_text("is kept under seal")).to_be_visible()
        phone.follow("They confirm it")
        page.locator("#danger").get_by_role("button", name="Yes", exact=True).click()
        for who in ("decider-be", "decider-ee"):
            phone.be(who, f"/console/hotline/{number}")
            expect(page.get_by_role("button", name="Sign: restrict it now")).to_be_visible()
            phone.follow("Sign: restrict it now")
        expect(service.page.get_by_text("Access is restricted")).to_be_visible()
        service.page.fill("#text", "She is found.")
        service.follow("Send")
        expect(page.get_by_text("She is found.")).to_be_visible()
        service.follow("Prevented")
        expect(page.get_by_text("outcome: Prevented")).to_be_visible()
        service.page.fill("#text", "Thank you all.")
        close(phone, number)
        expect(service.page.get_by_text("has changed while you typed")).to_be_visible()
        service.follow("Show it as it stands now")
        expect(service.page.locator("#unsent")).to_contain_text("It was closed before this was sent: Thank you all.")
        narrow(phone)
        narrow(service)


def close(desk: Screen, number: str) -> None:
    """The handler closes a call, whoever looked before."""
    page = desk.be("handler-be", f"/console/hotline/{number}")
    page.locator("summary", has_text="Close it").click()
    page.get_by_label("Why").fill("She is with her parents.")
    page.get_by_role("button", name="Close it", exact=True).click()
    expect(page.get_by_role("button", name="Close it", exact=True)).to_have_count(0)


AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_an_officer_joins_by_a_link_signs_in_and_confirms_a_call_with_a_passkey(
    gateway: Gateway, browser: Browser
) -> None:
    with screen(browser, gateway.url) as desk, screen(browser, gateway.url, PHONE, locale="fr") as phone:
        desk.be("counsel-be", "/console/hotline/services?realm=demo")
        desk.page.get_by_label("I called that number").check()
        desk.follow("Make the one-time link")
        link = desk.page.get_by_text("/hotline/join/").first.inner_text()

        session = phone.page.context.new_cdp_session(phone.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page = phone.go(link[link.index("/hotline/join/") :].split()[0])
        narrow(phone)
        phone.follow("Créer votre clé d’accès")
        expect(page.get_by_role("button", name="Donner l’alarme")).to_be_visible()
        narrow(phone)
        phone.follow("Se déconnecter")
        phone.follow("Se connecter avec votre clé d’accès")
        page.fill("#what", "Une fillette a été enlevée.")
        phone.follow("Donner l’alarme")
        page.wait_for_url("**/hotline/H-*")
        number = page.url.rpartition("/")[2]
        narrow(phone)
        phone.follow("Confirmer par votre clé d’accès")
        expect(page.get_by_text("Confirmé par une clé d’accès.")).to_be_visible()
        assert gateway.rows("select signed_at from hotline_call where id = %s and signed_at is not null", number)
        desk.be("handler-be", f"/console/hotline/{number}")
        expect(desk.page.get_by_text("Its officer’s passkey is over it")).to_be_visible()
        expect(page.locator("#write")).to_be_visible()
        close(desk, number)
        expect(page.locator("#write")).to_have_count(0)  # by itself: nobody reloads it
        expect(page.locator("#unsent")).to_be_hidden()
        narrow(phone)
