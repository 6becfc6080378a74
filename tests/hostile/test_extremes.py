"""Dates at the calendar's ends, references without end, odd character sets and names: read or left, never a crash."""

import re

import pytest
from hostile.scene import case_of, decide, order, signed, take
from hostile.test_outsiders import client_of
from road import Road

from comity.cases.models import Request

ZONES = ("Pacific/Auckland", "America/Anchorage")
DAYS = (
    "31 December 9999",
    "31 December 9999 23:59 CET",
    "9999-12-31T23:59:59Z",
    "1 January 0001 00:00 UTC",
    "0001-01-01",
    "03/04/0000",
    "0000-00-00",
)


LINES = {
    "until": (r"(?m)^(\[x\] For reasons of public security.*)$", r"\1, until {day}"),
    "issued": (r"(?m)^(A\.5 [^:]*): .*$", r"\1: {day}"),
    "signed": (r"(?m)^(E\.8 [^:]*): .*$", r"\1: {day}"),
}


def saying(road: Road, name: str, day: str) -> bytes:
    """The order with one of its days written otherwise."""
    mail = order(road, road.post(), f"OOS-2026-{road.count}", non_disclosure=name == "until")
    line, other = LINES[name]
    text, changed = re.subn(line, other.format(day=day), mail.get_content())
    assert changed == 1, name
    mail.set_content(text)
    return signed(mail)


def looked_at(road: Road, *requests: Request) -> None:
    """Every page of these requests and their cases, as people at both ends of the day see them."""
    pages = ["/console/", "/console/cases/", "/console/requests/", "/console/?format=csv", "/demo/"]
    for request in requests:
        pages += [f"/console/requests/{request.id}", *(f"/console/cases/{j.case_id}" for j in request.joined.all())]
    client = client_of(road.person("handler"))
    for zone in ZONES:
        client.cookies["tz"] = zone
        for page in pages:
            assert client.get(page).status_code == 200, (page, zone)


@pytest.mark.slow
@pytest.mark.parametrize("day", [DAYS[0], DAYS[-1], *(pytest.param(day, marks=pytest.mark.soak) for day in DAYS[1:-1])])
def test_a_day_at_the_calendars_end_is_read_or_left_to_a_person(road: Road, day: str) -> None:
    came = []
    for name in LINES:
        request = take(road, saying(road, name, day))
        came.append(request)
        assert (request.kind, road.refused) == ("order", []), name
        if request.lane != "triage":  # where it holds a day that no order can have: facts that a person looks at
            assert decide(road, case_of(request)).state == "answered", (name, road.refused)
    looked_at(road, *came)
