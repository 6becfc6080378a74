"""Everyone who should not get in, at every address there is: the list of addresses is read from the product itself."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hostile.scene import plain, take
from people.members import joined
from road import Road

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts.models import Alert
from comity.authorities.models import Authority
from comity.cases import commands as cases
from comity.cases import deciding
from comity.cases.models import Case, Request
from comity.demo import samples
from comity.ledger.models import Event
from comity.measures import brakes
from comity.notifications import commands as notifications
from comity.outbox.models import Mail
from comity.people import approvals, tags
from comity.people import commands as people
from comity.people.models import ROLES, Person
from comity.people.refusals import NotAllowed, allow
from comity.people.rules import Realm as OfRealm

HOST = {"HTTP_HOST": "localhost:8000"}
UNKNOWN = {"id": "C-00000000", "letter": "answer", "complaint": 9, "person_id": uuid.UUID(int=7), "hash": "0" * 64}
FORM = {
    "path": "form.reference",
    "value": "x",
    "kind": "execute",
    "reason": "because",
    "text": "words",
    "lane": "support",
    "reply": "words",
    "confirmed": "yes",
    "authority": "real-office",
    "roles": "decider",
    "role": "decider",
    "jurisdiction": "BE",
    "ground": "technical",
    "explained": "words",
}


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the product, its converters in angle brackets."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield "/" + route


@dataclass
class Office:
    """A real case with everything that hangs on it, and who looks at it."""

    case: Case
    request: Request
    alert: Alert
    mail: Mail
    decider: Person

    def filled(self, route: str, unknown: bool = False) -> str:
        """A route with this office's ids, or with ids of nothing."""
        ids = {
            "cases": self.case.id,
            "requests": self.request.id,
            "alerts": self.alert.id,
            "outbox": self.mail.id,
            "letter": "answer",
            "complaint": 1,
            "person_id": self.decider.id,
            "hash": self.case.act,
            "token": "abcdefghijklmnopqrstuvwxyz",
            "pack": "eu-tco-removal-order",
            "version": "2021-784.1",
        }
        nothing = {
            "cases": "C-00000000",
            "requests": "R-00000000",
            "alerts": 999_999,
            "outbox": uuid.UUID(int=7),
            "person_id": uuid.UUID(int=7),
            "hash": "0" * 64,
        }
        known = ids | (nothing if unknown else {})

        default = {"int": 1, "uuid": uuid.UUID(int=7)}

        def fill(match: re.Match[str]) -> str:
            before, kind, name = match.groups()
            here = before.strip("/").rpartition("/")[2] if name == "id" else name
            return before + str(known.get(here, default.get(kind or "", "x")))

        while "<" in route:
            route = re.sub(r"^([^<]*)<(?:(\w+):)?(\w+)>", fill, route, count=1)
        return route


@pytest.fixture
def office(road: Road) -> Office:
    """A real authority's order, confirmed by a call, to be decided by real people."""
    Authority.objects.create(
        id="real-office",
        name="Real Office",
        kind="regulator",
        country="DE",
        realm="real",
        domains=["office.example"],
        address="orders@office.example",
        phone="+49 30 0000 0000",
        competent_for=["eu-tco-removal-order"],
        languages=["en"],
        accredited=True,
        prior_information_at=clock.now(),
    )
    text = samples.written(samples.filled(road.post(), "PLANTED-REF", clock.now()))
    request = take(road, plain("Planted Clerk <orders@office.example>", "PLANTED subject", text), realm="real")
    assert request.realm == "real"
    cases.record_callback(joined("handler").person, request.id, "real-office", True)
    road.drive()
    case = Case.objects.get(request=request)
    assert (case.state, case.realm) == ("to-decide", "real"), road.refused
    alert = Alert.objects.create(case=case.id, realm="real", kind="clock.half", event=10**9, at=clock.now())
    mail = Mail.objects.filter(realm="real")[0]
    return Office(case, request, alert, mail, joined("decider").person)


def demo_of(role: str) -> Person:
    """A demo person of any role, those that the demo itself doesn't have too."""
    with transaction.atomic():
        made = people.make_person(uuid.uuid4(), f"demo-{role}-x", "demo", [role], "BE")
        people._ensure_demo_key(made)
    return made


def client_of(person: Person, **how: Any) -> Client:
    client = Client(**HOST, **how)
    request = HttpRequest()
    request.session = client.session
    request.META.update(HOST)
    people.become(request, person)
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    return client


def changed(office: Office) -> tuple[Any, ...]:
    """Whatever of a real office an outsider might change."""
    case = Case.objects.filter(id=office.case.id).values().get()
    request = Request.objects.filter(id=office.request.id).values().get()
    people_there = list(Person.objects.filter(realm="real").order_by("id").values("id", "roles", "is_active"))
    events = Event.objects.filter(realm="real").count()
    return case, request, people_there, events, Alert.objects.get(id=office.alert.id).seen_at, Mail.objects.count()


def masked(body: bytes) -> str:
    """A page without what differs from one request to the next."""
    text = re.sub(r"[CR]-[0-9A-Z]{8}|nonce=\"[^\"]+\"|[0-9a-f]{64}|[0-9a-f-]{36}", "…", body.decode("utf-8", "replace"))
    return re.sub(r"name=\"csrfmiddlewaretoken\" value=\"[^\"]+\"|/alerts/\d+|\d\d:\d\d(:\d\d)?(\.\d+)?Z?", "…", text)


def betrays(body: bytes, office: Office) -> bool:
    """Whether a page says anything of the real office's case."""
    return any(word in body for word in (b"PLANTED", office.case.id.encode(), office.request.id.encode()))


OWN = "/console/duty/devices/"  # each person's own, numbered: the one that they have just added is theirs
SCRIPTS = ("/console/duty/sw.js", "/console/duty/duty.webmanifest")  # the same for everyone


def closed_to(path: str) -> bool:
    """Addresses that only people of the desk have."""
    open_ones = ("/people/sign-in", "/people/invite/", "/people/founding/", "/people/sign-out", *SCRIPTS)
    return path.startswith(("/console/", "/people/")) and not path.startswith(open_ones)


TRIED = ("auditor", "decider")  # who sees most, and who does most: the other roles in `make soak`


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "deactivated"])
def test_a_stranger_sees_no_page_of_the_desk_and_changes_nothing(road: Road, office: Office, who: str) -> None:
    visitor: Callable[[], Client]
    if who == "nobody":
        visitor = lambda: Client(**HOST)  # noqa: E731  # one of two ways in, chosen here
    else:
        left = demo_of("decider")
        client = client_of(left)
        tags.change(left, is_active=False, ended_at=clock.now())
        visitor = lambda: client  # noqa: E731  # the same session, still in the browser of who left
    before = changed(office)
    tried = 0
    for route in addresses():
        path = office.filled(route)
        for method in ("get", "post"):
            answer = getattr(visitor(), method)(path, FORM | {"act": office.case.act})
            tried += 1
            assert answer.status_code < 500 or path.startswith(("/readyz", "/demo/send")), (method, path)
            assert not betrays(answer.content, office), (method, path)
            if closed_to(path):
                assert answer.status_code in (302, 400, 403, 404, 405, 429), (method, path, answer.status_code)
                assert answer.status_code != 302 or "/people/sign-in" in answer["Location"], (method, path)
    assert tried > 80
    assert changed(office) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=[] if role in TRIED else pytest.mark.soak) for role in sorted(ROLES)]
)
def test_a_demo_person_finds_nothing_real_at_any_address(road: Road, office: Office, role: str) -> None:
    person = demo_of(role)
    before = changed(office)
    client = client_of(person)
    for route in addresses():
        path = office.filled(route)
        for method in ("get", "post"):
            form = FORM | {"act": office.case.act, "realm": "real"}
            if client.session.get("_auth_user_id") != str(person.id):  # a POST signed it out
                client = client_of(person)
            answer = getattr(client, method)(path + ("?realm=real" if method == "post" else ""), form)
            assert answer.status_code < 500 or path.startswith(("/readyz", "/demo/send")), (method, path)
            assert not betrays(answer.content, office), (method, path, answer.status_code)
            if "<" in route and closed_to(path) and not path.startswith(OWN):
                unknown = getattr(client, method)(office.filled(route, unknown=True), form)
                assert answer.status_code == unknown.status_code, (method, path)
                assert answer.status_code in (400, 403, 404, 405, 409, 429), (method, path, answer.status_code)
                assert masked(answer.content) == masked(unknown.content), (method, path)
    assert changed(office) == before


def test_a_demo_person_acts_on_no_real_case_by_any_command(road: Road, office: Office) -> None:
    case, request = office.case, office.request
    handler, decider = road.person("handler"), road.person("decider")
    before = changed(office)
    refused: list[Callable[[], object]] = [
        lambda: cases.look(handler, request, "text"),
        lambda: cases.sort(handler, request.id, "counsel", "x"),
        lambda: cases.record_callback(handler, request.id, "real-office", True),
        lambda: cases.correct(handler, request.id, "form.reference", "x"),
        lambda: cases.take(handler, case.id),
        lambda: alerts.dismiss(handler, office.alert.id),
        lambda: deciding.edit_draft(handler, case.id, "answer", ["x"]),
        lambda: deciding.send_back(decider, case.id, "because"),
        lambda: brakes.set_brake(decider, "real", "because"),
        lambda: brakes.release_brake(decider, "real", "because"),
        lambda: notifications.release(decider, case.id),
        lambda: notifications.answer_complaint(decider, case.id, 1, "x"),
        lambda: allow(decider, "measure.lift", case),
        lambda: allow(handler, "decision.propose", case),
        lambda: allow(handler, "brake", OfRealm("real")),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()
    for sign in (
        lambda: deciding.sign(decider, case.id, case.act, None),
        lambda: approvals.approve_as_demo(decider, case.act),
        lambda: approvals.approve(decider, case.act, {}),
    ):
        with pytest.raises(approvals.ApprovalRefused):
            sign()
    assert changed(office)[:3] == before[:3]
    case.refresh_from_db()
    assert case.state == "to-decide"


@pytest.mark.slow
def test_a_post_without_its_token_or_from_elsewhere_changes_nothing(road: Road) -> None:
    from hostile.scene import opened

    case = opened(road, road.post())
    person = road.person("handler")
    client = client_of(person, enforce_csrf_checks=True)
    token = client.get("/console/").cookies["csrftoken"].value
    events = Event.objects.count()
    posted = 0
    for route in addresses():
        if "<" in route and "cases/" not in route and "requests/" not in route:
            continue
        path = route.replace("<str:letter>", "answer").replace("<int:complaint>", "1")
        path = re.sub("<str:id>", case.request_id if "requests/" in route else case.id, path)
        path = re.sub("<[^>]+>", "x", re.sub("<int:[^>]+>", "1", path))
        elsewhere = {"HTTP_X_CSRFTOKEN": token, "HTTP_ORIGIN": "https://evil.example"}
        if path.startswith("/proposals/"):
            continue  # anyone proposes, without a cookie: there is nothing that another site could use
        # the forms of officers and authorities have no token, as they set no cookie: another site's has its origin
        for headers in (elsewhere,) if path.startswith(("/hotline/", "/authorities/")) else ({}, elsewhere):
            answer = client.post(path, FORM, **headers)
            assert answer.status_code in (403, 405), (path, headers, answer.status_code)
            posted += answer.status_code == 403
    assert posted > 30
    assert Event.objects.count() == events


def test_looking_changes_nothing_but_that_one_looked(road: Road) -> None:
    from hostile.scene import opened

    case = opened(road, road.post())
    alert = Alert.objects.create(case=case.id, realm="demo", kind="clock.half", event=10**9, at=clock.now())
    client = client_of(road.person("handler"))
    version, events = case.version, Event.objects.exclude(kind="content.viewed").count()
    looked = Event.objects.count()
    client.get(f"/console/cases/{case.id}/look")  # a link must not make somebody one who looked
    assert Event.objects.count() == looked
    client.post(f"/console/cases/{case.id}/look?what=picture")
    assert Event.objects.filter(kind="content.viewed", case=case.id, sealed__what="picture").count() == 1
    assert client.get(f"/console/requests/{case.request_id}/raw").status_code == 200
    assert Event.objects.filter(kind="content.viewed", sealed__what="raw bytes").count() == 1
    for path in (
        f"/console/alerts/{alert.id}",
        f"/console/cases/{case.id}/look",
        f"/console/cases/{case.id}/counsel",
        f"/console/requests/{case.request_id}/callback",
        "/console/brake",
        "/people/sign-out",
        "/people/me/sessions/end",
        "/demo/send",
        "/demo/be",
    ):
        client.get(path)
    case.refresh_from_db()
    alert.refresh_from_db()
    assert (case.version, alert.seen_at) == (version, None)
    assert Event.objects.exclude(kind="content.viewed").count() == events
    client.post(f"/console/alerts/{alert.id}")
    alert.refresh_from_db()
    assert alert.seen_at is not None


HOSTILE_IDS = [
    "%00",
    "C-%00",
    "'",
    "..",
    "%2e%2e%2fetc",
    "C-" + "A" * 5000,
    "%F0%9F%A6%86",
    "9" * 400,
    "-1",
    "%0d%0aX: y",
]


@pytest.mark.slow
def test_an_id_of_any_shape_is_unknown(road: Road) -> None:
    client = client_of(road.person("handler"))
    for id in HOSTILE_IDS:
        for where in (
            "cases/{}",
            "requests/{}",
            "requests/{}/raw",
            "alerts/{}",
            "outbox/{}",
            "cases/{}/letters/answer.pdf",
        ):
            answer = client.get("/console/" + where.format(id))
            assert answer.status_code in (400, 404), (where, id, answer.status_code)
        for path in (
            f"/statement/{id}",
            f"/regulations/{id}",
            f"/people/invite/{id}",
            f"/console/?q={id}",
            f"/console/cases/?q={id}&before={id}",
        ):
            assert client.get(path).status_code in (200, 400, 404, 410), path
