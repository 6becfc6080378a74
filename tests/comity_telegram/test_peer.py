"""The peer behaves as the Bot API is published to: what it refuses, what it forgets, what lies."""

import json
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity_telegram import people
from comity_telegram.people import NEWS, OLD, OWNER, SQUARE, TALK
from comity_telegram.process import PeerProcess
from comity_telegram.server import Peer, Server, served
from comity_telegram.store import MAY_WRITE, Store

TOKEN, KEY = "123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI", "people"
ALICE = 777001


class Bot:
    """A caller, with the bot's token and the people's key."""

    def __init__(self, base: str, token: str = TOKEN, key: str = KEY) -> None:
        self.base, self.token, self.key = base, token, key

    def send(self, path: str, body: bytes | None, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        request = urllib.request.Request(self.base + path, body, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read()), dict(answer.headers)
        except urllib.error.HTTPError as no:
            with no:
                return no.code, json.loads(no.read()), dict(no.headers)

    def call(self, method: str, **given: Any) -> Any:
        """A call by JSON: the result, or the refusal."""
        body = json.dumps(given).encode()
        status, said, _ = self.send(f"/bot{self.token}/{method}", body, **{"Content-Type": "application/json"})
        assert said["ok"] is (status == 200)
        assert status == said.get("error_code", 200)
        return said["result"] if said["ok"] else said["description"]

    def form(self, method: str, **given: str) -> Any:
        """The same as real clients send it: a form, nested values as JSON."""
        return self.send(f"/bot{self.token}/{method}", urllib.parse.urlencode(given).encode())[1]

    def do(self, deed: str, **body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        said = self.send(f"/people/{deed}", json.dumps(body).encode(), **headers)[1]
        return said["result"] if said["ok"] else said["description"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    store = Store(tmp_path / "telegram.json", people.BOT)
    people.seed(store)
    made = served(Peer(store, TOKEN, KEY, a_minute=3))
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def bot(server: Server) -> Bot:
    return Bot(server.peer.base)


def test_it_works(bot: Bot) -> None:
    assert bot.call("getMe")["username"] == "legal_bot"
    assert bot.call("GETME")["id"] == 123456
    text = bot.do("post", text="offending text")
    bot.do("edit", message=text["message_id"], text="edited")
    post = bot.do("post", chat=NEWS, text="news", photo=True)
    kinds = [next(k for k in one if k != "update_id") for one in bot.call("getUpdates")]
    assert kinds == ["message", "edited_message", "channel_post", "message"]
    last = bot.call("getUpdates")[-1]
    assert last["message"]["chat"]["id"] == TALK
    assert last["message"]["forward_origin"]["message_id"] == post["message_id"]
    assert bot.call("getUpdates", offset=last["update_id"] + 1) == []
    file = bot.call("getFile", file_id=post["photo"][0]["file_id"])
    with urllib.request.urlopen(f"{bot.base}/file/bot{TOKEN}/{file['file_path']}") as answer:
        assert answer.read().startswith(b"\x89PNG")


def test_a_form_is_taken_like_json(bot: Bot) -> None:
    one, two = (bot.do("post")["message_id"] for _ in range(2))
    ids = json.dumps([one, two, 4711])
    assert bot.form("deleteMessages", chat_id=str(SQUARE), message_ids=ids) == {"ok": True, "result": True}
    muted = json.dumps({"can_send_messages": False})
    assert bot.form("restrictChatMember", chat_id=str(SQUARE), user_id=str(ALICE), permissions=muted)["result"] is True
    member = bot.call("getChatMember", chat_id=SQUARE, user_id=ALICE)
    assert (member["status"], member["can_send_messages"], member["until_date"]) == ("restricted", False, 0)


def test_deletion_is_for_good_and_for_48_hours(bot: Bot) -> None:
    old = bot.do("post", ago=48 * 3600)["message_id"]
    assert bot.call("deleteMessage", chat_id=SQUARE, message_id=old) == "Bad Request: message can't be deleted"
    new = bot.do("post")["message_id"]
    assert bot.call("editMessageReplyMarkup", chat_id=SQUARE, message_id=new) == "Bad Request: message can't be edited"
    assert bot.call("deleteMessage", chat_id=SQUARE, message_id=new) is True
    assert bot.call("deleteMessage", chat_id=SQUARE, message_id=new) == "Bad Request: message to delete not found"
    asked = bot.call("editMessageReplyMarkup", chat_id=SQUARE, message_id=new)
    assert asked == "Bad Request: message to edit not found"
    later = bot.do("post")["message_id"]
    bot.do("age", seconds=48 * 3600)
    assert "can't be deleted" in bot.call("deleteMessage", chat_id="@townsq", message_id=later)


def test_a_member_is_silenced_and_speaks_again(bot: Bot) -> None:
    mute = dict.fromkeys(MAY_WRITE, False)
    assert bot.call("restrictChatMember", chat_id=SQUARE, user_id=ALICE, permissions=mute) is True
    assert "not enough rights" in bot.do("post", user=ALICE)
    every = dict.fromkeys(MAY_WRITE, True)
    assert bot.call("restrictChatMember", chat_id=SQUARE, user_id=ALICE, permissions=every) is True
    assert bot.do("post", user=ALICE)["message_id"]
    refused = bot.call("restrictChatMember", chat_id=SQUARE, user_id=OWNER, permissions=mute)
    assert refused == "Bad Request: can't remove chat owner"
    basic = bot.call("restrictChatMember", chat_id=OLD, user_id=ALICE, permissions=mute)
    assert basic == "Bad Request: method is available only for supergroups"
    bot.do("rights", can_restrict_members=False)
    lost = bot.call("restrictChatMember", chat_id=SQUARE, user_id=ALICE, permissions=mute)
    assert lost == "Bad Request: not enough rights to restrict/unrestrict chat member"


def test_a_ban_deletes_everything(bot: Bot) -> None:
    kept = bot.do("post", user=ALICE)["message_id"]
    assert bot.call("banChatMember", chat_id=SQUARE, user_id=ALICE) is True
    assert "not found" in bot.call("deleteMessage", chat_id=SQUARE, message_id=kept)
    assert bot.call("unbanChatMember", chat_id=SQUARE, user_id=ALICE) is True
    assert "not found" in bot.call("deleteMessage", chat_id=SQUARE, message_id=kept)


def test_ids_change_bots_are_thrown_out_and_tokens_revoked(bot: Bot) -> None:
    new = bot.do("upgrade", chat=OLD)["id"]
    status, said, _ = bot.send(f"/bot{TOKEN}/getChat?chat_id={OLD}", None)
    assert (status, said["parameters"]) == (400, {"migrate_to_chat_id": new})
    bot.do("throw-out")
    assert bot.call("getChat", chat_id=SQUARE) == "Forbidden: bot was kicked from the supergroup chat"
    bot.do("close", chat=NEWS)
    assert bot.call("getChat", chat_id=NEWS) == "Bad Request: chat not found"
    bot.do("revoke")
    assert bot.call("getMe") == "Unauthorized"
    assert Bot(bot.base, token="1:x").call("getMe") == "Unauthorized"


def test_one_chat_has_so_many_messages_a_minute(bot: Bot) -> None:
    for _ in range(3):
        assert bot.call("sendMessage", chat_id=SQUARE, text="x")["message_id"]
    body = json.dumps({"chat_id": SQUARE, "text": "x"}).encode()
    status, said, headers = bot.send(f"/bot{TOKEN}/sendMessage", body, **{"Content-Type": "application/json"})
    assert status == 429
    assert headers["Retry-After"] == str(said["parameters"]["retry_after"])
    assert bot.call("sendMessage", chat_id=TALK, text="another chat")["message_id"]


def test_a_private_chat_is_opened_by_its_user(bot: Bot) -> None:
    assert bot.call("sendMessage", chat_id=ALICE, text="hello") == "Bad Request: chat not found"
    bot.do("start", user=ALICE, text="/orders")
    assert bot.call("sendMessage", chat_id=ALICE, text="hello")["chat"]["type"] == "private"
    bot.do("block", user=ALICE)
    assert bot.call("sendMessage", chat_id=ALICE, text="x") == "Forbidden: bot was blocked by the user"


def test_polling_and_a_webhook_exclude_each_other(bot: Bot) -> None:
    wrong = bot.call("setWebhook", url="http://elsewhere.example/x")
    assert "HTTPS" in wrong
    assert bot.call("setWebhook", url="https://elsewhere.example/x", secret_token="ab") is True
    assert bot.call("getUpdates").startswith("Conflict: can't use getUpdates method")
    assert bot.call("getWebhookInfo")["url"] == "https://elsewhere.example/x"
    assert bot.call("setWebhook", url="https://x.example", secret_token="a b").startswith("Bad Request: secret token")
    assert bot.call("deleteWebhook") is True
    assert bot.call("getUpdates") == []


@pytest.mark.parametrize(("mode", "status"), [("down", 502), ("garbage", 200), ("flood", 429), ("after", 500)])
def test_it_misbehaves_when_asked_to(bot: Bot, mode: str, status: int) -> None:
    message = bot.do("post")["message_id"]
    bot.do("mode", mode=mode)
    url = f"{bot.base}/bot{TOKEN}/deleteMessage?chat_id={SQUARE}&message_id={message}"
    assert _status(url) == status
    bot.do("mode", mode="normal")
    there = "can't be edited" in bot.call("editMessageReplyMarkup", chat_id=SQUARE, message_id=message)
    assert there is (mode != "after")


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as no:
        with no:
            return no.code


def test_what_happened_survives_a_kill(tmp_path: Path) -> None:
    process = PeerProcess(tmp_path)
    bot = Bot(process.base_url, process.token, process.key)
    message = bot.do("post", text="here")["message_id"]
    process.end(signal.SIGKILL)
    process.start()
    assert bot.call("deleteMessage", chat_id=SQUARE, message_id=message) is True
    assert bot.call("getUpdates")[0]["message"]["text"] == "here"
    assert process.end() == 0
