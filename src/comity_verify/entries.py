"""What an entry of a record is: canonical JSON with a public part, and commitments to what is sealed.

    {"by":"gateway","day":"2026-11-30","kind":"case.judged","public":{…},"realm":"real","sealed":{"at":"…",…},"v":1}

A commitment is SHA-256 over a tag, a salt of 32 random bytes, the field's name and its value. Whoever is given a salt
and a value can check one field and learns nothing of the others; when the salt is destroyed, the commitment says
nothing any more, and the entry still verifies. An entry under a non-disclosure has one field alone, `entry`, sealed:
all that it would have said.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

TAG = b"comity/commitment/v1\n"
SALT = 32
VERSION = 1
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_KEYS = {"v", "kind", "day", "realm", "by", "public", "sealed", "signed"}
_HEX = re.compile("[0-9a-f]{64}", re.A)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.A)


class BadEntry(ValueError):
    """An entry that is not as entries of a record are, or a field that does not fit its commitment."""


def canonical(value: Any) -> bytes:
    """JSON in UTF-8 with sorted keys and without blanks: one text for one value."""
    return _JSON.encode(value).encode("utf-8", "surrogatepass")


def commit(salt: bytes, name: str, value: Any) -> str:
    """The commitment to one field. Raises BadEntry for a salt of another length."""
    if len(salt) != SALT:
        raise BadEntry(f"a salt has {SALT} bytes")
    return sha256(TAG + salt + name.encode() + b"\x00" + canonical(value)).hexdigest()


@dataclass(frozen=True)
class Entry:
    """An entry as read; `kind` is "" for one that is sealed as a whole."""

    kind: str
    day: str
    realm: str
    by: str
    public: Mapping[str, Any]
    sealed: Mapping[str, str]
    signed: Mapping[str, Any] = field(default_factory=dict)

    def reveal(self, name: str, salt: bytes, value: Any) -> None:
        """Check what a sealed field is said to hold. Raises BadEntry."""
        if name not in self.sealed:
            raise BadEntry(f"the entry seals nothing called {name[:40]}")
        if commit(salt, name, value) != self.sealed[name]:
            raise BadEntry(f"{name}: what is revealed is not what was sealed")


def parse(raw: bytes) -> Entry:
    """An entry. Raises BadEntry naming the rule it breaks."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadEntry("the entry is not JSON") from None
    if not isinstance(said, dict) or said.get("v") != VERSION or {*said} - _KEYS:
        raise BadEntry("the entry is not one of version 1, or has keys that are not known")
    try:
        if canonical(said) != raw:
            raise BadEntry("the entry is not canonical JSON")
    except (ValueError, RecursionError):
        raise BadEntry("the entry is not canonical JSON") from None
    _check(said)
    named = {key: said.get(key, "") for key in ("kind", "day", "realm", "by")}
    return Entry(**named, public=said.get("public", {}), sealed=said["sealed"], signed=said.get("signed", {}))


def _check(said: Mapping[str, Any]) -> None:
    sealed = said.get("sealed")
    if not isinstance(sealed, dict) or not all(isinstance(one, str) and _HEX.fullmatch(one) for one in sealed.values()):
        raise BadEntry("sealed: commitments of 64 hexadecimal digits are asked for")
    if not isinstance(said.get("realm"), str):
        raise BadEntry("realm: a text is asked for")
    if "kind" not in said:
        if {*said} != {"v", "realm", "sealed"} or {*sealed} != {"entry"}:
            raise BadEntry("an entry without a kind seals one field, entry, and says nothing else")
        return
    if not all(isinstance(said.get(key), str) for key in ("kind", "day", "by")) or not _DAY.fullmatch(said["day"]):
        raise BadEntry("kind, day, by: texts are asked for, the day as YYYY-MM-DD")
    if not isinstance(said.get("public"), dict) or not isinstance(said.get("signed", {}), dict):
        raise BadEntry("public, signed: objects are asked for")
