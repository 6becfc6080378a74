"""A gateway on its first day: nothing is counted, reckoned or rehearsed, and every page says so."""

import pytest
from django.test import Client
from people.members import Member, joined

from comity.balance import indicators
from comity.risk import register

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DESK = (
    *("/console/", "/console/balance/", "/console/balance/FR", "/console/proposals/", "/console/risk/"),
    *("/console/risk/growth", "/console/risk/growth?users=2000000000", "/console/risk/desk"),
    *("/console/risk/desk?load=20&people=3", "/console/risk/register/", "/console/risk/level", "/console/risk/drills/"),
)


def page_of(member: Member) -> Client:
    made = Client(HTTP_HOST="localhost")
    made.force_login(member.person)
    return made


def shown(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode().partition("<main")[2]


def test_every_page_of_the_desk_says_what_is_not_known() -> None:
    head = page_of(joined("head", "BE"))
    told = {path: shown(head, path) for path in DESK}
    assert told["/console/balance/"].count("not known") >= len(indicators.all_of())
    for path in ("/console/risk/growth", "/console/risk/desk"):
        assert "Not known yet" in told[path], path
    assert "Never done" in told["/console/risk/drills/"]
    for risk in register.all_of().values():
        one = shown(head, f"/console/risk/register/{risk.number}")
        controls = one.partition("<tbody>")[2]
        assert controls
        assert "state good" not in controls, "what nobody proved is not green"
    for one in indicators.all_of().values():
        assert "not known" in shown(head, f"/console/balance/?show={one.id}")


def test_the_councils_page_is_in_its_language() -> None:
    member = page_of(joined("council", "JP"))
    assert "Vous siégez pour JP" in shown(member, "/council/", **{"Accept-Language": "fr"})
    assert "You sit for JP" in shown(member, "/council/")
    assert member.get("/council/V-00000000").status_code == 404
    assert member.get("/console/balance/").status_code == 403
