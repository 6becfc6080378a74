"""An authority in its own browser: it makes its key there, collects its production, and opens it by the page's own
code. The secret half never leaves. The gateway's pages are answered in this process; what was sent to it is kept."""

from collections.abc import Iterator, Mapping
from contextvars import copy_context
from functools import partial
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from faults import BOTH, faults
from playwright.sync_api import Browser, Page, Route
from road import Road, open_road

from comity.custody import production, recipients
from comity.demo.register import JUDGE_ID
from comity_seal import keys, texts

from .scene import Custody, proven, standing

HERE = "http://localhost"  # a secure context, as browsers count it
PHRASE = "two words"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def closing(browser: Browser) -> Iterator[None]:
    """The connection goes before the browser: while a browser is there it is one that nobody else would close."""
    yield
    connections.close_all()


@pytest.fixture
def road(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    proven(monkeypatch)
    with open_road() as opened:
        yield opened


class Desk:
    """What stands for the gateway's door; `sent` is all that a browser sent to it."""

    def __init__(self) -> None:
        self.client, self.sent, self.elsewhere = Client(), list[str](), list[str]()
        self._context = copy_context()  # of the test: in the browser's own there would be another connection

    def answer(self, route: Route) -> None:
        """Answer a call as the gateway does."""
        asked = route.request
        if not asked.url.startswith(HERE):
            self.elsewhere.append(asked.url)
            return route.abort()
        path, body = asked.url.removeprefix(HERE), asked.post_data_buffer or b""
        self.sent.append(unquote_plus(body.decode()))
        if path.startswith("/static/"):  # by whatever stands before Django
            return route.fulfill(path=finders.find(path.removeprefix("/static/")))
        found = self._called(asked.method, path, body, asked.headers)
        if found.status_code == 302:  # which a browser doesn't follow that is answered so
            found = self._called("GET", found["Location"], b"", asked.headers)
        told = {name: value for name, value in found.headers.items() if name.lower() != "content-length"}
        whole = b"".join(found.streaming_content) if found.streaming else found.content  # type: ignore[attr-defined]
        return route.fulfill(status=found.status_code, headers=told, body=whole)

    def _called(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> HttpResponse:
        kind = headers.get("content-type", "application/octet-stream")
        told = {"accept-language": headers.get("accept-language", "")}
        call = partial(self.client.generic, method, path, body, content_type=kind, headers=told)
        return self._context.copy().run(call)


@pytest.fixture
def desk(road: Road) -> Desk:
    return Desk()


@pytest.fixture(params=[390, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Page]:
    """A browser at one width, in French where it is narrow."""
    locale = "fr-FR" if request.param == 390 else "en-GB"
    size = {"width": request.param, "height": 900}
    context = browser.new_context(accept_downloads=True, viewport=size, locale=locale)  # type: ignore[arg-type]
    context.route("**/*", desk.answer)
    yield context.new_page()
    context.close()


def made_here(page: Page, into: Path) -> keys.Private:
    """The key, made on its page, its file saved, the public half given."""
    page.goto(f"{HERE}/production/key/{recipients.token_of('demo', JUDGE_ID)}")
    page.fill("#phrase", PHRASE)
    page.fill("#phrase-again", "two word")
    page.click("#make-key")
    assert page.inner_text("#made") == page.get_attribute("#make", "data-differ")
    page.fill("#phrase-again", PHRASE)
    page.click("#make-key")
    page.wait_for_selector("#saving:not([hidden])", timeout=60_000)
    page.click("#give button")  # not before the file is saved
    assert recipients.of("demo", JUDGE_ID) is None
    with page.expect_download() as saved:
        page.click("#save-key")
    saved.value.save_as(into)
    page.click("#give button")
    page.wait_for_selector("#h-yours")
    return keys.read(into, lambda: PHRASE)


def produced(made: Custody) -> str:
    """Two ring about the key, two sign, three give; where the production is collected."""
    row = recipients.of("demo", JUDGE_ID)
    assert row is not None
    for role in ("handler", "decider"):
        recipients.called_back(made.road.person(role, "BE"), row.id, theirs=True)
    made.road.drive()
    made.signed()
    made.give(*sorted(made.called()))
    assert made.opening.state == "complete"
    return f"{HERE}/production/{production.token_of(made.opening.id)}"


@pytest.mark.few(1)
def test_it_works(road: Road, page: Page, desk: Desk, tmp_path: Path) -> None:
    made = standing(road)
    mine = made_here(page, tmp_path / "key.json")
    known = recipients.of("demo", JUDGE_ID)
    assert known is not None
    assert known.fingerprint == mine.public.fingerprint == page.inner_text("#h-yours + p")
    found = faults(page, BOTH)

    here = produced(made)
    page.goto(here)
    found += faults(page, BOTH)
    with page.expect_download() as load:
        page.click(f"form[action$='{here.removeprefix(HERE)}/package'] button")
    load.value.save_as(tmp_path / "production.zip")
    assert made.opening.state == "collected"

    page.goto(f"{here}/open")
    page.set_input_files("#package", tmp_path / "production.zip")
    page.set_input_files("#key", tmp_path / "key.json")
    page.fill("#phrase", PHRASE)
    before = len(desk.sent)
    page.click("#ask button")
    page.wait_for_selector("body[data-done]", timeout=60_000)
    assert page.text_content("#state") == ""
    assert made.secret in (page.text_content("#found") or "")
    # the page that opens stands alone, in packages too: its one style is allowed by its hash
    found += [one for one in faults(page, BOTH) if not one[1].startswith("<style>")]
    assert (found, desk.elsewhere, len(desk.sent)) == ([], [], before), "opened without a call to anybody"

    said = "\n".join(desk.sent)
    assert texts.b64(mine.public.raw) in said
    for half in (mine.seed.hex(), texts.b64(mine.seed), PHRASE, made.secret):
        assert half not in said
