"""What was put to people before there were claims has its claim after an upgrade."""

from importlib import import_module

import pytest
from django.apps import apps
from road import Road

from comity.cases import asking
from comity.cases.models import Question
from comity.claims import commands, passing
from comity.claims.models import Claim

from .scene import THREAT, again, came, is_sorted, post

pytestmark = pytest.mark.django_db
MIGRATION = import_module("comity.claims.migrations.0002_from_questions")


@pytest.mark.parametrize(
    ("court", "pressure", "lane", "states"),
    [
        ("", "", "triage", ("unsorted", "unsorted")),
        ("unsure", "no", "counsel", ("unsorted", "none")),
        ("yes", "yes", "counsel", ("with-counsel", "registered")),
        ("no", "yes", "answered", ("none", "answered")),
    ],
)
def test_it_works(road: Road, court: str, pressure: str, lane: str, states: tuple[str, str]) -> None:
    claim = came(road, THREAT)
    request = claim.request
    Claim.objects.all().delete()
    for name, answer in (("court", court), ("pressure", pressure)):
        Question.objects.filter(request=request, name=name).update(answer=answer, by=road.person("handler").by)
    type(request).objects.filter(id=request.id).update(lane=lane)
    MIGRATION.open_each(apps, None)
    MIGRATION.open_each(apps, None)
    made = Claim.objects.get(request=request)
    assert (made.court, made.pressure, made.door) == (*states, "email")
    assert made.appear_at == asking.RequestDeadline.objects.get(request=request, theirs=True).due_target
    assert made.id.startswith("P-")


def test_it_is_acted_on_as_any(road: Road) -> None:
    claim = came(road, THREAT)
    request = claim.request_id
    Claim.objects.all().delete()
    MIGRATION.open_each(apps, None)
    made = Claim.objects.get(request=request)
    is_sorted(road, made, "yes", "no", country="FR")
    passing.instruct(road.person("counsel"), made.id, post(road).pk)
    assert again(made).court == "instructed"
    assert commands.alike(again(made)) == []
