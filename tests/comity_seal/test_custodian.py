"""A custodian's own program: it gives what an act in the record orders, and nothing else, whoever asks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sealing
from amount import SOAK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_record import DAY, NOW, Scene

from comity_seal import asking, openings, rosters, texts
from comity_seal.custodian import keeper
from comity_seal.custodian.acting import NotGiven, told
from comity_seal.custodian.page import runs
from comity_verify.notes import b64


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def failing(scene: Scene, request: bytes, name: str = "be") -> list[str]:
    """Which checks a custodian's program finds not to hold; nothing is given then."""
    custodian = scene.custodian(name)
    custodian.keeper.put(openings.parse(request).number, request, scene.card(name))
    number = openings.parse(request).number
    found = [one.id for one in custodian.look(number).checked.checks if not one.holds]
    if found:
        with pytest.raises(NotGiven):
            custodian.give(number)
        assert not (custodian.keeper.directory / "answers").exists()
        assert custodian.keeper.log() == []
    return found


def test_it_works(scene: Scene) -> None:
    request = scene.request()
    opening, answers = openings.parse(request), []
    for name in ("be", "pt", "ch"):
        custodian = scene.custodian(name)
        custodian.keeper.put("O-TEST1", request, scene.card(name))
        looked = custodian.look("O-TEST1")
        assert [one.says for one in looked.checked.checks if not one.holds] == []
        assert [one["person"] for one in told(looked)["parts"]] == ["/u/ada", "/u/ada"]
        answers.append(custodian.give("O-TEST1"))
        assert custodian.give("O-TEST1") == answers[-1]  # asked again, it is the same
    given = [openings.parse_answer(raw, opening, scene.roster) for raw in answers]
    parts = {number: scene.sealed.item.parts[number] for number in opening.parts}
    good = [one for one in given if isinstance(one, openings.Given)]
    assert len(openings.keys(opening, scene.sealed.item.head, parts, good, sealing.RECIPIENT)) == 2


def test_a_refusal_is_on_a_ground_and_stays(scene: Scene) -> None:
    custodian = scene.custodian()
    custodian.keeper.put("O-TEST1", scene.request(), scene.card())
    with pytest.raises(openings.BadOpening, match="ground: one of"):
        custodian.refuse("O-TEST1", "because")
    answer = json.loads(custodian.refuse("O-TEST1", "privilege", "He is her lawyer."))
    assert (answer["kind"], answer["ground"]) == ("refusal", "privilege")
    assert json.loads(custodian.give("O-TEST1")) == answer
    assert custodian.keeper.log()[-1]["did"] == "refused: privilege"


OTHER = sealing.key("somebody")
TO_ANOTHER = {"authority": "A-1", "key": b64(OTHER.public.raw), "fingerprint": OTHER.public.fingerprint}


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ({"parts": (0, 2)}, ["covered"]),  # a day that the order doesn't name
        ({"parts": (0, 3)}, ["covered"]),  # a category
        ({"parts": (0, 4)}, ["covered"]),  # a person
        ({"act__parts": [0]}, ["act"]),
        ({"act__recipient": "0" * 64}, ["act"]),
        ({"act__order": "0" * 64}, ["act"]),
        ({"act__finding": "0" * 64}, ["act"]),
        ({"act__kind": "measure.act"}, ["act"]),
        ({"act__realm": "demo"}, ["act"]),
        ({"recipient": TO_ANOTHER}, ["recipient"]),
        ({"signers": ("p-1",)}, ["signed"]),
        ({"signers": ("p-1", "p-1")}, ["signed"]),
        ({"signers": ("p-1", "p-3")}, ["signed"]),  # a handler decides nothing
        ({"signers": ("p-2", "p-4")}, ["signed"]),  # nor does a guardian
        ({"act__quorum": {"count": 1, "roles": ["decider"]}, "signers": ("p-1",)}, ["signed"]),
        ({"case": {"number": "C-2", "salt": (b"\1" * 32).hex()}}, ["sealed"]),
        (
            {"order": {"sha256": "0" * 64, "authority": "A-1", "country": "FR", "name": "x", "text": b64(b"y")}},
            ["order"],
        ),
        ({"clock": {"asked": "2026-12-30T11:00:00Z", "due": "2027-01-01T00:00:00Z", "emergency": False}}, ["clock"]),
        ({"clock": {"asked": "2026-11-30T11:00:00Z", "due": "2026-12-01T00:00:00Z", "emergency": True}}, ["recipient"]),
        ({"clock": {"asked": "2026-01-30T11:00:00Z", "due": "2026-02-01T00:00:00Z", "emergency": False}}, ["clock"]),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_given(scene: Scene, about: dict[str, Any], found: list[str]) -> None:
    assert failing(scene, scene.request(**about)) == found


def test_a_row_forged_as_approved_is_nothing_without_the_people(scene: Scene) -> None:
    request = json.loads(scene.request())
    forged = texts.canonical(json.loads(request["act"]["text"]) | {"nonce": "forged"})
    request["act"]["text"] = forged.decode()
    assert failing(scene, texts.canonical(request)) == ["signed", "witnessed"]
    request["act"]["signatures"] = [scene.log.people["p-1"].sign(forged) | {"key": "0" * 64}]
    assert failing(scene, texts.canonical(request)) == ["signed", "witnessed"]


def test_an_act_that_no_witness_has_seen_opens_nothing(scene: Scene) -> None:
    asked = json.loads(scene.request())
    asked["record"]["asked"] = scene.logged
    assert failing(scene, texts.canonical(asked)) == ["witnessed"]
    asked["record"]["asked"] = ""
    assert failing(scene, texts.canonical(asked)) == ["witnessed"]


def test_a_record_with_another_past_is_no_record(scene: Scene, tmp_path: Path) -> None:
    custodian, request = scene.custodian(), scene.request()
    custodian.keeper.put("O-TEST1", request, scene.card())
    assert custodian.look("O-TEST1").checked.holds
    other = Scene(tmp_path / "other")
    other.request()
    keeper.configure(custodian.keeper.directory, ledger=str(other.log.directory))
    found = {one.id for one in scene.custodian().look("O-TEST1").checked.checks if not one.holds}
    assert {"record", "signed", "witnessed", "recipient"} <= found


def test_a_young_key_waits_a_day_as_seen_here(scene: Scene) -> None:
    mark = sealing.RECIPIENT.public.fingerprint
    whose = {"recipient": mark, "authority": "A-1", "country": "FR"}
    scene.logged = scene.log.receipt(scene.log.add("recipient.logged", whose, at=NOW - 60))
    request = scene.request()
    assert failing(scene, request) == ["recipient"]
    scene.now = NOW + DAY + 60  # this custodian has itself seen it for a day
    assert failing(scene, request) == []


def test_an_emergency_takes_two_who_called_back_and_no_day(scene: Scene) -> None:
    mark = sealing.RECIPIENT.public.fingerprint
    clock = {"asked": "2026-11-30T11:00:00Z", "due": "2026-11-30T20:00:00Z", "emergency": True}
    twice = scene.log.receipt(scene.log.add("recipient.called-back", {"recipient": mark}, by="person:3"))
    assert failing(scene, scene.request(clock=clock, record={"called_back": [scene.called, twice]})) == ["recipient"]
    other = scene.log.receipt(scene.log.add("recipient.called-back", {"recipient": mark}, by="person:9"))
    assert failing(scene, scene.request(clock=clock, record={"called_back": [scene.called, other]})) == []


def test_the_same_act_is_answered_once(scene: Scene) -> None:
    request = scene.request()
    custodian = scene.custodian()
    custodian.keeper.put("O-TEST1", request, scene.card())
    custodian.give("O-TEST1")
    again = texts.canonical(json.loads(request) | {"before": []})
    custodian.keeper.put("O-TEST1", again, scene.card())
    assert [one.id for one in custodian.look("O-TEST1").checked.checks if not one.holds] == ["once"]
    with pytest.raises(NotGiven, match="once"):
        custodian.give("O-TEST1")


def test_an_item_that_is_another_is_refused(scene: Scene) -> None:
    grown = sealing.sealed([sealing.record()] * 3, scene.roster)
    item = {"item": grown.item.head.item, "head": grown.item.head.digest}
    assert "sealed" in failing(scene, scene.request(item=item))
    swapped = json.loads(scene.card())
    swapped["parts"][0]["day"] = "2026-11-05"
    with pytest.raises(texts.BadText, match="part 0 is not of this item"):
        scene.custodian().keeper.put("O-TEST1", scene.request(), texts.canonical(swapped))


WORDS_ALONE = (
    "before",
    "clock.asked",
    "order.name",
    "order.instrument",
    "order.type",
    "record.url",
    "recipient.authority",
)


@given(st.data())
@settings(max_examples=200 if SOAK else 25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_asked_can_be_altered(whole: tuple[Scene, bytes], data: st.DataObject) -> None:
    scene, request = whole
    said = json.loads(request)
    place = data.draw(st.sampled_from(sorted(_places(said))))
    other = data.draw(st.sampled_from([None, 0, -1, True, "", "x", [], {}, [1], {"a": 1}, "2026-12-01T00:00:00Z"]))
    *above, last = place.split(".")
    inner = said
    for name in above:
        inner = inner[name]
    if inner[last] == other:
        return
    inner[last] = other
    custodian = scene.custodian("ee")
    try:
        opening = openings.parse(texts.canonical(said))
        custodian.keeper.put(opening.number, texts.canonical(said), scene.card("ee"))
        assert not custodian.look(opening.number).checked.holds, place
        with pytest.raises(NotGiven):
            custodian.give(opening.number)
    except texts.BadText:
        pass
    assert custodian.keeper.log() == []


def _places(said: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in said.items():
        place = f"{above}{name}"
        if place.startswith(WORDS_ALONE):
            continue
        yield place
        if isinstance(value, dict):
            yield from _places(value, f"{place}.")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, bytes]:
    """A good request, made once."""
    scene = Scene(tmp_path_factory.mktemp("whole"))
    return scene, scene.request()


def test_a_revoked_custodian_is_not_heard_and_their_program_knows(scene: Scene) -> None:
    request = scene.request()
    custodian = scene.custodian()
    custodian.keeper.put("O-TEST1", request, scene.card())
    answer = custodian.give("O-TEST1")
    rest = {name: place for name, place in sealing.PLACES.items() if name != "be"} | {"fr": "FR"}
    following = sealing.roster(rest, version=2, previous=scene.roster.hash, charter=scene.charter)
    signed = sealing.signed(following, ("ee", "pt", "uy", "fr"))
    with pytest.raises(openings.BadOpening, match="be: revoked by roster 2"):
        openings.parse_answer(answer, openings.parse(request), scene.roster, following)
    custodian.keeper.follow(signed.raw)
    assert "sealed" in [one.id for one in custodian.look("O-TEST1").checked.checks if not one.holds]


def test_the_clock_going_back_stops_everything(scene: Scene) -> None:
    custodian = scene.custodian()
    custodian.keeper.put("O-TEST1", scene.request(), scene.card())
    assert custodian.look("O-TEST1").checked.holds
    scene.now = NOW - 2 * DAY
    assert "clock" in [one.id for one in scene.custodian().look("O-TEST1").checked.checks if not one.holds]


def test_calls_are_signed_and_taken_once(scene: Scene) -> None:
    heard: set[str] = set()
    header = asking.sign("be", sealing.key("be"), "GET", "/custodians/inbox", b"", NOW)
    about = ("GET", "/custodians/inbox", b"", [scene.roster], NOW)
    assert asking.verify(header, *about, heard).name == "be"
    for bad, wrong in (
        (header, "heard before"),
        ("Bearer x", "signature is asked for"),
        (header.replace(" be ", " ee "), "no custodian"),
        (asking.sign("be", OTHER, "GET", "/custodians/inbox", b"", NOW), "no custodian"),
        (asking.sign("be", sealing.key("be"), "GET", "/custodians/inbox", b"", NOW - 900), "five minutes"),
    ):
        with pytest.raises(asking.NotAsked, match=wrong):
            asking.verify(bad, *about, heard)


def test_a_directory_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(keeper.BadKeeper, match="comity custodian init"):
        keeper.Keeper(tmp_path)
    with pytest.raises(keeper.BadKeeper, match="realm: one of"):
        keeper.init(tmp_path / "x", keeper.Settings("be", "BE", realm="nowhere"))
    assert not (tmp_path / "x").exists()
    assert rosters.LEAST_PLACES == 3


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ([], ""),
        ([""], ""),
        (["2026-11-03"], "2026-11-03"),
        (["2026-12-01", "2026-11-30", "2026-12-02"], "2026-11-30 – 2026-12-02"),
        (["2026-11-03", "2026-11-05", "2026-11-06"], "2026-11-03, 2026-11-05 – 2026-11-06"),
    ],
)
def test_days_that_lie_between_two_rows_are_not_shown_as_asked_for(days: list[str], says: str) -> None:
    assert runs(days) == says
