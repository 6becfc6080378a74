"""Finding by keyed hash: a file number, URL, address or word of a name, exactly, without storing it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from comity.vault.commands import keyed_hash

from .models import Case, Request, Term
from .rules import NAMED_BY

WORDS_AT_MOST = 200
URLS_AT_MOST = 20_000
TERM_LENGTH = 2048
FOUND_AT_MOST = 50


def plain(text: str) -> str:
    """A term as it is hashed: compatibility form, folded, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:TERM_LENGTH]


def words(text: str) -> set[str]:
    """A text as a whole and word by word."""
    whole = plain(text)
    return {whole, *re.findall(r"\w[\w'’-]+", whole)} - {""}


def terms(document: Mapping[str, Any], facts: Mapping[str, Any]) -> set[str]:
    """Everything by which this request may be found again: as written, and by the platform's own spelling."""
    form, sender = facts.get("form", {}), (document["reading"] or {}).get("envelope", {}).get("from") or {}
    found: set[str] = set()
    for name in ("reference", "issuing_file_number"):
        found |= {plain(str(form.get(name) or ""))}
    for text in (form.get("issuing_authority"), form.get("issuer_representative"), sender.get("name")):
        found |= words(str(text or ""))
    found |= {plain(str(sender.get("address") or ""))}
    written = [url for url in form.get("urls") or [] if isinstance(url, str)]
    written += [one for key in form if key.startswith(NAMED_BY) for one in form[key] or () if isinstance(one, str)]
    spelled = [known.get("shown", {}).get("url", "") for known in document.get("resolved", {}).values()]
    places = {plain(url) for url in (*written, *spelled)} - {""}
    return set(sorted(found - {""})[:WORDS_AT_MOST]) | set(sorted(places)[:URLS_AT_MOST])


def index(request: Request, case: Case | None, found: Iterable[str]) -> None:
    """Make a request, and its case, findable by these terms."""
    rows = [Term(request=request, case=case, term=keyed_hash(t), until=request.until) for t in found]
    if case is not None:  # from now on they lead to the case, not to the request alone
        Term.objects.filter(request=request, case=None, term__in=[row.term for row in rows]).delete()
    Term.objects.bulk_create(rows, ignore_conflicts=True)


def search(text: str, realm: str) -> tuple[list[Case], list[Request]]:
    """The cases and the case-less requests of a realm that a number, URL, address or name leads to."""
    asked = plain(text)
    direct = Case.objects.filter(realm=realm, id=asked.upper()) if asked else Case.objects.none()
    requests = Request.objects.filter(realm=realm, id=asked.upper()) if asked else Request.objects.none()
    hits = Term.objects.filter(term=keyed_hash(asked), request__realm=realm).select_related("case", "request")
    cases, alone = {case.id: case for case in direct}, {request.id: request for request in requests}
    for hit in hits.order_by("-id")[:FOUND_AT_MOST] if asked else ():
        if hit.case:
            cases[hit.case.id] = hit.case
        else:
            alone[hit.request.id] = hit.request
    return list(cases.values()), list(alone.values())
