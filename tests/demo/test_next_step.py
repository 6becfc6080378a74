"""At every moment it is plain what to click next."""

import pytest

from comity.cases.rules import STATES
from comity.demo.rules import (
    CHANGE_STORY,
    FIRST,
    KEEPING,
    STAGES,
    WHO,
    Changing,
    Standing,
    change_stage,
    change_step,
    next_step,
    stage,
    story,
    unsent,
)
from comity.demo.samples import SAMPLES
from comity.regulations import packs

NAMES = list(SAMPLES)


def step(sent=(FIRST,), **standing):
    return next_step(Standing("R-1", **standing), sent, NAMES)


def test_it_works():
    first = next_step(None, (), NAMES)
    assert (first.act, first.sample) == ("send", "good-pdf")
    look = step(case="C-1", state="to-decide", plan="execute", grade="domain")
    assert (look.act, look.who, look.also, look.where) == ("be", "handler-be", "decider-be", "/console/cases/C-1")
    decide = step(case="C-1", state="to-decide", plan="execute", grade="domain", taken=True)
    assert (decide.act, decide.who, decide.where) == ("be", "decider-be", "/console/cases/C-1")
    assert "first decider" in decide.text


def test_the_story_stands_where_the_next_step_is():
    fresh = {"case": "C-1", "state": "to-decide", "plan": "execute", "grade": "domain"}
    for more, at in (
        ({}, 2),
        ({"taken": True}, 3),
        ({"signed": ("decider-be",)}, 3),
        ({"taken": True, "returned": True}, 2),
    ):
        assert (step(**fresh, **more).who == "handler-be", stage(Standing("R-1", **fresh, **more))) == (at == 2, at)


def test_the_second_story_says_what_to_choose_and_ends_with_done():
    where = {"state": "in-force", "url": "/x", "judged": "/console/cases/C-1", "version": "/console/regulations/r"}
    assert "Does it say where and until when it can be challenged?" in change_step(Changing("draft", "/x")).text
    open_, done = Changing(**where), Changing(**where, answered=True)
    assert (change_step(open_).act, change_stage(open_)) == ("be", 5)
    assert (change_step(done).act, change_step(done).text[:5]) == ("look", "Done:")
    assert change_stage(done) > len(CHANGE_STORY)


def test_the_question_that_the_second_story_names_is_one_of_the_regulation():
    asked = [check.asks["en"] for check in packs.pack("eu-tco-removal-order").checks if not check.blocking]
    assert any(f"“{question}”" in change_step(Changing("draft", "/x")).text for question in asked)


def test_who_signs_second_is_the_one_who_has_not_signed():
    def second(by):
        return step(case="C-1", state="second-approval", plan="execute", signed=(by,))

    assert second("decider-be").who == "decider-ee"
    assert second("decider-ee").who == "decider-be"


def test_what_leads_nowhere_needs_one_signature():
    found = step(case="C-1", state="to-decide", plan="annex3")
    assert (found.act, found.who) == ("be", "decider-be")
    assert "One signature" in found.text


def test_an_order_that_nobody_proved_goes_to_the_handler():
    found = step(case="C-1", state="verifying", plan="person")
    assert (found.who, found.sample) == ("handler-be", "good-text")


def test_what_is_no_order_is_sorted_by_the_handler_and_a_threat_by_counsel():
    assert (step(kind="mail", lane="triage").who, step(kind="mail", lane="counsel").who) == ("handler-be", "counsel-be")
    assert step(kind="mail", lane="triage").where == "/console/requests/R-1"


@pytest.mark.parametrize("state", ["carrying-out", "answering"])
def test_what_follows_by_itself_is_waited_for(state):
    assert step(case="C-1", state=state, plan="execute").act == "wait"


def test_what_has_just_arrived_is_waited_for():
    assert step(kind="unread").act == "wait"


def test_what_is_done_is_looked_at_and_the_next_sample_offered():
    found = step(case="C-1", state="answered", plan="execute")
    assert (found.act, found.sample) == ("look", "good-text")


@pytest.mark.parametrize("state", ["answered", "lifted"])
def test_a_complaint_is_answered_before_anything_else(state):
    found = step(case="C-1", state=state, plan="execute", complained=True)
    assert (found.act, found.who, found.where) == ("be", "counsel-be", "/console/cases/C-1")
    assert "complained" in found.text


def test_what_only_keeps_tells_its_own_story_and_leads_to_its_prolongation():
    kept = {"case": "C-1", "state": "answered", "plan": "execute", "keeps": True}
    assert "hour" not in step(**(kept | {"state": "to-decide"})).text
    assert (step(**kept).act, step(**kept).sample) == ("look", "prolong")
    asked = step(**kept, longer=True)
    assert (asked.act, asked.who, asked.where) == ("be", "handler-be", "/console/cases/C-1/prolong")
    assert step(**kept, prolonged=True).text.startswith("Prolonged")
    assert not Standing("R-1", **kept).acted
    assert story(Standing("R-1", **kept)) == KEEPING
    assert stage(Standing("R-1", **kept, prolonged=True)) == len(KEEPING)


def test_the_same_again_is_told_to_have_joined_its_case():
    assert "nothing was done twice" in step(case="C-1", state="answered", plan="execute", again=True).text
    assert "twice" not in step(case="C-1", state="answered", plan="execute").text


def test_nobodys_order_ends_in_a_look_at_its_timeline_and_nothing_on_the_platform():
    found = step(case="C-1", state="not-carried-out", plan="person")
    assert found.act == "look"
    assert not Standing("R-1", state="not-carried-out").acted


def test_sorted_mail_leads_to_the_next_sample():
    assert (step(kind="mail", lane="support").act, step(kind="bounce").act) == ("send", "send")


def test_after_the_last_sample_the_first_comes_again():
    assert (unsent(NAMES, NAMES), unsent(NAMES[:3], NAMES)) == (FIRST, NAMES[3])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("plan", ["", "execute", "annex3", "person"])
def test_every_state_of_a_case_has_a_step_and_a_place_in_the_story(state, plan):
    standing = Standing("R-1", "order", "", "C-1", state, plan, taken=True)
    found = next_step(standing, (), NAMES)
    assert found.text
    assert found.act != "be" or (found.who in WHO and found.where)
    assert stage(standing) == STAGES[state] >= 2
