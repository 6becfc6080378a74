"""Which regulations an order from a country is judged by: a perfect order is made from each, and judged as if it came
from there. What it refuses for its country alone is not in force there."""

from functools import lru_cache
from typing import Any

from django.conf import settings

from comity import clock
from comity.regulations.judge import judge
from comity.regulations.packs import NoPack, Pack

from . import examples, in_force
from .in_words import OURS

NOT_COMPETENT = "not-competent"
COUNTRY = "authority.country"


def there(realm: str, country: str) -> tuple[tuple[Pack, ...], tuple[Pack, ...]]:
    """The regulations in force in a country, and our own that hold for everyone; each in the version of now."""
    library, law, own = in_force.library(realm), [], []
    for name in library.ids():
        try:
            pack = library.in_force(name, clock.now())
        except NoPack:
            continue
        if pack.act.startswith(OURS):
            own.append(pack)
        elif _asks(pack) and _competent(_Of(pack), country, *_us()):
            law.append(pack)
    return tuple(law), tuple(own)


def _us() -> tuple[str, str]:
    us = settings.COMITY.provider
    return str(us["establishment"] or ""), str(us["representative"] or "")


def _asks(pack: Pack) -> bool:
    """Whether it asks from which country an order comes."""
    return any(check.outcome == NOT_COMPETENT and COUNTRY in check.rule.facts for check in pack.checks)


class _Of:
    """A version, told apart by the hash of its bytes."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Of) and other.pack.sha256 == self.pack.sha256

    def __hash__(self) -> int:
        return hash(self.pack.sha256)


@lru_cache(maxsize=8192)
def _competent(of: _Of, country: str, establishment: str, representative: str) -> bool:
    facts: dict[str, Any] = examples.good(of.pack)
    provider = {**facts.get("provider", {}), "establishment": establishment, "representative": representative}
    facts = {**facts, "authority": {**facts.get("authority", {}), "country": country}, "provider": provider}
    checks = judge(facts, of.pack)["checks"]
    return not any(check["holds"] is False and check.get("outcome") == NOT_COMPETENT for check in checks)
