"""One trial of one adapter: what a case stands on, and how cases are run and counted."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from comity import clock
from comity.platforms import signed
from comity.platforms.asking import CLOCKS_MAY_DIFFER, Secrets, Unanswered
from comity.platforms.http import HttpPlatform
from comity.platforms.port import PlatformDown, PlatformError, PlatformRefused, Receipt, Resolved

INSIDE, OUTSIDE = "FR", "CH"  # where the kit acts and looks, and where nothing may change
HIDING = ("withhold", "quarantine", "block")  # what a viewer notices
MOST_FAULTS = 3  # calls without a proper answer after which no more is tried

# what a call without an answer says of the adapter, whichever case made it
OF_CALLS: Mapping[str, tuple[str, str]] = {
    "unreachable": ("reachable", "It answers at its address."),
    "certificate": ("certificate", "Its certificate is for its host, by somebody who is trusted."),
    "redirect": ("no-redirect", "It answers itself and sends nobody elsewhere: a redirect is never followed."),
    "slow": ("in-time", "Each call is answered in time."),
    "large": ("in-size", "No answer is larger than agreed."),
    "packed": ("not-packed", "Answers aren't packed: what is unpacked may have any size."),
    "status": ("no-error", "Each call is answered by 200, or refused by a 4xx with a code and words."),
    "malformed": ("well-formed", "Each answer is the JSON object that the contract says."),
    "unsigned": ("takes-signature", "It takes what is signed with the secret that it was given."),
    "clock": ("clock", f"Its clock is within {CLOCKS_MAY_DIFFER // 60} minutes of ours."),
}


class Failed(Exception):
    """A guarantee doesn't hold; the text says what was found."""


class LeftOut(Exception):
    """A guarantee of something that the adapter doesn't offer."""


@dataclass(frozen=True)
class Case:
    """One guarantee. `says`: the sentence that holds if `tries` raises nothing."""

    id: str
    says: str
    tries: Callable[["Trial"], None]


CASES: list[Case] = []


def case(ident: str, says: str) -> Callable[[Callable[["Trial"], None]], Callable[["Trial"], None]]:
    """Register a case; they run in the order in which they stand."""

    def register(tries: Callable[["Trial"], None]) -> Callable[["Trial"], None]:
        CASES.append(Case(ident, says, tries))
        return tries

    return register


@dataclass
class Report:
    """What came of a trial: the cases that hold, those that don't with what was found, those left out."""

    passed: list[str] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    capabilities: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As `comity platform test --json` prints it."""
        return {
            "passed": len(self.passed),
            "failed": len(self.failing),
            "failing": [{"id": ident, "says": says} for ident, says in self.failing.items()],
            "capabilities": self.capabilities,
        }


class Trial:
    """What cases stand on: the adapter, the things that may be acted on, and keys that are lifted in the end."""

    def __init__(self, platform: HttpPlatform, secrets: Secrets, timeout: float, targets: Sequence[str] = ()) -> None:
        self.platform, self.secrets, self._timeout = platform, secrets, timeout
        self._wanted, self._found, self._keys = list(targets), list[Resolved](), list[str]()
        self.doubted = False  # whether something may have been left as it shouldn't be

    # -- things and keys ---------------------------------------------------------------------------------------------

    @property
    def urls(self) -> list[str]:
        """The addresses that a trial may act on. Raises Failed if there are fewer than two."""
        urls = self._wanted or list(self.platform.offers.trial)
        if len(urls) < 2:
            raise Failed("it names no two addresses to try things on (`trial`), nor does the command line (--target)")
        return urls

    @property
    def things(self) -> list[Resolved]:
        """What is there, of a kind that can be acted on."""
        if not self._found:
            found = self.platform.resolve_many(self.urls)
            self._found = [one for one in found if one.found and self.platform.capabilities().can(self.kind, one.kind)]
        if self.doubted:
            self._found = [one for one in self._found if self.sees(one) == "visible"]
            self.doubted = False
        if len(self._found) < 2:
            raise Failed(f"fewer than two of its trial addresses lead to something seen that it can {self.kind}")
        return self._found

    @property
    def kind(self) -> str:
        """The measure that is tried: one that viewers notice."""
        able = self.platform.capabilities().measures
        for kind in HIDING:
            if able.get(kind):
                return kind
        raise LeftOut("it can hide nothing")

    @property
    def where(self) -> list[str]:
        """In which territory things are done."""
        return [INSIDE] if self.platform.capabilities().by_country else ["WORLD"]

    def key(self) -> str:
        """A new key, lifted in the end."""
        self._keys.append(f"kit:{uuid.uuid4().hex}")
        return self._keys[-1]

    def act(self, thing: Resolved, key: str = "", where: Sequence[str] = ()) -> Receipt:
        """Do what is tried to a thing."""
        return self.platform.act(key or self.key(), self.kind, thing.ref, where or self.where)

    def sees(self, thing: Resolved, country: str = INSIDE) -> str:
        """What the adapter says that a viewer sees, without our own stranger's look."""
        data = {"looks": [{"url": thing.url, "country": country}]}
        one = first(self.platform.adapter.ask("observe", data))
        return str(one.get("state", one.get("error")))

    def undo(self) -> None:
        """Lift all that was done."""
        keys, self._keys = self._keys, []
        for key in keys:
            with suppress(PlatformError):
                self.platform.lift(key)

    # -- calls as they are -------------------------------------------------------------------------------------------

    def send(
        self,
        call: str,
        data: Mapping[str, Any],
        *,
        level: str = "read",
        at: datetime | None = None,
        to: str = "",
        body: bytes | None = None,
        **changed: str,
    ) -> tuple[int, dict[str, Any]]:
        """One call, signed, then changed as asked: the status, and the answer where it is an object. `at`: when it was
        signed; `to`: the call at whose address it is sent; `body`: what is signed; `changed`: headers."""
        when = at or clock.now()
        body = signed.message(call, data, when) if body is None else body
        headers = signed.headers(getattr(self.secrets, level), body, when)
        return self.repeat(to or call, body, headers | {k.replace("_", "-"): v for k, v in changed.items()})

    def repeat(self, call: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """A body as it is, with headers as they are."""
        until = time.monotonic() + self._timeout
        sent = {"Content-Type": "application/json", "Accept-Encoding": "identity"} | dict(headers)
        status, raw, _ = self.platform.adapter.send(call, body, sent, until)
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        return status, found if isinstance(found, dict) else {}


def run(trial: Trial, cases: Sequence[Case] | None = None, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Try every case, and undo what was done. `tell`: what is said of each as it ends."""
    report, faults = Report(), 0
    try:
        for one in CASES if cases is None else cases:
            said = _tried(one, trial, report)
            tell(said)
            faults += said.startswith("NO ANSWER")
            if faults >= MOST_FAULTS or trial.platform.answered is None:
                break
    finally:
        trial.undo()
    report.capabilities = dict(trial.platform.answered or {})
    return report


def _tried(one: Case, trial: Trial, report: Report) -> str:
    before = len(report.failing)
    try:
        return _outcome(one, trial, report)
    finally:
        if len(report.failing) > before:  # what comes next stands on none of it
            trial.undo()
            trial.doubted = True


def _outcome(one: Case, trial: Trial, report: Report) -> str:
    try:
        one.tries(trial)
    except LeftOut as why:
        report.left_out.append(one.id)
        return f"left out   {one.id}: {why}"
    except Unanswered as no:
        ident, says = OF_CALLS[no.why]
        report.failing.setdefault(ident, f"{says} Trying {one.id}: {no}")
        return f"NO ANSWER  {ident}: {no}"
    except (Failed, PlatformRefused, PlatformDown) as no:
        report.failing[one.id] = f"{one.says} Found: {no}"
        return f"FAILED     {one.id}: {no}"
    report.passed.append(one.id)
    return f"ok         {one.id}"


def first(said: Mapping[str, Any]) -> dict[str, Any]:
    """The first of many answers; the whole, where it isn't one of many."""
    answers = said.get("answers")
    fits = isinstance(answers, list) and answers and isinstance(answers[0], dict)
    return dict(answers[0]) if fits and answers else dict(said)


def refused(trial_answer: tuple[int, dict[str, Any]], status: Sequence[int], code: str = "") -> None:
    """Raises Failed if an answer isn't a refusal of one of these statuses, with a code and words."""
    got, said = trial_answer
    if got not in status:
        raise Failed(f"answered {got}, not {' or '.join(map(str, status))}")
    if not isinstance(said.get("error"), str) or not isinstance(said.get("says"), str):
        raise Failed("refused without a code (error) and words (says)")
    if code and said["error"] != code:
        raise Failed(f"refused as {said['error']!r}, not {code!r}")


@contextmanager
def trying(what: str) -> Iterator[None]:
    """Whatever fails within says what was sent: `what`, in words, as `resolve` with an empty list."""
    try:
        yield
    except Failed as no:
        raise Failed(f"{what}: {no}") from None
    except Unanswered as no:
        raise Unanswered(no.why, f"{what}: {no}") from None


def refusal_of(ask: Callable[[], object], *codes: str) -> None:
    """Raises Failed if a call isn't refused with one of these codes."""
    try:
        ask()
    except PlatformRefused as no:
        if no.code not in codes:
            raise Failed(f"refused as {no.code!r}, not {' or '.join(map(repr, codes))}") from None
        return
    raise Failed(f"done, and should be refused as {' or '.join(map(repr, codes))}")


def equal(found: object, wanted: object, what: str) -> None:
    """Raises Failed if what was found isn't what was wanted."""
    if found != wanted:
        raise Failed(f"{what}: {found}, not {wanted}")


LONG_AGO = timedelta(minutes=10)
