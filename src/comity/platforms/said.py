"""What an adapter says, as values. Pure: nothing it says is taken that isn't what the contract lets it say.

Each raises PlatformDown, naming the field and the rule: an answer that makes no sense says nothing of what happened.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from comity import clock
from comity.platforms.asking import Unanswered
from comity.platforms.naming import MOST, Account
from comity.platforms.port import (
    IRREVERSIBLE,
    LEVELS,
    Author,
    Capabilities,
    Level,
    Parts,
    Receipt,
    Resolved,
    Seen,
    SeenGate,
    State,
)

MEASURES = IRREVERSIBLE | {"withhold", "quarantine", "unlist", "block", "lock", "suspend", "preserve"}
AUDIENCES = ("public", "open-group", "closed-group", "private")
STATES: tuple[State, ...] = ("visible", "withheld", "gone", "gated", "unknown")
COUNTRY = re.compile(r"[A-Z]{2}")
WORD = re.compile(r"[a-z][a-z-]{0,39}")
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST = 300
MOST_AT_ONCE = 500


def wrong(field: str, rule: str) -> Unanswered:
    """What is wrong with an answer."""
    return Unanswered("malformed", f"the platform's answer makes no sense: {field}: {rule}")


def _text(said: Mapping[str, Any], field: str, default: str | None = None) -> str:
    value = said.get(field, default)
    if value is None and default is not None:
        value = default
    if not isinstance(value, str) or len(value) > LONGEST or any(c < " " or c == "\x7f" for c in value):
        raise wrong(field, f"must be a text of at most {LONGEST} characters in one line")
    return value


def _word(said: Mapping[str, Any], field: str, among: Collection[str] = ()) -> str:
    value = said.get(field)
    if not isinstance(value, str) or (value not in among if among else not WORD.fullmatch(value)):
        raise wrong(field, "must be " + (f"one of {', '.join(among)}" if among else "a word in small letters"))
    return value


def _true(said: Mapping[str, Any], field: str) -> bool:
    value = said.get(field)
    if not isinstance(value, bool):
        raise wrong(field, "must be true or false")
    return value


def _count(said: Mapping[str, Any], field: str, default: int = 0, most: int = 10**9) -> int:
    value = said.get(field, default)
    if type(value) is not int or not 0 <= value <= most:
        raise wrong(field, f"must be a whole number from 0 to {most}")
    return value


def answers(said: Mapping[str, Any], asked: int) -> list[dict[str, Any]]:
    """The answers to the first of what was asked, one each, as many as it says: at least one."""
    found = said.get("answers")
    if not isinstance(found, list) or not 0 < len(found) <= asked:
        raise wrong("answers", f"must be a list of 1 to {asked}, one for each of the first that were asked")
    if not all(isinstance(one, dict) for one in found):
        raise wrong("answers", "each must be an object")
    return found


def capabilities(said: Mapping[str, Any], irreversible: bool) -> tuple[Capabilities, "Offers"]:
    """What a platform can do; measures that we don't know, or have no secret for (`irreversible`), are left out."""
    given = said.get("measures")
    if not isinstance(given, dict):
        raise wrong("measures", "must be an object: kind of measure → kinds of target")
    may = MEASURES if irreversible else MEASURES - IRREVERSIBLE
    measures = {kind: _kinds(kind, targets) for kind, targets in given.items() if kind in may}
    can = Capabilities(
        name=_text(said, "name")[:80],
        measures=measures,
        by_country=_true(said, "by_country"),
        notifies=_true(said, "notifies"),
        gates=_levels(said.get("gates", [])),
    )
    offers = Offers(
        at_once=max(_count(said, "at_once", 1, MOST_AT_ONCE), 1),
        events=said.get("events") is True,
        people=said.get("people") is True,
        accounts=said.get("accounts") is True,
        trial_name=_text(said, "trial_name", ""),
        viewer=_viewer(said.get("viewer")),
        trial=_addresses(said.get("trial", [])),
    )
    return can, offers


@dataclass(frozen=True)
class Offers:
    """What an adapter offers beyond `Capabilities`: how many targets in one call, whether it can be asked for events
    that were missed (`events`), how many accounts there are (`people`) and which a name may mean (`accounts`), in what
    its pages take the viewer's country ("query" or "header", and its name), the addresses that a trial may act on, and
    a name that one of its accounts has, to try with."""

    at_once: int = 1
    events: bool = False
    people: bool = False
    accounts: bool = False
    viewer: tuple[str, str] | None = None
    trial: tuple[str, ...] = ()
    trial_name: str = ""


def _addresses(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(url, str) and len(url) <= LONGEST for url in given):
        raise wrong("trial", "must be a list of addresses")
    return tuple(given)


def _kinds(kind: str, targets: object) -> frozenset[str]:
    if not isinstance(targets, list) or not all(isinstance(t, str) and WORD.fullmatch(t) for t in targets):
        raise wrong(f"measures.{kind}", "must be a list of kinds of target")
    return frozenset(targets)


def _levels(given: object) -> tuple[Level, ...]:
    if not isinstance(given, list) or not all(level in LEVELS for level in given):
        raise wrong("gates", f"must be a list of {', '.join(LEVELS)}")
    return tuple(level for level in LEVELS if level in given)


def _viewer(given: object) -> tuple[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or len(given) != 1:
        raise wrong("viewer", 'must be {"query": NAME} or {"header": NAME}')
    (how, name), *_ = given.items()
    if how not in ("query", "header") or not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][\w-]{0,39}", name):
        raise wrong("viewer", 'must be {"query": NAME} or {"header": NAME}')
    return how, name


def resolved(url: str, said: Mapping[str, Any]) -> Resolved:
    """What is at an address. `url`: as we wrote it, where the platform doesn't say how it does."""
    if not _true(said, "found"):
        return Resolved(url, found=False, ref=_text(said, "ref", ""))
    parts = Parts(1, _count(said, "edits"), _count(said, "pictures"))
    ref = _text(said, "ref")
    if not ref:
        raise wrong("ref", "must not be empty")
    return Resolved(
        _text(said, "url", url),
        True,
        ref,
        _word(said, "kind"),
        _word(said, "audience", AUDIENCES),
        _author(said.get("author")),
        parts,
        channel=_text(said, "channel", "")[:120],
        posted_at=_instant(said.get("posted_at")),
    )


def _author(said: object) -> Author | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise wrong("author", "must be an object or null")
    country = _country("author.country", said)
    return Author(country, _true(said, "contactable"), _text(said, "id", ""))


def _instant(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise wrong("posted_at", "must be RFC 3339 with its zone, or null")
    return found.astimezone(UTC)


def snapshot(said: Mapping[str, Any]) -> bytes:
    """A thing as canonical JSON: the same bytes whatever the order in which its keys were said."""
    kept = said.get("snapshot")
    if not isinstance(kept, dict):
        raise wrong("snapshot", "must be an object")
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def receipt(key: str, said: Mapping[str, Any], states: Collection[str]) -> Receipt:
    """What the platform says it did for this key."""
    if said.get("key") != key:
        raise wrong("key", "must be the key that was asked for")
    return Receipt(key, _word(said, "state", states), _true(said, "new"), clock.now())


def seen(said: Mapping[str, Any], country: str) -> Seen:
    """What the platform's own viewer saw."""
    state, digest = cast(State, _word(said, "state", STATES)), _text(said, "digest", "")
    if digest and not DIGEST.fullmatch(digest):
        raise wrong("digest", "must be a SHA-256 in hexadecimal")
    return Seen(state, country, clock.now(), digest if state == "visible" else "")


def accounts(said: Mapping[str, Any]) -> list[Account]:
    """The accounts that a name may mean, each once."""
    found = said.get("accounts")
    if not isinstance(found, list) or len(found) > MOST or not all(isinstance(one, dict) for one in found):
        raise wrong("accounts", f"must be a list of at most {MOST}, each an object")
    named = [_account(one) for one in found]
    if not all(one.url for one in named) or len({one.url for one in named}) < len(named):
        raise wrong("accounts.url", "must be an address, of each account its own")
    return named


def _account(said: Mapping[str, Any]) -> Account:
    told = {f"accounts.{field}": said.get(field) for field in ("url", "name")}
    return Account(_text(told, "accounts.url"), _text(told, "accounts.name"), _country("accounts.country", said))


def _country(field: str, said: Mapping[str, Any]) -> str | None:
    country = said.get("country")
    if country is not None and not (isinstance(country, str) and COUNTRY.fullmatch(country)):
        raise wrong(field, "must be two capital letters, or null where it isn't known")
    return country


def seen_gate(said: Mapping[str, Any]) -> SeenGate:
    """What the platform's own stranger found; what it doesn't say told nothing."""
    names = ("signups", "writing", "reading", "notice", "export", "appeals")
    return SeenGate(**{name: _true(said, name) for name in names if said.get(name) is not None})
