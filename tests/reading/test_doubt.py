"""What can be meant otherwise is left to a person: it is never read as blank, nor as the likelier of two."""

from datetime import UTC, datetime

import pytest
from pypdf.generic import NumberObject

from comity.demo.annex import Page, unicode
from comity.reading import docx, instants, odt, rtf, span, urls, values
from comity.reading.labelled import boxed
from comity.reading.read import read

from . import containers, orders, overlaid
from .pdfs import Layout
from .test_layouts import ORDER, letter, reading_of, rows
from .test_overlaid import drawn
from .test_pdf import with_pdf
from .test_traps import GROUP, form_of

NEAR = datetime(2026, 11, 30, tzinfo=UTC)
ONE, OTHER = "https://lantern.example/c/4f/2", "https://lantern.example/c/4f/3"


@pytest.mark.parametrize(
    ("zone", "at"),
    [("UTC più 1", "11:58"), ("UTC meno 1", "13:58"), ("UTC+05:30", "07:28")]
    + [(said, None) for said in ("UTC+01:75", "UTC+1 (heure de New York)", "hora de verano UTC", "ora legale UTC")],
)
def test_an_offset_is_read_with_the_sign_of_its_language_and_where_nothing_beside_it_says_otherwise(zone, at):
    wanted = at and f"2026-11-24T{at}:00Z"
    assert instants.instant(f"24 November 2026 12:58 {zone}", "FR", NEAR) == wanted


@pytest.mark.parametrize("beside", ["excluded", "(exclusive)", "ausgenommen", ", both 10:00 UTC", "jeweils 12 Uhr"])
def test_a_period_whose_days_mean_something_else_is_not_read(beside):
    said = "1 March 2026 to 3 March 2026"
    assert span.read(said, "FR", NEAR, "Europe/Brussels") is not None
    assert span.read(f"{said} {beside}", "FR", NEAR, "Europe/Brussels") is None


def test_a_state_that_is_excepted_or_lends_its_name_to_another_place_is_none():
    for said in ("Northern Ireland", "New Mexico", "US Virgin Islands", "not France", "hors de France", "Belgique ?"):
        assert values.country(said) is None, said
    for said, code in (("New Zealand", "NZ"), ("Irland", "IE"), ("Kingdom of Belgium", "BE"), ("NO", "NO")):
        assert values.country(said) == code


@pytest.mark.parametrize(
    ("said", "ticked"),
    [("[x] yes [ ] no", True), ("Oui ☐ Non ☒", False), ("yes [x] no [ ]", True), ("☐ Oui ☒ Non", False)]
    + [("☒", True), ("☐", False), ("☒ Oui ☒ Non", None), ("[ ] no", None), ("☐ Oui ☐ Non", None)],
)
def test_of_yes_and_no_the_one_that_is_ticked_counts_wherever_its_box_stands(said, ticked):
    assert boxed(said) is ticked


@pytest.mark.parametrize("said", ["yes / no", "ja/nein", "X no", "ticked: no", "NO (yes crossed out)"])
def test_yes_and_no_are_neither(said):
    assert values.yes_no(said) is None


@pytest.mark.parametrize("sign", ["{x}", "[J]", "[Х]", "(1)", "o", "YES", "♥", "🗸", "[?]", "~~X~~", "☒ ☐", "[/]"])
def test_a_sign_that_nobody_knows_leaves_its_group_unread(sign):
    assert "categories" not in form_of(GROUP.format(f"{sign} ", "[ ] ", "[ ] "))


@pytest.mark.parametrize(
    "said",
    [f"{ONE} but not {OTHER}", f"except {OTHER}", f"Previously {ONE}, now {OTHER}", f"~~{ONE}~~ {OTHER}"]
    + [f"{ONE}*", f"{ONE[:-1]}*", f"{ONE} et 5f", f"{ONE} (et /5f)", f"{ONE} until /9", f"{ONE[:-1]}{{2,3}}"]
    + [f"{ONE[:-1]}[2-9]", f"{ONE}..9", f"{ONE}=20"],
)
def test_an_address_that_is_excepted_or_stands_for_several_is_left(said):
    found = urls.find([said])
    assert found.unread
    assert "broken-urls" in found.flags


def test_a_star_of_emphasis_is_none_of_the_address():
    assert urls.find([f"*{ONE}*"]).urls == urls.find([f"**{ONE}**"]).urls == [ONE]
    assert urls.find([f"_{ONE}_"]).unread  # nobody knows whether the last sign is


@pytest.mark.parametrize(
    "said",
    ["see page 2", "siehe Anlage 1", "ditto", "→ p. 2", "?", "•", "{{reference}}", "[REFERENCE]", "#REF!", "TBD"]
    + ["XXXXX", "R-1\u202e6202", "R-1-\n2026", "ОRB-1/26"],  # the last begins with a Cyrillic letter
)
def test_what_names_no_value_or_is_not_what_is_seen_is_unread(said):
    held = reading_of(letter(ORDER.replace("order: R-1", f"order: {said}")))["orders"][0]["facts"]["form"]
    assert "reference" not in held
    assert held["issuing_authority"] == "Office of France"


@pytest.mark.parametrize("said", ["CF-2000/000", "See-1/26", "IDEM/4", "P. 12/26", "XXX-1", "Ver Eecke 7"])
def test_a_reference_that_begins_like_a_pointer_is_one(said):
    held = reading_of(letter(ORDER.replace("order: R-1", f"order: {said}")))["orders"][0]["facts"]["form"]
    assert held["reference"] == said


def test_what_is_not_seen_is_nothing():
    for said, value in (("\u200b", ""), ("n.a.", ""), ("ｎ／ａ", ""), ("\u200fR-1", "R-1"), ("R\u200b-1", "R-1")):
        held = reading_of(letter(ORDER.replace("order: R-1", f"order: {said}")))["orders"][0]["facts"]["form"]
        assert held["reference"] == value


@pytest.mark.parametrize(
    "cell",
    [f"<s>{ONE}</s> {OTHER}", f"<del>{ONE}</del>", f'<span style="text-decoration: line-through">{ONE}</span> {OTHER}']
    + [f'<s><a href="{ONE}">{ONE}</a></s>', f"<select><option>{ONE}</option><option>{OTHER}</option></select>"],
)
def test_what_is_struck_out_or_not_chosen_on_a_page_is_unread(cell):
    held = reading_of(letter(html=rows(ORDER).replace(ONE, cell)))["orders"][0]["facts"]["form"]
    assert "urls" not in held


def test_what_was_put_in_on_a_page_is_read():
    for cell in (f'<input type="url" value="{ONE}">', f"<select><option>x</option><option selected>{ONE}</select>"):
        held = reading_of(letter(html=rows(ORDER).replace(ONE, cell)))["orders"][0]["facts"]["form"]
        assert held["urls"] == [ONE]


def test_a_document_of_any_office_program_says_what_is_struck_out():
    word = "<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>R-1</w:t></w:r><w:r><w:t>R-2</w:t></w:r></w:p>"
    style = '<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    open_ = f'{style}<text:p><text:span text:style-name="T1">R-1</text:span><text:span>R-2</text:span></text:p>'
    assert docx.text(containers.docx(word)) == "~~R-1~~R-2"
    assert odt.read(open_) == "~~R-1~~R-2"
    assert rtf.text(rb"{\rtf1\ansi {\strike R-1}R-2\par}") == "~~R-1~~R-2"


def test_from_one_address_to_another_those_between_are_meant_too():
    assert urls.find([f"{ONE} to https://lantern.example/c/4f/9"]).unread
    assert urls.find([f"{ONE} and {OTHER}"]).urls == [ONE, OTHER]
    said = "Re: Article 9 of Regulation (EU) 2022/2065\n\nAct against {}.\n"
    for what, held in ((f"{ONE} and {OTHER}", [ONE, OTHER]), (f"{ONE} but not {OTHER}", None)):
        found = read(orders.mail(said.format(what)), {"dns": False})["demand"]["facts"]["form"]
        assert found.get("urls") == held


def test_a_field_that_nobody_sees_is_unread():
    def hidden(writer, page, widgets):
        for one in widgets:
            if one["/T"] in {"non_disclosure", "reference"}:
                one[overlaid.name("F")] = NumberObject(2)

    held = read(with_pdf(overlaid.changed(drawn(), hidden)), {})["orders"][0]["facts"]["form"]
    assert {"non_disclosure", "reference"} & set(held) == set()


# -------------------------------------------------------------------------------------------- how pages are laid out
def page_of(*pages):
    """A PDF of pages, each with what it shows: (points from the left, from the bottom, words)."""
    made = Layout()
    for page in pages:
        made.pages.append(Page())
        for x, y, said in page:
            made.show(said, x, y)
    return with_pdf(made.finish("order"))


def form_on(*pages):
    return read(page_of(*pages), {})["orders"][0]["facts"]["form"]


def set_in_lines(said, top=790):
    return [(50, top - 14 * n, line) for n, line in enumerate(said)]


def test_dots_lead_to_a_value():
    led = {"Memb", "Refe", "Name", "Addr"}
    dotted = "".join(
        (line.replace(": ", " " + "." * 20 + " ", 1) if line[:4] in led else line) + "\n" for line in ORDER.splitlines()
    )
    held = reading_of(letter(dotted))["orders"][0]["facts"]["form"]
    assert (held["issuing_state"], held["reference"], held["addressee"]) == ("FR", "R-1", "Lantern")


BROKEN = [
    "Member State in which the hosting service provider has its",
    "main establishment or in which its legal representative",
    "resides or is established .....................",
]
URLS = [
    "URL and any additional information enabling the",
    "identification and exact location of the terrorist content ......",
]


def test_a_label_that_is_broken_over_lines_beside_its_value_leaves_nothing_blank_or_half():
    above, below = ORDER.split("SECTION B\n")
    first = set_in_lines(above.splitlines())
    state = [(50, 640 - 12 * n, line) for n, line in enumerate(BROKEN)]
    cells = [(330, 640, "Belgium"), (50, 595, URLS[0]), (330, 595, ONE), (50, 583, URLS[1]), (330, 571, OTHER)]
    rest = set_in_lines(below.splitlines()[2:], 540)
    held = form_on([*first, *state, *cells, *rest])
    assert held["issuing_state"] == "FR"
    assert held.get("establishment_state", "BE") == "BE"
    assert held.get("urls", [ONE, OTHER]) == [ONE, OTHER]


def test_a_value_at_the_head_of_a_page_is_no_pages_number():
    lines = ORDER.splitlines()
    cut = lines.index("Signature: stamp")
    held = form_on(set_in_lines([*lines[:cut], "File No:"]), set_in_lines(["4711", "Signature: stamp"]))
    assert held.get("issuing_file_number", "4711") == "4711"
    assert held["reference"] == "R-1"


def test_two_columns_are_no_rows():
    left, right = ORDER.split("SECTION B\n")
    held = form_on(
        [*set_in_lines(left.splitlines()), *[(330, y, said) for _, y, said in set_in_lines(right.splitlines())]]
    )
    wanted = reading_of(letter(ORDER))["orders"][0]["facts"]["form"]
    assert {name: value for name, value in held.items() if value != wanted.get(name)} == {}
    assert held["reference"] == "R-1"


def test_a_cross_of_two_lines_from_corner_to_corner_is_a_tick():
    def each(writer, page, widgets):
        out = b""
        for one in widgets:
            if one["/FT"] == "/Btn":
                x0, y0, x1, y1 = box = [float(side) for side in one["/Rect"]]
                out += overlaid.frame(box)
                if overlaid.value_of(one):
                    out += b"q 0.8 w %.1f %.1f m %.1f %.1f l S %.1f %.1f m %.1f %.1f l S Q\n" % (
                        *(x0, y0, x1, y1),
                        *(x0, y1, x1, y0),
                    )
        overlaid.painted(writer, page, out)
        notes = [one for one in page["/Annots"] if one.get_object()["/FT"] != "/Btn"]
        page[overlaid.name("Annots")] = page["/Annots"].__class__(notes)

    held = read(with_pdf(overlaid.drawn_in(overlaid.changed(drawn(), each))), {})["orders"][0]["facts"]["form"]
    assert held["categories"] == ["a-incite", "e-threat"]
    assert (held["non_disclosure"], held["copy_sent"]) == (True, False)


PROSE = """Office central de lutte contre la haine en ligne
3 allée des Tilleuls, 69399 Lyon

INJONCTION DE RETRAIT n° K 7 – 1363/27

Émise le 16 septembre 2027, 18 h 47 (UTC+2), en application de l’article 3 du règlement (UE) 2021/784.

Il vous est ordonné de retirer, dans tous les États membres et dans l’heure suivant la réception, les contenus à
caractère terroriste publiés à l’adresse {} et à l’adresse {}, qui sollicitent des personnes pour participer aux
activités d’un groupe terroriste au sens de l’article 2, point 7) c).

Un recours peut être formé devant le tribunal administratif. Contact pour le suivi : desk@office.example.
"""


def test_a_removal_order_told_in_french_prose():
    found = read(orders.mail(PROSE.format(ONE, OTHER)), {"dns": False})["demand"]["facts"]
    assert (found["instrument"], found["language"]) == ("eu-tco-removal-order", "fr")
    held = found["form"]
    assert held["categories"] == ["c-solicit-group"]
    assert held["issued_at"] == "2027-09-16T16:47:00Z"
    assert held.get("urls", [ONE, OTHER]) == [ONE, OTHER]
    assert held["feedback_contact"] == "desk@office.example"


def test_what_counts_lines_is_of_no_value():
    said = ORDER.replace(ONE, "see Annex 1") + f"\nAnnex 1\n1. {ONE}\n2. {OTHER}\n"
    held = reading_of(letter(said))["orders"][0]["facts"]["form"]
    assert held.get("urls", [ONE, OTHER]) == [ONE, OTHER]
    counted = ORDER.replace("Address: 1 rue X, Paris\n", "Address:\n12. Postal code and town: 4711 Paris\n")
    assert "issuer_address" not in reading_of(letter(counted))["orders"][0]["facts"]["form"]


def test_a_field_with_words_of_its_own_is_no_second_line_of_the_field_above():
    def field(box, said):
        made.widget(f"Text{box[1]}", "", box, b"/FT /Tx /V %s" % unicode(said))

    made = Layout()
    made.pages.append(Page())
    told = [line for line in ORDER.splitlines() if not line.startswith(("https", "URL"))]
    reasons = next(n for n, line in enumerate(told) if line.startswith("Additional"))
    for n, line in enumerate(told):
        label, _, value = line.partition(": ")
        made.show(f"{label}:" if value else line, 50, 790 - 28 * n)
        if value:
            field((400, 785 - 28 * n, 560, 800 - 28 * n), value)
    made.show("until:", 50, 772 - 28 * reasons)
    field((400, 767 - 28 * reasons, 560, 779 - 28 * reasons), "1 May 2027")
    held = read(with_pdf(made.finish("order")), {})["orders"][0]["facts"]["form"]
    assert held["reference"] == "R-1"
    assert held["reasons"] == "REASONS"
