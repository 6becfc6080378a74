"""A bundle: one PDF of everything argued, made from the submissions and exhibits alone, and kept with its hash.

The settlement lane is read by nothing here. The same papers give the same bytes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from comity import clock, language
from comity.countries import rules as relations
from comity.countries.commands import signed_as
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault

from . import press, rules, words
from .commands import KEPT, SAID, locked, place_of, tell
from .models import Bundle, Dispute, Exhibit, Paper, Submission

ORIGINALS_AT_MOST = 250_000_000  # bytes: it is made while somebody waits, in memory
ENDINGS = {"application/pdf": "pdf", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
ENDINGS |= {"image/webp": "webp", "message/rfc822": "eml"}


@dataclass
class Gathered:
    """What a bundle is made of: the job as JSON, and the originals that it names by their place."""

    job: dict[str, Any]
    originals: list[bytes] = field(default_factory=list)

    def attach(self, name: str, data: bytes) -> int:
        """Attach an original; gives its place."""
        self.originals.append(data)
        self.job["attached"].append([name, len(self.originals) - 1])
        return len(self.originals) - 1

    @property
    def of(self) -> str:
        """The hash of everything that it is made of."""
        each = [sha256(one).hexdigest() for one in self.originals]
        return sha256(json.dumps([self.job, each], sort_keys=True).encode()).hexdigest()


def make(person: Person, id: str, spoken: str = "en") -> Bundle:
    """Make the bundle of a dispute, or give the one that was made of the same papers. `spoken`: en or fr.

    Raises NotAllowed, BadInput where it can't be set, vault.Gone, Dispute.DoesNotExist.
    """
    dispute = Dispute.objects.select_related("relation").get(id=id)
    allow(person, "dispute.move", dispute)
    total = sum(one.size for rows in (dispute.submissions, dispute.exhibits) for one in rows.all())
    if total > ORIGINALS_AT_MOST:
        raise BadInput("bundle", f"the originals are {total // 1_000_000} MB, more than one bundle may hold")
    gathered = gather(dispute, language.known(spoken))
    if (found := dispute.bundles.filter(of=gathered.of).first()) is not None:
        return found
    made = _set(gathered)
    with transaction.atomic():
        dispute = locked(id)
        if (found := dispute.bundles.filter(of=gathered.of).first()) is not None:
            return found
        kept = Bundle.objects.create(
            dispute=dispute,
            n=dispute.bundles.count() + 1,
            sha256=sha256(made.data).hexdigest(),
            of=gathered.of,
            pages=made.pages,
            size=len(made.data),
            doc=vault.put(made.data, clock.now() + KEPT),
            at=clock.now(),
            by=signed_as([person]),
        )
        tell(dispute, "bundle.made", person.by, n=kept.n, pages=kept.pages, sha256=kept.sha256)
        return kept


def _set(gathered: Gathered) -> press.Made:
    """Set it; where one file alone stops it, with a sheet that says so in its place. Raises BadInput."""
    try:
        return press.bundle(gathered.job, gathered.originals)
    except press.NotSet:
        for doc in gathered.job["docs"]:
            if doc["original"] is not None and not doc["fault"]:
                seen = press.look(gathered.originals[doc["original"]], "", doc["media"])
                doc["pages"], doc["wide"] = seen.pages, list(seen.wide)
                _slip(doc, seen.fault, gathered.job["language"])
    try:
        return press.bundle(gathered.job, gathered.originals)
    except press.NotSet as why:
        raise BadInput("bundle", f"it could not be set: {why}") from None


def _slip(doc: dict[str, Any], fault: str, spoken: str) -> None:
    with override(spoken):
        doc["fault"], doc["slip"] = fault, _slip_words(fault)


def _slip_words(fault: str) -> str:
    if not fault:
        return ""
    return (
        f"{words.FAULTS[fault]} {_('The file is attached as it was handed in, and its SHA-256 is that of its bytes.')}"
    )


# -- gathered ---------------------------------------------------------------------------------------------------------


def gather(dispute: Dispute, spoken: str) -> Gathered:
    """Everything argued in a dispute, in its order. Raises vault.Gone."""
    submissions = list(dispute.submissions.prefetch_related("services").order_by("n"))
    exhibits = list(dispute.exhibits.order_by("n"))
    with override(spoken):
        job = _head(dispute, spoken, _latest(dispute, submissions, exhibits))
        made = Gathered(job)
        job["docs"] = [_claim(dispute), _course(dispute, submissions)]
        job["docs"] += [_submission(one, made) for one in submissions]
        job["docs"] += [_exhibit(one, made) for one in exhibits]
    return made


def _latest(dispute: Dispute, submissions: Sequence[Submission], exhibits: Sequence[Exhibit]) -> datetime:
    """When the last of all this came: the file's own date, so that it depends on nothing else."""
    services = [service.at for one in submissions for service in one.services.all()]
    return max([dispute.opened_at, dispute.moved_at, *services, *(one.at for one in [*submissions, *exhibits])])


def _head(dispute: Dispute, spoken: str, at: datetime) -> dict[str, Any]:
    house, state = settings.COMITY.name, relations.name(dispute.country)
    us, claims = house, dispute.claimant == rules.US
    cover = [
        [_("Claimant"), us if claims else state],
        [_("Respondent"), state if claims else us],
        [_("Forum"), rules.forums().each[dispute.forum].name[spoken]],
        *([[_("File number"), dispute.file_number]] if dispute.file_number else []),
        [_("Our number"), dispute.number],
        [_("Status"), f"{words.STATES[dispute.state].word}, {language.day(at.date())}"],
    ]
    return {
        "number": dispute.number,
        "title": dispute.title,
        "house": house,
        "language": spoken,
        "date": list(at.astimezone(UTC).timetuple()[:6]),
        "banner": _("Demo: an exercise, no real dispute") if dispute.realm == "demo" else "",
        "page": _("p."),
        "cover": cover,
        "words": {
            "cover": _("Cover"),
            "index": _("Index"),
            "bundle": _("Bundle of documents"),
            "note": _(
                "Numbered from this page: the number on a page is its number in the file. Each original is attached as "
                "it was handed in; its SHA-256 stands in the index. Times are UTC."
            ),
        },
        "attached": [],
    }


def _doc(tab: str, title: str, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = dict.fromkeys(("line", "sha256", "text", "slip", "fault", "media"), "") | {"rows": []}
    return {"tab": tab, "title": title, **plain, "pages": 0, "wide": [], "original": None, **more}


def _claim(dispute: Dispute) -> dict[str, Any]:
    said, labels = vault.get_json(dispute.doc), {"claim": _("Claim"), "basis": _("Legal basis"), "relief": _("Relief")}
    return _doc("A", _("Claim, legal basis and relief"), rows=[[labels[name], said[name]] for name in SAID])


def _course(dispute: Dispute, submissions: Sequence[Submission]) -> dict[str, Any]:
    """What happened, in order: moves, services and interim measures; nothing of the settlement lane."""
    rows = [(dispute.opened_at, _("Drafted"))]
    rows += [(move.at, f"{words.STATES[move.after].word}. {move.reason}") for move in dispute.moves.order_by("id")]
    for one in submissions:
        rows += [(service.at, f"{_tab(one)}, {words.HOW[service.how]}") for service in one.services.all()]
    for interim in dispute.interims.order_by("id"):
        last = place_of(dispute).day_of(interim.until - timedelta(seconds=1))
        until = _("Interim measure until %(day)s") % {"day": language.day(last)}
        rows.append((interim.starts, f"{until}{language.colon()}{interim.text} ({interim.scope})"))
    rows.sort(key=lambda row: row[0])
    return _doc("B", _("Course of the dispute"), rows=[[_said(at), what] for at, what in rows])


def _said(at: datetime) -> str:
    return f"{language.day(at.astimezone(UTC).date())}, {at.astimezone(UTC):%H:%M}"


def _tab(paper: Paper) -> str:
    name = _("Submission %(n)s") if isinstance(paper, Submission) else _("Exhibit %(n)s")
    return name % {"n": paper.n}


def _submission(one: Submission, made: Gathered) -> dict[str, Any]:
    served = "; ".join(_service(service) for service in sorted(one.services.all(), key=lambda s: (s.at, s.pk)))
    side = str(words.SIDES[one.side])
    line = f"{side[:1].upper()}{side[1:]}; {served}"
    beside = vault.get(one.text).decode() if one.text else ""
    return _paper(one, made, line, f"submission-{one.n:02}", beside)


def _service(service: Any) -> str:
    reference = f" ({service.reference})" if service.reference else ""
    return _("served %(how)s on %(at)s") % {"how": words.HOW[service.how], "at": _said(service.at)} + reference


def _exhibit(one: Exhibit, made: Gathered) -> dict[str, Any]:
    line = _("Put in by %(side)s on %(at)s") % {"side": words.SIDES[one.side], "at": _said(one.at)}
    return _paper(one, made, line, f"exhibit-{one.n:02}", "")


def _paper(one: Paper, made: Gathered, line: str, name: str, beside: str) -> dict[str, Any]:
    data = vault.get(one.doc)
    at = made.attach(f"{name}.{ENDINGS.get(one.media, 'bin')}", data)
    shown = {"fault": one.fault, "slip": _slip_words(one.fault), "media": one.media, "pages": one.pages}
    return _doc(_tab(one), one.title, line=line, sha256=one.sha256, text=beside, wide=one.wide, original=at, **shown)
