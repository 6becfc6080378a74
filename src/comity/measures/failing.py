"""What the platform doesn't do is told to the desk, once for each reason, and tried again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from comity.cases import deciding
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.platforms import InShadow
from comity.platforms.port import PlatformDown, PlatformRefused

from . import rules


@contextmanager
def told(event: Event, kind: str, measure: str = "") -> Iterator[None]:
    """Tell the desk what the platform doesn't do, and raise it: the step is tried again."""
    try:
        yield
    except (PlatformDown, PlatformRefused) as error:
        failed(event, _code(error), kind, measure)
        raise


def _code(error: Exception) -> str:
    if isinstance(error, InShadow):
        return "shadow"
    return "down" if isinstance(error, PlatformDown) else "refused"


def each(event: Event, deeds: Iterable[tuple[str, str, Callable[[], None]]]) -> None:
    """Do each deed (its kind, its measure's id if known): one that fails keeps no other from being done, and is raised
    once all have been tried."""
    raised: list[Exception] = []
    for kind, measure, do in deeds:
        try:
            with told(event, kind, measure):
                do()
        except (PlatformDown, PlatformRefused) as error:
            raised.append(error)
    if raised:
        raise raised[0]


def _why(why: str, kind: str, measure: str = "") -> str:
    own = rules.part(kind)
    return f"{why}:{own}" if own else why


@step("fail", deciding.of, part=_why)
def failed(event: Event, case: Case, tell: Tell, why: str, kind: str, measure: str = "") -> None:
    """Tell the desk that a measure failed, or is not effective. A lift that doesn't take is told and tried again; the
    case's life goes on from it."""
    if kind not in ("lift", "narrow"):
        deciding.move(case.id, "fail")
    tell("measure.failed", request=None, public={"kind": kind, "why": why}, sealed={"measure": measure})
