"""Each usual spelling of one address leads to one chat and one message; what leads to none is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.platforms.telegram import links, rules
from comity.platforms.telegram.links import Link

PUBLIC = Link(name="townsq", message=42)
PRIVATE = Link(number=-1001234567890, message=42)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://t.me/townsq/42", PUBLIC),
        ("http://T.ME/TownSq/42/", PUBLIC),
        ("t.me/townsq/42#x", PUBLIC),
        ("https://telegram.me/townsq/42", PUBLIC),
        ("https://telegram.dog/townsq/42", PUBLIC),
        ("https://www.t.me/townsq/42", PUBLIC),
        ("https://t.me/s/townsq/42", PUBLIC),
        ("https://townsq.t.me/42", PUBLIC),
        ("https://t.me/townsq/7/42", PUBLIC),
        ("https://t.me/townsq/42?thread=7", PUBLIC),
        ("tg://resolve?domain=townsq&post=42", PUBLIC),
        ("https://t.me/c/1234567890/42", PRIVATE),
        ("https://t.me/c/1234567890/7/42", PRIVATE),
        ("tg://privatepost?channel=1234567890&post=42", PRIVATE),
        ("https://t.me/townsq", Link(name="townsq")),
        ("https://t.me/c/1234567890", Link(number=-1001234567890)),
        ("https://t.me/townnews/5?comment=9", Link(name="townnews", message=5, comment=9)),
        ("https://t.me/townsq/42?single", Link(name="townsq", message=42, single=True)),
    ],
)
def test_it_works(url: str, link: Link) -> None:
    assert links.read(url) == link


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/",
        "https://t.me/joinchat/AAAA",
        "https://t.me/+AbCdEf",
        "https://t.me/townsq/0",
        "https://t.me/townsq/x",
        "https://t.me/townsq/1/2/3",
        "https://t.me/c/x/1",
        "https://t.me/c/99999999999999999/1",
        "https://t.me.elsewhere.example/townsq/1",
        "https://t.me@elsewhere.example/townsq/1",
        "https://t.me:8443/townsq/1",
        "https://elsewhere.example/t.me/townsq/1",
        "tg://join?invite=x",
        "tg://resolve",
        "mailto:a@t.me",
        "",
        "x" * 10_000,
    ],
)
def test_what_leads_nowhere(url: str) -> None:
    assert links.read(url) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for url in (text, f"https://t.me/{text}", f"tg:{text}", f"https://{text}.t.me/1"):
        found = links.read(url)
        assert found is None or found.name or found.number


@given(st.integers(1, 10**12 - 1), st.integers(1, 2**31 - 1))
def test_a_spelling_leads_back(chat: int, message: int) -> None:
    number = links.SUPER - chat
    assert links.read(links.spelled("", number, message)) == Link(number=number, message=message)
    assert links.of_ref(links.ref(number, message)) == (number, (message,))


@given(st.text(max_size=12_000))
def test_a_text_is_told_whole(text: str) -> None:
    made = rules.pieces(text)
    assert all(0 < len(one) <= 4096 for one in made)
    assert "".join("".join(made).split()) == "".join(text.split())
