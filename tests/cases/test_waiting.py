"""What opens no case is judged all the same: a lever on a person, a demand for access, what only names an instrument,
and what names none. It waits in the triage lane as before."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from road import Road, open_road

from comity.authorities.models import Authority
from comity.cases import commands as cases
from comity.cases import document, judging
from comity.cases.models import Case, Deadline, Request
from comity.ledger.models import Event
from comity.library import in_force
from comity.outbox.models import Mail
from comity.regulations.judge import canonical
from comity.regulations.matching import regenerate

pytestmark = pytest.mark.django_db
MAILS = Path(__file__).parent.parent / "data" / "mail"
ORDERS = Path(__file__).parent.parent / "data" / "orders"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def mail(text: str, subject: str = "A letter", **headers: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Office <office@state.example>", "orders@lantern.example", subject
    made["Date"], made["Message-ID"] = "Tue, 24 Nov 2026 10:00:00 +0100", f"<{abs(hash(text))}@state.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def waiting(road: Road, raw: bytes) -> Request:
    """A mail that was received, and waits without a case."""
    request = road.receive(raw)
    road.drive()
    request.refresh_from_db()
    assert road.refused == []
    assert not Case.objects.filter(request=request).exists()
    return request


def judged(request: Request) -> dict[str, Any]:
    return document.judged(document.of(request))


def events(request: Request, kind: str) -> list[Event]:
    return list(Event.objects.filter(request=request.id, kind=kind).order_by("id"))


def test_it_works(road: Road) -> None:
    """The demo's threat: judged by our rule on levers, by which a person must say what it is; it waits for triage."""
    request = waiting(road, road.sample("threat", ""))
    finding = judged(request)["finding"]
    assert (finding["pack"], finding["outcome"], request.lane) == ("own-person-claim", "needs-person", "triage")
    assert [duty["id"] for duty in finding["duties"]] == ["tell-counsel", "docket"]
    assert [row["id"] for row in finding["deadlines"]] == ["answer"]
    assert finding["candidates"] == []
    assert not Deadline.objects.exists()
    [event] = events(request, "request.judged")
    assert event.told == {
        "pack": "own-person-claim",
        "version": finding["version"],
        "outcome": "needs-person",
        "holds": 0,
        "fails": 0,
        "unknown": 2,
    }
    assert [one.public for one in events(request, "request.waiting")] == [{"why": "person-lever"}]


def test_an_ordinary_mail_is_held_against_nothing_and_called_nothing(road: Road) -> None:
    request = waiting(road, road.sample("support", ""))
    kept = judged(request)
    assert kept["facts"]["instrument"] == ""
    assert not {"form", "targets", "person_claim", "access_demand"} & {k for k, v in kept["facts"].items() if v}
    finding = kept["finding"]
    assert (finding["pack"], finding["candidates"], finding["also"]) == ("own-no-pack", [], [])
    assert [one.public for one in events(request, "request.waiting")] == [{"why": "no-order"}]


@pytest.mark.soak
def test_no_mail_of_the_samples_is_taken_for_a_demand(road: Road, soak: bool) -> None:
    """One of six in `make test`, and each in `make soak`."""
    paths = sorted(MAILS.glob("*.eml"))
    assert len(paths) >= 60
    paths = paths[:: 1 if soak else 6]
    requests = [waiting(road, path.read_bytes()) for path in paths]
    for path, request in zip(paths, requests, strict=True):
        if request.kind == "mail":
            finding = judged(request)["finding"]
            assert (finding["pack"], request.lane, finding["candidates"]) == ("own-no-pack", "triage", []), path.name
        else:
            assert (judged(request), events(request, "request.judged")) == ({}, []), path.name


@pytest.mark.parametrize("automatic", [{"Auto_Submitted": "auto-replied"}, {"List_Id": "<news.example>"}])
def test_automatic_mail_is_not_judged(road: Road, automatic: dict[str, str]) -> None:
    text = "Under Article 9 of Regulation (EU) 2022/2065 you must act.\n"
    request = waiting(road, mail(text, In_Reply_To="<x@lantern.example>", **automatic))
    if request.kind == "auto":
        assert (judged(request), events(request, "request.judged")) == ({}, [])


NAMED = [
    ("Request under Article 9 of Regulation (EU) 2022/2065", "eu-dsa-order-act"),
    ("An order under Art. 10(1) of the Digital Services Act", "eu-dsa-order-inform"),
    ("European Production Order Certificate, see below", "eu-eevidence-production"),
    ("European Preservation Order for one account", "eu-eevidence-preservation"),
    ("Request for preservation, 18 U.S.C. § 2703(f)", "us-preservation"),
    ("Removal order (Regulation (EU) 2021/784), as a scan", "eu-tco-removal-order"),
]


@pytest.mark.slow
def test_an_instrument_that_is_only_named_is_judged_by_its_regulation_and_opens_no_case(road: Road) -> None:
    for subject, pack in NAMED:
        request = waiting(road, mail(f"Please see what we ask for: {pack}.\n", subject))
        kept = judged(request)
        assert (kept["finding"]["pack"], kept["finding"]["outcome"]) == (pack, "needs-person"), subject
        assert [one.public for one in events(request, "request.waiting")] == [{"why": "no-form"}]
        named = document.of(request)["reading"]["demand"]["named"]
        assert [one["where"] for one in named] == ["subject"]
    assert not Case.objects.exists()


def test_what_is_labelled_and_addresses_of_ours_count_and_no_others(road: Road) -> None:
    url = road.post()
    text = f"""Under Article 9 of Regulation (EU) 2022/2065 we ask you to act against
{url} and https://elsewhere.example/1 at once.

Reference: RG 27/00412
Legal basis: Section 4 of the
  Media Act
Issuing authority: District Court of Nordhafen
"""
    request = waiting(road, mail(text))
    facts = judged(request)["facts"]
    assert facts["form"] == {
        "reference": "RG 27/00412",
        "legal_basis": "Section 4 of the Media Act",
        "issuing_authority": "District Court of Nordhafen",
        "urls": [url],
    }
    assert facts["targets"] == [{"ref": url, "specific": True}]  # the platform was not asked on the word of a mail
    assert document.of(request)["resolved"] == {}
    assert cases.find.search("RG 27/00412", "demo")[1] == [request]


def test_an_instrument_that_we_have_no_regulation_for_lists_what_it_may_be(road: Road) -> None:
    url = road.post()
    text = f"Instrument: ch-verfuegung\nLegal basis: Media Act\n\nIt is about {url} on your platform.\n"
    request = waiting(road, mail(text))
    finding = judged(request)["finding"]
    assert (finding["pack"], finding["outcome"]) == ("own-no-pack", "reroute")
    assert [one.public for one in events(request, "request.waiting")] == [{"why": "no-pack"}]
    first, *others = finding["candidates"]
    assert (first["pack"], first["outcome"], len(first["says"])) == ("eu-dsa-order-act", "needs-person", 5)
    assert "issuer-accredited" in first["lacks"]
    assert [len(other["lacks"]) for other in others] == sorted(len(other["lacks"]) for other in others)


def test_a_demand_for_access_is_judged_by_our_rule_on_it(road: Road) -> None:
    text = (
        "The Ministry of the Interior informs you: you must hand over the decryption keys of your servers, and grant\n"
        "the Security Service permanent access to the messages of all users.\n"
    )
    request = waiting(road, mail(text))
    kept = judged(request)
    assert kept["facts"]["access_demand"] == {"asks": ["standing-access", "keys"]}
    # Whether a named power is behind it is unknown, and unknown never refuses.
    assert (kept["finding"]["pack"], kept["finding"]["outcome"]) == ("own-access-demand", "needs-person")
    assert [duty["id"] for duty in kept["finding"]["duties"]] == ["tell-counsel", "docket"]


def test_a_lever_with_a_demand_for_access_has_both_findings(road: Road) -> None:
    text = (
        "The Ministry of the Interior demands: you must hand over the decryption keys of your servers.\n\n"
        "If you do not comply by Friday, your employee in our capital will be detained.\n"
    )
    finding = judged(waiting(road, mail(text)))["finding"]
    assert (finding["pack"], [other["pack"] for other in finding["also"]]) == (
        "own-person-claim",
        ["own-access-demand"],
    )


def test_a_user_who_wants_access_back_demands_nothing(road: Road) -> None:
    text = "I lost my decryption keys. You must give me access to all messages of my account, please.\n"
    assert judged(waiting(road, mail(text)))["finding"]["pack"] == "own-no-pack"


def test_it_is_judged_again_when_the_sender_is_called_back_or_a_fact_is_corrected(road: Road) -> None:
    request = waiting(road, mail("Under Article 9 of Regulation (EU) 2022/2065 we ask you to act.\n"))
    handler, office = road.person("handler"), Authority.objects.get(id="demo-online-safety")
    cases.record_callback(handler, request.id, office.id, confirmed=True)
    road.drive()
    request.refresh_from_db()
    assert (request.grade, judged(request)["facts"]["authority"]["id"]) == ("accredited-channel", office.id)
    cases.correct(handler, request.id, "form.legal_basis", "Media Act")
    road.drive()
    request.refresh_from_db()
    checks = {check["id"]: check["holds"] for check in judged(request)["finding"]["checks"]}
    assert checks["legal-basis"] is True
    assert len(events(request, "request.judged")) == 3
    assert Mail.objects.filter(request=request.id).count() == 1  # acknowledged once
    assert not Case.objects.exists()


def test_it_is_judged_once_for_an_event_however_often_the_step_runs(road: Road) -> None:
    request = waiting(road, road.sample("threat", ""))
    [event] = events(request, "sender.graded")
    judging.judge_request(event)
    road.drive()
    assert len(events(request, "request.judged")) == len(events(request, "request.waiting")) == 1


def test_its_finding_is_made_again_to_the_byte(road: Road) -> None:
    url = road.post()
    raw = mail(f"Instrument: ch-verfuegung\n\nIt is about {url} on your platform.\n")
    for request in (waiting(road, raw), waiting(road, road.sample("threat", ""))):
        kept = judged(request)
        made_again = regenerate(kept["finding"], kept["facts"], in_force.library(request.realm))
        assert canonical(made_again) == canonical(kept["finding"])


def test_facts_that_break_the_schema_wait_for_a_person_without_a_finding(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.cases.waiting.check", lambda facts: ["wrong"])
    request = waiting(road, road.sample("support", ""))
    assert [one.public for one in events(request, "request.waiting")] == [{"why": "facts-wrong"}]
    assert judged(request) == {}


def test_no_word_of_it_is_in_the_tables(road: Road) -> None:
    request = waiting(road, road.sample("threat", ""))
    said = json.dumps([one.public | one.sealed for one in Event.objects.filter(request=request.id)])
    assert "detained" not in said
    assert "interior-veltria" not in said


def test_the_letters_of_other_instruments_wait_with_the_finding_of_what_they_name(road: Road) -> None:
    lever = waiting(road, (ORDERS / "11-person-lever-threat.eml").read_bytes())
    assert judged(lever)["finding"]["pack"] == "own-person-claim"
    emergency = waiting(road, (ORDERS / "12-phish-us-emergency.eml").read_bytes())
    finding = judged(emergency)["finding"]
    assert (finding["pack"], finding["outcome"]) == ("us-emergency", "defective")
    assert "danger-to-life" in emergency.flags, "it stands on top in the clocks of the hotline, whatever its form lacks"
