"""The pages: what each says, to whom, in how many queries, and that none betrays an order."""

import gzip
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from figures.scene import answered, case, silent
from people.members import Member, joined

from comity.countries import commands, rules, speaking
from comity.countries.models import Relation
from comity.figures import commands as figures
from comity.figures.models import Counted, Quarter
from comity.library import standing
from comity.people.models import Person

from .scene import NOW, SAID, WHY, agreed, put, registered, relation, sent_in, talking

pytestmark = pytest.mark.django_db
MOST = 15  # queries of a page
DAY = NOW.date()


@pytest.mark.slow
def test_it_works(counsel: Member, decider: Member) -> None:
    """Everything by its buttons alone, as the desk and as everyone sees it."""
    client, base = sent_in(counsel), "/console/countries/FR"
    assert client.post(f"{base}/move", {"step": "talk", "reason": WHY}).headers["Location"] == f"{base}#moves"
    client.post(f"{base}/contact", {"contact": "contact@ministry.example"})
    client.post(f"{base}/say", {"text": "We answer within the hour."})
    client.post(f"{base}/link")
    client.post(f"{base}/reach", {"reach": "open", "note": "From two lines in Lyon."})
    client.post(f"{base}/agree", SAID)
    page = client.get(base).content.decode()
    for said in (WHY, "contact@ministry.example", "We answer within", "From two lines", "First, open", "Send it back"):
        assert said in page
    agreed_now(counsel, decider)
    public = sent_in().get("/countries/FR").content.decode()
    for said in (
        "Agreed",
        SAID["title"],
        "counsel, BE",
        "decider, EE",
        "None → Talking".replace("None", "No relation"),
    ):
        assert said in public
    assert "contact@ministry" not in public, "the address is the State's own"
    assert "injonction" not in public
    assert "Injonction de retrait" in sent_in().get("/countries/FR?language=fr").content.decode()


def agreed_now(*members: Member) -> None:
    for member in members:
        act = relation().act
        commands.sign(member.person, relation().pk, act, member.sign(act))


def test_a_stranger_goes_to_sign_in_and_a_handler_sees_no_form_of_counsels(handler: Member, counsel: Member) -> None:
    talking(counsel)
    assert sent_in().get("/console/countries/").headers["Location"].startswith("/people/sign-in")
    page = sent_in(handler).get("/console/countries/FR").content.decode()
    assert "Record what was seen" in page
    for act in ("Move the relation", "Register this address", "Publish it", "Put it to the quorum"):
        assert act not in page
    for path, form in (("move", {"step": "dispute", "reason": WHY}), ("say", {"text": "x"}), ("link", {}), ("ask", {})):
        assert sent_in(handler).post(f"/console/countries/FR/{path}", form).status_code == 403
    assert sent_in(joined("administrator", "BE")).get("/console/countries/FR").status_code == 200


def test_a_code_that_is_no_country_says_why_on_both_pages(counsel: Member) -> None:
    for code, says in (("EU", "a union of States"), ("XK", "not assigned"), ("UK", "written GB"), ("XV", "no country")):
        for client, path in ((sent_in(), "/countries/"), (sent_in(counsel), "/console/countries/")):
            answer = client.get(f"{path}{code}")
            assert answer.status_code == 404
            assert says in answer.content.decode()
    assert "union d’États" in sent_in().get("/countries/EU?language=fr").content.decode()
    assert sent_in(counsel).post("/console/countries/XK/move", {"step": "talk", "reason": WHY}).status_code == 404
    assert sent_in().post("/countries/EU/link").status_code == 404


def test_an_act_that_is_not_possible_now_says_so(counsel: Member) -> None:
    client = sent_in(counsel)
    assert client.post("/console/countries/FR/move", {"step": "strain", "reason": WHY}).status_code == 409
    assert client.post("/console/countries/FR/sign", {"act": "0" * 64}).status_code == 400
    talking(counsel)
    for junk in ("", "junk", "{}"):
        assert client.post("/console/countries/FR/sign", {"act": "0" * 64, "response": junk}).status_code in (400, 409)
    assert client.post("/console/countries/FR/said/99", {"show": "yes"}).status_code == 404
    assert client.get("/console/countries/FR/move").status_code == 405


def test_the_list_is_filtered_by_its_address_and_the_same_as_csv(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider)
    talking(counsel, "DE")
    client = sent_in(counsel)
    page = client.get("/console/countries/?state=agreed").content.decode()
    assert "/console/countries/FR" in page
    assert "/console/countries/DE" not in page
    rows = b"".join(client.get("/console/countries/?format=csv").streaming_content).decode().splitlines()
    assert rows[0].split(",")[:3] == ["country", "name", "state"]
    assert len(rows) == 1 + len(rules.ALL)
    assert rows[1].startswith("FR,France,agreed,false,none registered,0")
    assert "No country stands like this." in client.get("/console/countries/?state=left").content.decode()
    assert client.get("/console/countries/?state=%3Cb%3E").status_code == 200


def test_the_demo_stands_apart(demo: dict[str, Person], counsel: Member) -> None:
    commands.move(demo["counsel-be"], "demo", "XV", "talk", WHY)
    client = sent_in(demo["counsel-be"])
    assert "Veltria" in client.get("/console/countries/").content.decode()
    assert "Veltria" in sent_in().get("/countries/demo/").content.decode()
    assert "Demo." in sent_in().get("/countries/demo/XV").content.decode()
    for real in (sent_in(), sent_in(counsel)):
        assert "Veltria" not in real.get("/countries/").content.decode()
    assert client.post("/console/countries/FR/move", {"step": "talk", "reason": WHY}).status_code == 302
    assert not Relation.objects.filter(realm="real").exists()


@pytest.mark.usefixtures("without_demo")
def test_where_there_is_no_demo_there_is_no_page_of_it() -> None:
    assert sent_in().get("/countries/demo/").status_code == 404
    assert sent_in().get("/countries/demo/FR").status_code == 404


# -- measured ---------------------------------------------------------------------------------------------------------


def everywhere(counsel: Member) -> None:
    """A relation, an address and figures for every country."""
    Relation.objects.bulk_create(
        Relation(realm="real", country=code, state="talking", contact="c@d.example") for code in rules.ALL - {"FR"}
    )
    Quarter.objects.bulk_create(
        Quarter(realm="real", quarter=quarter, name=name, country=code, instrument=f"i{n}", n=20, public=20)
        for quarter in (date(2026, 4, 1), date(2026, 7, 1))
        for name in ("requests", "late")
        for code in rules.ALL
        for n in range(3)
    )
    Counted.objects.create(day=date(2026, 7, 1), at=NOW, published_at=NOW)


@pytest.mark.slow
def test_no_page_takes_more_queries_than_it_may_however_much_there_is(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider)
    put(counsel, text="1. Another.")
    registered(counsel)
    for n in range(4):
        speaking.say(counsel.person, relation().pk, f"Word {n}.")
        commands.observe(counsel.person, "real", "FR", "open", f"Look {n}.")
    everywhere(counsel)
    desk = sent_in(counsel)
    desk.get("/console/countries/FR")
    for client, path in (
        (desk, "/console/countries/"),
        (desk, "/console/countries/FR"),
        (sent_in(), "/countries/"),
        (sent_in(), "/countries/FR"),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= MOST, (
            path,
            len(asked),
            [re.findall(r"(?:FROM|UPDATE|from) .(\w+)", one["sql"]) for one in asked],
        )


def test_the_map_is_small_says_what_the_table_says_and_needs_no_colour(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider)
    talking(counsel, "MT")
    commands.observe(counsel.person, "real", "MT", "blocked", "From Valletta.")
    page = sent_in().get("/countries/").content.decode()
    drawn = re.search(r'<figure class="world">.*?</figure>', page, re.DOTALL)[0]
    assert len(gzip.compress(drawn.encode(), 9)) < 20_000
    assert "<title>France: Agreed</title>" in drawn
    assert "Malta: Talking, blocked by the State" in drawn, "too small for the map: a square"
    assert 'role="img" aria-labelledby="map-title map-desc"' in drawn
    assert drawn.count('class="no-say"') == 2
    assert "No statement on any border." in drawn
    for slug in set(rules.STATES) - {"none", "agreed"}:
        assert f'id="p-{slug}"' in drawn, "each has a pattern of its own"
    css = (Path(rules.__file__).parent / "static/countries/map.css").read_text()
    assert all(f".s-{slug} {{" in css for slug in rules.STATES)


def test_every_shape_is_a_country_and_the_disputed_have_none() -> None:
    from comity.countries import worldmap

    drawn = worldmap.drawn({}, dict.fromkeys(rules.STATES, ""), "", "real")
    codes = {one.code for one in drawn.shapes}
    assert {"FR", "UA", "RU", "FJ", "US"} <= codes <= rules.ALL
    assert len(codes) > 170
    assert "XK" not in codes
    assert drawn.disputed.count("M") == 4, "Crimea, northern Cyprus, Somaliland, Kosovo"
    assert all(re.fullmatch(r"[Mlz\d,\- ]+", one.path) for one in drawn.shapes)


# -- what is in force there, and figures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "there", "not_there"),
    [
        ("FR", {"eu-tco-removal-order", "eu-dsa-order-act", "eu-eevidence-preservation"}, {"us-preservation"}),
        ("DK", {"eu-tco-removal-order"}, {"eu-eevidence-preservation", "us-preservation"}),
        ("US", {"us-preservation"}, {"eu-tco-removal-order"}),
        ("CH", set(), {"eu-tco-removal-order", "us-preservation", "eu-tco-scrutiny"}),
    ],
)
def test_a_regulation_is_in_force_where_it_does_not_refuse_for_the_country(
    country: str, there: set[str], not_there: set[str]
) -> None:
    law, own = standing.there("real", country)
    ids = {pack.id for pack in law}
    assert there <= ids
    assert not ids & not_there
    assert {pack.id for pack in own} >= {"own-no-pack", "own-person-claim"}


@pytest.mark.slow
def test_both_public_pages_are_the_same_with_and_without_one_confidential_order(counsel: Member) -> None:
    talking(counsel)
    for _ in range(12):
        answered(case(date(2026, 8, 3)))
    Counted.objects.create(day=date(2026, 7, 1), at=NOW)

    def seen() -> list[str]:
        figures.look(figures._of_days(date(2026, 7, 1), DAY + timedelta(days=1)), NOW)
        figures.publish_due(NOW, DAY)
        pages = [sent_in().get(path).content.decode() for path in ("/countries/", "/countries/FR", "/countries/DE")]
        return [re.sub(r"nonce(?:=\"|-)[^\"' ]+", "", page) for page in pages]

    from django.db import transaction

    with transaction.atomic():
        without = seen()
        transaction.set_rollback(True)
    assert "12" in without[1]
    assert "under 10" in without[2]
    for country in ("FR", "DE"):
        with transaction.atomic():
            answered(case(date(2026, 8, 4), country, duties=silent(None)))
            assert seen() == without
            transaction.set_rollback(True)
