"""Whose words: the writer's own, or somebody else's that a mail quotes, forwards, answers or encloses."""

import json
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from comity import instruments
from comity.reading import mail, whose
from comity.reading.read import read

FORMS = sorted(Path(instruments.__file__).parent.glob("*/forms/*.json"))

ORDER = """REMOVAL ORDER
(Article 3 of Regulation (EU) 2021/784)
Member State of the issuing competent authority: France
Time and date of issuing of the removal order: 29 November 2026 13:00 CET
Reference number of the removal order: R-1
URL and any additional information enabling the identification and exact location of the terrorist content:
https://lantern.example/c/4f/2
Name of the issuing competent authority: Office of France
Signature: stamp
"""
OWN = "We did not issue the order below. It is a forgery; please disregard it.\n"
MARKED = "".join(f"> {line}\n" for line in ORDER.splitlines())


def letter(text, subject="Re: Removal order", html=None):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "orders@office.example", "orders@lantern.example", subject
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def reading_of(made):
    return read(made.as_bytes(policy=SMTP), {"dns": False})


def test_it_works_the_writers_own_order_is_the_writers():
    reading = reading_of(letter(ORDER))
    assert len(reading["orders"]) == 1
    assert not reading["others"]
    assert "quoted-order" not in reading["flags"]


OUR_TITLE = "FEEDBACK FOLLOWING REMOVAL OF OR DISABLING OF ACCESS TO TERRORIST CONTENT"
QUOTED = {
    "marks": f"{OWN}\nOn 29 November 2026 at 13:50, someone wrote:\n{MARKED}",
    "marks alone": f"{OWN}\n{MARKED}",
    "marks twice": f"{OWN}\n" + "".join(f">> {line}\n" for line in ORDER.splitlines()),
    "marks after blanks": f"{OWN}\n" + "".join(f"  > {line}\n" for line in ORDER.splitlines()),
    "marks, then own words again": f"On 29/11/2026 x@y.example wrote:\n{MARKED}\n{OWN}",
    "english": f"{OWN}\nOn Sunday, 29 November 2026, A B <a@b.example> wrote:\n\n{ORDER}",
    "english, two lines": f"{OWN}\nOn Sunday, 29 November 2026 at 13:50:11 CET, A B\n<a@b.example> wrote:\n\n{ORDER}",
    "french": f"{OWN}\nLe dim. 29 nov. 2026 à 13:50, A B <a@b.example> a écrit :\n\n{ORDER}",
    "german": f"{OWN}\nAm 29.11.2026 um 13:50 schrieb A B:\n\n{ORDER}",
    "dutch": f"{OWN}\nOp zo 29 nov 2026 om 13:50 schreef A B <a@b.example>:\n\n{ORDER}",
    "spanish": f"{OWN}\nEl dom, 29 nov 2026 a las 13:50, A B (<a@b.example>) escribió:\n\n{ORDER}",
    "italian": f"{OWN}\nIl giorno dom 29 nov 2026 alle ore 13:50 A B <a@b.example> ha scritto:\n\n{ORDER}",
    "polish": f"{OWN}\nniedz., 29 lis 2026 o 13:50 A B <a@b.example> napisał(a):\n\n{ORDER}",
    "outlook": f"{OWN}\n-----Original Message-----\nFrom: A B\nSent: Sunday\nTo: C\nSubject: x\n\n{ORDER}",
    "outlook, a rule": f"{OWN}\n{'_' * 32}\nFrom: A B\nDate: Sunday\nTo: C\nSubject: x\n\n{ORDER}",
    "outlook, no rule": f"{OWN}\nFrom: A B <a@b.example>\nSent: Sunday\nTo: C\nSubject: x\n\n{ORDER}",
    "outlook, french": f"{OWN}\nDe : A B <a@b.example>\nEnvoyé : dimanche\nÀ : C\nObjet : x\n\n{ORDER}",
    "outlook, german": f"{OWN}\nVon: A B\nGesendet: Sonntag, 29. November 2026\nAn: C\nBetreff: x\n\n{ORDER}",
    "gmail": f"{OWN}\n---------- Forwarded message ---------\nFrom: A <a@b.example>\nDate: Sun\n\n{ORDER}",
    "apple": f"{OWN}\nBegin forwarded message:\n\nFrom: A B <a@b.example>\nSubject: x\nDate: Sunday\n\n{ORDER}",
    "thunderbird": f"{OWN}\n-------- Forwarded Message --------\nSubject: x\nDate: Sun\nFrom: A\n\n{ORDER}",
    "german forward": f"{OWN}\n-------- Weitergeleitete Nachricht --------\nBetreff: x\nVon: A\n\n{ORDER}",
    "french forward": f"{OWN}\n-------- Message transféré --------\nSujet : x\nDe : A\n\n{ORDER}",
    "android": f"{OWN}\n-------- Message d'origine --------\nDe : A\nDate : 29/11\n\n{ORDER}",
    "our answer above": f"Thank you.\n\n{OUR_TITLE}\n\n{ORDER}",
}


@pytest.mark.parametrize("way", QUOTED)
def test_an_order_in_words_of_others_is_told_apart(way):
    reading = reading_of(letter(QUOTED[way]))
    assert reading["others"], way
    assert "quoted-order" in reading["flags"]
    assert reading["orders"][0]["facts"]["form"]["urls"] == ["https://lantern.example/c/4f/2"]
    assert "lantern.example/c/4f" not in reading["own"]
    assert "forgery" in reading["own"] or "Thank you" in reading["own"]


HTML = "<p>It is a forgery.</p>{}"
ROWS = "".join(f"<div>{line}</div>" for line in ORDER.splitlines())
RICH = {
    "gmail": f'<div class="gmail_quote">On Sun, 29 Nov 2026, A wrote:<br><blockquote>{ROWS}</blockquote></div>',
    "cite": f'<blockquote type="cite">{ROWS}</blockquote>',
    "within": f"<blockquote><blockquote>{ROWS}</blockquote></blockquote>",
    "never closed": f"<blockquote><div>{ROWS}",
    "outlook": f"<b>From:</b> A &lt;a@b.example&gt;<br><b>Sent:</b> Sunday<br><b>To:</b> C<br><b>Subject:</b> x{ROWS}",
}


@pytest.mark.parametrize("way", RICH)
def test_a_quotation_in_html_is_told_apart(way):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "orders@office.example", "orders@lantern.example", "Re: order"
    made.set_content(HTML.format(RICH[way]), subtype="html")
    reading = reading_of(made)
    assert reading["others"]
    assert reading["own"].startswith("It is a forgery.")


def test_html_that_is_only_indented_is_the_writers_own():
    made = EmailMessage()
    made["From"], made["Subject"] = "orders@office.example", "Order"
    made.set_content(
        f'<blockquote style="margin: 0 0 0 40px; border: none; padding: 0">{ROWS}</blockquote>', subtype="html"
    )
    assert not reading_of(made)["others"]


def enclosing(inner, wrapped="rfc822"):
    made = letter("Is it ours? Please do nothing yet.", "is this ours?")
    if wrapped == "rfc822":
        made.add_attachment(inner)
    return made


def test_an_order_in_an_enclosed_mail_is_not_the_enclosers():
    reading = reading_of(enclosing(letter(ORDER)))
    assert reading["others"]
    assert reading["own"] == "Is it ours? Please do nothing yet."


def test_what_is_attached_to_a_forwarded_mail_came_with_it():
    made = letter(
        "See below.\n\n---------- Forwarded message ---------\nFrom: A <a@b.example>\n\nHere it is.", "Fwd: order"
    )
    made.add_attachment(ORDER.encode(), maintype="text", subtype="plain", filename="order.txt")
    assert reading_of(made)["others"]


def test_what_is_attached_to_a_reply_is_the_writers_own():
    made = letter("Here it is again.\n\nOn 29 November 2026, Lantern wrote:\n> Please send it again.\n")
    made.add_attachment(ORDER.encode(), maintype="text", subtype="plain", filename="order.txt")
    reading = reading_of(made)
    assert len(reading["orders"]) == 1
    assert not reading["others"]


def test_the_writers_own_order_counts_beside_one_that_is_quoted():
    reading = reading_of(letter(f"{ORDER}\n\nOn 1 November 2026, A wrote:\n" + MARKED.replace("R-1", "R-0")))
    assert [one["facts"]["form"]["reference"] for one in reading["orders"]] == ["R-1"]
    assert "quoted-order" in reading["flags"]


def test_words_that_an_order_quotes_in_its_reasons_do_not_cut_it_off():
    text = ORDER.replace(
        "Name of the issuing", "Reasons: On 3 November 2026 the account wrote:\nkill them all\nName of the issuing"
    )
    reading = reading_of(letter(text))
    assert not reading["others"]
    assert reading["orders"][0]["facts"]["form"]["issuing_authority"] == "Office of France"


def test_a_letters_own_heading_is_no_forwarded_mail():
    heading = "From: Office of France\nTo: Lantern Messaging\nDate: 29 November 2026\nSubject: Removal order R-1\n\n"
    assert not reading_of(letter(heading + ORDER, "Removal order R-1"))["others"]


ANNEX_3 = """INFORMATION ON THE IMPOSSIBILITY TO EXECUTE THE REMOVAL ORDER
Regulation (EU) 2021/784, Article 3(7) and (8). Wording after Annex III.
Addressee of the removal order: Lantern Messaging
Competent authority that issued the removal order: Office of France
File reference of the competent authority: R-1
Time and date of receipt of removal order: 29 November 2026, 14:04:59 CET
URL: https://lantern.example/c/4f/2
Date: 29 November 2026
"""


@pytest.mark.parametrize("mark", ["", "> ", ">> "])
def test_our_own_letter_is_nobodys_order(mark):
    quoted = "".join(f"{mark}{line}\n" for line in ANNEX_3.splitlines())
    reading = reading_of(letter(f"Thank you.\n\nOn 29 November 2026 Lantern wrote:\n{quoted}"))
    assert reading["orders"] == []
    assert "quoted-order" not in reading["flags"]


def test_an_order_quoted_below_our_letter_is_still_seen():
    reading = reading_of(letter(f"Look below.\n\n{ANNEX_3}\nOn 1 November 2026, A wrote:\n{MARKED}"))
    assert reading["others"]
    assert reading["orders"][0]["facts"]["form"]["reference"] == "R-1"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_of_ours_is_known_by_its_title(path):
    first, _, language = path.stem.partition(".")
    title = json.loads(path.with_name(f"{first}.json").read_text())["title"]
    assert whose.ours(f"> {json.loads(path.read_text())['labels'][title] if language else title}")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Automatic reply: Your order", "I am away until Monday."),
        ("Réponse automatique : Votre injonction", "Je suis absent."),
        ("Abwesenheitsnotiz: Ihre Anordnung", "Ich bin nicht da."),
        ("Out of Office Re: order", "Back on Monday."),
        ("[Ticket#1] Your message has been registered", "Thank you."),
        ("Re: order", "This is an automated message. Your request has been received."),
    ],
)
def test_a_mail_that_looks_like_a_machines_is_flagged(subject, text):
    assert "maybe-automatic" in reading_of(letter(text, subject))["flags"]


def test_a_person_who_writes_is_not_taken_for_a_machine():
    assert "maybe-automatic" not in reading_of(letter("The right address is https://lantern.example/c/1/2"))["flags"]


def test_the_lines_of_a_text_and_whose_they_are_stay_together():
    made = letter("One.\n\n> two\n\nThree.\n")
    made.add_attachment(letter("Four.\nFive."))
    taken = mail.parse(made.as_bytes(policy=SMTP))
    told = dict(zip(taken.text.splitlines(), taken.own, strict=True))
    assert {line: told[line] for line in ("One.", "> two", "Three.", "Four.", "Five.")} == {
        "One.": True,
        "> two": False,
        "Three.": True,
        "Four.": False,
        "Five.": False,
    }
