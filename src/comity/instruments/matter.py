"""What a letter to an authority is made from: who we are, and one case's facts and finding. Plain frozen values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import override

from comity import language
from comity.outbox import letters
from comity.platforms.territory import EU
from comity.regulations import legal_time
from comity.regulations.packs import Pack

DONE = "valid"
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class House:
    """The provider that answers. `zone` is its IANA time zone; `post` its name and postal address."""

    name: str
    post: str
    establishment: str
    authorised_person: str
    email: str
    zone: str
    representative: str | None = None
    phone: str = ""
    base_url: str = ""

    @property
    def state(self) -> str:
        """The Member State of the establishment, or of the representative if the establishment is outside the Union."""
        return self.establishment if self.establishment in EU else self.representative or self.establishment

    @property
    def place(self) -> tzinfo:
        """The zone in which days and hours are given."""
        return letters.zone_of(self.zone)

    @property
    def counted(self) -> legal_time.Place:
        """Where periods are counted."""
        return legal_time.Place(legal_time.zone(self.zone), self.state)

    def said(self, at: datetime) -> str:
        """A UTC instant in our own zone, in words."""
        return letters.said(at, self.place)


@dataclass(frozen=True)
class Matter:
    """One case as its letters see it: its number, the authority's registered address, facts and finding.

    `pack`: the version it was judged by; None where that is not here. `words`: what it says in the order's own
    language, keyed by the English, if that is another language. `spoken`: the language to write in, if not that one.
    """

    number: str
    to: str
    house: House
    facts: Mapping[str, Any] = field(default_factory=dict)
    finding: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    pack: Pack | None = None
    spoken: str = ""

    @property
    def instrument(self) -> str:
        """The id of the instrument; empty if none is known."""
        return str(self.facts.get("instrument") or "")

    @property
    def language(self) -> str:
        """The order's own language if we write it, else English; or the one that is asked for."""
        return self.spoken or language.known(self.facts.get("language"))

    @property
    def form(self) -> Mapping[str, Any]:
        """The order's own fields."""
        found = self.facts.get("form")
        return found if isinstance(found, Mapping) else {}

    def said(self, name: str, otherwise: str | None = None) -> str:
        """A text field of the order as written; else `otherwise`, by default that the order does not state it."""
        value = self.form.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        return _("not stated in the order") if otherwise is None else otherwise

    @property
    def authority(self) -> str:
        """The authority's name, as the order gives it, else as registered."""
        known = self.facts.get("authority")
        name = known.get("name") if isinstance(known, Mapping) else None
        return self.said("issuing_authority", name or None)

    @property
    def reference(self) -> str:
        """Their reference, and their file number if it is another; empty if the order has neither."""
        both = (self.said("reference", ""), self.said("issuing_file_number", ""))
        return "; ".join(dict.fromkeys(text for text in both if text))

    @property
    def short_reference(self) -> str:
        """The one of their numbers that goes into a subject."""
        return self.said("reference", self.said("issuing_file_number", ""))

    @property
    def received_at(self) -> str:
        """When the order was stored, RFC 3339 in UTC."""
        return str(self.facts.get("received_at") or "")

    def targets(self, *, done: bool) -> list[dict[str, Any]]:
        """The targets that can be acted on (`done`), or those that can't, each with the finding's reason."""
        judged = [t for t in self.finding.get("targets") or [] if isinstance(t, Mapping)]
        picked = (t for t in judged if (t.get("outcome") == DONE) is done)
        return [{"ref": str(t.get("ref", "")), "outcome": t.get("outcome"), "why": t.get("why") or ""} for t in picked]

    def failing(self, *, blocking: bool) -> list[Mapping[str, Any]]:
        """The checks that fail, blocking or not."""
        checks = self.finding.get("checks") or []
        return [c for c in checks if c.get("holds") is False and bool(c.get("blocking")) is blocking]

    def cited(self, check: Mapping[str, Any]) -> str:
        """What a check says, with its article, both in the style of the order's language."""
        english = str(check.get("says") or check.get("id") or "").strip()
        says = self.words.get(english, english)
        return f"{says} ({language.cited(str(check['cite']))})" if check.get("cite") else says

    @property
    def instead(self) -> Mapping[str, Any]:
        """What is done instead of what was ordered: `kind`, `of`, `territory`; empty where that itself is done."""
        found = self.finding.get("instead")
        return found if isinstance(found, Mapping) else {}

    @property
    def non_disclosure(self) -> bool:
        """Whether the order forbids telling the person."""
        if any(duty.get("id") == "non-disclosure" for duty in self.finding.get("duties") or []):
            return True
        said = self.facts.get("non_disclosure")
        return bool(isinstance(said, Mapping) and said.get("requested")) or self.form.get("non_disclosure") is True


def in_its_language(make: Callable[Concatenate[Matter, P], R]) -> Callable[Concatenate[Matter, P], R]:
    """Decorator for a function that writes a letter: it runs in the language of its matter, whatever language is
    active."""

    @wraps(make)
    def made(matter: Matter, /, *args: P.args, **more: P.kwargs) -> R:
        with override(matter.language):
            return make(matter, *args, **more)

    return made


def listed(lines: Iterable[str]) -> str:
    """The lines of a list within one paragraph."""
    return "\n".join(f"– {line}" for line in lines)
