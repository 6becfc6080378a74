"""A claim on a person: opened, sorted by two questions, its day kept, joined, ended; and what is refused."""

from datetime import timedelta

import pytest
from cases.test_waiting import events, judged, mail
from road import Road

from comity import clock
from comity.alerts import commands as alerts
from comity.cases import asking, entering
from comity.cases import commands as cases
from comity.claims import commands, passing, posts, rules
from comity.claims.models import Claim
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed

from .scene import KNOWN, SUMMONS, THREAT, WHY, again, at, came, is_sorted, made, post, request_of, staff, words_of

pytestmark = pytest.mark.django_db
NOON = at("2026-11-30T12:00:00+00:00")


@pytest.mark.slow
def test_it_works(road: Road) -> None:
    """A threat: counsel is told, its day is a clock, it is sorted, turned to the door by a letter, off the queue."""
    claim = came(road, THREAT)
    assert (claim.court, claim.pressure, claim.door) == ("unsorted", "unsorted", "email")
    assert claim.appear_at is not None
    assert claim.appear_at.weekday() == 4
    assert [alert.kind for alert in alerts.open_in("demo")] == ["claim.found"]
    is_sorted(road, claim, "no", "yes", country="FR")
    assert judged(request_of(claim))["finding"]["outcome"] == "reroute"
    assert alerts.open_in("demo").count() == 0
    subject, letter = passing.draft(again(claim))
    passing.answer(road.person("counsel"), claim.id, letter)
    road.drive()
    sent = Mail.objects.get(kind="claim-letter")
    assert (sent.case, sent.state, made(sent)["To"]) == (claim.id, "shown", "office@state.example")
    assert made(sent)["Subject"] == subject
    for said in (claim.id, "orders@lantern.example", "2021/784", "Annex I", "judicial assistance", "that person's own"):
        assert said in words_of(sent), words_of(sent)
    claim, request = again(claim), request_of(claim)
    assert (claim.court, claim.pressure, request.lane, request.top, request.due) == (
        "none",
        "answered",
        "answered",
        0,
        None,
    )
    commands.end(staff("head"), claim.id, "pressure", "Nothing came since.")
    assert again(claim).pressure == "ended"
    kinds = list(Event.objects.filter(case=claim.id).order_by("id").values_list("kind", flat=True))
    assert [one for one in kinds if not one.startswith("mail.")] == [
        "claim.opened",
        "claim.sorted",
        "claim.answered",
        "claim.ended",
    ]


def test_court_papers_go_to_that_persons_own_counsel_and_are_never_refused(road: Road) -> None:
    with clock.freeze(NOON):
        claim = came(road, SUMMONS, "Summons to Ms Okafor, Head of Compliance")
    assert claim.appear_at == at("2026-12-14T09:30:00+00:00")
    is_sorted(road, claim, "yes", "no")
    assert judged(request_of(claim))["finding"]["outcome"] == "counsel"
    counsel = road.person("counsel")
    with pytest.raises(BadInput, match="whom the papers concern"):
        passing.instruct(counsel, claim.id)
    passing.instruct(counsel, claim.id, post(road).pk)
    road.drive()
    papers = Mail.objects.get(kind="claim-papers")
    files = [part.get_filename() for part in made(papers).iter_attachments()]
    assert (made(papers)["To"], files) == ("sow@chambers.example", [f"{claim.request_id}.eml"])
    for said in ("Maître Sow", "Ngozi Okafor", "14 December 2026", "refuse nothing"):
        assert said in words_of(papers)
    assert not request_of(claim).deadlines.filter(theirs=True, met_at=None).exists()
    passing.tell_person(counsel, claim.id, "mail")
    word = Mail.objects.get(kind="claim-word")
    assert made(word)["To"] == "ngozi@home.example"
    assert "Okafor" not in words_of(word)
    assert "summon" not in words_of(word).lower()
    claim = again(claim)
    assert claim.court == "instructed"
    with pytest.raises(NotNow):
        is_sorted(road, claim, "no", "no")
    commands.end(counsel, claim.id, "court", "The complaint was withdrawn.")
    passing.instruct(counsel, claim.id)
    assert again(claim).court == "instructed"


def test_both_can_be_true_and_the_pressure_fails_visibly_beside(road: Road) -> None:
    claim = came(road, SUMMONS + THREAT, "Summons to Ms Okafor")
    is_sorted(road, claim, "yes", "yes")
    finding = judged(request_of(claim))["finding"]
    assert finding["outcome"] == "counsel"
    assert {one["id"]: one["holds"] for one in finding["checks"]} == {"no-judicial-process": False, "no-threat": False}
    passing.instruct(road.person("counsel"), claim.id, post(road).pk)
    assert request_of(claim).lane == "triage"
    passing.answer(road.person("counsel"), claim.id, passing.draft(again(claim))[1])
    assert (again(claim).court, again(claim).pressure, request_of(claim).lane) == ("instructed", "answered", "answered")


def test_a_person_who_cannot_tell_leaves_it_as_it_was(road: Road) -> None:
    claim = came(road, THREAT)
    is_sorted(road, claim, "unsure", "unsure")
    assert (again(claim).court, again(claim).pressure) == ("unsorted", "unsorted")
    assert judged(request_of(claim))["finding"]["outcome"] == "needs-person"
    is_sorted(road, claim, "no", "yes")
    assert judged(request_of(claim))["finding"]["outcome"] == "reroute"
    said = dict(request_of(claim).questions.values_list("name", "answer"))
    assert said == {"court": "no", "pressure": "yes"}
    told = [event.told for event in events(request_of(claim), "question.answered")]
    assert told == [{"question": name, "answer": "unsure"} for name in said] + [
        {"question": name, "answer": answer} for name, answer in said.items()
    ]


def test_a_wrong_answer_is_put_right_until_something_has_left(road: Road) -> None:
    claim = came(road, THREAT)
    is_sorted(road, claim, "yes", "no")
    is_sorted(road, claim, "no", "yes")
    assert (again(claim).court, again(claim).pressure) == ("none", "registered")
    passing.answer(road.person("counsel"), claim.id, "Please use the lawful way.")
    with pytest.raises(NotNow):
        is_sorted(road, claim, "no", "no")
    is_sorted(road, claim, "yes", "yes")
    assert (again(claim).court, again(claim).pressure) == ("with-counsel", "answered")


def test_what_is_no_claim_after_all_is_sorted_as_any_mail_and_its_day_is_none_of_ours(road: Road) -> None:
    claim = came(road, THREAT)
    is_sorted(road, claim, "no", "no")
    request = request_of(claim)
    assert (request.lane, request.top) == ("triage", 0)
    assert request.deadlines.get(theirs=True).stopped_at
    cases.sort(road.person("handler"), request.id, "support", "Please write to our support.")
    assert request_of(claim).lane == "support"


def test_only_counsel_or_the_head_sorts_with_reasons(road: Road) -> None:
    claim = came(road, THREAT)
    for role in ("handler", "decider", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            commands.sort(staff(role), claim.id, "no", "yes", WHY)
    counsel = road.person("counsel")
    with pytest.raises(BadInput, match="claims desk"):
        asking.answer(counsel, claim.request_id, "court", "no")
    for wrong in ({"court": "perhaps"}, {"reason": " "}, {"country": "EU"}, {"country": "XK2"}, {"against": "x"}):
        said = {"court": "no", "pressure": "yes", "reason": WHY} | wrong
        with pytest.raises(BadInput):
            commands.sort(counsel, claim.id, **said)
    assert again(claim).court == "unsorted"
    commands.sort(staff("head"), claim.id, "no", "yes", WHY, country="XV")
    assert again(claim).country == "XV"


def test_nobody_sorts_its_mail_before_counsel_has_sorted_it(road: Road) -> None:
    claim = came(road, THREAT)
    with pytest.raises(BadInput, match="claims desk"):
        cases.sort(road.person("handler"), claim.request_id, "not-ours", "Not ours.")
    cases.sort(road.person("handler"), claim.request_id, "counsel", "")


def test_counsel_sets_the_day_and_a_past_one_is_kept(road: Road) -> None:
    claim, counsel = came(road, THREAT), road.person("counsel")
    past = clock.now() - timedelta(hours=14)
    commands.set_day(counsel, claim.id, past)
    assert request_of(claim).due == past
    commands.set_day(counsel, claim.id, None)
    assert not request_of(claim).deadlines.filter(theirs=True).exists()
    with pytest.raises(BadInput, match="three years"):
        commands.set_day(counsel, claim.id, clock.now() + timedelta(days=5_000))


def test_a_summons_for_yesterday_is_late_and_told_at_once(road: Road) -> None:
    text = "Ms Okafor, Head of Compliance, is summoned to appear before the District Court on 29 November at 9.00.\n"
    with clock.freeze(NOON):
        claim = came(road, text, "Summons to Ms Okafor, Head of Compliance")
        commands.keep_time(clock.now())
    assert claim.appear_at == at("2026-11-29T08:00:00+00:00")
    assert request_of(claim).due == claim.appear_at
    assert events(request_of(claim), "claim.due")
    passing.instruct(road.person("counsel"), is_sorted(road, claim, "yes", "no").id, post(road).pk)
    assert "That day is past." in words_of(Mail.objects.get(kind="claim-papers"))


def test_a_summons_in_portuguese_is_one(road: Road) -> None:
    text = (
        "Fica intimada a Sra. Diretora da vossa empresa a comparecer no dia 10 de dezembro de 2026, às 14h00, na 3.ª\n"
        "Vara Criminal, processo n.º 1234-56.2026, nos termos do artigo 172 do Código. Tem direito a advogado.\n"
    )
    with clock.freeze(NOON):
        claim = came(road, text, "Intimação")
    assert claim.appear_at == at("2026-12-10T13:00:00+00:00")


def test_a_day_that_comes_near_is_told_once_more(road: Road) -> None:
    claim, counsel = came(road, THREAT), road.person("counsel")
    commands.keep_time(clock.now())
    assert not Event.objects.filter(kind="claim.due").exists()
    commands.set_day(counsel, claim.id, clock.now() + timedelta(hours=20))
    for _ in range(2):
        commands.keep_time(clock.now())
    assert Event.objects.filter(kind="claim.due", case=claim.id).count() == 1
    road.drive()
    assert "claim.due" in [alert.kind for alert in alerts.open_in("demo")]
    is_sorted(road, claim, "no", "yes")
    assert alerts.open_in("demo").count() == 0


def test_a_case_is_opened_by_hand_of_the_demand_inside_and_named(road: Road) -> None:
    claim, counsel = came(road, THREAT), road.person("counsel")
    is_sorted(road, claim, "no", "yes")
    passing.answer(counsel, claim.id, "Please use the lawful way.")
    entering.enter(
        counsel,
        claim.request_id,
        "eu-tco-removal-order",
        [{"path": "form.urls", "value": [road.post()], "where": "line 3"}],
    )
    road.drive()
    request = request_of(claim)
    case = request.cases.get()
    commands.link(counsel, claim.id, case.id.lower())
    assert again(claim).case_id == case.id
    with pytest.raises(BadInput):
        commands.link(counsel, claim.id, "C-00000000")


def test_it_is_opened_by_hand_where_no_words_were_found(road: Road) -> None:
    request = road.receive(mail("Nothing in it.\n"))
    road.drive()
    assert not Claim.objects.exists()
    claim = commands.open_by_hand(road.person("handler"), request.id)
    assert commands.open_by_hand(road.person("handler"), request.id).id == claim.id
    road.drive()
    request.refresh_from_db()
    assert (request.top, request.flags) == (1, ["person-lever", "unauthenticated"])
    assert len(events(request, "claim.found")) == 1
    assert [alert.kind for alert in alerts.open_in("demo")] == ["claim.found"]


def test_one_post_has_one_counsel_and_no_address_of_ours(road: Road) -> None:
    one = post(road)
    other = post(road, counsel="Maître Ba")
    assert one.pk == other.pk
    assert posts.opened(other)["counsel"] == "Maître Ba"
    for field in ("counsel_address", "channel"):
        for wrong in ("orders@lantern.example", "me@office.lantern.example", "nobody@"):
            with pytest.raises(BadInput):
                post(road, **{field: wrong})
    with pytest.raises(BadInput):
        post(road, who="")
    with pytest.raises(NotAllowed):
        posts.set_post(road.person("handler"), "demo", "Head", KNOWN)


def test_the_person_is_told_by_telephone_where_no_address_is_known(road: Road) -> None:
    claim, counsel = came(road, THREAT), road.person("counsel")
    with pytest.raises(BadInput, match="whom it concerns"):
        passing.tell_person(counsel, claim.id, "mail")
    commands.of_post(counsel, claim.id, post(road, channel="+32 2 555 01 01").pk)
    with pytest.raises(BadInput, match="no address"):
        passing.tell_person(counsel, claim.id, "mail")
    with pytest.raises(BadInput, match="when"):
        passing.tell_person(counsel, claim.id, "phone")
    passing.tell_person(counsel, claim.id, "phone", "Called at 10:15; she has a place to stay.")
    assert again(claim).sent.get(what="word").how == "phone"


@pytest.mark.parametrize(
    ("n", "band"), [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5–9"), (9, "5–9"), (10, "10+"), (999, "10+")]
)
def test_a_band_tells_no_number(n: int, band: str) -> None:
    assert rules.band(n) == band
