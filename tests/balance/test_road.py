"""A rule is changed in the open: every step, every refusal on the way, and one hash all along."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from amount import SOAK
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from comity import clock
from comity.adoption import commands as adoption
from comity.adoption.models import Draft
from comity.alerts.models import Alert
from comity.balance import bounds, consulting, dates, proposing, voting
from comity.balance.models import Ballot, Bound, Comment, Crossing, Proposal
from comity.cli import parser
from comity.demo.veltria import balancing
from comity.figures.models import Count, Counted, Made, Quarter
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.library import in_force
from comity.people import approvals
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.terminal import Misuse, No

from .living import Life

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = 24 * 3600
REASON = "It spares people a wrong that was found only when they complained."


def client(person: Person | None = None) -> Client:
    made = Client(HTTP_HOST="localhost:8000")
    if person is not None:
        made.force_login(person)
    return made


def of(number: str) -> Proposal:
    return Proposal.objects.get(id=number)


def events(kind: str, number: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind, case=number).order_by("id"))


@pytest.fixture(scope="module")
def world(demo: dict[str, Person]) -> SimpleNamespace:
    """A made year, a bound that it crosses, a tried draft, and Veltria's proposal, shaped and confirmed."""
    cache.clear()
    bound = balancing.measure()
    draft = balancing.attempt()
    proposal, token = balancing.propose(bound.id)
    return SimpleNamespace(bound=bound.id, draft=draft.pk, number=proposal.id, token=token)


def published(world: SimpleNamespace, demo: dict[str, Person]) -> str:
    proposing.admit(demo["counsel-be"], world.number)
    proposing.shape(demo["counsel-be"], world.number, world.draft)
    proposing.confirm(world.number, "state:XV")
    proposing.publish(demo["counsel-be"], world.number)
    return str(world.number)


def at_vote(world: SimpleNamespace, demo: dict[str, Person]) -> str:
    number = published(world, demo)
    clock.advance(28 * DAY)
    dates.keep_time(clock.now())
    voting.ballot(demo["counsel-be"], number)
    return number


def test_a_bound_is_set_by_three_of_three_and_its_crossing_names_what_stands_out(world, demo):
    bound = Bound.objects.get(id=world.bound)
    crossing = Crossing.objects.get(bound=bound)
    assert (bound.state, crossing.state) == ("standing", "open")
    assert [(row["country"], row["version"]) for row in crossing.causes][:1] == [("XV", "2021-784.1")]
    assert crossing.causes[0]["excess"] > 50
    bounds.keep_time(clock.now())
    assert Crossing.objects.filter(bound=bound).count() == 1, "one at a time"
    Bound.objects.update(watched_to=clock.now().date() + timedelta(days=90))  # by a clock that has stepped back since
    bounds.keep_time(clock.now())
    assert Bound.objects.get(id=bound.id).watched_to == clock.now().date() - timedelta(days=1)
    bounds.alert(events("bound.crossed", bound.id)[0])
    assert Alert.objects.get(kind="bound.crossed", thing=bound.id).seen_at is None
    page = client(demo["counsel-be"]).get(f"/console/balance/crossings/{crossing.pk}").content.decode()
    for words in ("Likely causes", "Veltria", "<title id=", "The same as a table", "None yet. It stays here"):
        assert words in page
    with pytest.raises(NotAllowed):
        bounds.propose_answer(demo["head-ee"], bound.id, REASON)
    hash = bounds.propose_answer(demo["council-be"], bound.id, REASON)
    assert not bounds.sign(demo["council-be"], bound.id, hash, None)
    with pytest.raises(ApprovalRefused):
        bounds.sign(demo["council-be"], bound.id, hash, None)
    bounds.sign(demo["council-jp"], bound.id, hash, None)
    crossing.refresh_from_db()
    assert (crossing.state, crossing.answer) == ("answered", REASON)
    bounds.alert(events("bound.crossed", bound.id)[0])  # a job that comes after the answer
    assert not Alert.objects.filter(thing=bound.id, seen_at=None).exists()
    clock.advance(29 * DAY)
    bounds.keep_time(clock.now())
    crossing.refresh_from_db()
    assert crossing.state == "closed", "nothing came since: no count, no crossing, and no alarm for ever"


def test_the_command_line_says_the_same_and_what_is_not_known(world, demo, capsys):
    def told(*words: str) -> tuple[int, dict[str, object]]:
        args = parser().parse_args([*words, "--json"])
        status = args.run(args)
        return status, json.loads(capsys.readouterr().out)

    status, found = told("balance", "show", "--realm", "demo")
    assert (status, found["crossings"][0]["bound"]) == (1, world.bound), "a bound is crossed, and not answered"
    rows = {row["id"]: row for row in found["indicators"]}
    assert rows["reversed"]["low"] < rows["reversed"]["share"] < rows["reversed"]["high"]
    assert rows["reversed"]["budget_of_10000"] == 150
    status, found = told("balance", "show")
    assert (status, found["crossings"]) == (0, [])
    assert {row["share"] for row in found["indicators"]} == {None}, "nothing was counted: nothing is known"
    assert told("balance", "what-if", f"D-{world.draft}")[1]["moved"] > 0
    assert told("proposals", "show", world.number)[1]["unanswered"] == 0
    assert told("proposals", "list", "--realm", "demo")[1]["proposals"][0]["number"] == world.number
    for words in (("balance", "what-if", "D-0"), ("balance", "what-if", "x" * 9), ("proposals", "show", "V-É")):
        with pytest.raises(No):
            told(*words)
    with pytest.raises(Misuse):
        told("balance", "show", "--country", "QQ")


def test_a_budget_and_an_indicator_are_typed_as_they_are(world, demo):
    me = demo["council-be"]
    for percent in ("0", "50", "1.234", "-1", "two", "", "1e1", "1.²", "٣"):
        with pytest.raises(BadInput):
            bounds.budget_of(percent)
    for indicator, country in (("share-done", ""), ("nothing", ""), ("told", "QQ")):
        with pytest.raises(BadInput):
            bounds.draft(me, "demo", indicator, country, "2", REASON)
    with pytest.raises(NotAllowed):
        bounds.draft(demo["handler-be"], "demo", "told", "", "2", REASON)
    with pytest.raises(NotAllowed):
        bounds.draft(me, "real", "told", "", "2", REASON)


def test_the_whole_road_with_one_hash(world, demo):
    number = world.number
    found = of(number)
    assert (found.lane, found.country, found.state) == ("authority", "XV", "received")
    assert proposing.words_of(found) == balancing.WORDS
    with pytest.raises(NotNow):
        proposing.publish(demo["counsel-be"], number)
    with pytest.raises(NotAllowed):
        proposing.admit(demo["council-be"], number)
    path = "/countries/demo/XV"
    assert f"/proposals/{number}" not in client().get(path).content.decode(), "not before it is admitted"
    proposing.admit(demo["counsel-be"], number)
    assert f"/proposals/{number}" in client().get(path).content.decode()
    assert "propose de modifier" in client().get(f"{path}?language=fr").content.decode()
    proposing.shape(demo["counsel-be"], number, world.draft)
    with pytest.raises(BadInput, match="hasn't confirmed"):
        proposing.publish(demo["counsel-be"], number)
    with pytest.raises(BadInput):
        proposing.with_token(number, "a" * 26)
    mine = client().get(f"/proposals/mine/{world.token}")
    assert "Is this what you mean?" in mine.content.decode()
    assert client().post(f"/proposals/mine/{world.token}", {"act": "confirm"}).status_code == 302
    proposing.publish(demo["counsel-be"], number)
    sha = of(number).sha256
    draft = Draft.objects.get(pk=world.draft)
    assert sha == draft.sha256
    for spoil in (
        lambda: adoption.edit(demo["counsel-be"], draft.pk, draft.text + "# more\n", draft.revision),
        lambda: adoption.withdraw(demo["counsel-be"], draft.pk),
        lambda: adoption.propose(demo["counsel-be"], draft.pk, REASON),
    ):
        with pytest.raises(BadInput, match=number):
            spoil()
    # anyone comments; script is text; the same again is counted; one megabyte is refused
    anyone, script = client(), "<script>alert(1)</script> \u202eWhy?"
    assert anyone.post(f"/proposals/{number}/comment", {"text": script}).status_code == 302
    assert anyone.post(f"/proposals/{number}/comment", {"text": f"  {script.upper()} !!"}).status_code == 302
    assert anyone.post(f"/proposals/{number}/comment", {"text": "x" * 1_000_000}).status_code == 400
    assert anyone.post(f"/proposals/{number}/comment", {"text": " \n "}).status_code == 400
    assert [(row.times, row.hidden) for row in Comment.objects.all()] == [(2, "")]
    page = anyone.get(f"/proposals/{number}").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page.split("<main", 1)[1]
    assert "the same text 2 times" in page
    assert sha in page
    assert "What the past year would have been" in page
    with pytest.raises(NotNow):
        voting.ballot(demo["counsel-be"], number)
    clock.advance(28 * DAY)
    dates.keep_time(clock.now())
    assert of(number).state == "answering"
    late = anyone.post(f"/proposals/{number}/comment?language=fr", {"text": "Too late, and yet said."})
    assert (late.status_code, Comment.objects.count()) == (400, 1)
    for words in ("la consultation n’est pas ouverte", "Too late, and yet said."):  # nothing that was typed is lost
        assert words in late.content.decode()
    with pytest.raises(BadInput, match="wait for an answer"):
        voting.ballot(demo["counsel-be"], number)
    consulting.answer(demo["counsel-be"], number, [Comment.objects.get().pk], "It is asked for at once.")
    voting.ballot(demo["counsel-be"], number)
    _voted(number, demo)
    _adopted(number, world, demo, sha)


def _voted(number: str, demo: dict[str, Person]) -> None:
    with pytest.raises(NotAllowed):
        voting.propose(demo["head-ee"], number, "for", REASON)
    for choice, reason in (("perhaps", REASON), ("for", " ")):
        with pytest.raises(BadInput):
            voting.propose(demo["council-be"], number, choice, reason)
    first = voting.propose(demo["council-be"], number, "against", REASON)
    with pytest.raises(ApprovalRefused):
        voting.sign(demo["council-ee"], number, first.act, None)  # it is another's vote
    voting.sign(demo["council-be"], number, first.act, None)
    with pytest.raises(ApprovalRefused):
        voting.sign(demo["council-be"], number, first.act, None)
    for key, choice in (("council-be", "for"), ("council-ee", "for"), ("council-jp", "abstain")):
        voting.sign(demo[key], number, voting.propose(demo[key], number, choice, REASON).act, None)
    assert [(vote.jurisdiction, vote.choice) for vote in voting.verified(of(number))] == [
        ("BE", "for"), ("EE", "for"), ("JP", "abstain"),
    ]  # fmt: skip
    dates.keep_time(clock.now())
    assert of(number).state == "voting", "it never closes early"
    clock.advance(14 * DAY)
    with pytest.raises(BadInput, match="date is over"):
        voting.propose(demo["council-be"], number, "against", REASON)
    dates.keep_time(clock.now())
    assert of(number).state == "carried"
    assert of(number).tally | {"members": 3} == {
        "for": 2, "against": 0, "abstain": 1, "jurisdictions": 2, "members": 3, "why": "",
    }  # fmt: skip


def _adopted(number: str, world: SimpleNamespace, demo: dict[str, Person], sha: str) -> None:
    (carried,) = events("proposal.carried", number)
    for _ in range(2):  # a job runs twice
        proposing.put_to_quorum(carried)
    assert len(events("proposal.put", number)) == 1
    draft = Draft.objects.get(pk=world.draft)
    for key in ("counsel-be", "decider-ee"):
        adoption.sign(demo[key], draft.pk, draft.act, None)
    draft.refresh_from_db()
    (event,) = events("regulation.adopted", draft.number)
    for _ in range(2):
        proposing.adopted(event)
    assert (of(number).state, draft.sha256, event.public["sha256"]) == ("adopted", sha, sha)
    act = approvals.approved(draft.acts[0]).act
    assert (act["ends_on"], act["proposal"], act["sha256"]) == (draft.ends_on.isoformat(), number, sha)
    assert Crossing.objects.get(bound=world.bound).answer.startswith(f"The council carried {number}")
    _sunset(draft, number)


def _sunset(draft: Draft, number: str) -> None:
    library = in_force.library("demo")
    assert library.in_force(draft.regulation, clock.now()).version == draft.version
    clock.advance((draft.ends_at - clock.now()).total_seconds() - 59 * DAY)
    for _ in range(2):
        adoption.keep_time(clock.now())
    assert len(events("regulation.ends-soon", draft.number)) == 1
    clock.advance(59 * DAY + 60)
    adoption.keep_time(clock.now())
    assert in_force.library("demo").in_force(draft.regulation, clock.now()).version == "2021-784.1", "the one before"
    (over,) = events("regulation.sunset", draft.number)
    for _ in range(2):
        proposing.ended(over)
    assert of(number).state == "ended"


@contextmanager
def another_byte(world) -> Iterator[None]:
    """Changed past every command, as whoever holds the database could; and put right again."""
    row = Draft.objects.filter(pk=world.draft)
    text = row.get().text
    row.update(text=f"{text}#")
    yield
    row.update(text=text)


def refused(world, act) -> None:
    """The act is refused for another byte, and nothing is done."""
    before = of(world.number)
    with another_byte(world), pytest.raises(BadInput, match="byte for byte"), transaction.atomic():
        act()
    assert (of(world.number).state, of(world.number).version) == (before.state, before.version)


def test_a_changed_byte_is_refused_at_each_step(world, demo):
    """Confirmed, published, put to the vote, put to a member, signed by them, counted, put to the quorum, adopted."""
    number, counsel = world.number, demo["counsel-be"]
    proposing.admit(counsel, number)
    proposing.shape(counsel, number, world.draft)
    refused(world, lambda: proposing.confirm(number, "state:XV"))
    proposing.confirm(number, "state:XV")
    refused(world, lambda: proposing.publish(counsel, number))
    proposing.publish(counsel, number)
    clock.advance(28 * DAY)
    dates.keep_time(clock.now())
    refused(world, lambda: voting.ballot(counsel, number))
    voting.ballot(counsel, number)
    refused(world, lambda: voting.propose(demo["council-be"], number, "for", REASON))
    for key in ("council-be", "council-ee"):
        vote = voting.propose(demo[key], number, "for", REASON)
        refused(world, lambda vote=vote, key=key: voting.sign(demo[key], number, vote.act, None))
        voting.sign(demo[key], number, vote.act, None)
    clock.advance(14 * DAY)
    with another_byte(world), a_trial():
        dates.keep_time(clock.now())
        assert (of(number).state, "byte for byte" in of(number).why) == ("admitted", True)
    dates.keep_time(clock.now())
    (carried,) = events("proposal.carried", number)
    with another_byte(world), a_trial():
        proposing.put_to_quorum(carried)
        assert (of(number).state, "byte for byte" in of(number).why) == ("unsigned", True)
    proposing.put_to_quorum(carried)
    draft = Draft.objects.get(pk=world.draft)
    adoption.sign(counsel, draft.pk, draft.act, None)
    with another_byte(world), pytest.raises((BadInput, ApprovalRefused, NotNow)), transaction.atomic():
        adoption.sign(demo["decider-ee"], draft.pk, draft.act, None)
    assert of(number).state == "carried"
    adoption.sign(demo["decider-ee"], draft.pk, draft.act, None)
    proposing.adopted(events("regulation.adopted", draft.number)[0])
    assert of(number).state == "adopted"


@contextmanager
def a_trial() -> Iterator[None]:
    """What is done within is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_whatever_is_done_in_whatever_order(world, demo):
    Life.world, Life.people = world, demo
    few = settings(max_examples=150 if SOAK else 8, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(Life, settings=few)


def test_no_ballot_without_members_of_three_jurisdictions(world, demo):
    number = published(world, demo)
    clock.advance(28 * DAY)
    dates.keep_time(clock.now())
    Person.objects.filter(pk=demo["council-jp"].pk).update(is_active=False, ended_at=clock.now())
    with pytest.raises(BadInput, match="members of 2 jurisdictions"):
        voting.ballot(demo["counsel-be"], number)
    assert of(number).state == "answering"


def test_a_bound_of_which_nothing_is_counted_is_not_known_and_never_green(world, demo):
    made = bounds.draft(demo["council-be"], "demo", "complaints-in-time", "XV", "2", REASON)
    for key in balancing.COUNCIL:
        bounds.sign(demo[key], made.id, made.act, None)
    bounds.keep_time(clock.now())
    Count.objects.filter(realm="demo").delete()
    Made.objects.all().delete()
    assert not Crossing.objects.filter(bound=made.id).exists()
    for who, where in (("council-be", f"/council/{made.id}"), ("counsel-be", f"/console/balance/bounds/{made.id}")):
        page = client(demo[who]).get(where).content.decode()
        assert "Not known: nothing was counted" in page
        assert "state good" not in page.split('class="lead"')[1].split("</p>")[0]


def test_votes_of_one_jurisdiction_or_of_who_left_carry_nothing(world, demo):
    number = at_vote(world, demo)
    for key in ("council-be", "council-ee"):
        voting.sign(demo[key], number, voting.propose(demo[key], number, "for", REASON).act, None)
    Person.objects.filter(pk=demo["council-ee"].pk).update(is_active=False, ended_at=clock.now())
    with pytest.raises((NotAllowed, BadInput)):
        voting.propose(Person.objects.get(pk=demo["council-ee"].pk), number, "against", REASON)
    clock.advance(14 * DAY)
    dates.keep_time(clock.now())
    assert (of(number).state, of(number).why) == ("rejected", "majority")
    assert Draft.objects.get(pk=world.draft).proposal == "", "its draft is free again"


def test_a_vote_whose_signature_no_longer_verifies_does_not_count(world, demo):
    number = at_vote(world, demo)
    for key in ("council-be", "council-ee"):
        voting.sign(demo[key], number, voting.propose(demo[key], number, "for", REASON).act, None)
    Ballot.objects.filter(member=demo["council-jp"].pk).delete()
    forged = voting.propose(demo["council-jp"], number, "for", REASON)
    Ballot.objects.filter(pk=forged.pk).update(signed_at=clock.now())
    assert {vote.jurisdiction for vote in voting.verified(of(number))} == {"BE", "EE"}


def test_a_threat_freezes_once_on_one_word_and_again_on_two_of_two_jurisdictions(world, demo):
    number = published(world, demo)
    closes = of(number).closes_at
    with pytest.raises(NotAllowed):
        voting.mark(demo["counsel-be"], number, REASON)
    voting.mark(demo["council-be"], number, REASON)
    frozen = of(number)
    assert (frozen.state, frozen.before) == ("frozen", "consulting")
    (told,) = events("proposal.frozen", number)
    assert str(demo["council-be"].pk) not in f"{told.public}{told.sealed}{told.by}"
    other = balancing.attempt()
    with pytest.raises(BadInput, match="only the emergency lane"):
        adoption.propose(demo["counsel-be"], other.pk, REASON)
    adoption.propose(demo["counsel-be"], other.pk, REASON, urgent=True)
    with pytest.raises(NotNow):
        voting.mark(demo["council-ee"], number, REASON)
    clock.advance(14 * DAY)
    dates.keep_time(clock.now())
    assert (of(number).state, of(number).closes_at) == ("consulting", closes + timedelta(days=14))
    voting.mark(demo["council-be"], number, REASON)
    assert of(number).state == "consulting", "no hidden veto"
    with pytest.raises(BadInput, match="already"):
        voting.mark(demo["council-be"], number, REASON)
    voting.mark(demo["council-jp"], number, REASON)
    assert of(number).state == "frozen"


def test_two_on_one_check_the_second_is_shaped_anew_once_the_first_is_adopted(world, demo):
    number = at_vote(world, demo)
    for key in ("council-be", "council-ee"):
        voting.sign(demo[key], number, voting.propose(demo[key], number, "for", REASON).act, None)
    other, _ = proposing.receive("demo", "person", "eu-tco-removal-order", "Another", "Otherwise", counter_to=number)
    assert [one.id for one in proposing.open_of("demo", "eu-tco-removal-order", number)] == [other.id]
    quick = balancing.attempt()
    adoption.propose(demo["counsel-be"], quick.pk, REASON)
    quick.refresh_from_db()
    for key in ("counsel-be", "decider-ee"):
        adoption.sign(demo[key], quick.pk, quick.act, None)
    adoption.keep_time(clock.now())
    clock.advance(14 * DAY)
    dates.keep_time(clock.now())
    assert of(number).state == "admitted"
    assert "another version came in force" in of(number).why


def test_refused_on_listed_grounds_alone_counted_and_late_is_told_once(world, demo):
    made, token = proposing.receive("real", "person", "eu-tco-removal-order", "x", "y")
    assert len(token) == 26
    with pytest.raises(NotAllowed):
        proposing.refuse(demo["counsel-be"], made.id, "no-rule", REASON)  # the demo's people, outside the demo
    mine, _ = proposing.receive("demo", "person", "eu-tco-removal-order", "x", "y")
    clock.advance(49 * 3600)
    for _ in range(2):
        dates.keep_time(clock.now())
    assert len(events("proposal.late", mine.id)) == 1
    for ground in ("i-dislike-it", ""):
        with pytest.raises(BadInput, match="one of"):
            proposing.refuse(demo["counsel-be"], mine.id, ground, REASON)
    proposing.alert(events("proposal.late", mine.id)[0])
    assert Alert.objects.filter(kind="proposal.late", thing=mine.id, seen_at=None).exists()
    proposing.refuse(demo["counsel-be"], mine.id, "no-rule", "It is about one post, and no rule.")
    for kind in ("proposal.received", "proposal.late"):  # a job that comes after the refusal
        proposing.alert(events(kind, mine.id)[0])
    assert not Alert.objects.filter(thing=mine.id, seen_at=None).exists()
    page = client().get("/proposals/demo/", headers={"Accept-Language": "fr"}).content.decode()
    assert ": 1" in page
    with pytest.raises(BadInput):
        proposing.receive("demo", "person", "no-such-rule", "x", "y")
    with pytest.raises(BadInput, match="20000"):
        proposing.receive("demo", "person", "eu-tco-removal-order", "x", "y" * 20_001)


def test_dates_are_brought_forward_in_the_demo_alone(world, demo):
    made, _ = proposing.receive("real", "person", "eu-tco-removal-order", "x", "y")
    Proposal.objects.filter(id=made.id).update(state="consulting", closes_at=clock.now() + timedelta(days=9))
    with pytest.raises(BadInput, match="demo alone"):
        dates.hasten(made.id)


def test_nothing_of_the_demo_or_made_up_stands_in_a_real_figure(world, demo):
    real = client().get("/balance/").content.decode()
    assert "No quarter stands here yet." in real
    shown = client().get("/balance/demo/").content.decode()
    assert "made up" in shown
    assert client().get("/balance/demo/XV").status_code == 200
    assert client().get("/balance/XV").status_code == 404
    table = b"".join(client().get("/balance/demo.csv")).decode()
    assert "RDR 2020, P11a" in table
    assert "RDR 2020, F6" in table
    assert b"".join(client().get("/balance.csv")).count(b"\n") == 1


def test_a_row_of_the_demo_or_of_a_drill_changes_no_public_page(world, demo):
    """Not even as if it had been counted, and its quarter fixed."""
    start = date(2026, 4, 1)
    Counted.objects.create(day=start, at=clock.now(), published_at=clock.now())
    paths = (
        "/balance/",
        "/balance/FR",
        "/balance.csv",
        "/balance/FR.csv",
        "/proposals/",
        "/countries/",
        "/countries/FR",
    )
    before = {path: shown(path) for path in paths}
    assert "2026" in before["/balance/"]
    for realm in ("drill", "demo"):
        for name, n in (("acts", 4_000), ("reversed", 400), ("requests", 9_000)):
            row = {"realm": realm, "country": "FR", "instrument": "eu-tco-removal-order", "name": name, "n": n}
            Quarter.objects.create(quarter=start, public=n, **row)
            Count.objects.create(day=start, **row)
    assert {path: shown(path) for path in paths} == before
    Quarter.objects.filter(realm="drill").update(realm="real")
    assert shown("/balance/") != before["/balance/"], "and this would be seen"


def shown(path: str) -> str:
    """What stands on a page for everyone, without what each answer has of its own."""
    answer = client().get(path)
    assert answer.status_code == 200, path
    return b"".join(answer).decode().rpartition("<main")[2]
