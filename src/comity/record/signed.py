"""What people signed, as the record publishes it: so that a stranger follows every signature back to the charter.

Keys and signatures say nothing of a person but a pseudonym and a jurisdiction. Only acts on the desk itself are
published with their text; of a decision, its hash alone, which holds a random number and so betrays nothing.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from comity.ledger.models import Event
from comity.people.models import Act, Approval, Key
from comity.people.passkeys import fingerprint
from comity.vault import commands as vault
from comity_verify.notes import b64

Signed = dict[str, Any]


class Lost(Exception):
    """The text of a founding can't be opened, so its entry would prove nothing, for ever; the text says what to do."""


def of(event: Event) -> Signed:
    """What an event's people signed; empty where nobody did. Raises Lost."""
    return _OF.get(event.kind, _nothing)(event)


def _nothing(event: Event) -> Signed:
    return {}


def _response(approval: Approval) -> Mapping[str, Any]:
    return {name: approval.response["response"][name] for name in ("authenticatorData", "clientDataJSON", "signature")}


def _one(approval: Approval) -> Signed:
    return {"key": fingerprint(bytes(approval.key.public)), "response": _response(approval)}


def _approval(event: Event) -> Signed:
    """One signature: over which act's hash, by which key."""
    number = str(event.sealed.get("approval", ""))
    found = Approval.objects.filter(pk=number).select_related("key").first() if number.isdigit() else None
    return {"act": found.act_id, **_one(found)} if found else {}


def _act(event: Event) -> Signed:
    """An act on the desk with its text, the signatures, and the keys that it names."""
    act = Act.objects.filter(hash=str(event.sealed.get("act", ""))).first()
    if act is None:
        return {}
    try:
        text = vault.get(act.doc)
    except vault.Gone:
        return {}
    made = {"text": text.decode(), "signatures": signatures(act), "keys": _keys_in(text.decode())}
    return made | _invitation(json.loads(text).get("invitation") or "")


def _founding(event: Event) -> Signed:
    """A charter: all that follows leads back to it, so it isn't written without its text. Raises Lost."""
    made = _act(event)
    if not made:
        raise Lost(
            f"the charter of event {event.id} can't be opened: its month's key is not in keys/. Restore the keys from "
            "their backup; nothing is signed until then."
        )
    return made


def _objected(event: Event) -> Signed:
    """Which act was objected to: its hash."""
    return {"act": str(event.sealed.get("act", ""))}


def signatures(act: Act) -> list[Signed]:
    """An act's signatures, each with the fingerprint of its key."""
    return [_one(one) for one in Approval.objects.filter(act=act).select_related("key").order_by("id")]


def _invitation(hash: str) -> Signed:
    """The signed invitation behind an admission: who invited is the first of the two that let somebody in."""
    act = Act.objects.filter(hash=hash, kind="person.invite").first() if hash else None
    try:
        text = vault.get(act.doc).decode() if act else ""
    except vault.Gone:
        return {}
    return {"invitation": {"text": text, "signatures": signatures(act)}} if act else {}


def _keys_in(text: str) -> dict[str, str]:
    marks = {fingerprint(bytes(key.public)): bytes(key.public) for key in Key.objects.all().only("public")}
    return {mark: b64(public) for mark, public in marks.items() if mark in text}


def _key(event: Event) -> Signed:
    """A key that its holder added: whose it is. Nobody vouched for it by that."""
    person, mark = event.sealed.get("person"), event.sealed.get("key")
    for key in Key.objects.filter(person=person) if person else ():
        if fingerprint(bytes(key.public)) == mark:
            return {"person": person, "key": mark, "public": b64(bytes(key.public))}
    return {}


_OF: Mapping[str, Callable[[Event], Signed]] = {
    "gateway.founded": _founding,
    "demo.founded": _founding,
    "person.proposed": _act,
    "person.objected": _objected,
    "person.declined": _objected,
    "person.confirmed": _act,
    "person.admitted": _act,
    "role.granted": _act,
    "role.revoked": _act,
    "person.deactivated": _act,
    "approval.given": _approval,
    "key.added": _key,
}
