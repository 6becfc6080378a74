"""How a room describes what people decide about: data, and the functions that only the room itself can provide."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from comity.ledger.life import Life
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.rules import Quorum


class Decided(Protocol):
    """A row about which people decide; `act`: the hash of what is put to them now, or empty."""

    # strings, but typed Any: when mypy checks `Subject[Case]` it has not yet seen that a model's CharField is a str
    realm: Any
    state: Any
    act: Any

    def save(self, *, update_fields: Iterable[str] | None = None) -> None:
        """As a Django model's."""


Row = TypeVar("Row", bound=Decided)
Said = Mapping[str, Any]
Act = Mapping[str, Any]


def nothing_follows(row: Any, signed: ApprovedAct, person: Person) -> None:
    """For an act that is only to be on record."""


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of act on a subject.

    `make(row, kind, said)` returns what is signed and by whom; it may raise NotNow or BadInput, and may change the row,
    which is then saved. `put`, `sign` and `met` are the steps of the life cycle taken when it is put, by a signature
    that isn't the last, and by the last; empty means that the state stays. `may_put` and `may_sign` are acts of
    `people.rules.ACTS` required in addition to the quorum. What is put `beside` doesn't replace what is put to people
    already. `follows` runs in the transaction of the last signature.
    """

    make: Callable[[Row, str, Said], tuple[Act, Quorum]]
    put: str = ""
    sign: str = ""
    met: str = ""
    may_put: str = ""
    may_sign: str = ""
    beside: bool = False
    follows: Callable[[Row, ApprovedAct, Person], object] = nothing_follows


@dataclass(frozen=True)
class Back:
    """How something is sent back.

    Who may (an act of ACTS), by which step of the life cycle (empty: its state stays), and what the event calls it.
    """

    may: str
    step: str = ""
    called: str = ""


@dataclass(frozen=True)
class Subject(Generic[Row]):
    """What people decide about.

    `version` names the row's field that rises when what was put is no longer true; with `rises` it also rises with each
    act that is put. `proposed(row, act, hash, by)`, `returned(row, hash, back, reason, person)` and `expired(row,
    hash)` record the event, in the transaction of the act. `ends(row)`: when what was put, or what came of it, expires
    (UTC; None: never), and `lapse` the step that ends it.
    """

    life: Life
    lock: Callable[[Any], Row]
    number: Callable[[Row], str]
    kinds: Mapping[str, Kind[Row]]
    proposed: Callable[[Row, Act, str, str], None]
    back: Callable[[Row, str], Back]
    returned: Callable[[Row, str, Back, str, Person], None]
    version: str = "version"
    rises: bool = False
    ends: Callable[[Row], datetime | None] = lambda row: None
    lapse: str = ""
    expired: Callable[[Row, str], None] = lambda row, hash: None
