"""The pages in Chromium, under their own content policy: axe, narrow screens, clocks and keys.

Every page is answered from its rendered sample; nothing else is served, so no process and no port is needed.
"""

import mimetypes
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import django_htmx
import pytest
from desk.sample_pages import PAGES
from desk.sample_queue import NOW, QUEUE
from django.template.loader import render_to_string
from django.test import RequestFactory
from faults import faults

import comity.web
from comity import clock
from comity.web.look import Look
from comity.web.middleware import policy

SITE = "http://localhost:9"
STATIC = {
    "web": Path(comity.web.__file__).parent / "static",
    "django_htmx": Path(django_htmx.__file__).parent / "static",
}
ERRORS = ("400", "403", "404", "500", "csrf")


def rendered(name, at=NOW):
    request = RequestFactory().get("/console/")
    look = Look()
    vars(request).update(look=look, zone=ZoneInfo("Europe/Brussels"))
    template, frame, page = PAGES.get(name) or (f"{name}.html", None, None)
    with clock.freeze(at):
        html = render_to_string(template, {"frame": frame, "page": page, "status": 404}, request)
    return html, policy(look.nonce)


@pytest.fixture
def visit(browser):
    """Opens a sample page; gives the page, whose `.faults` are what the browser complained of."""
    contexts = []

    def go(name, width=1440, scheme="light", at=NOW, script=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.route("**/*", lambda route: answer(route, name, at))
        page.goto(f"{SITE}/console/")
        return page

    def answer(route, name, at):
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith("/static/people/"):
            return route.fulfill(body="", content_type="text/javascript")
        if path.startswith("/static/"):
            file = STATIC[path.split("/")[2]] / path.removeprefix("/static/")
            return route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
        html, rule = rendered(name, at)
        headers = {"Content-Security-Policy": rule, "Content-Type": "text/html; charset=utf-8"}
        return route.fulfill(body=html, headers=headers)

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_it_works(visit, name):
    """Axe finds nothing (wide and light, narrow and dark, all folds open), the policy breaks nothing, a finger finds
    every target, and nothing scrolls sideways at 320."""
    page = visit(name)
    assert faults(page) == []
    assert page.faults == []


def test_widths_reach_the_page_under_the_policy(visit):
    page = visit("decide", script=False)
    track = page.locator(".clock .track").first
    assert track.evaluate("e => getComputedStyle(e).getPropertyValue('--used')").strip() == "36.33%"


def test_a_clock_counts_by_the_servers_time_not_the_visitors(visit):
    page = visit("case", at=NOW + timedelta(minutes=1))
    page.locator(".bar .left", has_text="37").wait_for()
    assert "min" in page.locator(".bar .left").inner_text()


def install(visit, left):
    """The case page, so that its clock has `left` to run, and the page's own time in our hands."""
    due = datetime.fromisoformat("2026-11-24T13:07:32+00:00")
    page = visit("case", at=due - left)
    page.clock.install()
    page.reload()
    return page


@pytest.mark.parametrize(
    ("left", "css", "words"),
    [
        (timedelta(minutes=30, seconds=2), "is-soon", "Half of the time is gone"),
        (timedelta(minutes=10, seconds=2), "is-last", "Little time is left"),
        (timedelta(seconds=2), "is-over", "The time is over"),
    ],
)
def test_a_clock_turns_and_says_so_once_at_its_thresholds(visit, left, css, words):
    page = install(visit, left)
    bar = page.locator(".bar.clock")
    assert css not in bar.get_attribute("class")
    page.clock.run_for(4000)
    page.locator(f".bar.clock.{css}").wait_for()
    assert words in page.locator("#clock-says").inner_text()


def test_after_the_laptop_slept_the_clock_is_right_at_once(visit):
    page = install(visit, timedelta(minutes=38))
    page.clock.fast_forward(timedelta(minutes=50).seconds * 1000)
    page.locator(".bar.clock.is-over").wait_for()
    assert (
        page.locator(".bar .left").inner_text().split() == ["12", "min", "late"]
        or "11" in page.locator(".bar .left").inner_text()
    )
    assert page.locator(".bar .due-line").inner_text().startswith("was due")


def test_one_key_opens_the_most_urgent_and_keys_can_be_turned_off(visit):
    page = visit("queue")
    page.get_by_role("button", name="Turn them off").click()
    page.locator("body").press("o")
    assert page.url == f"{SITE}/console/"
    page.get_by_role("button", name="Turn them on").click()
    page.locator("body").press("o")
    page.wait_for_url(f"{SITE}/console/cases/C-0LATE000/")


def test_a_key_typed_into_a_field_is_only_a_letter(visit):
    page = visit("queue")
    page.get_by_text("Filter, find, export").click()
    page.get_by_label("Find").press_sequentially("no")
    assert page.url == f"{SITE}/console/"


def test_a_lanes_key_opens_its_reply(visit):
    page = visit("request")
    page.locator("body").press("n")
    page.get_by_text("We are not the right place for this.").wait_for()


def test_a_fact_leads_to_its_place_and_back(visit):
    page = visit("case")
    page.locator("#f2 .tag").click()
    assert page.url.endswith("#s2")
    page.locator("#s2 .tag").click()
    assert page.url.endswith("#f2")


def test_the_desk_remembers_this_machines_zone_for_the_desk_only(visit):
    page = visit("queue")
    cookies = page.context.cookies(f"{SITE}/console/")
    assert [cookie["name"] for cookie in cookies] == ["tz"]
    assert page.context.cookies(f"{SITE}/statement/x") == []


def test_a_public_page_sets_no_cookie_and_runs_no_script(visit):
    page = visit("404")
    assert page.context.cookies() == []
    assert page.locator("script").count() == 0


def test_without_javascript_the_page_is_whole(visit):
    page = visit("case", script=False)
    assert page.get_by_role("heading", name="Withhold one message in the EU").is_visible()
    assert page.locator(".bar .left").inner_text().split() == ["38", "min", "12", "s"]
    assert page.locator("noscript p").is_visible()


def test_a_queue_of_fifty_rows_is_rendered_in_little_time():
    rows = QUEUE.rows * 5
    page = type(QUEUE)(rows=rows[:50], realms=QUEUE.realms, filters=QUEUE.filters, export_url="x")
    template, frame, _page = PAGES["queue"]
    request = RequestFactory().get("/console/")
    render_to_string(template, {"frame": frame, "page": page}, request)
    begun = time.process_time()
    render_to_string(template, {"frame": frame, "page": page}, request)
    assert time.process_time() - begun < 0.5
