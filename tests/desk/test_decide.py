"""Deciding from the desk: what was sent back is put again by a button, and a form's address leads back to its page."""

from road import Road

from comity.cases.models import Case


def test_it_works_what_was_sent_back_is_put_again_from_its_page(road: Road, at_the_desk) -> None:
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    page, decider = f"/console/cases/{case.id}", at_the_desk("decider")
    assert decider.post(f"{page}/return", {"reason": "Look at the address again"}).status_code == 302
    assert "Put it to the deciders" in at_the_desk("handler").get(page).content.decode()
    assert at_the_desk("handler").post(f"{page}/propose", {"kind": "execute"}).status_code == 302
    case.refresh_from_db()
    assert case.act


def test_what_cannot_be_done_now_leads_back_to_a_page_that_exists(road: Road, at_the_desk) -> None:
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    page = f"/console/cases/{Case.objects.get(request=request).id}"
    refused = at_the_desk("decider").post(f"{page}/sign", {"act": "0" * 64})
    assert refused.status_code == 409
    assert f'href="{page}"' in refused.content.decode()
