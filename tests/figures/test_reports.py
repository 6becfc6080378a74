"""What a platform reports of a day: stored, replaced, doubted or refused by field and rule."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from comity import clock
from comity.figures import reporting, reports
from comity.figures.models import Made, Reported
from comity.ledger.models import Event
from comity.people.refusals import BadInput

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    cache.clear()
    with clock.freeze(NOW):
        yield


def put(body: object, token: str, day: str = "2026-11-29", platform: str = "lantern"):
    client = Client(HTTP_HOST="localhost:8000")
    data = body if isinstance(body, str) else json.dumps(body)
    return client.put(
        f"/api/v1/figures/{platform}/{day}", data, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
    )


def test_it_works_and_the_same_again_changes_nothing() -> None:
    token, body = reporting.token("lantern"), {"users": 900, "active": 300, "countries": {"FR": {"users": 40}}}
    assert put(body, token).json() == {
        "platform": "lantern", "day": "2026-11-29", "new": 3, "changed": 0, "doubted": 0,
    }  # fmt: skip
    assert put(body, token).json()["new"] == 0
    assert put({"users": 901}, token).json()["changed"] == 1
    rows = set(Reported.objects.values_list("name", "country", "n", "realm"))
    assert rows == {("users", "", 901, "real"), ("active", "", 300, "real"), ("users", "FR", 40, "real")}
    assert Event.objects.filter(kind="figures.reported").count() == 2


def test_only_the_latest_token_of_this_platform_opens_it() -> None:
    first, other = reporting.token("lantern"), reporting.token("torch")
    second = reporting.token("lantern")
    for wrong in (first, other, "", "x" * 32, second + "a"):
        answer = put({"users": 1}, wrong)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert put({"users": 1}, second).status_code == 200
    assert Client(HTTP_HOST="localhost:8000").get("/api/v1/figures/lantern/2026-11-29").status_code == 405


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"users": -1}, "users"),
        ({"users": 1.5}, "users"),
        ({"users": True}, "users"),
        ({"users": 10**13}, "users"),
        ({"people": 3}, "people"),
        ({"users": 5, "active": 6}, "active"),
        ({"users": 5, "countries": {"FR": {"users": 6}}}, "countries.FR.users"),
        ({"countries": {"fr": {"users": 6}}}, "country"),
        ({"countries": 3}, "countries"),
        ({}, "body"),
        ([], "body"),
        ('{"users": 1, "users": 2}', "body"),
        ('{"users": NaN}', "body"),
        ("[" * 9_000, "body"),
        ('{"users": 1' + " " * 20_000 + "}", "body"),
    ],
)
def test_what_can_not_be_is_refused_by_field_and_nothing_is_stored(body: object, field: str) -> None:
    answer = put(body, reporting.token("lantern"))
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Reported.objects.exists()


@pytest.mark.parametrize("day", ["2026-12-01", "2025-10-01", "2026-02-30", "yesterday", "2026-1-1"])
def test_a_clock_that_stepped_reports_no_day_that_has_not_begun_or_is_long_over(day: str) -> None:
    assert put({"users": 1}, reporting.token("lantern"), day).json()["field"] == "day"


def test_fewer_users_than_were_active_the_day_before_is_kept_and_doubted() -> None:
    token = reporting.token("lantern")
    put({"users": 1000, "active": 600}, token, "2026-11-28")
    assert put({"users": 500, "active": 400}, token).json()["doubted"] == 1
    assert Reported.objects.get(day="2026-11-29", name="users").doubt == reports.FEWER


def test_what_is_told_later_of_the_day_before_makes_or_ends_a_doubt() -> None:
    token = reporting.token("lantern")
    put({"users": 500}, token)
    assert put({"active": 600}, token, "2026-11-28").json()["doubted"] == 1
    assert Reported.objects.get(day="2026-11-29", name="users").doubt == reports.FEWER
    put({"active": 450}, token, "2026-11-28")
    assert Reported.objects.get(day="2026-11-29", name="users").doubt == ""


def test_a_day_told_in_parts_can_not_become_one_that_never_was() -> None:
    token = reporting.token("lantern")
    put({"users": 100, "countries": {"FR": {"users": 90}}}, token)
    for body, field in (({"active": 101}, "active"), ({"users": 80}, "countries.FR.users")):
        assert (put(body, token).status_code, put(body, token).json()["field"]) == (400, field)
    assert put({"users": 80, "countries": {"FR": {"users": 70}}}, token).json()["changed"] == 2


def test_a_file_is_stored_whole_or_not_at_all() -> None:
    good = "platform,day,name,n\nlantern,2026-11-28,users,10\nlantern,2026-11-29,users,11\n"
    assert reporting.report_all("demo", reporting.typed(good, TODAY)) == {
        "days": 2, "new": 2, "changed": 0, "doubted": 0,
    }  # fmt: skip
    for bad, where in (
        (good + "lantern,2026-11-29,users,12\n", "line 4, name"),
        (good + "lantern,2026-11-29,active,12\n", "lantern 2026-11-29, active"),
        (good + "lantern,2026-11-30,users,-4\n", "line 4, users"),
        (good + "lantern,2026-11-30,users,many\n", "line 4, n"),
        (good + "lantern,2026-11-30\n", "line 4, columns"),
        (good + "Lantern!,2026-11-30,users,1\n", "line 4, platform"),
        ("platform,day,name\n", "line 1"),
        ("platform,day,name,n,n\nlantern,2026-11-30,users,1,2\n", "line 1"),
        (good + f"lantern,2026-11-30,{'x' * 200_000},1\n", "line 3"),
        ("platform,day,name,n\n", "line 2"),
    ):
        with pytest.raises(BadInput) as refused:
            reporting.typed(bad, TODAY)
        assert refused.value.field == where
    assert Reported.objects.filter(realm="real").count() == 0


def test_a_made_year_takes_the_place_of_the_one_before_and_is_of_no_realm_but_the_demo() -> None:
    for seed in (1, 2):
        reporting.keep_made(seed, [(date(2026, 11, 1), "acts", "FR", "x", seed)])
    assert list(Made.objects.values_list("seed", "n")) == [(2, 2)]
    assert "realm" not in {field.name for field in Made._meta.get_fields()}
