"""Calls to an adapter over HTTP: signed, bounded in time and size, following no redirect, repeated where that is safe.

Every call is safe to repeat: what changes something carries a key. A repeat is signed anew.
"""

import email.utils
import http.client
import itertools
import json
import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from comity import clock
from comity.addresses import inside
from comity.platforms import signed
from comity.platforms.line import Line
from comity.platforms.port import PlatformDown, PlatformRefused

PIECE = 64 * 1024
BUSY = frozenset({429, 502, 503, 504})
AGAIN = frozenset({"stale", "replayed"})  # what a signature made anew may cure, once
FIRST_WAIT = 0.1  # seconds before the first repeat, doubled for each after it
AGENT = "comity/1"
CLOCKS_MAY_DIFFER = 120  # seconds


@dataclass(frozen=True)
class Secrets:
    """The secrets that our calls are signed with, as `whsec_…` (Standard Webhooks), apart by what they let one do.

    `read`: look, change nothing. `reversible`: what `lift` takes back, and to tell people. `irreversible`: what it
    can't; empty: no such act is ever asked for.
    """

    read: str
    reversible: str
    irreversible: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError, naming the secret."""
        given = {"read": self.read, "reversible": self.reversible}
        given |= {"irreversible": self.irreversible} if self.irreversible else {}
        for level, secret in given.items():
            signed.checked(secret, level)
        if len(set(given.values())) != len(given):
            raise ValueError("secrets: each must be another one")

    def __repr__(self) -> str:
        return "Secrets(…)"


@dataclass(frozen=True)
class Limits:
    """What an adapter may take of us. `timeout`: seconds for each call, its repeats included; `repeats`: how often a
    call that found nobody, or a server that is busy, is made again within that; `largest`: bytes of an answer;
    `at_once`: targets in one call, however many more the adapter takes."""

    timeout: float = 10.0
    repeats: int = 2
    largest: int = 16 * 1024 * 1024
    at_once: int = 200


class Unanswered(PlatformDown):
    """No answer that means anything. `why`, for machines: "unreachable", "certificate", "redirect", "slow", "large",
    "packed", "status", "malformed", "unsigned" (it takes no signature of ours), "clock" (nor could it, by its time)."""

    def __init__(self, why: str, says: str) -> None:
        super().__init__(says)
        self.why = why


class Busy(Unanswered):
    """It may answer in a moment; `wait` in seconds."""

    def __init__(self, why: str, says: str, wait: float = 0.0) -> None:
        super().__init__(why, says)
        self.wait = wait


class Adapter:
    """Whoever answers at the configured address. Thread-safe.

    `clock_off`: by how many seconds its clock was ahead of ours when it last answered; not a number: it hasn't said.
    """

    def __init__(self, url: str, secrets: Secrets, limits: Limits, ca: Path | None = None) -> None:
        at = placed(url)
        trust = ssl.create_default_context(cafile=str(ca)) if ca else None
        self.url, self.clock_off = f"{at.scheme}://{at.netloc}{at.path.rstrip('/')}", float("nan")
        self._path, self._secrets, self._limits = at.path.rstrip("/"), secrets, limits
        self._line = Line(at, limits.timeout, trust=trust)

    def ask(self, call: str, data: Mapping[str, Any], level: str = "read") -> dict[str, Any]:
        """The answer to a call. Raises PlatformDown, PlatformRefused."""
        secret: str = getattr(self._secrets, level)
        if not secret:
            raise PlatformRefused("cannot", f"No secret is set for {level} acts, so none is asked for.")
        until, anew = time.monotonic() + self._limits.timeout, False
        for n in itertools.count():
            try:
                return self._once(call, data, secret, until)
            except Busy as busy:
                wait = max(busy.wait, FIRST_WAIT * 2**n * (1 + random.random()))  # noqa: S311
                if n >= self._limits.repeats or time.monotonic() + wait > until:
                    raise
                time.sleep(wait)
            except _Unsigned as no:
                if anew or no.code not in AGAIN:
                    raise self._unsigned(no) from None
                anew = True
        raise AssertionError("it ends by what it raises")

    def _once(self, call: str, data: Mapping[str, Any], secret: str, until: float) -> dict[str, Any]:
        now = clock.now()
        body = signed.message(call, data, now)
        headers = signed.headers(secret, body, now) | {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": AGENT,
        }
        status, raw, wait = self.send(call, body, headers, until)
        return self._checked(status, raw, wait)

    def send(self, call: str, body: bytes, headers: Mapping[str, str], until: float) -> tuple[int, bytes, float]:
        """Send a body as it is, by `until` (monotonic): status, answer, and for how many seconds the platform asks us
        to wait. Raises Unanswered."""
        heard: dict[str, str] = {}
        read = partial(self._read, heard)
        try:
            status, raw = self._line.ask(read, "POST", f"{self._path}/{call}", body, headers, until)
        except ssl.SSLCertVerificationError as error:
            says = f"the platform's certificate isn't one for this host ({error.verify_message})"
            raise Unanswered("certificate", says) from None
        except TimeoutError:
            raise Unanswered("slow", f"no whole answer from the platform in {self._limits.timeout:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise Busy("unreachable", f"no answer from the platform ({type(error).__name__})") from None
        return status, raw, _seconds(heard.get("retry-after", ""))

    def _read(self, heard: dict[str, str], answer: http.client.HTTPResponse) -> bytes:
        """The whole answer. One that is too large or packed is none: what is unpacked may have any size."""
        heard |= {name.lower(): value for name, value in answer.headers.items()}
        self._hear_date(heard.get("date", ""))
        if heard.get("content-encoding", "identity").lower() != "identity":
            raise Unanswered("packed", "the platform's answer is packed (Content-Encoding), which we don't take")
        got = bytearray()
        while piece := answer.read1(PIECE):
            got += piece
            if len(got) > self._limits.largest:
                raise Unanswered("large", f"the platform's answer is too large (over {self._limits.largest} bytes)")
        if answer.length:
            raise Unanswered("malformed", "the platform's answer broke off")
        return bytes(got)

    def _hear_date(self, date: str) -> None:
        try:
            self.clock_off = (email.utils.parsedate_to_datetime(date) - clock.now()).total_seconds()
        except (TypeError, ValueError):
            self.clock_off = float("nan")

    def _checked(self, status: int, raw: bytes, wait: float) -> dict[str, Any]:
        if status == 200:
            return _object(raw)
        if status in BUSY:
            raise Busy("status", f"the platform answered {status}", wait)
        if 300 <= status < 400:
            says = f"the platform answered {status}, a redirect; none is followed: set its last address"
            raise Unanswered("redirect", says)
        if status == 401:
            raise _Unsigned(_object(raw))
        if 400 <= status < 500 and status not in (404, 405, 408, 425):
            raise refusal(_object(raw))
        raise Unanswered("status", f"the platform answered {status}")

    def _unsigned(self, no: "_Unsigned") -> Unanswered:
        off = self.clock_off
        late = abs(off) > CLOCKS_MAY_DIFFER
        clocks = f"; its clock is {off:+.0f} s off ours" if late else ""
        says = f"the platform doesn't take our signature ({no.code}: {no.says}){clocks}"
        return Unanswered("clock" if late else "unsigned", says)


class _Unsigned(Exception):
    def __init__(self, said: dict[str, Any]) -> None:
        no = refusal(said)
        super().__init__(no.says)
        self.code, self.says = no.code, no.says


def placed(url: str) -> SplitResult:
    """Where an adapter listens. Raises ValueError: it must be https, but on this machine or a private network."""
    try:
        at = urlsplit(url)
        fits = at.port != 0
    except ValueError:  # unbalanced brackets, a port that is none
        raise ValueError(f"url: {url[:80]!r} must be https://HOST[:PORT]/PATH") from None
    plain = not any((at.query, at.fragment, at.username, at.password))
    if at.scheme not in ("http", "https") or not at.hostname or not plain or any(c <= " " for c in url):
        raise ValueError(f"url: {url[:80]!r} must be https://HOST/PATH, without query and password")
    if not fits or (at.scheme == "http" and not inside(at.hostname)):
        raise ValueError(f"url: {url[:80]!r} must be https, unless it is on this machine or a private network")
    return at


def refusal(said: Mapping[str, Any]) -> PlatformRefused:
    """A refusal as an exception: a code for machines, a sentence for people. Raises PlatformDown if it has no code."""
    code, says = said.get("error"), said.get("says", "refused")
    if not isinstance(code, str) or not code:
        raise Unanswered("malformed", "the platform refuses without a code (error)")
    return PlatformRefused(code[:60], str(says)[:300])


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unanswered("malformed", "the platform's answer is not the JSON object it should be")
    return found


def _seconds(said: str) -> float:
    return float(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0.0
