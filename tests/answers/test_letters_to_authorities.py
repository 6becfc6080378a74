from dataclasses import replace

import pytest
from answers.orders import FINDING, GONE, HERE, SEEN, SENT, matter

from comity.answers import letters, text
from comity.instruments.eu_tco_removal import letters as removal
from comity.measures.looks import UNSEEN, Looks
from comity.outbox import letters as values
from comity.platforms.territory import EU

FROM_ALL = Looks(("EU",), dict.fromkeys(EU, "withheld"), {"CH": "visible"}, 1, 1, SEEN)


def check(blocking, cite, **more):
    return {"id": "x", "holds": False, "blocking": blocking, "cite": cite, "says": "The order names its basis."} | more


def dead(**more):
    return {
        "outcome": "defective",
        "targets": [{"ref": GONE, "outcome": "defective", "why": "the address leads nowhere"}],
        "checks": [check(True, "Regulation (EU) 2021/784, Art. 3(8)")],
    } | more


def test_it_works():
    letter = letters.answer(matter())
    assert letter["form"] == "tco-annex-2"
    assert letter["blanks"] == ["measure_at", "seen_from", "signed_on"]
    assert letter["subject"] == "Answer to your removal order: OOS-2026-1184 [C-7Q4M2HXK]"
    sent = values.fill(letter, letters.values(SENT, SEEN, letter, FROM_ALL))
    said = text.twin(sent)
    assert "[X] access to the terrorist content has been disabled in all Member States" in said
    assert "24 November 2026, 13:39:02 CET (12:39:02 UTC)" in said
    assert "Date: 25 November 2026" in said  # the day in Brussels, not in UTC
    assert "Wording after Annex II." in said
    assert "Sent with DKIM, no qualified signature." in said
    assert HERE in said
    assert (
        "What ordinary viewers saw at the time above:\nNot to be reached from each of the 27 Member States of the "
        "European Union. Still to be reached from Switzerland." in said
    )


def test_a_draft_shows_its_blanks():
    draft = text.twin(letters.answer(matter()))
    assert "{time observed}" in draft
    assert "{what was seen from where}" in draft


@pytest.mark.parametrize(
    ("looks", "words"),
    [
        (UNSEEN, "Nobody has looked."),
        (replace(FROM_ALL, inside={"FR": "withheld", "BE": "gone"}), "Not to be reached from Belgium and France."),
        (
            replace(FROM_ALL, targets=60, closely=10),
            "Not to be reached: the first 10 addresses from each of the 27 Member States of the European Union, each "
            "other address from one of them.",
        ),
        (replace(FROM_ALL, outside={"CH": "withheld"}), "Member States of the European Union.\n"),
        (
            replace(FROM_ALL, inside=FROM_ALL.inside | {"MT": "visible"}),
            "Still to be reached from Switzerland and Malta.",
        ),
    ],
)
def test_no_more_is_said_than_was_seen(looks, words):
    letter = letters.answer(matter())
    assert words in text.twin(values.fill(letter, letters.values(SENT, SEEN, letter, looks)))


def test_a_lift_is_told_as_it_was_seen():
    letter = letters.lifted(matter())
    again = replace(FROM_ALL, inside=dict.fromkeys(EU, "visible") | {"FR": "withheld"}, lifted=True)
    said = text.twin(values.fill(letter, letters.values(SENT, SEEN, letter, again)))
    assert "Not to be reached from France." in said
    assert "To be reached from Austria, Belgium" in said


def test_each_defect_that_does_not_block_is_said_with_its_article():
    found = {"checks": [check(False, "Regulation (EU) 2021/784, Art. 3(4)(d)"), check(True, "x", holds=True)]}
    said = text.twin(letters.answer(matter(finding=found)))
    assert "– The order names its basis. (Regulation (EU) 2021/784, Art. 3(4)(d))" in said
    assert said.count("The order names its basis") == 1


def test_erasing_is_told_as_removed():
    said = text.twin(letters.answer(matter(finding={"measures": [{"kind": "purge"}]})))
    assert "[X] the terrorist content has been removed" in said


def test_an_address_that_leads_nowhere_is_answered_by_annex_iii():
    facts = {"targets": [{"ref": GONE, "found": False}]}
    letter = letters.answer(matter(facts, dead()))
    assert letter["form"] == "tco-annex-3"
    assert letter["fields"]["impossibility_grounds"] == ["manifest-errors"]
    assert letter["blanks"] == ["signed_at"]
    said = text.twin(letter)
    assert "the exact address (URL) where the content can be found today" in said
    assert "the address leads nowhere" in said
    assert "Signature: Sent with DKIM, no qualified signature" in said


@pytest.mark.parametrize(
    ("facts", "finding", "grounds"),
    [
        ({}, dead(checks=[check(True, "Regulation (EU) 2021/784, Art. 3(4)(c)")]), ["insufficient-information"]),
        ({}, dead(checks=[check(True, "Regulation (EU) 2021/784, Art. 3(7)")]), ["force-majeure"]),
        ({}, dead(checks=[check(True, "x", ground="insufficient-information")]), ["insufficient-information"]),
        ({}, dead(grounds=["force-majeure", "other"]), ["force-majeure"]),
        ({}, dead(checks=[]), ["insufficient-information"]),
        ({}, dead(outcome="impossible", checks=[]), ["force-majeure"]),
        (
            {"impossibility": {"kind": "technical", "attributable": False, "explained": "The data centre is down."}},
            dead(),
            ["force-majeure", "manifest-errors"],
        ),
    ],
)
def test_the_grounds_follow_the_finding(facts, finding, grounds):
    assert letters.answer(matter(facts, finding))["fields"]["impossibility_grounds"] == grounds


def test_an_impossibility_of_our_own_making_is_no_ground():
    facts = {"impossibility": {"kind": "operational", "attributable": True, "explained": "No one on duty."}}
    assert "force-majeure" not in removal.grounds(matter(facts, dead()))


def test_an_unknown_ground_is_refused():
    with pytest.raises(ValueError, match="ground"):
        removal.annex_3(matter(), ground=["too-busy"])


def test_a_person_may_give_other_grounds_and_words():
    letter = removal.annex_3(matter(), ground=["force-majeure"], explained="A flood.", targets=[{"ref": HERE}])
    assert letter["fields"]["impossibility_grounds"] == ["force-majeure"]
    assert letter["fields"]["impossibility_explained"] == "A flood."


REDRESS = "The order does not say where, or until when, it can be challenged. Please send it."
NO_CATEGORY = "No category is ticked. We carry the order out all the same; please tell us the category."


def silent_on_redress(**more):
    """An order whose addresses are right: what blocks is about the whole of it."""
    return {
        "outcome": "defective",
        "targets": [{"ref": ref, "outcome": "defective", "why": REDRESS} for ref in (HERE, GONE)],
        "checks": [
            check(True, "Regulation (EU) 2021/784, Art. 3(4)(f)", says=REDRESS, outcome="defective"),
            check(False, "Regulation (EU) 2021/784, Art. 3(4)(b)", says=NO_CATEGORY),
        ],
    } | more


def test_what_is_wrong_with_the_whole_order_is_not_asked_of_each_address():
    letter = letters.answer(matter(finding=silent_on_redress()))
    said = text.twin(letter)
    assert "exact address (URL)" not in said
    assert [target["why"] for target in letter["targets"]] == ["", ""]
    assert said.count("where, or until when") == 1
    assert "the elements named above, completed" in said


def test_what_is_missing_without_standing_in_the_way_is_named_too():
    said = text.twin(letters.answer(matter(finding=silent_on_redress())))
    assert "– No category is ticked. Please tell us the category. (Regulation (EU) 2021/784, Art. 3(4)(b))" in said
    assert "all the same" not in said


def test_only_the_address_that_is_wrong_is_asked_for():
    nowhere = check(
        True, "Regulation (EU) 2021/784, Art. 3(4)(c)", says="It leads nowhere.", outcome="defective", targets=[GONE]
    )
    checks = [*silent_on_redress()["checks"], nowhere]
    letter = letters.answer(matter(finding=silent_on_redress(checks=checks)))
    assert "for each address that is wrong: the exact address (URL)" in text.twin(letter)
    assert [target["why"] for target in letter["targets"]] == ["", "It leads nowhere."]


def test_a_mixed_order_gets_both_forms_clearly_apart():
    both = [*FINDING["targets"], {"ref": GONE, "outcome": "defective", "why": "the address leads nowhere"}]
    letter = letters.answer(matter(finding={"outcome": "defective", "targets": both}))
    assert [letter["form"], letter["also"][0]["form"]] == ["tco-annex-2", "tco-annex-3"]
    assert letter["blanks"] == ["measure_at", "seen_from", "signed_at", "signed_on"]
    first, second = text.twin(values.fill(letter, letters.values(SENT, SEEN, letter))).split("=" * 60)
    assert HERE in first
    assert GONE not in first
    assert GONE in second
    assert HERE not in second


@pytest.mark.parametrize("outcome", ["needs-person", "counsel"])
def test_no_answer_is_drafted_before_a_person_has_weighed_the_order(outcome):
    with pytest.raises(letters.Undraftable, match=outcome):
        letters.answer(matter(finding={"outcome": outcome}))


@pytest.mark.parametrize("outcome", ["not-competent", "reroute", "refuse"])
def test_other_outcomes_get_a_letter_that_cites(outcome):
    letter = letters.answer(
        matter(finding={"outcome": outcome, "checks": [check(True, "Regulation (EU) 2021/784, Art. 12")]})
    )
    assert letter["form"] == "letter"
    assert "(Regulation (EU) 2021/784, Art. 12)" in text.twin(letter)


def test_while_non_disclosure_stands_the_authority_reads_that_nobody_is_told():
    said = text.twin(letters.answer(matter({"non_disclosure": {"requested": True, "until": None}})))
    assert "Art. 11(3)" in said


def test_a_finding_with_nothing_in_it_still_makes_a_letter():
    bare = replace(matter(), facts={"instrument": "eu-tco-removal-order"}, finding={"outcome": "valid"})
    letter = letters.answer(bare)
    assert letter["fields"]["issuing_authority"] == "not stated in the order"
    text.twin(letter)
