"""A European Preservation Order Certificate, as text in three languages, as a PDF and as a DOCX, read to facts that the
pack judges; what looks like one and isn't stays unread."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comity.cases.facts import Sender, assemble
from comity.demo import annex, preservation
from comity.reading import form as forms
from comity.reading import steps
from comity.reading.pdf import parse
from comity.reading.read import read
from comity.regulations import judge, packs
from comity.regulations.facts import check

from . import orders, pdfs
from .test_pdf import with_pdf

ORDERS = Path(__file__).parent.parent / "data" / "orders"
FORM = forms.load("epoc-pr")
INSTRUMENT = "eu-eevidence-preservation"
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
CONTENT = preservation.filled("@silverfjord", "740 Js 1187/26", AT)
TITLE = "EUROPEAN PRESERVATION ORDER CERTIFICATE (EPOC-PR), Regulation (EU) 2023/1543"
EACH = {name: [] if f.options else False if f.type == "tick" else "" for name, f in FORM.fields.items()} | CONTENT


def one(raw):
    found = read(raw, {})["orders"]
    assert [order["instrument"] for order in found] == [INSTRUMENT]
    return found[0]["facts"]


def in_text(**changed):
    return one(orders.mail(preservation.text(CONTENT | changed)))


def judged(facts, **known):
    sender = Sender("de-1", "Nordhafen", "prosecutor", "DE", True, (INSTRUMENT,), "signature")
    whole = assemble(
        facts,
        corrections=[],
        received_at=AT,
        sender=known.get("sender", sender),
        provider={"establishment": "BE", "representative": None, "languages": ["en"], "zone": "Europe/Brussels"},
        channel={"to": "contact-point", "kind": "email"},
        resolved={},
    )
    assert check(whole) == []
    return judge.judge(whole, packs.pack(INSTRUMENT))


WANTED = {
    "issuing_state": "DE",
    "issuing_file_number": "740 Js 1187/26",
    "addressee_capacity": "designated-establishment",
    "fallback_addressee_emergency": False,
    "identifiers_user": ["@silverfjord"],
    "identifiers_email": [],
    "services": ["Lantern (channels and messages)"],
    "time_range": {"from": "2026-10-24T22:00:00Z", "until": "2026-11-24T23:00:00Z"},
    "data_subscriber": ["identity", "registration"],
    "data_traffic_internet": ["date-time"],
    "data_traffic_hosting": [],
    "data_content": ["messages"],
    "concerns": ["proceedings"],
    "issuer_kind": "PUBLIC_PROSECUTOR",
    "emergency_without_validation": False,
    "issuer_languages": ["de", "en"],
    "signed_on": "2026-11-24",
    "signature": {"kind": "stamp"},
    "validating_authority": "",
}
RANGE = {"from": "2026-10-24T22:00:00Z", "until": "2026-11-24T23:00:00Z"}
BESIDE = {
    "language": "en",
    "authority": {"name": "Public Prosecutor's Office of Nordhafen", "country": "DE", "kind": "prosecutor"},
    "targets": [{"ref": "@silverfjord", "kind": "account", "specific": True}],
    "data": [
        {"category": "subscriber", "items": ["identity", "registration"]},
        {"category": "traffic", "items": ["date-time"], **RANGE},
        {"category": "content", "items": ["messages"], **RANGE},
    ],
    "emergency": False,
    "validated_by": None,
}


def wrong(facts):
    form = {k: (facts["form"].get(k, "absent"), v) for k, v in WANTED.items() if facts["form"].get(k, "absent") != v}
    return form | {k: (facts.get(k, "absent"), v) for k, v in BESIDE.items() if facts.get(k, "absent") != v}


@pytest.mark.parametrize(
    "raw",
    [orders.mail(preservation.text(CONTENT)), with_pdf(preservation.pdf(CONTENT))],
    ids=["text", "pdf"],
)
def test_it_works(raw):
    reading = read(raw, {})
    assert set(reading["flags"]) <= {"acroform"}
    facts = one(raw)
    assert wrong(facts) == {}
    assert judged(facts)["outcome"] == "valid"
    assert reading["sheet"]["form"] == "epoc-pr"
    assert reading["demand"] is None


@pytest.mark.parametrize(
    ("changed", "fails", "outcome"),
    [
        ({"identifiers_user": ""}, "identified", "defective"),
        ({"signature": ""}, "signed", "defective"),
        ({"data_subscriber": [], "data_traffic_internet": [], "data_content": []}, "data-named", "defective"),
        ({"offences": ""}, "offence-named", "valid"),
    ],
)
def test_what_is_missing_is_told(changed, fails, outcome):
    reading = read(orders.mail(preservation.text(CONTENT | changed)), {})
    finding = judged(reading["orders"][0]["facts"])
    assert (finding["outcome"], [c["id"] for c in finding["checks"] if c["holds"] is False]) == (outcome, [fails])
    assert ("missing-elements" in reading["flags"]) == (fails != "signed")


@pytest.mark.parametrize("names", ["ours", "numbers", "tips", "nothing"])
@pytest.mark.parametrize("label", ["above", "left"])
def test_a_pdf_however_its_fields_are_called(names, label):
    assert wrong(one(with_pdf(pdfs.make(EACH, form=FORM, title=TITLE, names=names, label=label)))) == {}


@pytest.mark.parametrize(
    "layout",
    [
        {"numbered": True},
        {"upper": True, "wrap": 60},
        {"below": True, "colon": False},
        {"below": True, "wrap": 72, "numbered": True},
        {"order": "GFEDCBA", "marks": "☐ ☒"},
        {"marks": "( ) (x)", "wrap": 70},
    ],
    ids=str,
)
def test_text_in_many_layouts(layout):
    assert wrong(one(orders.mail(orders.text(EACH, form=FORM, title=(TITLE,), **layout)))) == {}


def labels(language):
    """The certificate in another language: each label and box by its first wording in the form's table."""
    table = json.loads((Path(forms.__file__).parent / "forms" / "epoc-pr.labels.json").read_text("utf-8"))[language]
    out = [table["title"][0].upper(), "(2023/1543)"]
    for section, _title in FORM.sections:
        out += ["", f"{'Abschnitt' if language == 'de' else 'Section'} {section} :"]
        for field in FORM.fields.values():
            if field.section != section:
                continue
            label, value = table["fields"][field.name][0], EACH[field.name]
            if field.type == "tick":
                out.append(f"[{'x' if value else ' '}] {label}")
            elif field.options:
                said = table["options"][field.name]
                boxes = [f"[{'x' if option in value else ' '}] {said[option][0]}" for option, _ in field.options]
                out += [f"{label} :", *boxes]
            else:
                out.append(f"{label} : {value}")
    return "\n".join(out)


WORDS = {
    "fr": {
        "Germany": "Allemagne",
        "from 25 October 2026 to 24 November 2026": "du 25 octobre 2026 au 24 novembre 2026",
        "German, English": "allemand et anglais",
        ": 24 November 2026": ": 24 novembre 2026",
    },
    "de": {
        "Germany": "Deutschland",
        "from 25 October 2026 to 24 November 2026": "vom 25. Oktober 2026 bis 24. November 2026",
        "German, English": "Deutsch, Englisch",
        ": 24 November 2026": ": 24. November 2026",
    },
    "es": {
        "Germany": "Alemania",
        "from 25 October 2026 to 24 November 2026": "del 25 de octubre de 2026 al 24 de noviembre de 2026",
        "German, English": "alemán, inglés",
        ": 24 November 2026": ": 24 de noviembre de 2026",
    },
    "it": {
        "Germany": "Germania",
        "from 25 October 2026 to 24 November 2026": "dal 25 ottobre 2026 al 24 novembre 2026",
        "German, English": "tedesco, inglese",
        ": 24 November 2026": ": 24 novembre 2026",
    },
}


@pytest.mark.parametrize("language", WORDS)
def test_other_languages(language):
    said = labels(language)
    for english, other in WORDS[language].items():
        said = said.replace(english, other)
    facts = one(orders.mail(said))
    assert facts["language"] == language
    assert wrong(facts | {"language": "en"}) == {}


def test_a_french_docx_with_ticks_in_a_column():
    wanted = json.loads((ORDERS / "08-epoc-pr-fr-docx.expected.json").read_text("utf-8"))
    facts = one((ORDERS / "08-epoc-pr-fr-docx.eml").read_bytes())
    form = {
        k: facts["form"].get(k)
        for k, v in wanted["facts"]["form"].items()
        if (sorted(v) if isinstance(v, list) else v)
        != (sorted(g) if isinstance(g := facts["form"].get(k), list) else g)
    }
    assert form == {}
    assert [(d["category"], sorted(d["items"])) for d in facts["data"]] == [
        (d["category"], sorted(d["items"])) for d in wanted["facts"]["data"]
    ]
    assert (facts["authority"], facts["language"]) == (wanted["facts"]["authority"], "fr")
    assert [key for key in wanted["must_be_unknown"] if facts["form"].get(key.removeprefix("form."))] == []


def test_a_production_order_is_read_as_what_it_is():
    reading = read((ORDERS / "07-epoc-en-pdf-subscriber.eml").read_bytes(), {})
    assert [one["instrument"] for one in reading["orders"]] == ["eu-eevidence-production"]


def test_a_production_order_below_does_not_become_a_second_preservation_order():
    other = preservation.text(CONTENT | {"issuing_file_number": "9 Js 9/26"}).replace("PRESERVATION", "PRODUCTION")
    assert (
        one(orders.mail(preservation.text(CONTENT) + "\n\n" + other))["form"]["issuing_file_number"] == "740 Js 1187/26"
    )
    both = read(orders.mail(other + "\n\n" + preservation.text(CONTENT)), {})
    assert [one["instrument"] for one in both["orders"]] == ["eu-eevidence-production"]


def test_two_orders_under_one_file_number_stay_two():
    second = preservation.text(CONTENT | {"identifiers_user": "@northlight"})
    reading = read(orders.mail(preservation.text(CONTENT) + "\n\n" + second), {})
    assert [o["facts"]["form"]["identifiers_user"] for o in reading["orders"]] == [["@silverfjord"], ["@northlight"]]
    assert "several-orders" in reading["flags"]


def test_the_same_order_as_text_and_as_a_pdf_is_one():
    raw = with_pdf(preservation.pdf(CONTENT)).replace(
        b"Please see the attachment.\r\n", preservation.text(CONTENT).replace("\n", "\r\n").encode()
    )
    assert wrong(one(raw)) == {}


def test_an_order_that_another_wrote_is_quoted():
    quoted = "\n".join(f"> {line}" for line in preservation.text(CONTENT).splitlines())
    reading = read(orders.mail("Is this genuine?\n\n" + quoted), {})
    assert (reading["others"], reading["orders"][0]["others"]) == (True, True)


def test_our_own_answer_quoted_back_is_no_order():
    ours = "INFORMATION ON THE IMPOSSIBILITY OF EXECUTING AN EPOC/EPOC-PR\n\n" + preservation.text(CONTENT).partition(
        "Section C"
    )[0].replace(FORM.title, "")
    assert read(orders.mail(ours), {})["orders"] == []


IP = "192.0.2.7, 2026-11-02T10:00:00Z, port 4711"
PHONES = ["+49 151 0000 1111", "+49 151 0000 2222"]
EMAILS = ["a.b@post.example", "c@post.example"]
HOURS = "from 1 November 2026 10:00 to 3 November 2026 24:00 (CET)"


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("identifiers_phone", "; ".join(PHONES), PHONES),
        ("identifiers_email", ", ".join(EMAILS), EMAILS),
        ("identifiers_email", "all but a.b@post.example", "absent"),
        ("identifiers_user", "silver_88, user ID 40099137", ["silver_88", "40099137"]),
        ("identifiers_user", "\n  1. silver_88\n  2. north.light", ["silver_88", "north.light"]),
        ("identifiers_imei", "35-209900-176148-1", ["35-209900-176148-1"]),
        ("identifiers_mac", "00:1A:2b:3c:4d:5E", ["00:1A:2b:3c:4d:5E"]),
        ("identifiers_ip", IP, [IP]),
        ("identifiers_ip", "the one of last night", "absent"),
        ("time_range", HOURS, {"from": "2026-11-01T09:00:00Z", "until": "2026-11-03T23:00:00Z"}),
        ("time_range", "since 1 November 2026", {"from": "2026-10-31T23:00:00Z", "until": None}),
        ("time_range", "from 1 November 2026 10:00 to 3 November 2026", "absent"),
        ("time_range", "the last thirty days", "absent"),
        ("time_range", "from 3 November 2026 to 1 November 2026", "absent"),
        ("issuer_languages", "Klingon", "absent"),
        ("signed_on", "31 November 2026", "absent"),
    ],
)
def test_values(field, said, value):
    assert in_text(**{field: said})["form"].get(field, "absent") == value


def test_a_value_broken_over_lines_is_one():
    facts = in_text(
        offences="Extortion on the threat of publishing\nstolen data, section 253 of\nthe Criminal Code",
        services="Lantern channels and the direct messages\nof the account",
        data_notes="First line of it\nand the second.",
    )["form"]
    assert facts["offences"] == "Extortion on the threat of publishing stolen data, section 253 of the Criminal Code"
    assert facts["services"] == ["Lantern channels and the direct messages of the account"]
    assert facts["data_notes"] == "First line of it and the second."


def test_who_validated_it():
    other = {"issuer_kind": ["OTHER_COMPETENT_AUTHORITY"], "issuing_authority": "Federal Police", "issuer_post": ""}
    other["issuer_name"] = "Federal Police"
    by = {
        "validating_authority": "Amtsgericht Nordhafen",
        "validator_kind": ["JUDGE_COURT_OR_INVESTIGATING_JUDGE"],
        "validator_name": "Amtsgericht Nordhafen",
        "validator_signature": "stamp",
    }
    police = Sender("de-2", "Federal Police", "police", "DE", True, (INSTRUMENT,), "signature")
    facts = in_text(**other, **by)
    assert facts["authority"]["kind"] == "police"
    assert facts["validated_by"] == {"kind": "court", "name": "Amtsgericht Nordhafen", "country": "DE"}
    assert judged(facts, sender=police)["outcome"] == "valid"
    unsigned = in_text(**other, **(by | {"validator_signature": ""}))
    assert "validated_by" not in unsigned
    assert judged(unsigned, sender=police)["outcome"] == "needs-person"
    assert judged(in_text(**other), sender=police)["outcome"] == "not-competent"
    emergency = in_text(**other, emergency_without_validation=True)
    assert emergency["emergency"] is True
    assert judged(emergency, sender=police)["outcome"] == "valid"


def test_a_box_nobody_knows_leaves_the_data_unknown():
    said = preservation.text(CONTENT).replace("  [ ] tickets", "  [x] tickets\n  [x] everything else that you hold")
    facts = one(orders.mail(said))
    assert "data_traffic_hosting" not in facts["form"]
    assert "data" not in facts
    assert judged(facts)["outcome"] == "needs-person"


def test_a_flattened_pdf_is_read_as_text():
    page = annex.Drawing()
    for name in (b"Helvetica", b"Helvetica-Bold"):
        page.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name)
    for line in preservation.text(CONTENT).splitlines():
        page.text(line)
    facts = one(with_pdf(page.finish("flat")))
    # a line that is blank on a flat page may hold what is no text: unread, and not blank
    assert {name: read for name, (read, _) in wrong(facts).items()} == dict.fromkeys(
        ("validating_authority", "validated_by"), "absent"
    )
    assert parse(page.finish("flat")).widgets == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        preservation.text(EACH).replace("@silverfjord", "x" * 100_000),
        preservation.text(EACH).replace("@silverfjord", "a, " * 60_000),
        FORM.title + "\n2023/1543\n" + "Name of authority: x\n[x] other\nD.c.ii\n" * 800,
        FORM.title + "\n2023/1543\n" + "(((( [x] " * 20_000,
        preservation.text(EACH).replace("from 25 October", "from " + "1 1 " * 40_000),
    ],
    ids=range(5),
)
def test_a_hostile_one_is_read_in_bounded_work(text):
    with contextlib.suppress(steps.TooMuch), steps.of_a_mail(unproven=True):
        for order in read(orders.mail(text), {})["orders"]:
            assert check(order["facts"]) == []


def test_an_order_takes_a_small_part_of_the_work_that_there_may_be():
    with steps.Steps(steps.MAIL_UNPROVEN // 5).counted():
        read(orders.mail(preservation.text(EACH)), {})
    with steps.of_a_mail(unproven=True) as left:
        one(with_pdf(pdfs.make(EACH, form=FORM, title=TITLE, names="tips")))
    assert left.left > steps.DOCUMENTS_UNPROVEN // 2


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (preservation.extension(CONTENT), "extension"),
        ("We hereby extend the preservation under our EPOC-PR 7 by 30 days.\n", "extension"),
        ("Injonction européenne de conservation n° 7 : la conservation est prolongée de 30 jours.\n", "extension"),
        ("Zum EPOC-PR 7: Die Sicherung der Daten wird hiermit um 30 Tage verlängert.\n", "extension"),
        ("EPOC-PR 7: we confirm that a request for production has been issued.\n", "confirmation"),
        ("The preservation under our EPOC-PR 7 is not extended.\n", None),
        ("EPOC-PR 7: is the preservation extended?\n", None),
        ("EPOC-PR 7: tell us if the preservation is extended.\n", None),
        ("The preservation of the old bridge is extended.\n", None),
        ("Hello.\n\n> EPOC-PR 7: the preservation is extended by 30 days.\n", None),
        ("A warning.\n" + preservation.text(CONTENT), None),
        ("EPOC-PR " + "the preservation " * 6_000, None),
    ],
    ids=range(12),
)
def test_what_a_later_mail_says_of_its_order(said, kind):
    later = read(orders.mail(said), {})["later"]
    assert (later and later["kind"]) == kind
    assert later is None or later["instrument"] == INSTRUMENT


def test_a_form_of_a_later_annex_is_known_by_its_title():
    page = pdfs.Layout(title="EXTENSION OF THE PRESERVATION OF ELECTRONIC EVIDENCE")
    page.space(30)
    later = read(with_pdf(page.finish("later")), {})["later"]
    assert (later["kind"], later["part"]) == ("extension", 2)
