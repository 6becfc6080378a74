"""The demo's sample mails: each is read as what it says it is."""

from datetime import UTC, datetime, timedelta

import pytest

from comity.authorities import rules
from comity.demo import keys, samples
from comity.demo.register import AUTHORITIES
from comity.reading import child

AT = datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)
TARGET = "http://localhost:8123/c/harbour-talk/48812"
DEMO = [
    rules.Registered(a["id"], a["name"], a["country"], tuple(a["domains"]), a["accredited"], a["realm"])
    for a in AUTHORITIES
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def reading(name, data, **change):
    given = {
        "target_url": TARGET,
        "reference": "OOS-2026-1184",
        "issued_at": AT,
        "message_id": "<1@online-safety.example>",
    }
    raw = samples.make(name, key=keys.ensure(data), **given | change)
    return child.read(raw, {"data": str(data), "mailboxes": [samples.TO]})


def grade(found):
    envelope = found["envelope"]
    signed = tuple(rules.Signed(s["domain"], s["valid"], s["why"]) for s in found["signatures"])
    replies = tuple(a["address"] for a in envelope["reply_to"])
    return rules.grade(rules.Evidence(envelope["from"]["address"], signed, replies), DEMO)


@pytest.mark.parametrize("name", ["good-pdf", "good-text", "missing-elements", "cannot-carry-out"])
def test_it_works(name, data):
    found = reading(name, data)
    form = found["orders"][0]["facts"]["form"]
    assert form["reference"] == "OOS-2026-1184"
    assert form["urls"] == [TARGET]
    assert form["issued_at"] == "2026-11-24T08:00:30Z"
    assert (form["issuing_state"], form["establishment_state"]) == ("DE", "BE")
    assert form["signature"] == {"kind": "stamp"}
    assert grade(found).grade == "domain"
    assert found["envelope"]["message_id"] == "<1@online-safety.example>"


def test_both_good_ones_say_the_same(data):
    pdf, text = (reading(name, data)["orders"][0]["facts"] for name in ("good-pdf", "good-text"))
    assert pdf == text


def test_every_fact_has_its_place_and_every_place_its_line_on_the_sheet(data):
    for name, where in (("good-pdf", "form field A.6"), ("good-text", "line ")):
        found = reading(name, data)
        places = found["orders"][0]["places"]
        lines = {line["field"] for section in found["sheet"]["sections"] for line in section["lines"]}
        assert places["form.reference"]["where"].startswith(where)
        assert set(places) == lines


def test_the_one_with_missing_elements_says_what_is_blank(data):
    found = reading("missing-elements", data)
    form = found["orders"][0]["facts"]["form"]
    assert "missing-elements" in found["flags"]
    assert form["categories"] == []
    assert form["redress_body"] == form["redress_deadline"] == ""


def test_the_forged_one_is_a_look_alike_without_a_grade(data):
    made = grade(reading("forged", data))
    assert made.grade == "none"
    assert {"lookalike-domain", "unauthenticated", "reply-to-differs"} <= set(made.flags)


def test_the_threat_is_flagged_and_no_order(data):
    found = reading("threat", data)
    assert found["orders"] == []
    assert {"person-lever", "no-legal-basis"} <= set(found["flags"])


def test_ordinary_mail_is_ordinary(data):
    found = reading("support", data)
    assert (found["orders"], found["flags"], found["signatures"]) == ([], [], [])


def test_the_preservation_order_is_read_from_its_pdf_and_is_the_prosecutors(data):
    account = "http://localhost:8123/u/luc"
    found = reading("preserve", data, target_url=account, reference="740 Js 1/26")
    facts = found["orders"][0]["facts"]
    assert found["orders"][0]["instrument"] == "eu-eevidence-preservation"
    assert facts["form"]["issuing_file_number"] == "740 Js 1/26"
    assert facts["form"]["identifiers_user"] == [account]
    assert {row["category"] for row in facts["data"]} == {"subscriber", "traffic", "content"}
    made = grade(found)
    assert (made.grade, made.authority) == ("domain", "demo-prosecutor")


def test_the_later_mail_says_that_it_prolongs(data):
    found = reading("prolong", data, target_url="http://localhost:8123/u/luc", replies_to="<1@lantern.example>")
    assert (found["orders"], found["later"]["kind"]) == ([], "extension")
    assert found["envelope"]["in_reply_to"] == "<1@lantern.example>"
    assert grade(found).authority == "demo-prosecutor"


def test_summer_and_winter_give_the_same_instant(data):
    for at in (AT, AT + timedelta(days=200)):
        form = reading("good-text", data, issued_at=at)["orders"][0]["facts"]["form"]
        assert form["issued_at"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_key_is_made_once_and_kept_from_others(data):
    assert keys.ensure(data) == keys.ensure(data)
    assert (data / "demo" / "dkim.key").stat().st_mode & 0o077 == 0


def test_a_sample_without_its_target_is_refused(data):
    with pytest.raises(ValueError, match="address"):
        reading("good-pdf", data, target_url=None)


def test_an_instant_without_zone_is_refused(data):
    with pytest.raises(ValueError, match="zone"):
        reading("good-text", data, issued_at=AT.replace(tzinfo=None))


def test_the_list_tells_what_each_is():
    assert list(samples.SAMPLES) == [
        "good-pdf", "good-text", "missing-elements", "cannot-carry-out", "forged", "threat", "urgent-mail", "support",
        "preserve", "prolong", "disclosure", "dsa-act", "dsa-inform", "produce", "us-preserve", "us-warrant",
        "us-emergency", "scrutiny", "access", "no-pack",
    ]  # fmt: skip
    assert all(sample.says for sample in samples.SAMPLES.values())
    assert {*samples.MAKERS, *samples.ORDERS} == set(samples.SAMPLES)
