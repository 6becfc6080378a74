"""At every moment it is plain what to do next."""

import pytest

from comity.cases.rules import STATES
from comity.demo import rules
from comity.demo.rules import (
    ANSWER,
    CHANGED,
    DOES,
    DONE,
    IN_FORCE,
    QUESTION,
    STATEMENT,
    STEPS,
    WHO,
    Changing,
    Standing,
    done_of_change,
    done_of_demand,
    of_change,
    of_demand,
)
from comity.demo.samples import SAMPLES
from comity.regulations import packs

CASE = "/console/cases/C-1"
FRESH = {"case": "C-1", "state": "to-decide", "plan": "execute", "grade": "domain"}


def step(looked=(), **standing):
    return of_demand(Standing("R-1", **standing), looked)


def test_it_works():
    assert of_demand(None).act == "wait"
    look = step(**FRESH)
    assert (look.act, look.who, look.where, look.press) == ("be", "handler-be", CASE, f"{CASE}/take")
    decide = step(**FRESH, taken=True)
    assert (decide.act, decide.who, decide.where) == ("be", "decider-be", f"{CASE}/decide#approve")
    assert "two people from two States" in decide.text
    assert "Approve" in decide.here


def test_one_decides_on_the_one_screen_or_on_the_case():
    decide = step(**FRESH, taken=True)
    assert decide.is_at(f"{CASE}/decide")
    assert decide.is_at(CASE)
    assert not decide.is_at("/console/")
    assert not step(case="C-1", state="carrying-out", plan="execute").is_at(CASE)


def test_every_button_says_where_it_leads_and_every_person_is_explained():
    assert step(**FRESH).button == "Go on as the handler"
    assert set(WHO) == set(DOES)


@pytest.mark.parametrize(
    ("stands", "looked", "through"),
    [
        ({}, (), 1),
        (FRESH, (), 1),
        ({**FRESH, "taken": True}, (), 2),
        ({**FRESH, "signed": ("decider-be",)}, (), 2),
        ({**FRESH, "taken": True, "returned": True}, (), 1),
        ({**FRESH, "state": "second-approval"}, (), 3),
        ({**FRESH, "state": "carrying-out"}, (), 4),
        ({**FRESH, "state": "answered"}, (), 5),
        ({**FRESH, "state": "answered"}, (ANSWER,), 6),
        ({**FRESH, "state": "answered"}, (ANSWER, STATEMENT), 7),
        ({**FRESH, "state": "answered", "keeps": True}, (ANSWER,), 6),
        ({**FRESH, "state": "answered", "keeps": True, "prolonged": True}, (ANSWER,), 7),
    ],
)
def test_steps_are_through_as_far_as_the_demand_is(stands, looked, through):
    assert done_of_demand(Standing("R-1", **stands), looked) == through


def test_who_signs_second_is_the_one_who_has_not_signed():
    def second(by):
        return step(case="C-1", state="second-approval", plan="execute", signed=(by,))

    assert second("decider-be").who == "decider-ee"
    assert second("decider-ee").who == "decider-be"


def test_what_leads_nowhere_needs_one_signature():
    found = step(case="C-1", state="to-decide", plan="annex3")
    assert (found.act, found.who) == ("be", "decider-be")
    assert "One decider’s signature" in found.text


def test_an_order_that_nobody_proved_goes_to_the_handler():
    found = step(case="C-1", state="verifying", plan="person")
    assert (found.who, found.where) == ("handler-be", CASE)
    assert "Record a call-back" in found.here


def test_what_is_no_order_is_sorted_by_the_handler_and_a_threat_by_counsel():
    assert (step(kind="mail", lane="triage").who, step(kind="mail", lane="counsel").who) == ("handler-be", "counsel-be")
    assert step(kind="mail", lane="triage").where == "/console/requests/R-1"


@pytest.mark.parametrize("state", ["carrying-out", "answering"])
def test_what_follows_by_itself_is_waited_for(state):
    assert step(case="C-1", state=state, plan="execute").act == "wait"
    assert "two" not in step(case="C-1", state=state, plan="annex3").text


def test_what_has_just_arrived_is_waited_for():
    assert step(kind="unread").act == "wait"


def test_the_answer_is_looked_at_then_what_the_author_is_told_and_that_is_the_end():
    seen = {**FRESH, "state": "answered", "answer": "/console/outbox/1", "statement": "/statement/x"}
    first = step(**seen)
    assert (first.act, first.where, first.mark) == ("look", "/console/outbox/1", ANSWER)
    assert "Gone in France, still there in Switzerland" in first.text
    then = step((ANSWER,), **seen)
    assert (then.act, then.where, then.mark) == ("look", "/statement/x", STATEMENT)
    assert step((ANSWER, STATEMENT), **seen).act == "done"


@pytest.mark.parametrize("state", ["answered", "waiting"])
def test_an_answer_that_has_not_left_is_waited_for(state):
    assert step(case="C-1", state=state, plan="execute").act == "wait"


def test_the_author_who_is_being_told_is_waited_for():
    seen = {**FRESH, "state": "answered", "answer": "/console/outbox/1", "tells": True}
    assert step((ANSWER,), **seen).act == "wait"


@pytest.mark.parametrize("state", ["answered", "lifted"])
def test_a_complaint_is_answered_before_anything_else(state):
    found = step(case="C-1", state=state, plan="execute", complained=True)
    assert (found.act, found.who, found.where) == ("be", "counsel-be", f"{CASE}#complaints")
    assert "complained" in found.text


def test_what_only_keeps_says_so_and_is_prolonged_by_the_handler():
    kept = {"case": "C-1", "state": "answered", "plan": "execute", "keeps": True, "answer": "/console/outbox/1"}
    assert "time" not in step(**(kept | {"state": "to-decide"})).text
    assert "nobody is told" in step(**kept).text
    asked = step((ANSWER,), **kept, longer=True)
    assert (asked.act, asked.who, asked.where) == ("be", "handler-be", f"{CASE}/prolong#prolong-how")
    assert "prolonged" in step((ANSWER,), **kept, prolonged=True).text
    assert not Standing("R-1", **kept).acted


def test_the_same_again_is_told_to_have_joined_its_case():
    seen = {**FRESH, "state": "answered", "answer": "/console/outbox/1"}
    assert "nothing was done twice" in step(**seen, again=True).text
    assert "twice" not in step(**seen).text


def test_nobodys_order_ends_and_nothing_was_done_on_the_platform():
    assert step(case="C-1", state="not-carried-out", plan="person").act == "done"
    assert not Standing("R-1", state="not-carried-out").acted


def test_sorted_mail_is_at_its_end():
    assert (step(kind="mail", lane="support").act, step(kind="bounce").act) == ("done", "done")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("plan", ["", "execute", "annex3", "person"])
def test_every_state_of_a_case_has_a_step_and_a_place_in_the_story(state, plan):
    standing = Standing("R-1", "order", "", "C-1", state, plan, taken=True)
    found = of_demand(standing)
    assert found.text
    assert found.act != "be" or (found.who in WHO and found.where and found.here and found.button)
    assert done_of_demand(standing) == DONE.get(state, STEPS) >= 1


# -- a change of the regulation ---------------------------------------------------------------------------------------


def test_a_change_is_begun_changed_tried_and_signed():
    begun = of_change(Changing())
    assert (begun.who, begun.where) == ("counsel-be", "/console/regulations/eu-tco-removal-order")
    assert "blocks: defective" in of_change(Changing("draft", "/x")).here
    assert "Try it on the past" in of_change(Changing("draft", "/x", edited=True)).here
    assert "quorum" in of_change(Changing("tried", "/x")).here
    assert of_change(Changing("proposed", "/x")).who == "counsel-be"
    assert of_change(Changing("proposed", "/x", ("counsel-be",))).who == "decider-ee"
    stages = ("", "draft", "tried", "proposed", "adopted")
    assert [done_of_change(Changing(state, "/x")) for state in stages] == [0, 1, 3, 3, 4]
    assert done_of_change(Changing("draft", "/x", edited=True)) == 2


def test_a_rule_that_was_changed_before_is_changed_back():
    assert "Change it back" in of_change(Changing(blocks=True)).text
    assert "“does not block”" in of_change(Changing("draft", "/x", blocks=True)).here


def test_the_question_that_the_story_names_is_one_of_the_regulation():
    asked = [check.asks["en"] for check in packs.pack("eu-tco-removal-order").checks if not check.blocking]
    assert QUESTION in asked


def test_what_is_in_force_is_tried_with_a_sample():
    assert (IN_FORCE.act, IN_FORCE.sample) == ("send", CHANGED)
    assert CHANGED in SAMPLES


@pytest.mark.parametrize(
    ("signed", "who"),
    [
        ((), "decider-be"),
        (("decider-be",), "decider-ee"),
        (("counsel-be",), "decider-ee"),  # who pressed Approve, though it wasn't their turn
        (("counsel-be", "decider-ee"), "decider-be"),
        (("head-ee",), "decider-be"),
        (("decider-be", "decider-ee"), "decider-be"),
    ],
)
def test_who_signs_next_is_of_a_state_that_nobody_signed_from(signed: tuple[str, ...], who: str) -> None:
    assert rules.next_signer(rules.DECIDERS, signed) == who
