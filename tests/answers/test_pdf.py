import io
import json

import pytest
from answers.orders import SEEN, SENT, matter
from pypdf import PdfReader

from comity.answers import glyphs, letters, pdf
from comity.outbox import letters as values

ORDER, ANSWER = "receipt.tlog-proof", "answer.tlog-proof"


def made(authority="Office for Online Safety", **more):
    facts = {"form": {"issuing_authority": authority, "reference": authority}}
    return letters.answer(matter(facts, more))


def read(raw):
    return PdfReader(io.BytesIO(raw))


def test_it_works():
    letter = made()
    sent = values.fill(letter, letters.values(SENT, SEEN, letter))
    file = read(pdf.render(sent))
    page = file.pages[0].extract_text()
    assert "FEEDBACK FOLLOWING REMOVAL" in page
    assert "☒" in page
    assert "\nSection A\n" in page
    assert "B Measures taken" in page
    assert "Wording after Annex II" in page
    assert "no qualified signature" in page
    assert "Duty lawyer, Lantern Messaging" in page
    assert json.loads(file.attachments["answer.json"][0]) == sent
    assert "pdfaid:part" in file.xmp_metadata.stream.get_data().decode()
    assert "pdfuaid:part" in file.xmp_metadata.stream.get_data().decode()


def test_the_same_letter_is_the_same_file():
    assert pdf.render(made()) == pdf.render(made())


def test_a_demo_answer_says_that_it_is_none():
    assert "no real answer" in read(pdf.render(made(), realm="demo")).pages[0].extract_text()


@pytest.mark.parametrize(
    "name",
    [
        "中文名字 株式会社",
        "สำนักงานตำรวจ",
        "😀👩\u200d👧",
        "مكتب النيابة العامة",
        "א\u202eevil\u202c",
        "a\x00b\x1b[31m",
        "\ud800",
    ]
    + ["አዲስ አበባ", "ਪੰਜਾਬ", "\u0301" * 300, "#panic(1) $x$ *b* \\ `c` <l> @r", "\u2028\u2029\u00ad\ufeff", "𝔘𝔫𝔦"]
    + ["\U0010ffff\ue000", "नि\u200dक", "字" * 10_000, "x" * 10_000, " ", "\n" * 500, "{time observed}"],
)
def test_an_answer_never_fails_for_a_name(name):
    letter = made(name)
    file = read(pdf.render(letter))
    assert json.loads(file.attachments["answer.json"][0]) == letter


def test_what_the_fonts_lack_is_a_visible_box_and_said():
    page = read(pdf.render(made("中文"))).pages[0].extract_text()
    assert glyphs.BOX * 2 in page
    assert "stands for a character" in page


def test_what_is_markup_elsewhere_comes_out_literally():
    assert "#panic(1)" in read(pdf.render(made("#panic(1)"))).pages[0].extract_text()


def test_when_the_typesetter_refuses_it_is_set_in_ascii(monkeypatch):
    monkeypatch.setattr(glyphs, "covered", lambda: frozenset(range(0x110000)))
    letter = made("中文 Bureau")
    page = read(pdf.render(letter)).pages[0].extract_text()
    assert f"{glyphs.BOX * 2} Bureau" in page


@pytest.mark.soak
def test_five_thousand_addresses_are_all_there():
    targets = [{"ref": f"https://lantern.example/c/{n}", "outcome": "valid", "why": ""} for n in range(5_000)]
    letter = made(targets=targets)
    file = read(pdf.render(letter))
    assert "https://lantern.example/c/4999" in file.pages[-1].extract_text() + file.pages[-2].extract_text()


def test_addresses_without_end_are_cut_and_the_rest_is_in_the_attachment():
    targets = [{"ref": "https://x.example/" + "a" * 20_000, "outcome": "valid", "why": ""} for _ in range(300)]
    file = read(pdf.render(made(targets=targets)))
    assert len(json.loads(file.attachments["answer.json"][0])["targets"]) == 300
    assert any("251 more are in the attachment" in page.extract_text() for page in file.pages[-3:])


def test_text_is_cut_visibly():
    shown = glyphs.settable("x" * 10_000)
    assert "10000 characters, all in the attachment" in shown
    assert len(shown) < 7_000


@pytest.mark.parametrize(
    ("receipts", "said", "unsaid", "attached"),
    [
        (pdf.Receipts(), "", "witnessed", set()),
        (pdf.Receipts(b"", b""), "Receipt of this answer: not witnessed yet", "attached as receipt", set()),
        (pdf.Receipts(b"proof\n", b""), "attached as receipt.tlog-proof", "your order in our public record:", {ORDER}),
        (pdf.Receipts(b"proof\n", b"ours\n"), "attached as answer.tlog-proof", "not witnessed", {ORDER, ANSWER}),
    ],
)
def test_the_receipts_are_attached_or_said_to_be_not_witnessed_yet(receipts, said, unsaid, attached):
    file = read(pdf.render(made(), receipts=receipts))
    page = " ".join(file.pages[-1].extract_text().split())
    assert said in page
    assert unsaid not in page
    assert {*file.attachments} == {"answer.json", *attached}
    assert not attached or file.attachments[ORDER][0] == b"proof\n"
    assert ANSWER not in attached or file.attachments[ANSWER][0] == b"ours\n"
