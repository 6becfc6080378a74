"""The desk's pages of a preservation order say what is kept, and never that anything is withheld or anybody told."""

from collections.abc import Iterator

import pytest
from django.test import Client
from hostile.scene import ORDER, lift
from road import Road, open_road

from comity.answers import lifting
from comity.cases.models import Case

from .test_preserve import decided, opened, write_again

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # whole stories of the road


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened_road:
        yield opened_road


def shown(client: Client, who: str, path: str) -> str:
    client.post("/demo/be", {"person": who})
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def pages(client: Client, case: Case) -> str:
    return shown(client, "decider-be", f"/console/cases/{case.id}") + shown(
        client, "decider-be", f"/console/cases/{case.id}/decide"
    )


def test_it_works(client: Client, road: Road) -> None:
    case = opened(road)
    page = pages(client, case)
    for words in ("Preserve three data categories", "European Preservation Order", "Nobody is told", "content data"):
        assert words in page
    assert "Withhold" not in page
    assert "Weigh its purpose" not in page


@pytest.mark.slow
def test_a_later_mail_prolongs_it_on_its_own_page(client: Client, road: Road) -> None:
    case = decided(road)
    path = f"/console/cases/{case.id}"
    assert "They prolonged it" not in shown(client, "handler-be", path)
    reply = write_again(road)
    assert "They prolonged it" in shown(client, "handler-be", path)
    page = shown(client, "handler-be", f"{path}/prolong")
    assert reply in page
    assert "by 30 days" in page
    before = case.deadlines.get(name="preserve-until").due_legal
    assert client.post(f"{path}/prolong", {"mail": reply, "how": "extension"}).status_code == 302
    road.drive()
    assert case.deadlines.get(name="preserve-until").due_legal > before
    assert client.get(f"{path}/timeline").status_code == 200
    assert road.refused == []


@pytest.mark.soak
def test_there_is_no_such_page_where_nothing_can_prolong(client: Client, road: Road) -> None:
    case = decided(road)
    client.post("/demo/be", {"person": "handler-be"})
    assert client.get(f"/console/cases/{case.id}/prolong").status_code == 404


@pytest.mark.soak
def test_a_lift_tells_its_authority_and_nobody_else(client: Client, road: Road) -> None:
    case = decided(road)
    lifting.propose(road.person("decider"), case.id, "It was withdrawn", "order", ORDER)
    page = shown(client, "decider-be", f"/console/cases/{case.id}/decide")
    assert "What was kept for it is kept no longer" in page
    assert "put back" not in page
    lift(road, case)
    assert case.state == "lifted", road.refused
    page = shown(client, "handler-be", f"/console/cases/{case.id}")
    assert "The notification" not in page
    assert road.refused == []


@pytest.mark.soak
def test_its_page_shows_until_when_it_lasts(client: Client, road: Road) -> None:
    case = decided(road)
    page = shown(client, "handler-be", f"/console/cases/{case.id}")
    assert "Until when is not known yet" not in page
    reply = write_again(road)
    form = shown(client, "handler-be", f"/console/cases/{case.id}/prolong")
    assert f'value="{reply}" checked' in form
    assert 'value="extension" checked' in form  # as the mail was read; a person says so, or otherwise
