"""One letter sent by many, each with a greeting and a name: counted together, what differs always told."""

import random
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from comity import clock
from comity.balance import consulting, near, proposing, public
from comity.balance.models import Comment, Proposal

KEY = bytes(16)
LETTER = (
    "The rule that an order must name its means of redress protects people who never hear of it otherwise, "
    "and whoever writes orders every day can name it in one line. Please keep the check as it is proposed."
)


def sent(name: str, greeting: str = "Dear council,") -> str:
    return f"{greeting}\n{LETTER}\nKind regards, {name}"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (sent("Anna Berg"), sent("João da Silva", "Ladies and gentlemen,"), True),
        (sent("Anna Berg"), LETTER, True),
        (LETTER, LETTER.replace("Please keep", "Please do not keep"), True),  # and "do not" is told
        (
            LETTER,
            " ".join(random.Random(1).sample(LETTER.split(), len(LETTER.split()))),
            False,
        ),  # the same words, mixed
        (LETTER, LETTER + " " + LETTER.replace("rule", "law").replace("people", "officials"), False),
        (
            LETTER,
            "I am against it: an officer in the field at night has no lawyer to ask what redress there is.",
            False,
        ),
        ("Keep it.", "Keep it!", False),  # so short that each word is its own: the digest alone knows it again
        ("規則は人を守るものであり、変えてはならない。", "規則は人を守るものであり、変えてはならない。田中", True),
    ],
)
def test_it_works(one: str, other: str, same: bool) -> None:
    assert near.nearly(one, other) == near.nearly(other, one) == same
    if same:
        assert set(near.bands(one, KEY)) & set(near.bands(other, KEY)), "it is found without comparing all with all"


def test_what_differs_is_told_as_it_was_written() -> None:
    found = near.differs(LETTER.replace("Please keep", "Please do NOT keep"), LETTER)
    assert found == (("do", "NOT"), ())
    assert near.differs(sent("João da Silva", "Ladies and gentlemen,"), sent("Anna Berg")) == (
        ("Ladies", "and", "gentlemen", "João", "da", "Silva"), ("Dear", "council", "Anna", "Berg"),
    )  # fmt: skip
    assert near.differs("a b", "c d") == (("a", "b"), ("c", "d"))
    assert near.differs("", "a b") == ((), ("a", "b"))
    assert near.differs(LETTER, sent("Anna Berg")).less == ("Dear", "council", "Kind", "regards", "Anna", "Berg")


def test_bands_say_nothing_without_the_key_and_of_short_texts_there_are_none() -> None:
    mine = near.bands(LETTER, KEY)
    assert len(mine) == near.BANDS
    assert not set(mine) & set(near.bands(LETTER, b"x" * 16))
    assert near.bands("Keep it as it is, please.", KEY) == near.bands("", KEY) == []
    assert all(-(2**63) <= one < 2**63 for one in mine)


# -- on the road ------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_one(demo: dict[str, object]) -> str:
    cache.clear()
    made, _ = proposing.receive("demo", "person", "eu-tco-removal-order", "Name redress", "Keep the check.")
    closes = clock.now() + timedelta(days=9)
    Proposal.objects.filter(id=made.id).update(state="consulting", round=1, closes_at=closes)
    return str(made.id)


def shown(number: str, **asked: object) -> str:
    answer = Client(HTTP_HOST="localhost:8000").get(f"/proposals/{number}", asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
@pytest.mark.slow
def test_many_letters_stand_together_and_none_is_hidden(open_one: str, demo: dict[str, object]) -> None:
    texts = [sent("Anna Berg"), sent("Jean Dupont"), sent("K. Tamm").replace("Please keep", "Please do not keep")]
    first, *rest = [consulting.comment(open_one, text) for text in texts]
    consulting.comment(open_one, f"  {texts[1].upper()} !")  # the same text again is the same comment
    other = consulting.comment(open_one, "Another thought: who pays for the extra line in ten thousand orders a year?")
    beside = Comment.objects.filter(near=first).order_by("place").values_list("place", "times")
    assert list(beside) == [(1, 2), (2, 1)]
    page = shown(open_one)
    assert "2 more say nearly the same" in page
    assert page.count('<li id="comment-') == 2
    for words in ("Jean Dupont", "do not K Tamm", "Anna Berg"):
        assert words in page, "what differs is told on the very page"
    whole = shown(open_one, alike=first.pk)
    assert "Please do not keep" in whole
    assert "What differs from the first:" in whole
    assert "disent presque la même chose" in shown(open_one, language="fr")
    # the vote waits for each, and a group is answered by its first alone if the desk says so
    desk = demo["counsel-be"]
    consulting.answer(desk, open_one, [first.pk], "It stays as it is.")
    assert consulting.unanswered(Proposal.objects.get(id=open_one)) == 3
    consulting.answer(desk, open_one, [first.pk], "It stays as it is.", alike=True)
    assert list(Comment.objects.filter(answer=None).values_list("pk", flat=True)) == [other.pk]
    # what is hidden is told by nothing that differs from it
    consulting.hide(desk, open_one, first.pk, "names-person")
    assert "Anna" not in shown(open_one) + shown(open_one, alike=first.pk)
    assert "Jean Dupont" in shown(open_one, alike=first.pk)
    consulting.hide(desk, open_one, rest[0].pk, "names-person")
    assert "Dupont" not in shown(open_one) + shown(open_one, alike=first.pk)


@pytest.mark.django_db
def test_what_came_before_texts_were_compared_stands_alone(open_one: str) -> None:
    old = consulting.comment(open_one, sent("Anna Berg"))
    Comment.objects.filter(pk=old.pk).update(bands=None)
    assert consulting.comment(open_one, sent("Jean Dupont")).near_id is None
    assert len(public.comments(Proposal.objects.get(id=open_one))["rows"]) == 2
