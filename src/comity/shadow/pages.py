"""The pages of platforms and of shadow: how each is, what it can and what stands; what would have been done."""

from typing import Any

from comity import clock, instruments
from comity.connected import GATEWAY
from comity.console import signing, timeline
from comity.console.words import person as named
from comity.decisions import switch
from comity.people.models import Act, Person
from comity.people.rules import Realm, may
from comity.platforms import reached, shadow
from comity.platforms.guarded import Guarded
from comity.platforms.matrix import commands as standing
from comity.platforms.matrix import listing
from comity.vault import commands as vault
from comity.web.parts import Field, Form
from comity.web.words import Mark, briefly

from . import commands, read, rules, words

LISTED = 50
ROOT = "/console/platforms/"


def index(realm: str, person: Person) -> dict[str, Any]:
    """All platforms that a realm reaches, how each is now, and whether it acts."""
    platforms = reached(realm)
    health = read.health(platforms)
    held = set(shadow.among([one.called for one in platforms]))
    return {
        "realm": realm,
        "whole": shadow.whole(),
        "rows": [
            _row(one, how, realm, held) | {"drifted": count}
            for one, how, count in zip(platforms, health, read.drifted(platforms, realm), strict=True)
        ],
        "gateway": link(GATEWAY, realm),
    }


def _row(one: Guarded, how: read.Health, realm: str, held: set[str]) -> dict[str, Any]:
    return {
        "name": one.called,
        "title": words.title(one.table),
        "url": link(one.called, realm),
        "addresses": addresses(one),
        "health": how,
        "filter": _filter(one),
        "mode": words.SHADOW if held & {one.called, GATEWAY} else words.LIVE,
    }


def addresses(one: Guarded) -> tuple[str, ...]:
    """What a platform claims, in words."""
    return tuple(map(str, one.table.claims)) or (str(getattr(one.inner, "base_url", "")),)


def link(name: str, realm: str) -> str:
    """The page of a platform, as a realm sees it."""
    return f"{ROOT}{name}{'?realm=' + realm if realm != 'real' else ''}"


def one(name: str, realm: str, person: Person) -> dict[str, Any] | None:
    """One platform, or the gateway as a whole; None where the realm reaches none of this name."""
    platform = next((one for one in reached(realm) if one.called == name), None)
    if platform is None and (name != GATEWAY or realm != "real"):
        return None
    shown: dict[str, Any] = {"name": name, "realm": realm, "title": words.of(name), "base": f"{ROOT}{name}"}
    if platform is not None:
        shown |= _platform(platform, realm, person)
    return shown | _shadow(name, realm, person)


def _platform(platform: Guarded, realm: str, person: Person) -> dict[str, Any]:
    done = read.done_on(platform, realm)
    able = platform.capabilities()
    return {
        "title": words.title(platform.table),
        "calls_itself": str((getattr(platform.inner, "answered", None) or {}).get("name") or able.name),
        "addresses": addresses(platform),
        "health": read.health([platform])[0],
        "can": words.can(able),
        "limits": words.limits(able),
        "drift": words.DRIFT[platform.table.drift],
        "edges": _edges(platform) if platform.table.edge else None,
        "done": [_done(one) for one in done],
        "drifted": sum(1 for one in done if one.drift and not one.drift.right and one.measure.lifted_at is None),
        "look": Form(f"{ROOT}{platform.called}/look", "Look again at what stands", (_realm(realm),), second=True)
        if done and may(person, "shadow.say", Realm(realm))
        else None,
    }


def _filter(platform: Guarded) -> Mark | None:
    """How the filters in front of a homeserver are; None where it has none to have."""
    if not platform.table.edge:
        return None
    rows = [one for one in _edges(platform)["rows"] if one["here"]]
    if not rows:
        return words.LOST
    if any(one["behind"] for one in rows):
        return words.BEHIND
    return words.OTHERWISE if any(one["more"] for one in rows) else words.FRESH


def _edges(platform: Guarded) -> dict[str, Any]:
    """How fresh the list is that each edge in front of a homeserver holds."""
    serial, targets = standing.serial(platform.called), standing.targets(platform.called)
    rows = [
        {
            "name": one.name,
            "at": one.asked_at,
            "behind": one.serial < serial,
            "here": listing.follows(one),
            "holds": one.holds,
            "more": one.holds - targets if one.holds is not None and one.serial == serial else 0,
        }
        for one in standing.edges(platform.called)
    ]
    return {"of": standing.changed_at(platform.called), "targets": targets, "rows": rows}


def _done(one: read.Done) -> dict[str, Any]:
    measure = one.measure
    stands = measure.acted_at is not None and measure.lifted_at is None
    return {
        "case": measure.case_id,
        "what": f"{measure.kind.capitalize()} {briefly(measure.territory)}".strip(),
        "state": "stands" if stands else measure.state.replace("-", " "),
        "at": one.at,
        "look": one.drift if stands else None,
    }


def _realm(realm: str) -> Field:
    return Field("realm", "", realm, kind="hidden")


# -- shadow -----------------------------------------------------------------------------------------------------------


def _shadow(name: str, realm: str, person: Person) -> dict[str, Any]:
    row = shadow.row(name)
    own = row.realm if row else shadow.realm_of(name)
    sees = may(person, "platform.view", Realm(own))  # the words of real people are none of the demo's
    inside = shadow.among(() if name == GATEWAY else (name,))
    by_whole = inside == [GATEWAY] and name != GATEWAY
    put, thing = switch.put(row) if sees else None, Realm(own)
    since = row.since if row else None
    rows = commands.compared(name, realm, since)
    return {
        "mode": words.SHADOW if inside else words.LIVE,
        "inside": bool(inside),
        "by_whole": by_whole,
        "gateway": link(GATEWAY, realm),
        "since": since if inside and row and row.state == "shadow" else None,
        "left_at": row.left_at if row else None,
        "stays": bool(row and row.state == "shadow" and name not in shadow.by_settings()),
        "days": (clock.now() - since).days if since and inside else 0,
        "compared": [_compared(one) for one in rows],
        "total": rules.total(rows),
        "cases": [_would(one) for one in commands.of_platform(name, realm).order_by("-decided_at")[:LISTED]],
        "put": _put(put, person, name) if put else None,
        "quorum": shadow.quorum(),
        "leave": _leave(name, person)
        if inside and not by_whole and not put and may(person, "shadow.leave", thing)
        else None,
        "begin": _begin(name, person) if not inside and may(person, "shadow.begin", thing) else None,
        "timeline": timeline.of_thing(row.number) if row and sees else (),
    }


def _compared(row: rules.Compared) -> dict[str, Any]:
    return {"row": row, "instrument": instruments.of(row.instrument).title if row.instrument else "no instrument"}


def _would(one: Any) -> dict[str, Any]:
    return {
        "case": one.case_id,
        "url": f"/console/cases/{one.case_id}",
        "would": words.WOULD[one.kind],
        "where": briefly(one.territory) if one.territory else "",
        "at": one.decided_at,
        "said": words.SAID.get(one.said, ""),
        "seen": words.SEEN.get(one.seen, ""),
        "odd": rules.contradicted(one.said, one.seen),
    }


REASON = "One or two sentences; they stand on the record"


def _leave(name: str, person: Person) -> Form:
    hint = f"{REASON}. The figures above are signed with it"
    return Form(
        f"{ROOT}{name}/leave",
        "Put it to people",
        (Field("reason", "Why shadow is left", kind="long", rows=3, hint=hint),),
    )


def _begin(name: str, person: Person) -> Form:
    field = Field("reason", "Why it is to act on nothing", kind="long", rows=2, hint=REASON)
    return Form(f"{ROOT}{name}/begin", "Begin shadow now", (field,), second=True, id="begin")


def _put(act: Act, person: Person, name: str) -> dict[str, Any]:
    given = signing.given(act)
    doc = vault.get_json(act.doc)
    back = Form(
        f"{ROOT}{name}/return",
        "Send it back",
        (Field("reason", "Why not", kind="long", rows=2),),
        second=True,
        id="back",
    )
    return {
        "act": act,
        "reason": doc["reason"],
        "compared": doc["compared"],
        "slots": signing.slots(
            act,
            given,
            by=lambda one: named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short),
            note=lambda n: "Somebody other than the first." if n else "",
        ),
        "sign": signing.button(act, f"{ROOT}{name}/sign", person, "") if signing.can_sign(act, person, given) else None,
        "back": back if may(person, "shadow.leave", Realm(act.realm)) else None,
    }
