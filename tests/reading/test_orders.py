"""Orders as offices send them: every fact right or left out, none wrong."""

import json
import re
from pathlib import Path

import pytest

from comity.reading.read import read
from comity.reading.values import fold

ORDERS = Path(__file__).parent.parent / "data" / "orders"
REMOVAL = ["01-tco-fr-acroform", "03-tco-en-docx-missing", "04-tco-en-forwarded-twice", "05-tco-fr-html-two-orders"]
SENDERS_PART = {"lookalike-domain", "unauthenticated"}


def expected(name):
    return json.loads((ORDERS / f"{name}.expected.json").read_text("utf-8"))


def plain(value):
    return re.sub(r"[^\w]", "", fold(value)) if isinstance(value, str) else value


@pytest.mark.parametrize("name", REMOVAL)
def test_it_works(name):
    reading, wanted = read((ORDERS / f"{name}.eml").read_bytes(), {}), expected(name)
    each = wanted.get("orders") or [{}]
    assert len(reading["orders"]) == len(each)
    for order, own in zip(reading["orders"], each, strict=True):
        facts = wanted["facts"] | own
        form = wanted["facts"].get("form", {}) | own.get("form", {})
        wrong = {
            k: order["facts"]["form"].get(k)
            for k, v in form.items()
            if plain(order["facts"]["form"].get(k)) != plain(v)
        }
        assert not wrong
        assert {k: order["facts"].get(k) for k in facts if k != "form"} == {
            k: v for k, v in facts.items() if k != "form"
        }
        assert not [key for key in wanted["must_be_unknown"] if order["facts"].get(key)]


@pytest.mark.parametrize("name", [*REMOVAL, "11-person-lever-threat", "12-phish-us-emergency"])
def test_the_flags_are_told(name):
    wanted = set(expected(name)["flags"]) - SENDERS_PART
    wanted |= {"danger-to-life"} if name == "12-phish-us-emergency" else set()  # whoever writes it: a person looks
    # an order that was forwarded stands in the words of another than its sender
    wanted |= {"quoted-order"} if "forwarded" in wanted else set()
    assert set(read((ORDERS / f"{name}.eml").read_bytes(), {})["flags"]) == wanted


@pytest.mark.parametrize("name", ["11-person-lever-threat", "12-phish-us-emergency"])
def test_what_is_no_removal_order_is_none(name):
    assert read((ORDERS / f"{name}.eml").read_bytes(), {})["orders"] == []
