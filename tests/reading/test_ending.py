"""A labelled value ends where its line or its cell does; where it may go on, a person reads it."""

import textwrap

import pytest

from comity.reading.read import read

from . import orders

HEAD = """REMOVAL ORDER (Article 3 of Regulation (EU) 2021/784)
SECTION A
Member State of the issuing competent authority: Germany
Time and date of issuing of the removal order: 24 November 2026 08:58 CET
"""
REST = "SECTION B\nURL: https://a.example/1\n"


def form_of(text, kind="text/plain"):
    raw = orders.mail(text).replace(b"text/plain", kind.encode())
    return read(raw, {})["orders"][0]["facts"]["form"]


REFERENCE = "Reference number of the removal order: R/1"
AUTHORITY = "Name of the issuing competent authority: Office of Y"


@pytest.mark.parametrize(
    "after",
    ["We thank you for your cooperation.", "Please act at once", "Page 1", "Internal code: 99", "CONFIDENTIAL", "2027"],
)
def test_a_reference_ends_with_its_line(after):
    assert form_of(f"{HEAD}{REFERENCE}\n{after}\n{REST}")["reference"] == "R/1"
    assert form_of(f"{HEAD}Reference number of the removal order:\nR/1\n{after}\n{REST}")["reference"] == "R/1"


@pytest.mark.parametrize("after", ["The order is urgent. Do it now.", "Division: 4", "VS - NUR FUR DEN DIENSTGEBRAUCH"])
def test_a_name_ends_with_its_line(after):
    assert form_of(f"{HEAD}{REFERENCE}\n{REST}SECTION E\n{AUTHORITY}\n{after}\n")["issuing_authority"] == "Office of Y"


@pytest.mark.parametrize("after", ["of the Interior", "and of Z", "Unit 4"])
def test_a_name_that_may_go_on_is_left_to_a_person(after):
    assert "issuing_authority" not in form_of(f"{HEAD}{REFERENCE}\n{REST}SECTION E\n{AUTHORITY}\n{after}\n")


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("Office of Y,\nDivision 4", "Office of Y, Division 4"),
        ("Office of Y\n    and of Z", "Office of Y and of Z"),
        ("Office of\nthe Interior", "Office of the Interior"),
    ],
)
def test_a_name_goes_on_where_something_says_so(said, read_as):
    text = f"{HEAD}{REFERENCE}\n{REST}SECTION E\nName of the issuing competent authority: {said}\nFile No: F/1\n"
    assert form_of(text)["issuing_authority"] == read_as


@pytest.mark.parametrize("width", [60, 68, 72, 78])
def test_a_line_that_a_mail_program_broke_goes_on(width):
    name = "Central Office for the Protection of the Public on the Internet and in Print, Second Division, Town"
    body = [
        *HEAD.splitlines(),
        REFERENCE,
        *REST.splitlines(),
        "SECTION E",
        f"Name of the issuing competent authority: {name}",
    ]
    filler = "This order was made because of what the office found and must be carried out as the law says it is. " * 3
    lines = [part for line in [*body, "File No: F/1", "", filler] for part in textwrap.wrap(line, width) or [""]]
    form = form_of("\n".join(lines))
    assert (form["issuing_authority"], form["issuing_file_number"]) == (name, "F/1")


@pytest.mark.parametrize("gap", ["   ", "; ", " | ", "\t", " - "])
def test_another_label_on_the_same_line_begins_another_value(gap):
    form = form_of(f"{HEAD}{REFERENCE}{gap}Contact point: orders@lantern.example\n{REST}")
    assert (form["reference"], form["contact_point"]) == ("R/1", "orders@lantern.example")


def test_another_label_that_nothing_parts_leaves_the_value_to_a_person():
    assert "reference" not in form_of(f"{HEAD}{REFERENCE} Contact point: orders@lantern.example\n{REST}")


def test_an_address_has_lines_and_ends_before_what_is_none():
    for after in ("Fax: 123", "Please act at once, as the law says.", ""):
        text = f"{HEAD}{REFERENCE}\n{REST}SECTION E\n{AUTHORITY}\nAddress: 1 rue X\n75000 Paris\nFrance\n{after}\n"
        assert form_of(text)["issuer_address"] == "1 rue X 75000 Paris France"


def test_a_cell_ends_where_it_ends():
    rows = {
        "Name of the issuing competent authority": "Office of Y<br>Division 4",
        "Internal code": "99",
        "File No": "F/1",
    }
    table = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows.items())
    head = f"{HEAD}{REFERENCE}\n{REST}SECTION E\n"
    form = form_of(f"<p>{head.replace(chr(10), '</p><p>')}</p><table>{table}</table><p>Kind regards</p>", "text/html")
    assert (form["issuing_authority"], form["issuing_file_number"]) == ("Office of Y Division 4", "F/1")
    form = form_of(head + "".join(f"| {label} | {value.replace('<br>', ' ')} |\n" for label, value in rows.items()))
    assert (form["issuing_authority"], form["issuing_file_number"]) == ("Office of Y Division 4", "F/1")


def test_a_letters_labelled_value_ends_with_its_line():
    said = "Reference: X-1\nWe order you under Article 9 of Regulation (EU) 2022/2065 to act.\nPlease do\n"
    assert read(orders.mail(said), {})["demand"]["facts"]["form"]["reference"] == "X-1"
