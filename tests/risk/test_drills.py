"""A drill goes through the door, the road and the queue in a realm of its own, is scored, and leaves nothing behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from road import Road, open_road

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import exercises
from comity.cases.models import Case, Request
from comity.demo.register import AUTHORITIES
from comity.doors.email import realm
from comity.figures import commands as figures
from comity.figures.models import Count, Quarter
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import for_url
from comity.risk import proofs
from comity.risk.drills import commands, drill_file, measuring, offices, rules, sending
from comity.risk.drills import mails as made
from comity.risk.drills.models import Drill
from comity.risk.register import all_of
from comity.world import orders

from .drilling import Door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REAL = "https://chat.example"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        register.sync([*AUTHORITIES, *offices.AUTHORITIES])
        yield opened


@pytest.fixture
def door(road: Road, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    monkeypatch.setattr(sending, "line", door.line)
    monkeypatch.setattr(commands.health, "mail_door", lambda: "127.0.0.1:2525")
    return door


def begun(name: str, **more: object) -> Drill:
    return commands.begin("operator", "demo", name, **({"seed": 5, "load": 1} | more))  # type: ignore[arg-type]


def over(road: Road, drill: Drill) -> Drill:
    """Drive the road until a drill is over: what is to be looked at later is looked at now."""
    road.drive()
    for _ in range(5):
        drill.refresh_from_db()
        if drill.state not in rules.LIVE:
            break
        commands.run(Event.objects.get(kind="drill.begun", case=drill.id))
        road.drive()
    return drill


def test_a_true_order_under_forged_ones_is_found_and_nothing_real_is_touched(road: Road, door: Door) -> None:
    page, drill = begun_on_its_page(road)
    where = f"/console/risk/drills/{drill.id}"
    assert "How far it is" in page.get(where).content.decode()
    over(road, drill)
    assert (drill.state, drill.met) == ("ended", True), (drill.result, road.refused)
    assert set(door.realms) == {"drill"}
    found = drill.result
    assert (found["sent"], found["stored"], found["lost"]) == (11, 11, 0)
    assert (found["believed"], found["given"], found["place"], found["missed"]) == (0, 0, 1, 0)
    assert found["real_touched"] == 0
    assert found["p50"] is not None
    assert [one["what"] for one in found["timeline"]][-1] == "ended"
    shown(page, where)
    # what was left open is taken back, what was judged after its end too, and its mails went nowhere
    commands.put_away(Event.objects.get(kind="drill.ended", case=drill.id))
    cases = Case.objects.filter(realm="drill")
    assert cases.exists()
    assert not cases.filter(open=True).exists()
    assert not Mail.objects.filter(realm="drill", state="sent").exists()
    proves_at_its_load_alone(drill)
    # none of it is in a figure of everyone's
    figures.keep_time(clock.now())
    assert not Count.objects.exclude(realm="drill").filter(instrument=cases[0].instrument, realm="real").exists()
    assert not Quarter.objects.filter(realm="real").exists()
    every_route_out_is_shut_and_would_be_seen(road, drill)


def begun_on_its_page(road: Road) -> tuple[Client, Drill]:
    """Begun by who may, on the page, after what can't be."""
    head, handler = road.person("head", "EE"), road.person("handler")
    with pytest.raises(NotAllowed):
        commands.begin(handler, "demo", "buried-order")
    with pytest.raises(NotAllowed):
        commands.begin(head, "real", "buried-order")
    page = Client(HTTP_HOST="localhost")
    page.force_login(head)
    assert page.post("/console/risk/drills/begin", {"name": "buried-order", "load": "x"}).status_code == 400
    sent = page.post("/console/risk/drills/begin", {"name": "buried-order", "load": "1", "desk": "3"})
    drill = Drill.objects.get()
    assert sent["Location"] == f"/console/risk/drills/{drill.id}"
    assert (drill.by, drill.realm, drill.desk) == (head.by, "demo", 3)
    return page, drill


def shown(page: Client, where: str) -> None:
    """Its page once it is over, and where it stands among the others."""
    said = page.get(where).content.decode()
    for words in ("Score", "Its place in the queue", "What happened when"):
        assert words in said
    assert page.get("/console/risk/drills/").status_code == 200
    answer = page.get(f"{where}/progress", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def proves_at_its_load_alone(drill: Drill) -> None:
    """A score that proves: not at this load, which is less than is asked for."""
    control = next(one for one in all_of()["buried-order"].controls if one.drill)
    assert proofs.Now("demo").of(control).state == "missing"
    Drill.objects.filter(id=drill.id).update(load=20)
    assert proofs.Now("demo").of(control).state == "green"
    with clock.freeze(clock.now() + timedelta(days=92)):
        assert proofs.Now("demo").of(control).state == "stale"


def every_route_out_is_shut_and_would_be_seen(road: Road, drill: Drill) -> None:
    """Nothing real can be touched, by any route; and each way in which it could is found."""
    came = measuring.Came(drill)
    assert measuring.real_touched(came) == []
    case = Case.objects.filter(realm="drill", grade="domain").get()
    # a demo person signs nothing of it, and no real address is reached for it
    from comity.people.rules import may

    assert not may(road.person("decider"), "approve", case)
    assert for_url(f"{REAL}/c/harbour/1", "drill") is None
    # an office of a drill is nobody in the real realm
    reading = {"signatures": [], "orders": [], "envelope": {}}
    assert register.grade(reading, [], "real").grade == "none"
    assert {one.realm for one in Authority.objects.filter(id__startswith="drill-")} == {"drill"}
    # what isn't of the realm is not tidied away, whoever asks
    request = case.request
    Case.objects.filter(id=case.id).update(realm="real", state="to-decide", open=True)
    assert exercises.take_back([request.id]) == 0
    seen = measuring.real_touched(measuring.Came(drill))
    assert f"case {case.id}" in seen
    Request.objects.filter(id=request.id).update(realm="real")
    assert f"request {request.id}" in measuring.real_touched(measuring.Came(drill))
    Event.objects.filter(request=request.id, kind="facts.read").count()
    mail = Mail.objects.filter(case=case.id).first() or Mail.objects.filter(request=request.id).first()
    assert mail is not None, "it was acknowledged, into the outbox"
    assert mail.state == "shown"
    Mail.objects.filter(id=mail.id).update(state="sent")
    assert f"mail {mail.id}" in measuring.real_touched(measuring.Came(drill))


def test_a_forged_emergency_is_not_believed_and_rings_nobody(road: Road, door: Door) -> None:
    from comity.alerts.models import Ring, Round

    drill = over(road, begun("forged-emergency"))
    assert drill.met, (drill.result, road.refused)
    assert drill.result["found_after"] is not None
    assert not Round.objects.filter(realm="drill").exists()
    assert not Ring.objects.exists()


def test_leaving_a_country_is_counted_and_counting_writes_nothing(road: Road) -> None:
    drill = over(road, begun("leave-a-country", load=None, country="FR"))
    assert drill.state == "ended"
    assert drill.result["real_touched"] == 0
    assert drill.result["sent"] == 0
    assert drill.result["counts"]["open"] == 0


def test_one_at_a_time_and_a_broken_one_can_be_begun_anew(road: Road, door: Door) -> None:
    drill = begun("buried-order")
    with pytest.raises(NotNow, match="begin another"):
        begun("order-flood")
    door.breaks = 3
    with pytest.raises(KeyboardInterrupt):  # the worker is killed while it sends
        commands.run(Event.objects.get(kind="drill.begun", case=drill.id))
    drill.refresh_from_db()
    assert (drill.state, drill.sent_at) == ("running", None)
    assert commands.run(Event.objects.get(kind="drill.begun", case=drill.id)) is None
    drill.refresh_from_db()
    assert (drill.state, drill.why, drill.met) == ("broken", "interrupted", None)
    road.drive()
    with clock.freeze(clock.now() + timedelta(minutes=3)):  # again, once all is read and judged
        assert commands.put_away(Event.objects.get(kind="drill.broken", case=drill.id)) is None
    assert not Case.objects.filter(realm="drill", open=True).exists()
    assert begun("buried-order").state == "planned"


def test_a_drill_whose_worker_died_is_broken_and_so_is_one_that_nobody_begins(road: Road, door: Door) -> None:
    drill = begun("buried-order")
    with clock.freeze(clock.now() + timedelta(minutes=6)):
        commands.keep_time(clock.now())
    drill.refresh_from_db()
    assert (drill.state, drill.why) == ("broken", "never-begun")
    drill = begun("buried-order")
    commands.run(Event.objects.get(kind="drill.begun", case=drill.id))
    Drill.objects.filter(id=drill.id).update(workers=[10**9])
    commands.keep_time(clock.now())
    drill.refresh_from_db()
    assert (drill.state, drill.why) == ("broken", "interrupted")
    with pytest.raises(NotNow):
        commands.stop(drill.id, "stopped", road.person("head", "EE"))


def test_a_token_counts_while_its_drill_lasts_and_from_this_machine_alone() -> None:
    minted = realm.mint_drill(clock.now() + timedelta(minutes=5))
    assert realm.of([minted], "127.0.0.1") == "drill"
    assert realm.of(["orders@lantern.example", minted], "::1") == "drill"
    assert realm.of([minted], "203.0.113.9") == "real"
    assert realm.no_mailbox(minted, "203.0.113.9"), "and so it never comes in as a real one"
    forged = minted.replace(minted[6:14], f"{2**31:08x}")
    assert realm.no_mailbox(forged, "127.0.0.1")
    assert realm.of([forged], "127.0.0.1") == "real"
    with clock.freeze(clock.now() + timedelta(minutes=6)):
        assert realm.no_mailbox(minted, "127.0.0.1")
        assert realm.of([minted], "127.0.0.1") == "drill", "taken in time, and still on its way"
    assert not realm.no_mailbox("orders@localhost", "203.0.113.9")


@pytest.mark.parametrize("where", ["mail.example:25", "10.0.0.1:2525", "", "nonsense"])
def test_a_door_that_is_not_this_machines_own_takes_no_drill(where: str) -> None:
    with pytest.raises(sending.NoDoor):
        sending.verify_ours(where)


@pytest.mark.parametrize("said", [
    {"name": "nothing"}, {"load": 0}, {"load": 201}, {"people": "nobody"}, {"people": "invited"}, {"desk": -1},
    {"country": "FR"}, {"name": "leave-a-country", "country": "QQ"}, {"name": "leave-a-country", "people": "invited"},
])  # fmt: skip
def test_bad_input_names_its_field(road: Road, door: Door, said: dict[str, object]) -> None:
    with pytest.raises(BadInput) as bad:
        begun(str(said.pop("name", "buried-order")), **said)
    assert bad.value.field
    assert not Drill.objects.exists()


def test_a_drill_needs_its_sandbox(road: Road, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, sandbox_url=""))
    with pytest.raises(BadInput, match="sandbox"):
        begun("buried-order")


# -- pure -----------------------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_mails_and_each_says_that_it_is_a_drill() -> None:
    spec = drill_file.all_of()["order-flood"]
    one, other = (orders.orders(7, spec.mails(2)) for _ in range(2))
    assert one == other
    assert orders.orders(8, spec.mails(2)) != one
    key, here = offices.key(settings.COMITY.data), made.Here("orders@lantern.example", "BE")
    ids = set()
    for sent in one:
        raw = made.make("E-ABCDEFGH", sent, "http://127.0.0.1:1/c/harbour/2", here, clock.now(), key)
        assert b"[DRILL]" in raw
        assert b"DRILL: made for an exercise" in raw.replace(b"=\r\n", b"")
        ids.add(made.message_id("E-ABCDEFGH", sent))
    assert len(ids) == len(one)
    with pytest.raises(ValueError, match="no kind"):
        orders.orders(1, {"nothing": 1})
    with pytest.raises(ValueError, match="less than 0"):
        orders.orders(1, {"order": -1})


DRY = "id: x, says: {en: x}, what: {en: x}, minutes: 5, period: 1, dry: true"
LOST = "objectives: [{of: lost, most: 0, says: {en: x}}]"


@pytest.mark.parametrize(("row", "why"), [
    (f"{DRY}, objectives: []", "can’t be missed"),
    (f"{DRY}, {LOST}".replace("lost", "luck"), "nothing measures luck"),
    (f"{DRY}, {LOST}".replace("dry: true", "usual: 1, mix: {cats: 1}"), "no kind cats"),
    (f"{DRY}, {LOST}".replace("minutes: 5", "minutes: 0"), "at least 1"),
    ("id: x, colour: red", "unknown: colour"),
])  # fmt: skip
def test_a_file_of_drills_that_cannot_be_says_which_field(row: str, why: str) -> None:
    with pytest.raises(drill_file.BadDrill, match=why):
        drill_file.read("- {" + row + "}")


def test_what_is_not_known_is_not_met() -> None:
    spec = drill_file.all_of()["order-flood"]
    assert not rules.met(rules.scored(spec.objectives, {"lost": 0}))
    assert not rules.met([])
    assert rules.percentile([], 0.99) is None
    assert rules.percentile([3.0, 1.0, 2.0], 0.5) == 2.0
