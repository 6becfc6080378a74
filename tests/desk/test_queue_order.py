"""The queue to its end: every row on a page and in the CSV, proven before unproven, and no sender fills the top."""

import csv
import io
import re
from datetime import timedelta

import pytest
from desk.test_queue_queries import handler, request_of  # noqa: F401
from django.test import Client

from comity import clock
from comity.cases import fair, standing
from comity.cases.models import Case
from comity.desk import order
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


def case(number: int, *, behind: int = 0, due: int | None = 0) -> Case:
    now = clock.now()
    return Case.objects.create(
        realm="real",
        request=request_of("order", ""),
        instrument="eu-tco-removal-order",
        state="to-decide",
        behind=behind,
        received_at=now,
        due=now + timedelta(minutes=due) if due is not None else None,
        join_key=vault.keyed_hash(str(number)),
    )


def walk(client: Client, path: str) -> list[list[str]]:
    """The ids on each page, from the first by its link to the next, to the last."""
    pages = []
    while path:
        shown = client.get(path).content.decode()
        pages.append(re.findall(r'id="row-([CR]-[0-9A-Z]{8})"', shown))
        more = re.search(r'href="(\?[^"]*after=[^"]+)"', shown)
        path = f"/console/{more[1].replace('&amp;', '&')}" if more else ""
    return pages


def test_every_row_is_reached_once_and_all_are_exported(handler: Client) -> None:  # noqa: F811
    made = {case(n, behind=n % 3, due=n // 4 if n % 5 else None).id for n in range(70)}
    made |= {request_of("mail", "triage").id for _ in range(45)}
    pages = walk(handler, "/console/?realm=real")
    assert [len(page) for page in pages] == [50, 50, 15]
    reached = [one for page in pages for one in page]
    assert set(reached) == made
    assert len(reached) == len(made)
    answer = handler.get("/console/?realm=real&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["id"] for row in rows] == [place.id for place in order.page("real", "", None, 1_000)[0]]
    assert {row["id"] for row in rows} == made


def test_forged_orders_stand_behind_the_true_ones(handler: Client) -> None:  # noqa: F811
    forged = [case(n, behind=n, due=0).id for n in range(1, 61)]
    other = case(100, behind=1, due=30).id
    true = case(101, due=59).id
    (first, *_) = walk(handler, "/console/?realm=real")
    assert first[0] == true
    assert set(first[1:3]) == {forged[0], other}


def test_the_filter_shows_one_kind_to_its_end(handler: Client) -> None:  # noqa: F811
    some = case(1).id
    waiting = {request_of("mail", "triage").id for _ in range(60)}
    assert walk(handler, "/console/?realm=real&show=cases") == [[some]]
    pages = walk(handler, "/console/?realm=real&show=sort")
    assert [len(page) for page in pages] == [50, 10]
    assert {one for page in pages for one in page} == waiting


@pytest.mark.parametrize("after", ["x", "9.0.1.000000.C-AAAAAAAA", "1.0.99999999999.000000.C-AAAAAAAA", "1.0.1.0.';"])
def test_a_place_that_is_none_is_no_error(handler: Client, after: str) -> None:  # noqa: F811
    case(1)
    assert handler.get("/console/", {"realm": "real", "after": after}).status_code == 200


def test_a_list_parts_rows_of_one_instant_without_losing_any(handler: Client) -> None:  # noqa: F811
    with clock.freeze(clock.now()):
        made = {request_of("mail", "triage").id for _ in range(130)}
    rows = b"".join(handler.get("/console/requests/?realm=real&format=csv").streaming_content).decode()
    assert {row["id"] for row in csv.DictReader(io.StringIO(rows))} == made


def test_a_desk_that_can_do_a_quarter_does_all_the_true_ones_of_a_forged_flood() -> None:
    """Twenty forged orders of one sender for each true one, all with the same hour; by due time alone most are lost."""
    true = {n: case(n, behind=0 if n % 21 == 0 else n, due=n).id for n in range(105)}
    theirs = {id for n, id in true.items() if n % 21 == 0}
    done = {place.id for place in order.page("real", "", None, 26)[0]}
    assert theirs <= done
    by_due = set(Case.objects.order_by("due").values_list("id", flat=True)[:26])
    assert len(theirs & by_due) < len(theirs) / 2


def test_a_known_sender_that_floods_stands_apart_and_its_clocks_stay() -> None:
    """Forty orders of one accredited office, all due before anybody's: those of others stand among them."""
    flood = [sent_by("office", n, due=10) for n in range(40)]
    others = [sent_by(f"other-{n}", 100 + n, due=12 + 11 * n) for n in range(20)]
    done = [place.id for place in order.page("real", "", None, 40)[0]]
    assert sum(one.id in done[:20] for one in flood) < len(done[:20]) < 40
    assert {one.id for one in others[:4]} <= set(done[:20])
    assert flood[0].slot is None
    stand = [one.slot or one.due for one in flood]
    assert min(b - a for a, b in zip(stand, stand[1:], strict=False)) >= fair.gap(fair.HANDLING, 4)
    assert max(one.due for one in flood) - min(one.due for one in flood) < timedelta(minutes=1)
    urgent = sent_by("office", 200, due=1)
    assert urgent.slot is None
    assert order.page("real", "", None, 1)[0][0].id == urgent.id


def sent_by(authority: str, number: int, *, due: int) -> Case:
    """A case of a proven sender, where `standing` puts it: the desk has four people."""
    made = case(number, due=due)
    made.authority = authority
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "_people", lambda realm: 4)
        made.slot = standing.slot(made)
    made.save()
    return made
