"""The demo's custodians at work: each is a program of its own, in a process of its own, that asks over HTTP."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from comity.custody import rostered
from comity.platforms import reached
from comity.record import places
from comity_seal import openings
from comity_seal.custodian import keeper
from comity_seal.custodian.acting import Custodian
from comity_seal.custodian.desk import Desk

from .founding import REALM, home

SECONDS = 120
PROGRAM = ["-c", "from comity_seal.custodian.cli import main; main()"]


class NotGiven(Exception):
    """A custodian did not give; the text says why, as their program put it."""


def listening(base: str, name: str) -> Path:
    """A custodian's directory, told once where gateway, record and platform are, by the demo's hand."""
    at = home(name)
    found = keeper.Keeper(at)
    ledger = f"{base.rstrip('/')}{places.below(REALM)}".rstrip("/")
    if not found.settings.sealer or found.settings.gateway != base or found.settings.policy != places.policy(REALM):
        sealer = next((one.pinned().sealer for platform in reached(REALM) if (one := platform.sealing())), "")
        keeper.configure(at, gateway=base, ledger=ledger, policy=places.policy(REALM), sealer=sealer)
    for raw in rostered.chain(REALM):
        found.follow(raw)
    return at


def run(base: str, name: str, *arguments: str) -> dict[str, Any]:
    """One command of a custodian's own program. Raises NotGiven."""
    command = [sys.executable, *PROGRAM, *arguments, "--at", str(listening(base, name)), "--json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    try:
        told = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        told = {}
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = told.get("error") if isinstance(told, dict) else ""
        raise NotGiven(f"{name}: {why or (said[-1] if said else done.returncode)}"[:500])
    return told if isinstance(told, dict) else {}


def give(base: str, name: str, number: str) -> dict[str, Any]:
    """Fetch what is asked for, check it, and give: what their program told."""
    run(base, name, "list")
    return run(base, name, "open", number)


def refuse(base: str, name: str, number: str, ground: str) -> None:
    """Fetch, and refuse on a ground."""
    run(base, name, "list")
    run(base, name, "refuse", number, "--ground", ground)


def acting(base: str, name: str) -> Custodian:
    """A custodian in this process, for the raid, which looks into what they do."""
    return Custodian(keeper.Keeper(listening(base, name)))


def share(base: str, name: str, number: str) -> openings.Given:
    """What a custodian would give for a request, were there no check; handed in to nobody."""
    one = acting(base, name)
    one.fetch()
    request = one.keeper.request(number)
    return openings.give(request.opening, request.item, name, one.key)


def hand_in(base: str, name: str, number: str, answer: bytes) -> None:
    """Hand an answer in, past the custodian's checks. Raises BadText."""
    one = acting(base, name)
    Desk(one.keeper, one.key).bring(number, answer)
