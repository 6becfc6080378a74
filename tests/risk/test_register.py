"""Risks turn by themselves as their proofs do, and a level is raised by one, lowered by two, and ends by itself."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from own_realm import NOW

from comity import clock
from comity.alerts.models import Alert
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.risk import leveling, levels, pictures, proofs, register, turning
from comity.risk.drills.models import Drill
from comity.risk.models import Alarm, Level, Reckoned, Stands
from comity.risk.register import GREEN, MISSING, Control

pytestmark = pytest.mark.django_db
RISK = register.all_of()["buried-order"]


def rehearsed(name: str, *, met: bool = True, at: datetime = NOW, load: int = 20, realm: str = "demo") -> Drill:
    return Drill.objects.create(
        realm=realm, name=name, seed=1, load=load, by="operator", state="ended", live=None, planned_at=at, begun_at=at,
        over_at=at, met=met,
    )  # fmt: skip


def band(realm: str = "demo", risk: str = "buried-order") -> str:
    return Stands.objects.get(realm=realm, risk=risk).band


def red() -> None:
    """One risk is red, and an alarm was judged real: what a level may rest on."""
    turning.look("demo")
    Alarm.objects.create(
        realm="demo", kind="headroom", name="people", since=NOW.date(), at=NOW.date(), seen=2, expected=1, size=2,
        sure=3, state="real", raised_at=NOW, judged_at=NOW, reason="It is.", by="operator",
    )  # fmt: skip


def test_what_is_left_is_computed_and_a_proof_that_is_not_green_counts_for_nothing() -> None:
    assert register.residual(RISK, {}).size == RISK.inherent == 16
    whole = register.residual(RISK, {one.id: GREEN for one in RISK.controls})
    assert (whole.likelihood, whole.consequence, whole.band) == (1, 3, "low")
    for state in ("red", "stale", MISSING, "nonsense"):
        assert register.residual(RISK, {one.id: state for one in RISK.controls}).size == 16
    assert [register.band(n) for n in (1, 5, 6, 11, 12, 25)] == ["low", "low", "middle", "middle", "red", "red"]


def test_a_risk_turns_by_itself_alerts_and_turns_back() -> None:
    assert turning.look("demo") == [], "there was nothing to turn from"
    assert band() == "red"
    drill = rehearsed("buried-order")
    assert "buried-order" in turning.look("demo")
    assert band() == "low"
    turned = Event.objects.get(kind="risk.turned", case="G-10")
    assert (turned.public["was"], turned.public["band"]) == ("red", "low")
    turning.alert(turned)
    assert not Alert.objects.filter(kind="risk.turned", seen_at=None).exists()
    with clock.freeze(NOW + timedelta(days=92)):
        turning.look("demo")
        assert band() == "red", "the rehearsal is too old"
        again = Event.objects.filter(kind="risk.turned", case="G-10").latest("id")
        turning.alert(again)
        assert Alert.objects.filter(kind="risk.turned", thing="G-10", seen_at=None).count() == 1
    Drill.objects.filter(id=drill.id).update(met=False)
    assert turning.look("demo") == []
    Drill.objects.filter(id=drill.id).update(met=True)
    turning.look("demo")
    turning.alert(Event.objects.filter(kind="risk.turned", case="G-10").latest("id"))
    assert not Alert.objects.filter(kind="risk.turned", thing="G-10", seen_at=None).exists(), "settled by itself"
    assert band("demo", "forged-orders") == "red"
    assert not Stands.objects.filter(realm="real").exists()
    Stands.objects.update(looked_at=NOW + timedelta(days=9))  # by a clock that has stepped back since
    turning.keep_time(NOW)
    assert {row.looked_at for row in Stands.objects.filter(realm="demo")} == {NOW}


def test_a_control_whose_proof_no_longer_exists_is_missing_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = proofs.Now("demo")
    gone = Control("x", {"en": "It was so."}, "likelihood", 1, 30, figure="gone", holds=">= 0.5")
    assert now.of(gone).state == MISSING
    rehearsed("gone-drill")
    gone = Control("x", {"en": "It was so."}, "likelihood", 1, 30, drill="gone-drill")
    assert proofs.Now("demo").of(gone).state == MISSING
    risk = register.Risk(
        "odd", "G-10", "own", "head", RISK.says, RISK.causes, RISK.consequences, 4, 4, (gone,)
    )  # fmt: skip
    left, _ = proofs.Now("demo").residual(risk)
    assert left.size == 16


def test_a_drill_at_less_than_is_asked_for_and_one_outgrown_prove_nothing() -> None:
    flood = next(one for one in register.all_of()["illegal-content"].controls if one.drill)
    rehearsed("order-flood", load=5)
    assert proofs.Now("demo").of(flood).state == MISSING
    drill = rehearsed("order-flood")
    assert proofs.Now("demo").of(flood).state == GREEN
    with clock.freeze(NOW + timedelta(hours=1)):
        red()
        Alarm.objects.update(raised_at=clock.now())
        assert proofs.Now("demo").of(flood).state == "stale", "rehearsed against less than comes now"
    Drill.objects.filter(id=drill.id).update(met=False, over_at=NOW + timedelta(hours=2))
    assert proofs.Now("demo").of(flood).state == "stale", "a clock that has stepped back wrote it: no proof"
    with clock.freeze(NOW + timedelta(hours=2)):
        assert proofs.Now("demo").of(flood).state == "red"


def test_headroom_is_no_proof_until_somebody_reckoned_it() -> None:
    room = next(one for one in register.all_of()["illegal-content"].controls if one.figure == "headroom")
    assert proofs.Now("demo").of(room).state == MISSING
    row = Reckoned.objects.create(
        realm="demo", what="headroom", day=NOW.date(), at=NOW, doc={"people": {"rings": False}}
    )
    assert proofs.Now("demo").of(room).state == GREEN
    Reckoned.objects.filter(pk=row.pk).update(doc={"people": {"rings": True}})
    assert proofs.Now("demo").of(room).state == "red"
    with clock.freeze(NOW + timedelta(days=3)):
        assert proofs.Now("demo").of(room).state == "stale"


@pytest.mark.parametrize(("change", "why"), [
    (("likelihood: 4", "likelihood: 6"), "1 to 5"),
    (("lowers: likelihood", "lowers: fear"), "lowers likelihood or consequence"),
    (('holds: ">= 0.95"', 'holds: "> 1"'), "such as"),
    (("figure: hour-kept", "wish: hour"), "wish"),
    (("owner: head", "owner: nobody"), "owner"),
    (("number: G-02", "number: G-01"), "each stands once"),
    (("drill: order-flood", "drill: order-flood\n      figure: told"), "a figure or a drill"),
])  # fmt: skip
def test_a_register_that_cannot_be_says_which_field(change: tuple[str, str], why: str) -> None:
    from importlib import resources

    text = resources.files("comity.risk").joinpath("risks.yaml").read_text("utf-8")
    with pytest.raises(register.BadRegister, match=why):
        register.read(text.replace(*change, 1))


# -- levels -----------------------------------------------------------------------------------------------------------


def test_one_raises_two_lower_and_it_ends_by_itself(demo: dict[str, Person]) -> None:
    with pytest.raises(BadInput, match="rests on"):
        leveling.raise_level(demo["handler-be"], "demo", "raised", "Because.")
    red()
    leveling.raise_level(demo["handler-be"], "demo", "raised", "More comes than we can decide.")
    assert leveling.current("demo") == "raised"
    with pytest.raises(NotNow):
        leveling.raise_level(demo["head-ee"], "demo", "raised", "Again.")
    for level, reason in (("usual", "x"), ("higher", "x"), ("high", " ")):
        with pytest.raises(BadInput):
            leveling.raise_level(demo["head-ee"], "demo", level, reason)
    with pytest.raises(NotAllowed):
        leveling.raise_level(demo["head-ee"], "real", "high", "x")
    leveling.raise_level(demo["head-ee"], "demo", "high", "It goes on.")
    assert Level.objects.filter(ended_at=None).count() == 1
    with pytest.raises(NotAllowed):
        leveling.propose_lower(demo["handler-be"], "demo", "usual", "x")
    with pytest.raises(BadInput):
        leveling.propose_lower(demo["head-ee"], "demo", "high", "x")
    hash = leveling.propose_lower(demo["decider-be"], "demo", "raised", "It is over.")
    assert not leveling.sign(demo["decider-be"], "demo", hash, None)
    with pytest.raises(ApprovalRefused):
        leveling.sign(demo["decider-be"], "demo", hash, None)
    assert leveling.sign(demo["decider-ee"], "demo", hash, None)
    assert leveling.current("demo") == "raised"
    with clock.freeze(NOW + timedelta(days=15)):
        assert leveling.current("demo") == "usual"
        leveling.keep_time(clock.now())
        leveling.keep_time(clock.now())
        assert Event.objects.filter(kind="level.ended").count() == 1
        assert leveling.days_raised("demo", NOW, clock.now()) == pytest.approx(15, abs=1.1)


def test_a_raised_level_asks_for_drills_sooner(demo: dict[str, Person]) -> None:
    control = next(one for one in RISK.controls if one.drill)
    rehearsed("buried-order", at=NOW - timedelta(days=40))
    assert proofs.Now("demo").of(control).state == GREEN
    red()
    leveling.raise_level(demo["head-ee"], "demo", "raised", "More comes.")
    assert proofs.Now("demo").of(control).state == "stale"


@pytest.mark.parametrize(("change", "why"), [
    (("days: 14", "days: 15"), "1 to 14"),
    (("count: 2", "count: 1"), "at least 2"),
    (("id: raised", "id: risen"), "in this order"),
    (("on_call: 6", "on_call: 3"), "at least as many"),
])  # fmt: skip
def test_levels_that_cannot_be_are_refused(change: tuple[str, str], why: str) -> None:
    from importlib import resources

    text = resources.files("comity.risk").joinpath("levels.yaml").read_text("utf-8")
    with pytest.raises(ValueError, match=why):
        levels.read(text.replace(*change, 1))


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_pages_say_what_the_rows_do(demo: dict[str, Person]) -> None:
    red()
    page = Client(HTTP_HOST="localhost")
    page.force_login(demo["head-ee"])
    shown = page.get("/console/risk/register/").content.decode()
    for risk in register.all_of().values():
        assert risk.number in shown
    assert "<title id=" in shown
    one = page.get("/console/risk/register/G-10").content.decode()
    assert "counts for nothing now" in one
    for risk in register.all_of().values():  # whether or not anybody reckoned what its proofs rest on
        assert page.get(f"/console/risk/register/{risk.number}").status_code == 200, risk.number
    assert page.get("/console/risk/register/G-99").status_code == 404
    raised = page.post("/console/risk/level/raise", {"level": "raised", "reason": "More comes."})
    assert raised.status_code == 302
    assert "it ends by itself" in page.get("/console/risk/level").content.decode()
    page.post("/console/risk/level/lower", {"level": "usual", "reason": "Over."})
    assert "Put to people" in page.get("/console/risk/level").content.decode()
    home = page.get("/console/").content.decode()
    for words in ("Due within 24 hours", "Missed in four weeks", "What is red", "G-10", "Held back beyond its end"):
        assert words in home
    assert "The queue" in home
    assert page.get("/console/queue/").status_code == 200
    handler = Client(HTTP_HOST="localhost")
    handler.force_login(demo["handler-be"])
    assert "Due within 24 hours" not in handler.get("/console/").content.decode()
    stranger = Client(HTTP_HOST="localhost")
    for path in ("register/", "level", "drills/"):
        assert stranger.get(f"/console/risk/{path}").status_code == 302


def test_a_picture_has_each_risk_once_and_says_the_bands_without_colour() -> None:
    left = [(risk, register.residual(risk, {})) for risk in register.all_of().values()]
    plane = pictures.heat("h", "t", "s", left, {risk.id: "/" for risk, _ in left})
    assert len(plane.cells) == 25
    assert [cell.band for cell in plane.cells].count("red") == sum(
        x * y >= 12 for x in range(1, 6) for y in range(1, 6)
    )
    assert len({text.text for text in plane.texts}) == len(left)
    moved = pictures.moved("m", "t", "s", RISK, register.residual(RISK, {one.id: GREEN for one in RISK.controls}))
    assert moved.arrow.startswith("M")
