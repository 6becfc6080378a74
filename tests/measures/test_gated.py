"""Where the platform is shut to people, a look tells nothing of an order's effect: it is looked from elsewhere in the
territory, or said that nobody could see it; and it is looked again once somebody can."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any, get_args

import pytest
from django.conf import settings
from road import Road

from comity import clock
from comity.alerts.models import Alert
from comity.cases import deciding
from comity.cases.models import Case
from comity.instruments import seen
from comity.ledger.models import Event
from comity.measures import looking, looks, panel, rules, unseen
from comity.measures.models import Measure
from comity.notifications.models import Notification
from comity.outbox.models import Mail
from comity.platforms import sandbox_world
from comity.platforms.port import State
from comity.platforms.sandbox import Sandbox
from comity.platforms.territory import EU
from comity.vault import commands as vault
from comity.web import words

NOTICE = {"en": "We leave."}


class Gates:
    def __init__(self, platform: Sandbox) -> None:
        self.platform, self.keys = platform, list[str]()

    def shut(self, *countries: str) -> None:
        for country in countries:
            self.keys.append(f"gate:{uuid.uuid4().hex}")
            self.platform.gate(self.keys[-1], country, "notice", NOTICE)

    def open(self) -> None:
        while self.keys:
            self.platform.lift(self.keys.pop())


@pytest.fixture
def gates(road: Road) -> Iterator[Gates]:
    made = Gates(Sandbox(settings.COMITY.sandbox_url, road.sandbox.token))
    yield made
    made.open()


@pytest.mark.slow
def test_it_works(road: Road, gates: Gates) -> None:
    """Some of many countries are shut, and those outside that are looked from first: it is looked from the others, and
    said that from there nobody can look."""
    gates.shut("FR", "CH", "NO")
    case = answered(road)
    measure = Measure.objects.get(case=case)
    assert measure.state == "effective"
    found = looks.of(measure)
    assert found.inside["FR"] == "gated"
    assert ({*found.inside.values()}, found.told, found.whole) == ({"gated", "withheld"}, EU - {"FR"}, False)
    assert found.outside == {"CH": "gated", "NO": "gated", "GB": "visible"}
    assert "Not to be reached from Austria," in letter(case)
    assert "In France the platform is closed to people: from there the effect could not be seen." in letter(case)
    rows = {row.country: row.now for row in panel.effect_rows(looks.by_measure(case)[measure.id])}
    assert (rows["FR"].slug, rows["FR"].wrong) == ("gated", False)


@pytest.mark.soak
def test_where_all_of_it_is_shut_it_is_answered_so_and_looked_at_again_once_it_opens(road: Road, gates: Gates) -> None:
    gates.shut(*EU)
    case = answered(road)
    measure = Measure.objects.get(case=case)
    assert (measure.state, measure.seen_at) == ("unseen", None)
    event = Event.objects.get(kind="effect.observed")
    assert looking.when(event) == measure.acted_at < event.at
    told = event.public
    assert (told["effective"], told["seen"]["FR"], told["seen"]["CH"]) == (False, "gated", "visible")
    assert "Its effect could not be seen from inside" in letter(case)
    assert "Still to be reached from Switzerland." in letter(case)
    assert "Not to be reached" not in letter(case)
    assert not Alert.objects.filter(kind="measure.failed").exists()
    assert Notification.objects.get(case=case).state == "sent"
    unseen.look_again(clock.now() + unseen.EACH)
    assert Measure.objects.get(case=case).state == "unseen"
    gates.open()
    unseen.look_again(clock.now() + unseen.EACH + timedelta(minutes=1))
    assert Measure.objects.get(case=case).state == "unseen"  # looked at today already
    unseen.look_again(clock.now() + 2 * unseen.EACH + timedelta(minutes=1))
    measure.refresh_from_db()
    assert (measure.state, looks.of(measure).whole) == ("effective", True)
    assert measure.seen_at is not None
    road.drive()
    assert Mail.objects.filter(case=case.id, kind="answer").count() == 1
    assert [event.public["effective"] for event in Event.objects.filter(kind="effect.observed")] == [False, True]


@pytest.mark.soak
def test_a_platform_that_only_said_so_is_found_out_once_it_opens(road: Road, gates: Gates) -> None:
    gates.shut(*EU)
    case = answered(road, before_it_acts=lambda: sandbox_world().misbehave("pretend"))
    assert Measure.objects.get(case=case).state == "unseen"
    sandbox_world().misbehave("normal")
    gates.open()
    for day in (1, 2):
        unseen.look_again(clock.now() + day * (unseen.EACH + timedelta(minutes=1)))
    road.drive()
    assert Measure.objects.get(case=case).state == "unseen"
    assert Alert.objects.filter(kind="measure.failed", seen_at=None).count() == 1


@pytest.mark.slow
def test_shut_after_it_was_decided_and_before_it_was_seen_counts_for_nothing(road: Road, gates: Gates) -> None:
    case = answered(road, before_it_acts=lambda: gates.shut(*(EU - {"IE"})))
    assert looks.of(Measure.objects.get(case=case)).told == {"IE"}
    assert "Not to be reached from Ireland." in letter(case)


@pytest.mark.slow
def test_lifted_behind_the_gate_it_is_told_that_nobody_could_look(road: Road, gates: Gates) -> None:
    case = answered(road)
    gates.shut(*EU)
    lift(road, case)
    measure = Measure.objects.get(case=case)
    assert measure.state == "lifted"
    found = looks.of(measure, looks.LIFTED)
    assert (found.blind, found.lifted) == (True, True)
    assert "closed to people: from there the effect could not be seen" in seen.to_authority(found)
    assert not Event.objects.filter(kind="effect.observed", public__kind="lift").get().public["effective"]


def answered(road: Road, before_it_acts: Any = lambda: None) -> Case:
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get()
    road.sign(case)
    before_it_acts()
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case


def letter(case: Case) -> str:
    sent = message_from_bytes(vault.get(Mail.objects.get(case=case.id, kind="answer").doc), policy=default)
    body = sent.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def lift(road: Road, case: Case) -> None:
    """As a mistake of ours, which one decider signs."""
    hash = deciding.propose(case.id, "lift", by=road.person("decider").by, reason="It was satire.", ground="mistake")
    deciding.sign(road.person("decider"), case.id, hash, None)
    road.drive()


@pytest.mark.parametrize("inside", [True, False])
def test_elsewhere_is_on_the_side_that_is_looked_from(inside: bool) -> None:
    more = rules.further(["FR"], {"FR", "CH"}, inside=inside)
    assert ("RE" in more, "NO" in more) == (inside, not inside)
    assert not {"FR", "CH"} & {*more}
    assert rules.further(["WORLD"], (), inside=False) == []
    assert len(rules.further(["WORLD"], {"US"}, inside=True)) == rules.SOME_OF


def test_of_each_target_one_look_that_tells_is_enough() -> None:
    looked = [(0, True, "gated"), (0, True, "withheld"), (1, True, "gated"), (1, False, "visible"), (2, False, "gated")]
    assert rules.blind(looked, inside=True) == {1}
    assert rules.blind(looked, inside=False) == {2}


def test_gated_is_no_effect_and_no_failure() -> None:
    assert rules.effective("withhold", [("withheld", "gated"), ("withheld", "withheld")])
    assert not rules.effective("withhold", [("withheld", "gated"), ("withheld", "visible")])
    assert not rules.as_wanted("withheld", "gated")
    assert rules.as_wanted("gated", "visible")
    assert rules.most_seen([("FR", "withheld"), ("FR", "gated")]) == {"FR": "gated"}


def test_of_very_many_each_that_was_looked_at_from_a_shut_place_is_looked_at_from_one_that_tells() -> None:
    glances = [(0, "BE", True, "visible"), (0, "FR", True, "gated"), (0, "CH", False, "gated")]
    glances += [(n, "FR", True, "gated") for n in range(10, 200)]
    asked: list[tuple[int, str]] = []

    def see(n: int, place: str) -> str:
        asked.append((n, place))
        return "gated" if place == "NO" else "visible"

    more = looking.elsewhere(["EU"], glances, see, (True, False))  # type: ignore[arg-type]
    assert {(n, place) for n, place, inside, _ in more if inside} == {(n, "BE") for n in range(10, 200)}
    assert [(n, place, seen) for n, place, inside, seen in more if not inside] == [
        (0, "NO", "gated"),
        (0, "GB", "visible"),
    ]


def test_a_place_that_shows_one_target_nothing_is_not_asked_for_the_others() -> None:
    asked: list[tuple[int, str]] = []

    def see(n: int, place: str) -> str:
        asked.append((n, place))
        return "gated"

    glances = [(n, "FR", True, "gated") for n in range(5000)]
    assert len(looking.elsewhere(["FR"], glances, see)) == len(asked) == 6  # type: ignore[arg-type]


def test_each_state_of_a_look_and_of_a_measure_has_its_word_on_the_desk() -> None:
    assert {*get_args(State)} == {*rules.SEEN} == {*words.SEEN}
    assert rules.UNSEEN in panel.MEASURE
