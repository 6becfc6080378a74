"""Layouts that nobody has shown us: of no order is a fact read wrong, whatever became of it on its way."""

import json
from pathlib import Path

import pytest

from comity.reading.read import read

from . import score, variants

ORDERS = Path(__file__).parent.parent / "data" / "orders"
# Facts that may be missing of a hundred: what can be read two ways, or whose boxes are drawn by lines only.
MISSED = {"PDF drawn in": 15, "PDF in two columns": 50, "addresses broken in a column": 8}


@pytest.mark.parametrize("kind", variants.KINDS)
@pytest.mark.few(3)
def test_it_works(kind):
    told = {}
    for seed in range(2):
        one = variants.make(kind, seed)
        found = score.compare(read(one.raw, {}), one.expected)
        told |= {f"{seed}/{path}": verdict for path, verdict in found.items()}
    assert [path for path, verdict in told.items() if verdict == score.WRONG] == []
    missed = [path for path, verdict in told.items() if verdict == score.MISSED]
    assert len(missed) <= MISSED.get(kind, 4) * len(told) / 100, missed


@pytest.mark.parametrize("path", sorted(ORDERS.glob("*.eml")), ids=lambda path: path.stem)
def test_of_a_whole_mail_no_fact_is_wrong(path):
    wanted = json.loads((ORDERS / f"{path.stem}.expected.json").read_text("utf-8"))
    told = score.compare(read(path.read_bytes(), {}), wanted)
    assert [name for name, verdict in told.items() if verdict == score.WRONG] == []


def test_a_fact_is_right_missed_or_wrong():
    wanted = {"facts": {"form": {"reference": "R/1", "urls": ["https://a.example/1"], "reasons": "a b c"}}}

    def told(form):
        return score.counted(score.compare({"orders": [{"facts": {"form": form}}]}, wanted))

    assert told({"reference": "r 1", "urls": ["https://a.example/1"], "reasons": "A b\nc"}) == (3, 0, 0)
    assert told({"urls": ["https://a.example/2"], "reasons": "a b c d e"}) == (0, 1, 2)
    wanted["must_be_unknown"] = ["form.copy_sent"]
    assert told({"copy_sent": False}) == (0, 3, 1)
