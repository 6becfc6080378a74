"""The stories of the demo, played as people would: a mail by SMTP, pages by HTTP, and waiting for what follows.

What it tells at the end was looked at: the message as a viewer gets it, the rows and events as they were recorded.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case, Joined
from comity.ledger.models import Event
from comity.measures.models import Effect, Measure, Preserved
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.outbox import commands as outbox
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.platforms import for_url
from comity.serve.state import Running
from comity.vault import commands as vault

from . import commands, rules
from .commands import NotSent, Sent
from .samples import PRESERVE

SAMPLE = "good-pdf"
PATIENCE = 60.0  # seconds for each thing that must follow by itself
PAUSE = 0.05
PAGE_SECONDS = 30
LARGEST_PAGE = 8 * 1024 * 1024
LARGEST_FILE = 256 * 1024 * 1024
T = TypeVar("T")


class NotPlayed(Exception):
    """Something of the story did not happen; the text says what, in one line."""


def eventually(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What the function gives once it gives something, looked for every 0.05 s. Raises NotPlayed naming `what`."""
    end = time.monotonic() + patience
    while True:
        if found := look():
            return found
        if time.monotonic() > end:
            raise NotPlayed(f"{what}: not within {patience:g} s")
        time.sleep(PAUSE)


# -- the browser ------------------------------------------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page: for each address it posts to, its hidden fields."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or note a field of the one that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.found.setdefault(given.get("action", ""), {})
        elif tag == "input" and self._fields is not None and given.get("name"):
            self._fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._fields = None


class Browser:
    """A visitor with cookies, who fills in the forms that the pages show."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str) -> str:
        """A page. Raises NotPlayed."""
        return self._fetch(path, None)

    def submit(self, page: str, action: str, **fields: str) -> str:
        """Send a form of a page as it stands, with some fields filled; the page it leads to. Raises NotPlayed."""
        forms = Forms()
        forms.feed(page)
        if action not in forms.found:
            raise NotPlayed(f"the page has no form for {action}")
        return self._fetch(action, urlencode(forms.found[action] | fields).encode())

    def _fetch(self, path: str, data: bytes | None) -> str:
        return self.fetch(path, data).decode("utf-8", "replace")

    def fetch(self, path: str, data: bytes | None, most: int = LARGEST_FILE) -> bytes:
        """What an address answers, as bytes; `data` is posted. Raises NotPlayed."""
        try:
            with self._open.open(self.base + path, data, timeout=PAGE_SECONDS) as answer:
                return bytes(answer.read(most))
        except urllib.error.HTTPError as error:
            error.close()
            raise NotPlayed(f"{path} answered {error.code}") from None
        except (OSError, HTTPException) as error:
            raise NotPlayed(f"{path} did not answer ({type(error).__name__})") from None


# -- the story --------------------------------------------------------------------------------------------------------


def removal_order(running: Running) -> tuple[dict[str, Any], str]:
    """Play the good sample; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    sent, case = decided(running, SAMPLE)
    carried_out(case)
    effects = {
        "inside": effect(case, sent, rules.INSIDE, "withheld"),
        "outside": effect(case, sent, rules.OUTSIDE, "visible"),
    }
    played = facts_of(sent, case, effects) | {"seconds": round(time.monotonic() - began, 3)}
    return played, told(played)


def preservation(running: Running) -> tuple[dict[str, Any], str]:
    """Play the preservation order; what came of it, and the same for people. Raises NotPlayed."""
    began = time.monotonic()
    sent, case = decided(running, PRESERVE)
    eventually("approved by two, but not answered", lambda: Case.objects.filter(id=case.id, state="answered").first())
    eventually("answered, but the answer has not left", lambda: answer_of(case))
    if Notification.objects.filter(case=case).exists():
        raise NotPlayed("somebody is told of what its authority keeps confidential")
    played = _kept(sent, case, began)
    return played, told_kept(played)


PLAYS: Mapping[str, Callable[[Running], tuple[dict[str, Any], str]]] = {
    "removal-order": removal_order,
    "preserve": preservation,
}


def decided(running: Running, sample: str) -> tuple[Sent, Case]:
    """A sample sent, and approved by the deciders. Raises NotPlayed."""
    try:
        sent = commands.send_fresh(sample, running.smtp)
    except NotSent as error:
        raise NotPlayed(str(error)) from None
    case = to_decide(sent)
    for who in rules.DECIDERS:
        approve(running.web, case, who)
    return sent, case


def to_decide(sent: Sent) -> Case:
    """The case of the mail just sent, once it is put to the deciders."""
    mark = vault.keyed_hash(sent.message_id)

    def look() -> Case | None:
        joined = Joined.objects.filter(request__message_hash=mark, request__realm="demo", how="opened").first()
        return Case.objects.filter(id=joined.case_id, plan="execute").exclude(act="").first() if joined else None

    return eventually("the order was sent, but is not put to the deciders", look)


def open_act(case: Case) -> bool:
    """Whether something is put to people on a case, and waits for a signature."""
    return Act.objects.filter(hash=case.act, state="open").exists()


def approve(base: str, case: Case, who: str) -> None:
    """Become one of the demo's people, open the case and press Approve, as a browser does. Raises NotPlayed."""
    browser, page = Browser(base), f"/console/cases/{case.id}"
    browser.submit(browser.get("/demo/"), "/demo/be", person=who, next=page)
    browser.submit(browser.get(f"{page}/decide"), f"{page}/sign")
    signed = Act.objects.filter(hash=Case.objects.get(id=case.id).act, approvals__person__name=f"demo-{who}")
    if not signed.exists():
        raise NotPlayed(f"{rules.WHO[who]} approved, but no signature of theirs is on the act")


def carried_out(case: Case) -> None:
    """Wait until the case is answered, the author told, and the answer out of our hands."""
    eventually("approved by two, but not answered", lambda: Case.objects.filter(id=case.id, state="answered").first())
    eventually("answered, but the author is not told", lambda: _of(case, "notification.sent"))
    eventually("answered, but the answer has not left", lambda: answer_of(case))


def _of(case: Case, kind: str) -> Event | None:
    return Event.objects.filter(case=case.id, kind=kind).order_by("id").first()


def answer_of(case: Case) -> Mail | None:
    """The answer, once a relay has taken it or, without one, it stands in the outbox."""
    mails = Mail.objects.filter(case=case.id, kind="answer", state__in=("sent", "shown"))
    return mails.order_by("queued_at").first()


# -- what came of it --------------------------------------------------------------------------------------------------


def facts_of(sent: Sent, case: Case, effects: dict[str, Any]) -> dict[str, Any]:
    """What came of an order that was carried out; `effects`: what was seen of it. Raises NotPlayed."""
    case = Case.objects.get(id=case.id)
    act = Act.objects.get(hash=case.act)
    told = {
        "request": case.request_id,
        "case": case.id,
        "target": sent.target,
        "finding": deciding.finding_of(case)["finding"],
        "decided_by": [str(person) for person in act.approvals.order_by("id").values_list("person_id", flat=True)],
        "effect": effects,
        "answer": _answered(case),
        "notification": _notified(case),
        "ledger": _events(case),
    }
    if empty := next((key for key, value in told.items() if not value), ""):
        raise NotPlayed(f"{empty} is empty")
    return told


def _kept(sent: Sent, case: Case, began: float) -> dict[str, Any]:
    """What is kept, until when, and that nothing else happened."""
    case = Case.objects.get(id=case.id)
    measure = Measure.objects.filter(case=case, kind="preserve", state="effective").first()
    if measure is None or measure.ends_at is None:
        raise NotPlayed("answered, but nothing is kept until a day")
    act = Act.objects.get(hash=case.act)
    return {
        "request": case.request_id,
        "case": case.id,
        "target": sent.target,
        "finding": deciding.finding_of(case)["finding"],
        "decided_by": [str(person) for person in act.approvals.order_by("id").values_list("person_id", flat=True)],
        "kept": {"copies": Preserved.objects.filter(case=case).count(), "until": measure.ends_at.isoformat()},
        "answer": _answered(case),
        "told": [],
        "ledger": _events(case),
        "seconds": round(time.monotonic() - began, 3),
    }


def _events(case: Case) -> list[int]:
    found = Event.objects.filter(Q(case=case.id) | Q(request=case.request_id))
    return list(found.order_by("id").values_list("id", flat=True))


def effect(case: Case, sent: Sent, country: str, wanted: str) -> dict[str, Any]:
    """What a viewer in a country gets at the message's address now, and what was recorded of a look from there."""
    shown, status = _fetch(f"{sent.target}?from={country}", sent.text)
    platform = for_url(sent.target, "demo")
    seen = platform.observe(sent.target, country).state if platform else "unknown"
    if seen != wanted or shown != (wanted == "visible"):
        raise NotPlayed(f"from {country} the message is {seen}, and not {wanted}")
    inside = wanted != "visible"
    looks = Effect.objects.filter(measure__case=case, inside=inside, when="after").order_by("place")
    recorded = [{"country": look.place, "seen": look.seen, "at": look.at.isoformat()} for look in looks]
    if not recorded or any(look["seen"] != wanted for look in recorded):
        raise NotPlayed(f"no look from {'inside' if inside else 'outside'} that saw it {wanted} is recorded")
    at = clock.now().isoformat(timespec="seconds")
    return {
        "country": country,
        "seen": seen,
        "status": status,
        "text_shown": shown,
        "url": f"{sent.target}?from={country}",
        "at": at,
        "recorded": recorded,
    }


def _fetch(url: str, text: str) -> tuple[bool, int]:
    """Whether a page shows a text, and its status; the page of a refusal counts too."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=PAGE_SECONDS) as answer:
            return text in answer.read(LARGEST_PAGE).decode("utf-8", "replace"), int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return text in error.read(LARGEST_PAGE).decode("utf-8", "replace"), int(error.code)
    except (OSError, HTTPException) as error:
        raise NotPlayed(f"the platform did not answer ({type(error).__name__})") from None


def _answered(case: Case) -> dict[str, Any]:
    mail = answer_of(case)
    if mail is None:
        raise NotPlayed("the answer has not left")
    return told_answer(mail)


def told_answer(mail: Mail) -> dict[str, Any]:
    """An answer that has left, as a story tells it."""
    parties = outbox.parties([mail])[mail.id]
    return {
        "message_id": mail.message_id,
        "to": parties["to"],
        "subject": parties["subject"],
        "state": mail.state,
        "queued_at": mail.queued_at.isoformat(),
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
    }


def _notified(case: Case) -> dict[str, Any]:
    found = Notification.objects.filter(case=case, state="sent").order_by("target").first()
    event = _of(case, "notification.sent")
    if found is None or event is None:
        raise NotPlayed("the author is not told")
    return {
        "id": str(found.id),
        "state": found.state,
        "channel": event.told["channel"],
        "event": event.id,
        "at": event.at.isoformat(),
        "statement": f"{settings.COMITY.base_url}/statement/{notifications.token_of(found.event, found.target)}",
    }


def told(played: dict[str, Any]) -> str:
    """The same for people."""
    inside, outside = played["effect"]["inside"], played["effect"]["outside"]
    return "\n".join(
        [
            f"Case {played['case']} (request {played['request']}), {played['seconds']} s from the mail to the record",
            f"  ordered    {played['target']}",
            f"  found      {played['finding']['outcome']} under {played['finding']['pack']}",
            f"  decided    by {len(played['decided_by'])} people",
            f"  seen       {inside['seen']} from {inside['country']}, {outside['seen']} from {outside['country']}",
            f"  answered   {played['answer']['to']} ({played['answer']['state']})",
            f"  told       the author, who reads {played['notification']['statement']}",
            f"  recorded   {len(played['ledger'])} events",
        ]
    )


def told_kept(played: dict[str, Any]) -> str:
    """What came of a preservation order, for people."""
    return "\n".join(
        [
            f"Case {played['case']} (request {played['request']}), {played['seconds']} s from the mail to the record",
            f"  ordered    {played['target']}",
            f"  found      {played['finding']['outcome']} under {played['finding']['pack']}",
            f"  decided    by {len(played['decided_by'])} people",
            f"  kept       {played['kept']['copies']} under seal, until {played['kept']['until']}",
            f"  answered   {played['answer']['to']} ({played['answer']['state']})",
            "  told       nobody: its authority informs the person",
            f"  recorded   {len(played['ledger'])} events",
        ]
    )
