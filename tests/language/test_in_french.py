"""What a French reader gets has no English sentence of the catalogue left in it: pages, replies, answers, notices."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from answers.orders import FINDING, GONE, HERE, HOUSE
from answers.orders import matter as order
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.html import strip_tags
from instruments.test_preservation_order import matter as epoc
from instruments.test_statement import ONE, SINCE, TOLD_AT, built
from language.messages import used

from comity import instruments
from comity.answers import letters, pdf, replies, text
from comity.instruments import plain
from comity.measures.looks import UNSEEN, Looks
from comity.notifications import commands as notifications
from comity.notifications import letters as notices
from comity.notifications.views import _form
from comity.outbox import letters as values
from comity.outbox import rules
from comity.platforms.territory import EU
from comity.reading import whose
from comity.regulations import packs

TCO = "eu-tco-removal-order"
PACK = packs.pack(TCO)
FRENCH = {"Accept-Language": "fr"}
CHECK = PACK.checks[3]
FAILS = {"id": CHECK.id, "holds": False, "says": CHECK.fails["en"], "cite": CHECK.cite, "blocking": True}
WORDS = {said["en"]: said["fr"] for one in PACK.checks for said in (one.fails, one.unknown, one.holds)}
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def sentences():
    """Each message of more than one word whose French is another: its fixed parts, without its blanks."""
    with translation.override("fr"):
        said = {message for _, context, message in used() if not context and translation.gettext(message) != message}
    parts = [tuple(filter(None, re.split(r"%\(\w+\)[sd]|%d", message))) for message in said if " " in message]
    return [one for one in parts if max(map(len, one)) > 8]


ENGLISH = sentences()


def left(page):
    """The English sentences of the catalogue that a text holds, save in what it marks as English."""
    shown = " ".join(strip_tags(re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", page, flags=re.S)).split())
    found = (one for one in ENGLISH if all(part.strip() in shown for part in one))
    pattern = r".{0,200}?".join
    return [one for one in found if re.search(rf"(?<!\w){pattern(map(re.escape, one)).strip()}(?!\w)", shown)]


def test_it_works():
    assert len(ENGLISH) > 200
    assert left("<p>Nothing here. There is nothing at this\n address.</p>")
    assert not left("<p>Il n’y a rien à cette adresse.</p>")


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/regulations/", f"/regulations/{TCO}/{PACK.version}", "/regulations/none"])
def test_a_public_page(path):
    page = Client(HTTP_HOST="localhost").get(path, headers=FRENCH).content.decode()
    assert '<html lang="fr"' in page
    assert not left(page)


@pytest.mark.parametrize("name", ["400", "403", "404", "413", "500", "csrf"])
def test_an_error_page(name):
    with translation.override("fr"):
        page = render_to_string(f"{name}.html", {"status": 400}, RequestFactory().get("/"))
    assert '<html lang="fr"' in page
    assert not left(page)


STATEMENTS = {
    "of one message": {},
    "of several": {"told": {"posted": (ONE, replace(ONE, ref="https://lantern.example/c/2"))}},
    "lifted": {"told": {"lifted_at": AT, "territory": ("FR", "BE")}},
    "everywhere, to an end": {"told": {"territory": (), "until": AT, "posted": (replace(ONE, posted_at=None),)}},
    "with its times over": {"now": TOLD_AT + timedelta(days=400)},
    "of an order that says little": {"facts": {"form": {"redress_deadline": "30 jours"}, "authority": {}}},
    "of another instrument": {"facts": {"instrument": "own-no-pack"}, "told": {"posted": (replace(ONE, place=""),)}},
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_statement_page(name):
    with translation.override("fr"):
        complaints = [SimpleNamespace(answer=said, at=SINCE, due=due, text="Mots", copy=False) for said, due in FILED]
        shown = {"statement": built(**STATEMENTS[name]), "complaints": complaints, "form": _form("", "")}
        page = render_to_string("notifications/statement.html", shown, RequestFactory().get("/statement/x"))
    assert '<html lang="fr"' in page
    assert not left(page)
    assert "24 novembre 2026" in page


FILED = [("", None), ("", AT), ("Notre réponse", AT)]


@pytest.mark.parametrize("words", ["", "x" * 30_000])
def test_why_a_complaint_is_refused(words):
    with translation.override("fr"), pytest.raises(notifications.BadInput) as refused:
        notifications.complain(None, words)
    assert not left(refused.value.rule)


# -- letters ----------------------------------------------------------------------------------------------------------


def french(facts=None, finding=None, make=order):
    return replace(make({"language": "fr"} | (facts or {}), finding), words=WORDS)


BARRED = {"outcome": "defective", "checks": [FAILS | {"outcome": "defective"}]}
GONE_TOO = {"targets": [*FINDING["targets"], {"ref": GONE, "outcome": "defective", "why": CHECK.fails["en"]}]}
ANSWERS = {
    "done": french(finding={"checks": [FAILS | {"blocking": False}]}),
    "done, and nobody is told": french({"non_disclosure": {"requested": True}}),
    "done, without redress": french({"form": {"redress_body": "", "redress_deadline": None}}),
    "done in part": french({"targets": [{"ref": GONE, "found": False}]}, BARRED | GONE_TOO),
    "defective": french(finding=BARRED | {"targets": [{"ref": HERE, "outcome": "defective", "why": ""}]}),
    "impossible": french(finding={"outcome": "impossible", "targets": [], "checks": []}),
    "preserved": french(make=epoc),
    "not preserved": french(finding=BARRED | {"data": [], "targets": []}, make=epoc),
}


def said(letter):
    """All that goes out of a letter: subject, mail text; the PDF is set from the same sheet."""
    assert letter["language"] == "fr"
    made = pdf._data(letter, "demo", ascii_only=False) if letter["form"] != "reply" else ""
    return f"{letter['subject']}\n{text.twin(letter)}\n{made}"


SEEN = Looks(("EU",), dict.fromkeys(EU, "withheld"), {"CH": "visible"}, 1, 1, AT)
LOOKS = (UNSEEN, SEEN, replace(SEEN, targets=60, closely=10), replace(SEEN, inside={"FR": "visible"}, lifted=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(name):
    letter = letters.answer(ANSWERS[name])
    for looks in LOOKS:
        filled = values.fill(letter, letters.values(AT, AT, letter, looks))
        assert not left(said(letter) + said(filled))


@pytest.mark.parametrize("outcome", ["valid", "not-competent", "reroute", "refuse", "counsel"])
@pytest.mark.parametrize("checks", [[], [FAILS]])
def test_a_plain_answer(outcome, checks):
    letter = plain.letter(french({"form": {}}, {"outcome": outcome, "checks": checks}))
    assert not left(said(letter))
    assert not checks or CHECK.fails["fr"] in said(letter)


@pytest.mark.parametrize("make", [order, epoc])
def test_the_word_of_a_lift(make):
    assert not left(said(letters.lifted(french(make=make))))


ACKNOWLEDGED = {
    "an order": (french(), {}),
    "one with blank lines": (french({"form": {"reference": "", "reasons": None}}), {}),
    "one nobody signed": (french({"authority": {}}), {}),
    "a copy": (french(), {"joined": True}),
    "a copy of one that was answered": (french(), {"joined": True, "answered": AT}),
    "a reply": (french(), {"reply": True, "came": AT}),
    "another instrument": (french({"instrument": "own-no-pack"}, {"deadlines": []}), {}),
}


@pytest.mark.parametrize("name", ACKNOWLEDGED)
def test_an_acknowledgement(name):
    one, how = ACKNOWLEDGED[name]
    assert not left(said(replies.acknowledgement(one, **how)))


def test_the_other_replies():
    with translation.override("fr"):
        made = [replies.triage(lane, "R-7Q4M2HXK", "", HOUSE, doors={lane: "d@x.example"}) for lane in replies.LANES]
        made.append(replies.received("R-7Q4M2HXK", "", HOUSE, AT))
    for letter in made:
        assert not left(said(letter))


@pytest.mark.parametrize("territory", [["EU"], ["WORLD"], ["FR"], ["FR", "BE"]])
@pytest.mark.parametrize("count", [1, 2])
def test_the_notices(territory, count):
    us = SimpleNamespace(provider={"zone": "Europe/Brussels"}, language="fr")
    finding = {"targets": [{"outcome": "valid"}] * count, "measures": [{"territory": territory}]}
    measure, lift = notices.notice({}, finding, us), notices.lifted({}, finding, us)
    assert (measure["language"], lift["language"]) == ("fr", "fr")
    assert not left(f"{measure['subject']} {notices.text(measure)} {notices.lifted_text(lift)}")


# -- and what reads it again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_our_own_words_are_known_as_ours_when_they_come_back(language):
    one = order({"language": language})
    reply = replies.acknowledgement(one)
    assert rules.quotes_our_subject(f"Re: {reply['subject']}")
    with translation.override(language):
        forms = [form for each in instruments.each().values() for form in each.forms.values()]
        titles = [translation.gettext(form.data["title"]) for form in forms]
    for line in (*titles, reply["paragraphs"][-2]):
        assert whose.ours(line), line
