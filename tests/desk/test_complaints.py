"""A complaint is decided by somebody who neither put nor signed the act it is about."""

import re
from html import unescape

import pytest
from hostile.scene import decide, opened
from road import Road

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case
from comity.notifications import commands as notifications
from comity.notifications.models import Complaint, Notification
from comity.people.models import Person
from comity.people.refusals import NotAllowed


@pytest.fixture
def complaint(road: Road) -> Complaint:
    """Of the person affected by what both deciders signed."""
    return complained(road, decide(road, opened(road, road.post())))


def complained(road: Road, case: Case) -> Complaint:
    notifications.complain(Notification.objects.get(case=case), "It was a joke between friends")
    road.drive()
    return Complaint.objects.select_related("notification__case").get()


def case_of(complaint: Complaint) -> Case:
    return complaint.notification.case


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_it_works(road: Road, complaint: Complaint, at_the_desk) -> None:
    case = case_of(complaint)
    page = at_the_desk("counsel").get(f"/console/cases/{case.id}")
    assert f'action="/console/cases/{case.id}/complaints/{complaint.id}"' in page.content.decode()
    notifications.answer_complaint(road.person("counsel"), case.id, complaint.id, "We looked again.")
    assert notifications.complaints_of(case)[0].answer == "We looked again."


@pytest.mark.parametrize("state", ["BE", "EE"])
@pytest.mark.few(1)
def test_who_signed_the_act_does_not_decide_the_complaint(road: Road, complaint: Complaint, at_the_desk, state) -> None:
    case = case_of(complaint)
    with pytest.raises(NotAllowed, match="neither put nor signed"):
        notifications.answer_complaint(road.person("decider", state), case.id, complaint.id, "We were right.")
    client = at_the_desk("decider", state)
    page = client.get(f"/console/cases/{case.id}")
    assert "You put or signed the act that this is about" in words(page)
    assert "/complaints/" not in page.content.decode()
    assert client.post(f"/console/cases/{case.id}/complaints/{complaint.id}", {"text": "No."}).status_code == 403
    assert notifications.complaints_of(case)[0].answer == ""


def test_nor_does_who_put_it(road: Road) -> None:
    case, counsel = opened(road, road.post()), road.person("counsel")
    deciding.send_back(road.person("decider"), case.id, "Look at it once more")
    deciding.propose(case.id, "execute", by=counsel.by)
    complaint = complained(road, decide(road, case))
    with pytest.raises(NotAllowed, match="neither put nor signed"):
        notifications.answer_complaint(counsel, case.id, complaint.id, "We were right.")


@pytest.mark.soak
def test_a_desk_whose_every_decider_signed_is_told_plainly_what_it_can_do(
    road: Road, complaint: Complaint, at_the_desk
) -> None:
    case = case_of(complaint)
    assert "A decider, counsel or the head answers it" in words(at_the_desk("handler").get(f"/console/cases/{case.id}"))
    Person.objects.filter(name__in=("demo-counsel-be", "demo-head-ee")).update(is_active=False, ended_at=clock.now())
    page = words(at_the_desk("decider").get(f"/console/cases/{case.id}"))
    assert "Nobody here may answer it" in page
    assert "Let somebody in who has not" in page
