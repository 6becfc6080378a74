"""Papers: each once, kept before told, opened in a process of its own; what is without prejudice enters nothing."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import amount
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from people.members import Member

from comity import clock
from comity.console import timeline
from comity.disputes import bundles, commands, papers, press, rules
from comity.disputes.models import Due, Exhibit, Interim, Offer, Service, Submission
from comity.disputes.papers import File
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault
from comity.vault.models import Blob

from .scene import again, encrypted, holding, moved, pdf, pending, put, saved_again, submit, turned, wide

pytestmark = pytest.mark.django_db
LANE = "without prejudice"


def put_in(member: Member, dispute: Any, data: bytes, name: str = "x.pdf", **more: str) -> Exhibit:
    return papers.exhibit(member.person, dispute.id, "The log", "us", File(data, name), **more)


def offered(member: Member, dispute: Any, data: bytes) -> Offer:
    return papers.offer(member.person, dispute.id, "Our offer", "us", File(data, "offer.pdf"))


def test_it_works(counsel: Member) -> None:
    dispute = pending(counsel)
    made = submit(counsel, dispute, due_side="state", period="response")
    assert (made.n, made.how, vault.get(made.doc)[:2]) == (1, "post", b"1.")
    due = Due.objects.get()
    assert (due.side, due.cite) == ("state", "UNCITRAL Arbitration Rules, Art. 4(1)")
    assert due.due_legal == datetime(2026, 12, 20, 23, 0, tzinfo=UTC), "thirty days in Brussels, no extension"
    assert due.due_target == datetime(2026, 12, 18, 23, 0, tzinfo=UTC), "the Friday before"
    one = put_in(counsel, dispute, pdf(pages=3), submission="1")
    assert (one.n, one.pages, one.media, one.fault, one.submission) == (1, 3, "application/pdf", "", made)
    assert one.sha256 == hashlib.sha256(pdf(pages=3)).hexdigest()
    event = Event.objects.get(kind="exhibit.entered")
    assert (event.public["n"], event.told["sha256"]) == (1, one.sha256)
    assert "sha256" not in event.public, "who has the file could learn that it was put in"


# -- submissions ------------------------------------------------------------------------------------------------------


def test_the_same_submission_twice_is_one_with_both_services(counsel: Member) -> None:
    dispute = pending(counsel)
    submit(counsel, dispute, due_side="state", period="response")
    submit(counsel, dispute, how="fax", served_at="2026-11-19T09:00", due_side="state", period="response")
    submit(counsel, dispute)
    made = Submission.objects.get()
    assert (made.how, made.served_at.day) == ("fax", 19), "the first service counts"
    assert [one.how for one in Service.objects.order_by("at")] == ["fax", "post"]
    assert Due.objects.count() == 1
    assert Event.objects.filter(kind="submission.entered").count() == 1


def test_the_same_words_in_another_file_are_the_same_submission(counsel: Member) -> None:
    dispute, data = pending(counsel), pdf("The State answers that it has published the order in its gazette")
    assert data != saved_again(data)
    submit(counsel, dispute, File(data), text="")
    submit(counsel, dispute, File(saved_again(data)), text="", how="gazette")
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("side", "judge"), ("title", ""), ("title", "x" * 201), ("how", "link"), ("how", "pigeon"), ("text", " "),
        ("served_at", "yesterday"), ("served_at", "2026-12-24T10:00"), ("served_at", "0001-01-01T00:00"),
        ("due_side", "forum"), ("period", "reply"),
    ],
)  # fmt: skip
def test_each_bad_field_is_named(counsel: Member, field: str, value: str) -> None:
    dispute = pending(counsel)
    with pytest.raises(BadInput, match=f"^{field}: "):
        submit(counsel, dispute, **{"due_side": "us", "period": "response", field: value})
    assert not Submission.objects.exists()
    assert not Due.objects.exists()


def test_a_day_that_the_forum_set_is_counted_to_its_end_there(counsel: Member) -> None:
    dispute = pending(counsel, forum="tribunal-administratif")
    with pytest.raises(BadInput, match="due_text"):
        submit(counsel, dispute, due_side="us", due_on="2026-12-11")
    with pytest.raises(BadInput, match="due_on: a day that isn't over"):
        submit(counsel, dispute, due_side="us", due_on="2026-11-19", due_text="Observations")
    submit(counsel, dispute, side="forum", due_side="us", due_on="2026-12-11", due_text="Observations")
    due = Due.objects.get()
    assert (due.text, due.due_target) == ("Observations", datetime(2026, 12, 11, 23, 0, tzinfo=UTC))


def test_every_forum_has_its_source_and_can_be_counted_by() -> None:
    for forum in rules.forums().each.values():
        assert forum.source
        assert forum.review == "needed"
        assert {*forum.name} == {"en", "fr"}
        for period in forum.periods:
            assert period.cite
            assert {*period.says} == {"en", "fr"}


def test_a_deadline_is_told_once_when_near_and_once_when_over_and_stands_still_while_it_rests(counsel: Member) -> None:
    dispute = pending(counsel)
    submit(counsel, dispute, due_side="us", due_on="2026-12-04", due_text="Observations")
    due = Due.objects.get()
    for _ in range(2):
        commands.keep_time(due.due_target - rules.SOON)
    assert Event.objects.filter(kind="dispute.due-soon").count() == 1
    moved(counsel, dispute, "stay")
    commands.keep_time(due.due_target)
    assert not Event.objects.filter(kind="dispute.late").exists()
    with clock.freeze(clock.now() + timedelta(days=10)):
        moved(counsel, dispute, "resume")
    due.refresh_from_db()
    assert due.due_target == datetime(2026, 12, 14, 23, 0, tzinfo=UTC)
    for _ in range(2):
        commands.keep_time(due.due_target)
    assert Event.objects.filter(kind="dispute.late").count() == 1
    papers.meet(counsel.person, dispute.id, due.pk)
    with pytest.raises(rules.NotNow, match="runs no more"):
        papers.meet(counsel.person, dispute.id, due.pk)


# -- exhibits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fault", "pages"),
    [
        (encrypted(), "encrypted", 0),
        (pdf()[:900], "broken", 0),
        (b"%PDF-1.7\nnothing", "broken", 0),
        (wide(), "", 1),
        (turned(), "", 1),
        (b"MZ\x90\x00" + bytes(range(256)), "kind", 0),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind", 0),
        (b"plain words", "", 1),
    ],
    ids=["encrypted", "half", "garbage", "3 m wide", "turned", "program", "svg", "text"],
)
def test_what_an_exhibit_is_is_seen_and_it_is_kept_as_it_came(
    counsel: Member, data: bytes, fault: str, pages: int
) -> None:
    made = put_in(counsel, pending(counsel), data)
    assert (made.fault, made.pages, vault.get(made.doc)) == (fault, pages, data)


def test_a_file_that_takes_too_much_is_kept_and_a_sheet_stands_for_it(
    counsel: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "LOOK_SECONDS", 0)
    assert put_in(counsel, pending(counsel), pdf()).fault == "limits"


def test_an_exhibit_is_one_however_often_it_is_put_in(counsel: Member) -> None:
    dispute = pending(counsel)
    assert put_in(counsel, dispute, pdf()) == put_in(counsel, dispute, pdf())
    assert Event.objects.filter(kind="exhibit.entered").count() == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"data": b""}, "file: choose a file"),
        ({"data": b"x" * (papers.FILE_AT_MOST + 1)}, "file: at most 30 MB"),
        ({"title": " "}, "title: "),
        ({"side": "forum"}, "side: one of us, state"),
        ({"of": "submission 7"}, "of: a paper of this dispute"),
        ({"of": "anything"}, "of: a paper of this dispute"),
        ({"submission": "9"}, "submission: the number"),
        ({"submission": "¹"}, "submission: the number"),
    ],
)
def test_a_bad_exhibit_is_named(counsel: Member, more: dict[str, Any], says: str) -> None:
    dispute, given = pending(counsel), {"title": "The log", "side": "us", "of": "", "submission": ""} | more
    data = given.pop("data", b"words")
    with pytest.raises(BadInput, match=says):
        papers.exhibit(counsel.person, dispute.id, file=File(data), **given)
    assert not Exhibit.objects.exists()


def test_a_paper_that_is_here_already_is_put_in_by_its_number(counsel: Member) -> None:
    dispute = pending(counsel)
    submit(counsel, dispute)
    made = papers.exhibit(counsel.person, dispute.id, "Our notice", "us", of="Submission 1")
    assert made.sha256 == Submission.objects.get().sha256


def test_nothing_is_put_in_where_it_is_over_or_by_whom_it_may_not(counsel: Member, handler: Member) -> None:
    dispute = pending(counsel)
    with pytest.raises(NotAllowed):
        put_in(handler, dispute, pdf())
    with pytest.raises(NotAllowed):
        submit(handler, dispute)
    moved(counsel, dispute, "drop")
    with pytest.raises(rules.NotNow):
        put_in(counsel, dispute, pdf())
    with pytest.raises(rules.NotNow):
        submit(counsel, dispute)


# -- the settlement lane ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_settlement_paper_is_refused_as_an_exhibit_and_says_why(counsel: Member) -> None:
    dispute, data = pending(counsel), pdf("We would pay a tenth of the fine, if the block falls by the end of the week")
    offered(counsel, dispute, data)
    blobs = Blob.objects.count()
    for other in (
        data,
        saved_again(data),
        b"We would pay a tenth of the fine, if the block falls by the END of the week, sheet 1",
    ):
        with pytest.raises(BadInput, match=LANE):
            put_in(counsel, dispute, other)
        with pytest.raises(BadInput, match=LANE):
            submit(counsel, dispute, File(other), text="")
    with pytest.raises(BadInput, match=LANE):
        papers.exhibit(counsel.person, dispute.id, "The offer", "us", of="offer 1")
    with pytest.raises(BadInput, match=LANE):
        put_in(counsel, pending(counsel, "DE"), data)
    assert not Exhibit.objects.exists()
    assert not Submission.objects.exists()
    assert Blob.objects.filter(until__gt=clock.now()).count() <= blobs + 1, "what was refused isn't kept"


@pytest.mark.slow
def test_a_settlement_paper_is_refused_in_whatever_holds_it(counsel: Member) -> None:
    dispute, data = pending(counsel), pdf("We would pay a tenth of the fine, if the block falls by the end of the week")
    offered(counsel, dispute, data)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@ministry.example", "b@us.example", "Your offer"
    mail.set_content("As attached.")
    mail.add_attachment(saved_again(data), maintype="application", subtype="pdf", filename="offer.pdf")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("x/offer.pdf", data)
    for other in (bytes(mail), zipped.getvalue(), holding(pdf("A harmless page"), data)):
        with pytest.raises(BadInput, match=LANE):
            put_in(counsel, dispute, other, "x")
    harmless = holding(pdf("A harmless page"), b"Nothing came on 3 May, and nothing on the fourth of it")
    assert put_in(counsel, dispute, harmless).fault == ""


def test_a_settlement_paper_is_in_no_timeline_bundle_or_public_event(counsel: Member) -> None:
    dispute, canary = pending(counsel), "Canary: a tenth of the fine and no word to anybody about it"
    papers.offer(counsel.person, dispute.id, "Canary title", "us", text=canary)
    submit(counsel, dispute)
    assert "prejudice" not in str(timeline.of_thing(dispute.id))
    gathered = bundles.gather(again(dispute), "en")
    assert "Canary" not in str(gathered.job)
    assert canary.encode() not in gathered.originals
    event = Event.objects.get(kind="offer.kept")
    assert (event.case, event.public) == (None, {})


def test_what_was_put_in_openly_can_not_be_made_a_settlement_paper(counsel: Member) -> None:
    dispute = pending(counsel)
    put_in(counsel, dispute, pdf())
    with pytest.raises(BadInput, match="openly already"):
        offered(counsel, dispute, pdf())


def test_the_lane_is_for_those_who_settle(counsel: Member, handler: Member, decider: Member) -> None:
    dispute = pending(counsel)
    with pytest.raises(NotAllowed):
        offered(handler, dispute, pdf())
    assert offered(decider, dispute, pdf()) == offered(counsel, dispute, pdf())


# -- interim measures -------------------------------------------------------------------------------------------------

MEASURE = {"side": "forum", "text": "The fine isn’t collected.", "scope": "The fine of 12 May, in France", "until": ""}


def test_an_interim_measure_is_dated_and_ends_by_itself(counsel: Member) -> None:
    dispute = pending(counsel)
    made = papers.interim(counsel.person, dispute.id, MEASURE | {"until": "2026-12-06"})
    for at in (made.until - timedelta(seconds=1), made.until, made.until):
        commands.keep_time(at)
    made.refresh_from_db()
    assert made.state == "ended"
    assert Event.objects.filter(kind="interim.ended").count() == 1
    with pytest.raises(rules.NotNow, match="has ended"):
        papers.lift(counsel.person, dispute.id, made.pk)


@pytest.mark.parametrize("until", ["", "soon", "2026-11-28", "2027-03-01", "9999-12-31"])
def test_an_interim_measure_without_a_near_end_is_refused(counsel: Member, until: str) -> None:
    dispute = pending(counsel)
    with pytest.raises(BadInput, match="^until: "):
        papers.interim(counsel.person, dispute.id, MEASURE | {"until": until})
    with pytest.raises(BadInput, match="^scope: "):
        papers.interim(counsel.person, dispute.id, MEASURE | {"until": "2026-12-06", "scope": ""})


def test_it_ends_with_its_dispute(counsel: Member) -> None:
    dispute = pending(counsel)
    papers.interim(counsel.person, dispute.id, MEASURE | {"until": "2026-12-06"})
    moved(counsel, dispute, "drop")
    assert Interim.objects.get().state == "ended"


# -- everything, in any order -----------------------------------------------------------------------------------------


class Docket(RuleBasedStateMachine):
    """A dispute with all that can be done in it, forbidden acts too: the rows always say what happened."""

    counsel: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.dispute = pending(self.counsel)
        self.bytes: dict[str, set[str]] = {"open": set(), "lane": set()}

    def _try(self, act: Any) -> bool:
        before = again(self.dispute).state
        try:
            act()
        except (BadInput, rules.NotNow):
            return False
        assert before not in rules.ENDED, "nothing is done where it is over"
        return True

    @rule(step=st.sampled_from(rules.BY_ONE))
    def move(self, step: str) -> None:
        state = again(self.dispute).state
        wanted = rules.LIFE.get((state, step)) if step not in ("leave", "rule-changed") else None
        try:
            moved(self.counsel, self.dispute, step)
        except (rules.NotNow, BadInput):
            assert wanted is None
        assert again(self.dispute).state == (wanted or state)

    @rule(text=st.sampled_from("abcd"), how=st.sampled_from(rules.HOW), due=st.booleans())
    def say(self, text: str, how: str, due: bool) -> None:
        words = f"{text} is what we say in this dispute, and we say it at some length. {text * 30}"
        more = {"due_side": "us", "period": "response"} if due else {}
        if self._try(lambda: submit(self.counsel, self.dispute, text=words, how=how, **more)):
            assert text not in self.bytes["lane"], "a paper of the lane has entered"
            self.bytes["open"].add(text)

    @rule(text=st.sampled_from("abcd"))
    def prove(self, text: str) -> None:
        words = f"{text} is what we say in this dispute, and we say it at some length. {text * 30}\n"
        if self._try(lambda: put_in(self.counsel, self.dispute, words.encode(), "x.txt")):
            assert text not in self.bytes["lane"], "a paper of the lane has entered"
            self.bytes["open"].add(text)

    @rule(text=st.sampled_from("abcd"))
    def offer(self, text: str) -> None:
        words = f"{text} is what we say in this dispute, and we say it at some length. {text * 30}"
        if self._try(lambda: papers.offer(self.counsel.person, self.dispute.id, "Offer", "us", text=words)):
            assert text not in self.bytes["open"], "what was open was made a paper of the lane"
            self.bytes["lane"].add(text)

    @rule(days=st.integers(-1, 120))
    def measure(self, days: int) -> None:
        until = (clock.now() + timedelta(days=days)).date().isoformat()
        if self._try(lambda: papers.interim(self.counsel.person, self.dispute.id, MEASURE | {"until": until})):
            assert 0 <= days <= 90

    @rule(days=st.integers(0, 40))
    def wait(self, days: int) -> None:
        clock.advance(86400 * days)
        commands.keep_time(clock.now())

    @invariant()
    def rows(self) -> None:
        dispute, now = again(self.dispute), clock.now()
        standing = dispute.interims.filter(state="standing")
        assert all(one.until > now - timedelta(days=1) for one in standing)
        running = dispute.dues.filter(met_at=None, stopped_at=None)
        if dispute.state in ("stayed", *rules.ENDED):
            assert not running.exists()
        if dispute.state in rules.ENDED:
            assert not standing.exists()
        for rows in (dispute.submissions, dispute.exhibits, dispute.offers):
            assert [one.n for one in rows.order_by("n")] == list(range(1, rows.count() + 1))
        assert not {*dispute.offers.values_list("words", flat=True)} & {
            *dispute.exhibits.values_list("words", flat=True), *dispute.submissions.values_list("words", flat=True)
        }  # fmt: skip
        assert Event.objects.filter(kind="dispute.moved", case=dispute.id).count() == dispute.moves.count()


@pytest.mark.slow
def test_whatever_is_done_in_whatever_order(counsel: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        press, "look", lambda data, *_: press.Looked("text/plain", 1, (), "", rules.of_words(data.decode()))
    )
    Docket.counsel = counsel
    run_state_machine_as_test(
        Docket,
        settings=settings(
            max_examples=100 if amount.SOAK else 5,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_terms_that_never_stood_are_of_the_lane_too(counsel: Member, decider: Member) -> None:
    dispute, terms = pending(counsel), "1. The State takes a tenth of the fine. 2. Nobody speaks of it again."
    put(counsel, dispute, terms=terms)
    commands.send_back(decider.person, dispute.id, "Too little.")
    with pytest.raises(BadInput, match=LANE):
        put_in(counsel, dispute, terms.upper().encode(), "x.txt")


def test_a_paper_that_came_by_a_link_starts_its_deadline_when_a_person_says_which(counsel: Member) -> None:
    dispute = pending(counsel)
    submit(counsel, dispute, side="state")
    papers.call_for(counsel.person, dispute.id, "1", {"due_side": "us", "period": "response"})
    with pytest.raises(BadInput, match="has that deadline already"):
        papers.call_for(counsel.person, dispute.id, "1", {"due_side": "us", "period": "response"})
    for submission, said in (("9", {"due_side": "us", "period": "response"}), ("1", {}), ("1", {"due_side": "us"})):
        with pytest.raises(BadInput):
            papers.call_for(counsel.person, dispute.id, submission, said)
    assert Due.objects.count() == 1
