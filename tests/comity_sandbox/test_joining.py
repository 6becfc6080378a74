"""People who come from outside: they join, write, take their data along; and what of it a gate leaves them."""

import base64
import http.client
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from comity_sandbox import joining
from comity_sandbox.acts import Refused
from comity_sandbox.store import Store
from comity_sandbox.world import seed

EVERYWHERE_SHUT = ("/", "/c/harbour", "/c/harbour/1", "/c/night-trains/1/picture", "/u/anna", "/c/nothing", "/join")


class Person:
    """Somebody with a browser: keeps the cookie that they were given, and follows no redirect by themselves."""

    def __init__(self, lantern: Any) -> None:
        self._at, self.cookie, self.home = lantern.process.listen, "", ""

    def ask(self, method: str, path: str, **form: str) -> tuple[int, str, dict[str, str]]:
        line = http.client.HTTPConnection(self._at, timeout=20)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        line.request(method, path, urlencode(form) if method == "POST" else None, headers)
        with line.getresponse() as answer:
            body, got = answer.read().decode(), dict(answer.headers)
        line.close()
        self.cookie = got["Set-Cookie"].split(";")[0] if "Set-Cookie" in got else self.cookie
        return answer.status, body, got

    def join(self, name: str, country: str = "CH") -> "Person":
        status, _, got = self.ask("POST", f"/join?from={country}", name=name)
        assert status == 303
        self.home = got["Location"].split("?")[0]
        assert self.ask("GET", got["Location"])[0] == 200
        return self


@pytest.fixture
def someone(lantern: Any) -> Person:
    return Person(lantern)


@pytest.fixture
def gate(lantern: Any) -> Any:
    keys: list[str] = []

    def put(level: str, country: str = "XV") -> None:
        keys.append(uuid.uuid4().hex)
        body = {"key": keys[-1], "countries": [country], "level": level, "notice": {"en": "We leave."}}
        assert lantern.call("/api/gate", body)[0] == 200

    yield put
    for key in keys:
        lantern.call("/api/lift", {"key": key})


def test_it_works(lantern: Any, someone: Person) -> None:
    assert 'name="name"' in someone.ask("GET", "/join?from=XV")[1]
    assert "Join to write here" in someone.ask("GET", "/c/harbour?from=XV")[1]
    someone.join("Zoë  Quill", "XV")
    assert someone.home == "/u/zoe-quill"
    assert 'data-door="write"' in someone.ask("GET", "/c/harbour?from=XV")[1]
    status, _, got = someone.ask("POST", "/c/harbour?from=XV", text="Ahoy <b>from</b> Velt.\r\nTwo lines.")
    assert status == 303
    page = lantern.get(got["Location"])[1]
    assert "Ahoy &lt;b&gt;from&lt;/b&gt; Velt.\nTwo lines." in page
    assert "Zoë Quill" in page
    assert "Veltria" in page
    status, body, got = someone.ask("GET", "/u/zoe-quill/export")
    assert (status, got["Content-Disposition"]) == (200, 'attachment; filename="lantern-zoe-quill.json"')
    assert [m["versions"][0]["text"] for m in json.loads(body)["messages"]] == ["Ahoy <b>from</b> Velt.\nTwo lines."]
    assert json.loads(body)["account"] == {"id": "zoe-quill", "name": "Zoë Quill", "country": "XV"}
    ref = json.loads(body)["messages"][0]["ref"]
    found = lantern.ask(f"/api/resolve?ref={ref}")
    assert found["author"] == {"id": "zoe-quill", "name": "Zoë Quill", "country": "XV", "contactable": True}


def test_who_joined_is_none_of_the_people_one_can_be(lantern: Any, someone: Person) -> None:
    before = lantern.ask("/api/people")["people"].get("EE")
    someone.join("Nobody’s Toy", "EE")
    assert lantern.ask("/api/people")["people"]["EE"] == before + 1
    assert "nobodys-toy" not in {a["id"] for a in lantern.ask("/api/authors")["authors"]}


@pytest.mark.parametrize("name", ["Anna", "anna", "Änna!"])
def test_a_name_that_is_taken_gets_an_id_of_its_own(lantern: Any, name: str) -> None:
    homes = {Person(lantern).join(name).home for _ in range(3)}
    assert len(homes) == 3
    assert "/u/anna" not in homes
    assert Person(lantern).join("名無し").home.startswith("/u/guest")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\0b", "a\x1bb", "\r\n", "\u200b\u2060"])
def test_a_name_that_is_none_is_refused_by_field(someone: Person, name: str) -> None:
    status, page, _ = someone.ask("POST", "/join?from=XV", name=name)
    assert (status, 'role="alert">name: ' in page) == (400, True)


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 5001, "a\0b"])
def test_a_text_that_is_none_is_refused_by_field_and_kept(someone: Person, text: str) -> None:
    status, page, _ = someone.join("Writer").ask("POST", "/c/harbour", text=text)
    assert (status, 'role="alert">text: ' in page) == (400, True)
    assert text.strip().split("\0")[0] in page


def test_markup_in_a_name_is_text(lantern: Any, someone: Person) -> None:
    someone.join('"><script>x</script>')
    for page in (
        someone.ask("GET", someone.home)[1],
        someone.ask("GET", "/c/harbour")[1],
        lantern.get("/c/harbour")[1],
    ):
        assert "<script" not in page
    assert "<script" not in someone.ask("POST", "/join", name='"><script>' + "x" * 60)[1]


def test_nobody_writes_without_an_account(lantern: Any, someone: Person) -> None:
    assert someone.ask("POST", "/c/harbour", text="Hello.")[0] == 401
    assert someone.ask("POST", "/c/harbour?as=guess", text="Hello.")[0] == 401


@pytest.mark.parametrize("path", ["/c/choir", "/p/holiday", "/c/nobody", "/p/nobody"])
def test_nobody_writes_where_they_may_not_read(lantern: Any, someone: Person, path: str) -> None:
    for who in (someone, Person(lantern).join("Outsider")):
        status, page, _ = who.ask("POST", path, text="Hello.")
        assert (status, page) == (404, lantern.get("/c/nothing-at-all/1")[1])


def test_nobody_writes_where_the_channel_is_withheld(lantern: Any, someone: Person) -> None:
    someone.join("Writer", "IS")
    key = uuid.uuid4().hex
    lantern.withhold(key, "/c/kitchen", "IS")
    try:
        page = someone.ask("POST", "/c/kitchen?from=IS", text="Hello from here.")[1]
        assert page == lantern.get("/c/kitchen?from=IS")[1]
    finally:
        lantern.call("/api/lift", {"key": key})
    assert "Hello from here." not in lantern.get("/c/kitchen")[1]


@pytest.mark.parametrize("ident", ["anna", "nobody"])
def test_a_copy_of_data_is_its_owners_alone(lantern: Any, someone: Person, ident: str) -> None:
    for who in (someone, Person(lantern).join("Curious")):
        status, page, got = who.ask("GET", f"/u/{ident}/export")
        assert (status, got["Content-Type"]) == (403, "text/html; charset=utf-8")
        assert "Anna" not in page


def test_a_copy_of_data_is_whole(lantern: Any) -> None:
    ref = lantern.post("One.", author="reto", draw="word")
    lantern.call("/api/edits", {"ref": ref, "text": "Two."})
    lantern.withhold(uuid.uuid4().hex, ref, "WORLD")
    lantern.call("/api/notify", {"key": uuid.uuid4().hex, "ref": ref, "text": "About it."})
    data = json.loads(lantern.get(lantern.be("reto").replace("?", "/export?"))[1])
    mine = next(m for m in data["messages"] if m["ref"] == ref)
    assert [v["text"] for v in mine["versions"]] == ["One.", "Two."]
    assert base64.b64decode(mine["picture"]["base64"]).startswith(b"\x89PNG")
    assert "/c/choir" in data["member_of"]
    assert data["inbox"][-1]["text"] == "About it."


def test_at_no_signups_nobody_joins_and_who_has_joined_writes_on(lantern: Any, someone: Person, gate: Any) -> None:
    someone.join("Early", "XV")
    gate("no-signups")
    status, page, _ = Person(lantern).ask("POST", "/join?from=XV", name="Late")
    assert (status, 'data-gate="no-signups"' in page) == (403, True)
    assert 'name="name"' not in Person(lantern).ask("GET", "/join?from=XV")[1]
    assert someone.ask("POST", "/c/harbour?from=XV", text="Still here.")[0] == 303
    assert Person(lantern).join("Next door", "CH").home


def test_at_read_only_nobody_writes_there_and_the_same_person_does_elsewhere(
    lantern: Any, someone: Person, gate: Any
) -> None:
    someone.join("Traveller", "XV")
    gate("read-only")
    for path in ("/c/harbour", "/c/bike-repair"):
        assert 'data-door="write"' not in someone.ask("GET", f"{path}?from=XV")[1]
        assert someone.ask("POST", f"{path}?from=XV", text="From inside.")[0] == 403
    assert someone.ask("POST", "/c/harbour?from=CH", text="From outside.")[0] == 303
    page = someone.ask("GET", "/c/harbour?from=XV")[1]
    assert "From outside." in page
    assert "From inside." not in page
    assert "We leave." in page


def test_at_notice_nothing_is_left_but_the_doors_and_nothing_is_deleted(
    lantern: Any, someone: Person, gate: Any
) -> None:
    someone.join("Resident", "XV")
    ref = someone.ask("POST", "/c/harbour?from=XV", text="Mine to keep.")[2]["Location"].split("?")[0]
    lantern.call(
        "/api/notify", {"key": uuid.uuid4().hex, "ref": ref, "text": "About your message: https://x.example/s"}
    )
    before = lantern.ask(f"/api/snapshot?ref={ref}")
    gate("notice")
    for path in EVERYWHERE_SHUT:
        status, page, _ = lantern.get(f"{path}?from=XV")
        assert (status, 'data-gate="notice"' in page, "We leave." in page) == (403, True, True)
    assert "Mine to keep." not in someone.ask("GET", f"{ref}?from=XV")[1]
    inbox = someone.ask("GET", f"{someone.home}?from=XV")[1]
    assert 'href="https://x.example/s"' in inbox
    assert "Mine to keep." not in inbox
    assert "Mine to keep." in someone.ask("GET", f"{someone.home}/export?from=XV")[1]
    assert 'data-door="appeals"' in lantern.get("/appeals?from=XV")[1]
    assert 'data-door="export"' in lantern.get("/export?from=XV")[1]
    assert f"{someone.home}/export" in someone.ask("GET", "/?from=XV")[1]
    assert "Mine to keep." in lantern.get(f"{ref}?from=CH")[1]
    assert lantern.ask(f"/api/snapshot?ref={ref}") == before


def test_the_notice_is_the_same_for_what_is_there_and_what_is_not(lantern: Any, gate: Any) -> None:
    gate("notice")
    pages = {lantern.get(f"{path}?from=XV")[1].replace(path, "PATH") for path in ("/p/holiday/1", "/p/holiday/99")}
    assert len(pages) == 1
    assert lantern.get("/admin%22%3E?from=XV")[1] == lantern.get("/?from=XV")[1]


def test_words_that_look_like_a_gate_are_words(lantern: Any) -> None:
    ref = lantern.post('data-gate="notice" <p data-gate="notice">')
    assert ref
    from comity.platforms.sandbox import Sandbox

    at = lantern.process.base_url
    assert Sandbox(at, lantern.process.token).observe(at + ref, "FR").state == "visible"


@pytest.mark.parametrize("path", ["/join/x", "/", "/c/harbour/1", "/u/anna", "/export", "/appeals", "/u/anna/export"])
def test_what_cannot_be_done_there_is_refused(someone: Person, path: str) -> None:
    assert someone.ask("POST", path, text="Hello.", name="Hello.")[0] == 405


def test_a_form_with_very_many_fields_is_refused(someone: Person) -> None:
    assert someone.ask("POST", "/join", **{f"f{n}": "1" for n in range(99)})[0] == 400


def test_limits_hold_on_what_one_and_what_all_can_do(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "s.sqlite3")
    seed(store)
    monkeypatch.setattr(joining, "MOST_JOIN_A_DAY", 2)
    monkeypatch.setattr(joining, "MOST_WRITE_AN_HOUR", 2)
    who, _ = joining.join(store, "One", "XV")
    joining.join(store, "Two", "XV")
    with pytest.raises(Refused, match="tomorrow"):
        joining.join(store, "Three", "XV")
    joining.write(store, "/c/harbour", who, "One.")
    joining.write(store, "/c/harbour", who, "Two.")
    with pytest.raises(Refused, match="an hour"):
        joining.write(store, "/c/harbour", who, "Three.")
    store.close()


BAD = {"key": "k-bad-gate", "countries": ["XV"], "level": "read-only", "notice": {"en": "We leave."}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": ""}, "key"),
        ({"countries": []}, "countries"),
        ({"countries": ["WORLD"]}, "countries"),
        ({"countries": "XV"}, "countries"),
        ({"level": "closed"}, "level"),
        ({"level": ["notice"]}, "level"),
        ({"notice": []}, "notice"),
        ({"notice": {"": "x"}}, "notice"),
        ({"notice": {"en": ""}}, "notice"),
        ({"notice": {f"a{a}{b}": "x" for a in "abcdefghi" for b in "abcdefghi"}}, "notice"),
        ({"level": "notice", "notice": {}}, "notice"),
    ],
)
def test_a_bad_field_of_a_gate_is_named(lantern: Any, change: dict[str, Any], field: str) -> None:
    status, body = lantern.call("/api/gate", BAD | change)
    assert (status, body["error"]) == (400, "bad-field")
    assert body["says"].startswith(f"{field}: ")
    assert "data-gate" not in lantern.get("/?from=XV")[1]
