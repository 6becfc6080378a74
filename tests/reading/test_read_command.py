"""`comity read`: what it prints of whole mails as offices send them; no fact stands there without its place."""

import json
from pathlib import Path

import pytest

from comity.cli import main

from . import score

ORDERS = Path(__file__).parent.parent / "data" / "orders"
FOUND = Path(__file__).parent.parent / "data" / "found"


def read(capsys, *args):
    with pytest.raises(SystemExit) as ended:
        main(["read", *map(str, args), "--json"])
    out = capsys.readouterr().out
    return ended.value.code, json.loads(out) if out else {}


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ORDERS.glob("*.eml")), ids=lambda path: path.stem)
def test_it_works(path, capsys):
    wanted = json.loads((ORDERS / f"{path.stem}.expected.json").read_text("utf-8"))
    code, told = read(capsys, path, "--context", ORDERS)
    assert code == 0
    assert {name: verdict for name, verdict in score.of_report(told, wanted).items() if verdict != score.RIGHT} == {}
    assert told["instrument"] == wanted["instrument"]
    assert set(wanted["flags"]) <= set(told["flags"])
    assert set(told["flags"]) - set(wanted["flags"]) <= {"quoted-order", "danger-to-life"}
    assert placeless(told) == []


def placeless(told):
    """The facts that have no place."""
    each = zip(told["orders"] or [told["facts"]], told.get("provenance_of_orders", [told["provenance"]]), strict=True)
    return [key for facts, places in each for key in leaves(facts) if not where(places, key)]


def leaves(facts, before=""):
    for key, value in facts.items():
        if key in {"form", "authority"}:
            yield from leaves(value, f"{key}.")
        else:
            yield before + key


def where(places, key):
    return key in places or any(name.startswith(f"{key}.") for name in places)


def test_a_document_by_itself_is_read_too(tmp_path, capsys):
    pdf = tmp_path / "order.pdf"
    from comity.reading import attached, mail

    taken = mail.parse((ORDERS / "02-tco-de-tables.eml").read_bytes())
    pdf.write_bytes(next(attached.held(taken, set()).__iter__()).data)
    code, told = read(capsys, pdf)
    assert (code, told["instrument"], told["facts"]["form"]["reference"]) == (
        0,
        "eu-tco-removal-order",
        "BZO-TCO-2027/0093",
    )
    assert "sender" not in told
    assert "channel" not in told["facts"]


def test_of_a_known_office_our_records_prove_the_signature(capsys):
    _, told = read(capsys, FOUND / "02-urls-joined.eml", "--context", FOUND)
    assert told["sender"]["grade"] == "domain"
    assert told["sender"]["authority"] == "fr-office"


@pytest.mark.parametrize(
    ("args", "says"), [(["nowhere.eml"], "FILE"), ([__file__, "--context", "nowhere"], "--context")]
)
def test_what_is_not_there_is_misuse(args, says, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["read", *args])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
