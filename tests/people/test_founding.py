"""The first of all are founded together; who is alone says so in public."""

import json
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from people.members import (
    TWO,
    Member,
    enrolled,
    founder,
    founders,
    proposed,
    sign_admission,
    sign_charter,
    token_of,
)

from comity.admissions.models import Admission
from comity.ledger.models import Event
from comity.people import admissions, approvals, charter, commands, founding
from comity.people.approvals import ApprovalRefused
from comity.people.commands import Refused
from comity.people.models import Act, Grant, Invite, Person
from comity.people.passkeys import PasskeyRefused
from comity.people.rules import DECIDING, Quorum
from comity.people.software import SoftwareAuthenticator

from .test_pages import asked, is_in, visitor

pytestmark = pytest.mark.django_db
EVERYTHING = "administrator handler decider counsel head"


def trio(token: str) -> list[Member]:
    """Two who do everything and one who guards, on the list of a founding."""
    return [founder(token, EVERYTHING, "BE"), founder(token, EVERYTHING, "EE"), founder(token, "guardian", "CH")]


@pytest.fixture
def token(db: None) -> str:
    link = founding.first_link()
    assert link
    assert link.startswith("http://localhost:8000/people/founding/")
    return token_of(link)


def test_it_works(token: str) -> None:
    three = trio(token)
    assert not Grant.objects.exists()
    assert sign_charter(token, three)
    assert [one.person.roles for one in three] == [*[sorted(EVERYTHING.split())] * 2, ["guardian"]]
    told = Event.objects.get(kind="gateway.founded")
    assert told.told == {"count": 3, "jurisdictions": ["BE", "CH", "EE"], "alone": False}
    assert told.public == {"alone": False}
    first, second, third = three
    assert admissions.vouched([first.person]) == {str(first.person.id): [second.person.name, third.person.name]}
    assert not founding.alone()


@pytest.mark.parametrize(
    ("who", "lacks"),
    [
        ((("decider", "BE"), ("decider", "EE")), ("people", "guardian")),
        ((("decider", "BE"), ("decider", "EE"), ("head", "FR")), ("guardian",)),
        ((("decider", "BE"), ("guardian", "EE"), ("guardian", "FR")), ("deciders",)),
        ((("decider", "BE"), ("decider", "BE"), ("guardian", "BE")), ("jurisdictions",)),
        ((("guardian", "BE"),), ("people", "deciders", "jurisdictions")),
        ((("decider", "BE"), ("counsel", "BE"), ("guardian", "EE")), ()),
    ],
)
def test_what_is_lacking_founds_nothing(token: str, who: tuple[tuple[str, str], ...], lacks: tuple[str, ...]) -> None:
    people = [founder(token, *one) for one in who]
    assert founding.missing(founding.founders()) == lacks
    assert (founding.charter() is None) is bool(lacks)
    if not lacks:
        assert sign_charter(token, people)


def test_where_an_organisation_publishes_keys_is_signed(token: str) -> None:
    three = trio(token)
    key, challenge = SoftwareAuthenticator.make(), bytes(32)
    for wrong in ("localhost", "https://a b.example", "x" * 101 + ".example", "-.example", "me@there.example"):
        with pytest.raises(Refused, match="domain"):
            founding.join(token, ["guardian"], "PT", uuid.uuid4(), challenge, key.register(challenge), wrong)
    fields = (token, ["guardian"], "PT", uuid.uuid4(), challenge, key.register(challenge), " HTTPS://Guard.example/ ")
    held = founding.join(*fields)
    text = founding.text_of(founding.charter())  # type: ignore[arg-type]
    assert [one.get("domain") for one in text["people"]] == [None, None, None, "guard.example"]
    assert str(held.person_id) == text["people"][-1]["person"]
    assert not sign_charter(token, three)


def test_until_all_have_signed_nobody_holds_a_role(token: str) -> None:
    three = trio(token)
    assert not sign_charter(token, three[:2])
    assert [one.person.roles for one in three] == [[], [], []]
    assert founding.holders() == []
    with pytest.raises(ApprovalRefused):
        sign_charter(token, three[:1])
    assert sign_charter(token, three[2:])
    assert (len(founding.holders()), len(founding.guardians())) == (2, 1)


def test_one_enrolment_founds_nothing(token: str) -> None:
    founder(token, EVERYTHING, "BE")
    assert founding.charter() is None
    assert founding.holders() == []


def test_who_joins_or_leaves_makes_the_signatures_void(token: str) -> None:
    both = trio(token)
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
    founder(token, "guardian", "CH")
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
    assert founding.charter() is None
    founder(token, "guardian", "CH")
    assert not sign_charter(token, [me])
    assert founding.holders() == []


def test_a_desk_of_one_becomes_several_by_founding_it_anew_and_all_sign(token: str) -> None:
    me = founder(token, EVERYTHING, "BE")
    founding.choose_alone(token)
    sign_charter(token, [me])
    assert founding.first_link() is None
    anew = token_of(founding.open_again())
    you, guards = founder(anew, "decider", "EE"), founder(anew, "guardian", "CH")
    assert not sign_charter(anew, [you, guards])
    assert Person.objects.get(pk=you.person.pk).roles == []
    assert sign_charter(anew, [me])
    assert not founding.alone()
    assert Event.objects.filter(kind="gateway.founded").count() == 2


def test_the_server_founds_nothing_where_others_can_be_let_in() -> None:
    founders()
    assert founding.first_link() is None
    with pytest.raises(Refused, match="let others in"):
        founding.open_again()


def test_a_desk_of_before_there_were_guardians_goes_on_and_is_led_to_found_itself_anew() -> None:
    """Two people by a charter of before: they decide as they did, nobody can be let in, and the next start gives the
    link at which both sign with whoever guards."""
    token = token_of(founding.open_again())
    two = [founder(token, EVERYTHING, place) for place in ("BE", "EE")]
    people = founding.founders()
    text = {"kind": "gateway.found", "alone": False, "people": [founding._named(one) for one in people]}
    quorum = Quorum(2, tuple(DECIDING), people=tuple(str(one.person.id) for one in people))
    hash = approvals.propose(text, realm="real", case=None, version=0, quorum=quorum)
    for one in two:
        one.approve(hash)
    for row in people:
        commands.give(commands.lock(row.person), row.roles, approvals.approved(hash))
    Invite.objects.all().delete()
    old = charter.current()
    assert old is not None
    assert old.lacks == ("people", "guardian")
    act = proposed(TWO)
    assert [one.approve(act).complete for one in two] == [False, True]
    candidate = enrolled(commands.invite_as_operator(["decider"], "FR"))
    row = Admission.objects.get(person=candidate.person)
    assert not sign_admission(row, *two)
    link = founding.first_link()
    assert link
    guards = founder(token_of(link), "guardian", "CH")
    assert not sign_charter(token_of(link), [guards, two[0]])
    assert sign_charter(token_of(link), [two[1]])
    assert founding.first_link() is None
    assert charter.current().whole  # type: ignore[union-attr]


def test_a_link_of_before_ends_with_the_founding_and_with_the_next_link(token: str) -> None:
    new = founding.first_link()
    assert new
    with pytest.raises(Refused, match="not known"):
        founder(token, EVERYTHING, "BE")
    sign_charter(token_of(new), trio(token_of(new)))
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


def enrol(client: Client, path: str, place: str, roles: str = EVERYTHING) -> SoftwareAuthenticator:
    key = SoftwareAuthenticator.make()
    made = json.dumps(key.register(asked(client, f"{path}/options")))
    answer = client.post(f"{path}/join", {"response": made, "role": roles.split(), "jurisdiction": place})
    assert (answer.status_code, answer["Location"]) == (302, path), answer.content
    return key


def sign(client: Client, path: str, key: SoftwareAuthenticator) -> str:
    challenge = asked(client, f"{path}/sign/options")
    answer = client.post(f"{path}/sign", {"response": json.dumps(key.sign(challenge)), "charter": challenge.hex()})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def test_three_found_it_at_one_page_one_after_the_other(token: str) -> None:
    client, path = visitor(), f"/people/founding/{token}"
    assert "At least three people" in client.get(path).content.decode()
    keys = [enrol(client, path, place) for place in ("BE", "ee")]
    assert "one of them who guards" in client.get(path).content.decode()
    keys.append(enrol(client, path, "CH", "guardian"))
    page = client.get(path).content.decode()
    assert "Before the charter can be signed" not in page
    assert len(re.findall(r"not signed yet", page)) == 3
    assert sign(client, path, keys[1]) == path
    assert sign(client, path, keys[2]) == path
    assert not is_in(client)
    assert sign(client, path, keys[0]) == "/console/"
    assert is_in(client)
    assert client.get(path).status_code == 410


def test_what_was_typed_is_there_still_when_it_is_refused_in_the_readers_language(token: str) -> None:
    client, path = visitor(), f"/people/founding/{token}"
    made = json.dumps(SoftwareAuthenticator.make().register(asked(client, f"{path}/options")))
    given = {"response": made, "role": ["decider", "guardian"], "jurisdiction": "EE", "domain": "guardian.example.org"}
    answer = client.post(f"{path}/join?language=fr", given)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "un gardien n’a pas d’autre rôle" in page
    assert 'value="EE"' in page
    assert 'value="guardian.example.org"' in page
    assert re.findall(r'name="role" value="(\w+)" checked', page) == ["decider", "guardian"]


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
