"""Real people, in a real browser with an authenticator of its own: join, sign in, approve, end it everywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from faults import violations
from playwright.sync_api import Browser, BrowserContext, Page, expect

from comity import clock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SIGN = """{% extends "web/public.html" %}{% load static %}
{% block head %}<script src="{% static 'people/passkey.js' %}" defer></script>{% endblock %}
{% block main %}<h1>Approve</h1><p>{{ said }}</p>
<form method="post" data-passkey="get" data-options="/people/acts/{{ hash }}/options">{% csrf_token %}
<input type="hidden" name="response">{% include "people/passkey_form.html" %}<button class="btn">Approve</button></form>
{% endblock %}"""


def approve(request: HttpRequest, hash: str) -> HttpResponse:
    """The smallest page that lets people sign an act."""
    from comity.people import access, approvals, passkeys

    said = ""
    if request.method == "POST":
        try:
            response = passkeys.parse(request.POST["response"])
            given = approvals.approve(access.person_of(request), hash, response)
            said = "complete" if given.complete else "given"
        except approvals.ApprovalRefused as refusal:
            said = refusal.reason
    return HttpResponse(engines["django"].from_string(SIGN).render({"hash": hash, "said": said}, request))


urlpatterns = [
    path("", include("comity.admissions.urls")),
    path("", include("comity.people.urls")),
    path("sign/<str:hash>", approve),
]


@dataclass
class Device:
    """One browser of one person, with the authenticator built into it."""

    context: BrowserContext
    page: Page
    session: Any
    authenticator: str

    def verifies(self, who_asks: bool) -> None:
        """Whether the person shows finger, face or PIN when asked."""
        fields = {"authenticatorId": self.authenticator, "isUserVerified": who_asks}
        self.session.send("WebAuthn.setUserVerified", fields)

    def takes_another_device(self) -> None:
        """What answers from now on is another authenticator, with nothing in it."""
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.authenticator})
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.authenticator = made["authenticatorId"]


def device(browser: Browser, **how: Any) -> Device:
    """A browser with nothing in it but an empty authenticator."""
    context = browser.new_context(**how)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return Device(context, page, session, made["authenticatorId"])


@pytest.fixture
def browser(browser: Browser) -> Iterator[Browser]:
    """The session's browser; what a test opened in it is closed at its end."""
    before = set(browser.contexts)
    yield browser
    for context in set(browser.contexts) - before:
        context.close()


@pytest.fixture
def url(live_server: Any, settings: Any, tmp_path: Path) -> str:
    """Where the pages are: at our own name, to which passkeys are bound."""
    settings.ROOT_URLCONF = __name__
    settings.LOGIN_REDIRECT_URL = "/people/me"
    settings.COMITY = replace(settings.COMITY, base_url=live_server.url, data=tmp_path)
    assert live_server.url.startswith("http://localhost:")
    return str(live_server.url)


@pytest.fixture
def link(url: str) -> Callable[[str, str], str]:
    from people.members import founders

    from comity.people import commands

    founders()
    return lambda roles, place: commands.invite_as_operator(roles.split(), place)


def join(here: Device, link: str) -> None:
    """Join, and be let in by those who founded the desk, as if it had stood in the record for a day."""
    from people.members import let_in_all

    here.page.goto(link)
    here.page.get_by_role("button", name="Make your passkey").click()
    expect(here.page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    with clock.freeze(clock.now() - timedelta(days=1)):
        let_in_all()
    here.page.reload()


def sign_in(here: Device, url: str, wanted: str = "") -> None:
    here.page.goto(f"{url}/people/sign-in?next={wanted}")
    here.page.get_by_role("button", name="Sign in with your passkey").click()
    expect(here.page.get_by_role("heading", name="You", exact=True)).to_be_visible()


def sign(here: Device, address: str) -> None:
    here.page.goto(address)
    here.page.get_by_role("button", name="Approve").click()


def accessible(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_join_sign_in_approve_and_end_everywhere(browser: Browser, url: str, link: Callable[[str, str], str]) -> None:
    from comity.people.approvals import approved, propose
    from comity.people.rules import Quorum

    quorum = Quorum(2, ("decider",), 2)
    links = link("decider", "BE"), link("decider", "EE")
    alice, bob = device(browser), device(browser)
    join(alice, links[0])
    join(bob, links[1])
    hash = propose({"kind": "withhold"}, realm="real", case="C-7Q4M2H00", version=1, quorum=quorum)
    alice.page.get_by_role("button", name="Sign out").first.click()
    expect(alice.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    sign_in(alice, url)
    sign(alice, f"{url}/sign/{hash}")
    expect(alice.page.get_by_text("given", exact=True)).to_be_visible()
    sign(alice, f"{url}/sign/{hash}")
    expect(alice.page.get_by_role("alert")).to_contain_text("You have approved this already")
    sign(bob, f"{url}/sign/{hash}")
    expect(bob.page.get_by_text("complete", exact=True)).to_be_visible()
    alice.page.goto(f"{url}/people/me")
    alice.page.get_by_role("button", name="End all my sessions").click()
    alice.page.goto(f"{url}/people/me")
    expect(alice.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    bob.page.goto(f"{url}/people/me")
    expect(bob.page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    assert [one.jurisdiction for one in approved(hash).approvals] == ["BE", "EE"]


def test_nothing_is_signed_without_finger_face_or_pin(
    browser: Browser, url: str, link: Callable[[str, str], str]
) -> None:
    from comity.people.approvals import propose
    from comity.people.models import Approval
    from comity.people.rules import Quorum

    quorum = Quorum(1, ("decider",))
    invited = link("decider", "BE")
    alice = device(browser)
    join(alice, invited)
    hash = propose({"kind": "withhold"}, realm="real", case="C-7Q4M2H01", version=1, quorum=quorum)
    alice.verifies(False)
    sign(alice, f"{url}/sign/{hash}")
    expect(alice.page.get_by_role("alert")).to_contain_text("The passkey was not given")
    assert not Approval.objects.filter(act=hash).exists()


def test_another_passkey_is_added_by_showing_the_first(
    browser: Browser, url: str, link: Callable[[str, str], str]
) -> None:
    from comity.people.models import Key

    invited = link("handler", "BE")
    alice = device(browser)
    join(alice, invited)
    alice.page.route("**/people/me/keys/options", lambda route: (alice.takes_another_device(), route.continue_()))
    alice.page.get_by_role("button", name="Add a passkey").click()
    expect(alice.page.locator("table tbody tr")).to_have_count(2)
    alice.page.get_by_role("button", name="End key").first.click()
    expect(alice.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    assert Key.objects.filter(person__name__startswith="handler-", ended_at=None).count() == 1


def test_the_operators_link_opens_the_real_gateway(browser: Browser, gateway: Any) -> None:
    invited = gateway.comity("people", "invite", "--role", "handler", "--jurisdiction", "BE")["link"]
    here = device(browser)
    here.page.goto(f"{gateway.url}/people/me")
    expect(here.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    here.page.goto(invited)
    here.page.get_by_role("button", name="Make your passkey").click()
    here.page.wait_for_url(f"{gateway.url}/people/me")
    sign_in(here, gateway.url, "/people/me")


def test_by_its_number_the_page_leads_to_where_passkeys_work(browser: Browser, url: str) -> None:
    page = device(browser).page
    page.goto(f"{url.replace('localhost', '127.0.0.1')}/people/sign-in")
    assert page.url == f"{url}/people/sign-in"


def test_a_used_link_says_what_to_do(browser: Browser, url: str, link: Callable[[str, str], str]) -> None:
    invited = link("handler", "BE")
    join(device(browser), invited)
    other = device(browser)
    other.page.goto(invited)
    expect(other.page.get_by_text("It works once")).to_be_visible()
    accessible(other.page)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
@pytest.mark.few(1)
def test_the_pages_fit_and_are_accessible(
    browser: Browser, url: str, link: Callable[[str, str], str], width: int, scheme: Any
) -> None:
    invited, _unused = link("administrator decider", "BE"), link("handler", "EE")
    here = device(browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for address in (f"{url}/people/sign-in", invited):
        here.page.goto(address)
        accessible(here.page)
    join(here, invited)
    candidate = device(browser)
    candidate.page.goto(link("decider", "FR"))
    candidate.page.get_by_role("button", name="Make your passkey").click()
    expect(candidate.page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    expect(candidate.page.get_by_text("You are a candidate.")).to_be_visible()
    here.page.goto(f"{url}/console/people")
    here.page.get_by_role("link", name="Admit a candidate").click()
    accessible(here.page)
    for place in ("people/me", "console/people", "people/sign-out"):
        here.page.goto(f"{url}/{place}")
        accessible(here.page)


def test_an_administrator_invites_and_ends_access(browser: Browser, url: str, link: Callable[[str, str], str]) -> None:
    invited = link("administrator", "BE")
    boss, new = device(browser), device(browser)
    join(boss, invited)
    boss.page.goto(f"{url}/console/people")
    boss.page.get_by_label("handler", exact=True).check()
    boss.page.get_by_label("Jurisdiction").fill("EE")
    boss.page.get_by_role("button", name="Put the invitation").click()
    accessible(boss.page)
    boss.page.get_by_role("button", name="Sign with your passkey").click()
    join(new, boss.page.locator("#link").inner_text())
    boss.page.goto(f"{url}/console/people")
    row = boss.page.get_by_role("row").filter(has_text="handler-ee-").first
    row.get_by_text("Roles, leaving").click()
    row.get_by_role("button", name="Has left: end access now").click()
    boss.page.get_by_role("button", name="Sign with your passkey").click()
    expect(boss.page.get_by_role("row").filter(has_text="handler-ee-").first).to_contain_text("has left")
    new.page.reload()
    expect(new.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.few(1)
def test_three_found_a_desk_in_one_browser(browser: Browser, url: str, width: int) -> None:
    """Two volunteers and who guards, at one device: each makes a passkey, each signs, and the desk is theirs."""
    from comity.people import founding

    link = founding.first_link()
    assert link
    here = device(browser, viewport={"width": width, "height": 900})
    here.page.goto(link)
    accessible(here.page)
    for place in ("BE", "EE"):
        here.page.get_by_label("Jurisdiction").fill(place)
        here.page.get_by_role("button", name="Make your passkey").click()
        expect(here.page.get_by_role("cell", name=place, exact=True)).to_be_visible()
    expect(here.page.get_by_text("one of them who guards")).to_be_visible()
    accessible(here.page)
    for role in ("administrator", "handler", "decider", "counsel", "head"):
        here.page.get_by_label(role, exact=True).uncheck()
    here.page.get_by_label("guardian", exact=True).check()
    here.page.get_by_label("Jurisdiction").fill("CH")
    here.page.get_by_role("button", name="Make your passkey").click()
    expect(here.page.get_by_role("cell", name="CH", exact=True)).to_be_visible()
    accessible(here.page)
    assert founding.holders() == []
    for n in (1, 2, 3):
        here.page.get_by_role("button", name="Sign the charter with your passkey").click()
        if n < 3:
            expect(here.page.get_by_text(f"Signed by {n} of 3.")).to_be_visible()
    mine = here.page.get_by_role("heading", name="You", exact=True)
    expect(mine.or_(here.page.get_by_role("heading", name="People of the desk"))).to_be_visible()
    assert [person.jurisdiction for person in founding.holders()] == ["BE", "EE"]


def test_one_founds_a_desk_alone_and_says_so(browser: Browser, url: str) -> None:
    from comity.people import founding

    here = device(browser)
    here.page.goto(founding.first_link() or "")
    here.page.get_by_role("button", name="Make your passkey").click()
    here.page.get_by_label("I am alone: this desk has one person.").check()
    here.page.get_by_role("button", name="Put the charter of one person").click()
    accessible(here.page)
    here.page.get_by_role("button", name="Sign the charter with your passkey").click()
    expect(here.page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    assert founding.alone()
