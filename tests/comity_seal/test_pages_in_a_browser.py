"""What Python seals the browser opens, and the other way round; the offline viewer and the custodian's page, seen."""

import json
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sealing
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sealed_record import Scene

from comity_seal import documents, items, keys, packages, viewer
from comity_seal.custodian.page import Server
from comity_seal.hybrid import Private

KEPT = "6f1f7cf068b117e368e3c4b53db56d3404bfc5fe42f4f7c3c7e49812c41a96f5"
LINES = b'{"at": "2026-11-03T10:00:00Z", "text": "So: lake or sea?"}\n'
FILM = b"".join(sha256(bytes([n])).digest() for n in range(256)) * 400 + b"\x80\0\0"  # three chunks, ends like padding


AS_PYTHON_WRITES: dict[str, Any] = {  # numbers that a browser would write otherwise, beside texts that only look so
    "finding": {"years": 15.0, "more": [0.1, -2.5e-9, 1e22, 10**20, 3], 'a 1.0 \\" 2.0': '1.0 \\ 2.50, "3.0"'}
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(accept_downloads=True)
    yield context.new_page()
    context.close()


def production(
    directory: Path, key: Private = sealing.RECIPIENT, alter: Callable[[bytes], bytes] | None = None
) -> Path:
    """A package with text, a film, an empty part, and one part that wasn't asked for."""
    said = [documents.of("messages.jsonl", "application/x-ndjson", LINES), documents.of("film.mp4", "video/mp4", FILM)]
    first = items.Records("content", "/u/ada", "2026-11-03", lambda: said)
    more = [sealing.record(day=day, text=b"") for day in ("2026-11-04", "2026-11-05")]
    of = sealing.sealed([first, *more])
    asked = sealing.opening(of.item, [0, 1], key, **AS_PYTHON_WRITES)
    answers = [one.raw for one in sealing.given(asked, of.item, ("be", "pt", "ch"))]
    path = directory / "production.zip"
    about = {"zone": "UTC", "made": "2026-11-30T12:00:00Z", "limits": ["For this proceeding alone."]}
    with path.open("w+b") as file:
        packages.write(
            file,
            item=of.item,
            blob=of.blob,
            opening=sealing.request(of.item, [0, 1], key, **AS_PYTHON_WRITES),
            roster=sealing.signed(of.roster),
            answers=answers,
            about=about,
            beside={"viewer.html": viewer.page()},
        )
    if alter:
        path.write_bytes(alter(path.read_bytes()))
    return path


def opened(page: Page, directory: Path, package: Path, key: Path, phrase: str = "") -> None:
    """The viewer, from a file as whoever has no network has it, asked to open a package."""
    (directory / "viewer.html").write_bytes(viewer.page())
    page.goto(f"file://{directory}/viewer.html")
    page.set_input_files("#package", package)
    page.set_input_files("#key", key)
    page.fill("#phrase", phrase)
    page.click("#ask button")
    page.wait_for_selector("body[data-done]", timeout=60_000)


def test_it_works_offline_from_a_file(page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    keys.write(tmp_path / "key.json", sealing.RECIPIENT, "court", "a phrase")
    opened(page, tmp_path, production(tmp_path), tmp_path / "key.json", "a phrase")
    assert page.text_content("#state") == ""
    found = page.text_content("#found") or ""
    for word in ("So: lake or sea?", "No records", "be, pt, ch", "For this proceeding alone.", "/u/ada"):
        assert word in found
    with page.expect_download() as load:
        page.click("text=Save: film.mp4")
    assert Path(load.value.path()).read_bytes() == FILM
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert Axe().run(page).violations_count == 0
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("what", ["altered", "another key", "wrong phrase", "no package"])
@pytest.mark.few(2)
def test_what_does_not_fit_is_said_and_nothing_shown(page: Page, tmp_path: Path, what: str) -> None:
    whose = sealing.key("somebody") if what == "another key" else sealing.RECIPIENT
    phrase = "a phrase" if what == "wrong phrase" else ""
    keys.write(tmp_path / "key.json", whose, "court", phrase)

    def alter(raw: bytes) -> bytes:
        at = raw.index(b"parts/0.sealed") + 5000
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] if what == "altered" else raw[: 10**6 * (what[0] != "n")]

    package = production(tmp_path, alter=alter if what in ("altered", "no package") else None)
    opened(page, tmp_path, package, tmp_path / "key.json", phrase and "another")
    expected = {
        "another key": "for another key",
        "altered": "its hash is not the one",
        "wrong phrase": "passphrase is not",
    }
    assert expected.get(what, "not a package") in (page.text_content("#state") or "")
    assert page.text_content("#found") == ""


def test_what_the_browser_seals_python_opens(page: Page, tmp_path: Path) -> None:
    (tmp_path / "viewer.html").write_bytes(viewer.page())
    page.goto(f"file://{tmp_path}/viewer.html")
    to, info = sealing.RECIPIENT.public, b"bound to this"
    script = (
        "async ([to, info]) => ComitySeal.b64(await ComitySeal.seal(ComitySeal.bytes(to), "
        "new TextEncoder().encode('hello'), new TextEncoder().encode(info)))"
    )
    sealed = page.evaluate(script, [documents.texts.b64(to.raw), info.decode()])
    assert sealing.RECIPIENT.open(documents.texts.binary({"x": sealed}, "x"), info) == b"hello"
    made = page.evaluate("ComitySeal.makeKey('court', 'phrase')")
    (tmp_path / "made.json").write_text(made["file"])
    key = keys.read(tmp_path / "made.json", lambda: "phrase")
    assert (documents.texts.b64(key.public.raw), key.public.fingerprint) == (made["key"], made["fingerprint"])
    production(tmp_path, key)
    opened(page, tmp_path, tmp_path / "production.zip", tmp_path / "made.json", "phrase")
    assert "So: lake or sea?" in (page.text_content("#found") or "")


def test_what_is_not_ours_is_what_it_was(page: Page) -> None:
    raw = (viewer.HERE / "kept.js").read_bytes()
    assert sha256(raw).hexdigest() == KEPT
    assert KEPT in (viewer.HERE / "README.md").read_text()
    licences = (viewer.HERE / "kept.LICENSES.txt").read_text()
    assert all(name in licences for name in ("@hpke/core 1.9.0", "shamir-secret-sharing 0.0.4", "Apache License"))


@pytest.fixture
def custodian(tmp_path: Path) -> Iterator[tuple[Scene, Server]]:
    """A custodian's page, serving."""
    scene = Scene(tmp_path / "scene")
    server = Server(("127.0.0.1", 0), scene.custodian())
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield scene, server
    server.shutdown()
    server.server_close()


def test_a_custodian_sees_checks_and_gives(page: Page, custodian: tuple[Scene, Server], tmp_path: Path) -> None:
    scene, server = custodian
    keeper = server.custodian.keeper
    page.goto(server.url)
    assert "Nothing is asked for" in (page.text_content("main") or "")
    request = scene.request()
    keeper.put("O-TEST1", request, scene.card())
    page.reload()
    page.click("text=O-TEST1")
    said = page.text_content("main") or ""
    for word in ("Court of Lille", "/u/ada", "2026-11-03", "eu-eevidence-production", "O-OLD", "24"):
        assert word in said
    assert page.locator(".checks li.good").count() == 10
    assert Axe().run(page).violations_count == 0
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("text=Give my shares")
    assert "Your answer is kept: given" in (page.text_content("main") or "")
    answer = json.loads(keeper.answered(keeper.request("O-TEST1").opening) or b"{}")
    assert answer["kind"] == "shares"


def test_a_custodian_refuses_in_french_what_does_not_hold(browser: Browser, custodian: tuple[Scene, Server]) -> None:
    scene, server = custodian
    server.custodian.keeper.put("O-TEST1", scene.request(signers=("p-1",)), scene.card())
    context = browser.new_context(locale="fr-BE", java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "O-TEST1")
    assert page.locator("text=Donner mes parts").count() == 0
    assert "ne tient pas" in (page.text_content(".checks li.late") or "")
    page.locator("details:has(form) summary").click()
    page.select_option("#ground", "not-signed")
    page.click("form[action$=refuse] button")
    assert "refusé" in (page.text_content("main") or "")
    context.close()


def test_no_other_page_can_give_in_their_name(page: Page, custodian: tuple[Scene, Server]) -> None:
    _, server = custodian
    asked: dict[str, Any] = {}
    for name, url, host in (
        ("no token", f"http://{server.host}/", server.host),
        ("another host", server.url, "evil.example"),
    ):
        import http.client

        line = http.client.HTTPConnection(server.host)
        line.request("GET", url.partition(server.host)[2], headers={"Host": host})
        asked[name] = line.getresponse().status
    assert asked == {"no token": 404, "another host": 404}
