"""What arrives at a door in a while, from a seed: which kind of mail, of whom, about what. Pure: the same seed gives
the same mails, in the same order, on every machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

# kinds: an office's order as it should be; one without what must be in it; one from a domain that resembles an
# office's; one in an office's own name under a signature that doesn't hold; a user's mail; and the same of somebody
# whose life is said to be in danger
ORDER, DEFECTIVE, LOOKALIKE, FORGED, MAIL, EMERGENCY, FALSE_ALARM = KINDS = (
    *("order", "defective", "lookalike", "forged", "mail"),
    *("emergency", "false-alarm"),
)
PROVEN = frozenset({ORDER, DEFECTIVE, EMERGENCY})  # an office's own signature is on them
CATEGORIES = ("a-incite", "b-solicit-offence", "c-solicit-group", "d-instruct", "e-threat")
REASONS: Sequence[str] = (
    "The message holds up an attack as an example and calls on readers to repeat it.",
    "The message praises those who carried out an attack, and gives their names as a model.",
    "The message invites readers to join a group that carries out attacks, and says how.",
    "The message explains how a device is made, and against whom it is to be used.",
    "The message threatens an attack on a place and a day.",
)
SUBJECTS: Sequence[str] = (
    "No notifications since the update",
    "I can’t get into my account",
    "How do I leave a channel?",
    "Somebody uses my picture",
)


@dataclass(frozen=True)
class Sent:
    """One mail of a while. `n`: its place in it, from 0; `office`: which of the offices, by number; `sender`: of those
    that are nobody's, which of so many senders; `reference`: the office's own number."""

    n: int
    kind: str
    office: int
    sender: int
    reference: str
    category: str
    reasons: str
    subject: str
    token: str


def orders(seed: int, mix: Mapping[str, int], offices: int = 4, senders: int = 40) -> list[Sent]:
    """So many of each kind, in an order that the seed decides. Raises ValueError for an unknown kind or a number below
    none."""
    if unknown := {*mix} - {*KINDS}:
        raise ValueError(f"mix: no kind {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    if any(n < 0 for n in mix.values()):
        raise ValueError("mix: no kind comes less than 0 times")
    chance = Random(seed)  # noqa: S311  # a world, no secret
    kinds = [kind for kind in KINDS for _ in range(mix.get(kind, 0))]
    chance.shuffle(kinds)
    return [_sent(chance, n, kind, offices, senders) for n, kind in enumerate(kinds)]


def buried(seed: int, mix: Mapping[str, int], one: str = ORDER) -> list[Sent]:
    """The same, with one of a kind in its middle third: what is to be found beneath the others."""
    others = orders(seed, {kind: n for kind, n in mix.items() if kind != one})
    chance = Random(seed + 1)  # noqa: S311
    at = len(others) // 3 + (chance.randrange(len(others) // 3) if len(others) > 2 else 0)
    made = _sent(chance, at, one, 4, 40)
    return [*others[:at], made, *(_moved(other) for other in others[at:])]


def _moved(other: Sent) -> Sent:
    return Sent(other.n + 1, *(getattr(other, name) for name in Sent.__dataclass_fields__ if name != "n"))


def _sent(chance: Random, n: int, kind: str, offices: int, senders: int) -> Sent:
    about = chance.randrange(len(CATEGORIES))
    return Sent(
        n=n,
        kind=kind,
        office=chance.randrange(offices),
        sender=chance.randrange(senders),
        reference=f"DR-{chance.randrange(10**4):04}-{n:05}",
        category=CATEGORIES[about],
        reasons=REASONS[about],
        subject=chance.choice(SUBJECTS),
        token=f"{chance.getrandbits(64):016x}",
    )
