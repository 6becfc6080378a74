"""Annexes of a text in which a line for addresses says that they stand: `see Annex 1`. Pure."""

from __future__ import annotations

import re

from comity.reading.form import Form
from comity.reading.hits import Hit
from comity.reading.pieces import RULE, Piece

ANNEX = re.compile(
    r"\W*(?:annexe?|anlage|anhang|anexo|allegato|appendix)\s+(?:n[.°ºo]*\s?)?(?P<number>\d{1,2}|[A-H])\b\W?(?:\s.{0,80})?",
    re.IGNORECASE,
)
SEE_ANNEX = re.compile(
    r"[^:/@]{0,60}\b(?:annexe?|anlage|anhang|anexo|allegato|appendix)\s+(?:n[.°ºo]*\s?)?(?P<number>\d{1,2}|[A-H])\b[^:/@]{0,40}",
    re.I,
)


def annex_named(found: re.Match[str]) -> str:
    return f"annex {found['number'].upper()}"


def annexed(form: Form, hits: list[Hit], lines: list[Piece]) -> None:
    """Where a line for addresses but names an annex of the same text, the lines of that annex are what it holds."""
    for hit in hits:
        said = " ".join(piece.text for piece in hit.value).strip()
        named = SEE_ANNEX.fullmatch(said) if hit.field in form.fields else None
        if named is None or form.fields[hit.field].type != "url-list":
            continue
        own = [n for n, one in enumerate(hits) if one.field == annex_named(named)]
        if len(own) == 1:
            until = hits[own[0] + 1].start if own[0] + 1 < len(hits) else len(lines)
            hit.value = [piece for piece in lines[hits[own[0]].start + 1 : until] if not RULE.match(piece.text)]
