"""What waits in the triage lane, and what is found beside an order, as the desk sees it: the pages from the tables."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.test import Client
from django.utils.html import escape
from road import Road, open_road

from comity.authorities.models import Authority
from comity.cases import commands as cases
from comity.cases import document
from comity.cases.models import Case, Request
from comity.claims.models import Claim
from comity.people.models import Person
from comity.people.sessions import BACKEND

pytestmark = pytest.mark.django_db
LEVER = "\n\nIf it is still there on Friday, your employee in our capital will be detained.\n"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def received(road: Road, raw: bytes) -> Request:
    request = road.receive(raw)
    road.drive()
    request.refresh_from_db()
    assert road.refused == []
    return request


def mail(text: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Office <office@state.example>", "orders@lantern.example", "A letter"
    made["Message-ID"] = f"<{abs(hash(text))}@state.example>"
    made.set_content(text)
    return made.as_bytes()


def page(person: Person, path: str) -> str:
    client = Client()
    client.force_login(person, backend=BACKEND)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def due_of(request: Request) -> datetime:
    """Until when the regulation says that an answer is due."""
    [deadline] = document.judged(document.of(request))["finding"]["deadlines"]
    return datetime.fromisoformat(deadline["due_target"])


def test_it_works(road: Road) -> None:
    """The threat, as the handler and then counsel see it: the rule, what it says, whom it must reach, until when."""
    request = received(road, road.sample("threat", ""))
    path = f"/console/requests/{request.id}"
    handler = road.person("handler")
    seen = [page(handler, path)]
    claim = Claim.objects.get(request=request)
    assert f'href="/console/claims/{claim.id}"' in seen[0]
    assert "Process: nobody has said yet. Pressure: nobody has said yet." in seen[0]
    cases.sort(handler, request.id, "counsel", "")
    seen.append(page(road.person("counsel"), path))
    for html in seen:
        assert "nobody has said yet" in html
        assert "/regulations/own-person-claim/" in html
        assert escape("Tell that person's own lawyer, and our counsel, at once") in html
        assert "Answer: until" in html
        assert "Until when is not known yet" not in html
        assert f'datetime="{due_of(request).isoformat().replace("+00:00", "Z")}"' in html
    assert "To counsel" in seen[0]
    assert "Answer it as counsel" in seen[1]


def test_an_ordinary_mail_shows_only_which_rule_is_for_it(road: Road) -> None:
    html = page(road.person("handler"), f"/console/requests/{received(road, road.sample('support', '')).id}")
    assert "Nothing was recognised in it" in html
    assert "/regulations/own-no-pack/" in html
    for said in ('id="finding"', 'id="candidates"', "efective", "fails and blocks"):
        assert said not in html


def test_what_names_no_instrument_of_ours_shows_what_it_may_be(road: Road) -> None:
    request = received(road, mail(f"Instrument: ch-verfuegung\n\nIt is about {road.post()} on your platform.\n"))
    html = page(road.person("handler"), f"/console/requests/{request.id}")
    assert "What it may be" in html
    assert "/regulations/eu-dsa-order-act/" in html
    assert "Regulation (EU) 2022/2065, Art. 9(1)" in html
    assert "It is not known from which State it comes." in html


def test_a_bounce_shows_none_of_it(road: Road) -> None:
    raw = mail("Under Article 9 of Regulation (EU) 2022/2065 we ask you to act.\n")
    automatic = b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@lantern.example>\r\n" + raw
    request = received(road, automatic)
    html = page(road.person("handler"), f"/console/requests/{request.id}")
    assert [said for said in ('id="finding"', "own-no-pack", "Record a call-back") if said in html] == []


@pytest.mark.soak
def test_an_order_that_comes_with_a_lever_shows_both_findings_and_keeps_its_own_outcome(road: Road) -> None:
    raw = road.sample("forged", road.post())
    head, _, body = raw.partition(b"\r\n\r\n")
    request = received(road, head + b"\r\n\r\n" + body + LEVER.encode())
    case = Case.objects.get(request=request)
    html = page(road.person("handler"), f"/console/cases/{case.id}")
    assert "Beside it: A threat or pressure against a person" in html
    assert "/regulations/own-person-claim/" in html
    assert case.outcome != "counsel"


def test_the_wrong_instrument_shows_which_it_may_be(road: Road) -> None:
    Authority.objects.filter(realm="demo").update(competent_for=["eu-dsa-order-act"])
    case = Case.objects.get(request=received(road, road.sample("good-text", road.post())))
    assert case.outcome == "not-competent"
    html = page(road.person("handler"), f"/console/cases/{case.id}")
    assert "What it may be" in html
    assert "/regulations/eu-dsa-order-act/" in html
    assert "What would make it valid" in html
