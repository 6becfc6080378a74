"""What the bot sees, does and undoes on the peer; and each way in which Telegram, or somebody there, goes wrong."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comity import clock
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Standing
from comity.platforms.telegram import evidence, rules
from comity.platforms.telegram.calls import Calls
from comity.platforms.telegram.models import Chat, Message, Update
from comity.platforms.territory import UnknownTerritory
from comity_telegram.people import NEWS, SQUARE, TALK

from .scene import ALICE, BRUNO, CLOSED, TOKEN, Scene, scene

pytestmark = pytest.mark.django_db
WORLD = ["WORLD"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(PlatformRefused) as no:
        call()
    return no.value.code


def test_it_works(town: Scene, key: str) -> None:
    bot, url = town.bot, town.post(text="offending text")
    number = int(url.rpartition("/")[2])
    town.do("edit", message=number, text="edited")
    assert isinstance(bot, Platform)
    assert isinstance(bot, Standing)
    found = bot.resolve(url)
    assert (found.found, found.kind, found.audience, found.ref) == (True, "message", "public", f"{SQUARE}/{number}")
    assert found.says() == "1 message, 1 edit"
    assert found.facts()["author"] == {"country": None, "contactable": False}
    assert bot.shown(bot.snapshot(found.ref)).texts == ("offending text", "edited")
    assert bot.observe(url, "FR").state == bot.observe(url, "CH").state == "visible"
    done = bot.act(key, "redact", found.ref, WORLD)
    assert (done.state, done.new) == ("withheld", True)
    assert bot.act(key, "redact", found.ref, WORLD).new is False
    assert bot.observe(url, "FR").state == "gone"
    assert bot.stands(key) is True
    assert bot.resolve(url).found is False
    assert town.texts() == []
    assert bot.shown(bot.snapshot(found.ref)).texts == ("offending text", "edited")  # of what is gone the copy is kept
    assert refused(lambda: bot.lift(key)) == "cannot"


@pytest.mark.parametrize("kind", ["withhold", "deactivate", "purge", "lock"])
def test_what_no_bot_can_do_is_refused(town: Scene, key: str, kind: str) -> None:
    ref = town.ref(town.post())
    assert refused(lambda: town.bot.act(key, kind, ref, WORLD)) == "cannot"
    assert not town.bot.capabilities().can(kind, "message")
    assert len(town.texts()) == 1


def test_nothing_is_done_by_country(town: Scene, key: str) -> None:
    ref = town.ref(town.post())
    assert not town.bot.capabilities().by_country
    for territory in (["EU"], ["FR"], ["EU", "CH"]):
        assert refused(lambda t=territory: town.bot.act(key, "redact", ref, t)) == "cannot"  # type: ignore[misc]
    with pytest.raises(UnknownTerritory):
        town.bot.act(key, "redact", ref, ["ATLANTIS"])
    assert refused(lambda: town.bot.gate(key, "BE", "notice", {"en": "x"})) == "cannot"
    assert town.bot.observe_gate("BE").level is None
    assert town.bot.people("BE") is None
    assert len(town.texts()) == 1


def test_48_hours_later_only_people_can_delete(town: Scene, key: str) -> None:
    url = town.post(ago=48 * 3600 + 5)
    assert refused(lambda: town.bot.act(key, "redact", town.ref(url), WORLD)) == "too-late"
    assert town.bot.observe(url, "FR").state == "visible"
    assert town.bot.capabilities().within["redact"] == timedelta(hours=48)


def test_nothing_is_deleted_without_a_copy(town: Scene, key: str) -> None:
    url = town.post()
    Message.objects.all().delete()
    found = town.bot.resolve(url)
    assert (found.found, found.author) == (True, None)
    assert refused(lambda: town.bot.act(key, "redact", found.ref, WORLD)) == "no-copy"
    assert refused(lambda: town.bot.snapshot(found.ref)) == "unknown"
    assert len(town.texts()) == 1


def test_a_member_is_silenced_by_two_orders_and_speaks_after_the_last_lift(town: Scene, key: str) -> None:
    one, other = town.post(user=ALICE), town.post(user=ALICE)
    before = town.bot.snapshot(town.ref(one))
    town.bot.act(f"{key}a", "suspend", town.ref(one), WORLD)
    town.bot.act(f"{key}b", "suspend", town.ref(other), WORLD)
    assert town.seen()["muted"] == [str(ALICE)]
    assert town.bot.observe(one, "FR").state == "visible"  # what they wrote stays
    assert town.bot.lift(f"{key}a").new
    assert town.bot.stands(f"{key}b") is True
    assert town.seen()["muted"] == [str(ALICE)]
    town.bot.lift(f"{key}b")
    assert town.seen()["muted"] == []
    assert town.bot.snapshot(town.ref(one)) == before
    assert town.bot.act(f"{key}b", "suspend", town.ref(other), WORLD).state == "lifted"


def test_what_somebody_else_took_is_not_given_back(town: Scene, key: str) -> None:
    url = town.post(user=ALICE)
    half = {"can_send_messages": True, "can_send_photos": False}
    town.bot.calls.ask("restrictChatMember", chat_id=SQUARE, user_id=ALICE, permissions=half)
    before = town.bot.snapshot(town.ref(url))
    town.bot.act(key, "suspend", town.ref(url), WORLD)
    town.bot.lift(key)
    assert town.bot.snapshot(town.ref(url)) == before
    town.bot.calls.ask("banChatMember", chat_id=CLOSED, user_id=ALICE)


def test_what_somebody_else_took_for_a_while_ends_when_it_would_have(town: Scene, key: str) -> None:
    """Telegram takes an end that has passed for "for good": a lift a day later would silence them for ever."""
    url, at = town.post(user=ALICE), clock.now()
    muted = {"can_send_messages": False, "can_send_photos": False}
    for name, left in (("over", 40), ("runs", 4000)):
        until = int(at.timestamp()) + left
        town.bot.calls.ask("restrictChatMember", chat_id=SQUARE, user_id=ALICE, permissions=muted, until_date=until)
        town.bot.act(key + name, "suspend", town.ref(url), WORLD)
        with clock.freeze(at + timedelta(seconds=60)):
            town.bot.lift(key + name)
        stands = town.bot.calls.ask("getChatMember", chat_id=SQUARE, user_id=ALICE)
        assert rules.silenced(stands) is (name == "runs")
        assert stands.get("until_date", 0) == (until if name == "runs" else 0)


def test_who_was_banned_meanwhile_stays_banned(town: Scene, key: str) -> None:
    url = town.post(user=ALICE)
    town.bot.act(key, "suspend", town.ref(url), WORLD)
    town.bot.calls.ask("banChatMember", chat_id=SQUARE, user_id=ALICE)
    town.bot.lift(key)
    assert town.bot.calls.ask("getChatMember", chat_id=SQUARE, user_id=ALICE)["status"] == "kicked"


def test_a_chat_is_closed_and_opened_as_it_was(town: Scene, key: str) -> None:
    town.post()
    group = town.bot.resolve("https://t.me/townsq")
    assert (group.kind, group.found) == ("group", True)
    before = town.bot.snapshot(group.ref)
    town.bot.act(key, "block", group.ref, WORLD)
    assert not town.seen()["everybody_writes"]
    assert town.bot.stands(key) is True
    town.do("allow", everybody=True)
    assert town.bot.stands(key) is False
    town.bot.lift(key)
    assert town.bot.snapshot(group.ref) == before
    assert refused(lambda: town.bot.act(f"{key}x", "block", town.ref(town.post()), WORLD)) == "cannot"


@pytest.mark.parametrize("kind", ["suspend", "redact"])
def test_owners_administrators_and_lost_rights(town: Scene, key: str, kind: str) -> None:
    ref = town.ref(town.post(user=BRUNO))
    town.do("rights", can_delete_messages=False)
    assert refused(lambda: town.bot.act(key, kind, ref, WORLD)) in ("above-us", "cannot-delete")
    assert town.bot.stands(key) is None
    town.do("rights", can_restrict_members=False)
    if kind == "suspend":
        other = town.ref(town.post(user=ALICE))
        assert refused(lambda: town.bot.act(f"{key}b", kind, other, WORLD)) == "no-right"


@pytest.mark.django_db(transaction=True)
def test_act_from_many_threads_is_one_act(tmp_path: Path, key: str) -> None:
    with scene(tmp_path) as town:
        ref = town.ref(town.post())
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda _: _in_thread(town, key, ref), range(8)))
        assert sum(one.new for one in done) == 1


def _in_thread(town: Scene, key: str, ref: str) -> Any:
    from django.db import connection

    try:
        return town.bot.act(key, "redact", ref, WORLD)
    finally:
        connection.close()


def test_a_key_acts_once_and_for_one_thing(town: Scene, key: str) -> None:
    one, other = town.ref(town.post()), town.ref(town.post())
    town.bot.act(key, "suspend", one, WORLD)
    for kind, ref in (("suspend", other), ("redact", one)):
        assert refused(lambda k=kind, r=ref: town.bot.act(key, k, r, WORLD)) == "key-used"  # type: ignore[misc]
    assert [town.bot.lift(key).new for _ in range(2)] == [True, False]
    assert town.bot.act(key, "suspend", one, WORLD).state == "lifted"
    late = f"{key}late"
    town.bot.lift(late)
    assert (town.bot.act(late, "redact", one, WORLD).state, len(town.texts())) == ("lifted", 2)
    assert refused(lambda: town.bot.act(f"{key}x", "redact", "-1/9", WORLD)) == "unknown"
    assert refused(lambda: town.bot.act(f"{key}x", "redact", "nonsense", WORLD)) == "unknown"


# -- Telegram goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["redact", "suspend", "block"])
def test_a_200_that_does_nothing_is_seen_through(town: Scene, key: str, kind: str) -> None:
    ref = town.ref(town.post()) if kind != "block" else town.ref("https://t.me/townsq")
    town.mode("pretend")
    with pytest.raises(PlatformDown):
        town.bot.act(key, kind, ref, WORLD)
    town.mode("normal")
    assert town.bot.stands(key) is None
    assert town.bot.act(key, kind, ref, WORLD).new
    assert town.bot.stands(key) is True


@pytest.mark.parametrize("kind", ["redact", "suspend", "block"])
def test_a_500_after_it_was_done_is_one_act(town: Scene, key: str, kind: str) -> None:
    url = town.post()
    ref = town.ref(url) if kind != "block" else town.ref("https://t.me/townsq")
    before = town.bot.snapshot(ref)
    town.mode("after")
    with pytest.raises(PlatformDown):
        town.bot.act(key, kind, ref, WORLD)
    town.mode("normal")
    assert town.bot.act(key, kind, ref, WORLD).new
    assert town.bot.stands(key) is True
    if kind != "redact":
        town.bot.lift(key)
        assert town.bot.snapshot(ref) == before  # as it was before the first attempt


@pytest.mark.parametrize("mode", ["down", "garbage", "flood"])
def test_what_says_nothing_is_down(town: Scene, key: str, mode: str) -> None:
    url = town.post()
    ref = town.ref(url)
    town.mode(mode)
    for call in (lambda: town.bot.act(key, "redact", ref, WORLD), lambda: town.bot.snapshot(ref)):
        with pytest.raises(PlatformDown):
            call()
    Chat.objects.update(wait=None)
    town.bot._looked.clear()
    assert town.bot.observe(url, "FR").state == "unknown"
    town.mode("normal")
    Chat.objects.update(wait=None)
    assert town.bot.act(key, "redact", ref, WORLD).new


@pytest.mark.slow
def test_a_hang_ends(town: Scene, key: str) -> None:
    ref = town.ref(town.post())
    town.mode("hang")
    with pytest.raises(PlatformDown, match="too long"):
        town.bot.act(key, "redact", ref, WORLD)
    town.mode("normal")
    assert town.bot.act(key, "redact", ref, WORLD).new


def test_429_is_honoured_for_its_chat_alone(town: Scene, key: str) -> None:
    one, other = town.ref(town.post()), town.ref(town.post(CLOSED))
    town.mode("flood")
    with pytest.raises(rules.Wait) as wait:
        town.bot.act(key, "redact", one, WORLD)
    assert wait.value.seconds == 7
    town.mode("normal")
    with pytest.raises(rules.Wait):  # nothing is sent: its time isn't over
        town.bot.act(key, "redact", one, WORLD)
    assert len(town.texts()) == 1
    assert town.bot.act(f"{key}b", "redact", other, WORLD).new
    Chat.objects.filter(chat=SQUARE).update(wait=clock.now())
    assert town.bot.act(key, "redact", one, WORLD).new


def test_a_revoked_token(town: Scene, key: str) -> None:
    url = town.post()
    ref = town.ref(url)
    town.do("revoke")
    town.bot._looked.clear()
    assert refused(lambda: town.bot.act(key, "redact", ref, WORLD)) == "no-token"
    assert refused(lambda: town.bot.resolve(url)) == "no-token"
    assert town.bot.observe(url, "FR").state == "unknown"
    town.do("revoke", revoked=False)
    assert town.bot.act(key, "redact", ref, WORLD).new


def test_a_bot_that_is_thrown_out_and_a_chat_that_is_deleted(town: Scene, key: str) -> None:
    url, post = town.post(CLOSED), town.post(NEWS)
    refs = town.ref(url), town.ref(post)
    town.do("throw-out", chat=CLOSED)
    assert Chat.objects.get(chat=CLOSED).bot == "kicked"
    assert refused(lambda: town.bot.act(key, "redact", refs[0], WORLD)) == "no-access"
    assert town.bot.shown(json.dumps({"platform": "x"}).encode()).texts == ()
    town.do("close", chat=NEWS)
    town.bot._looked.clear()
    assert town.bot.resolve(post).found is False
    assert town.bot.observe(post, "FR").state == "gone"
    assert refused(lambda: town.bot.act(f"{key}b", "redact", refs[1], WORLD)) == "no-chat"


def test_a_group_that_has_another_number_since(town: Scene, key: str) -> None:
    town.post(CLOSED)
    group = town.ref(f"https://t.me/c/{-1_000_000_000_000 - CLOSED}")
    store = town.server.peer.store.all
    new = -1009876543210
    store["chats"][str(new)] = {**store["chats"][str(CLOSED)], "id": new}
    store["chats"][str(CLOSED)]["migrated_to"] = new
    with pytest.raises(PlatformDown):  # the answer says where it is now
        town.bot.act(key, "block", group, WORLD)
    assert town.bot.act(key, "block", group, WORLD).new
    assert not town.seen(str(new))["everybody_writes"]
    assert Chat.objects.get(chat=new).ours


# -- what the bot is told ---------------------------------------------------------------------------------------------


def test_an_update_twice_is_one(town: Scene) -> None:
    town.post(text="once")
    before = Message.objects.count()
    assert evidence.take(town.bot.ours, town.updates[-1]) is False
    changed = {**town.updates[-1], "edited_message": {"message_id": 1}}
    assert evidence.take(town.bot.ours, changed) is False
    assert Message.objects.count() == before


def test_an_edit_that_is_told_before_what_it_edits_is_what_it_says_now(town: Scene) -> None:
    url = town.post(text="first")
    first = deepcopy(town.updates[-1])
    town.do("edit", message=int(url.rpartition("/")[2]), text="second")
    second, number = town.updates[-1], first["update_id"] + 1000
    Message.objects.all().delete()
    for n, one in enumerate((second, first)):
        assert evidence.take(town.bot.ours, {**one, "update_id": number + n})
    ref = town.ref(url)
    assert town.bot.resolve(url).says() == "1 message, 1 edit"
    assert town.bot.shown(town.bot.snapshot(ref)).texts == ("first", "second")


def test_a_chat_that_moved_to_what_is_no_number_is_a_refusal(town: Scene) -> None:
    for odd in ("x", None, [], 2**70, True):
        no = rules.refusal(400, "Bad Request: chat was upgraded", {"migrate_to_chat_id": odd})
        assert isinstance(no, rules.TheirAnswer)


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 5, "message": {"message_id": "7", "chat": {"id": SQUARE, "type": "supergroup"}, "date": 1}},
        {"update_id": 5, "message": {"message_id": 7, "chat": {"id": "x"}, "date": 1}},
        {"update_id": 5, "message": {"message_id": 7, "chat": [], "date": 1}},
        {"update_id": 5, "message": [1]},
        {"update_id": 5, "a_kind_of_tomorrow": {"chat": {"id": SQUARE}}},
        {"update_id": 5, "message": {"message_id": 7, "chat": {"id": 2**60, "type": "channel"}, "date": 1}},
        {"update_id": 5, "message": {"message_id": 7, "chat": {"id": SQUARE, "type": "supergroup"}, "date": -1}},
        {"update_id": 5, "my_chat_member": {"chat": {"id": SQUARE, "type": "supergroup"}, "new_chat_member": 7}},
    ],
)
def test_an_update_of_another_shape_is_taken_and_keeps_nothing(town: Scene, update: dict[str, Any]) -> None:
    assert evidence.take(town.bot.ours, update) is True
    assert Message.objects.count() == 0


@pytest.mark.parametrize("update", [{}, {"update_id": "5"}, {"update_id": True}, {"update_id": -1}])
def test_what_is_no_update_is_refused(town: Scene, update: dict[str, Any]) -> None:
    with pytest.raises(evidence.NoUpdate, match="update_id"):
        evidence.take(town.bot.ours, update)


def test_an_update_of_a_megabyte_holds_up_none_behind_it(town: Scene) -> None:
    large = {"update_id": 77, "message": {"text": "x" * 300_000}}
    with pytest.raises(evidence.NoUpdate, match="bytes"):
        evidence.take(town.bot.ours, large)
    assert evidence.take(town.bot.ours, {"update_id": 77}) is False


def test_somebody_elses_chat_is_none_of_ours(town: Scene) -> None:
    stranger = {"id": -1005555555555, "type": "supergroup", "username": "elsewhere"}
    said = {"message_id": 3, "chat": stranger, "date": 1_795_489_265, "text": "not ours"}
    evidence.take(town.bot.ours, {"update_id": 1, "message": said})
    assert Message.objects.count() == 0
    assert not town.bot.owns("https://t.me/elsewhere/3")
    assert refused(lambda: town.bot.resolve("https://t.me/elsewhere/3")) == "not-ours"
    assert refused(lambda: town.bot.snapshot("-1005555555555/3")) == "unknown"


def test_what_is_kept_goes_with_its_time(town: Scene) -> None:
    town.post()
    evidence.forget(clock.now() + timedelta(days=31))
    assert (Message.objects.count(), Update.objects.count()) == (0, 0)


def test_pictures_are_copied_and_what_is_too_large_says_so(town: Scene) -> None:
    shown = town.bot.shown(town.bot.snapshot(town.ref(town.post(photo=True, text="pic"))))
    assert shown.texts == ("pic",)
    ((kind, raw),) = shown.pictures
    assert (kind, raw[:4]) == ("image/jpeg", b"\x89PNG")
    large = json.loads(town.bot.snapshot(town.ref(town.post(photo="large"))))
    assert large["messages"][0]["files"][0]["no"] == "too-big"
    assert large["messages"][0]["told"]


def test_comments_topics_and_albums(town: Scene, key: str) -> None:
    post = town.do("post", chat=NEWS, text="news")
    comment = town.do("post", chat=TALK, text="a comment", thread=1)
    town.bot.resolve("https://t.me/townnews")
    found = town.bot.resolve(f"https://t.me/townnews/{post['message_id']}?comment={comment['message_id']}")
    assert found.ref == f"{TALK}/{comment['message_id']}"
    topic = town.do("post", text="in a topic", thread=7)["message_id"]
    assert town.ref(f"https://t.me/townsq/7/{topic}") == town.ref(f"https://t.me/townsq/{topic}")
    one, two = (town.do("post", text=text)["message_id"] for text in ("one", "two"))
    Message.objects.filter(chat=SQUARE, number__in=(one, two)).update(album="A")
    whole = town.bot.resolve(f"https://t.me/townsq/{one}")
    assert (whole.ref, whole.says()) == (f"{SQUARE}/{one}+{two}", "2 messages")
    assert town.ref(f"https://t.me/townsq/{one}?single") == f"{SQUARE}/{one}"
    town.bot.act(key, "redact", whole.ref, WORLD)
    assert town.texts() == ["in a topic"]


# -- telling people ---------------------------------------------------------------------------------------------------


def test_who_opened_a_chat_is_told_once(town: Scene, key: str) -> None:
    url = town.post(user=ALICE)
    ref = town.ref(url)
    assert refused(lambda: town.bot.notify(key, ref, "Something happened.")) == "not-contactable"
    town.do("start", user=ALICE)
    author = town.bot.resolve(url).author
    assert author is not None
    assert author.contactable
    long = "\n".join(f"Line {n} of what happened to your message." for n in range(200))
    assert town.bot.notify(key, ref, long).new is True
    told = [one["text"] for one in town.seen(str(ALICE))["messages"][1:]]
    assert "\n".join(told) == long
    assert max(map(len, told)) <= 4096
    assert town.bot.notify(key, ref, long).new is False
    assert refused(lambda: town.bot.notify(key, ref, "Another text.")) == "key-used"
    assert len(town.seen(str(ALICE))["messages"]) == 1 + len(told)
    town.do("block", user=ALICE)
    assert refused(lambda: town.bot.notify(f"{key}b", ref, "More.")) == "not-contactable"


# -- the token --------------------------------------------------------------------------------------------------------


def test_the_token_is_in_no_log_and_no_error(
    town: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    nowhere = Calls(lambda: TOKEN, "http://127.0.0.1:9", timeout=0.3)
    for calls, mode in ((town.bot.calls, "down"), (town.bot.calls, "garbage"), (nowhere, "normal")):
        town.mode(mode)
        with pytest.raises(PlatformDown) as down:
            calls.ask("getChat", chat_id=SQUARE)
        assert TOKEN not in f"{down.value!r}{down.value.__cause__!r}{calls!r}"
    out = capfd.readouterr()
    assert TOKEN[7:] not in caplog.text + out.out + out.err
    assert hashlib.sha256(TOKEN.encode()).hexdigest() not in caplog.text
