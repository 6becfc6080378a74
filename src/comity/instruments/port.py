"""What an instrument can say, and what it says if it needs no code of its own: its pack's words, a plain letter.

An instrument is the legal form that a demand invokes. What it *means* is defined by its pack: checks, outcomes, clocks,
duties, measures, quorum. What is defined here is how we speak of it: its names, its letters and their forms, its
acknowledgement, its words on the statement page, what may stand in its way. Nothing here decides or stores anything.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _

from comity.outbox.letters import Letter
from comity.regulations import packs
from comity.regulations.packs import Pack

from . import plain, statement
from .matter import Matter
from .statement import House, Law, Statement, Told


@dataclass(frozen=True)
class Form:
    """A form on which a letter is set: its data (`title`, `sections`, `fields`), which law it belongs to, and in whose
    wording.

    `targets` heads the addresses that go with it. The data's words are messages of the catalogue; everything else is in
    the active language. `beside`: its labels in languages that we write no letters in, by the language, then by the
    English.
    """

    data: Mapping[str, Any]
    law: str
    wording: str
    targets: str
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def form(package: str, name: str) -> Mapping[str, Any]:
    """A form's data, from a package's `forms/`. Raises FileNotFoundError."""
    return dict(json.loads(files(package).joinpath(f"forms/{name}.json").read_text("utf-8")))


@cache
def labels(package: str, name: str) -> Mapping[str, Mapping[str, str]]:
    """A form's labels in further languages, by their codes: each is a file `NAME.CODE.json` in its package's
    `forms/`."""
    found = (one for one in files(package).joinpath("forms").iterdir() if one.name.startswith(f"{name}."))
    read = {one.name.split(".")[1]: json.loads(one.read_text("utf-8")) for one in found if one.name.count(".") == 2}
    return {code: dict(data["labels"]) for code, data in sorted(read.items())}


@dataclass(frozen=True)
class Ground:
    """One ground on which an order can't be carried out: its code among the facts, and its name."""

    code: str
    says: str


GROUNDS = (
    Ground("manifest-errors", "The order has manifest errors"),
    Ground("insufficient-information", "The order does not say enough to be carried out"),
    Ground("force-majeure", "Force majeure"),
    Ground("technical", "A technical reason not attributable to us"),
    Ground("operational", "An operational reason not attributable to us"),
)


class Instrument:
    """One instrument, by the id of its pack. This is the default; those that need other words inherit from it."""

    ID = ""

    def __init__(self, id: str) -> None:
        self.id = id

    @cached_property
    def pack(self) -> Pack | None:
        """The newest version that ships with Comity, for its names; None if there is none."""
        library = packs.load()
        return library.versions(self.id)[-1] if self.id in library.ids() else None

    # -- what it is called --------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """Its name, as a case's page begins: "Removal order"."""
        return self.pack.title["en"] if self.pack else self.id

    @property
    def short(self) -> str:
        """Its name in a list."""
        return self.title

    @property
    def cite(self) -> str:
        """The act, and the article if it comes from a single one."""
        return self.pack.act if self.pack else ""

    @property
    def phrase(self) -> str:
        """Its name within a sentence, with its act."""
        return f"“{self.title}” under {self.pack.act}" if self.pack else self.id

    # -- what it says to everybody ------------------------------------------------------------------------------------

    @property
    def contact_cite(self) -> str:
        """The article that requires a single point of contact; by default the one for any authority's orders."""
        return "Regulation (EU) 2022/2065, Art. 11"

    @property
    def about(self) -> str:
        """Which law its rules in plain words summarise."""
        return ""

    @property
    def in_words(self) -> tuple[tuple[str, str], ...]:
        """Its rules in plain words, for the front page, each with its article."""
        return ()

    # -- what it says to the authority --------------------------------------------------------------------------------

    @property
    def forms(self) -> Mapping[str, Form]:
        """The forms on which its letters are set, by the letter's `form`."""
        return {}

    def answer(self, matter: Matter) -> Letter:
        """The answer that a finding calls for, once it leaves no question to a person."""
        return plain.letter(matter)

    def weighed(self, matter: Matter) -> Letter:
        """The answer that a person completes, where people weigh it first."""
        return plain.letter(matter)

    #: whether whoever asks is answered where they wrote from: only where an answer can say nothing of any account
    to_sender = False
    #: the id of the instrument whose order this one is about, and may undo; empty where it is about none
    reinstates = ""

    @property
    def production(self) -> str:
        """Of an instrument by which data leave: how they do. Empty for all others."""
        return ""

    def lifted(self, matter: Matter) -> str:
        """What lifting its measures means, in one sentence."""
        return _(
            "The measure taken on your order has been lifted. What was withheld under it stands as it stood before, "
            "unless another measure withholds it."
        )

    def prolonged(self, until: str) -> str:
        """That the order was prolonged, in a sentence. `until`: in words; empty: it has no end of its own any more."""
        if not until:
            return _("Your order was prolonged. It lasts until you say that it is no longer needed.")
        return _("Your order was prolonged. It lasts until %(until)s, and then no longer.") % {"until": until}

    def ended(self) -> str:
        """That the time of the order is over, in a sentence."""
        return _("The time of your order is over, and nothing prolonged it. What was kept for it is kept no longer.")

    def due(self, matter: Matter) -> str:
        """Until when it is handled, for the acknowledgement; empty: as the finding says."""
        return ""

    def missing(self, matter: Matter) -> list[str]:
        """The mandatory lines of its form that were read and are blank, each with its article."""
        return []

    @property
    def scrutiny(self) -> str:
        """The id of the pack by which the authority of our State may look at an order of another; empty where none."""
        return ""

    @property
    def waits_after(self) -> str:
        """The form, by its code, that people may answer on and then wait until those it goes to have decided; empty
        where none."""
        return ""

    @property
    def enforcing_cite(self) -> str:
        """The article by which we tell the enforcing authority, too, what we see in an order; empty where none."""
        return ""

    @property
    def scrutiny_cite(self) -> str:
        """The article by which we may ask for that."""
        return ""

    def scrutiny_request(self, matter: Matter, reasons: str, at: datetime) -> Letter:
        """What asks the authority of our State for it, sent `at` (UTC). Raises LookupError where the act knows none."""
        raise LookupError(self.id)

    # -- what it says to the person affected --------------------------------------------------------------------------

    @property
    def law(self) -> Law:
        """Its words on the statement page."""
        return Law()

    def statement(
        self, facts: Mapping[str, Any], finding: Mapping[str, Any], told: Told, house: House, now: datetime
    ) -> Statement:
        """The statement page for one person at `now` (UTC)."""
        return statement.build(self.law, facts, finding, told, house, now)

    # -- what it says to the desk -------------------------------------------------------------------------------------

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """What may stand in its way; nothing else may."""
        return GROUNDS

    @property
    def grounds_say(self) -> str:
        """What its act says of these grounds."""
        return "Its act may know fewer grounds than stand below: look there first. What we made impossible is none."

    @property
    def obstacle_form(self) -> str:
        """The `form` of the letter that says what stands in the way."""
        return "The answer"

    @property
    def stops(self) -> str:
        """The articles by which its clock stops while something is awaited."""
        return ""

    @property
    def clarified(self) -> str:
        """What follows once the authority has clarified what we asked."""
        return "If it clarifies what we asked, the time runs as the regulation counts it."

    @property
    def weighs(self) -> str:
        """Which purposes its act excludes, and where; empty if it knows none."""
        return ""

    @property
    def copy_cite(self) -> str:
        """The article by which the person affected may ask for a copy of the order."""
        return ""

    @property
    def untold(self) -> tuple[str, str]:
        """Why nobody is told, where nobody is, with the article."""
        return "Nothing changes for anybody, so nobody is told.", ""

    @property
    def prolongs(self) -> str:
        """Who may prolong what stands under it, and how; empty where nobody may."""
        return ""

    @property
    def kept(self) -> tuple[str, str]:
        """What is kept besides what is done, with the article; empty where nothing is."""
        return "", ""
