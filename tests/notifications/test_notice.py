import pytest

from comity.notifications import letters
from comity.outbox import letters as values


def test_it_works():
    letter = letters.notice(1, ["EU"], "Europe/Brussels")
    assert letter["blanks"] == ["link"]
    assert "{private link}" in letters.text(letter)
    sent = values.fill(letter, {"link": "https://lantern.example/statement/x"})
    assert letters.text(sent) == (
        "One of your messages can no longer be seen in the European Union.\n\n"
        "An authority ordered this. Nothing else about your account has changed.\n\n"
        "What happened, who ordered it and how you can fight it: https://lantern.example/statement/x\n"
    )


def test_it_is_discreet():
    said = letters.text(letters.notice(3, ["EU"], "Europe/Brussels")).lower()
    for word in ("terror", "police", "crime", "court", "illegal"):
        assert word not in said


@pytest.mark.parametrize(
    ("territory", "words"),
    [
        (["EU"], "in the European Union"),
        (["FR"], "in France"),
        (["FR", "BE"], "in France and Belgium"),
        ([], "anywhere"),
    ],
)
def test_it_names_the_territory(territory, words):
    assert words in letters.notice(2, territory, "Europe/Brussels")["paragraphs"][0]
    assert "can be seen again " + words in letters.lifted(2, territory, "Europe/Brussels")["paragraphs"][0]
