"""Which cases are in shadow: judged, drafted, put to people and recorded like any other, and acted on by nobody here.

A case is in shadow as a whole: an answer speaks of a whole order, so one whose addresses lie on several platforms is
in shadow with any of them. One that names no address of ours is in shadow with any platform that its realm reaches.
"""

from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from comity.connected import GATEWAY
from comity.platforms import InShadow, reached, shadow
from comity.platforms import among as platforms_of
from comity.platforms.models import SIGN
from comity.vault import commands as vault

from .models import Case, Finding

OURS = frozenset({"ring"})  # mail to our own people, which leaves whatever is in shadow


def names(facts: Mapping[str, Any], realm: str) -> list[str]:
    """What a case of these facts is in shadow with: names of platforms, or the gateway's; empty: it is not."""
    return shadow.among(its(facts, realm))


def its(facts: Mapping[str, Any], realm: str) -> list[str]:
    """The platforms that a case of these facts is about; all that its realm reaches where it names no address of
    theirs, but for those of the demo's that are played: its forum begins in shadow, and holds no letter back."""
    urls = [str(target["ref"]) for target in facts.get("targets") or () if target.get("ref")]
    named = [platform.called for platform, _ in platforms_of(urls, realm)]
    return named or [platform.called for platform in reached(realm) if not platform.table.played]


def now(case: Case) -> list[str]:
    """What a case is in shadow with now."""
    if not shadow.anything():
        return []
    found = Finding.objects.filter(case=case).order_by("-version").values_list("doc", flat=True).first()
    facts = vault.get_json(found)["facts"] if found else {}
    return names(facts, case.realm)


def of_act(act: Mapping[str, Any]) -> list[str]:
    """What was in shadow when an act was put to people: such an act is never done, whoever has left shadow since."""
    return list(act.get("shadow") or ())


def verify_live(case: Case) -> None:
    """Raises InShadow where a case is in shadow now: what was put to people before waits until it has left."""
    if among := now(case):
        raise InShadow(f"{', '.join(among)} in shadow: nothing is done, and no letter leaves")


def holds_back(kind: str, case: str | None) -> bool:
    """Whether a mail is kept and not sent: every one while the whole gateway is in shadow but for those to our own
    people, and what belongs to a case in shadow."""
    if kind in OURS or not shadow.anything():
        return False
    if shadow.whole():
        return True
    found = Case.objects.filter(id=case).first() if case else None
    return found is not None and bool(now(found))


def sign(realm: str) -> str:
    """What of a realm's platforms is in shadow, for the sign above every page; empty: nothing. It may be a second late:
    what acts asks for itself.

    The demo's own forum, which begins in shadow in every demo, is no reason for a sign."""
    return str(cache.get_or_set(SIGN + realm, lambda: _sign(realm), 1))


def _sign(realm: str) -> str:
    if not shadow.anything():
        return ""
    found = shadow.among([platform.called for platform in reached(realm) if not platform.table.played])
    return says(found) if found else ""


def says(among: list[str]) -> str:
    """What is in shadow, for people."""
    return "the whole gateway" if GATEWAY in among else " and ".join(among)


STATES = frozenset({"in-shadow", "by-hand"})  # of a case of which only this is on record: what would have been done
