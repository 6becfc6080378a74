"""Trust policies: which logs and which witnesses count, and how many of them (C2SP tlog-policy)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .notes import COSIGNATURE, ED25519, ML_DSA, BadNote, Key, parse_key

_ALLOWED = re.compile(rb"[\x09\x0a\x20-\x7e\x80-\xff]*")
LARGEST = 1_000_000


@dataclass
class Policy:
    """A policy as parsed. `quorum` is the name of a witness or group, or "none"."""

    logs: dict[str, tuple[Key, str]] = field(default_factory=dict)
    witnesses: dict[str, tuple[Key, str]] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = ""

    @property
    def keys(self) -> list[Key]:
        """All of them, for opening a checkpoint."""
        return [key for key, _ in (*self.logs.values(), *self.witnesses.values())]

    def satisfied(self, signed: Collection[str]) -> bool:
        """Whether the quorum is met by these witnesses (by their names in this policy)."""
        return self.quorum == "none" or self._counts(self.quorum, signed)

    def _counts(self, name: str, signed: Collection[str]) -> bool:
        if name in self.witnesses:
            return name in signed
        wanted, members = self.groups[name]
        return sum(self._counts(member, signed) for member in members) >= wanted

    def called(self, signed: Collection[str]) -> list[str]:
        """The key names of these witnesses, as others know them."""
        return [self.witnesses[name][0].name for name in signed]

    def signed(self, verified: Collection[Key]) -> list[str]:
        """The names of the witnesses among these keys."""
        which = {(key.name, key.id) for key in verified}
        return [name for name, (key, _) in self.witnesses.items() if (key.name, key.id) in which]


def parse(raw: bytes) -> Policy:
    """A policy file. Raises BadNote naming the line and the rule."""
    if len(raw) > LARGEST or not _ALLOWED.fullmatch(raw) or (raw and not raw.endswith(b"\n")):
        raise BadNote("the policy holds what it may not, or its last line doesn't end")
    policy, members = Policy(), set[str]()
    for at, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = re.split("[ \t]+", line.strip(" \t"))
        if words != [""] and not words[0].startswith("#"):
            try:
                _line(policy, members, words)
            except BadNote as error:
                raise BadNote(f"the policy's line {at}: {error}") from None
    if not policy.quorum:
        raise BadNote("the policy has no quorum line")
    return policy


def _line(policy: Policy, members: set[str], words: list[str]) -> None:
    what, rest = words[0], words[1:]
    if what == "log" and 1 <= len(rest) <= 2:
        key = _key(policy.logs, rest[0], (ED25519, ML_DSA))
        policy.logs[key.vkey] = (key, rest[1] if rest[1:] else "")
    elif what == "witness" and 2 <= len(rest) <= 3:
        _fresh(policy, rest[0])
        key = _key(policy.witnesses, rest[1], (ED25519, COSIGNATURE, ML_DSA)).cosigning
        policy.witnesses[rest[0]] = (key, rest[2] if rest[2:] else "")
    elif what == "group" and len(rest) >= 3:
        _fresh(policy, rest[0])
        policy.groups[rest[0]] = _group(policy, members, rest[1], rest[2:])
    elif what == "quorum" and len(rest) == 1 and not policy.quorum:
        if rest[0] != "none":
            _known(policy, rest[0])
        policy.quorum = rest[0]
    else:
        raise BadNote(f"not a line of a policy: {what[:40]!r}")


def _key(have: Mapping[str, tuple[Key, str]], vkey: str, types: tuple[int, ...]) -> Key:
    key = parse_key(vkey)
    if key.type not in types:
        raise BadNote("a key of a type that doesn't belong here")
    if any(one.public == key.public for one, _ in have.values()):
        raise BadNote("the same key twice")
    return key


def _group(policy: Policy, members: set[str], wanted: str, names: list[str]) -> tuple[int, tuple[str, ...]]:
    for name in names:
        _known(policy, name)
        if name in members:
            raise BadNote(f"{name[:40]} is a member already")
        members.add(name)
    count = {"any": 1, "all": len(names)}.get(wanted)
    if count is None:
        count = int(wanted) if re.fullmatch("[1-9][0-9]{0,2}", wanted, re.A) else 0
    if not 1 <= count <= len(names):
        raise BadNote("a group counts from one to as many as it has")
    return count, tuple(names)


def _fresh(policy: Policy, name: str) -> None:
    if name == "none" or name in policy.witnesses or name in policy.groups:
        raise BadNote(f"the name {name[:40]} is taken")


def _known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise BadNote(f"no earlier line names {name[:40]}")
