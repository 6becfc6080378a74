"""The persons whose data left are told, where the order's regulation has us tell them, once it lets us.

Of a European production never: its authority informs them. What they get comes inside the platform, once each.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from comity import clock, instruments, language
from comity.authorities import commands as register
from comity.cases import deciding
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms import for_url
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

from . import commands, letters, rules
from .commands import locked, tell
from .models import Opening

AT_ONCE = 20


@transaction.atomic
def plan(event: Event) -> None:
    """A production was collected: note whether its persons are told, and from when on. Once for each opening."""
    opening = locked(str(event.case))
    if opening.telling:
        return
    kept = deciding.finding_of(opening.case)
    danger = bool(kept["facts"].get("emergency") or (kept["facts"].get("danger") or {}).get("real"))
    opening.telling, opening.tell_at = rules.when_told(kept["finding"], danger=danger, now=clock.now())
    opening.save(update_fields=["telling", "tell_at"])


def tell_due(now: datetime) -> None:
    """Tell those who may be told; whose platform is down or in shadow is told later."""
    due = Opening.objects.filter(telling="due", tell_at__lte=now).select_related("case__request", "item__roster")
    for opening in due.order_by("tell_at")[:AT_ONCE]:
        with suppress(PlatformDown):
            _tell(opening)


def _tell(opening: Opening) -> None:
    try:
        kept, asked = deciding.finding_of(opening.case), vault.get_json(opening.doc)["asked"]
        told = {_send(opening, url, ref, kept, asked) for url, ref in _persons(opening, kept, asked).items()}
    except vault.Gone:  # held back for longer than anything is kept: nobody knows any more whom to tell
        told = {"none"}
    with transaction.atomic():
        row = locked(opening.id)
        row.telling, row.tell_at = "told", clock.now()
        row.save(update_fields=["telling", "tell_at"])
        channel = "platform" if "platform" in told else "none"
        tell(row, "production.told", GATEWAY, once=f"told:{row.id}", public={"channel": channel})


def _persons(opening: Opening, kept: Mapping[str, Any], asked: list[dict[str, Any]]) -> dict[str, str]:
    wanted = {person for wish in asked for person in wish["persons"]}
    return {url: ref for url, ref in commands.refs(opening.case, kept["facts"]).items() if ref in wanted}


def _send(opening: Opening, url: str, ref: str, kept: Mapping[str, Any], asked: list[dict[str, Any]]) -> str:
    platform = for_url(url, opening.realm)
    mine = [{**wish, "persons": [ref]} for wish in asked if ref in wish["persons"]]
    try:
        if platform is None:
            return "none"
        platform.notify(f"production:{opening.id}:{ref}", ref, text(opening, kept["facts"], mine))
    except PlatformRefused:  # there is nobody to tell there any more
        return "none"
    return "platform"


def text(opening: Opening, facts: Mapping[str, Any], mine: list[dict[str, Any]]) -> str:
    """What one person is told: which of their data left, when, to whom, and what they can do."""
    entry, form = register.entry(opening.case.authority), facts.get("form") or {}
    with override(language.known(settings.COMITY.language)):
        about = {
            "day": rules.day_of(opening.collected_at or clock.now()),
            "authority": entry.name if entry else "",
            "country": language.country(opening.case.country or ""),
            "cite": instruments.of(opening.case.instrument).cite,
            "reference": str(form.get("reference") or form.get("issuing_file_number") or opening.case_id),
            "address": settings.COMITY.address,
        }
        words = [
            _("On %(day)s (UTC) data of your account were given to %(authority)s, %(country)s (%(cite)s):") % about,
            "\n".join(f"- {line}" for line in letters.plainly(mine)),
            _("They were sealed for this authority alone; nobody of ours could read them."),
            _(
                "Its order has the reference %(reference)s. Whoever advises you can ask the authority for it, and "
                "contest it before a court. You can write to us: %(address)s."
            )
            % about,
        ]
    return "\n\n".join(words) + "\n"


def release(person: Person, id: str) -> None:
    """Say that nothing holds it back any more: the persons are told at the clock's next tick. Raises NotAllowed,
    BadInput."""
    with transaction.atomic():
        opening = locked(id)
        allow(person, "notification.release", opening.case)
        if opening.telling != "held":
            raise BadInput("telling", "nobody waits to be told of this opening")
        opening.telling, opening.tell_at = "due", clock.now()
        opening.save(update_fields=["telling", "tell_at"])
        tell(opening, "production.released", person.by, once=f"released:{opening.id}")
