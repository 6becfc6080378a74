"""The port: everything that Comity asks of a platform. A platform is a folder beside this file, one line in
`__init__.py`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable

State = Literal["visible", "withheld", "gone", "gated", "unknown"]
Level = Literal["no-signups", "read-only", "notice"]
# measures that nothing takes back: one person more signs them, and a copy is kept before
IRREVERSIBLE = frozenset({"redact", "purge", "deactivate"})
LEVELS: tuple[Level, ...] = ("no-signups", "read-only", "notice")  # each shuts what the one before it shuts, and more
OPEN = "open"


class PlatformError(Exception):
    """What went wrong between us and a platform. The text names no person and quotes no content."""


class PlatformDown(PlatformError):
    """It was unreachable, too slow, or answered nonsense. Whether the call took effect is unknown: retry with the
    same key."""


class PlatformRefused(PlatformError):
    """It understood and said no; retrying won't help.

    `code` is for machines: "not-ours", "unknown", "key-used", "not-contactable", "cannot", "no-token"…
    """

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code, self.says = code, says


@dataclass(frozen=True)
class Capabilities:
    """What a platform can do. `measures`: kind of measure → kinds of target it can be applied to. `gates`: the levels
    at which it can shut itself to a country, the mildest first; empty: it can't. `limits`: codes of what it can't do
    that people must know before they decide (`limits.SAYS` has their sentences). `within`: kind of measure → for how
    long after a thing was posted alone it can be applied. `everywhere`: kinds of measure that reach everybody, though
    others go by country."""

    name: str
    measures: Mapping[str, frozenset[str]]
    by_country: bool
    notifies: bool
    gates: tuple[Level, ...] = ()
    limits: tuple[str, ...] = ()
    within: Mapping[str, timedelta] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    def goes_by_country(self, measure: str) -> bool:
        """Whether a kind of measure can be applied in some countries alone."""
        return self.by_country and measure not in self.everywhere

    def can(self, measure: str, target: str | None) -> bool:
        """Whether a kind of measure can be applied to a kind of target."""
        return target in self.measures.get(measure, frozenset())


@dataclass(frozen=True)
class Author:
    """Who wrote a thing. `country` None: the platform looked and does not know."""

    country: str | None
    contactable: bool
    id: str = ""


@dataclass(frozen=True)
class Parts:
    """What a target consists of: a measure acts on the whole set. `quotes`: what others wrote that quotes it, which
    stays but for the quotation."""

    things: int = 1
    edits: int = 0
    pictures: int = 0
    quotes: int = 0

    def say(self, kind: str) -> str:
        """In words: "1 message, 2 edits, 1 image, 1 quotation"."""
        counted = [(self.things, kind), (self.edits, "edit"), (self.pictures, "image"), (self.quotes, "quotation")]
        return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counted if n)


@dataclass(frozen=True)
class Resolved:
    """What is at an address. `found`: True, False (it leads nowhere), None (the platform couldn't say).

    `url` is the one spelling under which we store the address; `ref` is the platform's own name for the thing;
    `channel` what people call the place it is in, and `posted_at` (UTC) when it was posted, if the platform says so.
    """

    url: str
    found: bool | None
    ref: str = ""
    kind: str = ""
    audience: str = ""
    author: Author | None = None
    parts: Parts = field(default_factory=Parts)
    channel: str = ""
    posted_at: datetime | None = None

    def says(self) -> str:
        """The set in words; empty if nothing was found."""
        return self.parts.say(self.kind) if self.found else ""

    def facts(self) -> dict[str, Any]:
        """What the platform knows, as keys of one of the `targets` of the facts object. Unknown keys are absent."""
        known: dict[str, Any] = {"found": self.found}
        if self.found:
            known |= {"kind": self.kind, "audience": self.audience}
        if self.found and self.author:
            known["author"] = {"country": self.author.country, "contactable": self.author.contactable}
        return known


@dataclass(frozen=True)
class Receipt:
    """What the platform says it did: its word, not a proof (that is `observe`). `at` in UTC.

    `state` is "withheld", "preserved", "gated", "lifted" or "told"; `new` False: the key had done it before, and
    nothing changed.
    """

    key: str
    state: str
    new: bool
    at: datetime


@dataclass(frozen=True)
class Seen:
    """What an ordinary viewer in a country saw, at an instant in UTC.

    "visible": content was there, whole or in part. "withheld": the page was there, the content was not. "gone": the
    address leads nowhere for such a viewer. "gated": the platform shows nothing at all to viewers there, so this look
    tells nothing of this thing. "unknown": no conclusive answer. `digest`: SHA-256 (hex) of what was shown,
    so that two looks can be compared without storing content; empty if nothing was shown.
    """

    state: State
    country: str
    at: datetime
    digest: str = ""


@dataclass(frozen=True)
class SeenGate:
    """What a stranger in a country can do there now, as they found by trying. None: that try told nothing.

    `signups`: they could join. `writing`: one who has an account could write. `reading`: what people wrote is shown.
    `notice`: they are told what is shut, and why. `export`: the way to a copy of one's own data is open. `appeals`: so
    is the way to an appeal.
    """

    signups: bool | None = None
    writing: bool | None = None
    reading: bool | None = None
    notice: bool | None = None
    export: bool | None = None
    appeals: bool | None = None

    @property
    def level(self) -> str | None:
        """The level that this is, "open" where nothing is shut. None where it is none of them: a try told nothing, a
        door is shut that isn't to be, or a gate stands half."""
        if not (self.export and self.appeals):
            return None
        for level in (OPEN, *LEVELS):
            if self == wanted_gate(level, notice=bool(self.notice)):
                return level
        return None


def wanted_gate(level: str, *, notice: bool) -> SeenGate:
    """What a stranger is to find at a level, or where it is "open". Below the level `notice` one need not be there."""
    shut = [OPEN, *LEVELS].index(level)
    told = (shut > 0 and notice) or level == "notice"
    return SeenGate(signups=shut < 1, writing=shut < 2, reading=shut < 3, notice=told, export=True, appeals=True)


@dataclass(frozen=True)
class Shown:
    """What a snapshot shows people: its texts, oldest first, and its pictures as (media type, bytes)."""

    texts: tuple[str, ...] = ()
    pictures: tuple[tuple[str, bytes], ...] = ()


@runtime_checkable
class Platform(Protocol):
    """A platform, as its operator's own servers reach it.

    Every call is bounded in time and size. All raise `PlatformDown` if the platform doesn't answer, and
    `PlatformRefused` if it says no; `observe` and `observe_gate` raise neither: to see nothing is an observation.
    """

    def owns(self, url: str) -> bool:
        """Whether an address is one of this platform's. Pure; makes no network call."""
        ...

    def capabilities(self) -> Capabilities:
        """What it can do, known without a network call: it is asked before a decision is put to people, and on their
        pages."""
        ...

    def resolve(self, url: str) -> Resolved:
        """What is at an address, private things included. Changes nothing, notifies nobody.

        Any usual spelling of one address gives the same `url` and `ref`. Raises `PlatformRefused` "not-ours" for
        another platform's address.
        """
        ...

    def snapshot(self, ref: str) -> bytes:
        """Everything of a thing that a measure could change, content and state, as canonical bytes.

        Equal bytes mean that nothing differs, which is how a lift is proven exact. Holds content: it belongs in the
        vault.
        """
        ...

    def shown(self, snapshot: bytes) -> Shown:
        """What a snapshot of this platform shows people; nothing for bytes that aren't one. Pure; makes no network
        call."""
        ...

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Apply a measure in a territory (ISO 3166-1 country codes, "EU", "WORLD"). Idempotent by `key`.

        A key that was lifted, even before its act arrived, never acts again. Other content under a used key is refused
        ("key-used"). "withhold" hides a thing from viewers in the territory. "preserve" keeps it as it is now, whatever
        its author does to it later; nobody sees a difference, and `snapshot` returns the same as before.
        """
        ...

    def lift(self, key: str) -> Receipt:
        """Undo exactly what this key did, to a thing or a country; what other keys hold back stays so. Idempotent."""
        ...

    def observe(self, url: str, country: str) -> Seen:
        """Look as an ordinary viewer in a country does: with another client than the one that acts, without its
        token."""
        ...

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Tell a thing's author inside the platform, once per key. `PlatformRefused` "not-contactable": there is
        nobody to tell."""
        ...

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """Shut the platform to people in a country, up to a level. Idempotent by `key`, and undone by `lift`, as `act`.

        `country`: an ISO 3166-1 code; its parts that have their own code (`territory.PARTS`) are gated with it. It is
        the country from which one looks, not that of one's account. Nothing is deleted, and no other country sees a
        difference. Where several keys stand on a country the highest unlifted level counts. "no-signups": nobody there
        joins. "read-only": nor writes. "notice": nor reads; what remains is the notice, export of one's own data and
        the way to an appeal. `notice` (language tag → text: why, from when, where to export, where to appeal, where
        orders go) is shown to people there; the level "notice" needs one.

        Raises UnknownTerritory for what is no single country, `PlatformRefused` "cannot" for a level that isn't one of
        `Capabilities.gates`, "key-used", "bad-field".
        """
        ...

    def observe_gate(self, country: str) -> SeenGate:
        """Try as a stranger in a country does: to join, to write, to read, to reach export and appeals. By another
        client than the one that acts, without its token; a try leaves nothing behind, no account and no message."""
        ...

    def people(self, country: str) -> int | None:
        """How many accounts there are in a country and its parts; None: the platform doesn't know."""
        ...


@runtime_checkable
class Many(Protocol):
    """What a platform may offer beyond the port: many targets in one call, at most `at_once` of them.

    Each method does what its one-by-one counterpart does, with the same keys; answers come in the order asked. A
    refusal of one target alone is returned as a `PlatformRefused` value. `PlatformDown`: nothing is known of any of
    them.
    """

    at_once: int

    def resolve_many(self, urls: Sequence[str]) -> list[Resolved]:
        """What is at each address."""
        ...

    def snapshot_many(self, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
        """Content and state of each thing."""
        ...

    def act_many(
        self, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
    ) -> list[Receipt | PlatformRefused]:
        """Apply one kind of measure in one territory to each thing: (key, ref)."""
        ...

    def lift_many(self, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
        """Undo what each key did."""
        ...


@runtime_checkable
class Standing(Protocol):
    """What a platform may offer beyond the port, for measures that no viewer can see: it reads back what it did."""

    def stands(self, key: str) -> bool | None:
        """Whether what a key did stands now; None: it did nothing, or nothing tells. Raises nothing."""
        ...


@dataclass(frozen=True)
class Pinned:
    """To whom a platform seals: the hash of the roster that it has pinned (empty: none), and its sealing key in hex."""

    roster: str
    sealer: str


@runtime_checkable
class Sealing(Protocol):
    """What a platform offers that gives private data away sealed, and no other way (`comity_seal`)."""

    def pinned(self) -> Pinned:
        """To whom it seals."""
        ...

    def pin(self, roster: bytes) -> Pinned:
        """Have it follow to the next roster; where none is pinned it takes the first, and its owner looks whether that
        is the one. Raises PlatformRefused "bad-roster"."""
        ...

    def seal(self, key: str, asked: Mapping[str, Any], into: BinaryIO) -> None:
        """Write what is `asked` (`case`, `persons`, `categories`, `from`, `to`, `roster`) as one sealed item, streamed.
        The same key gives the same again. Raises PlatformRefused "no-roster", "bad-roster", "unknown", "collected"."""
        ...

    def collected(self, key: str) -> None:
        """What it sealed by this key is here: it need not be kept there."""
        ...
