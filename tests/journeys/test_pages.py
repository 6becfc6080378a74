"""Every page that can be reached, with real data in it: axe, finger, focus, 320 px, the console."""

import re
from html import unescape
from urllib.parse import urljoin
from zlib import crc32

import pytest
from amount import SOAK
from faults import BOTH, faultless, faults
from playwright.sync_api import Browser, Error
from running import Gateway

from .screen import Screen, screen
from .test_demo import press_on

pytestmark = pytest.mark.journey

# what tells two pages of one kind apart: numbers of cases and mails, values, countries, regulations and their versions
KINDS = re.compile(
    r"[A-Z]-[0-9A-Z]{8}|(?<=/regulations/)[a-z][a-z0-9-]*(/[0-9][0-9a-z.-]*)?|(?<=/)[A-Z]{2}(?=[/?]|$)|/\d+|[0-9a-f]{8}-[0-9a-f-]{27}|=[^&]*"
)


FILES = re.compile(r"\.pdf($|\?)|/(raw|metrics)$|format=csv|/parts/|/(submissions|exhibits|offers)/\d+$")


# most pages of the walk are looked at by axe as samples (tests/desk), so that here it looks in `make soak` alone
AXE = BOTH if SOAK else frozenset[str]()


LINKS = """[...document.querySelectorAll('a[href]')]
    .map(a => a.href.baseVal === undefined ? a.href : new URL(a.href.baseVal, location).href)"""  # a picture's, too
HREF = re.compile(r"<a[^>]* (?:xlink:)?href=\"([^\"]+)\"")
TURNS = 3  # `make test` looks at each page kind in one run of so many, by its seed, and at the rest for its links alone


def walk(here: Screen, turn: int) -> dict[str, list[tuple[str, str]]]:
    """The faults of every page that the pages lead to, one of a kind: ids don't make another kind."""
    seen: dict[str, list[tuple[str, str]]] = {}
    waiting = ["/console/", "/", "/demo/"]
    while waiting:
        path = waiting.pop(0)
        kind = KINDS.sub("*", path)
        if kind in seen or FILES.search(path):
            continue
        looked = SOAK or crc32(kind.encode()) % TURNS == turn % TURNS
        if (found := (looked_at if looked else asked_for)(here, path)) is None:
            continue  # a file, and no page
        seen[kind], links = found
        paths = [one.removeprefix(here.base).partition("#")[0] for one in links]
        ours = [path.removesuffix("?realm=demo").removesuffix("?") for path in paths if path.startswith("/")]
        waiting += [one for one in dict.fromkeys(ours) if one not in waiting]
    return seen


Found = tuple[list[tuple[str, str]], list[str]]  # what is wrong with a page, and where it leads


def looked_at(here: Screen, path: str) -> Found | None:
    """In the browser."""
    try:
        page = here.go(path)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return None
    return faults(page, AXE), here.page.evaluate(LINKS)


def asked_for(here: Screen, path: str) -> Found | None:
    """With the browser's cookies, and without its rendering."""
    answer = here.page.request.get(here.base + path)
    if "text/html" not in answer.headers.get("content-type", ""):
        return None
    wrong = [] if answer.status < 400 else [(path, str(answer.status))]
    return wrong, [urljoin(answer.url, unescape(one)) for one in HREF.findall(answer.text())]


def test_every_page_is_without_fault(gateway: Gateway, browser: Browser, seed: int) -> None:
    with screen(browser, gateway.url) as here:
        for sample in ("threat", "good-text"):
            press_on(here, sample) if sample == "good-text" else here.go("/demo/").click(f"#send-{sample}")
        statement = here.go("/demo/").locator("a[href^='/statement/']").first.get_attribute("href")
        here.go("/demo/").click("#send-good-pdf")
        here.page.locator("#do-next").wait_for()
        case = here.page.locator("table tbody tr").first.get_by_text(re.compile("Case C-")).inner_text().split()[-1]
        here.be("handler-be")
        pages = walk(here, seed)
        assert len(pages) > 100, pages
        wrong = "\n".join(f"{path}: {found}" for path, found in pages.items() if found)
        assert not wrong, wrong
        path = f"/console/cases/{case}"
        own = [f"{path}?correct=form.issued_at", f"{path}?correct=form.categories", f"{path}/letters/answer", "/404"]
        found = [fault for address in [*own, f"{statement}"] for fault in faults(here.go(address), AXE)]
        assert found == []
        assert here.left_home() == []
        here.faults = [fault for fault in here.faults if "404" not in fault]
        for decides in (f"{path}/decide", f"{path}/return", f"{path}/counsel"):
            faultless(here.be("decider-be", decides))
