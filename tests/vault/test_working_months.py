"""A key lives for the month in which it is used: what is still open is sealed again, and the old key destroyed."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from comity import clock
from comity.vault import commands as vault
from comity.vault.models import Blob

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 0, 0, 5, tzinfo=UTC)
YEARS = NOVEMBER + timedelta(days=900)


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path) -> Iterator[None]:
    before = settings.COMITY
    settings.COMITY = replace(before, data=tmp_path)
    yield
    settings.COMITY = before


def names() -> list[str]:
    return vault.keys().others("")


def turn(now: datetime) -> int:
    """What the clock does at an instant."""
    count = vault.seal_again(now)
    vault.forget(now)
    return count


def test_it_works() -> None:
    with clock.freeze(NOVEMBER):
        ref = vault.put(b"a letter", YEARS)
    stolen = bytes(Blob.objects.get(ref=ref).sealed)
    assert names() == ["w2026-11"]
    with clock.freeze(DECEMBER):
        assert turn(DECEMBER) == 1
        assert (vault.get(ref), Blob.objects.get(ref=ref).month) == (b"a letter", "w2026-12")
        assert names() == ["w2026-11", "w2026-12"]  # a day longer, for what was sealed just before midnight
        key = vault.keys().open("w2026-11")
        assert AESGCM(key).decrypt(stolen[1:13], stolen[13:], ref.encode()) == b"a letter"  # the control: it opens
    with clock.freeze(DECEMBER + vault.GRACE):
        assert turn(DECEMBER + vault.GRACE) == 0
        assert names() == ["w2026-12"]  # the backup of November is opened by no key that is left here
        assert vault.get(ref) == b"a letter"


def test_what_an_earlier_version_sealed_under_the_month_of_its_end_is_moved_and_nothing_is_lost() -> None:
    kept = {}
    for n in range(7):
        month, ref, nonce = f"2028-0{n % 3 + 1}", f"{n:032x}", secrets.token_bytes(12)
        sealed = b"\x01" + nonce + AESGCM(vault.keys().make(month)).encrypt(nonce, b"old %d" % n, ref.encode())
        Blob.objects.create(ref=ref, month=month, until=YEARS, sealed=sealed)
        kept[ref] = b"old %d" % n
    with clock.freeze(NOVEMBER):
        assert vault.get_many([*kept]) == kept  # before anything moved
        assert turn(NOVEMBER) == 7
        assert vault.get_many([*kept]) == kept
        assert names() == ["w2026-11"]
    in_january = datetime(2028, 1, 5, tzinfo=UTC)
    with clock.freeze(in_january):  # the month whose name an old key had: another key, of another name
        assert turn(in_january) == 7
        assert vault.get_many([*kept]) == kept


def test_a_blob_that_does_not_open_is_left_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "AT_ONCE", 1)
    with clock.freeze(NOVEMBER):
        lost, good = sorted((vault.put(b"lost", YEARS), vault.put(b"good", YEARS)))
        Blob.objects.filter(ref=lost).update(sealed=b"\x01" + bytes(60))
    with clock.freeze(DECEMBER):
        assert [vault.seal_again(DECEMBER) for _ in range(3)] == [1, 1, 0]
        assert (Blob.objects.get(ref=lost).month, Blob.objects.get(ref=good).month) == ("w2026-11", "w2026-12")
        vault.get(good)
        with pytest.raises(vault.Gone):
            vault.get(lost)
    vault.forget(DECEMBER + vault.GRACE)
    assert "w2026-11" in names(), "a key is destroyed while a row still names it"


def test_what_is_sealed_while_the_month_turns_keeps_its_key() -> None:
    last = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    with clock.freeze(last):
        made = vault.seal(b"just before midnight", YEARS)
    turn(DECEMBER)
    Blob.objects.create(ref=made.ref, month=made.month, until=made.until, sealed=made.sealed)
    with clock.freeze(DECEMBER):
        assert vault.get(made.ref) == b"just before midnight"
        assert turn(DECEMBER) == 1
        assert vault.get(made.ref) == b"just before midnight"


def test_a_clock_that_goes_back_loses_nothing() -> None:
    with clock.freeze(DECEMBER):
        ref = vault.put(b"of December", YEARS)
        turn(DECEMBER + vault.GRACE)
    with clock.freeze(NOVEMBER):
        again = vault.put(b"of November", YEARS)
        turn(NOVEMBER)
        assert (vault.get(ref), vault.get(again)) == (b"of December", b"of November")
    late = DECEMBER + timedelta(days=40)
    with clock.freeze(late):
        turn(late)
        assert (vault.get(ref), vault.get(again)) == (b"of December", b"of November")


def test_a_process_that_kept_a_key_does_not_go_on_with_it_once_another_has_its_name() -> None:
    with clock.freeze(NOVEMBER):
        vault.put(b"x", NOVEMBER + timedelta(seconds=1))
        found: list[bytes] = []
        other = threading.Thread(target=lambda: found.append(vault.keys().open("w2026-11")))
        other.start()
        other.join()
        vault.keys().destroy("w2026-11")
        ref = vault.put(b"under the new one", YEARS)
        assert vault.keys().open("w2026-11") != found[0]
        assert vault.get(ref) == b"under the new one"


def test_extending_needs_no_other_key_and_what_is_over_is_gone() -> None:
    with clock.freeze(NOVEMBER):
        ref = vault.put(b"kept on", NOVEMBER + timedelta(days=1))
        sealed = bytes(Blob.objects.get(ref=ref).sealed)
        vault.extend(ref, YEARS)
        assert bytes(Blob.objects.get(ref=ref).sealed) == sealed
    with clock.freeze(NOVEMBER + timedelta(days=2)):
        assert vault.get(ref) == b"kept on"
    assert connection.in_atomic_block
