"""The pages of a change: they work by their buttons alone, say what is wrong beside its line, and open to no other."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from people.members import Member

from comity import clock
from comity.adoption import commands
from comity.adoption.models import Draft
from comity.cases.models import Case, Finding, Request
from comity.library import examples
from comity.people.models import Person
from comity.regulations import packs
from comity.vault import commands as vault

from .scene import REASON, SHIPPED, TCO, adopted, begun, proposed

pytestmark = pytest.mark.django_db
LIST = f"/console/regulations/{TCO}"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def sent_in(member: Member | Person | None) -> Client:
    client = Client(HTTP_HOST="localhost:8000")
    if member is not None:
        client.force_login(member.person if isinstance(member, Member) else member)
    return client


def judged(realm: str = "real", **form: object) -> Case:
    """A past case with the facts of a good order, but for some of its form."""
    facts = examples.good(packs.load().version(TCO, SHIPPED))
    facts["form"] |= form
    until = clock.now().replace(year=clock.now().year + 1)
    ref = vault.put_json({"facts": facts, "finding": {}}, until)
    request = Request.objects.create(
        realm=realm, door="email", received_at=clock.now(), bytes=1, until=until, raw=ref, peek=ref
    )
    case = Case.objects.create(
        realm=realm, request=request, instrument=TCO, received_at=clock.now(), join_key=request.id.encode()
    )
    Finding.objects.create(
        case=case, version=1, outcome="valid", pack=TCO, pack_version=SHIPPED, pack_sha256="", calendar="", tzdata="",
        at=clock.now(), doc=ref,
    )  # fmt: skip
    return case


@pytest.mark.slow
def test_it_works_without_a_script(counsel: Member, decider: Member) -> None:
    silent, other = judged(redress_body=""), judged()
    client = sent_in(counsel)
    page = client.post(f"{LIST}/drafts", {"version": SHIPPED}, follow=True)
    where = page.redirect_chain[-1][0]
    assert "Nothing differs from the version in force yet." in page.content.decode()
    page = client.post(f"{where}/block", {"check": "redress", "outcome": "defective"}, follow=True).content.decode()
    assert "1 of 2 past cases would have come out otherwise." in page
    assert silent.id in page
    assert other.id not in page
    for word, glyph in (("Less", "less"), ("More", "more"), ("Otherwise", "other")):
        assert f'<use href="#{glyph}"/></svg><b>{word}</b>' in page
    assert "1 target would be left as it is, of 1 account at most" in page
    assert "in no past case would more be done" in page
    assert "no past case would be dealt with otherwise" in page
    assert "what is said when the answer is no, in English" in page
    assert "“Does it say where and until when it can be challenged?”: it blocks now; it did not" in page
    client.post(f"{where}/try")
    client.post(f"{where}/propose", {"reason": REASON})
    draft = Draft.objects.get()
    assert draft.tried | {"changed": []} == {
        "orders": 2, "more": 0, "less": 1, "other": 0, "same": 1, "changed": [],
        "targets": {"more": 0, "less": 1}, "accounts": {"more": 0, "less": 1},
    }  # fmt: skip
    for member in (counsel, decider):
        client = sent_in(member)
        page = client.get(where).content.decode()
        assert 'data-passkey="get"' in page
        for junk in ("", "junk", "[]", "{}", '{"id":' + "[" * 7000 + "]" * 7000 + "}", "x" * 20_000):
            refused = client.post(f"{where}/sign", {"act": draft.act, "response": junk})
            assert refused.status_code in (400, 409), junk[:20]
        answer = client.post(f"{where}/sign", {"act": draft.act, "response": json.dumps(member.sign(draft.act))})
        assert answer.status_code == 302
    page = client.get(where).content.decode()
    assert "In force" in page
    assert "readonly" in page
    assert client.get(LIST).content.decode().count("counsel, BE; decider, EE") == 1
    public = Client(HTTP_HOST="localhost:8000").get(f"/regulations/{TCO}/2021-784.2").content.decode()
    for said in (
        REASON,
        "counsel (BE) and decider (EE)",
        "What it changed from 2021-784.1",
        "it blocks now; it did not",
    ):
        assert said in public
    assert "past, in force" in Client(HTTP_HOST="localhost:8000").get("/regulations/").content.decode()


def test_the_form_without_yaml_stands_first_and_chooses_nothing_by_itself(counsel: Member) -> None:
    draft, client = begun(counsel), sent_in(counsel)
    where = f"{LIST}/drafts/{draft.pk}"
    page = client.get(where).content.decode()
    assert page.index("Change a rule") < page.index("The whole text (YAML)") < page.index("<textarea")
    assert re.search(r'<details id="whole"><summary>', page)
    assert "Does it say where and until when it can be challenged? (does not block now; redress)" in page
    assert '<option value="">Choose one</option>' in page
    assert client.post(f"{where}/block", {"check": "", "outcome": "defective"}).status_code == 400
    assert Draft.objects.get().revision == draft.revision


def test_own_rules_have_no_first_day_on_the_desk(counsel: Member) -> None:
    page = sent_in(counsel).get("/console/regulations/own-no-pack").content.decode()
    assert "since the beginning" in page
    assert "1970" not in page


@pytest.mark.soak
def test_a_change_is_ended_sent_back_and_withdrawn_by_its_buttons(counsel: Member) -> None:
    client, drafts = sent_in(counsel), [proposed(counsel), proposed(counsel, urgent=True)]
    back, urgent = (f"{LIST}/drafts/{draft.pk}" for draft in drafts)
    page = client.post(f"{back}/return", {"reason": "Say it in French too."}, follow=True).content.decode()
    assert "Say it in French too." in page
    assert client.post(f"{back}/withdraw").status_code == 302
    assert "Adopting" in client.get(back).content.decode()
    client.post(f"{LIST}/drafts", {"version": SHIPPED})
    given_up = f"{LIST}/drafts/{Draft.objects.latest('id').pk}"
    client.post(f"{given_up}/withdraw")
    assert "Adopting" not in client.get(given_up).content.decode()
    client.post(f"{urgent}/sign", {"act": drafts[1].act, "response": json.dumps(counsel.sign(drafts[1].act))})
    assert "End this emergency change" in client.get(urgent).content.decode()
    page = client.post(f"{urgent}/end", {"reason": "The wave is over."}, follow=True).content.decode()
    for said in ("The wave is over.", "Emergency change of a regulation ended", "version 2021-784.2, by a person"):
        assert said in page
    assert "End this emergency change" not in page
    assert page.count(REASON) == 1  # why it was brought in force stays readable
    assert "sha256" not in page.split('<h2 id="h-timeline">')[1]
    assert [draft.state for draft in Draft.objects.order_by("id")] == ["withdrawn", "ended", "withdrawn"]
    versions = client.get(LIST).content.decode()
    assert "<p>counsel, BE</p>" in versions


@pytest.mark.slow
def test_what_is_wrong_stands_beside_its_line(counsel: Member) -> None:
    draft, client = begun(counsel), sent_in(counsel)
    wrong = draft.text.replace("holds_when: authority.accredited", "holds_when: authority.accredted <b>")
    line = next(n for n, text in enumerate(wrong.split("\n"), 1) if "accredted" in text)
    for path in ("", "/check"):
        page = client.post(f"{LIST}/drafts/{draft.pk}{path}", {"text": wrong, "revision": draft.revision})
        said = page.content.decode()
        assert page.status_code == 200
        assert f'data-line="{line}"' in said
        assert f"<span>{line}</span><code>    holds_when: authority.accredted &lt;b&gt;</code>" in said
        assert "checks[2].holds_when" in said
        assert "do-try" not in said  # what can't be read can't be tried
    assert Draft.objects.get().text == wrong


@pytest.mark.slow
def test_a_pause_keeps_nothing(counsel: Member) -> None:
    draft, client = begun(counsel), sent_in(counsel)
    page = client.post(f"{LIST}/drafts/{draft.pk}/check", {"text": draft.text.replace("length: 48", "length: 24")})
    assert "Deadline scrutiny-request, length: 48 → 24" in page.content.decode()
    assert Draft.objects.get().text == draft.text


def test_only_the_cases_asked_for(counsel: Member) -> None:
    one, other = judged(redress_body=""), judged(redress_body="")
    draft = commands.block(counsel.person, begun(counsel).pk, "redress", "defective")
    page = (
        sent_in(counsel).get(f"{LIST}/drafts/{draft.pk}", {"numbers": f"{other.id.lower()}, nonsense"}).content.decode()
    )
    assert other.id in page
    assert one.id not in page


def test_a_case_of_another_realm_is_not_shown(counsel: Member, demo: dict[str, Person]) -> None:
    judged("demo", redress_body="")
    draft = commands.block(counsel.person, begun(counsel).pk, "redress", "defective")
    assert "There is no past case here" in sent_in(counsel).get(f"{LIST}/drafts/{draft.pk}").content.decode()


BAD = ["id: [", "", "\x0b", "- a\n- b\n", "id: x\nversion: 1\n", "a: &a [*a]\n", "[" * 5000, "k: 'v'\n" * 30_000]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_any_text_gets_a_clear_answer(text: str, counsel: Member) -> None:
    draft, client = begun(counsel), sent_in(counsel)
    page = client.post(f"{LIST}/drafts/{draft.pk}/check", {"text": text})
    assert page.status_code == 200
    assert "come in force" in page.content.decode()


def test_a_text_too_long_is_refused(counsel: Member) -> None:
    draft = begun(counsel)
    page = sent_in(counsel).post(f"{LIST}/drafts/{draft.pk}/check", {"text": "#" * 1_100_000})
    assert (page.status_code, b"at most 1000000 bytes" in page.content) == (400, True)


ADDRESSES = ["/console/regulations/", LIST, "{draft}"]
POSTS = ["", "/check", "/block", "/try", "/propose", "/urge", "/sign", "/return", "/end", "/withdraw"]


def test_strangers_are_sent_to_sign_in(counsel: Member) -> None:
    draft = proposed(counsel)
    where = f"{LIST}/drafts/{draft.pk}"
    stranger = sent_in(None)
    for address in ADDRESSES:
        assert stranger.get(address.format(draft=where))["Location"].startswith("/people/sign-in")
    for act in POSTS:
        assert stranger.post(f"{where}{act}", {"text": "x"})["Location"].startswith("/people/sign-in")
    assert Draft.objects.get(pk=draft.pk).state == "proposed"


def test_who_may_only_look_changes_nothing(counsel: Member, join: Callable[..., Member]) -> None:
    draft, auditor = proposed(counsel), sent_in(join("auditor", "EE"))
    where = f"{LIST}/drafts/{draft.pk}"
    assert auditor.get(where).status_code == 200
    fields = {"text": draft.text, "revision": draft.revision, "reason": REASON, "act": draft.act, "response": "{}"}
    for act in [post for post in POSTS if post != "/check"]:
        assert auditor.post(f"{where}{act}", fields).status_code in (400, 403)
    assert auditor.post(f"{LIST}/drafts", {"version": SHIPPED}).status_code == 403
    assert Draft.objects.get(pk=draft.pk).revision == draft.revision


def test_the_demo_sees_no_real_change(counsel: Member, demo: dict[str, Person]) -> None:
    draft, client = proposed(counsel), sent_in(demo["counsel-be"])
    for act in POSTS:
        assert client.post(f"{LIST}/drafts/{draft.pk}{act}", {"text": "x", "reason": REASON}).status_code == 404
    assert client.get(f"{LIST}/drafts/{draft.pk}").status_code == 404
    assert f"D-{draft.pk}" not in client.get(LIST).content.decode()


def test_past_and_coming_versions_are_published(counsel: Member, decider: Member) -> None:
    with clock.freeze(AT):
        adopted(counsel, decider)
        visitor = Client(HTTP_HOST="localhost:8000")
        assert visitor.get(f"/regulations/{TCO}")["Location"] == f"/regulations/{TCO}/2021-784.2"
        assert "This is the past version" in visitor.get(f"/regulations/{TCO}/{SHIPPED}").content.decode()
