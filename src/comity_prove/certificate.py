"""Certificates: what was proven of a pack, kept beside its file, and checked again without the solver.

A certificate names the pack by the hash of its bytes, the facts its rules depend on by the hash of their schema, the
solver, every statement with its answer, and a few witnesses that show most of them. `verify` judges each witness again,
which takes milliseconds; what no witness shows (*never*) rests on the two hashes: same pack, same facts, same proof.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from comity.regulations import facts
from comity.regulations.judge import Finding, judge
from comity.regulations.packs import Pack

if TYPE_CHECKING:
    from .proof import Proof

FORMAT = 1


class CertificateWrong(ValueError):
    """A certificate that does not show what it says, or is about another pack; the text says which and why."""


def made(proof: Proof) -> dict[str, Any]:
    """The certificate of a proof."""
    from .proof import version
    from .statements import as_data

    pack, question = proof.source.pack, proof.question
    paths = sorted({_plain(path) for path in question.symbols.made}) if question else []
    return {
        "format": FORMAT,
        "pack": pack.id,
        "version": pack.version,
        "pack_sha256": pack.sha256,
        "facts": paths,
        "facts_sha256": facts_hash(paths),
        "solver": version(),
        "proven": proof.proven,
        "lists": dict(sorted(question.capacity.items.items())) if question else {},
        "statements": [as_data(statement) for statement in proof.statements],
        "witnesses": [
            {"shows": shown(n, proof), "facts": witness.facts, "outcome": witness.finding["outcome"]}
            for n, witness in enumerate(proof.witnesses)
        ],
    }


def shown(n: int, proof: Proof) -> list[str]:
    """The statements that the n-th witness shows."""
    return [s.id for s in proof.statements if s.shown_by is proof.witnesses[n]]


def _plain(path: str) -> str:
    return ".".join(part.split("[")[0] + ("[]" if "[" in part else "") for part in path.split("."))


def facts_hash(paths: Iterable[str]) -> str:
    """SHA-256 (hex) of what the published schema says of these facts."""
    rules = {path: _rule(path) for path in paths}
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rule(path: str) -> dict[str, Any]:
    at: Mapping[str, Any] = facts.schema()
    for part in path.split("."):
        at = at["properties"][part.removesuffix("[]")]
        at = at["items"] if part.endswith("[]") else at
    return {key: at[key] for key in sorted(at) if key not in ("properties", "items", "description")}


def written(certificate: Mapping[str, Any]) -> str:
    """A certificate as it is written to its file."""
    return json.dumps(certificate, ensure_ascii=False, indent=1) + "\n"


def read(pack: Pack, folder: Traversable | None = None) -> dict[str, Any]:
    """The certificate beside a pack's file. Raises CertificateWrong."""
    at = folder or resources.files("comity.regulations").joinpath("packs")
    try:
        text = at.joinpath(pack.id, f"{pack.version}.proof.json").read_text("utf-8")
        found: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        raise CertificateWrong(f"{pack.id} {pack.version} has no certificate that can be read") from None
    return found


def verify(certificate: Mapping[str, Any], pack: Pack) -> None:
    """Check that the certificate is about this pack and these facts, and that its witnesses show what it says.

    Raises CertificateWrong. Needs no solver.
    """
    name = f"the certificate of {pack.id} {pack.version}"
    if certificate.get("pack_sha256") != pack.sha256:
        raise CertificateWrong(f"{name} is about another text of the pack: prove it anew")
    if certificate["facts_sha256"] != facts_hash(certificate["facts"]):
        raise CertificateWrong(f"{name} is about other facts: the schema has changed; prove it anew")
    if not certificate["proven"]:
        against = [s["id"] for s in certificate["statements"] if s["holds"] is not True and not s.get("told_only")]
        raise CertificateWrong(f"{name} says that it is not proven: {', '.join(against)}")
    for witness in certificate["witnesses"]:
        _replay(name, witness, pack)
    shows = {statement for witness in certificate["witnesses"] for statement in witness["shows"]}
    for statement in certificate["statements"]:
        if statement.get("can_be") and statement["id"] not in shows:
            raise CertificateWrong(f"{name}: nothing shows {statement['id']}")


def _replay(name: str, witness: Mapping[str, Any], pack: Pack) -> None:
    finding = judge(witness["facts"], pack)
    if finding["outcome"] != witness["outcome"]:
        raise CertificateWrong(f"{name}: a witness has another outcome, {finding['outcome']}")
    for statement in witness["shows"]:
        if not _is_shown(statement, finding):
            raise CertificateWrong(f"{name}: a witness does not show {statement}")


def _is_shown(statement: str, finding: Finding) -> bool:
    """Whether a finding shows what a statement says, as far as the statement's name tells."""
    kind, *words = statement.split(" ")
    if kind == "outcome":
        return bool(finding["outcome"] == words[0])
    if kind == "check":
        holds = {row["id"]: row["holds"] for row in finding["checks"]}
        ways = {"true": True, "false": False, "unknown": None, "decides": False}
        return words[0] in holds and holds[words[0]] is ways[words[1]]
    if kind == "duty":
        return any(row["id"] == words[1] for row in finding["duties"])
    if kind == "measure":
        return any(row["kind"] == words[1] for row in finding["measures"])
    if kind == "deadline":
        rows = [row for row in finding["deadlines"] if row["id"] == words[1]]
        return any(_of_deadline(words[2:], row) for row in rows)
    return kind == "calls" and words[1] in finding["calls_for"]


def _of_deadline(words: list[str], row: Mapping[str, Any]) -> bool:
    if words[0] == "from":
        return bool(row["starts"] == words[1])
    if words[0] == "waits":
        return any(wait["outcome"] == words[2] for wait in row.get("waits", ()))
    return row["due_legal"] is not None
