"""A European Preservation Order on the road: decided by two, kept, answered in silence, prolonged, ended by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.conf import settings
from hostile.scene import alerts, kinds, mails, snapshot, words
from road import Road, open_road

from comity import clock
from comity.cases import commands as cases
from comity.cases import deciding, prolonging
from comity.cases.models import Case
from comity.demo import keys, register, samples
from comity.ledger.models import Event
from comity.measures import commands as measures
from comity.measures.models import Measure, Preserved
from comity.notifications.models import Notification
from comity.people.refusals import BadInput, NotAllowed
from comity.reading import child
from comity.vault.models import Blob

INSTRUMENT = "eu-eevidence-preservation"


@pytest.fixture
def road(transactional_db: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def account() -> str:
    return f"{settings.COMITY.sandbox_url}/u/anna"


def order(number: str, *named: str) -> dict[str, Any]:
    """What reading makes of the certificate, by hand."""
    names = ("phone", "email", "ip", "imei", "mac", "other")
    form = {f"identifiers_{name}": [] for name in names} | {
        "identifiers_user": list(named),
        "issuing_state": "DE",
        "issuing_authority": register.PROSECUTOR_NAME,
        "issuing_file_number": number,
        "addressee": "Lantern",
        "offences": "Extortion",
        "emergency_without_validation": False,
        "signature": {"kind": "stamp"},
    }
    data = [{"category": "subscriber", "items": ["identity"]}, {"category": "content", "items": ["messages"]}]
    targets = [{"ref": one, "kind": "account"} for one in named]
    facts = {"form": form, "data": data, "targets": targets, "emergency": False, "validated_by": None, "protected": []}
    return {"instrument": INSTRUMENT, "facts": facts, "places": {}, "flags": [], "part": None, "sheet": None}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The orders that the next mail is read to hold."""
    them: list[dict[str, Any]] = []
    genuine = child.read
    monkeypatch.setattr(cases.child, "read", lambda *given: genuine(*given) | {"orders": [them.pop()] if them else []})
    return them


def mail(road: Road, text: str, to: str = "") -> bytes:
    road.count += 1
    made = EmailMessage()
    made["From"], made["To"] = register.PROSECUTOR_ADDRESS, samples.TO
    made["Subject"], made["Message-ID"] = "EPOC-PR", f"<{road.count}.{clock.now().timestamp()}@nordhafen.example>"
    made["MIME-Version"] = "1.0"
    if to:
        made["In-Reply-To"] = to
    made.set_content(text)
    key = keys.ensure(settings.COMITY.data)
    return samples.sign(made.as_bytes(policy=SMTP), key, register.PROSECUTOR_DOMAIN)


def opened(road: Road, reads: list[dict[str, Any]], number: str = "740 Js 1/26", *named: str) -> Case:
    reads.append(order(number, *(named or (account(),))))
    road.receive(mail(road, f"Our certificate {number}."))
    road.drive()
    case = Case.objects.filter(instrument=INSTRUMENT).latest("received_at")
    assert case.state == "to-decide", road.refused
    return case


def decided(road: Road, reads: list[dict[str, Any]], *named: str) -> Case:
    case = opened(road, reads, "740 Js 1/26", *named)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case


def write_again(road: Road, text: str = "We extend it by thirty days.") -> str:
    road.receive(mail(road, text, mails("answer")[-1].message_id))
    road.drive()
    return str(Event.objects.filter(kind="reply.received").latest("id").sealed["request"])


def at(monkeypatch: pytest.MonkeyPatch, when: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: when)


def test_it_works(road: Road, reads: list[dict[str, Any]]) -> None:
    before = snapshot(account())
    case = opened(road, reads)
    assert case.title == "Preserve two data categories"
    assert case.due is None
    act = deciding.act_of(case, "execute")
    assert (act["what"], act["targets"]) == (["preserve"], [account()])
    assert {row["category"] for row in act["keep"]["data"]} == {"subscriber", "content"}
    assert set(deciding.letters_of(case)) == {"answer"}
    road.sign(case, "BE")
    case.refresh_from_db()
    assert case.state == "second-approval"
    road.sign(case, "EE")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    measure = Measure.objects.get(case=case)
    assert (measure.kind, measure.state) == ("preserve", "effective")
    assert measure.ends_at == case.deadlines.get(name="preserve-until").due_legal
    assert snapshot(account()) == before
    answer = mails("answer")[0]
    assert answer.case == case.id
    assert "preserved under seal" in words(answer)
    assert road.refused == []


def test_nobody_but_its_authority_hears_of_it(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads)
    assert not Notification.objects.exists()
    assert not [kind for kind in kinds(case) if kind.startswith("notification.")]
    assert [mail.kind for mail in mails("acknowledgement")] == ["acknowledgement"]


def test_a_name_without_an_address_is_kept_as_a_record(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads, "@silverfjord")
    assert deciding.decision_of(case.id).act["targets"] == []
    assert Preserved.objects.filter(case=case).count() == 1


def test_the_same_certificate_again_joins_its_case(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads)
    reads.append(order("740 Js 1/26", account()))
    road.receive(mail(road, "The same once more."))
    road.drive()
    assert Case.objects.filter(instrument=INSTRUMENT).count() == 1
    assert "case.joined" in kinds(case)


def test_it_is_prolonged_by_thirty_days(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads)
    first = Measure.objects.get(case=case).ends_at
    prolonging.prolong(road.person("handler"), case.id, "extension", write_again(road))
    road.drive()
    later = Measure.objects.get(case=case).ends_at
    assert first is not None
    assert later is not None
    assert timedelta(days=27) < later - first <= timedelta(days=33)  # both end with a working day
    assert case.deadlines.get(name="preserve-until").due_legal == later
    assert set(Preserved.objects.filter(case=case).values_list("until", flat=True)) == {later}
    assert kinds(case)[-2:] == ["order.prolonged", "measure.prolonged"]
    with pytest.raises(BadInput, match="no longer by this"):
        prolonging.prolong(road.person("handler"), case.id, "extension", write_again(road))
    assert road.refused == []


def test_once_production_is_requested_it_has_no_end_of_its_own(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads)
    prolonging.prolong(road.person("handler"), case.id, "confirmation", write_again(road))
    road.drive()
    assert Measure.objects.get(case=case).ends_at is None
    assert case.deadlines.get(name="preserve-until").due_legal is None


def test_before_it_is_decided_a_prolongation_is_judged(road: Road, reads: list[dict[str, Any]]) -> None:
    case = opened(road, reads)
    road.receive(mail(road, "Make it ninety.", mails("acknowledgement")[-1].message_id))
    road.drive()
    reply = str(Event.objects.filter(kind="reply.received").latest("id").sealed["request"])
    first = case.deadlines.get(name="preserve-until").due_legal
    prolonging.prolong(road.person("handler"), case.id, "extension", reply)
    road.drive()
    assert case.deadlines.get(name="preserve-until").due_legal > first
    assert deciding.finding_of(case)["facts"]["extension"]


@pytest.mark.parametrize(("how", "who"), [("forever", "handler"), ("extension", "decider")])
def test_it_is_refused(road: Road, reads: list[dict[str, Any]], how: str, who: str) -> None:
    case = decided(road, reads)
    with pytest.raises(BadInput if who == "handler" else NotAllowed):
        prolonging.prolong(road.person(who), case.id, how, write_again(road))


def test_a_mail_of_somebody_else_prolongs_nothing(road: Road, reads: list[dict[str, Any]]) -> None:
    case = decided(road, reads)
    road.receive(road.reply(mails("answer")[-1].message_id, "Keep it longer."))  # signed by another office
    road.drive()
    assert prolonging.mails(case) == []
    with pytest.raises(BadInput, match="its own authority"):
        prolonging.prolong(road.person("handler"), case.id, "extension", case.request_id)


def test_it_ends_by_itself(road: Road, reads: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    case = decided(road, reads)
    measure = Measure.objects.get(case=case)
    assert measure.ends_at is not None
    at(monkeypatch, measure.ends_at - timedelta(seconds=1))
    measures.end_due(clock.now())
    assert Measure.objects.get(case=case).lifted_at is None
    at(monkeypatch, measure.ends_at)
    measures.end_due(clock.now())
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("ended", False)
    assert Measure.objects.get(case=case).state == "ended"
    assert case.deadlines.get(name="preserve-until").met_at
    kept = Preserved.objects.filter(case=case)
    assert not Blob.objects.filter(ref__in=kept.values("doc"), until__gt=clock.now()).exists()
    assert kinds(case)[-1] == "measure.ended"
    assert alerts() == []
    assert road.refused == []


def test_what_came_too_late_prolongs_nothing(
    road: Road, reads: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = decided(road, reads)
    ends = Measure.objects.get(case=case).ends_at
    assert ends is not None
    at(monkeypatch, ends + timedelta(seconds=1))
    reply = write_again(road)
    with pytest.raises(BadInput, match="after the sixty days"):
        prolonging.prolong(road.person("handler"), case.id, "extension", reply)
    assert datetime.now(UTC) < ends
