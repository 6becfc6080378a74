"""A version counts only while its bytes are the signed ones: whoever changes a file takes it out of force, no more."""

import json

import pytest
from people.members import Member, rewrite

from comity import clock
from comity.library import in_force
from comity.people.models import Act, Approval
from comity.regulations import packs
from comity.vault import commands as vault

from .scene import SHIPPED, TCO, adopted

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(counsel: Member, decider: Member):
    draft = adopted(counsel, decider)
    assert in_force.library("real").in_force(TCO, clock.now()).version == draft.version
    return in_force.folder("real") / TCO / f"{draft.version}.yaml"


def refused(rule: str) -> None:
    """The version is out of force for the reason named, and the shipped one counts again."""
    in_force._read.clear()
    library = in_force.library("real")
    assert [error.file for error in library.refused] == [f"{TCO}/2021-784.2.yaml"]
    assert rule in library.refused[0].rule
    assert library.in_force(TCO, clock.now()).version == SHIPPED


def test_one_byte_changed(file) -> None:
    file.write_text(file.read_text() + "# nobody will see this\n")
    refused("the act is about another sha256")


def test_a_changed_file_is_seen_without_a_restart(file) -> None:
    file.write_text(file.read_text() + "# nobody will see this\n")
    assert in_force.library("real").in_force(TCO, clock.now()).version == SHIPPED


def test_a_file_without_an_act(file) -> None:
    file.with_suffix(".json").unlink()
    # "2021-784.2.yaml" → "2021-784.2.json"
    refused("no act that people signed")


@pytest.mark.parametrize("names", ["{", "[]", '{"acts": 1}', '{"acts": ["' + "0" * 64 + '"]}', '{"acts": [{}]}'])
@pytest.mark.few(2)
def test_a_file_with_another_act(file, names: str) -> None:
    file.with_suffix(".json").write_text(names)
    refused("not adopted")


def test_an_act_of_another_kind(file, counsel: Member, decider: Member) -> None:
    from people.members import proposed as withhold

    hash = withhold()
    for member in (decider, counsel):
        if "decider" in member.person.roles:
            member.approve(hash)
    file.with_suffix(".json").write_text(json.dumps({"acts": [hash]}))
    refused("not adopted")


def test_an_act_whose_text_was_rewritten(file) -> None:
    hash = json.loads(file.with_suffix(".json").read_text())["acts"][0]
    text = vault.get(Act.objects.get(hash=hash).doc).replace(b"2021-784.2", b"2021-784.3")
    rewrite(hash, text)
    refused("not adopted")


def test_a_signature_taken_away(file) -> None:
    hash = json.loads(file.with_suffix(".json").read_text())["acts"][0]
    Approval.objects.filter(act=hash).order_by("id").last().delete()
    refused("don't make the quorum")


def test_a_bad_file_stops_no_other(file) -> None:
    (file.parent / "9.yaml").write_text("id: [")
    (file.parent.parent / "other").mkdir()
    (file.parent.parent / "other" / "1.yaml").write_bytes(b"\xff\xfe")
    library = in_force.library("real")
    assert {error.file for error in library.refused} == {f"{TCO}/9.yaml", "other/1.yaml"}
    assert library.in_force(TCO, clock.now()).version == "2021-784.2"
    assert set(packs.load().ids()) <= set(library.ids())


def test_it_still_verifies_when_other_acts_are_long_forgotten(file) -> None:
    with clock.freeze(clock.now().replace(year=clock.now().year + 40)):
        vault.forget(clock.now())
        assert in_force.library("real").in_force(TCO, clock.now()).version == "2021-784.2"


def test_a_file_taken_away_is_said(file, counsel: Member) -> None:
    from .test_pages import LIST, sent_in

    file.unlink()
    assert in_force.library("real").in_force(TCO, clock.now()).version == SHIPPED
    assert "Not in force, though it was adopted" in sent_in(counsel).get(LIST).content.decode()
