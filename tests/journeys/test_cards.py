"""Each card of the demo by its buttons, at desk and phone width, in English and French: every page on the way as it is
then, with what stands in it."""

import pytest
from faults import BOTH, NARROW, WIDE, faults
from playwright.sync_api import Browser, Page, expect
from running import Gateway

from comity.demo.stories import CARDS

from .screen import Screen, screen
from .test_pages import KINDS

pytestmark = [pytest.mark.journey, pytest.mark.soak]

MOST_PRESSES = 40
OF_ONES_OWN = ("change-rule", "preserve")  # where it goes on by words that a visitor types in a page's own form


@pytest.mark.parametrize("story", [story.id for story in CARDS])
@pytest.mark.parametrize(("width", "locale"), [(WIDE, "en-GB"), (NARROW, "fr-FR")])
def test_it_is_played_to_its_end_over_pages_without_fault(
    gateway: Gateway, browser: Browser, story: str, width: int, locale: str
) -> None:
    with screen(browser, gateway.url, width, locale=locale) as here:
        found: dict[str, list[tuple[str, str]]] = {}
        here.page.set_default_timeout(180_000)  # a drill of two hundred mails, on a busy machine
        here.go("/demo/").click(f"#start-{story}")
        for _ in range(MOST_PRESSES):
            look(here, width, found)
            if over(here.page, story):
                break
            press(here.page)
        else:
            raise AssertionError(f"{story} does not end: {here.page.url}")
        here.go("/demo/")
        if story not in OF_ONES_OWN:
            expect(here.page.locator(f"#story-{story}")).to_contain_text("Played")
        assert {path: said for path, said in found.items() if said} == {}
        assert here.left_home() == []


def look(here: Screen, width: int, found: dict[str, list[tuple[str, str]]]) -> None:
    """The faults of a page, once for each kind: with its folds as they are first, then all open."""
    kind = KINDS.sub("*", here.page.url.removeprefix(here.base).partition("#")[0])
    if kind not in found:
        found[kind] = faults(here.page, BOTH)
        here.page.set_viewport_size({"width": width, "height": 900})
        here.page.reload()


def over(page: Page, story: str) -> bool:
    """Whether there is only the way back, or words of one's own to type, or the demo's page says that it is played."""
    offered = page.locator("#do-next, #approve button")
    if story in OF_ONES_OWN:
        page.wait_for_timeout(3_000)
        if not offered.count() and not page.get_by_text("This follows by itself").count():
            return True
    offered.or_(page.locator("#do-here")).first.wait_for()
    if not offered.count():  # the page was made while something was under way
        page.locator("#do-here").click()
        offered.first.wait_for()
    back = page.locator("#do-next", has_text="Back to all stories").count() > 0
    return back or page.locator(f"#story-{story}", has_text="Played").count() > 0


def press(page: Page) -> None:
    """Press what the page offers."""
    approve = page.locator("#approve button")
    if approve.count():
        approve.first.click()
        expect(approve).to_have_count(0)
    else:
        button = page.locator("#do-next").first
        said, beside = button.inner_text(), page.locator("form[target] #do-next").count()
        button.click()
        page.wait_for_load_state()
        if beside:  # another page opened, and this one hears of it
            expect(page.locator("#do-next").first).not_to_have_text(said)
