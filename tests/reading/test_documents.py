"""Word and OpenDocument files say what their readers see, no more and no less."""

import pytest

from comity.reading import boxes, docx, odt, rtf
from comity.reading.unpack import open_attachment

from . import containers as made


def p(*runs):
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" if run[:1] != "<" else run for run in runs) + "</w:p>"


def r(inside):
    return f"<w:r>{inside}</w:r>"


def sdt(properties, inside):
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def word(body, **others):
    return docx.text(made.docx(body, **others))


def test_it_works():
    assert word(p("Reference ", "R-1"), header1=p("REMOVAL ORDER"), footer1=p("Page"), header2=p("REMOVAL ORDER")) == (
        "REMOVAL ORDER\n\nReference R-1\n\nPage"
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (p("2021", r("<w:noBreakHyphen/>"), "784", r("<w:softHyphen/>"), "a\u00adb"), "2021-784ab"),
        (p("<w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr>", "a", r("<w:tab/>"), "b"), "a\tb"),
        (p(sdt("<w14:checkbox><w14:checked w14:val='1'/></w14:checkbox>", r("<w:t>☒</w:t>")), "(a)"), "☒ (a)"),
        (p(sdt("<w14:checkbox><w14:checked w14:val='0'/></w14:checkbox>", r("<w:t>☐</w:t>")), "(a)"), "☐ (a)"),
        (p(sdt("<w14:checkbox><w14:checked w14:val='1'/></w14:checkbox>", r("<w:t>☐</w:t>")), "(a)"), "[?] (a)"),
        (p("Ref: ", sdt("<w:showingPlcHdr/><w:text/>", r("<w:t>Click here to enter text.</w:t>"))), "Ref:"),
        (p("Ref: ", sdt("<w:text/>", r("<w:t>R-1</w:t>"))), "Ref: R-1"),
        (p(r("<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"), "(a)"), "☒ (a)"),
        (p(r("<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData>"), "(b)"), "☐ (b)"),
        (
            p(r("<w:ddList><w:result w:val='1'/><w:listEntry w:val='FR'/><w:listEntry w:val='DE'/></w:ddList>")),
            "DE",
        ),
        (p(r("<w:sym w:font='Wingdings' w:char='F0FE'/>"), "(a)"), "☒(a)"),
        (p("kept", "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"), "kept"),
        (p("kept", r("<w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t>"), " too"), "kept too"),
        (
            p(
                r(
                    "<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p>"
                    "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p>"
                    "</w:txbxContent></mc:Fallback></mc:AlternateContent>"
                ),
                "around",
            ),
            "around\nin a box",
        ),
    ],
)
def test_what_is_seen_is_read(body, said):
    assert word(body) == said


def test_a_link_says_where_it_leads_where_its_words_do_not():
    rels = '<Relationship Id="rId4" Type="http://x/hyperlink" Target="https://a.example/1?x=1&amp;y=2"/>'
    body = p("<w:hyperlink r:id='rId4'><w:r><w:t>the post</w:t></w:r></w:hyperlink>", ".")
    data = made.zipped({"word/document.xml": body, "word/_rels/document.xml.rels": rels})
    assert docx.text(data) == "the post <https://a.example/1?x=1&y=2>."


def test_another_name_for_the_document_and_another_prefix_are_found():
    space = 'xmlns:ns0="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = f"<ns0:document {space}><ns0:p><ns0:r><ns0:t>REMOVAL ORDER</ns0:t></ns0:r></ns0:p></ns0:document>"
    rels = '<Relationship Type="http://x/officeDocument" Id="r1" Target="/word/document2.xml"/>'
    assert docx.text(made.zipped({"word/document2.xml": body, "_rels/.rels": rels})) == "REMOVAL ORDER"


def test_what_never_closes_is_read_in_one_pass():
    # With a token that may run to the end of the file this takes minutes.
    assert word("<w:p " * 200_000 + p("x")).endswith("x")
    assert odt.read("<text:p " * 200_000 + "<text:p>x</text:p>") == "x"


def test_a_document_too_large_inside_is_not_read(monkeypatch):
    data = made.docx(p("x" * 1_000))
    assert docx.text(data)
    monkeypatch.setattr(docx, "MOST_XML", 900)
    assert docx.text(data) == ""


ROW = "<table:table-row>{}</table:table-row>"
CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<text:h>REMOVAL<text:s text:c='2'/>ORDER</text:h><text:p>a<text:tab/>b<text:line-break/>c</text:p>", None),
        (
            "<table:table>"
            + ROW.format(CELL.format("Reference") + CELL.format("R-1"))
            + ROW.format(
                CELL.format("URLs") + "<table:table-cell><text:p>u1</text:p><text:p>u2</text:p></table:table-cell>"
            )
            + "</table:table>",
            "Reference\tR-1\nURLs\tu1\nu2",
        ),
        (
            "<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion></text:tracked-changes>"
            "<text:p>kept<office:annotation><text:p>a remark</text:p></office:annotation></text:p>",
            "kept",
        ),
        ("<text:p>Ref: <text:placeholder>type here</text:placeholder></text:p>", "Ref:"),
        (
            "<office:forms><form:checkbox xml:id='c1' form:current-state='checked' form:label='(a) incites'/>"
            "<form:text xml:id='c2' form:current-value='R-1'/></office:forms>"
            "<text:p><draw:control draw:control='c1'/></text:p><text:p>Ref: <draw:control draw:control='c2'/></text:p>",
            "☒ (a) incites\nRef: R-1",
        ),
        (
            "<text:p><loext:content-control loext:checkbox='true' loext:checked='true'><text:span>☐</text:span>"
            "</loext:content-control>(a)</text:p>",
            "[?] (a)",
        ),
        ("<text:p><text:span>\uf0fe</text:span> (a) R&amp;D</text:p>", "☒ (a) R&D"),
        ("<text:p>a<draw:text-box><text:p>boxed</text:p></draw:text-box>b</text:p>", "ab\nboxed"),
    ],
)
def test_an_opendocument_text_says_what_is_seen(body, said):
    found = open_attachment("application/octet-stream", "order.odt", made.odt(body))
    assert [text.text for text in found.texts] == [said or "REMOVAL  ORDER\na\tb\nc"]
    assert not found.flags


def test_a_flat_document_is_read_and_an_encrypted_one_is_not():
    flat = b"<?xml version='1.0'?><office:document><office:body><text:p>REMOVAL ORDER</text:p></office:body>"
    assert [t.text for t in open_attachment("", "order.fodt", flat).texts] == ["REMOVAL ORDER"]
    manifest = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
    locked = open_attachment("", "order.odt", made.odt("<text:p>x</text:p>", **manifest))
    assert locked.flags == {"encrypted-attachment", "unread-attachment"}
    scan = open_attachment("", "scan.odt", made.odt("<text:p><draw:frame><draw:image/></draw:frame></text:p>"))
    assert (scan.flags, scan.unread) == ({"unread-attachment"}, ("scan.odt",))


def test_entities_are_never_expanded():
    content = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><text:p>&a;</text:p>"
    found = open_attachment("", "order.odt", made.zipped({"mimetype": made.ODT_TYPE, "content.xml": content}))
    assert (found.texts, found.unread) == ((), ("order.odt",))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (rb"{\rtf1\ansi Reference\cell R-1\cell\row URLs\cell u\cell\row}", "Reference\tR-1\nURLs\tu"),
        (rb"{\rtf1{\*\formfield{\fftype1\ffres1\ffdefres0{\*\ffname a}}} (a)\par}", "☒  (a)"),
        (rb"{\rtf1{\*\formfield{\fftype1\ffres25\ffdefres0}}(b)\par}", "☐ (b)"),
        (rb"{\rtf1\ansicpg1251\uc1\'cf\u8364?{\v hidden}{\*\unknown x}\~a\_b\-c}", "П€\xa0a-bc"),
        (rb"{\rtf1{\header REMOVAL ORDER\par}{\pict\bin5 }}}}}}text}", "REMOVAL ORDER\ntext"),
    ],
)
def test_rich_text_says_what_is_seen(source, said):
    assert rtf.text(source) == said


def test_a_box_whose_picture_contradicts_its_state_is_neither():
    assert [boxes.box(True), boxes.box(False, "☐"), boxes.box(False, "x☒")] == ["☒ ", "☐ ", "[?] "]
