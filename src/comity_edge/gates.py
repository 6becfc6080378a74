"""What is shut to a country that is left, level by level: which requests a gate lets through, and what people are told.
Pure.

Each level shuts what the one before it shuts. Nothing is changed or deleted, and whoever has an account can always get
in, take what is theirs, end the account, and find the way to an appeal.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

LEVELS = ("no-signups", "read-only", "notice")  # each shuts what the one before it shuts
SHUT = "ORG.COMITY.GATED"
PAGE, EXPORT, APPEALS = "/_comity/gate", "/_comity/export", "/_comity/appeals"
LONGEST_SAID = 1_000  # characters of a refusal, which apps show in a small box
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_API = r"/_matrix/client/(?:api/v1|r0|v[1-9]|unstable(?:/[a-z0-9._-]+)?)"
# by which an account is made
SIGNUPS = re.compile(rf"{_API}/register(?:/.*)?|/_synapse/client/(?:pick_username|new_user_consent|sso_register).*")
# what asks with a body and shows others nothing, keeps one's own things, or takes one out of it
QUIET = re.compile(
    rf"{_API}/(?:login|logout|refresh|sync|search|publicRooms|user_directory|keys|room_keys|devices|delete_devices"
    r"|sendToDevice|pushers|pushrules|account|simplified_msc3575/sync)(?:/.*)?"
    rf"|{_API}/user/[^/]+/(?:filter|openid|account_data|rooms)(?:/.*)?"
    rf"|{_API}/rooms/[^/]+/(?:leave|forget|read_markers|receipt|report)(?:/.*)?"
    rf"|{_API}/users/[^/]+/report|/_synapse/client/.*"
)
# what is open still where nothing is read: getting in, seeing who one is, and leaving
LEFT_OPEN = re.compile(
    rf"/_matrix/client/versions|/\.well-known/matrix/.*|/health|{_API}/(?:login|logout|refresh|account)(?:/.*)?"
)


@dataclass(frozen=True)
class Gate:
    """How far it is shut; `notice`: language tag → what people there are told."""

    level: str
    notice: Mapping[str, str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How far, as a number."""
        return LEVELS.index(self.level)

    def lets(self, method: str, path: str) -> bool:
        """Whether a request goes through."""
        return method == "OPTIONS" or _lets(self.height, method, path)

    def says(self, spoken: str = "") -> str:
        """What is said to an app, in a language of an Accept-Language header if it is told in that."""
        wanted = [one.split(";")[0].strip().lower()[:2] for one in spoken.split(",")]
        told = {language.lower()[:2]: words for language, words in self.notice.items()}
        words = next((told[one] for one in (*wanted, "en") if one in told), next(iter(told.values()), ""))
        return (words or "This is not open to people in your country.")[:LONGEST_SAID]


@lru_cache(maxsize=4096)
def _lets(height: int, method: str, path: str) -> bool:
    if SIGNUPS.fullmatch(path):
        return False
    if height >= LEVELS.index("notice"):
        return bool(LEFT_OPEN.fullmatch(path))
    return height < LEVELS.index("read-only") or method in READS or bool(QUIET.fullmatch(path))


def page(gate: Gate, appeals: str) -> bytes:
    """What people there read: what is shut, why, and the two doors that never are. `appeals`: where an appeal goes."""
    told = "".join(
        f'<section lang="{html.escape(language)}"><p>{html.escape(words)}</p></section>'
        for language, words in gate.notice.items()
    )
    way = f'<p><a data-door="appeals" href="{html.escape(appeals)}">Appeal</a></p>' if appeals else ""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>Not open in your country</title><main data-gate="{gate.level}"{" data-notice" if told else ""}>'
        f"<h1>{SAYS[gate.level]}</h1>{told}"
        f'<p>A copy of what is yours: <code data-door="export">GET {EXPORT}</code>, with your own access token.</p>'
        f"{way}"
        "</main></html>"
    ).encode()


SAYS = {
    "no-signups": "Nobody joins from your country any more",
    "read-only": "From your country this can only be read",
    "notice": "This is not open in your country any more",
}
