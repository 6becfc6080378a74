"""Packs are checked when they are read: each fault with file, line, field and rule."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml

from comity.regulations import pack_file, packs
from comity.regulations.legal_time import ACT, STATUTE

NAME = "eu-tco-removal-order/2021-784.1.yaml"
SOURCE = Path(packs.__file__).parent / "packs" / NAME
TEXT = SOURCE.read_text("utf-8")


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


def refused(text: str) -> packs.PackError:
    with pytest.raises(packs.PackError) as caught:
        packs.build(NAME, text.encode())
    return caught.value


def test_it_works() -> None:
    library = packs.load()
    assert library.errors == ()
    assert library.ids() == (
        *("eu-dsa-order-act", "eu-dsa-order-inform", "eu-eevidence-preservation", "eu-eevidence-production"),
        *("eu-tco-removal-order", "eu-tco-scrutiny", "own-access-demand", "own-hotline", "own-no-pack"),
        *("own-person-claim", "us-emergency", "us-preservation", "us-warrant"),
    )
    pack = packs.pack("eu-tco-removal-order")
    assert pack.version == "2021-784.1"
    assert pack.allows("domain") == {"preserve", "withhold"}
    assert pack.allows("none") == frozenset()


def test_nobodys_counsel_has_reviewed_them_and_they_say_so() -> None:
    for pack in packs.load().packs:
        assert (pack.review, pack.data["reviews"]) == ("needed", [])
        assert pack.data["sources"]


def untranslated(part: object, at: str) -> Iterator[str]:
    """Where a text has English and no French."""
    if isinstance(part, dict):
        if isinstance(part.get("en"), str) and not part.get("fr", "").strip():
            yield at
        for name, below in part.items():
            yield from untranslated(below, f"{at}.{name}")
    if isinstance(part, list):
        for n, below in enumerate(part):
            yield from untranslated(below, f"{at}[{n}]")


SHIPPED = sorted(SOURCE.parents[1].glob("*/*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_text_of_a_shipped_pack_is_written_in_french_too(path: Path) -> None:
    assert list(untranslated(yaml.safe_load(path.read_text("utf-8")), path.parent.name)) == []


# The ids that tools know: they are extended, never renamed.
KNOWN = {
    "eu-tco-removal-order": (
        {"remove", "scrutiny-request", "complaint"},
        {"preserve", "answer", "inform-author", "non-disclosure", "tell-authorities"},
    ),
    "eu-tco-scrutiny": ({"scrutiny-decision"}, {"reinstate"}),
    "eu-dsa-order-act": ({"answer"}, {"answer", "inform-author"}),
    "eu-dsa-order-inform": ({"answer"}, {"answer", "inform-author"}),
    "eu-eevidence-production": ({"produce", "objection"}, {"preserve", "confidential"}),
    "eu-eevidence-preservation": ({"preserve-until"}, {"preserve", "confidential"}),
    "us-preservation": ({"preserve-until"}, {"preserve"}),
    "us-warrant": ({"produce"}, {"preserve", "inform-author"}),
    "us-emergency": ({"produce"}, {"preserve", "inform-author"}),
    "own-hotline": (
        {"acknowledge", "act", "review", "formal-order", "outcome-first", "outcome-last"},
        {"preserve", "outcome"},
    ),
    "own-person-claim": ({"answer"}, {"tell-counsel", "docket"}),
    "own-access-demand": ({"answer"}, {"tell-counsel", "docket"}),
    "own-no-pack": ({"answer"}, {"answer"}),
}


def test_ids_of_deadlines_and_duties_are_those_that_tools_know() -> None:
    found = {
        pack.id: ({deadline.id for deadline in pack.deadlines}, {duty.id for duty in pack.duties})
        for pack in packs.load().packs
    }
    assert found == KNOWN


def test_every_regulation_says_which_law_counts_its_periods() -> None:
    counts = {pack.id: pack.law for pack in packs.load().packs}
    assert {name for name, law in counts.items() if law == ACT} == {
        *("eu-tco-removal-order", "eu-tco-scrutiny", "eu-eevidence-production", "eu-eevidence-preservation"),
    }
    assert counts["us-preservation"] == STATUTE


def test_the_schema_of_packs_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(pack_file.schema())


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("authority.country in member_states\n", "authority.land in member_states\n", "unknown fact"),
        ("authority.country in member_states\n", "authority.country\n", "must be bool, not string"),
        ("authority.country in member_states\n", "authority.accredited in member_states\n", "is never in"),
        ("holds_when: form.issued_at != null", "holds_when: has(form.issued_at)", "outside the subset"),
        ("holds_when: form.issued_at != null", "holds_when: form.reasons.matches('(a+)+$')", "outside the subset"),
        ('holds_when: form.reasons != ""', "holds_when: form.reasons != null", "a blank text is"),
        ("raised_by: target.found", "raised_by: target.gone", "unknown fact"),
        ("raised_by: impossibility\n", "raised_by: impossibility != null\n", "is not written as it must be"),
        (
            '{fact: received_at, starts: receipt, cite: "Regulation (EU) 2021/784, Art. 3(3)"',
            '{fact: language, starts: receipt, cite: "Regulation (EU) 2021/784, Art. 3(3)"',
            "must be timestamp, is string",
        ),
        ("unit: hours", "unit: moons", "must be one of minutes, hours"),
        ("counts_by: Regulation (EEC, Euratom) 1182/71", "counts_by: custom", "is known to count a period"),
        ("zone: addressee", "zone: sender", "addressee; not “sender”"),
        ("    outcome: not-competent\n", "", "which outcome it gives"),
        (
            "    blocking: true\n    outcome: not-competent\n",
            "    blocking: false\n    outcome: not-competent\n",
            "gives no outcome",
        ),
        ("outcome: not-competent\n", "outcome: refused\n", "not “refused”"),
        ("id: issuer-competent", "id: issuer-member-state", "two checks are called"),
        ("    blocking: false\n", "    blocking: false\n    when_unknown: asks\n", "cannot ask"),
        ("  member_states:", "  target:", "the name of something else"),
        ("cite: Regulation (EU) 2021/784, Art. 3(1)\n", "cite: Reg. 2021/784 article 3\n", "not written as a citation"),
        ("version: 2021-784.1", "version: 2021-784.2", "the file must be called"),
        ("in_force_from: 2022-06-07", "in_force_from: 2022-13-07", "is no date"),
        ("review: needed", "review: perhaps", "not “perhaps”"),
        ("forms: [tco-annex-2]", "forms: [tco-annex-9]", "not among the forms"),
        ("approvals: measure, forms: [tco", "approvals: nobody, forms: [tco", "not among the approvals"),
        ("held_by: non-disclosure", "held_by: silence", "no duty called"),
        ("id: eu-tco-removal-order", "id: &a eu-tco-removal-order\nid: eu-tco-removal-order", "stands here twice"),
        ("id: eu-tco-removal-order", "id: [", "not YAML"),
        ("id: eu-tco-removal-order", "\tid: x", "not YAML"),
        ("summary:", "surprise: 1\nsummary:", "no key is called “surprise” here; there could be extends"),
        ("    blocking: false\n", "    blocking: maybe\n", "true or false, not “maybe”"),
        ("    blocking: false\n", "    blocking: [yes]\n", "true or false, not a list"),
        ("    length: 48\n", "    length: 0\n", "1 at least, not 0"),
        ("    length: 48\n", "    length: two\n", "a whole number, not “two”"),
        ("title:", "titel:", "the key “title” is missing here"),
        ("review: needed\n", "review: needed\n---\nid: other\n", "one document"),
        ("    asks: {en: ", "    asks: {en: a: ", "not YAML"),
    ],
)
def test_a_fault_is_named_with_its_line_and_rule(old: str, new: str, rule: str) -> None:
    assert old in TEXT
    error = refused(TEXT.replace(old, new, 1))
    assert rule in error.rule
    assert error.file == NAME
    assert error.line > 0
    assert str(error).startswith(f"{NAME}:{error.line}:")


def test_a_line_indented_by_mistake_is_told_as_that() -> None:
    error = refused(TEXT.replace("id: eu-tco-removal-order\n", "  id: eu-tco-removal-order\n", 1))
    assert "one of them is indented by mistake" in error.rule
    assert error.line == line_of("version: 2021-784.1")


def test_the_line_of_a_key_that_has_no_place_is_its_own() -> None:
    text = TEXT.replace("review: needed\n", "review: needed\nsurprise: 1\n", 1)
    assert refused(text).line == text[: text.index("surprise")].count("\n") + 1


def test_the_line_is_that_of_the_fault() -> None:
    old = "holds_when: form.issued_at != null"
    error = refused(TEXT.replace(old, "holds_when: form.issued_at != nil", 1))
    assert (error.line, error.field.endswith("holds_when")) == (line_of(old), True)


def test_a_check_without_citation_is_refused() -> None:
    error = refused(TEXT.replace("    cite: Regulation (EU) 2021/784, Art. 3(1)\n", "", 1))
    assert error.rule == "there is no citation: every rule cites its article"
    assert error.field == "checks[0]"


def test_a_deadline_that_nothing_starts_is_refused() -> None:
    start = TEXT.index("    from:\n      - {fact: complaint.received_at")
    end = TEXT.index("    counts_by", start)
    assert refused(TEXT[:start] + "    from: []\n" + TEXT[end:]).rule == "nothing starts this deadline"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"- a",
        b"\xff\xfe\x00",
        b"x" * 1_000_001,
        b"a: " + b"[" * 5_000,
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
        b"a: &a [*a]",
        b"a: !!python/object/apply:os.system [true]",
    ],
    ids=["empty", "list", "bytes", "large", "deep", "laughs", "cycle", "code"],
)
def test_a_hostile_file_is_refused_quickly(text: bytes) -> None:
    began = time.process_time()
    with pytest.raises(packs.PackError):
        packs.build(NAME, text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("expression", ["(" * 10_000 + "true" + ")" * 10_000, "true && " * 12_500 + "true"])
def test_a_huge_expression_is_refused(expression: str) -> None:
    began = time.process_time()
    error = refused(TEXT.replace("holds_when: form.issued_at != null", f"holds_when: '{expression}'", 1))
    assert "at most" in error.rule
    assert len(str(error)) < 500
    assert time.process_time() - began < 3


def test_a_bad_pack_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in ((NAME, TEXT), ("us-warrant/1.yaml", "id: us-warrant"), ("own-terms/1.yaml", "{")):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, "utf-8")
    library = packs.load_from(tmp_path)
    assert library.ids() == ("eu-tco-removal-order",)
    assert [error.file for error in library.errors] == ["own-terms/1.yaml", "us-warrant/1.yaml"]


def test_an_instrument_without_a_pack_is_said_so() -> None:
    with pytest.raises(packs.NoPack, match="no regulation is known for 'ch-verfuegung'; known: eu-dsa-order-act, eu-"):
        packs.pack("ch-verfuegung")


def test_before_its_day_no_version_is_in_force() -> None:
    with pytest.raises(packs.NoPack, match="in force on 2022-06-06"):
        packs.pack("eu-tco-removal-order", datetime(2022, 6, 6, 23, 59, tzinfo=UTC))
    assert packs.pack("eu-tco-removal-order", datetime(2022, 6, 7, tzinfo=UTC)).version == "2021-784.1"


def test_the_newest_version_in_force_at_receipt_is_taken(tmp_path: Path) -> None:
    later = TEXT.replace("2021-784.1\n", "2021-784.2\n", 1).replace("2022-06-07", "2026-06-01", 1)
    (tmp_path / "eu-tco-removal-order").mkdir()
    (tmp_path / NAME).write_text(TEXT, "utf-8")
    (tmp_path / NAME).with_name("2021-784.2.yaml").write_text(later, "utf-8")
    library = packs.load_from(tmp_path)
    assert library.errors == ()
    before, after = (library.in_force("eu-tco-removal-order", datetime(2026, m, 1, tzinfo=UTC)) for m in (5, 6))
    assert (before.version, after.version) == ("2021-784.1", "2021-784.2")
    assert library.version("eu-tco-removal-order", "2021-784.1").sha256 == before.sha256
    with pytest.raises(packs.NoPack, match="has no version"):
        library.version("eu-tco-removal-order", "9")


def test_every_paraphrase_says_in_english_what_fails_and_what_to_do() -> None:
    for check in packs.pack("eu-tco-removal-order").checks:
        assert all(check_text["en"].strip() for check_text in (check.article, check.holds, check.fails, check.unknown))
