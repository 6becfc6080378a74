"""Layouts in which a careless reader reads something wrong."""

import pytest

from comity.reading.read import read

from . import orders

HEAD = """REMOVAL ORDER (Article 3 of Regulation (EU) 2021/784)
SECTION A
Member State of the issuing competent authority: Germany
Time and date of issuing of the removal order: 24 November 2026 08:58 CET
Reference number of the removal order: R/1
SECTION B
URL and any additional information enabling the identification and exact location of the terrorist content: https://a.example/1
"""
GROUP = """The material (please tick the relevant box(es)):
{}incites others to commit terrorist offences, such as by glorifying terrorist acts, by advocating the commission of such offences (point (7)(a) of Article 2)
{}solicits others to commit or to contribute to the commission of terrorist offences (point (7)(b) of Article 2)
{}constitutes a threat to commit one of the terrorist offences (point (7)(e) of Article 2)
"""  # noqa: E501 - lines as long as the annex's own


def form_of(text):
    return read(orders.mail(HEAD + text), {})["orders"][0]["facts"]["form"]


@pytest.mark.parametrize(
    "marks",
    [("x ", "", ""), ("[v] ", "[ ] ", "[ ] "), ("Yes - ", "No - ", "No - "), ("☑ ", "☐ ", "☐ "), ("✓ ", "", "")],
)
def test_many_ways_to_tick_the_first_box(marks):
    assert form_of(GROUP.format(*marks))["categories"] == ["a-incite"]


def test_options_without_any_box_are_not_read():
    assert "categories" not in form_of(GROUP.format("", "", ""))


def test_a_box_that_we_do_not_know_leaves_the_group_unread():
    assert "categories" not in form_of(GROUP.format("[?] ", "[ ] ", "[ ] "))


def test_boxes_that_are_all_empty_were_looked_at():
    assert form_of(GROUP.format("[ ] ", "[ ] ", "[ ] "))["categories"] == []


def test_letters_with_boxes_on_one_line():
    assert form_of("B.2: [x] (a) incites [ ] (b) solicits [x] (e) threat\n")["categories"] == ["a-incite", "e-threat"]


def test_a_label_inside_the_reasons_stays_in_the_reasons():
    form = form_of(
        "Additional information: The text says\nDate: tomorrow\nand means it.\nSECTION E\nDate: 24/11/2026\n"
    )
    assert form["reasons"] == "The text says Date: tomorrow and means it."
    assert form["signed_on"] == "2026-11-24"


def test_two_values_for_one_label_are_left_to_a_person():
    assert "reference" not in form_of("Reference number of the removal order: R/2\n")


def test_the_date_of_a_forwarded_mail_is_not_the_orders():
    forwarded = "\n---- Forwarded message ----\nFrom: a@b.example\nDate: 1 January 2026\nSubject: x\nTo: c@d.example\n"
    assert "signed_on" not in form_of(forwarded)


def test_what_stands_below_an_empty_cell_is_not_its_value():
    html = "<p>REMOVAL ORDER, Regulation (EU) 2021/784</p><table><tr><td>Reference number</td><td>R/1</td></tr>"
    html += "<tr><td>Issuing authority</td><td>Office</td></tr><tr><td>URLs</td><td>https://a.example/1</td></tr>"
    html += "<tr><td>Link to provisions in national legislation</td><td></td></tr></table><p>Jane Doe</p>"
    raw = orders.mail(html).replace(b"text/plain", b"text/html")
    assert read(raw, {})["orders"][0]["facts"]["form"]["redress_law_url"] == ""


def test_a_question_about_an_order_is_no_order():
    text = "Hello, what is Regulation (EU) 2021/784? I got a removal order.\nReference: 4711\nDate: yesterday\n"
    assert read(orders.mail(text), {})["orders"] == []


def test_the_end_of_a_silence_is_read_with_its_zone_or_as_a_day():
    tick = "[x] For reasons of public security, the addressee must refrain from informing the content provider, until "
    for said, until in (
        ("5 January 2027, 17:00 CET", "2027-01-05T16:00:00Z"),
        ("5 January 2027", "2027-01-05T23:00:00Z"),
    ):
        facts = read(orders.mail(HEAD + "SECTION C\n" + tick + said + "\n"), {})["orders"][0]["facts"]
        assert facts["non_disclosure"] == {"requested": True, "until": until}
