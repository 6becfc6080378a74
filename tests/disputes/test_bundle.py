"""The bundle, opened: page n is page n of the file, bookmarks and index say so, and the originals come with it."""

import hashlib

import pytest
from people.members import Member

from comity.disputes import bundles, commands, papers, press
from comity.disputes.models import Bundle, Dispute
from comity.disputes.papers import File
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

from .scene import again, encrypted, pdf, pending, read, submit, turned, wide

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SCRIPT = '<script>alert(1)</script> #eval("1") $x$ \\u{41} العربية 中文'


def argued(counsel: Member) -> Dispute:
    dispute = pending(counsel, title=f"Fine {SCRIPT}")
    submit(counsel, dispute, text=f"1. {SCRIPT}\n\n2. findable-in-words\n" + "A longer paragraph of it. " * 400)
    submit(
        counsel,
        dispute,
        File(pdf("findable-in-scan", 2), "x.pdf"),
        side="state",
        text="Typed from the scan.",
        how="fax",
    )
    for name, data in (
        ("a log", pdf("findable-in-exhibit", 3)),
        ("a plan", wide()),
        ("a sealed one", encrypted()),
        ("half of one", pdf()[:700]),
        ("turned", turned()),
        ("a program", b"MZ\x90\x00" + bytes(range(256))),
        ("a note", b"plain findable-in-note"),
    ):
        papers.exhibit(counsel.person, dispute.id, name, "us", File(data))
    return again(dispute)


def test_it_works(counsel: Member) -> None:
    dispute = argued(counsel)
    made = bundles.make(counsel.person, dispute.id)
    data = vault.get(made.doc)
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    told = Event.objects.get(kind="bundle.made").public
    assert (told["sha256"], told["pages"]) == (made.sha256, made.pages)
    reader = read(data)
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == made.pages
    for n, text in enumerate(texts, 1):
        assert f"{n} / {made.pages}" in text, "the number on the page is its number in the file"
    whole = "\n".join(texts)
    for words in (
        "findable-in-words",
        "findable-in-scan",
        "findable-in-exhibit",
        "findable-in-note",
        "#eval",
        "Typed from",
    ):
        assert words in whole, words
    marks = {item["/Title"]: reader.get_destination_page_number(item) + 1 for item in reader.outline}
    assert all(title.endswith(f"p. {n}") for title, n in marks.items())
    index = texts[1] + texts[2]
    for title, n in marks.items():
        name = title.partition(":")[0]
        assert name in texts[n - 1], "each bookmark leads to its own page"
        assert str(n) in index
    for paper in [*dispute.submissions.all(), *dispute.exhibits.all()]:
        assert paper.sha256 in index
    assert "encrypted" in texts[marks[next(t for t in marks if t.startswith("Exhibit 3"))] - 1]
    assert "damaged" in texts[marks[next(t for t in marks if t.startswith("Exhibit 4"))] - 1]
    across = reader.pages[marks[next(t for t in marks if t.startswith("Exhibit 2"))] - 1].mediabox
    assert across.width > across.height
    attached = {name: files[0] for name, files in reader.attachments.items()}
    assert attached["exhibit-03.pdf"] == encrypted()
    assert attached["submission-01.txt"] == vault.get(dispute.submissions.get(n=1).doc)
    assert len(attached) == 9
    root = reader.trailer["/Root"]
    assert [str(one) for one in root["/OpenAction"][1:2]] == ["/XYZ"]
    assert root["/OpenAction"][4] == 1
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"


def test_the_same_papers_give_the_same_bytes_and_one_row(counsel: Member) -> None:
    dispute = pending(counsel)
    submit(counsel, dispute)
    papers.exhibit(counsel.person, dispute.id, "a log", "us", File(pdf("findable-in-exhibit", 3)))
    first = bundles.make(counsel.person, dispute.id)
    assert bundles.make(counsel.person, dispute.id) == first
    gathered = bundles.gather(dispute, "en")
    assert press.bundle(gathered.job, gathered.originals).data == vault.get(first.doc)
    submit(counsel, dispute, text="Something new, which makes another bundle of it, and no less")
    second = bundles.make(counsel.person, dispute.id)
    assert (second.n, second.sha256 != first.sha256, Bundle.objects.count()) == (2, True, 2)


def test_it_can_be_in_french_and_of_nothing_yet(counsel: Member) -> None:
    made = bundles.make(counsel.person, pending(counsel).id, "fr")
    texts = [page.extract_text() for page in read(vault.get(made.doc)).pages]
    assert "Partie demanderesse" in texts[0]
    assert "Sommaire" in texts[1]


@pytest.mark.soak
def test_a_page_that_only_then_can_not_be_set_becomes_a_sheet_that_says_so(
    counsel: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute = pending(counsel)
    whole = press.look
    monkeypatch.setattr(press, "look", lambda *_: press.Looked("application/pdf", 3, (), "", ""))
    papers.exhibit(counsel.person, dispute.id, "a page past the end", "us", File(pdf()))
    papers.exhibit(counsel.person, dispute.id, "half", "us", File(pdf("other")[:700]))
    monkeypatch.setattr(press, "look", whole)
    made = bundles.make(counsel.person, dispute.id)
    assert "damaged" in read(vault.get(made.doc)).pages[-1].extract_text()


def test_what_can_not_be_set_at_all_says_so_and_keeps_nothing(counsel: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = pending(counsel)
    monkeypatch.setattr(press, "SET_SECONDS", 0)
    with pytest.raises(BadInput, match="bundle: it could not be set"):
        bundles.make(counsel.person, dispute.id)
    assert not Bundle.objects.exists()


def test_who_may_not_makes_none(counsel: Member, handler: Member, decider: Member) -> None:
    dispute = pending(counsel)
    for member in (handler, decider):
        with pytest.raises(NotAllowed):
            bundles.make(member.person, dispute.id)
    assert commands.Dispute.objects.count() == 1
