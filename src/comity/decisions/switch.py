"""What one hand begins at once and several end (`platforms.shadow`, `risk.leveling`): the reason that each act needs,
and what of it is put to people."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from comity import clock
from comity.ledger.life import Life
from comity.people.models import Act
from comity.people.refusals import BadInput
from comity.vault import commands as vault

from .subject import Back, Decided

REASON = 2000  # characters


def reason_of(text: str) -> str:
    """A reason as it was typed. Raises BadInput."""
    if not text.strip():
        raise BadInput("reason", "say why, in a sentence")
    if len(text) > REASON:
        raise BadInput("reason", f"at most {REASON} characters")
    return text.strip()


def sealed(reason: str) -> dict[str, str]:
    """The reason as an event has it: its id in the vault, where it lies until its end date."""
    until = clock.now() + timedelta(days=settings.COMITY.keep_days)
    return {"reason": vault.put_json({"text": reason}, until)}


def put(found: Decided | None) -> Act | None:
    """What is put to people about one."""
    return Act.objects.filter(hash=found.act, state="open").first() if found and found.act else None


def back(found: Any, life: Life, called: str, act: str) -> Back:
    """How what is put to people about one is sent back, by who may `act`; `called`: as what it stands now. Raises
    NotNow."""
    if not found.act:
        raise life.not_now(f"{called}, with nothing put to people", "return")
    return Back(act)
