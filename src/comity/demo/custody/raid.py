"""`comity demo raid`: what somebody gets who takes the server, its owner, the platform's token, or some custodians.

Each attack is really tried on the running demo, and each has a control: the same spoils with the shares of k
custodians and the authority's key must open, or the attack proves nothing. One sealed byte gained is a failure.

The demo keeps the keys of its deciders, its custodians and its authority on this machine, each in a place of its own.
The attacks take of these exactly what they say that they hold.
"""

import hashlib
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from django.conf import settings

from comity import clock
from comity.custody import production, rostered
from comity.people import approvals, demo_keys, passkeys
from comity.people.models import Act, Person
from comity.people.rules import Quorum
from comity.people.software import SoftwareAuthenticator
from comity.platforms import reached
from comity.platforms.port import PlatformError, PlatformRefused
from comity.record import cheating
from comity.serve.state import Running
from comity.vault import commands as vault
from comity.vault.models import Blob
from comity_seal import openings, rosters, texts
from comity_seal.custodian.keeper import Keeper
from comity_seal.hybrid import NotOpened, Private
from comity_seal.texts import BadText

from ..client import NotPlayed
from . import backups, played, spoils
from . import running as progress
from .founding import OPEN, PLACES, REALM, authority_key, custodian_key, home
from .ground import Attack, Ground

# -- the machine ------------------------------------------------------------------------------------------------------


def machine(at: Ground) -> Attack:
    """Root reads everything that lies or runs here, the platform and other people's machines excepted."""
    data, wanted = Path(settings.COMITY.data), spoils.forms(at.secret)
    hits = [str(path.relative_to(data)) for path in spoils.files(data) if spoils.found(spoils.read(path), wanted)]
    hits += ["the dump"] if spoils.found(spoils.dump(), wanted) else []
    running = [one for one in spoils.processes(at.running.pid or 0) if _ours(one[1])]
    unread = []
    for pid, says in running:
        try:
            hit, seen = spoils.searched(pid, wanted)
            hits += [says[:60]] if hit else []
            unread += [] if seen or not Path(f"/proc/{pid}").exists() else [says[:60]]
        except OSError:
            unread += [says[:60]] if Path(f"/proc/{pid}").exists() else []
    store = any(spoils.found(spoils.read(one), wanted) for one in spoils.files(data, of=spoils.PLATFORM))
    if unread or not store or not running:
        raise NotPlayed(f"a search that finds nothing proves nothing: {unread or 'the platform’s own store'}")
    return Attack(
        "files-dump-wal-memory",
        "root on the server",
        f"read every file, every table, the write-ahead log, and the memory of {len(running)} processes",
        ", ".join(hits) or "nothing of what was written; the same search finds it in the platform’s own store",
        len(at.secret) if hits else 0,
        "nowhere: reading leaves no trace",
        at.control(),
    )


def _ours(says: str) -> bool:
    return "comity_sandbox" not in says and ("comity" in says or "postgres" in says) and "demo raid" not in says


def month_keys(at: Ground) -> Attack:
    """Root opens the whole vault with all its keys."""
    wanted, opened, hits = spoils.forms(at.secret), 0, 0
    for ref in Blob.objects.values_list("ref", flat=True).iterator():
        try:
            raw = vault.get(ref)
        except vault.Gone:
            continue
        opened += 1
        hits += any(one in raw for one in wanted)
    if not opened:
        raise NotPlayed("the vault opened nothing, so that nothing was looked at")
    return Attack(
        "month-keys",
        "the database and every key of the vault",
        f"opened all {opened} documents of the vault, the envelopes among them",
        f"{hits} of them with what was written" if hits else "mails, facts, letters; of what is sealed, envelopes",
        len(at.secret) * hits,
        "nowhere: reading leaves no trace",
        at.control(),
    )


def platform_token(at: Ground) -> Attack:
    """Somebody has the gateway's token for the platform."""
    platform = next(one for one in reached(REALM) if one.sealing() is not None)
    ref = at.message.removeprefix(getattr(platform.inner, "base_url", ""))
    got = [_asked(lambda: platform.snapshot(ref)), _asked(lambda: repr(platform.resolve(at.message)).encode())]
    sealing, into = platform.sealing(), io.BytesIO()
    assert sealing is not None
    roster = rostered.current(REALM)
    day = clock.now().date().isoformat()
    said = {"case": "0" * 64, "persons": [f"/u/{played.AUTHOR}"], "categories": ["content"], "from": day, "to": day}
    got.append(_asked(lambda: sealing.seal(f"raid:{secrets.token_hex(8)}", said | {"roster": roster.hash}, into)))  # type: ignore[union-attr]
    got.append(into.getvalue())
    hits = sum(any(one in raw for one in spoils.forms(at.secret)) for raw in got)
    try:
        sealing.seal(f"raid:{secrets.token_hex(8)}", said | {"roster": "f" * 64}, io.BytesIO())
        other = True
    except PlatformError:
        other = False
    return Attack(
        "platform-token",
        "the platform’s token, and all that it may call",
        "asked for the message, its snapshot, and its author’s records; for these to a roster of its own, too",
        f"{len(into.getvalue())} bytes, sealed to the custodians" if not (hits or other) else "what was written",
        len(at.secret) if hits or other else 0,
        "the platform’s log",
        at.control(),
    )


def _asked(call: Callable[[], bytes | None]) -> bytes:
    try:
        return call() or b""
    except PlatformRefused as no:
        return no.says.encode()
    except PlatformError:
        return b""


# -- the custodians ---------------------------------------------------------------------------------------------------


def subsets(at: Ground) -> Attack:
    """Each set of one custodian fewer than it takes, in every spread over jurisdictions."""
    sets = list(combinations(PLACES, OPEN - 1))
    gained = sum(at.tries(at.shares(names)) for names in sets)
    whole = [at.tries(at.shares(names)) for names in combinations(PLACES, OPEN)]
    return Attack(
        "each-k-1-subset",
        f"the keys and envelopes of {OPEN - 1} custodians, each set of them: {len(sets)}",
        "combined their shares, and tried the key on the part",
        "a key that opens nothing, each time" if not gained else "the part",
        gained,
        "nowhere; the custodians’ machines are theirs",
        min(whole),
    )


def k_lowered(at: Ground) -> Attack:
    """Root writes into item and roster that two are enough."""
    head = replace(at.item.head, k=OPEN - 1)
    forged = replace(at.item, head=head)
    parts = {at.number: forged.parts[at.number]}
    one = replace(at.asked, parts=(at.number,), head=head.digest)
    gained, why = 0, ""
    for names in combinations(PLACES, OPEN - 1):
        try:
            given = [openings.give(one, forged, name, custodian_key(name)) for name in names]
            gained += len(openings.keys(one, head, parts, given, authority_key())) and at.control()
        except (BadText, NotOpened) as no:
            why = str(no)
    roster = replace(at.roster, version=at.roster.version + 1, k=2, previous=at.roster.hash)
    pinned = _pins(rosters.Signed(roster, {}).raw)
    return Attack(
        "k-lowered",
        "root, two custodians with their keys, and the authority’s key",
        "wrote k = 2 into the item’s head; offered the platform a roster with k = 2",
        f"{why}; the platform: {pinned or 'took it'}"[:200],
        gained or (0 if pinned else 1),
        "the platform’s log",
        at.control(),
    )


def _pins(raw: bytes) -> str:
    """Why the platform doesn't pin a roster; empty: it did."""
    for platform in reached(REALM):
        sealing = platform.sealing()
        if sealing is not None:
            try:
                sealing.pin(raw)
            except PlatformRefused as no:
                return no.says
    return ""


def roster_swapped(at: Ground) -> Attack:
    """Root puts custodians of his own in place of the others."""
    mine = {name: Private(secrets.token_bytes(32)) for name in PLACES}
    them = tuple(
        rosters.Custodian(name, place, x, mine[name].public, mine[name].signs)
        for x, (name, place) in enumerate(PLACES.items(), 1)
    )
    says = []
    for version, previous in ((1, ""), (at.roster.version + 1, at.roster.hash)):
        roster = rosters.Roster(version, OPEN, them, at.roster.day, previous, at.roster.charter)
        raw = rosters.Signed(roster, {n: rosters.sign(roster, n, key) for n, key in mine.items()}).raw
        says.append(_pins(raw) or "taken")
        try:
            Keeper(home("be")).follow(raw)
            says.append("taken")
        except BadText as no:
            says.append(str(no))
    taken = sum(one == "taken" for one in says)
    return Attack(
        "roster-swapped",
        "root, with five keys of his own",
        "offered platform and custodians his roster, as the first and as the next",
        says[-1][:200],
        taken,
        "the platform’s log, the custodians’ programs",
        at.control(),
    )


def replayed(at: Ground) -> Attack:
    """Root keeps the shares that were given for one opening, and tries them for another and with another key."""
    given, mine = [at.given(name) for name in list(PLACES)[:OPEN]], Private(secrets.token_bytes(32))
    other = {**json.loads(at.raw), "opening": "O-RAID"}
    other["recipient"] = {
        "authority": "raid",
        "key": texts.b64(mine.public.raw),
        "fingerprint": mine.public.fingerprint,
    }
    gained, why = 0, ""
    for asked, key in ((at.asked, mine), (openings.parse(texts.canonical(other)), mine)):
        try:
            gained += sum(map(len, at.opened(asked, given, key).values()))
        except (BadText, NotOpened) as no:
            why = str(no)
    return Attack(
        "replay-to-new-key",
        "the answers of three custodians, as they lie here",
        "opened them with a key of his own, and said that they were for another opening",
        why[:200],
        gained,
        "nowhere: nothing was asked of anybody",
        at.control(),
    )


def recipient_swapped(at: Ground) -> Attack:
    """Root puts a key of his own in the place of the authority's, in a request that was approved."""
    mine = Private(secrets.token_bytes(32)).public
    to = {"authority": json.loads(at.raw)["recipient"]["authority"], "key": texts.b64(mine.raw)}
    gave, why = at.everyone({"recipient": {**to, "fingerprint": mine.fingerprint}})
    return Attack(
        "recipient-swapped",
        "root, and a key pair of his own",
        "put his key into a request that two had signed",
        f"each custodian’s program refuses: {why}",
        at.bytes_if(gave),
        "the custodians’ programs",
        at.control(),
    )


def without_act(at: Ground) -> Attack:
    """A custodian is asked without anybody having signed, and one opens what lies on their own machine."""
    text = json.dumps({"kind": "data.disclose"})
    gave, why = at.everyone({"act": {"text": text, "signatures": []}})
    alone = sum(at.tries(at.shares((name,))) for name in PLACES)
    return Attack(
        "custodian-without-act",
        "one custodian, or the way to all of them",
        "asked each without an act; each opened alone what lies on their machine",
        f"refused: {why}; alone a share opens nothing",
        at.bytes_if(gave) + alone,
        "the custodians’ programs",
        at.control(),
    )


# -- the people -------------------------------------------------------------------------------------------------------


def _signed_by(at: Ground, signers: list[tuple[str, SoftwareAuthenticator]], **change: Any) -> tuple[int, str]:
    """A request whose act is changed and signed anew by these, before each custodian's program."""
    said = json.loads(at.raw)
    act = {**json.loads(said["act"]["text"]), "nonce": secrets.token_hex(16), **change}
    text = texts.canonical(act)
    hash = hashlib.sha256(text).digest()
    signatures = []
    for mark, key in signers:
        response = key.sign(hash, person=b"raid" * 4)["response"]
        kept = {name: response[name] for name in ("authenticatorData", "clientDataJSON", "signature")}
        signatures.append({"key": mark, "response": kept})
    number = act.get("opening")
    raw = texts.canonical({**said, "opening": number, "act": {"text": text.decode(), "signatures": signatures}})
    found = [at.refused(name, raw) for name in PLACES]
    return sum(not one for one in found), next((one for one in found if one), "")


def _key_of(name: str) -> tuple[str, SoftwareAuthenticator]:
    person = Person.objects.get(realm=REALM, name=f"demo-{name}")
    key = person.keys.filter(ended_at=None).first()
    assert key is not None
    return passkeys.fingerprint(bytes(key.public)), demo_keys.load(person)


def row_forged(at: Ground) -> Attack:
    """Root writes into the database that an act was approved which nobody signed."""
    before = Act.objects.get(hash=at.opening.act)
    forged, columns = secrets.token_hex(32), 'realm, kind, "case", version, doc, quorum, proposed_at, tag'
    table = Act._meta.db_table
    backups.psql(
        f"insert into {table} (hash, state, approved_at, {columns}) "  # noqa: S608 the table's own name
        f"select %s, 'approved', now(), {columns} from {table} where hash = %s",
        [forged, before.hash],
    )
    try:
        approvals.approved(forged, kind=before.kind)
        here = "taken"
    except approvals.NotApproved as no:
        here = str(no)
    finally:
        backups.psql(f"delete from {table} where hash = %s", [forged])  # noqa: S608 the table's own name
    gave, why = _signed_by(at, [], opening=f"O-{secrets.token_hex(4).upper()}")
    return Attack(
        "row-forged-approved",
        "root, writing any row",
        "wrote an act as approved, and asked custodians by it",
        f"the worker: {here}; custodians: {why}"[:200],
        at.bytes_if(gave) or (1 if here == "taken" else 0),
        "the record: the act is not in it",
        at.control(),
    )


def mints(at: Ground) -> Attack:
    """The owner makes himself deciders."""
    made = [SoftwareAuthenticator.make() for _ in range(2)]
    gave, why = _signed_by(at, [(secrets.token_hex(32), one) for one in made])
    return Attack(
        "owner-mints-decider",
        "the server, and two authenticators of his own",
        "made two people who decide, and had them sign",
        f"each custodian’s program refuses: {why}",
        at.bytes_if(gave),
        "the record: nobody let them in",
        at.control(),
    )


def grants(at: Ground) -> Attack:
    """The owner, who is somebody of the desk, gives himself a role that decides."""
    gave, why = _signed_by(at, [_key_of("handler-be"), _key_of("decider-be")])
    return Attack(
        "owner-grants-self",
        "a handler’s own passkey, one decider’s, and the database",
        "wrote the handler down as a decider, and signed with both",
        f"each custodian’s program refuses: {why}",
        at.bytes_if(gave),
        "the record: it tells of no such grant",
        at.control(),
    )


def shell(at: Ground) -> Attack:
    """Root at the shell, with every command there is."""
    try:
        approvals.approve(Person.objects.filter(realm=REALM).first(), at.opening.act, {})  # type: ignore[arg-type]
        gained, why = 1, "an approval without a passkey"
    except approvals.ApprovalRefused as no:
        gained, why = 0, str(no)

    made = production.given(at.opening)
    packages = at.opening.packages.count()
    return Attack(
        "shell",
        "root’s shell, and the whole code of the gateway",
        "signed without a passkey; made a production of the shares that are here",
        f"{why}; {len(made)} shares are here, {packages} productions",
        gained,
        "the record: a refusal is an entry",
        at.control(),
    )


def demo_for_real(at: Ground) -> Attack:
    """The demo's keys, which lie on this machine, are turned on what is real."""
    decider = Person.objects.get(realm=REALM, name="demo-decider-be")
    quorum = Quorum(2, ("decider",))
    hash = approvals.propose({"kind": "data.disclose"}, realm="real", case="O-RAID", version=0, quorum=quorum)
    says, taken = [], 0
    try:
        approvals.approve(decider, hash, demo_keys.load(decider).sign(bytes.fromhex(hash), person=decider.id.bytes))
        taken += 1
    except approvals.ApprovalRefused as no:
        says.append(str(no))
    finally:
        approvals.drop(hash)
    roster = rosters.Roster(1, OPEN, at.roster.custodians, at.roster.day, charter=at.roster.charter)
    signed = rosters.Signed(roster, {n: rosters.sign(roster, n, custodian_key(n)) for n in PLACES})
    try:
        rostered.adopt("real", signed.raw)
        taken += 1
    except rostered.NotAdopted as no:
        says.append(str(no))
    return Attack(
        "demo-keys-for-real",
        "the demo’s keys: two deciders’, five custodians’",
        "signed a real act with them, and offered a real roster of them",
        "; ".join(says)[:200],
        taken,
        "the record: a refusal is an entry",
        at.control(),
    )


# -- the record -------------------------------------------------------------------------------------------------------


def rewritten(at: Ground) -> Attack:
    """Root changes a row of the record, and publishes from that."""
    found = cheating.change_row()
    caught = found.report.verdict != "verified"
    return Attack(
        "history-rewritten",
        "root, and the record’s tables",
        f"changed entry {found.number}, past the database’s own refusal",
        "; ".join(found.report.problems)[:200] if caught else "nobody noticed",
        0 if caught else 1,
        "the record: whoever verifies it sees where",
        at.control(),
    )


def two_histories(at: Ground) -> Attack:
    """Root signs a second history with the log's own key."""
    found = cheating.second_history()
    at.fork = found.witness if found.status != 200 else ""
    return Attack(
        "two-histories",
        "root, and the record’s signing key",
        f"signed another history of {found.size} entries, and asked the witness",
        f"refused ({found.status}): {found.says}"[:200] if at.fork else "cosigned",
        0 if at.fork else 1,
        "the witness",
        at.control(),
    )


ATTACKS: tuple[Callable[[Ground], Attack], ...] = (
    machine,
    backups.dumped,
    month_keys,
    subsets,
    k_lowered,
    row_forged,
    replayed,
    recipient_swapped,
    roster_swapped,
    mints,
    grants,
    shell,
    platform_token,
    demo_for_real,
    without_act,
    rewritten,
    two_histories,
    backups.old,
)
STILL_READABLE = (
    "mails and attachments of open cases",
    "facts, findings, letters and drafts",
    "copies of what was public",
    "which parts an item has, whose and of which days",
    "orders, and who asked for what when",
    "traffic, once he alters the code",
)


def play(running: Running) -> tuple[dict[str, Any], str, bool]:
    """Try every attack; what came of each, the same for people, and whether all held and every control opened."""
    progress.note({"pid": os.getpid(), "attacks": [], "total": len(ATTACKS), "done": False})
    tried: list[Attack] = []
    try:
        at = Ground(running, f"lantern-{secrets.token_hex(10)}")
        for attack in ATTACKS:
            tried.append(attack(at))
            so_far = {"pid": os.getpid(), "attacks": [vars(one) for one in tried], "total": len(ATTACKS), "done": False}
            progress.note(so_far)
    except NotPlayed as no:
        progress.note({"attacks": [vars(one) for one in tried], "done": False, "error": str(no)})
        raise
    opened = sum(one.bytes for one in tried)
    failed = [one.id for one in tried if not one.control]
    told = {
        "attacks": [vars(one) for one in tried],
        "sealed_opened": opened,
        "still_readable": list(STILL_READABLE),
        "fork_refused_by": at.fork,
        "controls_failed": failed,
        "item": at.opening.item_id,
        "opening": at.opening.id,
    }
    held = not opened and not failed
    progress.note({**told, "done": True, "held": held})
    return told, said(told), held


def said(told: Mapping[str, Any]) -> str:
    """The same for people."""
    lines = [f"{one['id']:24} {one['bytes']:>6} bytes  {one['got']}" for one in told["attacks"]]
    end = f"{told['sealed_opened']} sealed bytes opened; with {OPEN} custodians each control opened"
    return "\n".join([*lines, end if not told["controls_failed"] else f"no proof: {told['controls_failed']}"])


def ids() -> Iterator[str]:
    """The attacks' names, in order."""
    return (attack.__name__ for attack in ATTACKS)
