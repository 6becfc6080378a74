"""The signing block: an act's approvals, given and open, and the one button that signs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from comity.people import passkeys
from comity.people.models import Act, Approval, Person
from comity.people.rules import may
from comity.web.parts import Slot

ORDINALS = ("First", "Second", "Third", "Fourth")
SCRIPT = "people/passkey.js"


@dataclass(frozen=True, slots=True)
class Sign:
    """The one button. `passkey` False: a demo person, whose software authenticator the server keeps.

    The form posts `response` to `action`; for a passkey, the script (a static path) fetches `options` first. `says`:
    the button's text if it isn't an approval.
    """

    act: str
    action: str
    options: str = ""
    passkey: bool = True
    script: str = SCRIPT
    says: str = ""


def button(act: Act, action: str, person: Person, says: str = "") -> Sign:
    """The button with which a person signs an act."""
    return Sign(act.hash, action, f"/people/acts/{act.hash}/options", person.realm != "demo", says=says)


def given(act: Act) -> list[Approval]:
    """The approvals of an act, in order, each with who gave it and with which key."""
    return list(act.approvals.select_related("person", "key").order_by("id"))


def can_sign(act: Act, person: Person, approvals: Sequence[Approval]) -> bool:
    """Whether an act still waits for this person's approval."""
    return act.state == "open" and may(person, "approve", act) and not any(a.person_id == person.pk for a in approvals)


def slots(
    act: Act, approvals: Sequence[Approval], by: Callable[[Approval], str], note: Callable[[int], str]
) -> tuple[Slot, ...]:
    """One slot for each approval that an act needs: `by` says who gave it, `note` who an open one waits for."""
    made = [Slot(f"{_ordinal(n)}, given", True, by(one), one.at) for n, one in enumerate(approvals)]
    for n in range(len(approvals), act.rule.count):
        made.append(Slot(f"{_ordinal(n)}, open", False, note=note(n)))
    return tuple(made)


def _ordinal(n: int) -> str:
    return ORDINALS[min(n, len(ORDINALS) - 1)]


def answer_of(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """What the viewer's passkey answered; None for a demo person. Raises PasskeyRefused."""
    return None if person.realm == "demo" else passkeys.parse(request.POST.get("response", ""))
