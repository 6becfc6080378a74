"""An answer in its order's language has the same in ours beside it; a form's labels stand in a further language too."""

from dataclasses import replace

from answers.orders import HOUSE

from comity import instruments
from comity.answers import letters, text
from comity.instruments.matter import Matter
from comity.measures.looks import Looks
from comity.outbox import letters as values

FINDING = {
    "outcome": "valid",
    "targets": [{"ref": "https://lantern.example/c/1/2", "outcome": "valid"}],
    "measures": [{"kind": "withhold", "territory": ["FR"]}],
    "checks": [],
    "duties": [],
}
FACTS = {
    "instrument": "eu-dsa-order-act",
    "received_at": "2026-11-24T08:00:00Z",
    "language": "fr",
    "form": {"issuing_authority": "Tribunal de Port-Clair", "reference": "N 12/26"},
}
SENT = values.parse("2026-11-24T09:00:00Z")
SEEN = Looks(("FR",), {"FR": "withheld"}, {"CH": "visible"}, targets=1, closely=1)


def matter(**changed: object) -> Matter:
    facts = {**FACTS, **changed}
    return Matter("C-7KQ2M4XA", "greffe@tribunal.example", HOUSE, facts, FINDING)


def both() -> values.Letter:
    french = matter()
    return values.beside(letters.drafted(french), letters.drafted(replace(french, spoken="en")))


def test_it_works() -> None:
    letter = both()
    sent = values.fill(letter, letters.values(SENT, SENT, letter, SEEN))
    values.verify_filled(letter, sent)
    french, english = text.twin(sent).split("=" * 60)
    assert "Inaccessible depuis : France" in french.replace("\xa0", " ")
    assert "withheld in France" in english
    assert "Not to be reached from France" in english
    assert "[English]" in english
    assert "Form" not in english.partition("[English]")[0]


def test_what_a_person_has_edited_has_nothing_beside_it_that_says_something_else() -> None:
    edited = values.edit(both(), ["Autre chose."])
    assert edited["also"] == []
    assert all("." not in name for name in edited["blanks"])
    values.check(edited)


def test_the_labels_of_a_form_stand_in_german_beside_ours_and_in_no_language_that_it_has_not() -> None:
    facts = {**FACTS, "instrument": "eu-tco-removal-order", "language": "de"}
    annex = letters.drafted(Matter("C-7KQ2M4XA", "a@b.example", HOUSE, facts, FINDING))
    said = text.twin(letters.labelled(annex, "de"))
    assert "Aktenzeichen des Adressaten / File reference of the addressee" in said
    assert letters.labelled(annex, "sv") == annex
    known = instruments.form("epoc-annex-3")
    assert known is not None
    labels = {field["label"] for field in known.data["fields"]} | {one["title"] for one in known.data["sections"]}
    labels |= {option["label"] for field in known.data["fields"] for option in field.get("options", ())}
    assert {*known.beside["de"]} - {known.data["title"]} <= labels
