"""What a page says of a value: words, and never what a program writes where it has none."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest
import yaml

from comity.desk import findings

EMPTY = [{}, [{}], [{}, {}], [[]], {"found": ...}, [{"found": ...}], "…", ["…"], "", [], None]


@pytest.mark.parametrize("value", EMPTY)
def test_a_change_that_is_proposed_says_what_it_is(value):
    pair = findings.nearest({"nearest": [{"fact": "targets", "value": value}]})[0]
    assert pair.bold
    assert not re.search(r"[{}\[\]]|…|None|Ellipsis", f"{pair.bold} {pair.text}")


def strings(found):
    if isinstance(found, dict):
        for key, inner in found.items():
            yield from strings(inner) if key not in {"patterns", "parts"} else ()
    elif isinstance(found, list):
        for inner in found:
            yield from strings(inner)
    elif isinstance(found, str):
        yield found


def texts():
    forms = resources.files("comity.reading").joinpath("forms")
    for path in sorted(Path(str(forms)).glob("*.json")):
        yield path, json.loads(path.read_text("utf-8"))
    packs = Path(str(resources.files("comity.regulations").joinpath("packs")))
    for path in sorted(packs.rglob("*.yaml")):
        yield path, yaml.safe_load(path.read_text("utf-8"))


SOLE = re.compile(r"\s*(?:\{\}|\[\]|None|TODO)\s*")


def test_no_text_of_a_form_or_pack_has_a_hole():
    holes = [
        (path.name, said)
        for path, held in texts()
        for said in strings(held)
        if re.search(r"\{\}|%s|\bTODO\b|\bXXX\b|lorem ipsum", said) or SOLE.fullmatch(said)
    ]
    assert holes == []
