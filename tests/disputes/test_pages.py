"""The pages of disputes: the desk's, everyone's, and what a State does by its links, in time and once."""

import csv
import io
import re
from datetime import timedelta

import pytest
from countries.scene import registered, relation, sent_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from people.members import Member

from comity import clock
from comity.alerts.models import Alert
from comity.cases import commands as cases
from comity.countries import commands as countries
from comity.countries import speaking
from comity.countries.models import Agreement, Link, Said
from comity.disputes import bundles, by_link, commands, pages, papers
from comity.disputes.models import Dispute, Offer, Settlement, Submission
from comity.disputes.papers import File
from comity.disputes.rules import NotNow
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.road import STEPS
from comity.vault import commands as vault

from .scene import (
    SAID,
    SUBMITTED,
    SUMMARY,
    TERMS,
    again,
    drafted,
    link_to,
    moved,
    pdf,
    pending,
    published,
    put,
    read,
    sign,
    submit,
)

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script> & \"we\" say\u202e: 'no'"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;we&quot; say\ufffd"


def alerted() -> list[str]:
    """What the road's step puts over every page."""
    for event in Event.objects.filter(case__startswith="S-").order_by("id"):
        if cases.alert in STEPS.get(event.kind, ()):
            cases.alert(event)
    return list(Alert.objects.filter(seen_at=None).order_by("id").values_list("kind", flat=True))


@pytest.mark.slow
def test_it_works(counsel: Member, decider: Member) -> None:
    client = sent_in(counsel)
    answer = client.post("/console/disputes/draft", SAID | {"country": "FR"})
    dispute = Dispute.objects.get()
    assert answer.headers["Location"] == f"/console/disputes/{dispute.id}"
    base = answer.headers["Location"]
    for step in ("file", "serve"):
        assert client.post(f"{base}/move", {"step": step, "reason": "As agreed."}).status_code == 302
    sent = SUBMITTED | {"due_side": "us", "period": "response", "file": SimpleUploadedFile("a.pdf", pdf(pages=2))}
    assert client.post(f"{base}/submit", sent).status_code == 302
    log = {"title": "The log", "side": "us", "submission": "1", "file": SimpleUploadedFile("log.txt", b"Nothing came.")}
    assert client.post(f"{base}/exhibit", log).status_code == 302
    measure = {"side": "forum", "text": "No fine is collected.", "scope": "In France", "until": "2026-12-20"}
    assert client.post(f"{base}/interim", measure).status_code == 302
    assert client.post(f"{base}/mediator", {"mediator": "Judge Example"}).status_code == 302
    assert (
        client.post(f"{base}/settling", {"title": "A tenth", "side": "us", "text": "We pay a tenth."}).status_code
        == 302
    )
    assert client.post(f"{base}/bundle", {"language": "en"}).status_code == 302
    page = client.get(base).content.decode()
    for words in ("Notice of arbitration", "The log", "No fine is collected.", "Judge Example", "A tenth", "Bundle 1"):
        assert words in page
    made = client.get(f"{base}/bundle.pdf")
    assert (made.headers["Content-Type"], len(read(made.content).pages) > 4) == ("application/pdf", True)
    assert client.get(f"{base}/exhibits/1").content == b"Nothing came."
    assert client.get(f"{base}/submissions/1").content == pdf(pages=2)
    assert client.get(f"{base}/offers/1").content == b"We pay a tenth."
    assert "Fine of 12 May 2026" in client.get("/console/countries/FR").content.decode()
    queue = client.get("/console/").content.decode()
    assert "Fine of 12 May 2026: Response to the notice of arbitration" in queue


def test_the_lane_is_on_no_page_and_in_no_file_of_others(
    counsel: Member, handler: Member, auditor: Member, decider: Member
) -> None:
    dispute = published(counsel, decider, pending(counsel))
    papers.offer(counsel.person, dispute.id, "Canary", "us", text="Canary: a tenth of the fine")
    put(counsel, dispute, title="Canary terms")
    base = f"/console/disputes/{dispute.id}"
    for who in (handler, auditor):
        client = sent_in(who)
        for path in (base, "/console/disputes/", "/console/disputes/?format=csv", "/console/countries/FR", "/console/"):
            answer = client.get(path)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code == 200
            assert b"anary" not in text, path
            assert b"without prejudice" not in text
        assert client.get(f"{base}/offers/1").status_code == 403
    assert "Canary" not in sent_in().get(f"/countries/FR/disputes/{dispute.id}").content.decode()
    assert "Canary" in sent_in(decider).get(base).content.decode()
    assert "Put to the quorum" not in sent_in(handler).get(base).content.decode()


def test_an_auditor_oversees_it_and_sees_nothing_that_a_party_wrote(counsel: Member, auditor: Member) -> None:
    dispute, client = pending(counsel), sent_in(auditor)
    submit(counsel, dispute)
    base = f"/console/disputes/{dispute.id}"
    page = client.get(base).content.decode()
    assert "The fine of EUR" not in page
    assert "Notice of arbitration" in page
    for path in (f"{base}/submissions/1", f"{base}/bundle.pdf"):
        assert client.get(path).status_code == 403
    for act in ("move", "submit", "exhibit", "settling", "interim", "bundle", "note", "link", "propose", "mediator"):
        answer = client.post(f"{base}/{act}", {**SUBMITTED, "step": "stay", "kind": "dispute-settle", "reason": "x"})
        assert answer.status_code in (400, 403), act
    assert again(dispute).state == "pending"


def test_a_stranger_goes_to_sign_in_and_what_is_not_there_is_not_found(counsel: Member) -> None:
    dispute = pending(counsel)
    assert sent_in().get(f"/console/disputes/{dispute.id}").status_code == 302
    client = sent_in(counsel)
    for path in (
        "S-00000000",
        "x" * 300,
        f"{dispute.id}/exhibits/1",
        f"{dispute.id}/moves/1",
        f"{dispute.id}/bundle.pdf",
    ):
        assert client.get(f"/console/disputes/{path}").status_code == 404, path
    assert client.get(f"/console/disputes/{dispute.id}/exhibits/{9**30}").status_code == 404
    for path in (
        f"FR/disputes/{dispute.id}",
        f"DE/disputes/{dispute.id}",
        "FR/disputes/S-0",
        f"demo/FR/disputes/{dispute.id}",
    ):
        assert sent_in().get(f"/countries/{path}").status_code == 404, "nothing is published"


def test_an_act_that_is_not_possible_now_and_a_bad_field_say_so(counsel: Member) -> None:
    dispute, client = drafted(counsel), sent_in(counsel)
    base = f"/console/disputes/{dispute.id}"
    answer = client.post(f"{base}/move", {"step": "decide", "reason": "x"})
    assert (answer.status_code, "not possible while the dispute is drafted" in answer.content.decode()) == (409, True)
    assert client.post(f"{base}/exhibit", {"title": "x", "side": "us"}).status_code == 400
    bad = client.post("/console/disputes/draft", SAID | {"country": "XK"})
    assert (bad.status_code, "not assigned" in bad.content.decode()) == (400, True)


def test_the_list_is_filtered_by_its_address_paged_and_the_same_as_csv(
    counsel: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    for n in range(5):
        with clock.freeze(clock.now() + timedelta(minutes=n)):
            drafted(counsel, "DE" if n % 2 else "FR", title=f"Number {n} =1+1")
    moved(counsel, Dispute.objects.order_by("opened_at").last(), "file")
    client = sent_in(counsel)
    first = client.get("/console/disputes/").content.decode()
    assert re.findall(r"Number (\d)", first) == ["4", "3"]
    more = re.search(r'href="(\?[^"]*before[^"]*)"', first)[1].replace("&amp;", "&")
    assert re.findall(r"Number (\d)", client.get(f"/console/disputes/{more}").content.decode()) == ["2", "1"]
    assert re.findall(r"Number (\d)", client.get("/console/disputes/?state=filed").content.decode()) == ["4"]
    assert re.findall(r"Number (\d)", client.get("/console/disputes/?country=DE").content.decode()) == ["3", "1"]
    assert "No dispute" in client.get("/console/disputes/?due=us").content.decode()
    for odd in ("?before=x", "?before=2026-01-01,", "?state=%00", "?country=%F0%9F"):
        assert client.get(f"/console/disputes/{odd}").status_code in (200, 400)
    rows = list(csv.reader(io.StringIO(b"".join(client.get("/console/disputes/?format=csv")).decode())))
    assert [row[2] for row in rows[1:]] == [f"Number {n} =1+1" for n in (4, 3, 2, 1, 0)]


def test_no_page_takes_more_queries_than_it_may(counsel: Member, decider: Member) -> None:
    dispute = published(counsel, decider, pending(counsel))
    for n in range(8):
        submit(
            counsel,
            dispute,
            text=f"Submission {n}, at such a length that it is told apart",
            due_side="us",
            period="response",
        )
    for path, who, most in (
        (f"/console/disputes/{dispute.id}", counsel, 40),
        ("/console/disputes/", counsel, 15),
        (f"/countries/FR/disputes/{dispute.id}", None, 15),
    ):
        client = sent_in(who)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as taken:
            assert client.get(path).status_code == 200
        assert len(taken) <= most, f"{path}: {len(taken)}"


def test_the_demo_stands_apart(counsel: Member, demo: dict[str, Person]) -> None:
    real = pending(counsel)
    made = commands.open_(demo["counsel-be"], "demo", "XV", SAID)
    client = sent_in(demo["counsel-be"])
    assert client.get(f"/console/disputes/{real.id}").status_code in (403, 404)
    assert real.title in sent_in(counsel).get("/console/disputes/").content.decode()
    assert made.id in client.get("/console/disputes/").content.decode()
    assert made.id not in sent_in(counsel).get("/console/disputes/").content.decode()


# -- everyone's -------------------------------------------------------------------------------------------------------


def test_everyone_sees_a_dispute_once_its_summary_is_published(counsel: Member, decider: Member) -> None:
    dispute, client = pending(counsel, title=SCRIPT), sent_in()
    submit(counsel, dispute)
    path = f"/countries/FR/disputes/{dispute.id}"
    put(counsel, dispute, commands.PUBLISH, text=SCRIPT)
    sign(counsel, dispute)
    assert client.get(path).status_code == 404
    assert dispute.id not in client.get("/countries/FR").content.decode().replace(f"{dispute.id}: ", "")
    sign(decider, dispute)
    for page in (
        client.get(path),
        client.get("/countries/FR"),
        sent_in(counsel).get(f"/console/disputes/{dispute.id}"),
    ):
        text = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in text
        assert SHOWN in text
    text = client.get(path).content.decode()
    assert "Notice of arbitration" in text
    assert "What is not served" not in text, "the papers are for the parties"
    assert "Un résumé neutre" in client.get(f"{path}?language=fr").content.decode()


def test_both_sides_annotate_the_summary_and_nobody_changes_it(counsel: Member, decider: Member) -> None:
    dispute, client = pending(counsel), sent_in()
    registered(counsel)
    with pytest.raises(NotNow, match="without a summary"):
        by_link.invite(counsel.person, dispute.id, "annotation")
    published(counsel, decider, dispute)
    commands.annotate(counsel.person, dispute.id, "We asked for the order three times.")
    by_link.invite(counsel.person, dispute.id, "annotation")
    path, public = link_to("annotation"), f"/countries/FR/disputes/{dispute.id}"
    assert "Our summary" in client.get(path).content.decode()
    assert client.post(path, {"text": " "}).status_code == 400
    assert client.post(path, {"text": SCRIPT}).status_code == 302
    assert client.post(path, {"text": "Twice."}).status_code == 410
    assert "We have it." in client.get(path).content.decode()
    said = Said.objects.get(side="state")
    assert (said.thing, said.shown) == (dispute.id, False)
    assert alerted() == ["annotation.received"]
    assert "Received. A person looks" in client.get(public).content.decode()
    assert "alert(1)" not in client.get("/countries/FR").content.decode(), "it stands on the dispute's page alone"
    base = f"/console/disputes/{dispute.id}"
    assert sent_in(counsel).post(f"{base}/said/{said.pk}", {"show": "yes"}).status_code == 302
    assert not Alert.objects.filter(seen_at=None).exists()
    text = client.get(public).content.decode()
    assert SHOWN in text
    assert text.index("three times") < text.index(SHOWN)


# -- by its links -----------------------------------------------------------------------------------------------------


def test_a_state_hands_in_by_its_link_and_needs_no_account(counsel: Member) -> None:
    dispute, client = pending(counsel), sent_in()
    with pytest.raises(BadInput, match="no address is registered"):
        by_link.invite(counsel.person, dispute.id, "submission")
    registered(counsel)
    by_link.invite(counsel.person, dispute.id, "submission")
    path = link_to("submission")
    assert "A submission of France" in client.get(path).content.decode()
    assert client.post(path, {"title": "Defence", "text": " "}).status_code == 400
    assert client.post(path, {"title": "", "text": "x"}).status_code == 400
    data = pdf("Statement of defence of the State, with an order of 3 May", 2)
    sent = {"title": f"Defence {SCRIPT}", "text": "", "file": SimpleUploadedFile("../x.exe", data)}
    answer = client.post(path, sent)
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (302, "no-referrer")
    made = Submission.objects.get()
    assert (made.side, made.how, vault.get(made.doc), made.pages) == ("state", "link", data, 2)
    assert made.title not in sent_in().get(f"/countries/FR/disputes/{dispute.id}").content.decode()
    page = client.get(path).content.decode()
    assert made.sha256 in page
    assert "<script>alert" not in page
    assert client.post(path, sent).status_code == 410
    assert alerted() == ["submission.received"]
    assert (
        f"/console/disputes/{dispute.id}"
        in sent_in(counsel).get(f"/console/alerts/{Alert.objects.get(seen_at=None).pk}").content.decode()
    )


def test_a_settlement_paper_is_refused_by_the_link_too_and_the_link_stays_good(counsel: Member) -> None:
    dispute, client = pending(counsel), sent_in()
    registered(counsel)
    words = "We would take a tenth of the fine, if nobody is told of it"
    papers.offer(counsel.person, dispute.id, "Their offer", "state", text=words)
    by_link.invite(counsel.person, dispute.id, "submission")
    path = link_to("submission")
    answer = client.post(path, {"title": "Offer", "text": words})
    assert (answer.status_code, "without prejudice" in answer.content.decode()) == (400, True)
    assert client.post(path, {"title": "Defence", "text": "No order was needed."}).status_code == 302


@pytest.mark.parametrize("confirms", [True, False])
def test_a_settlement_stands_once_the_state_confirms_it(counsel: Member, decider: Member, confirms: bool) -> None:
    registered(counsel)
    dispute, client = pending(counsel), sent_in()
    put(counsel, dispute)
    sign(counsel, dispute)
    assert sign(decider, dispute)
    assert (again(dispute).state, Agreement.objects.count()) == ("pending", 0), "the State is asked first"
    path = link_to("settlement")
    for _ in range(2):
        assert "The fine falls." in client.get(path).content.decode()
    assert Settlement.objects.get().state == "signed", "machines open links too"
    answer = {"answer": "yes"} if confirms else {"answer": "no", "text": "We want the costs."}
    assert client.post(path, answer).status_code == 302
    assert client.post(path, {"answer": "yes"}).status_code == 410
    found = again(dispute)
    if confirms:
        assert (found.state, relation().state, Agreement.objects.get().state) == ("settled", "agreed", "standing")
        assert "You have confirmed the terms" in client.get(path).content.decode()
        assert alerted() == ["settlement.confirmed"]
    else:
        assert (found.state, relation().state, Agreement.objects.count()) == ("pending", "disputed", 0)
        offer = Offer.objects.get()
        assert (offer.side, vault.get(offer.doc)) == ("state", b"We want the costs.")
        assert alerted() == ["settlement.declined"]


def test_terms_that_were_taken_back_can_not_be_confirmed(counsel: Member, decider: Member) -> None:
    registered(counsel)
    dispute, client = pending(counsel), sent_in()
    put(counsel, dispute)
    sign(counsel, dispute)
    sign(decider, dispute)
    path = link_to("settlement")
    commands.withdraw(counsel.person, dispute.id, "The figures were wrong.")
    assert client.post(path, {"answer": "yes"}).status_code == 410
    assert again(dispute).state == "pending"
    put(counsel, dispute, terms="1. Other terms.")
    sign(counsel, dispute)
    sign(decider, dispute)
    moved(counsel, dispute, "decide")
    assert client.post(link_to("settlement"), {"answer": "yes"}).status_code == 410
    assert not Agreement.objects.exists()


def test_a_link_works_in_time_for_its_purpose_and_its_dispute_alone(counsel: Member) -> None:
    registered(counsel)
    one, client = pending(counsel), sent_in()
    by_link.invite(counsel.person, one.id, "submission")
    path = link_to("submission")
    token = path.rpartition("/")[2]
    for other in ("annotate", "settle", "speak", "confirm"):
        assert client.get(f"/countries/{other}/{token}").status_code == 404
    other = pending(counsel, title="Another")
    by_link.invite(counsel.person, other.id, "submission")
    assert client.get(path).status_code == 200, "another dispute's link ends none of this one"
    with clock.freeze(clock.now() + timedelta(days=30)):
        assert client.get(path).status_code == 410
    moved(counsel, one, "drop")
    assert client.post(path, {"title": "Late", "text": "Too late."}).status_code == 409
    assert Link.objects.get(thing=one.id).used_at is None
    assert not Submission.objects.exists()
    with pytest.raises(speaking.Used), clock.freeze(clock.now() + timedelta(days=31)):
        by_link.submit(Link.objects.get(thing=other.id), "x", "y", None)


def test_a_handler_reads_what_is_argued(counsel: Member, handler: Member) -> None:
    dispute = pending(counsel)
    papers.exhibit(counsel.person, dispute.id, "The log", "us", File(b"Nothing came."))
    answer = sent_in(handler).get(f"/console/disputes/{dispute.id}/exhibits/1")
    assert (answer.content, answer.headers["X-Content-Type-Options"]) == (b"Nothing came.", "nosniff")


def test_the_demo_argues_settles_and_bundles_with_the_state_at_its_link(demo: dict[str, Person]) -> None:
    counsel, decider, client = demo["counsel-be"], demo["decider-ee"], sent_in()
    countries.register(counsel, "demo", "XV", "palace@veltria.example")
    dispute = commands.open_(counsel, "demo", "XV", SAID)
    for step in ("file", "serve"):
        commands.move(counsel, dispute.id, step, "They fined us without an order.")
    papers.submit(counsel, dispute.id, SUBMITTED | {"due_side": "state", "period": "response"})
    papers.exhibit(counsel, dispute.id, "Our mail log", "us", File(b"Nothing came on 3 May."), submission="1")
    by_link.invite(counsel, dispute.id, "submission")
    client.post(link_to("submission"), {"title": "Defence", "text": "It was published in our gazette."})
    assert papers.call_for(counsel, dispute.id, "2", {"due_side": "us", "period": "response"}).side == "us"
    bundle = bundles.make(counsel, dispute.id)
    for kind, said in ((commands.PUBLISH, SUMMARY), (commands.SETTLE, TERMS)):
        act = commands.propose(counsel, dispute.id, kind, said)
        assert [commands.sign(who, dispute.id, act, None) for who in (counsel, decider)] == [False, True]
    client.post(link_to("settlement"), {"answer": "yes"})
    assert (again(dispute).state, relation("XV", "demo").state) == ("settled", "agreed")
    assert "Demo: an exercise" in read(vault.get(bundle.doc)).pages[0].extract_text()
    assert "Settled" in client.get(f"/countries/demo/XV/disputes/{dispute.id}").content.decode()
    assert dispute.id in client.get("/countries/demo/XV").content.decode()
