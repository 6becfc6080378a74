"""Looks at the register, keeps how each risk stands, and says when one turns: the only writer of that."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.ledger.commands import record
from comity.ledger.models import Event

from . import proofs
from .register import Residual, Risk, all_of, worse
from .standing import Stands

GATEWAY = "gateway"
EVERY = timedelta(minutes=5)


def keep_time(now: datetime) -> None:
    """By the clock: each realm's register is looked at every few minutes."""
    for realm in ("real", *(["demo"] if settings.COMITY.demo else [])):
        if not Stands.objects.filter(realm=realm, looked_at__range=(now - EVERY, now)).exists():
            look(realm)


def after(event: Event) -> None:
    """Something happened that proofs rest on: look at once."""
    look(event.realm if event.realm == "demo" else "real")


def look(realm: str) -> list[str]:
    """Compute every risk anew and keep how it stands; the ids of those that turned. The first look turns nothing: there
    was nothing to turn from."""
    found = proofs.everything(realm)
    return [risk.id for risk, left, _ in found if _keep(realm, risk, left)]


@transaction.atomic
def _keep(realm: str, risk: Risk, left: Residual) -> bool:
    now = clock.now()
    told = {
        "likelihood": left.likelihood,
        "consequence": left.consequence,
        "band": left.band,
        "controls": dict(left.proofs),
        "looked_at": now,
    }
    row, new = Stands.objects.select_for_update().get_or_create(
        realm=realm, risk=risk.id, defaults=told | {"since": now}
    )
    was = row.band
    if new:
        return False
    for name, value in told.items():
        setattr(row, name, value)
    row.since = now if was != left.band else row.since
    row.save()
    if was == left.band:
        return False
    public = {"risk": risk.id, "was": was, "band": left.band, "size": left.size}
    record("risk.turned", realm=realm, by=GATEWAY, case=risk.number, public=public)
    return True


def alert(event: Event) -> None:
    """A risk that turned for the worse is on every page until somebody has dealt with it, or it turns back."""
    if worse(event.public["band"], event.public["was"]):
        alerts.raise_alert(event, thing=event.case or "", proven=True)
    else:
        alerts.settle(event.realm, event.kind, event.case or "")


def by_number(number: str) -> Risk | None:
    """The risk of a number."""
    return next((one for one in all_of().values() if one.number == number), None)
