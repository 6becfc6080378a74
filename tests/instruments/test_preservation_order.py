"""What is said of a European Preservation Order: its names, its answer, Annex III, and the silence about it."""

from datetime import UTC, datetime

import pytest
from answers.orders import HOUSE

from comity import instruments
from comity.answers import letters, text
from comity.instruments import eevidence as preservation
from comity.instruments.matter import Matter
from comity.outbox import letters as values

FACTS = {
    "instrument": "eu-eevidence-preservation",
    "received_at": "2026-10-06T08:20:00Z",
    "authority": {"name": "Investigating judge at Valmont", "verification": "signature"},
    "form": {
        "issuing_authority": "Tribunal judiciaire de Valmont",
        "issuing_file_number": "JI 42",
        "signed_on": "2026-10-05",
        "identifiers_user": ["@silverfjord"],
    },
}
UNTIL = "2026-12-07T23:00:00Z"
FINDING = {
    "outcome": "valid",
    "targets": [],
    "data": [{"category": "subscriber", "outcome": "valid"}, {"category": "content", "outcome": "valid"}],
    "measures": [{"kind": "preserve", "territory": ["WORLD"]}],
    "checks": [],
    "duties": [
        {"id": "preserve", "until": UNTIL, "cite": "Regulation (EU) 2023/1543, Art. 11(1)"},
        {"id": "confidential", "until": None, "cite": "Regulation (EU) 2023/1543, Art. 13(1)"},
    ],
}
SENT, SEEN = datetime(2026, 10, 6, 9, 40, tzinfo=UTC), datetime(2026, 10, 6, 9, 39, tzinfo=UTC)
ORDER = instruments.of("eu-eevidence-preservation")


def matter(facts=None, finding=None):
    return Matter("C-7Q4M2HXK", "orders@valmont.example", HOUSE, FACTS | (facts or {}), FINDING | (finding or {}))


def check(ground, outcome="defective", **more):
    said = {"id": "x", "holds": False, "blocking": True, "cite": "Regulation (EU) 2023/1543, Art. 5(5)(c)"}
    return said | {"says": "It names nobody.", "ground": ground, "outcome": outcome} | more


def test_it_works():
    letter = letters.answer(matter())
    assert letter["form"] == "letter"
    assert letter["subject"] == "Your preservation order is carried out: JI 42 [C-7Q4M2HXK]"
    assert letter["blanks"] == ["measure_at", "signed_at"]
    said = text.twin(values.fill(letter, letters.values(SENT, SEEN, letter)))
    assert "Preserved, as seen at: 6 October 2026, 11:39:00 CEST (09:39:00 UTC)" in said
    assert "– subscriber data\n– content data" in said
    assert "until 8 December 2026, 00:00:00 CET (Regulation (EU) 2023/1543, Art. 11(1)), and then no longer" in said
    assert "We do not inform the person, and keep your order confidential" in said


def test_its_names_are_its_packs_and_the_certificates():
    assert (ORDER.title, ORDER.short) == ("European Preservation Order", "EPOC-PR")
    assert ORDER.cite == "Regulation (EU) 2023/1543, Art. 11"


def test_once_production_is_requested_it_has_no_day():
    finding = {"duties": [{"id": "preserve", "until": None}]}
    assert "until it is produced" in text.twin(letters.answer(matter(finding=finding)))


@pytest.mark.parametrize(
    ("outcome", "ground", "state"),
    [
        ("defective", "insufficient", "insufficient"),
        ("impossible", "de-facto", "de-facto"),
        ("not-competent", "authority", "authority"),
    ],
)
def test_what_stands_in_the_way_goes_on_annex_iii(outcome, ground, state):
    finding = {"outcome": outcome, "data": [], "duties": [], "checks": [check(ground, outcome)], "grounds": [ground]}
    finding |= {"measures": []}  # as its pack has it where nothing is identified, or nothing can be done
    letter = letters.answer(matter(finding=finding))
    assert letter["form"] == "epoc-annex-3"
    assert letter["fields"]["impossibility_grounds"] == [state]
    assert letter["fields"]["preservation_state"] == "not-preserved"
    said = text.twin(letter)
    assert "Wording after Annex III." in said
    assert "[X] a European Preservation Order Certificate (EPOC-PR)" in said
    assert "Date of issue of the EPOC/EPOC-PR: 5 October 2026" in said
    assert "It names nobody. (Regulation (EU) 2023/1543, Art. 5(5)(c))" in said
    assert "third country (" not in said  # Section E is for another case


def test_what_is_needed_is_asked_only_where_it_can_be_sent():
    finding = {"outcome": "defective", "data": [], "checks": [check("insufficient")], "grounds": ["insufficient"]}
    assert "It names nobody" in letters.answer(matter(finding=finding))["fields"]["clarification_needed"]
    gone = {
        "outcome": "impossible",
        "data": [],
        "checks": [check("not-stored", "impossible")],
        "grounds": ["not-stored"],
    }
    assert "clarification_needed" not in letters.answer(matter(finding=gone))["fields"]


LACKS = {
    "outcome": "defective",
    "checks": [check("incomplete")],
    "grounds": ["incomplete"],
    "duties": FINDING["duties"],
}


def test_what_waits_as_a_whole_says_what_of_it_is_kept_and_what_is_not():
    rows = [{"category": "subscriber", "outcome": "defective"}, {"category": "content", "outcome": "not-competent"}]
    asked = {"data": [{"category": "subscriber"}, {"category": "content"}]}
    letter = letters.answer(matter(asked, LACKS | {"data": rows}))
    assert letter["fields"]["preservation_state"] == "preserved"
    said = text.twin(letter)
    assert "until you have sent what is missing:\n– subscriber data\n" in said
    assert "This is not preserved:\n– content data" in said
    assert "until 8 December 2026" in said


def test_where_no_data_can_be_told_from_it_nothing_is_said_to_be_kept():
    letter = letters.answer(matter({"data": []}, LACKS | {"data": []}))
    assert letter["fields"]["preservation_state"] == "not-preserved"
    assert "under seal" not in text.twin(letter)
    there = {"ref": "https://lantern.example/u/s", "found": True, "audience": "public"}
    letter = letters.answer(matter({"data": [], "targets": [there]}, LACKS | {"data": []}))
    assert letter["fields"]["preservation_state"] == "preserved"
    assert "– https://lantern.example/u/s" in text.twin(letter)


def test_a_mixed_order_is_preserved_and_the_rest_goes_on_annex_iii():
    data = [{"category": "subscriber", "outcome": "valid"}, {"category": "content", "outcome": "impossible"}]
    finding = {
        "outcome": "impossible",
        "data": data,
        "checks": [check("not-stored", "impossible")],
        "grounds": ["not-stored"],
    }
    letter = letters.answer(matter(finding=finding))
    assert (letter["form"], [other["form"] for other in letter["also"]]) == ("letter", ["epoc-annex-3"])
    assert letter["also"][0]["fields"]["preservation_state"] == "preserved"
    said = text.twin(letter)
    assert "– subscriber data" in said
    assert "concerned: content data" in said


def test_a_finding_without_grounds_still_ticks_one():
    assert preservation.grounds(matter(finding={"outcome": "impossible"})) == ["de-facto"]
    assert preservation.grounds(matter(finding={"outcome": "defective"})) == ["insufficient"]
