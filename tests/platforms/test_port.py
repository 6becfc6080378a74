"""Every guarantee of the port, tried on every platform there is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from comity import clock
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Shown
from comity.platforms.territory import UnknownTerritory


def state(stage: Any, url: str, country: str) -> str:
    return stage.platform.observe(url, country).state


def test_it_works(stage: Any, key: str) -> None:
    platform, url = stage.platform, stage.message(edits=2, picture=True)
    assert isinstance(platform, Platform)
    assert platform.owns(url)
    found = platform.resolve(url)
    assert (found.found, found.kind, found.audience) == (True, "message", "public")
    assert found.says() == "1 message, 2 edits, 1 image"
    assert found.channel == "Town square"
    assert found.posted_at is not None
    assert abs(clock.now() - found.posted_at) < timedelta(minutes=10)
    assert found.facts()["author"] == {"country": "DE", "contactable": True}
    before, shown = platform.snapshot(found.ref), platform.observe(url, "FR")
    assert shown.state == "visible"
    receipt = platform.act(key, "withhold", found.ref, ["EU"])
    assert (receipt.key, receipt.state, receipt.new) == (key, "withheld", True)
    assert [state(stage, url, c) for c in ("FR", "DE", "EE", "CH", "BR")] == ["withheld"] * 3 + ["visible"] * 2
    assert platform.observe(url, "CH").digest == shown.digest
    assert platform.snapshot(found.ref) != before
    assert platform.lift(key).state == "lifted"
    assert platform.snapshot(found.ref) == before
    assert platform.observe(url, "FR").digest == shown.digest


def test_capabilities_say_what_act_does(stage: Any, key: str) -> None:
    url = stage.message()
    found = stage.platform.resolve(url)
    assert stage.platform.capabilities().can("withhold", found.kind)
    assert not stage.platform.capabilities().can("purge", found.kind)
    with pytest.raises(PlatformRefused) as no:
        stage.platform.act(key, "purge", found.ref, ["EU"])
    assert no.value.code == "cannot"
    assert state(stage, url, "FR") == "visible"


def test_to_preserve_shows_nobody_a_difference_and_is_one_act(stage: Any, key: str) -> None:
    url = stage.message(picture=True)
    found = stage.platform.resolve(url)
    assert stage.platform.capabilities().can("preserve", found.kind)
    before = stage.platform.snapshot(found.ref)
    receipts = [stage.platform.act(key, "preserve", found.ref, ["WORLD"]) for _ in range(2)]
    assert [(receipt.state, receipt.new) for receipt in receipts] == [("preserved", True), ("preserved", False)]
    assert stage.platform.snapshot(found.ref) == before
    assert state(stage, url, "FR") == "visible"
    with pytest.raises(PlatformRefused) as no:
        stage.platform.act(key, "withhold", found.ref, ["FR"])
    assert no.value.code == "key-used"
    stage.remove(url)
    assert not stage.platform.act(key, "preserve", found.ref, ["WORLD"]).new
    assert stage.platform.lift(key).new
    assert stage.platform.act(key, "preserve", found.ref, ["WORLD"]).state == "lifted"


def test_a_snapshot_shows_people_its_texts_and_its_picture(stage: Any) -> None:
    url = stage.message(edits=1, picture=True)
    shown = stage.platform.shown(stage.platform.snapshot(stage.platform.resolve(url).ref))
    assert len(shown.texts) == 2
    assert shown.texts[-1] == "Edited 0"
    ((kind, picture),) = shown.pictures
    assert kind == "image/png"
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b'{"versions": 7}', b'{"versions": [], "picture": {"base64": "%"}}', b"[" * 9999],
)
def test_bytes_that_are_no_snapshot_show_nothing(stage: Any, data: bytes) -> None:
    assert stage.platform.shown(data) == Shown()


def test_audience_and_kind_of_what_is_not_public(stage: Any) -> None:
    kinds = {u: stage.platform.resolve(u) for u in (stage.private_url, stage.closed_url, stage.open_url)}
    assert [r.audience for r in kinds.values()] == ["private", "closed-group", "open-group"]
    assert stage.platform.resolve(stage.channel_url).kind == "channel"
    assert stage.platform.resolve(stage.account_url).kind == "account"


def test_an_address_that_leads_nowhere(stage: Any) -> None:
    found = stage.platform.resolve(stage.missing_url)
    assert found.found is False
    assert found.facts() == {"found": False}
    assert found.says() == ""
    assert state(stage, stage.missing_url, "FR") == "gone"


def test_a_private_message_is_nothing_to_an_ordinary_viewer(stage: Any) -> None:
    assert state(stage, stage.private_url, "FR") == "gone"


def test_an_address_of_another_platform_is_not_ours(stage: Any) -> None:
    for url in ("https://elsewhere.example/c/harbour/1", "", "mailto:a@b.example", "http://[::1", "x" * 10_000):
        assert not stage.platform.owns(url)
        with pytest.raises(PlatformRefused) as no:
            stage.platform.resolve(url)
        assert no.value.code == "not-ours"
        assert state(stage, url, "FR") == "unknown"


def test_act_twice_is_one_act(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    first = stage.platform.act(key, "withhold", ref, ["FR"])
    after = stage.platform.snapshot(ref)
    again = stage.platform.act(key, "withhold", ref, ["FR"])
    assert (first.new, again.new, again.state) == (True, False, "withheld")
    assert stage.platform.snapshot(ref) == after


def test_act_from_many_threads_is_one_act(stage: Any, key: str) -> None:
    ref = stage.platform.resolve(stage.message()).ref
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: stage.platform.act(key, "withhold", ref, ["FR"]), range(16)))
    assert sum(receipt.new for receipt in receipts) == 1


def test_a_key_for_something_else_is_refused(stage: Any, key: str) -> None:
    one, other = (stage.platform.resolve(stage.message()).ref for _ in range(2))
    stage.platform.act(key, "withhold", one, ["FR"])
    for ref, where in ((other, ["FR"]), (one, ["DE"])):
        with pytest.raises(PlatformRefused) as no:
            stage.platform.act(key, "withhold", ref, where)
        assert no.value.code == "key-used"


def test_act_on_nothing_is_refused(stage: Any, key: str) -> None:
    with pytest.raises(PlatformRefused) as no:
        stage.platform.act(key, "withhold", "/c/harbour/999999", ["FR"])
    assert no.value.code == "unknown"


@pytest.mark.parametrize("territory", [[], ["ATLANTIS"], ["Z9"], ["*"]])
def test_act_in_no_known_territory_is_refused(stage: Any, key: str, territory: list[str]) -> None:
    ref = stage.platform.resolve(stage.message()).ref
    with pytest.raises(UnknownTerritory):
        stage.platform.act(key, "withhold", ref, territory)


def test_act_in_the_world(stage: Any, key: str) -> None:
    url = stage.message()
    stage.platform.act(key, "withhold", stage.platform.resolve(url).ref, ["WORLD"])
    assert {state(stage, url, c) for c in ("FR", "CH", "BR", "JP")} == {"withheld"}


def test_act_reaches_the_parts_of_a_member_state_with_their_own_code(stage: Any, key: str) -> None:
    url = stage.message()
    stage.platform.act(key, "withhold", stage.platform.resolve(url).ref, ["EU"])
    assert [state(stage, url, c) for c in ("RE", "AX", "NC")] == ["withheld", "withheld", "visible"]


def test_lift_leaves_what_other_keys_withhold(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    stage.platform.act(f"{key}a", "withhold", ref, ["FR", "DE"])
    between = stage.platform.snapshot(ref)
    stage.platform.act(f"{key}b", "withhold", ref, ["DE", "BE"])
    stage.platform.lift(f"{key}b")
    assert stage.platform.snapshot(ref) == between
    assert [state(stage, url, c) for c in ("FR", "DE", "BE")] == ["withheld", "withheld", "visible"]


def test_lift_of_the_first_leaves_the_second(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    stage.platform.act(f"{key}a", "withhold", ref, ["FR", "DE"])
    stage.platform.act(f"{key}b", "withhold", ref, ["DE", "BE"])
    stage.platform.lift(f"{key}a")
    assert [state(stage, url, c) for c in ("FR", "DE", "BE")] == ["visible", "withheld", "withheld"]


def test_lift_twice_is_one_lift(stage: Any, key: str) -> None:
    ref = stage.platform.resolve(stage.message()).ref
    stage.platform.act(key, "withhold", ref, ["FR"])
    assert [stage.platform.lift(key).new for _ in range(2)] == [True, False]


def test_an_act_that_arrives_after_its_lift_does_nothing(stage: Any, key: str) -> None:
    url = stage.message()
    stage.platform.lift(key)
    late = stage.platform.act(key, "withhold", stage.platform.resolve(url).ref, ["FR"])
    assert (late.state, late.new) == ("lifted", False)
    assert state(stage, url, "FR") == "visible"


def test_a_repeat_of_the_act_after_the_lift_does_nothing(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    stage.platform.act(key, "withhold", ref, ["FR"])
    stage.platform.lift(key)
    assert stage.platform.act(key, "withhold", ref, ["FR"]).state == "lifted"
    assert state(stage, url, "FR") == "visible"


def test_notify_twice_is_one_notice(stage: Any, key: str) -> None:
    ref, before = stage.platform.resolve(stage.message()).ref, stage.told()
    receipts = [stage.platform.notify(key, ref, "Something happened to your message.") for _ in range(2)]
    assert [receipt.new for receipt in receipts] == [True, False]
    assert stage.told() == before + 1


def test_notify_with_a_used_key_is_refused(stage: Any, key: str) -> None:
    ref = stage.platform.resolve(stage.message()).ref
    stage.platform.notify(key, ref, "One text.")
    with pytest.raises(PlatformRefused) as no:
        stage.platform.notify(key, ref, "Another text.")
    assert no.value.code == "key-used"


def test_notify_an_author_nobody_can_reach_is_refused(stage: Any, key: str) -> None:
    found = stage.platform.resolve(stage.untold_url)
    assert found.author is not None
    assert not found.author.contactable
    with pytest.raises(PlatformRefused) as no:
        stage.platform.notify(key, found.ref, "Hello.")
    assert no.value.code == "not-contactable"


def test_a_platform_that_pretends_is_seen_through(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    stage.misbehave("pretend")
    assert stage.platform.act(key, "withhold", ref, ["EU"]).state == "withheld"
    assert state(stage, url, "FR") == "visible"
    stage.misbehave("normal")
    assert stage.platform.act(key, "withhold", ref, ["EU"]).new
    assert state(stage, url, "FR") == "withheld"


def test_a_platform_that_is_down(stage: Any, key: str) -> None:
    url = stage.message()
    ref = stage.platform.resolve(url).ref
    stage.misbehave("down")
    for call in (
        lambda: stage.platform.resolve(url),
        lambda: stage.platform.snapshot(ref),
        lambda: stage.platform.act(key, "withhold", ref, ["EU"]),
        lambda: stage.platform.lift(key),
        lambda: stage.platform.notify(key, ref, "Hello."),
    ):
        with pytest.raises(PlatformDown):
            call()
    assert state(stage, url, "FR") == "unknown"


def test_what_was_done_survives_a_kill(stage: Any, key: str) -> None:
    url = stage.message(picture=True)
    ref = stage.platform.resolve(url).ref
    stage.platform.act(key, "withhold", ref, ["EU"])
    before = stage.platform.snapshot(ref)
    stage.restart()
    assert stage.platform.snapshot(ref) == before
    assert not stage.platform.act(key, "withhold", ref, ["EU"]).new
    assert state(stage, url, "FR") == "withheld"


def test_whose_account_is_called_so_however_it_is_written(stage: Any) -> None:
    (anna,) = stage.platform.accounts("anna")
    assert (anna.url, stage.platform.resolve(anna.url).kind) == (stage.account_url, "account")
    for name in ("Anna", "@anna", "  @ANNA ", anna.name):
        assert stage.platform.accounts(name) == [anna]
    assert stage.platform.accounts("nobody-is-called-so") == []
