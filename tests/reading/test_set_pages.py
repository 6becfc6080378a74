"""Forms as pages and word processors set them: columns that go on overleaf, rows without a label, tabs, headings that
are none."""

import pytest

from comity.reading import hits, labelled, paged
from comity.reading.form import known
from comity.reading.pdf import Pdf, TextLine
from comity.reading.pieces import Piece
from comity.reading.read import read

from .containers import docx
from .test_doubt import page_of, reading_of
from .test_layouts import file, parts, text

PLAIN = """REMOVAL ORDER
(Article 3 of Regulation (EU) 2021/784)
SECTION A
Member State of the issuing competent authority
Ireland
Addressee and, where relevant, legal representative
Lantern Ltd
Contact point
orders@lantern.example
Time and date of issuing of the removal order
2 June 2027, 10:30 (UTC+1)
Reference number of the removal order
HC/27/9
SECTION B
URL and any additional information
https://lantern.example/c/4f/2
SECTION E
Name of the issuing competent authority
High Court, Dublin
Address
Inns Quay, Dublin 7
Email address
registry@court.example
Date
2 June 2027
SECTION G
Competent body or court before which the removal order can be challenged
Court of Appeal, Dublin
Link to provisions in national legislation
https://law.example/ie/4""".splitlines()
WANTED = {
    "issuing_state": "IE",
    "reference": "HC/27/9",
    "urls": ["https://lantern.example/c/4f/2"],
    "issuer_email": "registry@court.example",
    "signed_on": "2027-06-02",
    "redress_body": "Court of Appeal, Dublin",
    "redress_law_url": "https://law.example/ie/4",
}


def column(said, left, top=790.0, gap=11.7):
    """Lines of a column, no two columns on one grid."""
    return [(left, top - gap * n, line) for n, line in enumerate(said)]


def held(*pages):
    return read(page_of(*pages), {})["orders"][0]["facts"]["form"]


def test_a_form_in_two_columns_goes_on_in_a_short_one_overleaf():
    intro = [f"What this form is for, said in line {n}" for n in range(12)]
    cut = PLAIN.index("Date")
    first = [*column([*PLAIN[:3], *intro], 50), *column(PLAIN[3:cut], 310, 787, 13.1)]
    second = [*column([*PLAIN[cut : cut + 2], "SECTION F", *intro], 50), *column(PLAIN[cut + 2 :], 310, 787, 13.1)]
    found = held(first, second)
    assert {name: found.get(name) for name in WANTED} == WANTED


ROWS = [
    ("Member State of the issuing competent authority", "Ireland"),
    ("Reference number of the removal order", "HC/27/9"),
    ("Name of the issuing competent authority", "High Court, Dublin"),
    ("Postal address", "14 Harcourt Terrace,"),
    ("Telephone", "+353 1 99"),
]


@pytest.mark.parametrize(
    ("at", "row", "sure"),
    [(4, ("", "Dublin 2"), False), (3, ("", "Lantern House,"), False), (4, ("", "Stamp: none"), True), (1, None, True)],
)
def test_a_row_without_a_label_may_be_of_its_neighbour(at, row, sure):
    rows = [*ROWS[:at], *([row] if row else []), *ROWS[at:]]
    said = [Piece(one, n, 1, True, (n, column)) for n, pair in enumerate(rows, 1) for column, one in enumerate(pair)]
    group = labelled.read(known()[0], said)[0]
    assert (group["issuer_address"].looked, group["issuing_state"].looked) == (sure, True)


def test_what_a_tab_sets_apart_is_a_value_in_small_letters_too():
    pairs = zip(PLAIN[3:13:2], PLAIN[4:14:2], strict=True)
    rest = [f"{PLAIN[n]}\t{PLAIN[n + 1]}" for n in (14, 17, 19, 21, 23)]
    lines = [*PLAIN[:3], *("\t".join(pair) for pair in pairs), "SECTION B", rest[0], "SECTION E", *rest[1:]]
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines).replace("\t", "</w:t><w:tab/><w:t>")
    found = reading_of(parts(text("Attached."), file(docx(body), "order.docx")))["orders"][0]["facts"]["form"]
    assert (found["contact_point"], found["issuer_email"]) == ("orders@lantern.example", "registry@court.example")


@pytest.mark.parametrize("heading", ["section F", "Section F"])
def test_the_rest_of_a_sentence_is_no_heading(heading):
    wide = "[x] other competent authority, in which case you are kindly asked to complete"
    lines = [*PLAIN[:16], "SECTION E", "Type of issuing competent authority:", wide, heading]
    lines += [f"{PLAIN[n]}: {PLAIN[n + 1]}" for n in (17, 19, 21, 23)]
    story = ["Additional information for considering the material to be terrorist content:"]
    story += ["It shows an armed man who calls on all those who watch it to do as he did a year", "ago."] * 3
    found = reading_of(parts(text("\n".join([*lines[:16], *story, *lines[16:]]))))["orders"][0]["facts"]["form"]
    assert found["issuer_address"] == "Inns Quay, Dublin 7"


@pytest.mark.parametrize("shift", [0, 6, 7, 8])
def test_columns_that_nobody_told_give_no_value_across_them(shift):
    left = [*PLAIN[3:11], "URL and any additional information", "https://matrix.to/#/!ab7:lantern.", "example/$ev7"]
    right = [*["what the provider is told", "of all this"] * 5, *PLAIN[16:25]]
    said = [*column(left, 50, 740, 14.3), *column(right, 310, 740 - shift, 14.3)]
    lines = [TextLine(1, x, y, 10, one) for x, y, one in sorted(said, key=lambda one: -one[1])]
    group = labelled.read(known()[0], paged.as_pieces(Pdf(lines=lines, pages=1)))[0]
    assert not group["urls"].looked


def piece(said, n, *, column=1, full=False):
    return Piece(said, n, 1, full=full, column=column)


@pytest.mark.parametrize(
    ("said", "sure"),
    [
        (["It shows an armed man who", "| calls on others to join."], True),
        (["It shows an armed man.", "This order is issued for all that the", "| provider holds, and on:"], False),
        (["It shows an armed man who|", "| calls on others.", "Kind of list", "the first"], False),
        (["It shows an armed man.", "| Kind of list"], False),
    ],
)
def test_a_value_goes_over_a_columns_end_as_one_paragraph_only(said, sure):
    over = next(n for n, one in enumerate(said) if one.startswith("| "))
    value = [
        piece(one.strip(" |"), n, column=1 + (n >= over), full=n == over - 1 or one.endswith("the"))
        for n, one in enumerate(said)
    ]
    assert hits.runs_over(hits.Hit("label", 0, (0, 0), value=value)) is not sure


@pytest.mark.parametrize(
    ("label", "said", "other"),
    [
        ("b) Offences", ["Fraud.", "c) This order is for"], True),
        ("3. Reasons", ["Two:", "4) one"], True),
        ("3. Reasons", ["Two:", "3) one", "4) two"], False),
        ("Reasons", ["Two:", "a) one", "b) two"], False),
    ],
)
def test_what_counts_on_from_a_label_is_not_its_own(label, said, other):
    value = [piece(one, n) for n, one in enumerate(said, 1)]
    assert hits.counted_on(hits.Hit("label", 0, (0, 0), value=value), [piece(label, 0)]) is other


@pytest.mark.parametrize("blank", ["File n° .................", "File (as kept) § ........", "File <no.> _________"])
def test_a_value_holds_no_leaders(blank):
    head = "Name of the representative and function ...... Wouter Dhondt, federal magistrate"
    lines = [*PLAIN[:16], "SECTION E", head, blank, *(f"{PLAIN[n]} ...... {PLAIN[n + 1]}" for n in (17, 19, 21, 23))]
    lines += ["Reasons for the order, said so that the lines of this text are all of one length."] * 4
    found = reading_of(parts(text("\n".join(lines))))["orders"][0]["facts"]["form"]
    assert found.get("issuer_representative") in {None, "Wouter Dhondt, federal magistrate"}
    assert found["issuer_address"] == "Inns Quay, Dublin 7"


def test_the_rest_of_a_label_in_brackets_is_no_label_of_its_own():
    whole = ["Name of the representative", "(and his or her function):"]
    found = [hits.Hit("label", n, (n, 9), label=one, colon=True) for n, one in enumerate(["Address:", "Date:"], 2)]
    for said, broken in ((whole[1], True), ("(Full) name:", False)):
        hit = hits.Hit("label", 1, (1, len(said)), label=said, colon=True)
        lines = [piece(one, n) for n, one in enumerate([whole[0], said, "Address:", "Date:"])]
        assert hits.broken_label(hit, [hit, *found], lines) is broken
