"""Who adopts: every group too small, too uniform or of the wrong role stays short; realms never mix."""

import itertools
from collections.abc import Callable

import pytest
from people.members import Member

from comity.adoption import commands
from comity.adoption.models import Draft
from comity.library import in_force
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.regulations.packs import NoPack

from .scene import REASON, SHIPPED, TCO, blocks, proposed, sign

pytestmark = pytest.mark.django_db
FOLK = (("counsel", "BE"), ("decider", "BE"), ("decider", "EE"))


GROUPS = [group for count in (1, 2) for group in itertools.combinations(FOLK, count)]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: " and ".join(f"{role} {place}" for role, place in group))
def test_it_works_for_every_group(group: tuple[tuple[str, str], ...], join: Callable[..., Member]) -> None:
    """Adopted exactly where two sign from two jurisdictions."""
    people = [join(*who) for who in group]
    draft = proposed(people[0])
    enough = len({place for _, place in group}) == 2
    for member in people[:-1]:
        assert not sign(member, draft)
    if len(people) == 2 and not enough:
        with pytest.raises(ApprovalRefused, match="more jurisdictions"):
            sign(people[-1], draft)
    else:
        assert sign(people[-1], draft) == enough
    assert (Draft.objects.get(pk=draft.pk).state == "in-force") == enough


def test_the_same_person_twice_is_one(counsel: Member) -> None:
    draft = proposed(counsel)
    assert not sign(counsel, draft)
    with pytest.raises(ApprovalRefused) as refused:
        sign(counsel, draft)
    assert refused.value.reason == "twice"


def test_a_signature_over_another_act_does_not_fit(counsel: Member, decider: Member) -> None:
    draft, other = proposed(counsel), proposed(counsel)
    with pytest.raises(ApprovalRefused):
        commands.sign(decider.person, draft.pk, draft.act, decider.sign(other.act))
    with pytest.raises(ApprovalRefused):
        commands.sign(decider.person, draft.pk, other.act, decider.sign(other.act))


def test_the_demo_adopts_for_the_demo_alone(demo: dict[str, Person], counsel: Member) -> None:
    person = demo["counsel-be"]
    draft = commands.draft(person, TCO, SHIPPED)
    commands.block(person, draft.pk, "redress", "defective")
    commands.try_on_past(person, draft.pk)
    act = commands.propose(person, draft.pk, REASON)
    commands.sign(person, draft.pk, act, None)
    assert commands.sign(demo["decider-ee"], draft.pk, act, None)
    draft.refresh_from_db()
    assert (draft.realm, draft.state) == ("demo", "in-force")
    assert blocks(in_force.library("demo").in_force(TCO, draft.starts_at))
    for realm in ("real", "drill"):
        library = in_force.library(realm)
        assert library.in_force(TCO, draft.starts_at).version == SHIPPED
        with pytest.raises(NoPack):
            library.version(TCO, draft.version)


def test_the_demos_files_count_for_nothing_in_the_real_folder(demo: dict[str, Person]) -> None:
    test_the_demo_adopts_for_the_demo_alone(demo, None)  # type: ignore[arg-type]
    there, here = in_force.folder("demo") / TCO, in_force.folder("real") / TCO
    here.mkdir(parents=True)
    for file in there.iterdir():
        (here / file.name).write_bytes(file.read_bytes())
    library = in_force.library("real")
    assert [error.rule for error in library.refused] == ["not adopted: the act is about another realm"]
    assert len(library.packs) == len(in_force.packs.load().packs)


def test_a_demo_person_signs_nothing_real(demo: dict[str, Person], counsel: Member) -> None:
    draft = proposed(counsel)
    with pytest.raises(Exception, match=r"regulation\.draft"):
        commands.sign(demo["decider-ee"], draft.pk, draft.act, None)
    assert Draft.objects.get(pk=draft.pk).state == "proposed"
