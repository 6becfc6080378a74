"""Corrections with hostile values, and facts of any shape: a clear refusal, never a crash, never a rise in standing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hostile.scene import alerts, case_of, decide, mails, opened, order, plain, signed, take
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from road import Road

from comity.cases import commands as cases
from comity.cases import correcting, deciding
from comity.cases.facts import Sender, assemble
from comity.ledger.models import Event
from comity.measures import targets
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.regulations import packs
from comity.regulations.facts import check, schema
from comity.regulations.judge import judge

NOT_READ = [
    "authority.accredited",
    "authority",
    "authority.verification",
    "authority.competent_for",
    "targets",
    "targets.0.found",
    "received_at",
    "provider",
    "provider.establishment",
    "channel",
    "first_order",
    "removed_at",
    "prior_information_at",
    "instrument",
    "clarification",
    "impossibility",
    "scrutiny",
    "form",
    "form.",
    "form.reference.x",
    "form.no_such_field",
    "form.__class__",
    "",
    ".",
    "\x00",
    "a" * 5000,
]
WRONG: list[tuple[str, Any]] = [
    ("form.urls", "https://one.example/1"),
    ("form.urls", [1, 2]),
    ("form.urls", [{"a": 1}]),
    ("form.urls", ["https://x.example/"] * 10_001),
    ("form.urls", ["x" * 5000]),
    ("form.reference", ["a"]),
    ("form.reference", {"a": "b"}),
    ("form.reference", "x" * 200_000),
    ("form.reference", "\ud800"),
    ("form.non_disclosure", "yes"),
    ("form.issued_at", "yesterday"),
    ("form.issued_at", "9999-99-99T99:99:99Z"),
    ("form.categories", [["a-incite"]]),
    ("territory", "EU"),
    ("territory", ["Europe"]),
    ("until", "soon"),
    ("emergency", "yes"),
    ("non_disclosure.until", "never"),
    ("non_disclosure.renewals", 10**30),
    ("non_disclosure.requested", 1),
    ("language", "english"),
]


@pytest.mark.slow
def test_only_what_a_document_says_can_be_corrected(road: Road) -> None:
    case = opened(road, road.post())
    handler = road.person("handler")
    before = Event.objects.count()
    for path in NOT_READ:
        with pytest.raises(BadInput, match="only what the document itself says"):
            cases.correct(handler, case.request_id, path, True)
        with pytest.raises(BadInput):
            cases.correct(handler, case.request_id, path, None, unknown=True)
    for path, value in WRONG:
        with pytest.raises(BadInput) as bad:
            cases.correct(handler, case.request_id, path, value)
        assert bad.value.field == path
    assert Event.objects.count() == before
    cases.correct(handler, case.request_id, "non_disclosure.requested", True)
    cases.correct(handler, case.request_id, "non_disclosure.requested", None, unknown=True)
    road.drive()
    case.refresh_from_db()
    assert (case.state, road.refused) == ("to-decide", [])


def test_a_corrected_address_is_looked_up_anew(road: Road) -> None:
    case = opened(road, "https://lantern.example/c/nowhere/0")
    assert case.plan == "annex3"
    cases.correct(road.person("handler"), case.request_id, "form.urls", [road.post()])
    road.drive()
    case.refresh_from_db()
    assert (case.plan, case.outcome) == ("execute", "valid")


@pytest.mark.parametrize(
    "urls", ["https://elsewhere.example/c/harbour/1", "http://[::1", "//", "ftp://x/y", "not a url"]
)
@pytest.mark.few(2)
def test_an_address_of_another_platform_is_said_to_lead_nowhere_here(road: Road, urls: str) -> None:
    request = take(road, signed(order(road, urls)))
    assert road.refused == []
    case = case_of(request)
    assert (case.state, case.plan) == ("to-decide", "annex3") or case.plan == "person"
    if case.plan == "annex3":
        road.sign(case, "BE")
        road.drive()
        case.refresh_from_db()
        assert case.state == "waiting"
        assert len(mails("answer")) == 1


def test_an_order_on_a_private_message_goes_to_a_person_and_keeps_nothing_of_it(road: Road) -> None:
    from comity.measures.models import Measure, Preserved
    from comity.platforms import sandbox_world

    private = sandbox_world().base_url + "/p/holiday/1"
    case = case_of(take(road, signed(order(road, private))))
    assert case.plan == "person", case.outcome
    assert case.act == ""
    assert not Preserved.objects.exists()
    assert not Measure.objects.exists()
    assert road.refused == []


def test_a_mixed_order_acts_on_what_is_there_and_says_the_rest(road: Road) -> None:
    from hostile.scene import seen
    from hostile.scene import words as letter_of

    from comity.measures.models import Measure
    from comity.platforms import sandbox_world

    good, bad = road.post(), sandbox_world().base_url + "/c/harbour/99999"
    case = opened(road, f"{good}\n{bad}")
    assert case.plan == "execute"
    decide(road, case)
    assert case.state == "answered", road.refused
    assert seen(good, "DE") == "withheld"
    assert Measure.objects.filter(case=case).count() == 1
    (answer,) = mails("answer")
    assert "99999" in letter_of(answer)


@pytest.mark.slow
def test_own_foreign_and_private_addresses_in_one_order_each_get_their_own_outcome(road: Road) -> None:
    from hostile.scene import seen

    from comity.measures.models import Measure, Preserved
    from comity.platforms import sandbox_world

    own, private = road.post(), sandbox_world().base_url + "/p/holiday/1"
    foreign, missing = "https://elsewhere.example/c/harbour/1", sandbox_world().base_url + "/c/harbour/99999"
    case = opened(road, "\n".join((own, foreign, private, missing)))
    finding = deciding.finding_of(case)["finding"]
    assert {target["ref"]: target["outcome"] for target in finding["targets"]} == {
        own: "valid",
        foreign: "defective",
        private: "needs-person",
        missing: "defective",
    }
    assert (finding["outcome"], case.plan) == ("defective", "execute")
    decide(road, case)
    assert case.state == "answered", road.refused
    assert [url for url, _ in targets.targets_of(Measure.objects.get(case=case))] == [own]
    assert Preserved.objects.filter(case=case).count() == 1
    assert seen(own, "DE") == "withheld"


def test_facts_that_break_the_schema_go_to_a_person(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.cases import gather

    real = gather.facts_of

    def broken(*given: Any) -> dict[str, Any]:
        return {**real(*given), "until": "never"}

    monkeypatch.setattr(gather, "facts_of", broken)
    request = take(road, signed(order(road, road.post())))
    assert request.lane == "triage"
    assert Event.objects.get(kind="request.waiting").public == {"why": "facts-wrong"}
    assert len(Mail.objects.filter(kind="acknowledgement")) == 1
    assert road.refused == []


def test_what_can_not_be_read_is_kept_with_its_receipt_and_a_person_can_answer_it(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.reading import child
    from comity.vault import commands as vault

    seen_of_it = {"from": {"name": "", "address": "clerk@office.example"}, "message_id": "<1@office.example>"}

    def fails(*_: object) -> None:
        raise child.ReadingFailed("the mail takes too long to read", seen_of_it)

    monkeypatch.setattr(child, "read", fails)
    raw = plain("clerk@office.example", "An order", "…")
    request = take(road, raw)
    assert (request.kind, request.lane, vault.get(request.raw)) == ("failed", "triage", raw)
    assert alerts() == ["reading.failed"]
    assert [mail.kind for mail in Mail.objects.all()] == ["acknowledgement"]
    cases.sort(road.person("handler"), request.id, "not-ours", "Please send it again, as a PDF.")
    road.drive()
    assert [mail.kind for mail in Mail.objects.order_by("queued_at")] == ["acknowledgement", "reply"]
    assert road.refused == []


def test_what_can_not_be_read_at_all_stays_with_a_person(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.reading import child

    def fails(*_: object) -> None:
        raise child.ReadingFailed("the reading process cannot be started", None)

    monkeypatch.setattr(child, "read", fails)
    request = take(road, b"\xff\xfe\x00")
    assert (request.kind, request.lane, alerts()) == ("failed", "triage", ["reading.failed"])
    cases.sort(road.person("handler"), request.id, "not-ours", "Nothing to be read.")
    road.drive()
    assert road.refused == []
    assert not Mail.objects.exists()


# -- any facts at all -------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=30)
anything = st.recursive(
    scalars, lambda s: st.lists(s, max_size=4) | st.dictionaries(st.text(max_size=8), s, max_size=4)
)
instants = st.sampled_from(["2026-11-24T08:00:00Z", "1969-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "", None, 7])
FORM = sorted(schema()["properties"]["form"]["properties"])
urls = (
    st.lists(st.sampled_from(["https://x.example/1", "", "x", "https://x.example/2"]) | scalars, max_size=5) | anything
)
forms = st.dictionaries(st.sampled_from(FORM), anything | instants, max_size=8).flatmap(
    lambda form: st.builds(lambda u: form | {"urls": u}, urls) | st.just(form)
)
reads = st.fixed_dictionaries(
    {"instrument": st.just("eu-tco-removal-order")},
    optional={
        "form": forms | anything,
        "language": anything,
        "territory": st.just(["EU"]) | anything,
        "until": instants | anything,
        "emergency": anything,
        "authority": anything,
        "targets": anything,
        "non_disclosure": anything | st.fixed_dictionaries({"requested": st.booleans(), "until": instants}),
        "purpose_weighed": anything,
    },
)
corrections = st.lists(
    st.builds(
        lambda path, value, unknown: {"path": path, "value": value, "unknown": unknown},
        st.sampled_from(sorted(correcting.paths())),
        anything,
        st.booleans(),
    ),
    max_size=3,
)
resolutions = st.sampled_from(
    [{"found": True, "kind": "message", "audience": "public"}, {"found": False}, {"found": None}]
)
senders = st.sampled_from(
    [
        Sender(None, None, None, None, False, (), "none"),
        Sender("a", "A", "regulator", "DE", True, ("eu-tco-removal-order",), "domain", None, True),
        Sender("b", "B", "ngo", "XX", False, (), "accredited-channel", datetime(2026, 1, 1, tzinfo=UTC), False),
    ]
)
PROVIDER = {
    "establishment": "BE",
    "representative": None,
    "languages": ["en"],
    "size": "small",
    "zone": "Europe/Brussels",
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reads, corrections, senders, resolutions)
@pytest.mark.slow
def test_no_facts_crash_the_judge(
    read: dict[str, Any], corrected: list[dict[str, Any]], sender: Sender, found: Mapping[str, Any]
) -> None:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    kept = [one for one in corrected if _stands(read, one)]
    facts = assemble(
        read,
        corrections=kept,
        received_at=at,
        sender=sender,
        provider=PROVIDER,
        channel={"to": "contact-point", "kind": "email"},
        resolved={"https://x.example/1": found},
    )
    if not check(facts):
        finding = judge(facts, packs.pack("eu-tco-removal-order", at))
        assert finding["outcome"]
        assert facts["authority"]["accredited"] is sender.accredited


def _stands(read: Mapping[str, Any], correction: Mapping[str, Any]) -> bool:
    try:
        correcting.verify_correction(read, [], correction)
    except correcting.Uncorrectable:
        return False
    return True
