"""The paper door: what comes by fax, post or telephone, as a person takes it in."""

from datetime import timedelta
from typing import Any

import pytest
from road import Road

from comity import clock
from comity.cases import commands as cases
from comity.cases import document
from comity.cases.filed import FILES_AT_MOST, File
from comity.cases.models import Case, Request
from comity.doors.paper import commands
from comity.doors.paper.commands import Paper
from comity.outbox import commands as outbox
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed

pytestmark = pytest.mark.django_db


def paper(**more: Any) -> Paper:
    said = {
        "way": "fax",
        "at": clock.now() - timedelta(minutes=20),
        "name": "Office for Online Safety",
        "subject": "Order 7",
    }
    return Paper(**said | {"text": "See the scan.", "files": (), "checked": "Not called back yet."} | more)


def test_it_works(road: Road) -> None:
    """Typed as it stands; read; called back at the registered number; judged by its own receipt; linked to its page."""
    at = clock.now() - timedelta(minutes=20)
    order = "\n".join(
        (
            "REMOVAL ORDER (Regulation (EU) 2021/784, Annex I)",
            "Name of the issuing authority: Office for Online Safety",
            "Member State of the issuing authority: DE",
            "Reference number of the removal order: OOS-FAX-7",
            f"URL: {road.post()}",
        )
    )
    request = commands.take(
        road.person("handler"), "demo", paper(at=at, text=order, files=(File(b"%PDF-1.4 x", "fax.pdf"),))
    )
    road.drive()
    request.refresh_from_db()
    assert (request.door, request.received_at, request.grade) == ("fax", at, "none")
    kept = document.of(request)
    assert kept["taken"]["by"] == road.person("handler").by
    assert "It came by fax" in kept["verification"]["reasons"][0]
    assert [part["name"] for part in kept["reading"]["parts"]][-1] == "fax.pdf"
    assert not Mail.objects.filter(kind="acknowledgement").exists()
    cases.record_callback(road.person("handler"), request.id, "demo-online-safety", True)
    road.drive()
    request.refresh_from_db()
    assert request.grade == "accredited-channel"
    sent = Mail.objects.get(kind="status-link")
    assert outbox.parties([sent])[sent.id]["to"] == "orders@online-safety.example"
    if case := Case.objects.filter(request=request).first():
        assert case.received_at == at


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"way": "pigeon"}, "way"),
        ({"at": None}, "at: when it came"),
        ({"at": clock.now() + timedelta(days=1)}, "at: when it came"),
        ({"at": clock.now() - timedelta(days=90)}, "at: when it came"),
        ({"name": " "}, "name"),
        ({"text": "", "files": ()}, "text: type what it says"),
        ({"checked": ""}, "checked"),
        ({"text": "x" * 60_000}, "text: at most"),
        ({"files": (File(b"x" * (FILES_AT_MOST + 1), "a.pdf"),)}, "files: at most 25 MB together"),
        ({"files": (File(b"", "a.pdf"),)}, "files: one of them is empty"),
    ],
)
def test_bad_input_names_the_field(road: Road, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        commands.take(road.person("handler"), "demo", paper(**more))
    assert not Request.objects.exists()


def test_only_the_desk_takes_paper_in_and_demo_people_in_the_demo_alone(road: Road) -> None:
    with pytest.raises(NotAllowed):
        commands.take(road.person("handler"), "real", paper())
