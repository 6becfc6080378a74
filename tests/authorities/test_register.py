"""The register: made from tables, checked field by field, and asked who sent a mail."""

import pytest

from comity.authorities import commands
from comity.authorities.commands import BadEntry, sync
from comity.authorities.models import Authority
from comity.demo.register import AUTHORITIES

pytestmark = pytest.mark.django_db

OFFICE = {
    "id": "ie-office",
    "name": "Office for Content",
    "kind": "regulator",
    "country": "IE",
    "domains": ["Office.Ireland.Example"],
    "address": "orders@office.ireland.example",
    "phone": "+353 1 000 0000",
    "accredited": True,
}
READING = {
    "envelope": {"from": {"name": "Desk", "address": "orders@office.ireland.example"}, "reply_to": []},
    "flags": [],
    "signatures": [{"domain": "office.ireland.example", "selector": "s", "valid": True, "why": ""}],
    "orders": [],
}


def test_it_works():
    assert sync([OFFICE, *AUTHORITIES]) == ["ie-office", *(one["id"] for one in AUTHORITIES)]
    entry = commands.entry("ie-office")
    assert entry is not None
    assert entry.domains == ["office.ireland.example"]
    assert entry.realm == "real"
    verification = commands.grade(READING, [], "real")
    assert (verification.grade, verification.authority) == ("domain", "ie-office")


def test_sync_twice_changes_nothing():
    sync([OFFICE])
    sync([OFFICE])
    assert Authority.objects.count() == 1


def test_an_authority_that_is_no_longer_listed_stays_and_signs_for_nothing():
    sync([OFFICE])
    sync([])
    assert not commands.entry("ie-office").accredited
    assert commands.grade(READING, [], "real").grade == "none"


@pytest.mark.parametrize("realm", ["real", "drill"])
def test_the_demos_authority_speaks_in_the_demo_only(realm):
    sync(AUTHORITIES)
    sender = {"name": "", "address": "orders@online-safety.example"}
    signatures = [{"domain": "online-safety.example", "selector": "demo", "valid": True, "why": ""}]
    reading = READING | {"envelope": {"from": sender}, "signatures": signatures}
    assert commands.grade(reading, [], "demo").grade == "domain"
    elsewhere = commands.grade(reading, [], realm)
    assert (elsewhere.grade, elsewhere.authority) == ("none", None)
    assert any("of realm demo" in reason for reason in elsewhere.reasons)


def test_a_call_to_an_authority_of_another_realm_confirms_nothing():
    sync([OFFICE, *AUTHORITIES])
    calls = [{"authority": "demo-online-safety", "confirmed": True}]
    assert commands.grade(READING | {"signatures": []}, calls, "real").grade == "none"


def test_a_recorded_call_back_counts_for_its_request():
    sync([OFFICE])
    unsigned = READING | {"signatures": []}
    calls = [{"authority": "ie-office", "confirmed": True, "by": "person:1", "at": "2026-11-24T08:00:00Z"}]
    assert commands.grade(unsigned, calls, "real").grade == "accredited-channel"
    assert commands.grade(unsigned, [], "real").grade == "none"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "Not A Slug"}, "id"),
        ({"name": " "}, "name"),
        ({"kind": "wizard"}, "kind"),
        ({"country": "Ireland"}, "country"),
        ({"realm": "moon"}, "realm"),
        ({"accredited": "yes"}, "accredited"),
        ({"phone": ""}, "accredited"),
        ({"address": "nobody"}, "address"),
        ({"domains": "office.example"}, "domains"),
        ({"domains": ["no host"]}, "domains"),
        ({"checked_at": "yesterday"}, "checked_at"),
        ({"checked_at": "2026-01-01T00:00:00"}, "checked_at"),
        ({"domain": ["x.example"]}, "domain"),
    ],
)
def test_a_bad_entry_is_refused_with_its_field(change, field):
    with pytest.raises(BadEntry) as refused:
        sync([OFFICE | change])
    assert refused.value.field == field
    assert Authority.objects.count() == 0


def test_one_domain_of_two_authorities_is_refused():
    with pytest.raises(BadEntry, match="already listed"):
        sync([OFFICE, OFFICE | {"id": "ie-other"}])
