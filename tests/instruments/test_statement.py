from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comity import instruments
from comity.authorities.words import HOW
from comity.instruments.statement import House, Posted, Told
from comity.measures.looks import Looks
from comity.platforms.territory import EU

ZONE = ZoneInfo("Europe/Brussels")
HOUSE = House("Lantern", "BE", ZONE, authority="Media Authority of BE", authority_address="tco@media.example")
TOLD_AT = datetime(2026, 11, 24, 12, 44, tzinfo=UTC)
SINCE = datetime(2026, 11, 24, 12, 39, tzinfo=UTC)
ONE = Posted("https://lantern.example/c/1", "Harbour talk", datetime(2026, 11, 23, 20, 14, tzinfo=UTC), SINCE)
FROM_ALL = Looks(("EU",), dict.fromkeys(sorted(EU), "withheld"), {"CH": "visible"}, 1, 1, SINCE)
FROM_THREE = Looks(("EU",), {"FR": "withheld", "BE": "withheld", "AT": "gone"}, {"CH": "visible"}, 1, 1, SINCE)
FACTS = {
    "instrument": "eu-tco-removal-order",
    "authority": {"name": "Office for Online Safety", "country": "FR"},
    "form": {
        "reference": "OOS-2026-1184",
        "issued_at": "2026-11-24T11:00:00Z",
        "categories": ["a-incite", "no-such-box"],
        "redress_body": "Administrative Court",
        "redress_deadline": "",
    },
}


def built(facts=None, told=None, house=HOUSE, now=TOLD_AT):
    done = {"told_at": TOLD_AT, "posted": (ONE,), "territory": ("EU",), "looks": FROM_ALL, "grade": "domain"} | (
        told or {}
    )
    known = FACTS | (facts or {})
    return instruments.of(known["instrument"]).statement(known, {}, Told(**done), house, now)


def form(**more):
    return {"form": FACTS["form"] | more}


def way(page, name):
    return next((one for one in page.ways if one.id == name), None)


def test_it_works():
    page = built()
    said = dict(page.pairs)
    assert page.title == "One of your messages can no longer be seen in the European Union"
    assert said["Which message"] == "The one you posted on 23 November 2026, 21:14 CET in the channel Harbour talk."
    assert said["Since when"] == "24 November 2026, 13:39 CET"
    assert said["Where"] == (
        "Hidden in the European Union, and nowhere else. We looked from each of the 27 Member States of the European "
        "Union on 24 November 2026, 13:39 CET: there it could not be seen. From Switzerland it could be seen."
    )
    assert page.who == "Office for Online Safety (France), order OOS-2026-1184 of 24 November 2026."
    assert [one.id for one in page.ways] == ["scrutiny", "court", "complaint"]
    assert len(page.not_happened) == 3


def test_a_look_from_three_states_is_told_as_that_and_never_as_all():
    page = built(told={"looks": FROM_THREE})
    assert page.title == "One of your messages is hidden in the European Union"
    where = dict(page.pairs)["Where"]
    assert "from Austria, Belgium and France on" in where
    assert "27" not in where


def test_where_nobody_has_looked_it_says_so():
    page = built(told={"looks": Looks()})
    assert page.title.endswith("is hidden in the European Union")
    assert dict(page.pairs)["Where"].endswith("We have not looked yet.")


def test_how_the_sender_was_checked_is_told_by_the_grade_alone():
    said = {grade: built(told={"grade": grade}).judgment for grade in HOW}
    assert all(str(HOW[grade]) in words for grade, words in said.items())
    assert "itself was not called" in said["domain"]
    assert "not confirmed" in said["none"]
    assert not any("genuine" in words for words in said.values())


def test_the_category_is_told_in_the_words_of_the_form_with_its_article():
    reason = built().reasons[0]
    assert reason.text.startswith("incites others to commit terrorist offences")
    assert "(point" not in reason.text
    assert reason.cite == "Regulation (EU) 2021/784, Art. 2(7)(a)"


def test_scrutiny_ends_48_hours_after_the_next_full_hour():
    scrutiny = way(built(), "scrutiny")
    assert scrutiny.until == datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert "begin with the next full hour" in scrutiny.counted
    assert scrutiny.link == "mailto:tco@media.example"


def test_a_time_that_is_over_is_said():
    assert "This time is over" in way(built(now=TOLD_AT + timedelta(days=3)), "scrutiny").counted


def test_an_order_of_our_own_state_has_no_scrutiny():
    page = built({"authority": {"name": "Office", "country": "BE"}})
    assert way(page, "scrutiny") is None


def test_where_the_state_of_the_order_is_unknown_scrutiny_is_told_with_its_condition():
    assert "if the order comes from another" in way(built({"authority": {}}), "scrutiny").says


def test_a_provider_outside_the_union_has_the_authority_of_its_representatives_state():
    outside = House("Lantern", "CH", ZONE, representative="IE")
    assert "of Ireland" in way(built(house=outside), "scrutiny").title


def test_an_establishment_in_the_union_counts_before_a_representative():
    assert "of Belgium" in way(built(house=House("Lantern", "BE", ZONE, representative="IE")), "scrutiny").title


def test_a_blank_time_limit_is_asked_for_and_an_unread_one_is_not_called_blank():
    blank, unread = way(built(), "court"), way(built({"form": {}}), "court")
    assert blank.until is None
    assert "does not say" in blank.counted
    assert "could not read it" in unread.counted
    assert "does not name" in unread.says


def test_the_orders_time_limit_is_quoted():
    assert (
        way(built(form(redress_deadline="2 months from notification")), "court").quote == "2 months from notification"
    )


def test_a_court_date_that_can_be_counted_is_and_says_how():
    known = {"received_at": "2026-11-24T11:07:00Z"} | form(redress_deadline="2 months from notification")
    court = way(built(known), "court")
    assert court.until == datetime(2027, 1, 24, 23, tzinfo=UTC)
    assert "from the earliest day" in court.counted
    assert court.quote == "2 months from notification"
    assert "This time is over" in way(built(known, now=datetime(2027, 2, 1, tzinfo=UTC)), "court").counted


def test_what_the_authority_told_of_the_court_counts_before_what_can_be_counted():
    known = {"received_at": "2026-11-24T11:07:00Z"} | form(redress_deadline="2 months from notification")
    court = way(built(known, {"challenge": (date(2027, 3, 1), TOLD_AT)}), "court")
    assert court.until == datetime(2027, 3, 1, 23, tzinfo=UTC)
    assert "So the authority told us" in court.counted


def test_where_the_authority_was_asked_in_our_answer_it_says_when():
    court = way(built(told={"answered_at": TOLD_AT}), "court")
    assert "In our answer of 24 November 2026, 13:44 CET we asked the authority" in court.counted


def test_the_reader_is_told_in_their_zone_and_days_are_counted_in_ours():
    far = House("Lantern", "BE", ZoneInfo("Asia/Tokyo"), counted=ZONE)
    page = built(house=far)
    assert dict(page.pairs)["Since when"] == "24 November 2026, 21:39 JST"
    assert way(page, "complaint").until == way(built(), "complaint").until


def test_a_link_of_the_order_that_is_no_web_address_is_left_out():
    assert way(built(form(redress_law_url="javascript:alert(1)")), "court").link == ""


def test_a_complaint_can_be_made_for_six_months():
    page = built()
    assert page.works_until == datetime(2027, 5, 24, 22, tzinfo=UTC)
    assert "2 weeks" in way(page, "complaint").says


def test_several_messages_are_told_as_several():
    page = built(told={"posted": (ONE, Posted("https://lantern.example/c/2"))})
    assert page.title.startswith("2 of your messages")
    assert len(page.refs) == 2
    assert "messages are not deleted" in page.not_happened[1]
    assert "sealed" not in page.not_happened[1]


def test_a_copy_is_said_to_be_kept_only_where_one_is_and_until_when():
    kept = built(told={"sealed_until": datetime(2027, 5, 24, 22, tzinfo=UTC)}).not_happened[1]
    assert "sealed until 25 May 2027, 00:00 CEST" in kept


def test_within_two_weeks_is_told_only_where_the_law_says_so():
    assert "within 2 weeks" in way(built(), "complaint").says
    assert "2 weeks" not in way(built({"instrument": "eu-dsa-order-act"}), "complaint").says


def test_other_territories_are_named():
    two = Looks(("FR", "DE"), {"FR": "withheld", "DE": "withheld"}, {"CH": "visible"}, 1, 1, SINCE)
    assert built(told={"territory": ("FR", "DE"), "looks": two}).title.endswith("in France and Germany")
    world = Looks(("WORLD",), {"FR": "withheld", "JP": "withheld"}, {}, 1, 1, SINCE)
    page = built(told={"territory": ("WORLD",), "looks": world})
    assert page.title.endswith("is hidden everywhere")
    assert dict(page.pairs)["Where"].startswith("Everywhere. We looked from France and Japan on")


def test_what_was_lifted_is_told_as_seen_again():
    again = Looks(("EU",), dict.fromkeys(sorted(EU), "visible"), {"CH": "visible"}, 1, 1, TOLD_AT, lifted=True)
    page = built(told={"lifted_at": TOLD_AT, "looks": again})
    assert page.lifted
    assert "on 24 November 2026, 13:44 CET: there it could be seen." in dict(page.pairs)["Where"]
    assert not any("comes back at once" in way.says for way in page.ways)
    assert any("comes back at once" in way.says for way in built().ways)
    assert "can be seen again" in page.title


def test_an_effect_not_seen_yet_is_said_to_be_unknown():
    assert dict(built(told={"posted": (Posted("x"),)}).pairs)["Since when"].startswith("Not known yet")


def test_what_did_happen_is_not_denied():
    lines = " ".join(built(told={"kinds": ("purge",), "disclosed": True}).not_happened)
    assert "not deleted" not in lines
    assert "gave nobody" not in lines


def test_another_instrument_speaks_of_no_terrorist_content():
    page = built({"instrument": "eu-dsa-order-act"})
    assert "terrorist" not in page.why
    assert page.reasons == ()
    assert way(page, "scrutiny") is None


def test_facts_that_are_no_more_than_an_instrument_still_make_a_page():
    order, told = instruments.of("eu-tco-removal-order"), Told(TOLD_AT, (), ("EU",))
    page = order.statement({"instrument": order.id}, {}, told, HOUSE, TOLD_AT)
    assert page.who == "An authority."


def test_an_order_on_no_form_says_where_and_until_when_it_is_fought_in_one():
    letter = {
        "instrument": "eu-dsa-order-act",
        "received_at": "2026-11-24T12:00:00Z",
        "form": {"reasons": "Insult", "legal_basis": "Law 2004-575", "redress": "Court of Port-Clair, fifteen days"},
    }
    page = built(letter, {"territory": ("FR",)})
    court = way(page, "court")
    assert "Court of Port-Clair" in court.says
    assert court.until.date() == date(2026, 12, 9)
    assert [reason.text for reason in page.reasons] == ["Insult", "Law 2004-575"]
    assert way(page, "scrutiny") is None
