from types import SimpleNamespace

import pytest

from comity.notifications import letters
from comity.outbox import letters as values

US = SimpleNamespace(provider={"zone": "Europe/Brussels"}, language="en")


def notice(count=1, territory=("EU",)):
    targets = [{"ref": f"https://lantern.example/c/{n}", "outcome": "valid"} for n in range(count)]
    finding = {"targets": targets, "measures": [{"kind": "withhold", "territory": list(territory)}]}
    return letters.notice({}, finding, US)


def lifted():
    finding = {
        "targets": [{"ref": "https://lantern.example/c/1", "outcome": "valid"}],
        "measures": [{"kind": "withhold", "territory": ["EU"]}],
    }
    return letters.lifted({}, finding, US)


def test_it_works():
    letter = notice()
    assert letter["blanks"] == ["link"]
    assert "{private link}" in letters.text(letter)
    sent = values.fill(letter, {"link": "https://lantern.example/statement/x"})
    assert letters.text(sent) == (
        "One of your messages has been hidden in the European Union.\n\n"
        "An authority ordered this. Nothing else about your account has changed.\n\n"
        "What happened, who ordered it and how you can fight it: https://lantern.example/statement/x\n"
    )


def test_it_is_discreet():
    said = (letters.text(notice(3)) + letters.lifted_text(lifted())).lower()
    for word in ("terror", "police", "crime", "court", "illegal"):
        assert word not in said


def test_no_author_learns_of_others():
    assert letters.text(notice(3)) == letters.text(notice(30))


@pytest.mark.parametrize(
    ("territory", "words"),
    [
        (["EU"], "in the European Union"),
        (["FR"], "in France"),
        (["FR", "BE"], "in France and Belgium"),
        (["DE", "FR", "BE"], "in Germany, France and Belgium"),
        (["WORLD"], "everywhere"),
        (["XX"], "in XX"),
    ],
)
def test_it_names_the_territory(territory, words):
    assert words + "." in notice(1, territory)["paragraphs"][0]


def test_a_lift_is_told_as_exactly_as_the_measure_was_and_its_link_is_filled_at_sending():
    assert letters.lifted_text(lifted()) == (
        "One of your messages can be seen again in the European Union.\n\nWhat happened: {private link}\n"
    )
    sent = values.fill(lifted(), {"link": "https://lantern.example/statement/x"})
    assert letters.lifted_text(sent).endswith("What happened: https://lantern.example/statement/x\n")
