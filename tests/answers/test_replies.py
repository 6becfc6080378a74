from datetime import UTC, datetime, timedelta

import pytest
from answers.orders import HOUSE, matter

from comity import instruments
from comity.answers import replies, text
from comity.outbox import letters

DUE = {
    "deadlines": [
        {"id": "scrutiny-request", "due_target": "2026-11-24T10:00:00Z", "due_legal": None, "cite": "Art. 4(4)"},
        {
            "id": "remove",
            "due_target": "2026-11-24T13:07:32Z",
            "due_legal": "2026-11-24T14:00:00Z",
            "cite": "Regulation (EU) 2021/784, Art. 3(3)",
        },
    ]
}
AT = letters.parse("2026-11-24T12:07:32Z")


def test_it_works():
    letter = replies.acknowledgement(matter(finding=DUE))
    said = text.twin(letter)
    assert letter["subject"] == "Received: OOS-2026-1184 [C-7Q4M2HXK]"
    assert "24 November 2026, 13:07:32 CET" in said
    assert "by 24 November 2026, 14:07:32 CET" in said
    assert "(Regulation (EU) 2021/784, Art. 3(3))" in said
    assert letter["blanks"] == []


def test_another_instrument_has_the_deadline_of_its_finding():
    deadlines = [DUE["deadlines"][0], DUE["deadlines"][1] | {"id": "answer", "cite": "our own rule"}]
    said = text.twin(replies.acknowledgement(matter({"instrument": "own-no-pack"}, {"deadlines": deadlines})))
    assert "by 24 November 2026, 14:07:32 CET (our own rule)" in said


def test_blank_lines_of_the_order_are_named_with_their_article():
    facts = {"form": {"reference": "", "categories": [], "signature": None, "reasons": "given"}}
    missing = instruments.of("eu-tco-removal-order").missing(matter(facts))
    assert missing[0].startswith("A.6 Reference number")
    assert any("Art. 3(4)(b), 2(7)" in line for line in missing)
    assert len(missing) == 3


def test_what_was_not_read_is_not_called_missing():
    assert instruments.of("eu-tco-removal-order").missing(matter({"form": {}})) == []


def test_it_says_nothing_of_what_the_platform_knows():
    facts = {"targets": [{"ref": "https://lantern.example/c/1", "found": False, "author": {"country": "DE"}}]}
    finding = {
        "outcome": "defective",
        "targets": [{"ref": "https://lantern.example/c/1", "outcome": "defective", "why": "leads nowhere"}],
        "checks": [
            {"id": "found", "holds": False, "blocking": True, "cite": "x", "says": "The address leads to content"}
        ],
    }
    plain, telling = matter(finding=DUE), matter(facts, finding | {"deadlines": []})
    assert text.twin(replies.acknowledgement(plain)) == text.twin(replies.acknowledgement(telling))


def test_an_unverified_sender_reads_that_we_call_the_number_on_record():
    said = text.twin(replies.acknowledgement(matter({"authority": {"verification": "none"}})))
    assert "the number that we have on record, not one in the message" in " ".join(said.split())


def test_the_same_order_again_gets_one_answer():
    assert "There will be one answer" in text.twin(replies.acknowledgement(matter(), joined=True))


def test_a_copy_of_what_was_answered_is_told_when_and_promised_nothing() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    said = text.twin(replies.acknowledgement(matter(), joined=True, came=at, answered=at - timedelta(hours=1)))
    assert "We received your message on 24 November 2026, 13:00:00 CET" in said
    assert "We answered it on 24 November 2026, 12:00:00 CET" in said
    assert "There will be one answer" not in said
    assert "We work to have handled it" not in said


def test_a_reply_in_the_thread_is_not_taken_for_a_copy() -> None:
    said = text.twin(replies.acknowledgement(matter(), reply=True))
    assert "It goes with what we have under that number" in said
    assert "It is the same" not in said
    assert "We work to have handled it" not in said


def test_a_message_that_is_no_order_is_received_too():
    said = text.twin(replies.received("R-7Q4M2HXK", "x@y.example", HOUSE, AT))
    assert "R-7Q4M2HXK" in said
    assert "a person reads it" in said


@pytest.mark.parametrize("lane", replies.LANES)
def test_each_lane_has_a_written_reply(lane):
    letter = replies.triage(lane, "R-7Q4M2HXK", "x@y.example", HOUSE, doors={lane: "door@lantern.example"})
    assert "R-7Q4M2HXK" in letter["subject"]
    assert "The right address is door@lantern.example." in text.twin(letter)


def test_a_lane_without_a_reply_is_refused():
    with pytest.raises(replies.NoSuchLane, match="lane"):
        replies.triage("bin", "R-7Q4M2HXK", "x@y.example", HOUSE)
