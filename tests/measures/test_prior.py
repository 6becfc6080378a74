"""Prior states are bytes; those that an earlier version kept as a list of texts are read as well."""

import json
from typing import Any

import pytest
from hostile.scene import decide, lift, opened, snapshot
from hypothesis import given
from hypothesis import strategies as st
from road import Road

from comity.measures import prior
from comity.measures.models import Measure
from comity.vault import commands as vault


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_it_works(snapshots: list[bytes]) -> None:
    assert prior.unpack(prior.pack(snapshots)) == snapshots


@given(st.lists(st.text(max_size=50), max_size=5))
def test_what_was_kept_as_texts_is_read(texts: list[str]) -> None:
    kept = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    assert prior.unpack(kept) == [text.encode("utf-8", "replace") for text in texts]


@pytest.mark.parametrize("doc", [b"", b"\x01\x00", prior.pack([b"abc"])[:-1], b"{", b"\xff"])
def test_what_is_neither_is_refused(doc: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        prior.unpack(doc)


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.few(1)
def test_a_lift_is_shown_to_be_exact_by_what_was_kept(road: Road, before: bool) -> None:
    """`before`: of a measure that a version of before has begun."""
    urls = [road.post(draw="harbour"), road.post("É \u2028")]
    stood = [snapshot(url) for url in urls]
    case = decide(road, opened(road, "\n".join(urls)))
    measure: Any = Measure.objects.get(case=case)
    if before:
        measure.prior = vault.put_json([copy.decode("utf-8") for copy in stood], measure.until)
        measure.save()
    lift(road, case)
    assert prior.unpack(vault.get(measure.prior)) == stood == [snapshot(url) for url in urls]
