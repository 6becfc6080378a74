"""What the components are given: small frozen values. Instants are UTC-aware; pages show the viewer's zone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Unit = Literal["hours", "days"]
Result = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that link somewhere. `quiet` links are set beside the button, not as one."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline. `unit`: the unit its period is counted in; `why`: the article that stops it, or what is missing;
    `stopped_as`: in a word, why it stopped for good. `alerts`: the desk is alerted when half of it is gone."""

    due_target: datetime | None = None
    due_legal: datetime | None = None
    started: datetime | None = None
    met_at: datetime | None = None
    stopped_since: datetime | None = None
    held_until: datetime | None = None
    unit: Unit = "hours"
    why: str = ""
    stopped_as: str = ""
    alerts: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation, with its source; `at` is shown at its end, in the viewer's zone."""

    text: str
    cite: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How far a case is, by its slug (`words.STATES`); `text` replaces the usual word ("With counsel")."""

    slug: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """How strongly the sender was authenticated: none, domain, signature or accredited-channel."""

    slug: str


@dataclass(frozen=True, slots=True)
class Next:
    """What to do: act, wait or ask, and a sentence, in which `{key}` marks the keyboard shortcut."""

    kind: Literal["act", "wait", "ask"]
    text: str
    cite: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value. `bold` comes first; `code` is an id or address, set apart; `link` follows."""

    label: str
    text: str = ""
    bold: str = ""
    code: str = ""
    cite: str = ""
    at: datetime | None = None
    link: Link | None = None
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    `kind`: text, long, email, url, tel, search, instant, date, select, radio, tick, ticks, file or hidden.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    error: str = ""
    required: bool = True
    choices: tuple[Choice, ...] = ()
    rows: int = 6

    @property
    def input(self) -> str:
        """The `type` of its input element."""
        return {"instant": "datetime-local", "text": "text"}.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that posts to `action`. `error` concerns all of it; `back` is the way out without submitting."""

    action: str
    button: str
    fields: tuple[Field, ...] = ()
    error: str = ""
    back: Link | None = None
    method: Literal["get", "post"] = "post"
    second: bool = False
    warn: str = ""
    id: str = "form"

    @property
    def files(self) -> bool:
        """Whether it hands in a file."""
        return any(field.kind == "file" for field in self.fields)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as read. `mark` is its number on the sheet (None: not from the sheet). `value` None means unknown.

    `was` is the value as first read, kept when a person corrected it. `where` says where it was read from.
    """

    label: str
    value: str | None
    where: str = ""
    mark: int | None = None
    code: bool = False
    more: str = ""
    was: str = ""
    correct_url: str = ""
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a finding, with its source. `noted`: if unknown, the answer says so, and it stops nothing."""

    result: Result
    says: str
    cite: str = ""
    blocking: bool = False
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A box on a form; `mark` is the number of the fact it became."""

    label: str
    ticked: bool
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the document: a label and its value. An empty `value` with `blank` is a field left empty."""

    label: str
    value: str = ""
    mark: int | None = None
    blank: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A section of the document."""

    title: str
    lines: tuple[SheetLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of running text, marked as the place of fact `mark` if it is one."""

    text: str
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The original: a form with sections, or the mail's text with its places marked. Their words, in serif."""

    heading: str
    note: str = ""
    title: str = ""
    language: str = ""
    sections: tuple[SheetSection, ...] = ()
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One piece of content. Closed: only a button that posts to `action`. Open: `text` or `picture` (a URL)."""

    label: str
    action: str
    text: str | None = None
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Veil:
    """Content hidden until asked for. `bars` are widths in per cent that represent lines; `pictures` is how many
    pictures.

    `says` names the content without a full stop ("1 message with 2 edits"); `at` is when it was stored.
    """

    says: str
    looks: tuple[Look, ...] = ()
    bars: tuple[int, ...] = (92, 71)
    pictures: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter exactly as it is sent: paragraphs separated by blank lines, named blanks in braces, `{time
    observed}`."""

    title: str
    says: str
    text: str
    links: tuple[Link, ...] = ()
    form: Form | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One approval: given (with `by` and `at`) or open (with `note`)."""

    title: str
    given: bool
    by: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an ordinary viewer saw: visible, withheld, gone, gated or unknown. `wrong`: not what was wanted."""

    slug: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What is wanted, what was seen before and what is seen now in a country, or in all `places` where it is the same.

    `held` is what was seen while the measure was in effect, once it is lifted; `now` is then what was seen after that.
    """

    country: str
    wanted: str
    before: Seen
    now: Seen
    union: str = ""
    held: Seen | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One act on the platform and its state. `tone`: good, still, late or empty; `glyph` as in the sprite.

    `at` follows `status`, in the viewer's zone ("Observed", "Kept under seal until"). `held_at` is when it was looked
    at while in effect, once it is lifted; `now_at` is then the look after lifting.
    """

    verb: str
    text: str
    status: str
    tone: str = "still"
    glyph: str = "c0"
    effects: tuple[Effect, ...] = ()
    before_at: datetime | None = None
    held_at: datetime | None = None
    now_at: datetime | None = None
    lift: Form | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One event on the timeline. `who` by role, jurisdiction and key; `note` its number or where it leads."""

    at: datetime
    what: str
    more: str = ""
    who: str = ""
    note: str = ""
    url: str = ""
    now: bool = False

    @property
    def rest(self) -> str:
        """`more` as it follows `what`: after a space, unless it begins with its own punctuation."""
        return self.more if self.more[:1] in (":", ",", ";", "") else f" {self.more}"


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty page: what will be here and how to get it."""

    title: str
    text: tuple[str, ...] = ()
    action: Link | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """The first failure or half-time, on every page of the desk; `others`: where the rest of them stands."""

    bold: str
    text: str = ""
    link: Link | None = None
    at: datetime | None = None
    tone: Literal["late", "soon"] = "late"
    others: Link | None = None
