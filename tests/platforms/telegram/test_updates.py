"""How updates come: by webhook with its secret, or by a poll; each once; and what the bot answers to whom."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from comity import connected
from comity.connected import Connected
from comity.platforms import checking
from comity.platforms.port import PlatformDown
from comity.platforms.telegram import bots, front_door, updates
from comity.platforms.telegram.models import Message, Update
from comity_telegram.people import SQUARE

from .scene import ALICE, BRUNO, TOKEN, Scene, scene

pytestmark = pytest.mark.django_db
AT = "/platforms/chats/telegram"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Scene, Connected]]:
    """A peer, and a table that connects it in the real realm."""
    (tmp_path / "token").write_text(TOKEN)
    with scene(tmp_path) as made:
        row = {"name": "chats", "kind": "telegram", "addresses": ["t.me/townsq", "https://t.me/townnews/"]}
        row |= {"token": "token", "base_url": made.server.peer.base}
        (table,) = connected.read([row], tmp_path, {})
        monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, platforms=(table,)))
        yield made, table


def sent(table: Connected, body: Any, secret: str | None = None) -> int:
    given = bots.secret(table) if secret is None else secret
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(HTTP_HOST="localhost:8000")
    answer = client.post(AT, raw, content_type="application/json", headers={updates.HEADER: given})
    return int(answer.status_code)


def waiting(town: Scene) -> list[Any]:
    with town.server.peer.store.change() as all_:
        found, all_["updates"] = all_["updates"], []
    return [one["update"] for one in found]


def post(town: Scene, **body: Any) -> None:
    town.server.peer.people("post", {"chat": SQUARE, **body})


def test_an_update_by_webhook_is_taken_once_and_with_its_secret_alone(town: tuple[Scene, Connected]) -> None:
    peer, table = town
    post(peer, text="by webhook")
    (update,) = waiting(peer)
    assert sent(table, update, "another") == 401
    assert sent(table, update, "") == 401
    assert Message.objects.count() == 0
    assert [sent(table, update) for _ in range(2)] == [200, 200]
    assert (Message.objects.count(), Update.objects.count()) == (1, 1)
    assert sent(table, b"{") == 400
    assert sent(table, b"[" * 100_000) == 400
    assert sent(table, {"update_id": "x"}) == 400
    assert sent(table, b"x" * (updates.LARGEST + 1)) == 413
    assert Client(HTTP_HOST="localhost:8000").get(AT).status_code == 405
    assert Client(HTTP_HOST="localhost:8000").post("/platforms/nobody/telegram").status_code == 404


def test_a_poll_takes_what_waits_and_confirms_it(town: tuple[Scene, Connected]) -> None:
    peer, table = town
    for n in range(3):
        post(peer, text=f"{n}")
    assert updates.poll(table, patience=0) == 3
    assert updates.poll(table, patience=0) == 0  # the first are confirmed
    assert Message.objects.count() == 3
    peer.server.peer.people("mode", {"mode": "normal"})
    bots.of(table).calls.ask("setWebhook", url="https://elsewhere.example/x")
    with pytest.raises(PlatformDown, match="somebody else"):
        updates.poll(table, patience=0)


def test_a_bot_is_connected_and_checked(town: tuple[Scene, Connected]) -> None:
    peer, table = town
    assert "updates" in checking.of(table).failing  # Telegram was told nothing of us yet
    told = bots.connect(table)
    assert told["bot"] == "legal_bot"
    assert [one["lacks"] for one in told["chats"]] == [[], []]
    hook = peer.server.peer.store.all["webhook"]
    assert hook["url"].endswith("/platforms/chats/telegram")
    assert hook["secret"] == bots.secret(table)
    assert "chat_member" in hook["allowed_updates"]
    assert [one["command"] for one in peer.server.peer.store.all["commands"]["fr"]] == ["orders", "figures", "appeal"]
    report = checking.of(table)
    assert report.failing == {}
    assert report.capabilities["by_country"] is False
    assert report.capabilities["within_hours"] == {"redact": 48}
    peer.do("rights", can_restrict_members=False)
    assert "can_restrict_members" in checking.of(table).failing["rights:t.me/townsq"]
    peer.do("throw-out")
    assert "kicked" in checking.of(table).failing["rights:t.me/townsq"]
    peer.do("revoke")
    failing = checking.of(table).failing
    assert {"token", "updates"} <= set(failing)
    assert TOKEN not in json.dumps(failing)


@pytest.mark.parametrize(
    ("asked", "user", "says"),
    [
        ("/orders", ALICE, ("Orders of authorities reach", "/authorities/")),
        ("/figures@legal_bot", ALICE, ("/countries/", "/ledger/")),
        ("/appeal now", ALICE, ("a link of your own", "without an account")),
        ("/start", ALICE, ("/orders", "/figures", "/appeal")),
        ("/appeal", BRUNO, ("un lien qui vous est propre", "sans compte")),
        ("/orders", BRUNO, ("Les injonctions des autorités", "/authorities/")),
    ],
)
def test_it_answers_in_the_language_of_who_asks(
    town: tuple[Scene, Connected], asked: str, user: int, says: tuple[str, ...]
) -> None:
    peer, table = town
    peer.server.peer.people("start", {"user": user, "text": asked})
    (update,) = waiting(peer)
    assert sent(table, update) == 200
    (answer,) = peer.seen(str(user))["messages"][1:]
    assert all(words in answer["text"] for words in says)
    assert sent(table, update) == 200  # twice is once
    assert len(peer.seen(str(user))["messages"]) == 2
    assert Message.objects.count() == 0  # what people write to it is not kept


def test_it_says_nothing_in_a_group_nor_to_what_is_no_command(town: tuple[Scene, Connected]) -> None:
    peer, table = town
    post(peer, text="/orders")
    peer.server.peer.people("start", {"user": ALICE, "text": "hello, is this an order?"})
    for update in waiting(peer):
        assert sent(table, update) == 200
    assert len(peer.seen(str(ALICE))["messages"]) == 1
    assert len(peer.texts()) == 1
    peer.server.peer.people("start", {"user": ALICE, "text": "/orders"})
    (update,) = waiting(peer)
    peer.server.peer.people("mode", {"mode": "down"})
    assert sent(table, update) == 200  # nothing hangs on an answer
    assert front_door.answer(bots.of(table), {"update_id": 1, "message": {"text": "/orders", "chat": 7}}) == ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"token": "nowhere"}, "token: nowhere: no file"),
        ({"token": "bad"}, "must hold a bot's token"),
        ({"token": ""}, "token must be the path"),
        ({"addresses": ["t.me/townsq/42"]}, "must be t.me/NAME"),
        ({"addresses": ["elsewhere.example"]}, "must be t.me/NAME"),
        ({"addresses": []}, "addresses must be a list"),
        ({"updates": "push"}, "updates must be one of webhook, poll"),
        ({"keep_days": 1}, "keep_days must be a whole number"),
        ({"drift": "fight"}, "drift must be one of tell, put-back"),
        ({"base_url": "http://api.telegram.org"}, "base_url must begin with https"),
        ({"act_key": "x"}, "act_key: unknown"),
        ({"name": "demo-telegram"}, "nobody's"),
    ],
)
def test_a_table_that_cannot_be_used_names_field_and_rule(tmp_path: Path, wrong: dict[str, Any], says: str) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "bad").write_text("not a token")
    row = {"name": "chats", "kind": "telegram", "addresses": ["t.me/townsq"], "token": "token"}
    with pytest.raises(connected.Wrong) as no:
        connected.read([row | wrong], tmp_path, {})
    assert says in str(no.value)
    assert TOKEN not in str(no.value)


def test_two_bots_do_not_claim_one_chat(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    row = {"kind": "telegram", "token": "token"}
    rows = [row | {"name": "one", "addresses": ["t.me/townsq"]}, row | {"name": "two", "addresses": ["t.me/townsq"]}]
    with pytest.raises(connected.Wrong, match="one owns each"):
        connected.read(rows, tmp_path, {})
    assert len(connected.read([rows[0], rows[1] | {"addresses": ["t.me/c/77"]}], tmp_path, {})) == 2
