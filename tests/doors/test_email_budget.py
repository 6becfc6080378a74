"""The memory that senders share at the e-mail door: by bytes that came, and never all of it for one."""

import pytest

from comity.doors.email import budget
from comity.doors.email.budget import Budget, Held, counted_under

MEGABYTE = 1 << 20


class Senders:
    """A budget of 8 MB, and who was cut."""

    def __init__(self) -> None:
        self.budget, self.cut = Budget(), list[str]()

    def sender(self, name: str, address: str = "") -> Held:
        return Held(address, lambda: self.cut.append(name))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Senders:
    monkeypatch.setattr(budget, "AT_MOST", 8 * MEGABYTE)
    return Senders()


def test_it_works(here: Senders) -> None:
    one = here.sender("one")
    assert here.budget.take(one, 7 * MEGABYTE, 0)
    here.budget.free(one)
    assert (here.budget.total, here.budget.held, dict(here.budget.by_address)) == (0, set(), {})
    assert here.budget.take(here.sender("two"), 7 * MEGABYTE, 1)


def test_who_keeps_sending_keeps_the_room_and_the_next_is_told_to_come_again(here: Senders) -> None:
    first = here.sender("first")
    for second in range(30):
        assert here.budget.take(first, budget.STEP, second)
    assert not here.budget.take(here.sender("next"), MEGABYTE, 30)
    assert here.cut == []


@pytest.mark.parametrize("dribbled", [0, 1, 25_000])
def test_who_stopped_or_dribbles_gives_way(here: Senders, dribbled: int) -> None:
    stalled = here.sender("stalled")
    here.budget.take(stalled, 7 * MEGABYTE, 0)
    for second in range(1, 11):
        here.budget.take(stalled, dribbled, second)
    sending = here.sender("sending")
    assert here.budget.take(sending, 2 * MEGABYTE, 11)
    assert here.cut == ["stalled"]
    assert here.budget.total == sending.size


def test_the_longest_stopped_goes_first_and_no_more_than_need_be(here: Senders) -> None:
    for at, name in enumerate(("oldest", "older", "old")):
        here.budget.take(here.sender(name), 2 * MEGABYTE, at)
    assert here.budget.take(here.sender("sending"), 4 * MEGABYTE, 20)
    assert here.cut == ["oldest"]


def test_who_waits_for_us_has_not_stopped(here: Senders) -> None:
    whole = here.sender("whole")
    here.budget.take(whole, 7 * MEGABYTE, 0)
    whole.storing = True
    assert not here.budget.take(here.sender("next"), 2 * MEGABYTE, 60)
    assert here.cut == []


def test_one_address_has_half_and_small_mails_are_always_heard(here: Senders) -> None:
    assert here.budget.take(here.sender("a", "203.0.113.9"), 3 * MEGABYTE, 0)
    assert not here.budget.take(here.sender("b", "203.0.113.9"), 2 * MEGABYTE, 0)
    assert here.budget.take(here.sender("c", "203.0.113.10"), 3 * MEGABYTE, 0)
    assert here.budget.take(here.sender("d", "203.0.113.9"), budget.SMALL, 0)


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_one_address_and_this_machine_none(peer: str, address: str) -> None:
    assert counted_under(peer) == address
