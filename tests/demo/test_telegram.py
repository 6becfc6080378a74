"""`comity demo removal-order --platform telegram`, in one process, on a peer in a thread: refused as ordered, before
anybody decides; what is done instead chosen, signed by three, read back, answered, told; and by the card's buttons."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from platforms.telegram.scene import TOKEN, Scene, scene
from road import Road

from comity import clock, connected
from comity.answers import text as plain
from comity.cases import deciding, instead, rules
from comity.cases.models import Case
from comity.demo import client
from comity.demo.stories import STORIES
from comity.demo.stories.port import Playing
from comity.demo.telegram import played, playing, town
from comity.ledger.models import Event
from comity.measures.models import Measure, Preserved
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import for_url, reached
from comity.platforms.telegram import updates
from comity.platforms.telegram.models import Chat, Message
from comity.shadow import commands as watching
from comity.shadow.models import Drift

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def square(road: Road, door: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A road with the demo's peer of Telegram; what its bot is told is taken at once."""
    with scene(tmp_path) as made:
        (tmp_path / "token").write_text(TOKEN)
        table = connected.telegram(made.server.peer.base, tmp_path / "token")
        monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, telegram=table))
        monkeypatch.setattr(town, "_key", lambda: "key")
        asked = town._asked

        def heard(*given: Any) -> Any:
            said = asked(*given)
            with made.server.peer.store.change() as all_:
                waiting, all_["updates"] = all_["updates"], []
            for one in waiting:
                updates.take(table, one["update"])
            return said

        monkeypatch.setattr(town, "_asked", heard)
        made.bot.ours = replace(made.bot.ours, platform=table.name)
        made.bot.name = table.name
        yield made


@pytest.fixture
def driven(square: Scene, road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    """What waits for a worker finds its jobs done; who approves signs by the command."""

    def eventually(what: str, look, patience: float = 0):
        road.drive()
        found = look()
        assert found, what
        return found

    def approve(base: str, case: Case, who: str) -> None:
        deciding.sign(_who(road, who), case.id, Case.objects.get(id=case.id).act, None)

    for where in (played, client):
        monkeypatch.setattr(where, "eventually", eventually)
    monkeypatch.setattr(client, "approve", approve)
    return road


def _who(road: Road, key: str) -> Any:
    role, jurisdiction = key.split("-")
    return road.person(role, jurisdiction.upper())


class Running:
    web = smtp = "127.0.0.1:1"


def test_it_works(driven: Road, square: Scene) -> None:
    told, words = played.play(Running())  # type: ignore[arg-type]  # nothing else of it is asked
    assert told["refused"]["ordered"] == "withhold"
    assert told["refused"]["territory"] == ["EU"]
    assert "in every country" in told["refused"]["says"][0]
    assert [way["kind"] for way in told["could"]] == ["suspend", "redact"]
    assert (told["instead"]["kind"], told["instead"]["approvals"], told["instead"]["copies"]) == ("redact", 3, 1)
    assert told["seen"] == {"FR": "gone", "CH": "gone"}
    assert (told["recorded"], told["answer"]["measure"], told["told"]) == (["gone"], "removed", 1)
    assert "refused" in words
    assert driven.refused == []
    case = Case.objects.get(id=told["case"])
    letter = " ".join(str(plain.twin(deciding.letters_of(case)["answer"])).split())
    assert "no means to hide it in the European Union alone" in letter
    assert "cannot be undone" in letter
    (said,) = [one for one in town.told() if "/statement/" in one]
    assert "has been deleted" in said
    page = Client(HTTP_HOST="localhost:8000").get(said[said.index("/statement/") :].split()[0])
    shown = page.content.decode()
    assert "One of your messages was deleted" in shown
    assert "can’t do it in some countries only" in shown
    assert "The message is not deleted" not in shown


def ordered(road: Road, square: Scene) -> Case:
    """A case about a message on Telegram, judged, and put to nobody."""
    sent = playing.order("127.0.0.1:1")
    road.drive()
    case = played._of(sent)
    assert case is not None
    return case


def test_before_anybody_decides_the_case_says_what_cannot_be_done(driven: Road, square: Scene) -> None:
    case = ordered(driven, square)
    assert (case.state, case.act) == ("to-decide", "")
    assert Event.objects.get(kind="decision.unable", case=case.id)
    desk = Client(HTTP_HOST="localhost:8000")
    desk.force_login(driven.person("handler"))
    shown = desk.get(f"/console/cases/{case.id}").content.decode()
    for words in (
        "Telegram cannot withhold",
        "Know first",
        "put back what was deleted",
        "silence its author",
        "delete",
    ):
        assert words in shown, words
    form = desk.get(f"/console/cases/{case.id}/instead").content.decode()
    assert "Say to the authority that it can’t be done" in form
    assert desk.post(f"/console/cases/{case.id}/instead", {"kind": "redact", "reason": ""}).status_code == 400
    assert desk.post(f"/console/cases/{case.id}/instead", {"kind": "withhold", "reason": "x"}).status_code == 400
    posted = desk.post(f"/console/cases/{case.id}/instead", {"kind": "redact", "reason": "It incites."})
    assert posted.status_code == 302
    driven.drive()
    shown = desk.get(f"/console/cases/{case.id}").content.decode()
    for words in ("Gone for everybody, in every country", "0 of 3", "For good"):
        assert words in shown, words
    case.refresh_from_db()
    assert case.title == "Delete one message everywhere, for good"
    with pytest.raises(NotAllowed):
        instead.choose(driven.person("head", "EE"), case.id, "redact", "x")


def test_two_signatures_delete_nothing_and_a_changed_mind_voids_them(driven: Road, square: Scene) -> None:
    case = ordered(driven, square)
    playing.choose(case.id)
    driven.drive()
    driven.sign(case)
    driven.drive()
    case.refresh_from_db()
    assert (case.state, len(square.texts())) == ("second-approval", 1)
    playing.choose(case.id, "suspend")
    driven.drive()
    case.refresh_from_db()
    assert case.state == "to-decide"
    assert Act.objects.get(hash=case.act).rule.count == 2
    playing.choose(case.id, "")
    driven.drive()
    case.refresh_from_db()
    assert case.act == ""  # as it was ordered it is put to nobody
    with pytest.raises(BadInput, match="time is over"):
        _late(case, square)


def _late(case: Case, square: Scene) -> None:
    now = clock.now() + timedelta(hours=49)
    with pytest.MonkeyPatch.context() as later:
        later.setattr(clock, "now", lambda: now)
        playing.choose(case.id)


def silenced(road: Road, square: Scene) -> tuple[Case, Measure]:
    """A case whose author was silenced instead, and answered."""
    case = ordered(road, square)
    playing.choose(case.id, "suspend")
    road.drive()
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    return case, Measure.objects.get(case=case)


def test_an_author_is_silenced_instead_and_the_authority_told_that_it_stands(driven: Road, square: Scene) -> None:
    case, measure = silenced(driven, square)
    assert (case.state, measure.kind, measure.state) == ("answered", "suspend", "effective")
    assert square.seen()["muted"] == ["777001"]
    letter = deciding.letters_of(case)["answer"]
    assert letter["form"] == "tco-annex-3"
    assert "stands as before" in " ".join(str(plain.twin(letter)).split())
    assert driven.refused == []


@pytest.mark.parametrize("drift", ["tell", "put-back"])
def test_what_somebody_undid_by_hand_is_noticed_and_put_back_or_told(
    driven: Road, square: Scene, drift: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, measure = silenced(driven, square)
    table = replace(settings.COMITY.telegram, drift=drift)
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, telegram=table))
    assert watching.look_at(measure, clock.now()).right  # type: ignore[union-attr]
    square.do("allow", user=777001)
    found = watching.look_at(measure, clock.now())
    assert found is not None
    assert Event.objects.filter(kind="platform.drifted", case=case.id).count() == 1
    put_back = drift == "put-back"
    assert (found.right, square.seen()["muted"] == ["777001"]) == (put_back, put_back)
    assert Event.objects.filter(kind="measure.put-back", case=case.id).count() == put_back
    desk = Client(HTTP_HOST="localhost:8000")
    desk.force_login(driven.person("handler"))
    page = desk.get("/console/platforms/?realm=demo").content.decode()
    assert ("1 otherwise" in page) is not put_back
    one = desk.get("/console/platforms/demo-telegram?realm=demo").content.decode()
    assert "It can’t put back what was deleted" in one
    measure.refresh_from_db()
    decider = driven.person("decider")
    deciding.propose(case.id, "lift", decider.by, reason="It fell.", ground="mistake", letters={})
    driven.sign(case, "BE")
    driven.drive()
    assert square.seen()["muted"] == []  # both keys are lifted
    assert Drift.objects.count() == 1


def test_a_deletion_is_lifted_by_nobody(driven: Road, square: Scene) -> None:
    told, _ = played.play(Running())  # type: ignore[arg-type]
    case = Case.objects.get(id=told["case"])
    desk = Client(HTTP_HOST="localhost:8000")
    desk.force_login(driven.person("decider"))
    shown = desk.get(f"/console/cases/{case.id}").content.decode()
    assert "See what it does" not in shown
    with pytest.raises(BadInput, match="taken back"):
        deciding.propose(case.id, "lift", driven.person("decider").by, reason="x", ground="mistake")
    assert Preserved.objects.get(case=case).until > clock.now() + timedelta(days=150)


def test_a_real_case_reaches_no_peer_and_a_played_one_no_bot(square: Scene, road: Road) -> None:
    url = square.post()
    assert for_url(url, "real") is None
    assert for_url(url, "drill") is None
    demo = for_url(url, "demo")
    assert demo is not None
    assert demo.called == "demo-telegram"
    peer = settings.COMITY.telegram
    theirs = replace(peer, url="http://127.0.0.1:9", name="x", played=False)
    before = settings.COMITY
    settings.COMITY = replace(before, platforms=(theirs,), telegram=None)
    try:
        assert [one.called for one in reached("real")] == ["x"]
        assert for_url(url, "demo") is None
    finally:
        settings.COMITY = before


def test_the_story_is_played_by_its_buttons(driven: Road, square: Scene) -> None:
    story, playing_, pressed = STORIES["telegram"], Playing(), []
    for _ in range(30):
        driven.drive()
        scene_ = story.scene(playing_)
        step = scene_.step
        pressed.append(step.does or step.act)
        if step.act == "done":
            break
        if step.act in ("play", "be") and step.play:
            playing_ = story.play(step.play, playing_)
        elif step.act == "be":
            case = Case.objects.get(realm="demo", plan="execute", open=True)
            deciding.sign(_who(driven, step.who), case.id, case.act, None)
        elif step.act == "look":
            playing_ = replace(playing_, looked=(*playing_.looked, step.mark))
    assert pressed[0] == "Write it, and send the order"
    assert pressed[1] == "Delete it everywhere"
    assert pressed[2:5] == ["be"] * 3
    assert pressed[-1] == "done"
    assert scene_.done == len(story.steps)
    assert Chat.objects.filter(ours=True).exists()
    assert Message.objects.exists()
    assert rules.applied({"measures": [], "approvals": {"count": 2, "roles": ["decider"]}}, "redact")["approvals"] == {
        "count": 3,
        "roles": ["counsel", "decider", "head"],
    }
