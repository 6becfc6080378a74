"""Whose keys their organisations know, as they say it at their own domains."""

import pytest

from comity_verify import vouching
from comity_verify.entries import Entry
from comity_verify.people import People, Person

MINE, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64


def says(pages: dict[str, bytes]) -> vouching.Fetch:
    """The internet as this test has it."""

    def get(domain: str) -> bytes:
        if domain not in pages:
            raise OSError("no such host")
        return pages[domain]

    return get


def test_it_works() -> None:
    page = f"# keys of our people\n{MINE}  guardian\n{OTHER}\n".encode()
    people = {"one": ("guards.example", [MINE]), "two": ("guards.example", [OTHER]), "three": ("", [THIRD])}
    assert vouching.vouched(people, says({"guards.example": page})) == ["one", "two"]


def test_who_has_one_key_that_nobody_knows_is_not_vouched_for() -> None:
    people = {"one": ("guards.example", [MINE, OTHER]), "two": ("guards.example", [])}
    assert vouching.vouched(people, says({"guards.example": MINE.encode()})) == []


@pytest.mark.parametrize(
    "page", [b"", b"\xff" * 100, MINE[:63].encode(), MINE.upper().encode(), f" {MINE}".encode(), f"x{MINE}".encode()]
)
def test_what_is_no_list_of_keys_knows_none(page: bytes) -> None:
    assert vouching.known("guards.example", says({"guards.example": page})) == set()


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "guards.example:8443",
        "guards.example/x",
        "a b.example",
        "é.example",
        "x" * 101,
    ],
)
def test_what_is_no_domain_is_not_asked(domain: str) -> None:
    def never(domain: str) -> bytes:
        raise AssertionError(domain)

    assert vouching.known(domain, never) == set()


def test_a_domain_that_does_not_answer_vouches_for_nobody_and_stops_nothing() -> None:
    people = {"one": ("gone.example", [MINE]), "two": ("guards.example", [OTHER])}
    assert vouching.vouched(people, says({"guards.example": OTHER.encode()})) == ["two"]


def test_only_so_many_are_asked() -> None:
    asked: list[str] = []

    def get(domain: str) -> bytes:
        asked.append(domain)
        return MINE.encode()

    vouching.vouched({str(n): (f"d{n}.example", [MINE]) for n in range(200)}, get)
    assert len(asked) == vouching.MOST


def test_who_is_asked_about_is_whom_the_record_let_in() -> None:
    people = People()
    people.persons = {"one": Person("one", "BE", {"guardian"}), "two": Person("two", "BE", {"handler"})}
    people.keys, people.domains = {MINE: "one", OTHER: "one", THIRD: "two"}, {"one": "guards.example"}
    assert people.to_vouch() == {"one": ("guards.example", [MINE, OTHER])}
    people.read(Entry("case.judged", "2026-11-30", "real", "gateway", {}, {}), 0)
