"""Which version judges: the one in force when the request arrived, in its own realm, and for ever after."""

from datetime import UTC, datetime, timedelta

import pytest
from people.members import Member

from comity import clock
from comity.cases import judging
from comity.cases.models import Finding
from comity.library import examples, in_force
from comity.people.models import Person
from comity.regulations import matching, packs
from comity.regulations.judge import canonical
from comity.vault import commands as vault

from .scene import SHIPPED, TCO, adopted
from .test_pages import judged

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def silent(at: datetime) -> dict[str, object]:
    """A good order, received at an instant, that says nothing on redress."""
    facts = examples.good(packs.load().version(TCO, SHIPPED))
    facts["form"]["redress_body"] = ""
    return facts | {"received_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def outcome(at: datetime, realm: str) -> str:
    return str(matching.judge_request(silent(at), in_force.library(realm))["outcome"])


def test_it_works(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        adopted(counsel, decider)
        clock.advance(3600)
        before, after = AT - timedelta(seconds=1), AT + timedelta(seconds=1)
        # judged now, an hour later: what counts is when it arrived
        assert [outcome(at, realm) for realm in ("real", "drill") for at in (before, after)] == [
            "valid", "defective", "valid", "defective",
        ]  # fmt: skip
        assert outcome(after, "demo") == "valid"


def test_a_finding_is_made_again_after_its_version_was_superseded(
    counsel: Member, decider: Member, demo: dict[str, Person]
) -> None:
    with clock.freeze(AT):
        first = adopted(counsel, decider)
        made = matching.judge_request(silent(AT), in_force.library("real"))
        assert made["version"] == first.version
        row = Finding.objects.get(case=judged())
        row.doc = vault.put_json({"facts": silent(AT), "finding": made}, AT + timedelta(days=400))
        row.save()
        clock.advance(60)
        adopted(counsel, decider, version=first.version, check="signed", outcome="needs-person")
        clock.advance(60)
        assert canonical(judging.again(row)) == canonical(made)
