"""Any platform over HTTP: the port, spoken to an adapter by signed calls (`openapi.yaml` is the contract)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.platforms.port import Capabilities, PlatformRefused, Receipt, Resolved, Seen, SeenGate, Shown


@dataclass(frozen=True)
class Secrets:
    """The secrets that our calls are signed with, as `whsec_…` (Standard Webhooks), apart by what they let one do.

    `read`: look, change nothing. `reversible`: what `lift` takes back, and to tell people. `irreversible`: what it
    can't; empty: no such act is ever asked for.
    """

    read: str
    reversible: str
    irreversible: str = ""


@dataclass(frozen=True)
class Limits:
    """What an adapter may take of us. `timeout`: seconds for each call, its repeats included; `repeats`: how often a
    call that found nobody, or a server that is busy, is made again within that; `largest`: bytes of an answer;
    `at_once`: targets in one call, however many more the adapter takes."""

    timeout: float = 10.0
    repeats: int = 2
    largest: int = 16 * 1024 * 1024
    at_once: int = 200


class HttpPlatform:
    """An adapter as a `Platform`, with `Many` targets per call. Thread-safe.

    `url`: where the adapter listens, https, or http where it is on this machine or a private network; the operator's
    word, so an inside address is allowed. `name`: ours for it, in words. `addresses`: the prefixes of the addresses
    that are the platform's own (`https://forum.example/`); empty: all below the host of `url`. `known`: what it could
    do when it was last asked; None: it is asked at first use. `ca`: the certificates to trust beside none other (PEM).

    Raises ValueError, naming the argument, for what can't be used.
    """

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        *,
        name: str = "",
        addresses: Sequence[str] = (),
        limits: Limits = Limits(),
        known: Capabilities | None = None,
        ca: Path | None = None,
    ) -> None:
        raise NotImplementedError

    at_once: int

    def ask_capabilities(self) -> Capabilities:
        """What it says it can do, asked now, and remembered. Raises PlatformDown, PlatformRefused."""
        raise NotImplementedError

    def owns(self, url: str) -> bool:
        raise NotImplementedError

    def capabilities(self) -> Capabilities:
        raise NotImplementedError

    def resolve(self, url: str) -> Resolved:
        raise NotImplementedError

    def snapshot(self, ref: str) -> bytes:
        raise NotImplementedError

    def shown(self, snapshot: bytes) -> Shown:
        raise NotImplementedError

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        raise NotImplementedError

    def lift(self, key: str) -> Receipt:
        raise NotImplementedError

    def observe(self, url: str, country: str) -> Seen:
        raise NotImplementedError

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        raise NotImplementedError

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        raise NotImplementedError

    def observe_gate(self, country: str) -> SeenGate:
        raise NotImplementedError

    def people(self, country: str) -> int | None:
        raise NotImplementedError

    def resolve_many(self, urls: Sequence[str]) -> list[Resolved]:
        raise NotImplementedError

    def snapshot_many(self, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
        raise NotImplementedError

    def act_many(
        self, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
    ) -> list[Receipt | PlatformRefused]:
        raise NotImplementedError

    def lift_many(self, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
        raise NotImplementedError
