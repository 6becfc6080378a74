"""What the browser, axe and a finger have to say about a page: for journeys and for rendered samples."""

from zlib import crc32

from amount import SOAK
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE, NARROW = 1440, 390
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
TARGETS = (
    "button, .btn, nav a, .acts a, summary, .choice a, label.tick, select, textarea, "
    "input:not([type=hidden], [type=checkbox], [type=radio])"
)
SMALL = """(targets) => [...document.querySelectorAll(targets)]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9)
    .map(e => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)"""
WIDEST = """() => [...document.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > innerWidth && !e.querySelector('*:not(svg, svg *)'))
    .slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' ')"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# the script that turns the clocks sets the one width of a track, which the policy allows a script
INLINE = "[...document.querySelectorAll('[style]:not(.track), style:not([nonce])')].map(e => e.outerHTML.slice(0, 120))"
UNFOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
    return e === document.body || s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 3 ? e.outerHTML : '' }"""
VIOLATIONS = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
    one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' | ')}`))"""
AXE = Axe().axe_script


def violations(page: Page) -> list[str]:
    """What axe finds, with the elements concerned."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(VIOLATIONS)
    return found


BOTH = frozenset({"wide and light", "narrow and dark"})


def one_of_both(page: Page) -> frozenset[str]:
    """How axe looks at a page in `make test`, by its title: in `make soak` it looks both ways."""
    return BOTH if SOAK else frozenset({sorted(BOTH)[crc32(page.title().encode()) % 2]})


def faults(page: Page, axe: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """Where and what: axe (`one_of_both`, all folds open), targets too small for a finger, no focus to be seen,
    scrolling sideways at 320, elements with a style of their own."""
    looks = one_of_both(page) if axe is None else axe
    page.evaluate(OPEN_ALL)
    found: list[object] = [*violations(page)] if "wide and light" in looks else []
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.emulate_media(color_scheme="dark")
    found += violations(page) if "narrow and dark" in looks else []
    found += [*page.evaluate(SMALL, TARGETS), *page.evaluate(INLINE)]
    page.keyboard.press("Tab")
    found += [f"focus is not seen: {unseen}"] if (unseen := page.evaluate(UNFOCUSED)) else []
    page.set_viewport_size({"width": 320, "height": 900})
    found += [f"{wider} px wider than 320: {page.evaluate(WIDEST)}"] if (wider := page.evaluate(WIDER)) > 0 else []
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(color_scheme="light")
    return [(page.url, str(fault)) for fault in found]


def faultless(page: Page) -> None:
    """Raises AssertionError with the faults of a page."""
    found = faults(page)
    assert not found, found
