"""An order that names an account without its address: proposed by the platform, said by a person, never guessed."""

from collections.abc import Iterator

import pytest
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity.cases import accounts, deciding, document
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import sandbox_world
from comity.platforms.naming import Account
from comity.platforms.port import PlatformDown
from comity.reading import identifiers

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def opened(road: Road, target: str) -> Case:
    road.receive(road.sample("good-text", target))
    road.drive()
    return Case.objects.get()


def kept(case: Case) -> dict[str, object]:
    return document.about(document.of(case.request), case.order)


@pytest.mark.parametrize(
    ("lines", "field", "found"),
    [
        (["@luc"], True, ["luc"]),
        (["account: Luc Morel", "user: anna and @luc, and others"], True, ["Luc Morel", "luc", "anna"]),
        (["account “Luc Morel” and @anna"], True, ["anna", "Luc Morel"]),
        (["compte : luc", "Konto Example"], True, ["luc", "Example"]),
        (["Please remove what account Example posts, and the posts of @luc."], False, ["luc", "Example"]),
        (["Your account was hacked, write to luc@web.example"], False, []),
        (["https://lantern.example/@luc"], False, []),
    ],
)
def test_names_are_read(lines: list[str], field: bool, found: list[str]) -> None:
    assert identifiers.names(lines, field=field) == found


def test_it_works(road: Road) -> None:
    case = opened(road, "@luc")
    assert (case.state, case.plan) == ("to-decide", "person")
    client, path = client_of(road.person("handler")), f"/console/cases/{case.id}/account"
    assert path in client.get(f"/console/cases/{case.id}").content.decode()
    page = client.get(path).content.decode()
    assert "Luc Morel, FR" in page
    assert accounts.addresses(kept(case)) == []  # proposed, and nothing is done with it
    assert client.post(path, {"name": "luc"})["Location"].startswith(f"/console/cases/{case.id}")
    road.drive()
    case.refresh_from_db()
    (target,) = deciding.finding_of(case)["facts"]["targets"]
    assert target["ref"].endswith("/u/luc")
    assert target["found"] is True
    assert target["kind"] == "account"
    assert Event.objects.filter(case=case.id, kind="facts.corrected").count() == 1


def test_a_shown_name_is_one_too(road: Road) -> None:
    sandbox_world().post("harbour", "anna", "So that somebody is there.")
    assert [one.url[-5:] for one in accounts.look_up("élodie FAURE", "demo").accounts] == ["lodie"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "No account is called"),
        ([Account("http://x/u/a", "Luc", "FR"), Account("http://x/u/b", "Luc", None)], "2 accounts are called"),
        (None, "could not find out"),
        (PlatformDown("silent"), "could not find out"),
    ],
)
def test_several_or_none_are_asked_for_and_never_taken(
    road: Road, monkeypatch: pytest.MonkeyPatch, answer: object, says: str
) -> None:
    case = opened(road, "@luc")

    def called(name: str, realm: str) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(accounts, "called_so", called)
    client, path = client_of(road.person("handler")), f"/console/cases/{case.id}/account"
    page = client.get(path).content.decode()
    assert "It is this account" not in page
    assert "Ask the authority which is meant" in page
    named = accounts.look_up("luc", "demo")
    assert says in accounts.lacks(named)
    asked = client.get(f"/console/cases/{case.id}/obstacle", {"explained": accounts.lacks(named)}).content.decode()
    assert "Please send" in asked
    with pytest.raises(BadInput, match="one account and no other"):
        accounts.confirm(road.person("handler"), case.id, "luc", "http://x/u/a")


def test_what_is_confirmed_is_what_was_shown(road: Road) -> None:
    case = opened(road, "@luc")
    with pytest.raises(BadInput, match="one account and no other"):
        accounts.confirm(road.person("handler"), case.id, "luc", "http://elsewhere.example/u/luc")
    with pytest.raises(BadInput, match="names no such account"):
        accounts.confirm(road.person("handler"), case.id, "anna", "http://elsewhere.example/u/anna")
    with pytest.raises(NotAllowed):
        accounts.confirm(road.person("decider"), case.id, "luc", "")


@pytest.mark.soak
def test_an_order_with_an_address_is_asked_nothing(road: Road) -> None:
    case = opened(road, road.post())
    assert accounts.unresolved(case, kept(case)) == []
    assert client_of(road.person("handler")).get(f"/console/cases/{case.id}/account").status_code == 404
