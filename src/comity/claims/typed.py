"""The forms into which counsel types: a claim that came on paper, and who holds a post."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from comity import clock
from comity.console.forms import FormPage
from comity.people.refusals import BadInput
from comity.web.parts import Choice, Field, Form, Link

from . import posts, rules, words
from .entering import MOST_SCAN, Typed
from .models import Post

NAMES = ("door", "at", "sender", "address", "subject", "text")
SAYS = (
    "What came by fax, by post, by telephone or by hand is kept, read and judged as a mail is.",
    "Counsel is told at once. Type what it says, or what the caller said, in their own words, and hand in the scan.",
)


def page(action: str, said: Mapping[str, str], zone: ZoneInfo) -> FormPage:
    """The form; what was typed stands in it."""
    doors = tuple(Choice(one, words.DOORS[one].capitalize(), one == said["door"]) for one in rules.TYPED)
    now = clock.now().astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    fields = (
        Field("door", "How it came", kind="select", choices=doors),
        Field("at", "When it came", said["at"] or now, kind="instant", hint=f"Zone: {zone}"),
        Field("sender", "Who sent it, or who called", said["sender"]),
        Field("address", "Their mail address", said["address"], required=False, hint="If they are answered by mail"),
        Field("subject", "What it is about", said["subject"], hint="In a few words"),
        Field("text", "What it says", said["text"], kind="long", rows=12),
        Field("scan", "Its scan", kind="file", required=False, hint=f"At most {MOST_SCAN // 1_000_000} MB"),
    )
    return FormPage("Type in a claim", (Link("Claims", "/console/claims/"),), SAYS, Form(action, "Enter it", fields))


def with_error(page: FormPage, wrong: BadInput) -> FormPage:
    """The page with what is wrong."""
    return replace(page, form=replace(page.form, error=str(wrong)))


def typed(said: Mapping[str, str], scan: Any, zone: ZoneInfo) -> Typed:
    """What was typed. Raises BadInput."""
    if scan is not None and (scan.size or 0) > MOST_SCAN:
        raise BadInput("scan", f"at most {MOST_SCAN // 1_000_000} MB")
    return Typed(
        door=said["door"],
        at=instant("at", said["at"], zone),
        sender=said["sender"],
        subject=said["subject"],
        text=said["text"],
        address=said["address"].strip(),
        scan=scan.read() if scan is not None else b"",
        scan_name=str(scan.name or "") if scan is not None else "",
    )


def instant(field: str, text: str, zone: ZoneInfo) -> datetime:
    """A typed date and time as an instant in UTC, read in `zone` where it names none. Raises BadInput."""
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(field, "a date and a time, as 2026-12-14T10:30") from None


def posts_page(
    held: Sequence[Post], said: Mapping[str, str], asked: Post | None, action: str, error: str
) -> dict[str, Any]:
    """Every post with who holds it, and the form to set one."""
    rows = [(one, posts.opened(one)) for one in held]
    known = {"title": asked.title, **posts.opened(asked)} if asked and not any(said.values()) else dict(said)
    spoken = (Choice("en", "English"), Choice("fr", "French", known.get("language") == "fr"))
    fields = (
        Field("title", "Post", known["title"], hint="Never a name: as “Head of compliance, India”"),
        Field("who", "Who holds it", known["who"]),
        Field("counsel", "Their own counsel", known["counsel"]),
        Field("counsel_address", "Mail address of their counsel", known["counsel_address"], kind="email"),
        Field("channel", "How they are told", known["channel"], hint="A mail address or number of their own, not ours"),
        Field("language", "In which language we write", kind="select", choices=spoken),
    )
    return {"rows": rows, "form": Form(action, "Keep it", fields, error=error, id="post"), "action": action}
