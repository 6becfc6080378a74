"""The operator's settings: `comity.toml` and the environment, read once, checked, frozen."""

import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from comity import connected
from comity.connected import Connected

# the tables of comity.toml and their keys; the register checks the fields of [[authority]]
KEYS: Mapping[str, tuple[str, ...]] = {
    "operator": ("name", "mailboxes", "authorised_person", "post", "phone", "language", "keep_days", "mail_server"),
    "provider": ("establishment", "representative", "languages", "size", "zone"),
    "establishment_authority": ("name", "address"),
    "enforcing_authority": ("name", "address"),
    "doors": ("support", "press", "civil", "not-ours"),
    "web": ("proxies",),
    "ledger": ("delay", "witnesses"),
}
# tables whose keys the operator names: people on duty are rung by one of these pagers (Apprise's URLs), by its name
FREE = ("pagers",)
# the languages that we write (ISO 639-1), by their own names
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
SINGLE = ("demo", "shadow", "authority", "platform")
# where Lantern's replies refer people whose mail isn't an order; an operator's own are in its [doors]
DOORS = {"support": "support@lantern.example", "press": "press@lantern.example", "civil": "claims@lantern.example"}


class Misconfigured(Exception):
    """A setting that can't be used; the text names the setting and the rule."""


@dataclass(frozen=True)
class Operator:
    """One gateway's settings. Instants are UTC everywhere.

    `provider["zone"]` is the addressee's place (IANA name); `language` is the one in which the platform addresses its
    people (ISO 639-1). `shadow`: the whole gateway begins in shadow.
    `forum`, `telegram`: the platforms that the gateway starts for its demo; `matrix`: the homeserver that it can start.
    """

    data: Path
    base_url: str
    relay: str
    sandbox_url: str
    demo: bool
    name: str
    provider: dict[str, Any]
    mailboxes: tuple[str, ...]
    authorised_person: str
    post: str
    phone: str
    language: str
    establishment_authority: dict[str, Any]
    keep_days: int
    doors: dict[str, str]
    authorities: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    proxies: tuple[str, ...] = ()
    pagers: Mapping[str, str] = field(default_factory=dict)
    mail_server: str = ""
    enforcing_authority: Mapping[str, Any] = field(default_factory=dict)
    platforms: tuple[Connected, ...] = (Connected("sandbox", "sandbox"),)
    shadow: bool = False
    forum: Connected | None = None
    matrix: Connected | None = None
    telegram: Connected | None = None
    witnesses: tuple[str, ...] = ()  # of the record: verifier key, blank, address
    ledger_delay: int = 3600  # seconds that entries of cases wait for others

    @property
    def host(self) -> str:
        """The host name in the base URL; passkeys are bound to it (WebAuthn relying-party id)."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def address(self) -> str:
        """Our first mailbox: the sender of our letters."""
        return self.mailboxes[0]


def data_directory() -> Path:
    """The directory of all this gateway's data: COMITY_DATA, else ./comity-data."""
    return Path(os.environ.get("COMITY_DATA") or "comity-data").absolute()


def secret(data: Path, name: str) -> str:
    """A random secret of this gateway, made on first use and stored in `keys/` (0600), outside the database."""
    path = data / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        try:
            os.link(made, path)  # atomic: the first of two starting processes wins, and both read the same
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()


def _table(toml: dict[str, Any], name: str) -> dict[str, Any]:
    found = toml.get(name, {})
    if not isinstance(found, dict):
        raise Misconfigured(f"comity.toml: [{name}] must be a table")
    for key in set(found) - set(KEYS[name]):
        raise Misconfigured(f"comity.toml: [{name}] {key}: unknown; known are {', '.join(KEYS[name])}")
    return found


def _check(toml: dict[str, Any]) -> None:
    for key in set(toml) - set(KEYS) - set(SINGLE) - set(FREE):
        raise Misconfigured(f"comity.toml: {key}: unknown; known are {', '.join((*SINGLE, *KEYS, *FREE))}")
    us, provider = _table(toml, "operator"), _table(toml, "provider")
    for table, key in ((us, "mailboxes"), (provider, "languages")):
        given = table.get(key, ["a"])
        if not (isinstance(given, list) and given and all(isinstance(text, str) for text in given)):
            raise Misconfigured(f'comity.toml: {key} must be a list of texts, such as ["one", "two"]')
    if type(us.get("keep_days", 1)) is not int or us.get("keep_days", 1) < 1:
        raise Misconfigured("comity.toml: keep_days must be a whole number of days, at least 1")
    if us.get("language", "en") not in tuple(LANGUAGES):
        raise Misconfigured(f"comity.toml: language must be one of {', '.join(LANGUAGES)}")
    if bad := [name for name, door in _table(toml, "doors").items() if not isinstance(door, str)]:
        raise Misconfigured(f"comity.toml: doors.{bad[0]} must be an address in quotes")
    for switch in ("demo", "shadow"):
        if not isinstance(toml.get(switch, False), bool):
            raise Misconfigured(f"comity.toml: {switch} must be true or false")
    _check_proxies(_table(toml, "web").get("proxies", []))
    _check_pagers(toml.get("pagers", {}))
    _check_ledger(_table(toml, "ledger"))
    rows = toml.get("authority", [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise Misconfigured("comity.toml: authority must be written as [[authority]] tables")


def loopback(listener: str) -> bool:
    """Whether only this machine can reach a listener (HOST:PORT): not for 0.0.0.0, nor for an unknown one ("")."""
    host = listener.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _at_home(base_url: str) -> bool:
    """Whether, as far as we know, only this machine reaches the pages.

    Their listener is on the loopback, and no other address is published for them, as would be if a proxy stood in
    front.
    """
    local = urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")
    return local and loopback(os.environ.get("COMITY_LISTEN", ""))


def _check_pagers(given: Any) -> None:
    fits = isinstance(given, dict) and all(isinstance(url, str) and "://" in url for url in given.values())
    if not fits or any(not 1 <= len(name) <= 40 for name in given):
        raise Misconfigured(
            'comity.toml: pagers.NAME must be a URL as Apprise writes them, such as "ntfys://host/topic"'
        )


def _check_ledger(given: Mapping[str, Any]) -> None:
    seen = given.get("witnesses", [])
    if not (isinstance(seen, list) and all(isinstance(one, str) and " http" in one for one in seen)):
        raise Misconfigured(
            'comity.toml: ledger.witnesses must be a list of texts, each "VERIFIER-KEY https://ADDRESS"'
        )
    if type(given.get("delay", 0)) is not int or not 0 <= given.get("delay", 0) <= 86_400:
        raise Misconfigured("comity.toml: ledger.delay must be a whole number of seconds, at most 86400")


def _check_proxies(given: Any) -> None:
    try:
        for one in given if isinstance(given, list) else [None]:
            ip_network(str(one), strict=False)
    except ValueError:
        raise Misconfigured(
            'comity.toml: web.proxies must be a list of addresses or networks, such as ["127.0.0.1", "10.0.0.0/24"]'
        ) from None


def _platforms(toml: dict[str, Any], data: Path) -> tuple[Connected, ...]:
    try:
        ours = {connected.SANDBOX: _url("COMITY_SANDBOX_URL"), connected.FORUM: _url("COMITY_FORUM_URL")}
        return connected.read(toml.get("platform", []), data, ours)
    except connected.Wrong as wrong:
        raise Misconfigured(f"comity.toml: {wrong}") from None


def _matrix(data: Path) -> Connected | None:
    """The homeserver of the demo, if `serve` has places for one: `COMITY_MATRIX_URL` and `COMITY_EDGE_URL`."""
    url, edge = _url("COMITY_MATRIX_URL"), _url("COMITY_EDGE_URL")
    return connected.homeserver(url, edge, connected.DEMO_SERVER, data) if url and edge else None


def _url(variable: str) -> str:
    return os.environ.get(variable, "").rstrip("/")


def _peer(data: Path) -> Connected | None:
    """The local peer of Telegram's Bot API, where the gateway starts one for its demo."""
    base = _url("COMITY_TELEGRAM_URL")
    return connected.telegram(base, data / "keys" / "telegram.key") if base else None


def read(data: Path) -> Operator:
    """The operator's settings from `comity.toml` and the environment.

    Raises:
        Misconfigured: naming the setting and the rule it breaks.
    """
    path = data / "comity.toml"
    try:
        toml = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"comity.toml: not valid TOML: {error}") from None
    _check(toml)
    base_url = os.environ.get("COMITY_BASE_URL", "http://localhost:8000").rstrip("/")
    demo = toml.get("demo", _at_home(base_url))
    us, provider = _table(toml, "operator"), _table(toml, "provider")
    return Operator(
        data=data,
        base_url=base_url,
        relay=os.environ.get("COMITY_SMTP_RELAY", ""),
        sandbox_url=_url("COMITY_SANDBOX_URL"),
        demo=demo,
        name=us.get("name", "Lantern"),
        provider={"establishment": "BE", "representative": None, "languages": ["en"], "size": "small"}
        | {"zone": "Europe/Brussels"}
        | provider,
        mailboxes=tuple(box.lower() for box in us.get("mailboxes", ["orders@lantern.example"])),
        authorised_person=us.get("authorised_person", "Duty lawyer, Lantern Messaging"),
        post=us.get("post", "Lantern Messaging, 1 Example Quay, 1000 Brussels, Belgium"),
        phone=us.get("phone", "+32 2 000 00 00"),
        language=us.get("language", "en"),
        establishment_authority=_table(toml, "establishment_authority")
        or {"name": "Media Authority of Belgium", "address": "tco@media-authority.example"},
        keep_days=us.get("keep_days", 400),
        doors=_table(toml, "doors") or (DOORS if demo and not us.get("mailboxes") else {}),
        authorities=tuple(toml.get("authority", [])),
        proxies=tuple(_table(toml, "web").get("proxies", [])),
        pagers=dict(toml.get("pagers", {})),
        mail_server=str(us.get("mail_server", "")),
        enforcing_authority=_table(toml, "enforcing_authority")
        or {"name": "Federal Prosecutor of Belgium", "address": "e-evidence@enforcing.example"},
        platforms=_platforms(toml, data),
        shadow=toml.get("shadow", False),
        forum=connected.forum(_url("COMITY_FORUM_URL")) if demo and _url("COMITY_FORUM_URL") else None,
        matrix=_matrix(data) if demo else None,
        telegram=_peer(data) if demo else None,
        witnesses=tuple(_table(toml, "ledger").get("witnesses", [])),
        ledger_delay=_table(toml, "ledger").get("delay", 3600),
    )
