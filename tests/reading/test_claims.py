"""What is quoted of a claim on a person: features with their places, days past and ahead, and what is not searched."""

import time
from datetime import UTC, datetime

import pytest

from comity.reading import claims, dates, speech
from comity.reading.demand import Said
from comity.reading.read import read
from reading.test_speech import mail

RECEIVED = datetime(2026, 11, 30, 12, tzinfo=UTC)
SUMMONS = (
    "You are hereby summoned to appear before the Magistrate, Court No. 19, on 14 December at 10.30 a.m.\n"
    "Case No. CC/1187/2026, under section 179 of the Code. An appeal lies within ten days.\n"
    "If the posts are not removed, your employee will be detained. We know where she lives, at 4 Quay Street.\n"
)


def quoted(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in claims.of([Said(1, "", text)], RECEIVED, "Europe/Brussels")["features"]:
        found.setdefault(one["name"], []).append(one.get("value") or one.get("at") or one["text"])
    return found


def test_it_works() -> None:
    found = quoted(SUMMONS)
    assert found["number"] == ["CC/1187/2026"]
    assert found["called-on"] == ["2026-12-14T09:30:00+00:00"]
    assert {*found} == {*claims.NAMES}
    kept = read(mail("Summons", SUMMONS), {"dns": False, "received_at": RECEIVED.isoformat()})["claims"]
    assert (kept["language"], kept["unsearched"]) == ("en", False)
    assert {one["where"] for one in kept["features"]} <= {"subject", "line 1", "line 2", "line 3"}


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        (
            "fr",
            "Vous êtes convoqué devant le tribunal le 14 décembre 2026, dossier n° 12/345.",
            {"call", "court", "number"},
        ),
        (
            "de",
            "Sie werden als Zeuge vor das Amtsgericht geladen, Az. 12 Js 345/26, am 14. Dezember.",
            {"call", "court"},
        ),
        ("es", "Se cita a su director para comparecer ante el juzgado el 14 de diciembre.", {"call", "person"}),
        (
            "it",
            "Il vostro dipendente è convocato; se non rimuovete, sarà arrestato.",
            {"harm", "condition"},
        ),
        (
            "pt",
            "Fica intimada a vossa diretora a comparecer no dia 14 de dezembro.",
            {"call", "called-on"},
        ),
        (
            "ru",
            "Ваш сотрудник вызывается на допрос к следователю, иначе он будет задержан.",
            {"call", "harm"},
        ),
    ],
)
def test_each_language_has_its_words(language: str, text: str, names: set[str]) -> None:
    assert claims.language_of(text) == language
    assert names <= {*quoted(text)}


def test_every_language_has_every_list() -> None:
    lists = [{*one["lists"]} for one in claims._files()]
    assert {one["language"] for one in claims._files()} == {one["language"] for one in speech.files()}
    assert all(one == {*claims.NAMES} - {"number", "called-on", "date"} for one in lists)


UNKNOWN = (
    "Wij verzoeken u de gegevens voor vrijdag te verstrekken, anders wordt uw medewerker in Amsterdam aangehouden.",
    "Jeżeli dane nie zostaną dostarczone do piątku, wasz pracownik zostanie zatrzymany przez policję.",
    "Om uppgifterna inte finns i denna brevlåda på fredag kommer er anställde att gripas och ställas inför rätta.",
    "إذا لم تصل البيانات إلى هذا البريد بحلول يوم الجمعة فسيتم احتجاز موظفكم في المطار وتقديمه إلى المحكمة",
)


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_language_without_words_is_not_searched_and_says_so(text: str) -> None:
    assert claims.of([Said(1, "", text)], RECEIVED, "Europe/Brussels")["unsearched"]
    assert read(mail("", text), {"dns": False, "received_at": RECEIVED.isoformat()})["claims"]["unsearched"]


@pytest.mark.parametrize("text", ["", "Ok.", "12345 67890", "See attachment."])
def test_a_few_words_have_no_language(text: str) -> None:
    assert not claims.of([Said(1, "", text)], RECEIVED, "Europe/Brussels")["unsearched"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("on 29 November at 9.00", "2026-11-29T08:00:00+00:00"),
        ("le 28/11/2026 à 14 h", "2026-11-28T13:00:00+00:00"),
        ("2026-11-30, 10:00", "2026-11-30T09:00:00+00:00"),
    ],
)
def test_a_day_that_has_passed_is_that_day_and_not_the_next_of_its_name(text: str, at: str) -> None:
    assert [one.at.isoformat() for one in dates.past(text, RECEIVED, "Europe/Brussels")] == [at]
    assert not [one for one in dates.of(text, RECEIVED, "Europe/Brussels") if one.at > RECEIVED + dates.YEAR]


def test_a_day_long_ago_is_no_day_to_come() -> None:
    assert dates.past("on 3 March 2026", RECEIVED, "Europe/Brussels") == []
    assert dates.past("within two days, by Friday", RECEIVED, "Europe/Brussels") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["summoned to appear " * 8_000, "case " * 30_000, "case no. " + "1" * 100_000, "a" * 150_000]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    claims.of([Said(1, "", text)], RECEIVED, "Europe/Brussels")
    assert time.process_time() - began < 8
