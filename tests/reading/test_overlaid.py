"""Forms as offices hand them in: what was put in is read where it is, or nobody is told that it was left blank."""

import pytest
from pypdf.generic import NumberObject

from comity.demo import annex
from comity.reading import pdf
from comity.reading.form import load
from comity.reading.read import read

from . import overlaid
from .pdfs import make
from .test_pdf import with_pdf

FORM = load()
FILLED = {
    "issuing_state": "France",
    "addressee": "Lantern Messaging, quai 1, 1000 Brussels",
    "contact_point": "orders@lantern.example",
    "establishment_state": "Belgium",
    "issued_at": "29 November 2026, 13:00 (UTC+1)",
    "reference": "P/7-2026",
    "urls": "https://lantern.example/c/4f/2\nhttps://lantern.example/c/4f/3",
    "categories": ["a-incite", "e-threat"],
    "reasons": "It praises an attack, and calls for another.",
    "non_disclosure": True,
    "cross_border": True,
    "copy_sent": False,
    "issuer_kind": ["law-enforcement"],
    "issuing_authority": "Office of France",
    "issuer_representative": "A. Duval, commissaire",
    "issuing_file_number": "F/1",
    "issuer_address": "1 rue du Test, Paris",
    "issuer_phone": "+33 1 00 00 00 00",
    "issuer_email": "orders@office.gouv.example",
    "signed_on": "29 November 2026",
    "signature": "stamp",
    "feedback_contact": "duty@office.gouv.example",
    "establishment_authority_contact": "x",
    "redress_body": "Tribunal administratif de Paris",
    "redress_deadline": "2 months starting from receipt",
    "redress_law_url": "https://office.gouv.example/redress",
}
READ = FILLED | {
    "issuing_state": "FR",
    "establishment_state": "BE",
    "issued_at": "2026-11-29T12:00:00Z",
    "urls": FILLED["urls"].split("\n"),
    "issuer_kind": "law-enforcement",
    "signed_on": "2026-11-29",
    "signature": {"kind": "stamp"},
}
BOXES = {"categories", "non_disclosure", "cross_border", "copy_sent", "issuer_kind"}


def drawn(filled=FILLED):
    return annex.draw(FORM, filled, FORM.preamble)


def reading_of(data):
    return read(with_pdf(data), {})


def form_of(data):
    (order,) = reading_of(data)["orders"]
    return order["facts"]["form"]


WAYS = {
    "typed over": overlaid.typed_over,
    "flattened": overlaid.flattened,
    "flattened through a matrix of its own": lambda data: overlaid.flattened(data, matrix=True),
    "drawn into the page": overlaid.drawn_in,
    "shown only": overlaid.looks_only,
    "stored only": overlaid.stored_only,
    "names that say nothing": overlaid.renamed,
    "shown only, names that say nothing": lambda data: overlaid.renamed(overlaid.looks_only(data)),
    "in the datasets": overlaid.in_datasets,
}


@pytest.mark.parametrize("way", WAYS)
def test_it_works(way):
    form = form_of(WAYS[way](drawn()))
    wrong = {key: form[key] for key, value in READ.items() if key in form and form[key] != value}
    missed = {key for key in READ if key not in form}
    assert wrong == {}
    # a box that is empty says so only where it is known for one
    assert missed <= ({"copy_sent"} if way == "drawn into the page" else set())


def test_a_value_that_is_stored_otherwise_than_shown_is_unread_and_flagged():
    def each(writer, page, widgets):
        for widget in widgets:
            if widget["/T"] == "reference":
                widget[overlaid.name("V")] = overlaid.TextStringObject("Q/9-2025")

    reading = reading_of(overlaid.changed(drawn(), each))
    assert "text-differs" in reading["flags"]
    assert "reference" not in reading["orders"][0]["facts"]["form"]


def test_datasets_that_say_otherwise_than_the_fields_leave_them_unread():
    reading = reading_of(overlaid.in_datasets(drawn(), wrong={"reference"}))
    assert "text-differs" in reading["flags"]
    form = reading["orders"][0]["facts"]["form"]
    assert "reference" not in form
    assert form["issuing_authority"] == "Office of France"


# -- boxes ------------------------------------------------------------


def stored(value):
    def change(widget):
        widget[overlaid.name("V")] = overlaid.NameObject(value)

    return change


def shown(value):
    def change(widget):
        widget[overlaid.name("AS")] = overlaid.NameObject(value)

    return change


def without(key):
    def change(widget):
        widget.pop(key, None)

    return change


@pytest.mark.parametrize(
    "change",
    [shown("/Off"), stored("/Off"), shown("/Ja"), stored("/Ja"), lambda w: (stored("/Yes")(w), shown("/Off")(w))],
)
def test_a_box_that_can_be_read_two_ways_is_unread_and_flagged(change):
    reading = reading_of(overlaid.on_buttons(drawn(), change))
    assert "unclear-boxes" in reading["flags"]
    (order,) = reading["orders"]
    assert not {"categories", "issuer_kind", "non_disclosure", "cross_border"} & set(order["facts"]["form"])
    assert "missing-elements" not in order["flags"]
    assert "non_disclosure" not in order["facts"]


@pytest.mark.parametrize("change", [without("/AS"), without("/V"), without("/AP")])
def test_a_box_of_which_one_thing_is_told_is_what_that_says(change):
    form = form_of(overlaid.on_buttons(drawn(), change))
    assert {key: form[key] for key in BOXES} == {key: READ[key] for key in BOXES}


def state_renamed(to):
    def change(widget):
        looks = widget["/AP"]["/N"]
        looks[overlaid.NameObject(to)] = looks.raw_get("/Yes")
        del looks["/Yes"]
        for key in ("/V", "/AS"):
            if widget[key] == "/Yes":
                widget[overlaid.NameObject(key)] = overlaid.NameObject(to)

    return change


@pytest.mark.parametrize("to", ["/1", "/Ja", "/Oui", "/No", "/x", "/0"])
def test_a_tick_may_have_any_name(to):
    form = form_of(overlaid.on_buttons(drawn(), state_renamed(to)))
    assert {key: form[key] for key in BOXES} == {key: READ[key] for key in BOXES}


def radio(chosen, shown_as):
    """A group of three boxes with one value, `chosen`, of which one is shown as ticked."""

    def each(writer, page, widgets):
        kids = [one for one in widgets if str(one["/T"]).startswith("issuer_kind.")]
        parent = overlaid.DictionaryObject()
        group = writer._add_object(parent) if kids else None
        for kid in kids:
            option = str(kid["/T"]).partition(".")[2]
            looks = kid["/AP"]["/N"]
            looks[overlaid.name(option)] = looks.raw_get("/Yes")
            del looks["/Yes"]
            kid[overlaid.name("AS")] = overlaid.name(option if option == shown_as else "Off")
            kid[overlaid.name("Parent")] = group
            for key in ("/V", "/T", "/TU", "/FT"):
                kid.pop(key, None)
        if kids:
            parent[overlaid.name("FT")], parent[overlaid.name("T")] = (
                overlaid.name("Btn"),
                overlaid.TextStringObject("issuer_kind"),
            )
            parent[overlaid.name("V")] = overlaid.name(chosen)
            parent[overlaid.name("Kids")] = overlaid.ArrayObject([kid.indirect_reference for kid in kids])

    return overlaid.changed(drawn(), each)


def test_a_group_with_one_value_is_read_where_it_is_shown_so():
    assert form_of(radio("judicial", "judicial"))["issuer_kind"] == "judicial"
    for chosen, shown_as in (("judicial", "other"), ("judicial", ""), ("Off", "judicial")):
        reading = reading_of(radio(chosen, shown_as))
        assert "issuer_kind" not in reading["orders"][0]["facts"]["form"]
        assert "unclear-boxes" in reading["flags"]


@pytest.mark.parametrize("subtype", ["Ink", "Stamp", "Line", "FreeText"])
def test_a_cross_over_a_box_of_a_form_that_holds_none_is_not_read_as_none(subtype):
    filled = FILLED | {"non_disclosure": False}
    reading = reading_of(overlaid.crossed(drawn(filled), subtype, printed=False))
    assert "unclear-boxes" in reading["flags"]
    assert "non_disclosure" not in reading["orders"][0]["facts"]["form"]


@pytest.mark.parametrize("subtype", ["Ink", "Stamp", "FreeText"])
def test_a_cross_over_a_printed_box_is_a_tick_or_unread(subtype):
    data = overlaid.typed_over(drawn(FILLED | {"non_disclosure": False}))
    crosses = overlaid.crossed(drawn(FILLED | {"non_disclosure": False}), subtype)
    pages = [overlaid.PdfReader(overlaid.io.BytesIO(one)) for one in (data, crosses)]
    writer = overlaid.PdfWriter(clone_from=pages[0])
    for page, other in zip(writer.pages, pages[1].pages, strict=True):
        for note in other.get("/Annots", []):
            page["/Annots"].append(writer._add_object(note.get_object().clone(writer)))
    out = overlaid.io.BytesIO()
    writer.write(out)
    form = form_of(out.getvalue())
    assert form.get("non_disclosure") is not False
    assert form["issuing_authority"] == "Office of France"


def test_a_hidden_note_says_nothing():
    def each(writer, page, notes):
        for note in notes:
            if note.get("/Contents") == "P/7-2026":
                note[overlaid.name("F")] = NumberObject(pdf.HIDDEN)

    assert form_of(overlaid.changed(overlaid.typed_over(drawn()), each)).get("reference") in (None, "")


# -- the net ------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        overlaid.blank(drawn()),
        overlaid.blank(drawn() and make(dict.fromkeys(FILLED, "") | {"categories": []})),
        annex.draw(FORM, {"reference": "R-1", "categories": []}, FORM.preamble),
    ],
)
def test_a_form_in_which_hardly_a_line_has_a_value_is_unread_not_blank(data):
    reading = reading_of(data)
    (order,) = reading["orders"]
    assert "values-not-found" in reading["flags"]
    assert "missing-elements" not in order["flags"]
    held = order["facts"]["form"]
    assert not [key for key, value in held.items() if value in ("", None, [], False)]
    assert "targets" not in order["facts"]
    lines = {line["field"]: line for part in order["sheet"]["sections"] for line in part["lines"]}
    assert not lines["form.urls"]["read"]


def test_a_form_with_some_lines_left_blank_is_read_as_it_is():
    gaps = {"redress_body": "", "redress_deadline": "", "issuing_file_number": "", "feedback_contact": ""}
    reading = reading_of(drawn(FILLED | gaps))
    assert "values-not-found" not in reading["flags"]
    assert "missing-elements" in reading["flags"]
    assert {key: reading["orders"][0]["facts"]["form"][key] for key in gaps} == gaps
