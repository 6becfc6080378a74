"""A rule is changed by many hands, each before their own screen: who proposes, who comments, the desk, the council."""

import re

import pytest
from faults import NARROW, WIDE, faultless
from playwright.sync_api import Browser, Page, expect
from running import Gateway, eventually

from .screen import Screen, screen

pytestmark = pytest.mark.journey

TCO = "eu-tco-removal-order"
LETTER = (
    "The rule that an order must say how it can be challenged protects people who never hear of it otherwise, "
    "and whoever writes orders every day can say it in one line. Please keep the check as it is proposed."
)
OTHER = "Another thought: who pays for the extra line in ten thousand orders a year, and who reads it?"
ANSWER = "It stays as it is: one line, once in a form."
REASON = "Whoever is affected should know where to turn."
SAYS = {  # what stands on public pages, by locale
    "en-GB": {
        "hello": "You sit for BE",
        "put": "Put it to be signed",
        "sign": "Sign this vote",
        "otherwise": "Vote otherwise",
        "counts": "Your vote that counts",
        "adopted": "Adopted",
        "in force": "in force from",
        "have": "We have it.",
        "mean": "Is this what you mean?",
        "more": "1 more says nearly the same",
        "answer": "Our answer:",
    },
    "fr-FR": {
        "hello": "Vous siégez pour BE",
        "put": "Présenter à la signature",
        "sign": "Signer ce vote",
        "otherwise": "Voter autrement",
        "counts": "Votre vote qui compte",
        "adopted": "Adoptée",
        "in force": "en vigueur",
        "have": "Nous l’avons",
        "mean": "Est-ce",
        "more": "1 autre dit presque la même chose",
        "answer": "Notre réponse",
    },
}


def sent(name: str, greeting: str) -> str:
    return f"{greeting}\n{LETTER}\nKind regards, {name}"


def propose(here: Screen, locale: str, title: str) -> str:
    """Anybody proposes, without an account; gives the secret address of the proposal."""
    says = SAYS[locale]
    page = here.go("/proposals/demo/new")
    faultless(page)
    page.locator("#new [name=regulation]").select_option(TCO)
    page.locator("#new [name=title]").fill(title)
    page.locator("#new [name=words]").fill("Ask for it before you act: we would rather wait a day than be wrong.")
    page.locator("#new button").click()
    expect(page.locator("#main")).to_contain_text(says["have"])
    faultless(page)
    return page.url.partition("#")[0]  # with it, going there again would be no new page


def number_in(page: Page) -> str:
    """The number of the proposal on a page."""
    return re.search(r"V-[0-9A-Z]{8}", page.locator(".crumb").inner_text())[0]  # type: ignore[index]


@pytest.mark.slow
def test_anybody_proposes_on_a_phone_and_in_french_and_takes_it_back(gateway: Gateway, browser: Browser) -> None:
    with screen(browser, gateway.url, NARROW, locale="fr-FR") as here:
        page = here.go("/proposals/demo/new")
        page.locator("#new [name=title]").fill("x" * 161)
        page.locator("#new [name=words]").fill("Autrement.")
        page.locator("#new button").click()
        expect(page.locator("#new [name=title]")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#new [name=words]")).to_have_value("Autrement.")  # nothing that was typed is lost
        here.faults.clear()  # the browser says of the refusal that it is one
        mine = propose(here, "fr-FR", "Dire comment contester")
        page = here.go(mine)  # with its folds as they are first
        page.locator("details:has(input[value=withdraw]) summary").click()
        page.locator("form:has(input[value=withdraw]) button").click()
        expect(page.locator(".lead")).to_contain_text("Retirée")
        assert mine.startswith(f"{gateway.url}/proposals/mine/")


@pytest.mark.slow
def test_a_member_of_the_council_votes_by_hand_on_a_phone_and_changes_their_mind(
    gateway: Gateway, browser: Browser
) -> None:
    """The demo's own story as far as the vote; then somebody of the council, who reads French."""
    with screen(browser, gateway.url, NARROW, locale="fr-FR") as here:
        here.page.set_default_timeout(90_000)
        here.go("/demo/").click("#start-balance")
        played(here, "/council/")
        number = re.search(r"V-[0-9A-Z]{8}", here.page.url)[0]  # type: ignore[index]
        votes(here, "council-be", number, "fr-FR", "against", first="for")
        told = here.go(f"/proposals/{number}")
        expect(told.locator("#votes + ul")).to_contain_text("BE\u00a0: contre")


@pytest.mark.soak
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_many_hands_change_a_rule(gateway: Gateway, browser: Browser, width: int, locale: str) -> None:
    says = SAYS[locale]
    with (
        screen(browser, gateway.url, width, locale=locale) as author,
        screen(browser, gateway.url, width, locale=locale) as anyone,
        screen(browser, gateway.url, width, locale="en-GB") as desk,
        screen(browser, gateway.url, width, locale=locale) as council,
    ):
        draft = tried(desk)
        mine = propose(author, locale, "Say how it can be challenged")
        number = number_in(author.page)
        admit_and_shape(desk, number, draft)
        author.go(mine)
        expect(author.page.locator("#confirm")).to_contain_text(says["mean"])
        faultless(author.page)
        author.page.locator("form:has(input[value=confirm]) button").click()
        page = desk.go(f"/console/proposals/{number}")
        page.get_by_role("button", name="Publish it").click()
        comments(anyone, number, says)
        answered(desk, number)
        put_to_the_vote(gateway, desk, number)
        page = anyone.go(f"/proposals/{number}")
        expect(page.locator("#main")).to_contain_text(says["answer"])
        faultless(page)
        for who, choice in (("council-be", "for"), ("council-ee", "for"), ("council-jp", "abstain")):
            votes(council, who, number, locale, choice, first="against" if who == "council-be" else "")
        adopted(gateway, desk, number)
        page = anyone.go(f"/proposals/{number}")
        expect(page.locator(".lead")).to_contain_text(says["adopted"])
        page = anyone.go("/balance/demo/?show=reversed")
        expect(page.locator("figure.chart .flags")).to_contain_text(says["in force"])
        faultless(page)


def tried(desk: Screen) -> str:
    """A draft that counsel tried on the past: the demo's own story as far as that. Gives its number."""
    desk.page.set_default_timeout(90_000)
    desk.go("/demo/").click("#start-balance")
    played(desk, "/what-if/")
    faultless(desk.page)
    return desk.page.url.partition("?")[0].rpartition("/")[2]


def played(here: Screen, until: str) -> None:
    """Press what the story of the balance offers, until it leads to a page of that kind."""
    for _ in range(9):
        here.page.locator("#do-next").wait_for()
        if until in here.page.url:
            return
        here.page.locator("#do-next").click()
        here.page.wait_for_load_state()
    raise AssertionError(f"the story does not come to {until}: {here.page.url}")


def votes(here: Screen, who: str, number: str, locale: str, choice: str, first: str = "") -> None:
    """A member of the council comes in, reads, and signs a vote with a reason; `first`: another one before it."""
    says, page = SAYS[locale], here.be(who)
    expect(page).to_have_url(f"{here.base}/council/")
    if who == "council-be":
        expect(page.locator(".lead")).to_contain_text(says["hello"])
    faultless(page)
    page.locator(f"a[href='/council/{number}']").click()
    for n, one in enumerate([first, choice] if first else [choice]):
        if n:
            page.locator("#do summary", has_text=says["otherwise"]).click()
        form = page.locator("form[action$='/vote']")
        form.locator(f"[name=choice][value={one}]").check()
        form.locator("[name=reason]").fill(f"{REASON} ({one})")
        form.get_by_role("button", name=says["put"]).click()
        expect(page.locator("#do")).to_contain_text(f"({one})")
        page.get_by_role("button", name=says["sign"]).click()
        expect(page.locator("#do p", has_text=says["counts"])).to_contain_text(f"({one})")
    faultless(page)


def adopted(gateway: Gateway, desk: Screen, number: str) -> None:
    """Two weeks later (the date is brought forward) it is carried, and two of the desk sign the very text."""
    gateway.rows("update balance_proposal set vote_ends_at = now() where id = %s returning id", number)
    where = eventually(lambda: put_to_those_who_adopt(desk, number))
    for who in ("counsel-be", "decider-ee"):
        page = desk.be(who, where)
        page.locator("#approve button").click()
        expect(page.locator("#approve")).to_have_count(0)
    eventually(lambda: gateway.rows("select id from balance_proposal where id = %s and state = 'adopted'", number))


def put_to_those_who_adopt(desk: Screen, number: str) -> str:
    """The address of the draft, once it can be signed there; empty before."""
    page = desk.go(f"/console/proposals/{number}")
    link = page.locator("#do a[href*='/drafts/']")
    if not page.get_by_text("put to those who adopt").count():
        return ""
    where = str(link.first.get_attribute("href"))
    return where if desk.go(where).locator("#approve").count() else ""


def admit_and_shape(desk: Screen, number: str, draft: str) -> None:
    page = desk.be("counsel-be", f"/console/proposals/{number}")
    page.get_by_role("button", name="Admit it").click()
    page.locator("[name=draft]").select_option(draft)
    page.locator("form[action$='/shape'] button").click()
    expect(page.locator("#do")).to_contain_text("hasn’t confirmed the draft yet")
    faultless(page)


def comments(anyone: Screen, number: str, says: dict[str, str]) -> None:
    """Two letters of one wording, and a thought of somebody's own."""
    for text in (sent("Anna Berg", "Dear council,"), sent("João da Silva", "Ladies and gentlemen,"), OTHER):
        page = anyone.go(f"/proposals/{number}")
        page.locator("#comment [name=text]").fill(text)
        page.locator("#comment button").click()
        expect(page.locator("#main")).to_contain_text(text.split("\n")[0].rstrip(","))
    expect(page.locator("ol.comments > li")).to_have_count(2)
    expect(page.locator("ol.comments")).to_contain_text(says["more"])
    expect(page.locator("ol.comments")).to_contain_text("João da Silva")  # what differs is told at once
    faultless(page)
    page.locator("ol.comments a[href*=alike]").click()
    expect(page.locator("ol.comments blockquote")).to_contain_text("Ladies and gentlemen,")
    faultless(page)


def answered(desk: Screen, number: str) -> None:
    """The desk answers the letters together, and the other one for itself."""
    for words, left in (("Dear council", "1 comment waits"), ("Another thought", "")):
        page = desk.go(f"/console/proposals/{number}")
        page.locator("#answer label", has_text=words).first.locator("input").check()
        if left:
            page.locator("#answer [name=alike]").check()
        page.locator("#answer-text").fill(ANSWER)
        page.get_by_role("button", name="Answer", exact=True).click()
        if left:
            expect(page.locator("#do")).to_contain_text(left)
    expect(page.locator("#answer")).to_have_count(0)
    faultless(page)


def put_to_the_vote(gateway: Gateway, desk: Screen, number: str) -> None:
    """Four weeks later (the date is brought forward) the desk puts it to the council's vote."""
    gateway.rows("update balance_proposal set closes_at = now() where id = %s returning id", number)
    page = desk.page
    eventually(lambda: desk.go(f"/console/proposals/{number}").get_by_role("button", name="Put it to the").count())
    page.get_by_role("button", name="Put it to the council’s vote").click()
    expect(page.locator(".lead")).to_contain_text("The council votes")
    faultless(page)
