"""A time limit in an order's own words: a day where they allow only one, and none where they leave it open."""

from datetime import date

import pytest

from comity.instruments.terms import last_day

RECEIVED, ISSUED = date(2026, 11, 24), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("One month starting from the day on which the removal order was received", date(2026, 12, 24)),
        ("within two (2) months of notification", date(2027, 1, 24)),
        ("2 months from notification", date(2027, 1, 24)),
        ("You may appeal within 14 days.", date(2026, 12, 8)),
        ("a period of three weeks", date(2026, 12, 15)),
        ("one month from the date of the order", date(2026, 12, 20)),
        ("deux mois à compter de la notification", date(2027, 1, 24)),
        ("dans un délai de 30 jours", date(2026, 12, 24)),
        ("binnen zwei Monaten", date(2027, 1, 24)),
        ("ein Monat ab Zustellung", date(2026, 12, 24)),
        ("dos meses desde la notificación", date(2027, 1, 24)),
        ("entro sei mesi", date(2027, 5, 24)),
        ("until 24 January 2027", date(2027, 1, 24)),
        ("au plus tard le 24 janvier 2027", date(2027, 1, 24)),
    ],
)
def test_it_works(words: str, last: date) -> None:
    assert last_day(words, RECEIVED, ISSUED) == last


@pytest.mark.parametrize(
    "words",
    [
        "",
        "as the law says",
        "without undue delay",
        "two months, or three months if you live abroad",
        "ten working days",
        "dix jours ouvrés",
        "48 hours",
        "between 1 January 2027 and 3 March 2027",
        "30 February 2027",
        "two months, at the latest on 24 January 2027",
        "99999 days",
        "until 31 December 9999",
        "until 1 January 0001",
        "0 days",
        "month",
    ],
)
def test_what_leaves_the_day_open_is_made_no_day(words: str) -> None:
    assert last_day(words, RECEIVED, ISSUED) is None


def test_it_ends_with_the_month_where_that_has_no_such_day() -> None:
    assert last_day("one month", date(2027, 1, 31), None) == date(2027, 2, 28)
