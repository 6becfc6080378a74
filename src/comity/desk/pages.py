"""What each page of the desk is made of: frozen values, filled by the views from the tables, shown by the templates.

Nothing here reads a table or the time. Instants are UTC-aware. Whatever a stranger wrote stays a plain `str`.
"""

from dataclasses import dataclass
from datetime import datetime

from comity.console.lists import RealmCount
from comity.console.panels import Panel
from comity.console.signing import Sign
from comity.web.parts import (
    Check,
    Clock,
    Empty,
    Fact,
    Form,
    Grade,
    Letter,
    Line,
    Link,
    Next,
    Pair,
    Sheet,
    Slot,
    State,
    Step,
    Veil,
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case, or a request that waits for a person (`unsorted`: its clock is not known; `top`: it stands above the
    rest, 2 for danger to a life). `optional`: nothing is due, and its clock is that of something we may still do."""

    id: str
    url: str
    title: str
    clock: Clock
    next: Next
    who: str
    grade: Grade | None
    instrument: str
    state: State
    unsorted: bool = False
    waiting: bool = False
    unproven: bool = False
    taken: str = ""
    optional: bool = False
    top: int = 0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue: `rows` in the order of what is due; the page puts them in bands."""

    rows: tuple[QueueRow, ...]
    realms: tuple[RealmCount, ...]
    filters: Form
    export_url: str
    more_url: str = ""
    refresh_url: str = ""
    duty: str = ""
    legend: tuple[Pair, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came, for showing. `html` raw; the page sanitises it and loads nothing from outside."""

    pairs: tuple[Pair, ...]
    text: str = ""
    html: str = ""
    parts: tuple[Pair, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrote:
    """A sender's own words beside the order; `says` where there are none; `whole`: all of them, the order too."""

    heading: str
    at: datetime
    text: str
    says: str = ""
    link: Link | None = None
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """The left side of a case: what came, as it came, the sender's own words (`wrote`), and what they wrote since."""

    heading: str
    pairs: tuple[Pair, ...]
    links: tuple[Link, ...] = ()
    wrote: Wrote | None = None
    later: tuple[Wrote, ...] = ()
    sheet: Sheet | None = None
    thread: tuple[Pair, ...] = ()
    before: tuple[Pair, ...] = ()
    veil: Veil | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome as a sentence (`word` first), what that `means`, and how it was judged. `tone`: good, soon, late or
    still."""

    word: str
    sentence: str
    tone: str
    glyph: str
    judged: str = ""
    pack: Link | None = None
    means: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding under one regulation: what it says, asks of us, and until when (`clocks`: no clock runs on them)."""

    verdict: Verdict
    title: str
    checks: tuple[Check, ...]
    duties: tuple[Step, ...] = ()
    clocks: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A regulation that a request may fall under, and what it still lacks for that."""

    regulation: Link
    act: str
    lacks: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision: exactly what will be done, what goes out, who has signed; `note` says why the viewer can't sign.

    `rule`: on a desk of one person, under which rule one signature is enough, or why it isn't.
    """

    deeds: tuple[Pair, ...]
    letters: tuple[Letter, ...]
    slots: tuple[Slot, ...]
    needed: int
    sign: Sign | None = None
    decide_url: str = ""
    detours: tuple[Link, ...] = ()
    note: str = ""
    act: str = ""
    propose: Form | None = None
    rule: tuple[Pair, ...] = ()

    @property
    def given(self) -> int:
        """How many have signed."""
        return sum(slot.given for slot in self.slots)


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything about one case. `acts` lead to what the viewer may do besides deciding (call back, brake, ask …)."""

    id: str
    title: str
    by_line: str
    cite: str
    clock: Clock
    next: Next
    state: State
    came: Came
    verdict: Verdict | None
    facts: tuple[Fact, ...]
    checks: tuple[Check, ...]
    checks_source: str = ""
    primary: Link | None = None
    steps: tuple[Step, ...] = ()
    other_clocks: tuple[Step, ...] = ()
    correct_url: str = ""
    decision: Decision | None = None
    panels: tuple[Panel, ...] = ()
    timeline: tuple[Line, ...] = ()
    timeline_url: str = ""
    take: Form | None = None
    taken: str = ""
    acts: tuple[Link, ...] = ()
    returned: tuple[str, str] = ("", "")
    also: tuple[Judged, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class DecidePage:
    """One screen to decide, for a phone: nothing to scroll past unread, the button last.

    A lift has no `clock` and no `verdict`; it has a `reason`, in the words of who asks for it. `flags` and the sender's
    own words (`wrote`, `later`) stand where nobody can sign without having passed them. `done`: it is reviewed.
    """

    id: str
    case_url: str
    title: str
    clock: Clock | None
    verdict: Verdict | None
    deeds: tuple[Pair, ...]
    outgoing: tuple[Pair, ...]
    letters: tuple[Letter, ...]
    veil: Veil | None
    sign: Sign | None
    note: str = ""
    back: Link | None = None
    counsel: Link | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()
    wrote: Wrote | None = None
    later: tuple[Wrote, ...] = ()
    rule: tuple[Pair, ...] = ()
    done: bool = False

    @property
    def opened(self) -> bool:
        """Whether the viewer has just asked for the content."""
        looks = self.veil.looks if self.veil else ()
        return any(look.text is not None or look.picture for look in looks)


@dataclass(frozen=True, slots=True)
class Lane:
    """One way to send what is no order: support, press, civil or not-ours, by one key, with the reply that goes out."""

    slug: str
    key: str
    title: str
    form: Form
    reply: Letter | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that words can't decide: what it asks, and who answered what and when (UTC); `form`: to answer it."""

    name: str
    title: str
    says: str
    answer: str
    by: str
    at: datetime | None
    form: Form | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on a person of which a mail is: how it stands and its page; or the form that says that it is one."""

    says: str | None
    link: Link | None
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request without a case (triage), or the whole mail of a case's request. `lanes` empty: nothing to sort.

    `asked` are the questions put to a person, and `words` what was read for which they are put; `danger`: it may be
    about a life; `done`: the form that records what was done about it.

    `finding` is what it was judged, where it says anything of a demand; else `rule` leads to our rule for such mail.
    """

    id: str
    title: str
    by_line: str
    clock: Clock | None
    next: Next
    state: State
    mail: Mail
    flags: tuple[str, ...] = ()
    cases: tuple[Link, ...] = ()
    lanes: tuple[Lane, ...] = ()
    enter: Link | None = None
    read: Form | None = None
    sheet: Sheet | None = None
    facts: tuple[Fact, ...] = ()
    sent: tuple[Letter, ...] = ()
    timeline: tuple[Line, ...] = ()
    finding: Judged | None = None
    rule: Link | None = None
    also: tuple[Judged, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[Pair, ...] = ()
    acts: tuple[Link, ...] = ()
    asked: tuple[Asked, ...] = ()
    words: tuple[Pair, ...] = ()
    claim: Claim | None = None
    unsearched: bool = False
    clocks: tuple[Step, ...] = ()
    danger: bool = False
    done: Form | None = None
