"""What a measure acts on: the platforms of its addresses, what stands there, and what else holds it back"""

from collections.abc import Mapping, Sequence

from comity.cases import find
from comity.cases.models import Term
from comity.platforms import PLAYED, among, for_url, many
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved
from comity.vault import commands as vault

from . import rules
from .models import Measure


def platform_of(url: str, realm: str) -> Platform:
    """The platform a target lives on, for a case of that realm. An address of none should not come here.

    Raises PlatformDown, and in the realms that are played PlatformRefused "realm": they reach the sandbox alone."""
    platform = for_url(url, realm)
    if platform is None and realm in PLAYED:
        raise PlatformRefused("realm", f"Nothing of the realm {realm} is done outside the sandbox.")
    if platform is None:
        raise PlatformDown("no platform of ours has this address")
    return platform


def by_platform(urls: Sequence[str], realm: str) -> Sequence[tuple[Platform, list[int]]]:
    """The platforms of targets, each with the positions of its own; raises as `platform_of`."""
    found = among(urls, realm)
    reached = {n for _, at in found for n in at}
    for n, url in enumerate(urls):
        if n not in reached:
            platform_of(url, realm)
    return found


def platforms(urls: Sequence[str], realm: str) -> dict[int, Platform]:
    """The platform of each address that a realm may reach, by the address's position."""
    return {n: platform for platform, at in by_platform(urls, realm) for n in at}


def resolved(urls: Sequence[str], realm: str) -> list[Resolved]:
    """What is at each address, in order; every one must be on a platform that the realm reaches. Raises
    PlatformDown, PlatformRefused."""
    found: dict[int, Resolved] = {}
    for platform, at in by_platform(urls, realm):
        found |= dict(zip(at, many.resolve(platform, [urls[n] for n in at]), strict=True))
    return [found[n] for n in range(len(urls))]


def posted(measure: Measure, target: int) -> tuple[str, str]:
    """Where a target of a measure was posted, and when (RFC 3339, UTC); empty where the platform didn't say."""
    kept = vault.get_json(measure.targets)[target]
    return str(kept.get("channel") or ""), str(kept.get("posted_at") or "")


def targets_of(measure: Measure) -> list[tuple[str, str]]:
    """What a measure acts on, in the act's order: the ordered URL, and the platform's own name for what is there."""
    return [(target["url"], target["ref"]) for target in vault.get_json(measure.targets)]


def others_on(measure: Measure) -> dict[str, list[rules.Standing]]:
    """What else holds the same things back, of this case and of others, by the platform's own name of the thing."""
    targets = vault.get_json(measure.targets)
    spelled = {
        vault.keyed_hash(find.plain(t[key])): str(t["ref"]) for t in targets for key in ("url", "place") if t.get(key)
    }
    found = Measure.objects.filter(case__term__term__in=spelled, acted_at__isnull=False)
    others: dict[str, list[rules.Standing]] = {}
    for other in found.exclude(id=measure.id).exclude(kind=rules.PRESERVE).distinct():
        standing = rules.Standing(tuple(other.territory), other.acted_at or other.begun_at, other.lifted_at)
        for ref in _things(other, spelled):
            others.setdefault(ref, []).append(standing)
    return others


def _things(other: Measure, spelled: Mapping[bytes, str]) -> set[str]:
    """What another measure acts on; where its record's time is over, what its case named of the things `spelled`."""
    try:
        return {ref for n, (_, ref) in enumerate(targets_of(other)) if n not in other.dropped}
    except vault.Gone:
        named = Term.objects.filter(case=other.case_id, term__in=spelled).values_list("term", flat=True)
        return {spelled[bytes(term)] for term in named}


def unless_unknown(answer: object) -> None:
    """A target that its author took away meanwhile has nothing left to copy, to withhold or to lift: any other refusal
    is one."""
    if isinstance(answer, PlatformRefused) and answer.code != "unknown":
        raise answer
