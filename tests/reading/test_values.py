"""Words to values: what is certain is read, what can be read two ways is not."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.reading import identifiers, instants, urls, values

NEAR = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T08:58:00+01:00", "2026-11-24T07:58:00Z"),
        ("2026-11-24T07:58Z", "2026-11-24T07:58:00Z"),
        ("24 November 2026, 12:58 CET", "2026-11-24T11:58:00Z"),
        ("12.58 (CET) on 24 November 2026", "2026-11-24T11:58:00Z"),
        ("November 24th, 2026 at 3:05 p.m. UTC", "2026-11-24T15:05:00Z"),
        ("24/11/2026 12:58 GMT+2", "2026-11-24T10:58:00Z"),
        ("24.11.2026, 08:58 Uhr MEZ", "2026-11-24T07:58:00Z"),
        ("16 février 2027 à 10 h 30 (heure de Paris)", "2027-02-16T09:30:00Z"),
        ("9 March 2027, 4.05 p.m. (Irish time)", "2027-03-09T16:05:00Z"),
        ("1 July 2026 10:00 CEST", "2026-07-01T08:00:00Z"),
        ("1 July 2026 10:00 CET/CEST", "2026-07-01T08:00:00Z"),
        ("1 July 2026 10:00 Europe/Tallinn", "2026-07-01T07:00:00Z"),
        ("24-Nov-2026 1258 UTC", "2026-11-24T12:58:00Z"),
        ("24 November 2026 12:58 CET (11:58 UTC)", "2026-11-24T11:58:00Z"),
        ("24 November 2026 12 am UTC", "2026-11-24T00:00:00Z"),
        ("24 November 2026 12:58 UTC–3", "2026-11-24T15:58:00Z"),
        ("24 November 2026 12:58 UTC — 3", "2026-11-24T15:58:00Z"),
        ("24 November 2026 12:58 UTC\u20113", "2026-11-24T15:58:00Z"),
        ("24 November 2026 12:58 UTC\u22123:30", "2026-11-24T16:28:00Z"),
        ("24 November 2026 12:58 (UTC plus 1)", "2026-11-24T11:58:00Z"),
        ("24 novembre 2026 à 12 h 58, UTC moins 3", "2026-11-24T15:58:00Z"),
        ("24 November 2026 12:58 GMT+02:00", "2026-11-24T10:58:00Z"),
        ("24 November 2026 12:58 UTC/GMT", "2026-11-24T12:58:00Z"),
        ("24 November 2026 12:58 UTC time", "2026-11-24T12:58:00Z"),
        ("24.11.2026 12:58 Uhr (Berliner Zeit)", "2026-11-24T11:58:00Z"),
        ("2026-11-24T12:58:00-03:00", "2026-11-24T15:58:00Z"),
        ("24 November 2026, 12:58 local time (CET)", "2026-11-24T11:58:00Z"),
        ("12:58 CET, Paris, 24 November 2026", "2026-11-24T11:58:00Z"),
    ],
)
def test_an_instant_is_read(text, instant):
    assert instants.instant(text, None, NEAR) == instant


@pytest.mark.parametrize(
    "text",
    [
        "24/11/2026 12:58",
        "24 November 2026",
        "12:58 CET",
        "24 November 2026 12:58 IST",
        "1 July 2026 10:00 CET",
        "24 November 2026 12:58 CET (13:58 UTC)",
        "24 or 25 November 2026 and 25 November 2026 12:58 UTC, 24 November 2026",
        "25 October 2026 02:30 Paris time",
        "24/11/26 12:58 UTC",
        "24 November 2026 12:58 UTC plus one hour",
        "24 November 2026 12:58, one hour ahead of UTC",
        "24 November 2026 12:58, not UTC",
        "24 November 2026 12:58 UTC±1",
        "24 November 2026 12:58 UTC+1/+2",
        "24 November 2026 12:58 UTC+5½",
        "24 November 2026 12:58 GMT 1",
        "24 November 2026 12:58 CET+1",
        "24 November 2026 12:58 Etc/GMT+2",
        "24 November 2026 12:58 UTC (BST)",
        "24 November 2026 12:58 (+1)",
        "24 November 2026, 08:00-10:00",
        "24 November 2026 08:00–10:00",
        "24 November 2026 12:58 CST",
        "24 November 2026 12:58 CEST",
        "24 November 2026 12:58 Central European Summer Time",
        "12:58 UTC, Paris, 24 November 2026",
        "24 November 2026 12:58 Moscow time",
        "03/04/2026 12:58 UTC",
        "yesterday at noon",
        "",
    ],
)
def test_what_is_no_certain_instant_is_not_read(text):
    assert instants.instant(text, "FR", NEAR) is None


def test_local_time_is_the_issuing_states():
    assert instants.instant("24 November 2026 12:58 local time", "EE", NEAR) == "2026-11-24T10:58:00Z"
    assert instants.instant("24 November 2026 12:58 local time", None, NEAR) is None


def test_day_and_month_are_told_by_the_mails_own_date():
    assert values.day("11/12/2026", datetime(2026, 12, 11, tzinfo=UTC)) == "2026-12-11"
    assert values.day("12/11/2026", datetime(2026, 12, 11, tzinfo=UTC)) == "2026-12-11"
    assert values.day("03/04/2026", None) is None


def test_where_the_day_always_comes_first_a_slash_says_no_more_than_a_dot():
    assert values.day(values.dotted("03/04/2026", None)) == "2026-04-03"
    # the mail was written on that day the other way round: nobody knows which is meant
    assert values.day(values.dotted("12/11/2026", datetime(2026, 12, 11, tzinfo=UTC))) is None


@pytest.mark.parametrize("text", ["31 February 2026", "2026-13-01", "32.01.2026"])
def test_a_day_that_does_not_exist_is_said(text):
    with pytest.raises(values.Impossible):
        values.day(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FR", "FR"), ("fr", "FR"), ("EL", "GR"), ("the Netherlands", "NL"), ("Kingdom of Belgium", "BE"),
        ("France (FR)", "FR"),
        ("Republic of Ireland", "IE"), ("DEUTSCHLAND", "DE"), ("Österreich", "AT"), ("Veltria", None), ("XX", None),
        ("France and Germany", None), ("", None),
    ],
)  # fmt: skip
def test_a_country_is_read_by_name_or_code(text, code):
    assert values.country(text) == code


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["https://a.example/1, https://a.example/2."], ["https://a.example/1", "https://a.example/2"]),
        (["1) hxxps://a[.]example/x", "2) hxxp://b[dot]example/y"], ["https://a.example/x", "http://b.example/y"]),
        (["- <https://a.example/1>", "- (https://a.example/2)"], ["https://a.example/1", "https://a.example/2"]),
        (["https://a.example/wiki/X_(y)"], ["https://a.example/wiki/X_(y)"]),
        (["t.me/c/17/4 and www.a.example"], ["https://t.me/c/17/4", "https://www.a.example"]),
        (["https://a.example/p?utm_med", "ium=android&x=%20#f"], ["https://a.example/p?utm_medium=android&x=%20#f"]),
        (["https://a.example:8443/x;y?z=1;2"], ["https://a.example:8443/x;y?z=1;2"]),
        (["https://a.example/1", "second picture only"], ["https://a.example/1"]),
        (["https://a.example/1", "https://a.example/1"], ["https://a.example/1"]),
        (["write to desk@a.example"], []),
        (["https://a.example/1 (context only: https://b.example/2)"], ["https://b.example/2"]),
    ],
)  # fmt: skip
def test_urls_are_found_as_the_order_means_them(lines, found):
    assert urls.find(lines).urls == found


def test_undoing_is_flagged():
    assert urls.find(["hxxps://a[.]example/x"]).flags == {"defanged-urls"}
    assert urls.find(["https://a.example/very/long/path?utm_med", "ium=android"]).flags == {"broken-urls"}
    assert urls.find(["https://a.example/x"]).flags == set()


@pytest.mark.parametrize("apart", ["\n", " "])
@pytest.mark.slow
@pytest.mark.few(1)
def test_more_addresses_than_are_read_are_said_and_never_cut_unseen(apart):
    lines = apart.join(f"https://a.example/{n}" for n in range(urls.MOST + 1)).split("\n")
    assert "too-many-urls" in urls.find(lines).flags
    assert len(urls.find(lines).urls) <= urls.MOST
    fewer = apart.join(f"https://a.example/{n}" for n in range(urls.MOST)).split("\n")
    assert (len(urls.find(fewer).urls), urls.find(fewer).flags) == (urls.MOST, set())


@given(st.text(max_size=300))
def test_any_text_is_taken_without_a_crash(text):
    urls.find(text.split("\n"))
    values.country(text)
    values.yes_no(text)
    with contextlib.suppress(values.Impossible):
        instants.instant(text, "FR", NEAR)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("@harbour_talk", ["@harbour_talk"]),
        ("account: foo", ["foo"]),
        ("handle: @foo", ["@foo"]),
        ("pseudo : foo", ["foo"]),
        ("Benutzername: foo", ["foo"]),
        ("user: foo and user: bar", ["foo", "bar"]),
        ("account: @foo (the author)", ["@foo"]),
        ("@foo:lantern.example", ["@foo:lantern.example"]),
        ("case handler: foo", None),
    ],
)
def test_an_account_is_read_by_its_name_where_the_line_says_that_it_is_one(said, names):
    assert identifiers.read("text-list", [said], apart=False) == names


@pytest.mark.parametrize("line", ["@harbour_talk", "account: foo", "Compte : foo"])
def test_an_account_among_addresses_is_not_left_out_unseen(line):
    assert identifiers.account(line)
    assert not identifiers.account(f"https://a.example/1 ({line})")
    assert not identifiers.account("https://a.example/@foo")
