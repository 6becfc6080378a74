"""Takes the docs' pictures from a running demo: `.venv/bin/python docs/pictures/take.py http://localhost:8000`.

It sends a sample order, signs as the first decider, and photographs what the second one sees: the hour runs, one
signature of two is given, nothing is done yet. Needs Chromium and Playwright, which `make test` has installed.
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
CASE = re.compile(r"/console/cases/C-")
NUMBER = re.compile(r"[CR]-[A-Z0-9]{8}")


def become(page: Page, base: str, who: str, where: str) -> None:
    """Be one of the demo's people, and open a page."""
    page.goto(f"{base}/demo/")
    page.click(f"#be-{who}")
    page.goto(base + where)


def wait_for_case(page: Page, base: str) -> str:
    """Send the sample order and wait until it is ready to be decided; gives the path of its case."""
    page.goto(f"{base}/demo/")
    latest = page.locator("#sent + table tbody tr").first
    before = NUMBER.search(latest.inner_text()) if latest.count() else None
    page.click("#send-good-pdf")
    expect(latest).to_contain_text("Case C-", timeout=60_000)
    if before:
        expect(latest).not_to_contain_text(before[0], timeout=60_000)
    page.locator("#do-next").click(timeout=60_000)
    page.wait_for_url(CASE)
    case = page.url.removeprefix(base)
    page.goto(f"{base}/demo/")
    page.get_by_role("button", name="Leave this story").click()  # the desk as it is, without the demo's bar
    return case


def take(base: str, chromium: str) -> None:
    """Write case.png and demo.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        seen = {"viewport": {"width": 1280, "height": 1060}, "timezone_id": "Europe/Brussels", "color_scheme": "light"}
        page = browser.new_context(**seen).new_page()
        case = wait_for_case(page, base)
        become(page, base, "decider-be", f"{case}/decide")
        page.click("#approve button")
        become(page, base, "decider-ee", case)
        page.screenshot(path=HERE / "case.png")
        page.click("#approve button")
        demo(page, base)
        browser.close()


def demo(page: Page, base: str) -> None:
    """The two panes, after what was ordered is done."""
    page.goto(f"{base}/demo/")
    page.get_by_role("button", name="Follow it").first.click()
    expect(page.locator(".stage .verdict")).to_contain_text("Gone in France", timeout=60_000)
    expect(page.locator(".pane.away")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 600})
    page.screenshot(path=HERE / "demo.png")


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"), shutil.which("chromium") or shutil.which("google-chrome") or "")
