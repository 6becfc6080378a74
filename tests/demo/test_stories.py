"""Each story from its card to its end by what the pages offer alone: no script, no address typed."""

import re
import sys
from dataclasses import replace

import pytest
from django.test import Client

from comity import clock
from comity.adoption import commands as adoption
from comity.adoption.models import Draft
from comity.balance.models import Proposal
from comity.cases.models import Case
from comity.demo import guide, rules, standing
from comity.demo.hotline import calling
from comity.demo.rules import Step
from comity.demo.stories import CARDS, STORIES, connect, mail
from comity.demo.stories.port import Playing
from comity.demo.veltria import balancing
from comity.library import in_force

from .visitor import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "Authors could not fight it."


@pytest.fixture
def visitor(road, door) -> Visitor:
    return Visitor(Client(HTTP_HOST="localhost:8000"), road)


def taken_and_approved(visitor: Visitor) -> None:
    """Handler, first decider, second decider: two presses for each, and each is where it is to be pressed."""
    visitor.next()
    assert "Take the case" in visitor.says()
    visitor.next()
    for decider in ("first", "second"):
        visitor.next()
        assert visitor.path.endswith("/decide#approve"), decider
        assert "press Approve" in visitor.says()
        visitor.send("/sign")


def test_one_removal_order_is_seen_gone_and_there_after_seven_presses_and_ends_with_the_author(visitor, road):
    visitor.submit("do-next")
    taken_and_approved(visitor)
    assert len(visitor.pressed) == 7
    assert visitor.says().startswith("Gone in France, still there in Switzerland.")
    page = visitor.page()
    assert page.count('class="pane away"') == page.count('class="pane there"') == 1
    visitor.next()
    assert visitor.path.startswith("/console/outbox/")
    visitor.next()
    assert visitor.path.startswith("/statement/")
    assert "That is the whole story" in visitor.says()
    visitor.next()
    card = re.search(r'id="story-removal-order".*?</article>', visitor.page(), re.S)
    assert card
    assert "Played" in card[0]
    assert road.refused == []


def test_both_panes_show_the_message_before_anything_is_done(visitor):
    visitor.submit("do-next")
    for _ in range(3):
        page = visitor.page()
        assert page.count("Pretend that it praises") >= 2
        assert page.count('class="pane there"') == 2
        visitor.next()


def test_a_preservation_order_is_answered_prolonged_and_nobody_sees_a_difference(visitor, road):
    visitor.submit("start-preserve")
    taken_and_approved(visitor)
    assert "nobody is told" in visitor.says()
    assert visitor.page().count('class="pane there"') == 2
    visitor.next()
    assert visitor.path.startswith("/console/outbox/")
    assert "writes again" in visitor.says()
    visitor.next()
    visitor.next()
    assert visitor.path.partition("#")[0].endswith("/prolong")
    visitor.send("/prolong")
    assert "prolonged" in visitor.says()
    assert STORIES["preserve"].scene(None).step.act == "send"
    assert road.refused == []


def test_a_courts_letter_is_typed_carried_out_in_france_alone_and_answered_in_french(visitor, road):
    visitor.submit("start-representative")
    assert "on no form" in visitor.says()
    visitor.next()
    assert visitor.path.startswith("/console/requests/")
    visitor.next()
    taken_and_approved(visitor)
    assert visitor.says().startswith("Gone in France, still there in Switzerland.")
    page = visitor.page()
    assert page.count('class="pane away"') == page.count('class="pane there"') == 1
    visitor.next()
    assert "il y a été donné suite" in visitor.page()
    visitor.next()
    assert visitor.path.startswith("/statement/")
    assert "a page for everyone" in visitor.says()
    visitor.next()  # from the author's own page back to the demo
    visitor.next()
    assert "Who answers your order" in visitor.page()
    assert STORIES["representative"].scene(None).step.act == "send"
    assert road.refused == []


def changed(visitor: Visitor, outcome: str) -> None:
    """Counsel changes the rule on redress; two people sign it."""
    assert visitor.path.startswith("/console/regulations/")
    assert "Begin a change" in visitor.says()
    visitor.send("/drafts")
    assert "Does it say where and until when it can be challenged?" in visitor.says()
    visitor.send("/block", check="redress", outcome=outcome)
    visitor.submit("do-try")
    assert "quorum" in visitor.says()
    visitor.send("/propose", reason=REASON)
    for _ in range(2):
        if "press Approve" not in visitor.says():
            visitor.next()
        visitor.send("/sign")


@pytest.mark.soak
def test_a_rule_is_changed_judges_the_next_order_and_is_changed_back(visitor, road):
    visitor.submit("start-change-rule")
    changed(visitor, "defective")
    assert "In force" in visitor.says()
    visitor.next()
    visitor.next()
    assert visitor.path.endswith("/decide#approve")
    visitor.send("/sign")
    assert Case.objects.get().plan == "annex3"
    visitor.next()
    assert "That is the whole story" in visitor.says()
    visitor.path = "/demo/"
    visitor.submit("start-change-rule")
    changed(visitor, "")
    assert Draft.objects.filter(state="in-force").count() == 1
    visitor.next()
    taken_and_approved(visitor)
    assert visitor.says().startswith("Gone in France")
    assert road.refused == []


@pytest.mark.parametrize("story", CARDS, ids=lambda story: story.id)
def test_a_story_that_was_not_begun_has_a_first_step_that_begins_it(story, road):
    scene = story.scene(None)
    assert scene.done == 0
    assert scene.step.act in ("send", "be", "play")
    assert scene.step.text
    assert scene.step.button or scene.step.does


@pytest.mark.soak
def test_the_bar_counts_no_step_past_the_last(visitor, road):
    visitor.submit("do-next")
    taken_and_approved(visitor)
    for _ in range(2):
        visitor.next()
    request = visitor.client.get("/demo/").wsgi_request
    shown = guide.of(request, "/demo/")
    assert shown is not None
    assert shown.number == len(shown.story.steps)


def test_a_step_that_is_nobodys_is_played_and_comes_back_to_the_demo(visitor, road):
    visitor.submit("start-hotline")
    visitor.next()
    assert visitor.path == "/demo/#now"
    assert "It rings" in visitor.says()
    visitor.next()
    assert visitor.path.startswith("/console/hotline/H-")


def test_an_office_comes_to_the_door_is_accepted_files_follows_and_is_answered(road):
    story, played = STORIES["door"], STORIES["door"].fresh()
    done = []
    for _ in range(14):
        scene = story.scene(played)
        done.append(scene.done)
        if scene.step.act == "look":
            break
        if scene.step.act != "wait":
            played = story.play(scene.step.play, played)
        road.drive()
    assert done == [0, 1, 2, 3, 3, 4, 5, 6, 6, 6], done
    assert story.scene(replace(played, looked=("followed",))).step.act == "done"
    assert road.refused == []
    case = Case.objects.get(request=played.request)
    assert (case.grade, case.state) == ("accredited-channel", "answered")
    page = Client(HTTP_HOST="localhost:8000").get(scene.step.where).content.decode()
    assert "Answered: our letter went to your registered address." in page


def test_a_rule_is_changed_in_the_open_by_many_hands_and_the_mark_stands_on_the_chart(visitor, road):
    visitor.submit("start-balance")
    seen: list[str] = []
    while "That is the whole story" not in visitor.says():
        assert len(seen) < 25, seen
        seen.append(visitor.path.partition("#")[0])
        visitor.next()
    for part in ("/console/balance/crossings/", "/console/balance/what-if/", "/console/proposals/V-", "/council/V-"):
        assert any(part in path for path in seen), part
    found = Proposal.objects.get()
    assert (found.state, found.lane, found.sha256) == ("adopted", "authority", Draft.objects.get(pk=found.draft).sha256)
    chart = visitor.client.get("/balance/demo/?show=reversed").content.decode()
    assert found.id in chart, "its crossing is answered by it"
    assert f"{Draft.objects.get(pk=found.draft).version} in force" in chart
    assert road.refused == []


@pytest.mark.slow
def test_the_balance_is_played_again_though_all_that_it_changes_was_changed_before(road):
    counsel = road.person("counsel")
    drafted = adoption.draft(counsel, rules.TCO, in_force.library("demo").in_force(rules.TCO, clock.now()).version)
    for check in balancing.CHECKS:
        adoption.block(counsel, drafted.pk, check, balancing.WHY_DRAFT)
    adoption.try_on_past(counsel, drafted.pk)
    adoption.propose(counsel, drafted.pk, "All of them, as after many playings")
    for key in rules.SIGNERS[:2]:
        balancing.sign(drafted, key)
    assert balancing.free() == []
    bound = balancing.measure()
    assert balancing.free() == [*balancing.CHECKS]
    assert balancing.crossing(bound.id) is not None
    tried = balancing.attempt()
    old, new = ({check.id for check in pack.checks if check.blocking} for pack in adoption.versions_of(tried))
    assert new - old == {balancing.CHECKS[0]}


def test_a_call_of_the_hotline_is_one_of_its_own_whatever_another_playing_left_open(road):
    first, _ = calling.press(asleep=True)
    calling.acknowledge(first.id, calling.SECOND)
    second, _ = calling.press()
    first.refresh_from_db()
    assert (first.state, second.joined_to) == ("to-review", None)


def test_a_step_is_told_by_one_reading_of_its_mail(road, monkeypatch):
    """Read again it may be another one's: decided in shadow meanwhile, it would be told as the end of the story."""
    kept = [shown("in-shadow"), shown("carrying-out")]
    monkeypatch.setattr(connect, "came", lambda playing: kept[-1])
    monkeypatch.setattr(mail, "came", lambda playing: kept[0])
    story = next(card for card in CARDS if card.id == "connect")
    assert story.scene(Playing(number="24/0", message="<1@example.org>")).step.act == "wait"


def shown(state: str) -> standing.Shown:
    stands = rules.Standing(request="R-1", kind="order", lane="", case="C-1", state=state, plan="execute")
    return standing.Shown(stands, clock.now(), "good-text", "", state)


def test_every_mark_of_a_step_is_one_that_a_look_may_leave():
    modules = [sys.modules[type(card).__module__] for card in CARDS]
    steps = [one for module in modules for one in vars(module).values() if isinstance(one, Step)]
    assert {one.mark for one in steps} - {""} <= {*rules.MARKS}
    assert any(one.mark == rules.RECEIPT for one in steps)
