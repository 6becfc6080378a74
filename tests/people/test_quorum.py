"""A quorum: all subsets below the number, every spread over jurisdictions."""

import itertools

import pytest

from comity.people.rules import Quorum, Signer, helps, met, missing


def signer(name: str, jurisdiction: str = "BE", *roles: str) -> Signer:
    return Signer(name, frozenset(roles or ("decider",)), jurisdiction)


def test_it_works() -> None:
    two = Quorum(2, ("decider",))
    assert not met(two, [signer("alice")])
    assert met(two, [signer("alice"), signer("bob")])


@pytest.mark.parametrize("count", range(1, 6))
def test_no_subset_below_the_number(count: int) -> None:
    everyone = [signer(f"person-{n}") for n in range(count + 1)]
    quorum = Quorum(count, ("decider",))
    for size in range(count + 2):
        for some in itertools.combinations(everyone, size):
            assert met(quorum, some) == (size >= count)


@pytest.mark.parametrize(("count", "jurisdictions"), [(c, j) for c in range(1, 5) for j in range(1, c + 1)])
def test_every_spread_over_jurisdictions(count: int, jurisdictions: int) -> None:
    quorum = Quorum(count, ("decider",), jurisdictions)
    for spread in itertools.product(("BE", "EE", "FR", "PT"), repeat=count):
        signers = [signer(f"person-{n}", place) for n, place in enumerate(spread)]
        assert met(quorum, signers) == (len(set(spread)) >= jurisdictions)


def test_the_same_person_counts_once() -> None:
    assert not met(Quorum(2, ("decider",)), [signer("alice", "BE"), signer("alice", "EE")])


def test_another_role_does_not_count() -> None:
    assert not met(Quorum(2, ("decider",)), [signer("alice"), signer("bob", "BE", "handler")])
    assert met(Quorum(2, ("decider", "counsel")), [signer("alice"), signer("bob", "BE", "counsel")])


def test_nobodys_signature_counts_nothing() -> None:
    assert not met(Quorum(1, ("decider",)), [])
    assert missing(Quorum(3, ("decider",), 2), []) == 3


def test_one_is_enough_where_one_is_asked() -> None:
    assert met(Quorum(1, ("decider",)), [signer("alice")])


def test_a_signature_that_brings_it_no_nearer_does_not_help() -> None:
    quorum = Quorum(2, ("decider",), 2)
    assert not helps(quorum, [signer("alice", "BE")], signer("bob", "BE"))
    assert helps(quorum, [signer("alice", "BE")], signer("bob", "EE"))
    assert not helps(quorum, [signer("alice", "BE")], signer("alice", "BE"))


def test_signing_by_turns_always_ends_in_a_met_quorum_of_no_more_than_its_number() -> None:
    for count, jurisdictions in [(2, 1), (2, 2), (3, 2), (3, 3), (4, 2)]:
        quorum = Quorum(count, ("decider",), jurisdictions)
        for order in itertools.permutations(range(6)):
            signers: list[Signer] = []
            for n in order:
                one = signer(f"person-{n}", ("BE", "EE", "FR")[n % 3])
                if helps(quorum, signers, one):
                    signers.append(one)
            assert met(quorum, signers)
            assert len(signers) == count


@pytest.mark.parametrize(
    "value",
    [
        {"count": 0, "roles": ["decider"], "jurisdictions": 1},
        {"count": -1, "roles": ["decider"], "jurisdictions": 1},
        {"count": 2, "roles": [], "jurisdictions": 1},
        {"count": 2, "roles": ["handler"], "jurisdictions": 1},
        {"count": 2, "roles": ["auditor"]},
        {"count": 2, "roles": "decider"},
        {"count": 2, "roles": ["decider"], "jurisdictions": 3},
        {"count": 2, "roles": ["decider"], "jurisdictions": 0},
        {"count": True, "roles": ["decider"]},
        {"count": 1.5, "roles": ["decider"]},
        {"count": "2", "roles": ["decider"]},
        {"count": 2},
        {"roles": ["decider"]},
        {"count": 10**9, "roles": ["decider"]},
        [],
        None,
    ],
)
def test_refuses_a_rule_that_nobody_or_too_few_could_meet(value: object) -> None:
    with pytest.raises(ValueError, match="quorum"):
        Quorum.read(value)  # type: ignore[arg-type]


def test_reads_what_a_finding_says() -> None:
    said = {"count": 2, "roles": ["decider"], "jurisdictions": 1}
    assert Quorum.read(said).as_json() == said
