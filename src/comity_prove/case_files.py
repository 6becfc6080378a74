"""Witnesses as case files: facts, the finding on them, and which statements they show. Written by `prove --cases`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .certificate import shown

if TYPE_CHECKING:
    from .proof import Proof

HEAD = "# Found by the solver, written by `comity regulations prove --cases`: do not edit, prove anew.\n"


def write(proof: Proof, folder: Path) -> None:
    """Write one file per witness, named after the first statement it shows; those of an earlier proof are deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("witness-*.yaml"):
        old.unlink()
    for n, witness in enumerate(proof.witnesses):
        shows = shown(n, proof)
        name = shows[0].replace(" ", "-") if shows else str(n)
        (folder / f"witness-{name}.yaml").write_text(_text(shows, witness.facts, witness.finding), "utf-8")


def _text(shows: list[str], facts: dict[str, Any], finding: dict[str, Any]) -> str:
    case = {
        "shows": shows,
        "pack": finding["pack"],
        "version": finding["version"],
        "facts": facts,
        "finding": {
            "outcome": finding["outcome"],
            "fails": [row["id"] for row in finding["checks"] if row["holds"] is False],
            "unknown": [row["id"] for row in finding["checks"] if row["holds"] is None],
            "duties": [row["id"] for row in finding["duties"]],
            "deadlines": {row["id"]: row["due_legal"] for row in finding["deadlines"]},
            "measures": [row["kind"] for row in finding["measures"]],
        },
    }
    return HEAD + yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=110)
