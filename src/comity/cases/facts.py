"""Facts for the judge, put together from what was read, corrected, resolved and known: pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Sender:
    """The authority that the sender was matched to, as the register has it, and how strongly."""

    id: str | None
    name: str | None
    kind: str | None
    country: str | None
    accredited: bool
    competent_for: tuple[str, ...]
    grade: str
    prior_information_at: datetime | None = None
    first_order: bool | None = None


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds, as facts write instants."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path such as `form.reference`; `unknown` (None given as Ellipsis) takes the key away."""
    *parents, last = path.split(".")
    for key in parents:
        if not isinstance(facts.get(key), dict):
            facts[key] = {}
        facts = facts[key]
    if value is ...:
        facts.pop(last, None)
    else:
        facts[last] = value


def corrected(read: Mapping[str, Any], corrections: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was read, with the corrections laid over it in their order; what was read stays untouched."""
    facts = deepcopy(dict(read))
    for correction in corrections:
        put(facts, correction["path"], ... if correction.get("unknown") else correction["value"])
    return facts


def changed(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What another reading of one order says otherwise than the facts known of it: dotted path to value. What it leaves
    unread, and a blank where nothing was known, is no difference."""
    out: dict[str, Any] = {}
    for home in ("form", "non_disclosure"):
        before, now = known.get(home) or {}, said.get(home) or {}
        for name, value in now.items():
            was = before.get(name)
            if _alike(was) != _alike(value) and (was not in BLANK or value not in BLANK):
                out[f"{home}.{name}"] = value
    return out


BLANK: tuple[Any, ...] = (None, "", [], False)


def _alike(value: Any) -> Any:
    """A value as it is compared: letters and digits of a text, lists in any order."""
    if isinstance(value, str):
        return "".join(c for c in unicodedata.normalize("NFKC", value).casefold() if c.isalnum())
    if isinstance(value, list):
        return sorted(map(str, value))
    return value


def authority(sender: Sender, read: Mapping[str, Any]) -> dict[str, Any]:
    """The register's word where the sender is matched, else only what the mail says, as `kind: unknown`."""
    if sender.id is None:
        read = read if isinstance(read, Mapping) else {}
        said = {k: v for k, v in read.items() if k in ("name", "country", "kind")}
        return {"kind": "unknown"} | said | {"accredited": False, "verification": sender.grade}
    return {
        "id": sender.id,
        "name": sender.name,
        "kind": sender.kind,
        "country": sender.country,
        "accredited": sender.accredited,
        "competent_for": list(sender.competent_for),
        "verification": sender.grade,
    }


WEIGHED = ("purpose", "purpose_weighed")


def targets(urls: Sequence[str], resolved: Mapping[str, Mapping[str, Any]], weighed: Mapping[str, Any]) -> list[Any]:
    """One target for each URL, with what the platform said of it when asked, and the purpose that a person weighed."""
    return [{"ref": url, "specific": True} | dict(resolved.get(str(url), {})) | dict(weighed) for url in urls]


NOTHING_RECORDED: Mapping[str, Any] = {"impossibility": None, "clarification": None, "scrutiny": None}
NOT_LATER: Mapping[str, Any] = {"extension": None, "confirmation": None}  # of what may be prolonged


def listed(facts: Mapping[str, Any]) -> list[Any] | None:
    """The addresses that the order's form lists; None where its form lists none."""
    form = facts.get("form")
    urls = form.get("urls") if isinstance(form, Mapping) else None
    return urls if isinstance(urls, list) else None


def named(facts: Mapping[str, Any]) -> list[str]:
    """What an order of data names by which they are found: accounts and the like, as it writes them."""
    found = facts.get("targets")
    tables = [target for target in found if isinstance(target, Mapping)] if isinstance(found, list) else []
    return [str(target["ref"]) for target in tables if target.get("ref")]


def assemble(
    read: Mapping[str, Any],
    *,
    corrections: Sequence[Mapping[str, Any]],
    received_at: datetime,
    sender: Sender,
    provider: Mapping[str, Any],
    channel: Mapping[str, Any],
    resolved: Mapping[str, Mapping[str, Any]],
    removed_at: datetime | None = None,
) -> dict[str, Any]:
    """One facts object (docs/facts.md): what the mail says below, what we know ourselves on top."""
    unsaid = {**NOTHING_RECORDED, **(NOT_LATER if "data" in read else {})}
    facts: dict[str, Any] = unsaid | corrected(read, corrections)
    urls = listed(facts)
    facts |= {
        "received_at": instant(received_at),
        "authority": authority(sender, facts.get("authority", {})),
        "provider": dict(provider),
        "channel": dict(channel),
    }
    weighed = {name: facts.pop(name) for name in WEIGHED if name in facts}
    if urls is not None:
        facts["targets"] = targets(urls, resolved, weighed)
    elif "targets" in facts:  # what has no address on a platform of ours is no target of an act: its form names it
        facts["targets"] = targets([ref for ref in named(facts) if ref in resolved], resolved, weighed)
    if sender.first_order is not None:
        facts["first_order"] = sender.first_order
        facts["prior_information_at"] = sender.prior_information_at and instant(sender.prior_information_at)
    if removed_at:
        facts["removed_at"] = instant(removed_at)
    return facts
