"""Whether the platforms that a decision is about can do it: asked before it is put to people, not found after they
have signed."""

from collections.abc import Collection, Mapping
from typing import Any

from comity.platforms import among
from comity.platforms.port import Capabilities

from . import rules

BY_COUNTRY = "by-country"
KEEPS = "preserve"  # reaches nobody, and so is the same in every country


class Unable(rules.NotNow):
    """An act that a platform cannot do; the text says what, on which. `why` is for machines."""

    def __init__(self, said: list[str]) -> None:
        Exception.__init__(self, " ".join([*said, "It is put to nobody until that is settled."]))
        self.state, self.act, self.why = "to-decide", "propose", "platform"


def verify_able(act: Mapping[str, Any], facts: Mapping[str, Any], realm: str) -> None:
    """Raises Unable where a platform that an act is about cannot do it. Asks what platforms say of themselves."""
    said: list[str] = []
    for platform, at in among(act["targets"], realm):
        named = kinds_of(facts, [act["targets"][n] for n in at])
        said += cannot(act, named, platform.capabilities())
    if said:
        raise Unable(said)


def kinds_of(facts: Mapping[str, Any], urls: Collection[str]) -> set[str]:
    """Of which kinds these targets are, as far as that is known."""
    kinds = {target.get("ref"): target.get("kind") for target in facts.get("targets") or []}
    return {str(kinds[url]) for url in urls if kinds.get(url)}


def cannot(act: Mapping[str, Any], kinds: Collection[str], able: Capabilities) -> list[str]:
    """What of an act a platform cannot do to things of these kinds, in sentences; pure."""
    said = []
    for measure in act["what"]:
        unable = sorted(kind for kind in kinds if not able.can(measure, kind))
        if measure not in able.measures and BY_COUNTRY in able.limits:
            said.append(f"{able.name} cannot {measure}: what it does, it does for everybody, in every country.")
        elif measure not in able.measures:
            said.append(f"{able.name} cannot {measure}.")
        elif unable:
            said.append(f"{able.name} cannot {measure} things of this kind: {', '.join(unable)}.")
        elif measure != KEEPS and not able.goes_by_country(measure) and act["territory"] != ["WORLD"]:
            where = ", ".join(act["territory"])
            said.append(f"{able.name} cannot {measure} in some countries only, as it is asked here: {where}.")
    return said
