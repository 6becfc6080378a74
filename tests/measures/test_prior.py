"""Of how targets stood only digests are kept: they show a lift to be exact, and nothing of what stood there."""

import json
from typing import Any

import pytest
from hostile.scene import decide, lift, opened, snapshot
from hypothesis import given
from hypothesis import strategies as st
from road import Road

from comity import clock
from comity.measures import prior, reducing
from comity.measures.models import Measure
from comity.vault import commands as vault

SALT = b"s" * 32


def packed(snapshots: list[bytes]) -> bytes:
    """As the version before kept them."""
    return b"\x01" + b"".join(len(one).to_bytes(8, "big") + one for one in snapshots)


@given(st.lists(st.binary(max_size=50), max_size=5), st.lists(st.binary(max_size=50), max_size=5))
def test_it_works(stood: list[bytes], later: list[bytes]) -> None:
    doc = prior.of(stood, SALT)
    assert prior.fits(doc, stood)
    assert prior.fits(doc, later) == (stood == later)
    assert len(doc) == 33 + 32 * len(stood)
    assert not [one for one in stood if len(one) > 3 and one in doc]


@given(st.lists(st.text(max_size=50), max_size=5))
def test_what_earlier_versions_kept_is_read(texts: list[str]) -> None:
    kept = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    raw = [text.encode("utf-8", "replace") for text in texts]
    assert prior.unpack(kept) == prior.unpack(packed(raw)) == raw


@pytest.mark.parametrize("doc", [b"", b"\x01\x00", packed([b"abc"])[:-1], b"{", b"\xff"])
def test_what_is_neither_is_refused(doc: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        prior.unpack(doc)
    with pytest.raises(ValueError, match="no document of digests"):
        prior.fits(doc, [])


@pytest.mark.slow
@pytest.mark.parametrize("before", ["packed", "texts", ""])
@pytest.mark.few(1)
def test_a_lift_is_shown_to_be_exact_and_nothing_of_what_stood_there_is_kept(road: Road, before: str) -> None:
    """`before`: how a version of before had kept it, which the clock reduces."""
    urls = [road.post("Once there was a harbour here", draw="harbour"), road.post("É \u2028")]
    stood = [snapshot(url) for url in urls]
    case = decide(road, opened(road, "\n".join(urls)))
    measure: Any = Measure.objects.get(case=case)
    if before:
        texts = json.dumps([copy.decode() for copy in stood]).encode()
        measure.prior, measure.bare = vault.put(packed(stood) if before == "packed" else texts, measure.until), False
        measure.save()
    kept = measure.prior
    for _ in range(2):
        reducing.reduce(clock.now())
    measure.refresh_from_db()
    assert (measure.bare, measure.prior != kept) == (True, bool(before))
    if before:
        with pytest.raises(vault.Gone):
            vault.get(kept)
    lift(road, case)
    assert prior.fits(vault.get(measure.prior), [snapshot(url) for url in urls])
    assert b"harbour" not in vault.get(measure.prior)
    assert not prior.fits(vault.get(measure.prior), [b"", *stood[1:]])
