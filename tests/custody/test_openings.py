"""An order's data, from the seal to the one who reads them; and everything that must not open."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
import sealing
from django.test import Client
from road import Road, open_road

import comity_seal.asking
from comity import clock
from comity.authorities.models import Authority
from comity.custody import (
    answering,
    asking,
    commands,
    places,
    production,
    recipients,
    rostered,
    rules,
    seals,
)
from comity.custody.answering import Refused
from comity.custody.models import Item, Opening
from comity.demo.register import JUDGE_ID
from comity.ledger.models import Event
from comity.notifications.models import Notification
from comity.outbox.models import Mail
from comity.platforms.models import Shadow
from comity.vault import commands as vault
from comity.vault.models import Blob
from comity_seal import keys, openings
from comity_seal.custodian import acting, keeper
from comity_seal.custodian.desk import Desk, Refusing
from comity_seal.custodian.page import Pages
from comity_seal.hybrid import Private

from .scene import Custody, as_it_was, asked, lasting, ordered, proven, rostered_by

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # whole stories of the road


@pytest.fixture
def road(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    proven(monkeypatch)
    with open_road() as opened:
        yield opened


@pytest.fixture(scope="module")
def before(scene: None) -> Iterator[Custody]:
    """An order whose custodians are asked."""
    with lasting(asked) as made:
        yield made


@pytest.fixture
def made(before: Custody, db: None) -> Iterator[Custody]:
    """The same, for one test."""
    with as_it_was(before) as now:
        yield now


def kinds(made: Custody) -> list[str]:
    found = Event.objects.filter(case__in=[made.case.id, made.opening.id]).order_by("id")
    return [kind for kind in found.values_list("kind", flat=True) if kind.partition(".")[0] in OF_IT]


OF_IT = ("item", "opening", "share", "production", "custodian")


def test_it_works(made: Custody) -> None:
    assert made.called() == {"be", "ee", "pt"}
    made.give("be", "ee")
    assert made.opening.state == "asked"
    made.give("pt")
    made.case.refresh_from_db()
    assert (made.opening.state, made.case.state) == ("complete", "answered")
    assert made.case.deadlines.get(name="produce").met_at is not None
    read = made.texts(made.file())
    assert any(made.secret in text for (category, _), text in read.items() if category == "content")
    assert len(read) == len(made.opening.parts) == made.item.parts
    assert {category for category, _ in read} == {"subscriber", "access", "traffic", "content"}
    assert read["content", min(day for _, day in read if day)] == "", "no records is a part without a document"
    assert not Notification.objects.exists(), "of a European order its authority informs"
    assert kinds(made) == [
        *("item.sealed", "production.waits", "opening.prepared", "opening.put", "opening.asked", "opening.sent"),
        *("share.given", "share.given", "share.given", "opening.complete", "production.collected"),
    ]
    sent = list(Mail.objects.filter(case=made.case.id).order_by("queued_at").values_list("kind", flat=True))
    assert sent == ["acknowledgement", "answer", "production-key", "production"]
    assert made.road.refused == []


def test_what_came_is_in_the_record_before_anybody_had_a_key_and_no_other_bytes_are_handed_out(made: Custody) -> None:
    came = Event.objects.get(kind="item.sealed", case=made.case.id)
    assert (came.public["content"], came.public["head"]) == (made.read().content, made.read().head.digest)
    path = places.item(made.item.id)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"\n{}\n") + 40] ^= 1
    path.write_bytes(raw)
    made.give("be", "ee", "pt")
    assert made.opening.state == "asked"
    assert "those that came" in str(made.road.refused)
    made.road.refused.clear()


def test_what_was_written_lies_nowhere_that_the_gateway_can_read(made: Custody) -> None:
    made.give("be", "ee", "pt")
    made.file()
    readable = [vault.get(ref) for ref in Blob.objects.values_list("ref", flat=True)]
    wanted = made.secret.encode()
    files = [path.read_bytes() for path in places.items().parent.rglob("*") if path.is_file()]
    assert len(readable) > 10
    assert files
    assert not [raw for raw in (*readable, *files) if wanted in raw]
    assert wanted in "".join(made.texts(made.file()).values()).encode()  # the control


def test_no_set_of_fewer_opens_and_every_set_of_three_does(made: Custody) -> None:
    given = {name: made.share(name) for name in sealing.PLACES}
    item, request = made.read(), made.asked
    parts = {n: item.parts[n] for n in request.parts}
    for size in range(6):
        for names in combinations(given, size):
            some = [given[name] for name in names]
            if size < 3:
                with pytest.raises(openings.BadOpening):
                    openings.keys(request, item.head, parts, some, sealing.RECIPIENT)
            else:
                assert len(openings.keys(request, item.head, parts, some, sealing.RECIPIENT)) == len(parts)


def test_an_authority_suspended_in_between_gets_nothing(made: Custody) -> None:
    made.give("be", "ee")
    first, late = made.opening.id, made.share("pt")
    Authority.objects.filter(id=JUDGE_ID).update(accredited=False)
    event = Event(kind="register.suspended", realm="demo", public={}, sealed={"authority": JUDGE_ID})
    recipients.suspended(event)
    made.road.drive()
    assert (Opening.objects.get(id=first).state, made.opening.state) == ("ended", "waiting")
    with pytest.raises(Refused) as no:
        answering.take(first, "pt", late.raw)
    assert no.value.status == 410
    for id in (first, made.opening.id):
        with pytest.raises(production.Over):
            production.collect(id)
    assert Mail.objects.filter(kind="production-key").count() == 1, "it isn't asked for another key"
    assert Item.objects.filter(id=made.item.id, ended_at=None).exists(), "what was kept is kept for another key"


def test_one_suspended_a_moment_ago_gets_nothing_though_its_key_has_not_ended_yet(made: Custody) -> None:
    made.give("be", "ee", "pt")
    Authority.objects.filter(id=JUDGE_ID).update(accredited=False)
    with pytest.raises(production.Over, match="recipient"):
        production.collect(made.opening.id)


@pytest.mark.parametrize("gave", [("be",), ("be", "ee", "pt")])
def test_a_key_replaced_on_the_way_begins_anew_and_nothing_is_lost(made: Custody, gave: tuple[str, ...]) -> None:
    made.give(*gave)
    first = made.opening.id
    recipients.log("demo", JUDGE_ID, sealing.key("another").public)
    made.road.drive()
    assert Opening.objects.get(id=first).state == "ended"
    assert not list(places.productions().glob(f"*{first}*"))
    assert (made.opening.id != first, made.opening.state) == (True, "waiting")
    made.key(sealing.key("another"))
    made.signed()
    made.give(*sorted(made.called()))
    assert any(made.secret in text for text in made.texts(made.file(), sealing.key("another")).values())


def test_one_suspended_after_the_last_share_cannot_collect(made: Custody) -> None:
    made.give("be", "ee", "pt")
    recipients.suspended(Event(kind="register.suspended", realm="demo", public={}, sealed={"authority": JUDGE_ID}))
    with pytest.raises(production.Over, match="recipient"):
        production.collect(made.opening.id)


def test_a_refusal_calls_another_and_too_few_alert_the_desk(made: Custody) -> None:
    for n, name in enumerate(("be", "ee", "uy"), 1):
        no = openings.refuse(made.asked, name, "not-covered", sealing.key(name), "for the desk alone")
        answering.take(made.opening.id, name, no.raw)
        assert len(made.called()) == min(3 + n, 5)
    made.road.drive()
    assert made.opening.state == "short"
    assert Event.objects.filter(kind="opening.short", case=made.opening.id).count() == 1
    assert "for the desk alone" not in str(list(Event.objects.values_list("public", "sealed")))


def test_half_the_clock_gone_every_stand_in_is_called(made: Custody) -> None:
    with clock.freeze(clock.now() + timedelta(hours=3, minutes=50)):
        asking.keep_time(clock.now())
        assert len(made.called()) == 3
    with clock.freeze(clock.now() + timedelta(hours=4, minutes=10)):
        asking.keep_time(clock.now())
        asking.keep_time(clock.now())
        assert made.called() == set(sealing.PLACES)
    made.give("uy", "ch", "ee")
    assert made.opening.state == "complete"


def test_a_replayed_another_s_or_altered_answer_is_not_taken(made: Custody) -> None:
    given = made.share("be")
    answering.take(made.opening.id, "be", given.raw)
    answering.take(made.opening.id, "be", given.raw)  # the same again is no error, and nothing more
    assert made.called(answer="shares") == {"be"}
    other = openings.refuse(made.asked, "be", "rights", sealing.key("be"))
    elsewhere = sealing.request(made.read(), made.opening.parts[:1])
    bad = [
        ("be", other.raw, 409),  # answered already
        ("ee", given.raw, 403),  # another custodian's
        ("ee", made.share("ee", openings.parse(elsewhere)).raw, 409),  # for another opening, and another key
        ("ee", made.share("ee").raw.replace(b'"parts":[0,', b'"parts":[1,'), 409),
        ("ee", b"{", 409),
        ("uy", given.raw, 404),  # not called
        ("zz", given.raw, 404),
    ]
    for name, raw, status in bad:
        with pytest.raises(Refused) as no:
            answering.take(made.opening.id, name, raw)
        assert no.value.status == status, (name, no.value.says)
    assert made.opening.state == "asked"


def test_a_revoked_custodian_is_not_heard(made: Custody) -> None:
    before = rostered.current("demo")
    assert before is not None
    left = {name: place for name, place in sealing.PLACES.items() if name != "be"}
    two = sealing.roster(left, version=2, previous=before.hash, charter="c" * 64)
    rostered.adopt("demo", sealing.signed(two, ("be", "ee", "pt")).raw)
    with pytest.raises(Refused) as no:
        answering.take(made.opening.id, "be", made.share("be").raw)
    assert (no.value.status, no.value.code) == (403, "revoked")
    made.give("ee", "pt")
    with clock.freeze(clock.now() + timedelta(hours=5)):
        asking.keep_time(clock.now())
    assert "uy" in made.called()
    made.give("uy")
    assert made.opening.state == "complete"


def test_an_old_key_under_a_name_that_is_still_there_reads_and_gives_nothing(made: Custody, client: Client) -> None:
    before = rostered.current("demo")
    assert before is not None
    two = sealing.roster(version=2, previous=before.hash, charter="c" * 64)
    new = Private(b"new".ljust(32, b"."))
    them = tuple(replace(one, key=new.public, signs=new.signs) if one.name == "be" else one for one in two.custodians)
    two = replace(two, custodians=them)
    by = {name: rostered.rosters.sign(two, name, sealing.key(name)) for name in ("be", "ee", "pt")}
    rostered.adopt("demo", rostered.rosters.Signed(two, {**by, "be+": rostered.rosters.sign(two, "be", new)}).raw)
    for key, status in ((sealing.key("be"), 403), (sealing.key("ee"), 200)):
        for at in ("inbox", f"inbox/{made.opening.id}/opening", f"inbox/{made.opening.id}/card"):
            name, path = ("be" if status == 403 else "ee"), f"/custodians/{at}"
            said = comity_seal.asking.sign(name, key, "GET", path, b"", int(clock.now().timestamp()))
            assert client.get(path, headers={"authorization": said}).status_code == status, path
    with pytest.raises(Refused) as no:
        answering.take(made.opening.id, "be", made.share("be").raw)
    assert no.value.status == 403
    with clock.freeze(clock.now() + timedelta(hours=5)):
        asking.keep_time(clock.now())
    made.give("ee", "pt", "uy")
    assert made.opening.state == "complete"


def test_a_custodian_who_gives_another_s_shares_is_named(made: Custody) -> None:
    theirs = openings.unseal(made.read().head, made.read().envelopes["ee"], "ee", sealing.key("ee"))
    own = openings.unseal(made.read().head, made.read().envelopes["be"], "be", sealing.key("be"))
    shares = [*own.shares[:1], *theirs.shares[1:]]  # their own first, and then another's
    said = {str(n): openings.texts.b64(shares[n]) for n in made.asked.parts}
    sealed = made.asked.recipient.seal(openings.texts.canonical(said), made.asked.info("be"))
    bad = openings.Given(made.asked.digest, "be", made.asked.parts, sealed)
    item = made.read()
    parts, roster = {n: item.parts[n] for n in made.asked.parts}, rostered.signed(made.item.roster).roster
    given = [bad, *(made.share(name) for name in ("ee", "pt"))]
    for known in (roster, None):
        with pytest.raises(openings.BadShare) as named:
            openings.keys(made.asked, item.head, parts, given, sealing.RECIPIENT, known)
        assert named.value.custodians == ("be",)
    assert openings.keys(made.asked, item.head, parts, [*given, made.share("uy")], sealing.RECIPIENT, roster)


def test_two_who_give_at_once_make_one_package_that_is_what_the_record_says(
    made: Custody, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = production._write

    def slow(opening: Opening, *rest: object) -> str:
        manifest = write(opening, *rest)  # type: ignore[arg-type]
        if not opening.packages.exists() and (event := next(events, None)):
            production.make(event)  # another share's step, while this one had not ended
        return manifest

    events = iter(())
    monkeypatch.setattr(production, "_write", slow)
    made.give("be", "ee")
    answering.take(made.opening.id, "pt", made.share("pt").raw)
    events = iter(Event.objects.filter(kind="share.given", case=made.opening.id).order_by("id")[:1])
    made.road.drive()
    package = made.opening.packages.get()
    assert production._hash_of(places.production(made.opening.id, 1)) == package.sha256
    assert [path.name for path in places.productions().glob(f"*{made.opening.id}*")] == [f"{made.opening.id}-1.zip"]


def test_a_bad_share_is_named_and_the_production_made_anew_without_it(made: Custody) -> None:
    wrong = openings.give(made.asked, made.read(), "be", sealing.key("be"))
    made.give("ee")
    junk = sealing.RECIPIENT.public.seal(b"{}", made.asked.info("be"))
    bad = openings.Given(wrong.opening, "be", wrong.parts, junk)
    signature = sealing.key("be").signing.sign(openings.texts.tagged("answer", bad.told()))
    answering.take(made.opening.id, "be", openings.Given(bad.opening, "be", bad.parts, junk, signature).raw)
    made.give("pt")
    file = made.file()
    with pytest.raises(openings.BadShare) as named:
        made.texts(file)
    assert named.value.custodians == ("be",)
    answering.bad(made.opening.id, "be")
    answering.bad(made.opening.id, "be")
    made.road.drive()
    assert "uy" in made.called()
    made.give("uy")
    assert made.opening.packages.count() == 2
    assert any(made.secret in text for text in made.texts(made.file()).values())
    assert Event.objects.filter(kind="share.bad", case=made.opening.id).count() == 1


def test_days_between_two_spans_of_an_order_are_nobody_s() -> None:
    def wish(first: str, last: str, category: str = "content") -> rules.Wish:
        return rules.Wish(category, ("/u/a",), first, last)

    spans = [wish("2026-01-20", "2026-01-25"), wish("2026-01-01", "2026-01-03"), wish("2026-01-04", "2026-01-05")]
    merged = rules._merged([*spans, wish("", "", "subscriber")])
    assert [(one.category, one.first, one.last) for one in merged] == [
        ("subscriber", "", ""),
        ("content", "2026-01-01", "2026-01-05"),
        ("content", "2026-01-20", "2026-01-25"),
    ]
    parts = [("content", "/u/a", f"2026-01-{day:02}") for day in range(1, 31)]
    assert [n + 1 for n in rules.listed(parts, merged)] == [1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25]
    assert rules.listed([("content", "/u/a", "")], merged) == [], "content of no day would be of all days"


def test_what_is_kept_on_is_kept_with_what_was_asked_and_answered(road: Road) -> None:
    made = asked(road)
    made.give("be", "ee")
    until = made.item.until
    with clock.freeze(until - timedelta(days=1)):
        seals.end_due(clock.now())
    assert made.item.until > until
    with clock.freeze(until + timedelta(days=2)):
        vault.forget(clock.now())
        made.give("pt")
        assert made.opening.state == "complete"
        assert any(made.secret in text for text in made.texts(made.file()).values())
        Opening.objects.filter(id=made.opening.id).update(state="collected")
    with clock.freeze(made.item.until + timedelta(days=1)):
        seals.end_due(clock.now())
        assert not Item.objects.filter(case=made.case, ended_at=None).exists(), "collected, and its time is over"


def test_the_same_order_again_is_sealed_once_and_one_that_fell_is_destroyed(road: Road) -> None:
    made = ordered(road)
    event = Event.objects.filter(kind="case.judged", case=made.case.id).latest("id")
    seals.keep(event)
    assert Item.objects.filter(case=made.case).count() == 1
    path, docs = places.item(made.item.id), [one.doc for one in made.item.envelopes.all()]
    assert path.exists()
    seals.end(made.item.id, "fell")
    assert not path.exists()
    for doc in docs:
        with pytest.raises(vault.Gone):
            vault.get(doc)
    seals.end(Item.objects.get(case=made.case).id, "fell")


def test_a_roster_of_others_or_none_seals_nothing(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {name: Private(name.encode().ljust(32, b".")) for name in sealing.PLACES}
    them = tuple(
        openings.Custodian(name, place, x, mine[name].public, mine[name].signs)
        for x, (name, place) in enumerate(sealing.PLACES.items(), 1)
    )
    forged = rostered_by().roster.__class__(1, 3, them, "2026-11-30", charter="c" * 64)
    raw = rostered.rosters.Signed(forged, {n: rostered.rosters.sign(forged, n, key) for n, key in mine.items()}).raw
    ordered(road)  # the platform has pinned the true one
    with pytest.raises(rostered.NotAdopted):
        rostered.adopt("demo", raw)
    monkeypatch.setattr(rostered, "charter", lambda realm: "")
    with pytest.raises(rostered.NotAdopted, match="charter"):
        rostered.adopt("real", rostered_by().raw)


def test_a_crash_between_the_last_share_and_the_delivery_loses_nothing_and_does_nothing_twice(
    made: Custody, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, crashes = production._complete, iter((True, False))

    def crashing(*args: object) -> None:
        if next(crashes, False):
            raise OSError("killed here")
        whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(production, "_complete", crashing)
    made.give("be", "ee", "pt")
    assert [type(error) for _, error in made.road.refused] == [OSError]
    made.road.refused.clear()
    assert (made.opening.state, made.opening.packages.count()) == ("complete", 1)
    assert Mail.objects.filter(kind="production").count() == 1
    assert any(made.secret in text for text in made.texts(made.file()).values())


def test_in_shadow_what_an_order_names_is_kept_sealed(road: Road) -> None:
    Shadow.objects.create(platform="sandbox", realm="demo", since=clock.now())
    made = ordered(road)
    assert made.item.parts, "it would be too late once shadow is left"
    assert not Event.objects.filter(kind="item.unsealed").exists()


# -- an order of any size ---------------------------------------------------------------------------------------------


@pytest.fixture
def custodian(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> acting.Custodian:
    """A custodian's own program, whose calls this process answers."""

    def call(desk: Desk, method: str, path: str, body: bytes = b"") -> bytes:
        said = comity_seal.asking.sign("be", sealing.key("be"), method, path, body, int(clock.now().timestamp()))
        answer = client.generic(method, path, body, "application/json", headers={"authorization": said})
        if answer.status_code != 200:
            raise Refusing(f"HTTP {answer.status_code}")
        return bytes(answer.content)

    monkeypatch.setattr(Desk, "_call", call)
    keeper.init(tmp_path, keeper.Settings("be", "BE", gateway="http://gateway.example", realm="demo"))
    (tmp_path / "key.json").unlink()
    keys.write(tmp_path / "key.json", sealing.key("be"), "be", "")
    return acting.Custodian(keeper.Keeper(tmp_path))


@pytest.mark.parametrize(("size", "largest"), [(200_000, 100_000), (20_000_000, 0), (1, 0)])
@pytest.mark.few(1)
def test_an_order_too_large_for_the_request_is_read_beside_it(
    road: Road, custodian: acting.Custodian, size: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`largest`: a smaller bound than ours, so that a smaller file is enough."""
    monkeypatch.setattr(commands, "LARGEST_ORDER", largest or commands.LARGEST_ORDER)
    made = asked(road, beside=b"%PDF-1.7\n" + os.urandom(size))
    raw = vault.get(made.case.request.raw)
    said = openings.of(made.asked, "order")
    assert (said["text"] == "", said["sha256"]) == (len(raw) > commands.LARGEST_ORDER, openings.hash_of(raw))
    assert custodian.fetch() == [made.opening.id]
    number = made.opening.id

    def order() -> tuple[bool, str]:
        check = next(one for one in custodian.look(number).checked.checks if one.id == "order")
        return check.holds, check.says

    assert order() == (True, "Investigating Judge of Nordhafen, DE")
    page = Pages(custodian, "/secret", "en")
    assert page.answer("GET", [number, "order"], {}).body == raw
    assert b"/order" in page.answer("GET", [number], {}).body
    beside = custodian.keeper.directory / "inbox" / f"{number}.order"
    assert beside.exists() == (size > 1)
    if beside.exists():
        beside.write_bytes(raw[:-1])
        assert order() == (False, "order: what is shown is not what was filed")
        request, card = vault.get(made.opening.request), (beside.parent / f"{number}.card").read_bytes()
        with pytest.raises(openings.BadOpening, match="not what was filed"):
            custodian.keeper.put(number, request, card, raw[:-1])
        beside.unlink()
        assert order() == (False, "order: its text is not here, so nobody can read what was ordered")
        assert b"/order" not in page.answer("GET", [number], {}).body
        assert len(request) < 1_000_000, "nor does a production bring it along"
    made.give("be", "ee", "pt")
    assert any(made.secret in text for text in made.texts(made.file()).values())
    assert road.refused == []


def test_nobody_else_fetches_an_order(made: Custody, client: Client) -> None:
    path = f"/custodians/inbox/{made.opening.id}/order"
    for name, status in (("be", 200), ("uy", 404)):  # who was called, and who was not
        said = comity_seal.asking.sign(name, sealing.key(name), "GET", path, b"", int(clock.now().timestamp()))
        assert client.get(path, headers={"authorization": said}).status_code == status
    assert client.get(path).status_code == 401
