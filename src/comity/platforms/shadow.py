"""What is in shadow: where everything is judged, drafted and recorded, and nothing is done.

It begins by the settings (`shadow = true`), or by one person at once; it ends by a decision that two people sign. Once
begun it is a row: to take the setting away ends nothing.
"""

from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from comity import clock, connected
from comity.connected import GATEWAY
from comity.decisions import commands as decisions
from comity.decisions import switch
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm

from . import shadow_rules as rules
from .models import Shadow


@cache
def quorum() -> Quorum:
    """Who decides that shadow is left, as data. Raises ValueError for a rule that fewer than two people could meet."""
    data = yaml.safe_load(resources.files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    found = Quorum.read(data["leave"])
    if found.count < rules.FEWEST:
        raise ValueError(f"quorums.yaml: leave: at least {rules.FEWEST} people")
    return found


# -- what is in shadow ------------------------------------------------------------------------------------------------


def among(names: Collection[str]) -> list[str]:
    """Which of these platforms are in shadow; the gateway's own name alone where it is as a whole.

    What the settings say counts until the row is there; from then on the row alone.
    """
    rows = dict(Shadow.objects.filter(platform__in={*names, GATEWAY}).values_list("platform", "state"))
    begun = by_settings()
    stands = [n for n in dict.fromkeys((GATEWAY, *names)) if rows.get(n, "shadow" if n in begun else "") == "shadow"]
    return [GATEWAY] if GATEWAY in stands else stands


def stands(name: str) -> bool:
    """Whether a platform is in shadow, by itself or with the whole gateway."""
    return bool(among((name,)))


def whole() -> bool:
    """Whether the whole gateway is in shadow."""
    return bool(among(()))


def anything() -> bool:
    """Whether anything at all is in shadow."""
    return bool(by_settings()) or Shadow.objects.filter(state="shadow").exists()


def by_settings() -> set[str]:
    """What is to begin in shadow: by its table, as a whole, or as what the gateway itself connects."""
    us = settings.COMITY
    return {one.name for one in connected.every(us) if one.shadow} | ({GATEWAY} if us.shadow else set())


def row(name: str) -> Shadow | None:
    """What is known of a platform's shadow, or the gateway's; None: it never was in one."""
    return Shadow.objects.filter(platform=name).first()


# -- begun ------------------------------------------------------------------------------------------------------------


def settle() -> None:
    """Put on record what the settings begin in shadow; run at each start, before anything else does."""
    for name in sorted(by_settings()):
        with transaction.atomic():
            made, new = Shadow.objects.get_or_create(
                platform=name, defaults={"realm": realm_of(name), "since": clock.now()}
            )
            if new:
                _tell(made, "shadow.begun", GATEWAY, how="settings")


def begin(person: Person, name: str, reason: str) -> Shadow:
    """Put a platform, or the whole gateway, in shadow at once, by one hand. What stands there stays as it is.

    Raises NotAllowed, BadInput, NotNow where it is already.
    """
    told = switch.reason_of(reason)
    with transaction.atomic():
        _verify_known(name)
        allow(person, "shadow.begin", Realm(realm_of(name)))
        defaults = {"realm": realm_of(name), "since": clock.now(), "state": "left"}
        made = locked(Shadow.objects.get_or_create(platform=name, defaults=defaults)[0].pk)
        made.state = rules.OF_IT.after(made.state, "begin")
        made.since, made.left_at, made.left_by = clock.now(), None, ""
        made.save()
        _tell(made, "shadow.begun", person.by, how="by-hand", sealed=switch.sealed(told))
        return made


def realm_of(name: str) -> str:
    """Whose people decide about a platform's shadow."""
    return "demo" if name == connected.FORUM else "real"


def _verify_known(name: str) -> None:
    if name != GATEWAY and name not in {one.name for one in connected.every(settings.COMITY)}:
        raise BadInput("platform", "none of this name is connected")


# -- left -------------------------------------------------------------------------------------------------------------


def locked(id: Any) -> Shadow:
    """A row, locked until the transaction ends."""
    return Shadow.objects.select_for_update().get(pk=id)


def propose(person: Person, name: str, reason: str, compared: Mapping[str, int]) -> str:
    """Put it to people that shadow is left; the hash of the act. `compared`: the figures that they sign with it.

    Raises NotAllowed, BadInput, NotNow.
    """
    found = row(name)
    if found is None or found.state != "shadow":
        raise rules.OF_IT.not_now("left", "leave")
    return decisions.propose(
        SHADOW, found.pk, rules.LEAVE, {"reason": switch.reason_of(reason), "compared": compared}, by=person
    )


def sign(person: Person, name: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one signature; true once the quorum is met, and shadow left. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(SHADOW, Shadow.objects.get(platform=name).pk, person, hash, response)


def send_back(person: Person, name: str, reason: str) -> None:
    """Send what was put to people back; signatures given are void. Raises NotAllowed, NotNow, BadInput."""
    decisions.send_back(SHADOW, Shadow.objects.get(platform=name).pk, person, switch.reason_of(reason))


def _made(found: Shadow, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    rules.OF_IT.after(found.state, "leave")
    since = {"since": found.since.isoformat(), "compared": dict(said["compared"])}
    return {"kind": kind, "platform": found.platform, "reason": said["reason"], **since}, quorum()


def _left(found: Shadow, signed: ApprovedAct, person: Person) -> None:
    if signed.act["platform"] != found.platform:
        raise rules.OF_IT.not_now(found.state, "leave")
    found.left_at, found.left_by, found.act = clock.now(), signed.hash, ""
    found.save()
    _tell(found, "shadow.left", person.by, sealed={"act": signed.hash})


def _proposed(found: Shadow, act: Mapping[str, Any], hash: str, by: str) -> None:
    _tell(found, "shadow.proposed", by, sealed={"act": hash} | switch.sealed(act["reason"]))


def _back(found: Shadow, how: str) -> Back:
    return switch.back(found, rules.OF_IT, found.state, "shadow.leave")


def _returned(found: Shadow, hash: str, back: Back, reason: str, person: Person) -> None:
    _tell(found, "shadow.returned", person.by, sealed={"act": hash} | switch.sealed(reason))


def _tell(found: Shadow, kind: str, by: str, *, sealed: Mapping[str, Any] | None = None, **public: Any) -> None:
    told = {"platform": found.platform, **public}
    record(kind, realm=found.realm, by=by, case=found.number, public=told, sealed=sealed)


SHADOW: Subject[Shadow] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda found: found.number,
    kinds={rules.LEAVE: Kind(_made, met="leave", may_put="shadow.leave", may_sign="shadow.leave", follows=_left)},
    proposed=_proposed,
    back=_back,
    returned=_returned,
)
