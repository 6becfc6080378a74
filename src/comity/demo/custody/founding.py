"""The demo's custodians and its authority: keys in files, as each of them would keep their own elsewhere.

They lie on this machine because the demo does; the gateway's processes never open them. What an attacker who holds
them can do: open what the demo sealed. Nothing real is ever sealed to them, and a roster of another realm refuses them.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from comity.authorities.played import place
from comity.custody import rostered
from comity.custody.models import Roster
from comity.people.models import Act
from comity_seal import keys, rosters, texts
from comity_seal.custodian import keeper
from comity_seal.custodian.keeper import Settings
from comity_seal.hybrid import Private, Public
from comity_seal.rosters import Custodian

REALM = "demo"
PLACES: Mapping[str, str] = {"be": "BE", "ee": "EE", "pt": "PT", "uy": "UY", "ch": "CH"}
OPEN = 3
KEY, CARD = "key.json", "public"


def home(name: str) -> Path:
    """A custodian's directory."""
    return Path(settings.COMITY.data) / "custodians" / name


def authority() -> Path:
    """The authority's directory."""
    return Path(settings.COMITY.data) / "authority"


def authority_key() -> Private:
    """The authority's key, made where there is none."""
    path = authority() / KEY
    if not path.exists():
        keys.write(path, Private(secrets.token_bytes(32)), "authority")
    return keys.read(path)


def authority_public() -> Public:
    """The authority's public key, as its card has it: the gateway's processes never see the other half."""
    path = authority() / CARD
    if not path.exists():
        place(path, authority_key().public.raw)
    return Public(path.read_bytes())


def custodian_key(name: str) -> Private:
    """A custodian's key. Only the raid takes it, to try what a thief of it could."""
    return keys.read(home(name) / KEY)


def found() -> Roster:
    """Make the demo's custodians and have them sign their first roster, once."""
    authority_public()
    row = rostered.current(REALM)
    if row is not None:
        return row
    them = tuple(_custodian(name, place, x) for x, (name, place) in enumerate(PLACES.items(), 1))
    act = Act.objects.filter(hash=rostered.charter(REALM)).first()
    day = f"{act.proposed_at:%Y-%m-%d}" if act else "2026-11-30"
    roster = rosters.Roster(1, OPEN, them, day, charter=rostered.charter(REALM))
    signed = rosters.Signed(roster, {name: rosters.sign(roster, name, custodian_key(name)) for name in PLACES})
    return rostered.adopt(REALM, signed.raw)


def _custodian(name: str, place: str, x: int) -> Custodian:
    """One custodian as their own card has them; their directory is made at the first start."""
    if not (home(name) / "card.json").exists():
        keeper.init(home(name), Settings(name, place, realm=REALM))
    card = json.loads((home(name) / "card.json").read_bytes())
    return Custodian(name, place, x, Public(texts.binary(card, "key")), texts.text(card, "signs"))
