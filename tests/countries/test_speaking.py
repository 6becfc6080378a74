"""A State speaks by a link sent to its registered address: once, in time, in its own words, kept before told."""

from datetime import timedelta

import pytest
from people.members import Member

from comity import clock
from comity.alerts.models import Alert
from comity.cases import commands as cases
from comity.countries import commands, speaking
from comity.countries.models import Link, Said
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

from .scene import NOW, link_in, mails, registered, relation, sent_in, talking

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script> & \"we\" say\u202e: 'no'"


def link(member: Member) -> str:
    registered(member)
    speaking.invite(member.person, relation().pk)
    return link_in(mails("statement")[-1])


def alerted() -> list[str]:
    """What the road's step puts over every page."""
    for event in Event.objects.filter(kind__in=("contact.missed", "statement.received")).order_by("id"):
        cases.alert(event)
    return list(Alert.objects.filter(seen_at=None).values_list("kind", flat=True))


def test_it_works(counsel: Member) -> None:
    path, client = link(counsel), sent_in()
    assert "You speak for France" in client.get(path).content.decode()
    assert client.post(path, {"text": "We asked three times."}).status_code == 302
    said = Said.objects.get()
    assert (said.side, vault.get(said.doc), said.shown) == ("state", b"We asked three times.", False)
    assert "We have it." in client.get(path).content.decode()
    assert Event.objects.get(kind="statement.received").public == {"country": "FR"}
    assert alerted() == ["statement.received"]
    page = client.get("/countries/FR").content.decode()
    assert "Received. A person looks" in page
    assert "three times" not in page
    speaking.show(counsel.person, relation().pk, said.pk, True)
    assert "We asked three times." in client.get("/countries/FR").content.decode()
    assert not Alert.objects.filter(seen_at=None).exists()


def test_a_link_goes_to_the_registered_address_alone_and_is_kept_as_a_hash(counsel: Member) -> None:
    path = link(counsel)
    (mail,) = mails("statement")
    assert mail.startswith("To: contact@ministry.example\n")
    assert "France" in mail
    assert "sans compte" in mail, "in French below"
    token = path.rpartition("/")[2]
    assert bytes(Link.objects.latest("id").token_hash) == vault.keyed_hash(f"country:{token}")
    assert not Event.objects.filter(sealed__contains=token).exists()


def test_a_script_is_shown_as_it_was_written(counsel: Member) -> None:
    path, client = link(counsel), sent_in()
    client.post(path, {"text": SCRIPT})
    speaking.show(counsel.person, relation().pk, Said.objects.get().pk, True)
    for page in (client.get(path), client.get("/countries/FR"), sent_in(counsel).get("/console/countries/FR")):
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;we&quot; say\ufffd" in text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_link_works_once(counsel: Member) -> None:
    path, client = link(counsel), sent_in()
    client.post(path, {"text": "One."})
    again = client.post(path, {"text": "Two."})
    assert again.status_code == 410
    assert "used already" in again.content.decode()
    assert [vault.get(said.doc) for said in Said.objects.all()] == [b"One."]


def test_a_link_ends_after_thirty_days_and_by_a_newer_one(counsel: Member) -> None:
    first, client = link(counsel), sent_in()
    with clock.freeze(NOW + timedelta(days=30)):
        for answer in (client.get(first), client.post(first, {"text": "Late."})):
            assert answer.status_code == 410
            assert "time of this link is over" in answer.content.decode()
    speaking.invite(counsel.person, relation().pk)
    assert client.post(first, {"text": "By the old one."}).status_code == 410
    commands.register(counsel.person, "real", "FR", "other@ministry.example")
    assert client.post(link_in(mails("statement")[-1]), {"text": "By an address of before."}).status_code == 410
    assert not Said.objects.exists()


def test_looking_at_a_link_uses_nothing_and_an_unknown_one_is_not_there(counsel: Member) -> None:
    path, client = link(counsel), sent_in()
    for _ in range(3):
        answer = client.get(path)
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert not answer.cookies
    confirming = link_in(mails("contact")[-1]).rpartition("/")[2]
    for wrong in ("nothing", confirming, "x" * 500, path.rpartition("/")[2].upper()):
        assert client.get(f"/countries/speak/{wrong}").status_code == 404
    assert Link.objects.filter(used_at__isnull=False).count() == 0


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 20_001])
def test_what_is_empty_or_too_long_is_asked_again_and_the_link_stays_good(counsel: Member, text: str) -> None:
    path, client = link(counsel), sent_in()
    assert client.post(path, {"text": text}).status_code == 400
    assert client.post(path, {"text": "Now then."}).status_code == 302


def test_each_side_annotates_the_others_words_and_not_its_own(counsel: Member) -> None:
    talking(counsel)
    ours = speaking.say(counsel.person, relation().pk, "We answer within the hour.")
    path, client = link(counsel), sent_in()
    assert "what we said on 2026-11-29 09:00 UTC" in client.get(path).content.decode()
    for wrong in ("0", "-1", "9" * 30, "x", str(ours.pk + 1)):
        assert client.post(path, {"text": "Not so.", "about": wrong}).status_code == 400, wrong
    client.post(path, {"text": "Not so.", "about": str(ours.pk)})
    theirs = Said.objects.get(side="state")
    assert theirs.about == ours
    with pytest.raises(BadInput, match="about"):
        speaking.say(counsel.person, relation().pk, "We said so.", str(ours.pk))
    speaking.say(counsel.person, relation().pk, "It was so.", str(theirs.pk))
    page = client.get("/countries/FR").content.decode()
    assert page.index("We answer within") < page.index("Received. A person") < page.index("It was so.")


def test_words_are_kept_back_with_a_reason_that_everyone_reads(counsel: Member, handler: Member) -> None:
    path, client = link(counsel), sent_in()
    client.post(path, {"text": "Anna Example lives at 5 Mill Lane."})
    said, id = Said.objects.get(), relation().pk
    with pytest.raises(BadInput, match="reason"):
        speaking.show(counsel.person, id, said.pk, False, " ")
    with pytest.raises(NotAllowed):
        speaking.show(handler.person, id, said.pk, True)
    speaking.show(counsel.person, id, said.pk, False, "They name where a person lives.")
    page = client.get("/countries/FR").content.decode()
    assert "They name where a person lives." in page
    assert "Mill Lane" not in page
    with pytest.raises(Said.DoesNotExist):
        speaking.show(counsel.person, id + 1, said.pk, True)


def test_anybody_may_have_the_link_sent_once_a_day_and_learns_nothing_by_it(counsel: Member) -> None:
    client = sent_in()
    unknown = client.post("/countries/DE/link")
    registered(counsel)
    sent = [client.post("/countries/FR/link") for _ in range(2)]
    assert [answer.headers["Location"] for answer in sent] == ["/countries/FR?sent#speak"] * 2
    assert unknown.headers["Location"] == "/countries/DE?sent#speak"
    assert len(mails("statement")) == 1
    with clock.freeze(NOW + timedelta(days=1, seconds=1)):
        client.post("/countries/FR/link")
    assert len(mails("statement")) == 2
    for _ in range(2):
        last = client.post("/countries/FR/link")
    assert last.status_code == 429


def test_without_a_registered_address_a_state_can_not_be_let_speak(counsel: Member, decider: Member) -> None:
    talking(counsel)
    with pytest.raises(BadInput, match="no address is registered"):
        speaking.invite(counsel.person, relation().pk)
    with pytest.raises(NotAllowed):
        speaking.invite(decider.person, relation().pk)


def test_a_demo_state_speaks_in_the_demo_alone(demo: dict[str, Person]) -> None:
    commands.register(demo["counsel-be"], "demo", "XV", "palace@veltria.example")
    speaking.invite(demo["counsel-be"], relation("XV", "demo").pk)
    client = sent_in()
    client.post(link_in(mails("statement")[-1]), {"text": "Veltria speaks."})
    assert "Received." in client.get("/countries/demo/XV").content.decode()
    assert client.get("/countries/XV").status_code == 404


# -- the registered address -------------------------------------------------------------------------------------------


def test_an_address_is_asked_each_month_and_confirmed_by_a_button(counsel: Member) -> None:
    registered(counsel)
    client = sent_in()
    path = link_in(mails("contact")[-1])
    assert "Yes, it is read" in client.get(path).content.decode()
    assert relation().contact_checked_at is None, "machines open links too"
    assert client.post(path).status_code == 302
    assert relation().contact_checked_at == NOW
    assert "Thank you." in client.get(path).content.decode()
    assert client.post(path).status_code == 410
    for day in (29, 30, 30, 31):
        with clock.freeze(NOW + timedelta(days=day)):
            commands.keep_time(clock.now())
    assert len(mails("contact")) == 2


def test_an_address_that_does_not_answer_alerts_the_desk_once(counsel: Member) -> None:
    registered(counsel)
    for day in (13, 14, 14, 15):
        with clock.freeze(NOW + timedelta(days=day)):
            commands.keep_time(clock.now())
    assert Event.objects.filter(kind="contact.missed").count() == 1
    assert alerted() == ["contact.missed"]
    alert = Alert.objects.get()
    page = sent_in(counsel).get(f"/console/alerts/{alert.pk}").content.decode()
    assert "/console/countries/FR?realm=real" in page
    with clock.freeze(NOW + timedelta(days=31)):
        commands.keep_time(clock.now())
        sent_in().post(link_in(mails("contact")[-1]))
    assert not Alert.objects.filter(seen_at=None).exists()


@pytest.mark.parametrize("to", ["", "nobody", "a@b@", "x\r\nBcc: y@z.example", "a b@c.example", "a@" + "d" * 300])
def test_what_is_no_address_is_not_registered(counsel: Member, to: str) -> None:
    with pytest.raises(BadInput, match="contact"):
        registered(counsel, to=to)
    assert not mails("contact")


def test_the_same_address_again_asks_nothing(counsel: Member) -> None:
    for _ in range(2):
        registered(counsel)
    assert len(mails("contact")) == 1
    commands.ask_now(counsel.person, "real", "FR")
    assert len(mails("contact")) == 2
    with pytest.raises(BadInput):
        commands.ask_now(counsel.person, "real", "DE")
