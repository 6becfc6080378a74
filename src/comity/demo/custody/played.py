"""`comity demo disclosure`: a judge orders an account's data; two sign, three custodians give, and only she reads."""

import hashlib
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from comity.cases import commands as cases
from comity.cases.models import Case
from comity.custody import recipients
from comity.custody.models import Opening
from comity.ledger.models import Event
from comity.platforms import sandbox_world
from comity.platforms.port import PlatformError
from comity.record.models import Leaf
from comity.serve.state import Running
from comity_seal import openings, packages, texts

from .. import commands, rules
from ..client import Browser, NotPlayed, approve, eventually, to_decide
from ..commands import NotSent
from ..register import JUDGE_ID
from ..samples import DISCLOSE
from ..veltria.relation import person
from . import custodians
from .founding import REALM, authority_key, authority_public

PRIVATE, AUTHOR = "/p/holiday", commands.AUTHOR
CALLERS = ("handler-be", "decider-be")
DONE = ("complete", "collected")


@dataclass(frozen=True)
class Produced:
    """A disclosure as it went: the opening, what its authority got, and what it read in it."""

    case: Case
    opening: Opening
    file: bytes
    parts: tuple[str, ...]
    read: dict[str, bytes]


def play(running: Running, secret: str = "") -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. `secret`: what is planted in a private message. Raises
    NotPlayed."""
    planted = secret or f"lantern-{secrets.token_hex(8)}"
    plant(planted)
    made = disclosed(running)
    whole = packages.read(io.BytesIO(made.file))
    below = opened_by(whole, whole.head.k - 1)
    parts = list(made.parts)
    if not any(planted.encode() in raw for raw in made.read.values()):
        raise NotPlayed("the authority opened its production, and what was written is not in it")
    told = {
        "case": made.case.id,
        "opening": made.opening.id,
        "item": made.opening.item_id,
        "parts_ordered": _ordered(made.opening),
        "parts_opened": parts,
        "opened_with_quorum": sorted(parts) == sorted(_ordered(made.opening)),
        "opened_below_quorum": bool(below),
        "subsets_below_quorum": sum(1 for _ in _below(whole, whole.head.k - 1)),
        "custodians": [one.custodian for one in whole.given],
        "found": True,
        "delivered_sha256": hashlib.sha256(made.file).hexdigest(),
        "collected_at": f"{running.web}/production/…",
        "ledger": entries(made),
    }
    if not told["opened_with_quorum"] or told["opened_below_quorum"]:
        raise NotPlayed("what was opened is not exactly what was ordered, or fewer than the quorum opened it")
    return told, said(told)


def plant(text: str) -> str:
    """Write a private message on the sandbox; its address."""
    try:
        return sandbox_world().post(PRIVATE, AUTHOR, text)
    except (PlatformError, LookupError) as error:
        raise NotPlayed(f"the demo's platform can't be written on: {error}") from None


def disclosed(running: Running) -> Produced:
    """An order sent, signed by two, asked of custodians, given by three, collected and read by its authority."""
    opening = asked(running)
    give(running.web, opening)
    return collected(running, opening)


def asked(running: Running) -> Opening:
    """The same, until custodians are asked."""
    opening = to_sign(running)
    for who in rules.DECIDERS:
        sign(running.web, opening, who)
    return eventually("signed by two, but custodians are not asked", lambda: _in(opening, ("asked", *DONE)))


def to_sign(running: Running) -> Opening:
    """The same, until the opening is put to the deciders."""
    case = stands(running)
    opening = eventually("it stands, but no opening is prepared", lambda: Opening.objects.filter(case=case).first())
    give_key(running.web)
    if opening.state == "waiting":
        for who in CALLERS:
            call_back(running.web, opening, who)
    return eventually("called back by two, but not put to the deciders", lambda: _in(opening, ("to-sign",)))


def stands(running: Running) -> Case:
    """An order sent, its office called back, and what stands of it approved by two."""
    try:
        sent = commands.send_fresh(DISCLOSE, running.smtp)
    except NotSent as error:
        raise NotPlayed(str(error)) from None
    case = to_decide(sent)
    cases.record_callback(person("handler-be"), case.request_id, JUDGE_ID, True)
    eventually("called back, but its sender is not known better", lambda: _graded(case))
    case = to_decide(sent)
    for who in rules.DECIDERS:
        approve(running.web, case, who)
    return eventually("approved by two, but it does not stand", lambda: _case(case, ("to-produce", "answered")))


def _graded(case: Case) -> Case | None:
    return Case.objects.filter(id=case.id, grade="accredited-channel").exclude(act="").first()


def _case(case: Case, states: tuple[str, ...]) -> Case | None:
    return Case.objects.filter(id=case.id, state__in=states).first()


def _in(opening: Opening, states: tuple[str, ...]) -> Opening | None:
    rows = Opening.objects.select_related("item__roster", "recipient", "case__request")
    return rows.filter(id=opening.id, state__in=states).first()


def give_key(base: str) -> None:
    """The authority gives its public key on the page whose address was mailed to it, once."""
    public = authority_public()
    known = recipients.of(REALM, JUDGE_ID)
    if known is None or known.fingerprint != public.fingerprint:
        browser, page = Browser(base), f"/production/key/{recipients.token_of(REALM, JUDGE_ID)}"
        browser.submit(browser.get(page), page, key=texts.b64(public.raw))


def call_back(base: str, opening: Opening, who: str) -> None:
    """One of the desk rings the authority, and it says that the key is its own."""
    browser, page = Browser(base), f"/console/custody/{opening.id}"
    browser.submit(browser.get("/demo/"), "/demo/be", person=who, next=page)
    shown = browser.get(page)
    if f"{page}/call" in shown:
        browser.submit(shown, f"{page}/call", theirs="yes")


def sign(base: str, opening: Opening, who: str) -> None:
    """Become one of the demo's deciders, and sign."""
    browser, page = Browser(base), f"/console/custody/{opening.id}"
    browser.submit(browser.get("/demo/"), "/demo/be", person=who, next=page)
    browser.submit(browser.get(page), f"{page}/sign")


def give(base: str, opening: Opening) -> tuple[str, ...]:
    """Each custodian who was called gives their shares; who they were."""
    names = tuple(opening.called.order_by("id").values_list("custodian", flat=True))
    for name in names:
        try:
            custodians.give(base, name, opening.id)
        except (custodians.NotGiven, ValueError) as error:
            raise NotPlayed(f"custodian {name}: {error}") from None
    return names


def collected(running: Running, opening: Opening) -> Produced:
    """The authority collects its production, opens it with its own key, and takes the receipt."""
    ready = eventually("custodians gave, but no production is made", lambda: _in(opening, DONE))
    file = collect(running.web, ready)
    found = packages.read(io.BytesIO(file))
    read: dict[str, bytes] = {}
    parts: list[str] = []
    for part, reader in packages.unseal(io.BytesIO(file), found, authority_key()):
        parts.append(f"{part.category}:{reader.about['person']}:{part.day}")
        for document in reader.documents():
            read[f"{parts[-1]}:{document.name}"] = b"".join(document.data)
    done = eventually("collected, but it is not noted", lambda: _in(opening, ("collected",)))
    return Produced(done.case, done, file, tuple(parts), read)


def collect(base: str, opening: Opening) -> bytes:
    """The production's file, as the authority gets it."""
    from comity.custody.production import token_of

    page = f"/production/{token_of(opening.id)}"
    return Browser(base).fetch(f"{page}/package", b"")


def _ordered(opening: Opening) -> list[str]:
    from comity.custody import seals

    parts = seals.parts_of(opening.item)
    return [":".join(parts[n]) for n in opening.parts]


def _below(whole: packages.Package, size: int) -> Iterator[tuple[openings.Given, ...]]:
    for n in range(size + 1):
        yield from combinations(whole.given, n)


def opened_by(whole: packages.Package, size: int) -> int:
    """How many parts any set of at most so many custodians' shares opens with the authority's own key."""
    opened = 0
    for some in _below(whole, size):
        try:
            opened += len(openings.keys(whole.opening, whole.head, whole.parts, some, authority_key()))
        except openings.BadOpening:
            continue
    return opened


def entries(made: Produced) -> list[int]:
    """The numbers of the record's entries about it."""
    them = Event.objects.filter(case__in=[made.case.id, made.opening.id]).values_list("id", flat=True)
    ids = list(them)

    def numbered() -> list[int] | None:
        found = list(
            Leaf.objects.filter(event__in=ids).exclude(body=None).order_by("num").values_list("num", flat=True)
        )
        return found if len(found) == len(ids) else None

    return eventually("it went into no entry of the record", numbered)


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    return "\n".join(
        [
            f"Case {told['case']}, opening {told['opening']}: item {told['item'][:12]}…",
            f"  ordered    {len(told['parts_ordered'])} parts, opened {len(told['parts_opened'])}, the same",
            f"  given by   {', '.join(told['custodians'])}; no set of fewer opens any of it "
            f"({told['subsets_below_quorum']} tried)",
            f"  delivered  {told['delivered_sha256'][:16]}…, read with the authority's own key",
            f"  recorded   {len(told['ledger'])} entries",
        ]
    )
