"""The register on pages: applied, checked, accepted by two; what looks alike, changes, is suspended, or ends."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from road import Road

from comity import clock
from comity.accreditation import commands, rules, transfer
from comity.accreditation.commands import Asked
from comity.accreditation.models import Application, Standing
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases.models import Case
from comity.decisions import commands as decisions
from comity.demo import register as demo
from comity.ledger.models import Event
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.outbox import commands as outbox
from comity.outbox.models import Mail
from comity.people.models import Approval
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db
COURT = Asked(
    "Court of Nordhafen", "court", "DE", ("court-nordhafen.example",), "orders@court-nordhafen.example", "+49 441 5500"
)
NUMBER = {"number": "+49 441 5500", "source": "justiz.example, list of courts"}


@pytest.fixture
def client(settings: Any) -> Client:
    settings.COMITY = replace(settings.COMITY, base_url="http://localhost:8000", demo=True)
    return Client(HTTP_HOST="localhost:8000")


@pytest.fixture
def dns() -> Iterator[dict[str, str]]:
    """What the name server says: a file, as the gateway's own tests have one."""
    path = Path(django_settings.COMITY.data) / "resolver.json"
    records: dict[str, str] = {}

    class Records(dict[str, str]):
        def __setitem__(self, name: str, text: str) -> None:
            super().__setitem__(name, text)
            path.write_text(json.dumps(self), "utf-8")

        def __delitem__(self, name: str) -> None:
            super().__delitem__(name)
            path.write_text(json.dumps(self), "utf-8")

    yield Records(records)
    path.unlink(missing_ok=True)


def published(row: Application, dns: dict[str, str]) -> None:
    for one in row.domains:
        dns[rules.record_name(one)] = rules.record_text(row.challenge)


def proven(road: Road, dns: dict[str, str], asked: Asked = COURT) -> Application:
    """An application with its checklist done."""
    row, _ = commands.apply(asked, "demo")
    published(row, dns)
    assert commands.look(row.id)
    commands.call_back(road.person("handler"), row.id, confirmed=True, **NUMBER)
    return Application.objects.get(id=row.id)


def accepted(road: Road, row: Application) -> Application:
    hash = commands.propose(road.person("handler"), row.id)
    assert not commands.sign(road.person("decider"), row.id, hash, None)
    assert commands.sign(road.person("decider", "EE"), row.id, hash, None)
    return Application.objects.get(id=row.id)


def refused(what: str) -> Any:
    return pytest.raises(BadInput, match=what)


def test_it_works(client: Client, road: Road, dns: dict[str, str]) -> None:
    """Applies on the page, proves its domain, is called, accepted by two; its officer is invited, enrols and files."""
    form = {name: getattr(COURT, name) for name in ("name", "kind", "country", "address", "phone")}
    answer = client.post(
        "/authorities/demo/apply", form | {"domains": COURT.domains[0], "competent_for": "eu-tco-removal-order"}
    )
    page = answer.headers["Location"]
    row = Application.objects.get()
    assert row.challenge in client.get(page).content.decode()
    assert "looked=no" in client.post(f"{page}/look").headers["Location"]
    with refused("not done yet: domain, called"):
        commands.propose(road.person("handler"), row.id)
    published(row, dns)
    assert "looked=yes" in client.post(f"{page}/look").headers["Location"]
    commands.call_back(road.person("handler"), row.id, confirmed=True, **NUMBER)
    row = accepted(road, row)
    entry = Authority.objects.get(id=row.authority)
    assert (entry.accredited, entry.source, entry.domains) == (True, "page", ["court-nordhafen.example"])
    assert entry.until
    assert timedelta(days=729) < entry.until - clock.now() < timedelta(days=733)
    assert "It is on the register." in client.get(page).content.decode()
    register.sync(demo.AUTHORITIES)  # a restart, whose files don't list it
    assert Authority.objects.get(id=row.authority).accredited
    with refused("an address of the authority’s own domain"):
        officers.invite_by_mail(road.person("counsel"), entry.id, "clerk@elsewhere.example", confirmed=True)
    with refused("call the authority"):
        officers.invite_by_mail(road.person("counsel"), entry.id, "clerk@court-nordhafen.example", confirmed=False)
    officers.invite_by_mail(road.person("counsel"), entry.id, "clerk@court-nordhafen.example", confirmed=True)
    mail = vault.get(Mail.objects.get(kind="invitation").doc).decode().replace("=\r\n", "")
    join = re.search(r"/authorities/join/[\w-]+", mail)
    assert join
    assert client.post(join.group()).status_code == 302
    assert client.post(join.group()).status_code == 410  # it works once
    assert Officer.objects.get(authority=entry.id).enrolled_at
    assert "You are signed in as an officer of Court of Nordhafen" in client.get("/authorities/demo/").content.decode()


def test_a_record_that_is_gone_at_acceptance_sends_it_back(road: Road, dns: dict[str, str]) -> None:
    row = proven(road, dns)
    hash = commands.propose(road.person("handler"), row.id)
    commands.sign(road.person("decider"), row.id, hash, None)
    dns[rules.record_name(row.domains[0])] = rules.record_text(rules.challenge())
    with refused("no longer published"):
        commands.sign(road.person("decider", "EE"), row.id, hash, None)
    row.refresh_from_db()
    assert (row.state, row.proven_at, row.act) == ("applied", None, "")
    assert not Authority.objects.filter(id=row.authority).exists()
    assert Event.objects.filter(kind="register.unproven", case=row.id).exists()


def test_nobody_alone_accepts_and_no_handler_at_all(road: Road, dns: dict[str, str]) -> None:
    row = proven(road, dns)
    hash = commands.propose(road.person("handler"), row.id)
    commands.sign(road.person("decider"), row.id, hash, None)
    with pytest.raises(Exception, match="sign"):
        commands.sign(road.person("decider"), row.id, hash, None)
    with pytest.raises(Exception, match="another role"):
        commands.sign(road.person("handler"), row.id, hash, None)
    with pytest.raises(NotAllowed):
        commands.refuse(road.person("handler"), row.id, "because")
    assert Approval.objects.filter(act=hash).count() == 1
    assert not Authority.objects.filter(id=row.authority).exists()
    assert commands.data().accept.count == 2


@pytest.mark.parametrize(
    "domain",
    ["onIine-safety.example", "online-safety.example.org", "xn--nline-safety-mxk.example", "online-safetv.example"],
)
def test_a_look_alike_is_flagged_and_weighed_by_a_person(road: Road, dns: dict[str, str], domain: str) -> None:
    asked = replace(COURT, domains=(domain,), address=f"orders@{domain.lower()}")
    row = proven(road, dns, asked)
    assert (row.resembles, row.resembles_of) == ("online-safety.example", "demo-online-safety")
    with refused("not done yet: resembles"):
        commands.propose(road.person("handler"), row.id)
    with refused("how you know"):
        commands.weigh(road.person("handler"), row.id, " ")
    commands.call_back(road.person("handler"), row.id, confirmed=False, **NUMBER)
    row.refresh_from_db()
    assert row.state == "refused"


def test_two_authorities_cannot_claim_one_domain(road: Road, dns: dict[str, str]) -> None:
    taken = replace(COURT, domains=("online-safety.example",), address="x@online-safety.example")
    with refused("it is on our register for another authority"):
        commands.apply(taken, "demo")
    first, second = proven(road, dns), commands.apply(replace(COURT, name="Another court"), "demo")[0]
    with refused("claims the same domain"):
        commands.propose(road.person("handler"), first.id)
    commands.refuse(road.person("decider"), second.id, "it could prove nothing")
    accepted(road, first)
    with refused("another authority"):
        commands.apply(replace(COURT, name="A third"), "demo")


def test_a_change_waits_and_the_old_address_is_told(road: Road, dns: dict[str, str], monkeypatch: Any) -> None:
    row = accepted(road, proven(road, dns))
    changed = commands.change(road.person("handler"), row.authority, replace(COURT, phone="+49 441 9999"))
    told = Mail.objects.get(key=f"register:{changed.id}:told")
    assert outbox.parties([told])[told.id]["to"] == COURT.address
    with refused("called"):
        commands.propose(road.person("handler"), changed.id)
    commands.call_back(road.person("handler"), changed.id, confirmed=True, **NUMBER)
    with refused("it waits until"):
        commands.propose(road.person("handler"), changed.id)
    later = clock.now() + timedelta(hours=73)
    monkeypatch.setattr(clock, "now", lambda: later)
    until = Authority.objects.get(id=row.authority).until
    accepted(road, changed)
    entry = Authority.objects.get(id=row.authority)
    assert (entry.phone, entry.until) == ("+49 441 9999", until)


def test_suspended_by_one_hand_at_once_everywhere_and_back_by_two(road: Road) -> None:
    target = road.post()
    road.receive(road.sample("good-text", target))
    road.drive()
    case = Case.objects.get()
    assert (case.state, case.grade) == ("to-decide", "domain")
    officer = officers.demo_officer("demo-online-safety")
    commands.suspend(road.person("handler"), "demo-online-safety", "Its mailbox was taken over.")
    assert officers.active(officer.id) is None
    assert "demo-online-safety" not in [one.id for one in Authority.objects.filter(accredited=True)]
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.grade, case.act) == ("verifying", "none", "")
    register.sync(demo.AUTHORITIES)  # a file doesn't undo it
    assert not Authority.objects.get(id="demo-online-safety").accredited
    hash = commands.propose_reinstatement(road.person("handler"), "demo-online-safety", "Looked at, with its head.")
    assert not commands.sign_reinstatement(road.person("decider"), "demo-online-safety", hash, None)
    assert commands.sign_reinstatement(road.person("decider", "EE"), "demo-online-safety", hash, None)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.grade) == ("to-decide", "domain")
    assert Standing.objects.get(id="demo-online-safety").state == "open"


def test_a_term_is_told_and_ends_and_what_nobody_decides_lapses(road: Road, dns: dict[str, str]) -> None:
    row = accepted(road, proven(road, dns))
    waiting, _ = commands.apply(replace(COURT, domains=("late.example",), address="x@late.example"), "demo")
    until = Authority.objects.get(id=row.authority).until
    assert until
    for _ in range(2):
        commands.keep_time(until - timedelta(days=20))
    assert Event.objects.filter(kind="register.ends-soon").count() == 1
    commands.keep_time(until)
    assert not Authority.objects.get(id=row.authority).accredited
    waiting.refresh_from_db()
    assert waiting.state == "lapsed"


def test_out_as_a_file_and_in_again_by_two(road: Road) -> None:
    text = transfer.exported("demo")
    assert [one["id"] for one in transfer.read(text)] == sorted(one["id"] for one in demo.AUTHORITIES)
    rows = transfer.imported(road.person("counsel"), text, "demo")
    assert Authority.objects.filter(source="page").count() == 0
    for row in rows:
        accepted(road, row)
    assert Authority.objects.filter(source="page").count() == len(demo.AUTHORITIES)
    assert transfer.exported("demo").count("[[authority]]") == len(demo.AUTHORITIES)
    register.sync([])  # no file lists them any more
    assert Authority.objects.filter(accredited=True).count() == len(demo.AUTHORITIES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "from one to"),
        ("[[authority]]\nid = ", "no TOML"),
        ("authority = [1]", "each"),
        ('[[authority]]\nid = "x"\nname = "X"\nkind = "court"\ncountry = "DE"\nphon = "1"', "unknown field"),
        ("[[authority]]\n" + "a" * (3 << 20), "at most 2 MB"),
        ("x = " + "[" * 5000, "no TOML"),
    ],
)
def test_a_file_that_is_no_register_changes_nothing(text: str, says: str) -> None:
    with refused(says):
        transfer.imported(transfer.OPERATOR, text, "real")
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"name": ""}, "name: the name"),
        ({"kind": "king"}, "kind"),
        ({"country": "Germany"}, "country: two capital letters"),
        ({"domains": ()}, "domains"),
        ({"domains": ("not a host",)}, "is not a host name"),
        ({"address": "x@elsewhere.example"}, "address: an address of the mail domain"),
        ({"phone": "call me"}, "phone"),
        ({"who": "x" * 3000}, "who: at most"),
    ],
)
def test_bad_input_names_the_field(more: dict[str, Any], says: str) -> None:
    with refused(says):
        commands.apply(replace(COURT, **more), "real")
    assert not Application.objects.exists()


def test_the_mail_goes_to_an_address_of_the_domain_that_the_desk_found(road: Road, client: Client) -> None:
    row, _ = commands.apply(COURT, "demo")
    handler = road.person("handler")
    with refused("an address of the domain"):
        commands.send_mail(handler, row.id, "x@elsewhere.example", "its site")
    with refused("say where"):
        commands.send_mail(handler, row.id, COURT.address, "")
    commands.send_mail(handler, row.id, "info@court-nordhafen.example", "its site")
    mail = vault.get(Mail.objects.get(kind="register").doc).decode().replace("=\r\n", "")
    link = re.search(r"/authorities/prove/\w+", mail)
    assert link
    client.get(link.group())
    row.refresh_from_db()
    assert row.proven_at is None
    client.post(link.group())
    row.refresh_from_db()
    assert (row.proven_by, row.state) == ("mail", "applied")
    with pytest.raises(NotAllowed):
        decisions.send_back(commands.OF_IT, row.id, handler, "no")
