"""A relation is moved by counsel or the head, along its table and no other way, with a reason that everyone reads."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from people.members import Member, joined

from comity.countries import commands, rules
from comity.countries.models import Move, Relation
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

from .scene import WHY, relation, talking

pytestmark = pytest.mark.django_db
EVERY = sorted({step for _, step in rules.LIFE})


def test_it_works(counsel: Member) -> None:
    talking(counsel)
    moved = commands.move(counsel.person, "real", "FR", "dispute", "  They fined us.\n ")
    assert (moved.state, moved.number, moved.version) == ("disputed", "Y-FR", 3)
    last = Move.objects.latest("id")
    assert (last.step, last.before, last.after, last.reason, last.by) == (
        "dispute", "talking", "disputed", "They fined us.", "counsel, BE",
    )  # fmt: skip
    event = Event.objects.get(kind="relation.moved", case="Y-FR", public__step="dispute")
    assert event.public == {"country": "FR", "step": "dispute", "before": "talking", "after": "disputed"}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("EU", "a union of States"),
        ("XK", "not assigned in ISO 3166-1, and we make no statement"),
        ("UK", "written GB in ISO 3166-1"),
        ("EL", "written GR in ISO 3166-1"),
        ("fr", "two capital letters: FR"),
        ("ZZ", "no country code"),
        ("XV", "no country code"),
        ("", "no country code"),
        ("F" * 5000, "no country code"),
        ("WORLD", "no country code"),
    ],
)
def test_a_code_that_is_no_country_says_why(counsel: Member, code: str, says: str) -> None:
    with pytest.raises(rules.UnknownCountry, match=says):
        commands.move(counsel.person, "real", code, "talk", WHY)
    assert not Relation.objects.exists()


def test_only_counsel_and_the_head_move_and_only_in_their_realm(
    decider: Member, handler: Member, demo: dict[str, Person], counsel: Member
) -> None:
    for person in (decider.person, handler.person, demo["counsel-be"]):
        with pytest.raises(NotAllowed):
            commands.move(person, "real", "FR", "talk", WHY)
    with pytest.raises(NotAllowed):
        commands.move(counsel.person, "demo", "FR", "talk", WHY)
    commands.move(joined("head", "DE").person, "real", "FR", "talk", WHY)
    commands.move(demo["counsel-be"], "demo", "XV", "talk", WHY)
    assert {one.number for one in Relation.objects.all()} == {"Y-FR", "Y-XV-demo"}


@pytest.mark.parametrize(
    ("step", "says"),
    [("agree", "the quorum signs"), ("leave", "takes a plan"), ("expire", "no move is called"), ("<b>", "no move is")],
)
def test_what_one_hand_can_not_do_says_what_it_takes(counsel: Member, step: str, says: str) -> None:
    talking(counsel)
    with pytest.raises(BadInput, match=says):
        commands.move(counsel.person, "real", "FR", step, WHY)


def test_what_the_table_does_not_have_is_refused(counsel: Member) -> None:
    with pytest.raises(rules.NotNow, match="while the relation is none: strain"):
        commands.move(counsel.person, "real", "FR", "strain", WHY)
    assert not Event.objects.filter(kind="relation.moved").exists()


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 2001])
def test_a_move_has_a_reason(counsel: Member, reason: str) -> None:
    with pytest.raises(BadInput, match="reason"):
        commands.move(counsel.person, "real", "FR", "talk", reason)


def test_nothing_works_again_where_nothing_is_agreed(counsel: Member) -> None:
    talking(counsel)
    Relation.objects.update(state="strained")
    with pytest.raises(rules.NotNow, match="without an agreement"):
        commands.move(counsel.person, "real", "FR", "calm", WHY)
    assert commands.move(counsel.person, "real", "FR", "talk", WHY).state == "talking"


def test_the_block_is_observed_beside_the_state(counsel: Member, handler: Member) -> None:
    talking(counsel)
    commands.observe(handler.person, "real", "FR", "blocked", "Two lines there, each hour since noon.")
    found = relation()
    assert (found.state, found.reach, found.reach_note) == (
        "talking", "blocked", "Two lines there, each hour since noon.",
    )  # fmt: skip
    assert Event.objects.get(kind="relation.observed").public == {"country": "FR", "reach": "blocked"}
    for reach, note in (("closed", "x"), ("", "x"), ("open", "")):
        with pytest.raises(BadInput):
            commands.observe(handler.person, "real", "FR", reach, note)


def test_every_state_can_be_left_and_every_word_is_there() -> None:
    from comity.countries import words

    assert {before for before, _ in rules.LIFE} == set(rules.STATES) == set(words.STATES)
    assert set(rules.LIFE.values()) == set(rules.STATES)
    assert set(words.STEPS) == set(rules.BY_ONE)
    assert {*rules.BY_ONE, *rules.BY_QUORUM, *rules.BY_PLAN, "expire"} == set(EVERY)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.sampled_from(EVERY), max_size=12), st.sampled_from(rules.STATES))
def test_a_walk_on_real_rows_follows_the_table(counsel: Any, steps: list[str], start: str) -> None:
    """Whatever is tried: a step that is one hand's and in the table moves, any other changes nothing."""
    with transaction.atomic():
        made = Relation.objects.create(realm="real", country="FR", state=start)
        state = start
        for step in steps:
            after = rules.LIFE.get((state, step)) if step in rules.BY_ONE and step != "calm" else None
            try:
                commands.move(counsel.person, "real", "FR", step, WHY)
            except (rules.NotNow, BadInput):
                assert after is None, (state, step)
            else:
                assert after is not None, (state, step)
                state = after
            made.refresh_from_db()
            assert made.state == state
        assert made.moves.count() == made.version - 1 == Event.objects.filter(kind="relation.moved").count()
        transaction.set_rollback(True)
