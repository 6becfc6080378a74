"""The first of all are founded together; who is alone says so in public."""

import json
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from people.members import Member, founder, founders, sign_charter, token_of

from comity.ledger.models import Event
from comity.people import admissions, commands, founding
from comity.people.approvals import ApprovalRefused
from comity.people.commands import Refused
from comity.people.models import Act, Grant, Person
from comity.people.passkeys import PasskeyRefused
from comity.people.software import SoftwareAuthenticator

from .test_pages import asked, is_in, visitor

pytestmark = pytest.mark.django_db
EVERYTHING = "administrator handler decider counsel head"


@pytest.fixture
def token(db: None) -> str:
    link = founding.first_link()
    assert link
    assert link.startswith("http://localhost:8000/people/founding/")
    return token_of(link)


def test_it_works(token: str) -> None:
    both = [founder(token, EVERYTHING, place) for place in ("BE", "EE")]
    assert not Grant.objects.exists()
    assert sign_charter(token, both)
    assert all(one.person.roles == sorted(EVERYTHING.split()) for one in both)
    told = Event.objects.get(kind="gateway.founded")
    assert told.told == {"count": 2, "jurisdictions": ["BE", "EE"], "alone": False}
    assert told.public == {"alone": False}
    first, second = both
    assert admissions.vouched([first.person]) == {str(first.person.id): [second.person.name]}
    assert not founding.alone()


def test_until_all_have_signed_nobody_holds_a_role(token: str) -> None:
    three = [founder(token, EVERYTHING, place) for place in ("BE", "EE", "FR")]
    assert not sign_charter(token, three[:2])
    assert [one.person.roles for one in three] == [[], [], []]
    assert founding.holders() == []
    with pytest.raises(ApprovalRefused):
        sign_charter(token, three[:1])
    assert sign_charter(token, three[2:])
    assert len(founding.holders()) == 3


def test_one_enrolment_founds_nothing(token: str) -> None:
    founder(token, EVERYTHING, "BE")
    assert founding.charter() is None
    assert founding.holders() == []


def test_who_joins_or_leaves_makes_the_signatures_void(token: str) -> None:
    both = [founder(token, EVERYTHING, place) for place in ("BE", "EE")]
    old = founding.charter()
    assert old
    assert not sign_charter(token, both[:1])
    third = founder(token, EVERYTHING, "FR")
    with pytest.raises(ApprovalRefused):
        founding.sign(token, old.hash, both[1].sign(old.hash))
    founding.leave(token, third.person.id)
    assert Act.objects.get(hash=old.hash).state == "void"
    assert sign_charter(token, both)
    assert Person.objects.get(pk=third.person.pk).roles == []


def test_a_stranger_with_the_link_can_only_stand_on_the_list(token: str) -> None:
    mine = founder(token, EVERYTHING, "BE")
    charter = founding.charter()
    assert charter is None
    yours = founder(token, EVERYTHING, "EE")
    with pytest.raises(PasskeyRefused):
        founding.sign(token, founding.charter().hash, SoftwareAuthenticator.make().sign(bytes(32)))  # type: ignore[union-attr]
    assert not sign_charter(token, [yours])
    assert mine.person.roles == []


def test_alone_is_said_and_shown_to_everyone(token: str) -> None:
    me = founder(token, EVERYTHING, "BE")
    founding.choose_alone(token)
    assert sign_charter(token, [me])
    assert founding.alone()
    assert Event.objects.get(kind="gateway.founded").public["alone"] is True
    assert "This desk has one person" in visitor().get("/").content.decode()


def test_a_desk_of_two_says_nothing_of_the_kind() -> None:
    founders()
    assert "This desk has one person" not in visitor().get("/").content.decode()


def test_a_desk_of_which_one_is_left_says_so() -> None:
    first, _ = founders()
    commands.deactivate(first.person, "operator")
    assert "This desk has one person" in visitor().get("/").content.decode()


def test_alone_is_no_way_around_another_founder(token: str) -> None:
    founder(token, EVERYTHING, "BE")
    founder(token, EVERYTHING, "EE")
    with pytest.raises(Refused, match="Only one person"):
        founding.choose_alone(token)


def test_whoever_joins_after_alone_was_chosen_signs_too(token: str) -> None:
    me = founder(token, EVERYTHING, "BE")
    founding.choose_alone(token)
    founder(token, EVERYTHING, "EE")
    assert not sign_charter(token, [me])
    assert founding.holders() == []


def test_a_desk_of_one_becomes_two_by_founding_it_anew_and_both_sign(token: str) -> None:
    me = founder(token, EVERYTHING, "BE")
    founding.choose_alone(token)
    sign_charter(token, [me])
    assert founding.first_link() is None
    anew = token_of(founding.open_again())
    you = founder(anew, "decider", "EE")
    assert not sign_charter(anew, [you])
    assert Person.objects.get(pk=you.person.pk).roles == []
    assert sign_charter(anew, [me])
    assert not founding.alone()
    assert Event.objects.filter(kind="gateway.founded").count() == 2


def test_the_server_founds_nothing_where_two_decide() -> None:
    founders()
    assert founding.first_link() is None
    with pytest.raises(Refused, match="let others in"):
        founding.open_again()


def test_a_link_of_before_ends_with_the_founding_and_with_the_next_link(token: str) -> None:
    new = founding.first_link()
    assert new
    with pytest.raises(Refused, match="not known"):
        founder(token, EVERYTHING, "BE")
    both = [founder(token_of(new), EVERYTHING, place) for place in ("BE", "EE")]
    sign_charter(token_of(new), both)
    with pytest.raises(Refused):
        founder(token_of(new), EVERYTHING, "FR")


def test_an_invitation_founds_nothing(token: str) -> None:
    link = token_of(commands.invite_as_operator(["decider"], "BE"))
    with pytest.raises(Refused, match="founds nothing"):
        founding.open_founding(link)
    key = SoftwareAuthenticator.make()
    with pytest.raises(Refused, match="founds a desk"):
        commands.enrol(token, uuid.uuid4(), bytes(32), key.register(bytes(32)))


def test_demo_people_found_nothing() -> None:
    commands.ensure_demo_people()
    assert founding.holders() == []
    assert founding.first_link()


@pytest.mark.parametrize("roles", ["handler", "auditor handler", "", "king"])
def test_refused_a_founder_who_would_decide_nothing(token: str, roles: str) -> None:
    with pytest.raises(Refused, match="role"):
        founder(token, roles, "BE")


# The page -------------------------------------------------------------------------------------------------------------


def enrol(client: Client, path: str, place: str) -> SoftwareAuthenticator:
    key = SoftwareAuthenticator.make()
    made = json.dumps(key.register(asked(client, f"{path}/options")))
    answer = client.post(f"{path}/join", {"response": made, "role": EVERYTHING.split(), "jurisdiction": place})
    assert (answer.status_code, answer["Location"]) == (302, path), answer.content
    return key


def sign(client: Client, path: str, key: SoftwareAuthenticator) -> str:
    challenge = asked(client, f"{path}/sign/options")
    answer = client.post(f"{path}/sign", {"response": json.dumps(key.sign(challenge)), "charter": challenge.hex()})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def test_two_found_it_at_one_page_one_after_the_other(token: str) -> None:
    client, path = visitor(), f"/people/founding/{token}"
    assert "At least two people" in client.get(path).content.decode()
    keys = [enrol(client, path, place) for place in ("BE", "ee")]
    page = client.get(path).content.decode()
    assert len(re.findall(r"not signed yet", page)) == 2
    assert sign(client, path, keys[1]) == path
    assert not is_in(client)
    assert sign(client, path, keys[0]) == "/console/"
    assert is_in(client)
    assert client.get(path).status_code == 410


def test_the_page_takes_a_founder_off_and_lets_one_be_alone(token: str) -> None:
    client, path = visitor(), f"/people/founding/{token}"
    key = enrol(client, path, "BE")
    enrol(client, path, "EE")
    second = Person.objects.order_by("-enrolled_at").first()
    assert second
    assert client.post(f"{path}/leave", {"person": str(second.id)}).status_code == 302
    assert client.post(f"{path}/alone").status_code == 400
    assert client.post(f"{path}/alone", {"alone": "yes"}).status_code == 302
    assert "I found it alone" in client.get(path).content.decode()
    assert sign(client, path, key) == "/console/"


@pytest.mark.parametrize("who", ["", "x", "\x00", "0b0e6c9e-0000-4000-8000-000000000000"])
def test_refused_to_take_off_who_is_not_there(token: str, who: str) -> None:
    assert visitor().post(f"/people/founding/{token}/leave", {"person": who}).status_code == 400


def test_a_link_of_no_founding_opens_nothing(join: Callable[..., Member]) -> None:
    join("decider")
    for path in ("", "/options", "/join", "/leave", "/alone", "/sign", "/sign/options"):
        url = f"/people/founding/{'x' * 43}{path}"
        assert (visitor().post(url) if path else visitor().get(url)).status_code == 410, url
