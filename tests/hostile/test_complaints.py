"""Complaints without end or measure on one page: a bounded number, in words that say what to do, and none lost."""

import pytest
from django.test import Client
from hostile.scene import decide, opened
from hostile.test_outsiders import HOST
from road import Road

from comity.notifications import commands as notifications
from comity.notifications.models import Notification


@pytest.mark.soak
def test_a_flood_of_complaints_is_bounded_and_each_that_was_taken_is_kept(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    told = Notification.objects.get(case=case)
    path = f"/statement/{notifications.token_of(told.event, told.target)}"
    visitor = Client(**HOST)
    too_long = visitor.post(path, {"text": "x" * (notifications.TEXT_AT_MOST + 1)})
    assert (too_long.status_code, told.complaints.count()) == (400, 0)
    assert f"at most {notifications.TEXT_AT_MOST} characters" in too_long.content.decode()
    assert visitor.post(path, {"text": "x" * (10 << 20)}).status_code == 413
    codes = [visitor.post(path, {"text": f"number {n}"}).status_code for n in range(notifications.COMPLAINTS_AT_MOST)]
    assert codes == [302] * notifications.COMPLAINTS_AT_MOST
    one_more = visitor.post(path, {"text": "one more"})
    assert one_more.status_code == 400
    assert "wait for our answer" in one_more.content.decode()
    road.drive()
    assert road.refused == []
    assert [each.text for each in notifications.complaints_of(case)] == [f"number {n}" for n in range(len(codes))]
    assert visitor.get(path).status_code == 200
