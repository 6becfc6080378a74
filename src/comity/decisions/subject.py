"""How a room describes what people decide about: data, and the functions that only the room itself can give."""

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

    # texts, and yet Any: where mypy looks at `Subject[Case]` it has not yet seen that a model's CharField gives a str
    realm: Any
    state: Any
    act: Any

    def save(self, *, update_fields: Iterable[str] | None = None) -> None:
        """As a model's."""


Row = TypeVar("Row", bound=Decided)
Said = Mapping[str, Any]
Act = Mapping[str, Any]


def nothing_follows(row: Any, signed: ApprovedAct, person: Person) -> None:
    """For an act that is only to be on record."""


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of act on a subject.

    `make(row, kind, said)` gives what is signed and by whom; it may raise NotNow, BadInput, and change the row, which
    is then kept. `put`, `sign` and `met` are the steps of the subject's life that it takes when it is put, by a
    signature that isn't the last, and by the last; its state stays where they are empty. `may_put` and `may_sign` are
    acts of `people.rules.ACTS` that a person is asked for beside the quorum. What is put `beside` doesn't take the
    place of what is put to people already. `follows` runs in the transaction of the last signature.
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
    """How something is sent back: who may (an act of ACTS), by which step of the life (empty: its state stays), and
    what the event calls it."""

    may: str
    step: str = ""
    called: str = ""


@dataclass(frozen=True)
class Subject(Generic[Row]):
    """What people decide about. `version` names the row's field that rises when what was put is no longer true; with
    `rises` it rises with each act that is put, too.

    `proposed(row, act, hash, by)`, `returned(row, hash, back, reason, person)` and `expired(row, hash)` record the
    event, in the transaction of the act. `ends(row)`: until when what was put, or what came of it, stands (UTC; None:
    for good), and `lapse` the step that ends it.
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
