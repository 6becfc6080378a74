"""The pages of claims: by their buttons alone, who sees what, what is refused, the list and its file."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from road import Road

from comity import clock
from comity.claims import commands, passing, privilege
from comity.claims.models import Claim, Note
from comity.outbox.models import Mail
from comity.vault import commands as vault

from .scene import KNOWN, SUMMONS, THREAT, WHY, again, came, is_sorted, post, request_of, sent_in, staff

pytestmark = pytest.mark.django_db
MOST = 45  # queries of a page with everything on it


def text(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:2_000]
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.slow
def test_it_works(road: Road) -> None:
    """Both tracks by buttons alone: sorted, papers passed on, the person told, turned to the door, ended."""
    claim = came(road, SUMMONS + THREAT, "Summons to Ms Okafor")
    desk, base = sent_in(road.person("counsel")), f"/console/claims/{claim.id}"
    listed = text(desk.get("/console/claims/"))
    assert "Summons to Ms Okafor" in listed
    page = text(desk.get(base))
    for said in ("a call to appear", "CC/1187/2026", "a condition on what we do", "nobody has said yet", "Say so"):
        assert said in page, said
    assert base in text(desk.get(f"/console/requests/{claim.request_id}"))
    form = {"court": "yes", "pressure": "yes", "reason": WHY, "country": "fr", "rests_on": ["0", "2", "x", "99"]}
    assert desk.post(f"{base}/sort", form).headers["Location"] == base
    desk.post("/console/claims/posts", {"title": "Head of compliance", "language": "en", **KNOWN})
    held = claim.__class__.objects.get(id=claim.id)
    desk.post(f"{base}/post", {"post": post(road).pk})
    assert desk.post(f"{base}/instruct", {"after": "0"}).status_code == 302
    assert desk.post(f"{base}/instruct", {"after": "0"}).status_code == 400, "pressed twice"
    desk.post(f"{base}/tell", {"how": "phone", "note": "Called at ten.", "after": "1"})
    page = text(desk.get(base))
    drafted = re.search(r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>', desk.get(base).content.decode(), re.S)
    assert drafted is not None
    assert "Regulation (EU) 2021/784" in drafted[1]
    assert (
        desk.post(
            f"{base}/answer", {"how": "mail", "text": "Please come by the lawful door.", "after": "2"}
        ).status_code
        == 302
    )
    road.drive()
    assert {mail.kind for mail in Mail.objects.filter(case=claim.id)} == {"claim-papers", "claim-letter"}
    for track in ("court", "pressure"):
        desk.post(f"{base}/end", {"track": track, "reason": "It is over."})
    held = again(held)
    assert (held.country, held.court, held.pressure, request_of(held).lane) == ("FR", "ended", "ended", "answered")
    page = text(desk.get(base))
    for said in ("It rests on", "Called at ten.", "Process: ended", "Pressure: ended", "Nothing is left to do on it"):
        assert said in page, said


def test_a_handler_sees_it_and_no_form_an_auditor_no_word_of_it(road: Road) -> None:
    claim = came(road, THREAT, "About your employee")
    is_sorted(road, claim, "yes", "yes")
    passing.instruct(road.person("counsel"), claim.id, post(road).pk)
    base = f"/console/claims/{claim.id}"
    handler = text(sent_in(road.person("handler")).get(base))
    assert "will be detained" in handler
    for hidden in ("Send them the papers", "Maître Sow", "Okafor", "sow@chambers", "Counsel’s lane"):
        assert hidden not in handler, hidden
    auditor = text(sent_in(staff("auditor")).get(base))
    for hidden in ("will be detained", "About your employee", "Okafor", "sow@chambers", WHY):
        assert hidden not in auditor, hidden
    assert "that these notes exist" in auditor
    for who in (road.person("handler"), road.person("decider")):
        for act in ("sort", "instruct", "tell", "answer", "join", "link", "end", "day", "post", "note"):
            assert sent_in(who).post(f"{base}/{act}", {"text": "x"}).status_code == 403, act
        assert sent_in(who).get("/console/claims/posts").status_code in (403, 404)
    assert sent_in().get(base).headers["Location"].startswith("/people/sign-in")
    assert sent_in(staff("administrator")).get(base).status_code == 404


def test_the_papers_and_the_word_to_the_person_are_for_counsel_and_the_head(road: Road) -> None:
    claim = came(road, THREAT)
    is_sorted(road, claim, "yes", "no")
    passing.instruct(road.person("counsel"), claim.id, post(road).pk)
    passing.tell_person(road.person("counsel"), claim.id, "mail")
    for mail in Mail.objects.filter(case=claim.id):
        at = f"/console/outbox/{mail.id}"
        assert f"Claim {claim.id}" in text(sent_in(road.person("counsel")).get(at))
        page = text(sent_in(road.person("handler")).get(at))
        assert "example" not in page.split("<main")[1].split("</main>")[0].replace("lantern.example", "")
        if mail.kind == "claim-papers":
            assert sent_in(road.person("counsel")).get(f"{at}/files/1").status_code == 200
            assert sent_in(road.person("handler")).get(f"{at}/files/1").status_code == 403


def test_what_came_by_fax_is_typed_in_with_its_scan(road: Road) -> None:
    desk = sent_in(road.person("handler"))
    assert 'type="file"' in text(desk.get("/console/claims/enter"))
    scan = SimpleUploadedFile("page 1.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    said = {
        "door": "fax",
        "at": "2026-11-01T09:00",
        "sender": "Registry",
        "subject": "Summons",
        "text": SUMMONS,
        "scan": scan,
    }
    wrong = text(desk.post("/console/claims/enter", said | {"door": "pigeon"}))
    assert "one of fax, post, phone, hand" in wrong
    assert "Metropolitan Magistrate" in wrong
    scan.seek(0)
    where = desk.post("/console/claims/enter", said).headers["Location"]
    claim = Claim.objects.get(id=where.rpartition("/")[2])
    road.drive()
    assert road.refused == []
    page = text(desk.get(where))
    assert "Came by fax" in page
    assert "page 1.pdf" in page
    assert desk.get(f"/console/requests/{claim.request_id}/parts/2").content.startswith(b"%PDF")


def test_the_list_is_filtered_by_its_url_paged_and_a_file(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    one = came(road, THREAT, "First")
    two = came(road, SUMMONS, "Second")
    is_sorted(road, two, "yes", "no", country="FR")
    desk = sent_in(road.person("counsel"))
    for query, there, not_there in (
        ("state=unsorted", one, two),
        ("state=court", two, one),
        ("country=FR", two, one),
        (f"q={one.id.lower()}", one, two),
        (f"q={two.request_id}", two, one),
    ):
        page = text(desk.get(f"/console/claims/?{query}"))
        assert there.id in page, query
        assert not_there.id not in page, query
    rows = b"".join(desk.get("/console/claims/?format=csv").streaming_content).decode().splitlines()
    assert rows[0].startswith("id,received,door,country,against,process,pressure,day")
    assert [row.split(",")[0] for row in rows[1:]] == [two.id, one.id]
    monkeypatch.setattr("comity.claims.lists.ROWS", 1)
    monkeypatch.setattr("comity.console.lists.ROWS", 1)
    first = desk.get("/console/claims/").content.decode()
    more = re.search(r'href="(\?[^"]*before=[^"]*)"', first)
    assert more is not None
    assert one.id in text(desk.get("/console/claims/" + more[1].replace("&amp;", "&")))
    auditor = text(sent_in(staff("auditor")).get("/console/claims/?realm=demo"))
    assert "First" not in auditor


def test_it_is_opened_by_a_button_on_the_page_of_a_request(road: Road) -> None:
    from cases.test_waiting import mail, waiting

    request = waiting(road, mail("The person who works for you will be sorry.\n", "Greetings"))
    Claim.objects.filter(request=request).delete()
    desk = sent_in(road.person("handler"))
    if "It may be about one of our people" in text(desk.get(f"/console/requests/{request.id}")):
        where = desk.post(f"/console/claims/open/{request.id}").headers["Location"]
        assert text(desk.get(where))
    assert desk.post("/console/claims/open/R-00000000").status_code == 404


def test_a_language_without_words_says_not_searched(road: Road) -> None:
    from cases.test_waiting import mail, waiting

    turkish = (
        "Sayın yetkili, çalışanınız Ayşe Yılmaz hakkında tutuklama kararı verilmiştir ve hesaplar silinmezse\n"
        "gözaltına alınacaktır. Derhal cevap veriniz.\n"
    )
    request = waiting(road, mail(turkish, "Tutuklama"))
    desk = sent_in(road.person("handler"))
    assert "Not searched for threats" in text(desk.get(f"/console/requests/{request.id}"))
    claim = commands.open_by_hand(road.person("handler"), request.id)
    assert "Not searched: some of it" in text(desk.get(f"/console/claims/{claim.id}"))


def test_a_page_asks_few_questions_of_the_database(road: Road) -> None:
    claim = came(road, SUMMONS + THREAT, "Summons to Ms Okafor")
    is_sorted(road, claim, "yes", "yes", country="FR")
    desk = sent_in(road.person("counsel"))
    desk.get(f"/console/claims/{claim.id}")
    with CaptureQueriesContext(connection) as asked:
        desk.get(f"/console/claims/{claim.id}")
    assert len(asked) <= MOST, len(asked)
    with CaptureQueriesContext(connection) as asked:
        desk.get("/console/claims/")
    assert len(asked) <= 15, len(asked)


def test_hostile_words_are_shown_as_words(road: Road) -> None:
    claim = came(road, THREAT + "<script>alert(1)</script>\n", "<script>alert(2)</script>")
    page = sent_in(road.person("counsel")).get(f"/console/claims/{claim.id}").content.decode()
    assert "<script>alert" not in page


def test_what_came_is_forgotten_its_states_and_its_log_stay(road: Road) -> None:
    claim = came(road, THREAT, "About your employee")
    privilege.note(road.person("counsel"), claim.id, "A thought.", basis="legal-advice")
    is_sorted(road, claim, "no", "yes")
    request = request_of(claim)
    for ref in (request.peek, request.facts, request.raw, Note.objects.get().doc):
        vault.end(ref, clock.now())
    desk = sent_in(road.person("counsel"))
    page, listed = text(desk.get(f"/console/claims/{claim.id}")), text(desk.get("/console/claims/"))
    assert "Its time is over" in page
    assert "Pressure: to be turned to the door" in page
    assert "Legal advice" in page
    assert "A thought." not in page
    assert claim.id in listed
